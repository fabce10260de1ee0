import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { projectRoot } from '../../../scripts/step.ts';

/** The side of a made picture, in pixels. */
export const SIDE = 16;

/** The colour each class's pictures have on their left; the right half is black. */
export const classColours = { amber: [250, 160, 20], green: [30, 150, 60], violet: [120, 40, 170] } as const;
export type ClassName = keyof typeof classColours;
export const classNames = Object.keys(classColours) as ClassName[];

/** RGB of the picture, row by row. No two of a class are the same: the last pixel counts them. */
export function classPixels(name: ClassName, index: number): Uint8Array {
  const pixels = new Uint8Array(SIDE * SIDE * 3);
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
    if (pixel % SIDE < SIDE / 2) pixels.set(classColours[name], 3 * pixel);
  }
  pixels.set([index, index, index], pixels.length - 3);
  return pixels;
}

export function classPicture(name: ClassName, index: number): Promise<Buffer> {
  const raw = { width: SIDE, height: SIDE, channels: 3 } as const;
  return sharp(classPixels(name, index), { raw }).png().toBuffer();
}

/** A folder of one folder a class, with so many PNG files in each. */
export async function writeClasses(folder: string, count: number): Promise<void> {
  for (const name of classNames) {
    await mkdir(join(folder, name), { recursive: true });
    for (let index = 0; index < count; index++) {
      await writeFile(join(folder, name, `${name}-${index}.png`), await classPicture(name, index));
    }
  }
}

/** Makes an image set of such pictures in an app's data folder, by the built command line; its id. */
export async function importClasses(dataFolder: string, count: number): Promise<string> {
  const pictures = join(dataFolder, 'pictures');
  await writeClasses(pictures, count);
  const cli = join(projectRoot, 'out', 'main', 'cli.js');
  const line = [cli, 'import', pictures, '--data', dataFolder, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, line);
  return (JSON.parse(stdout) as { readonly set: { readonly id: string } }).set.id;
}

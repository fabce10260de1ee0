import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { RunFolder } from '../../../electron/files/run-folder.ts';
import { projectRoot } from '../../../scripts/step.ts';
import { prepared } from './prepared.ts';

export const SIDE = 8;
/** Pictures of each half, the darkest first. */
const COUNT = 80;

/** One of the pictures in a data folder that `halvesRun` has filled. */
export const pictureOf = (dataFolder: string, half: 'left' | 'right', index: number): string =>
  join(dataFolder, 'pictures', half, `${index}.png`);

/** Puts into a data folder a set of two classes with a style, and a run of a preset on it, some epochs long: trained once for all. */
export async function halvesRun(dataFolder: string, preset: string, epochs: number): Promise<void> {
  const from = await prepared(`halves-${preset}-${epochs}`, async (making) => {
    await cp(await prepared('halves', importHalves), making, { recursive: true });
    const [folder, runs] = [join(making, 'run'), join(making, 'runs')];
    const options = ['--epochs', String(epochs), '--validation-count', '20', '--batch-size', '20', '--seed', '1'];
    const [set = ''] = await readdir(join(making, 'image-sets'));
    await cli('train', '--preset', preset, '--dataset', join(making, 'image-sets', set), ...options, '--out', folder);
    await mkdir(runs);
    await rename(folder, join(runs, (await new RunFolder(folder).readState()).id));
  });
  await cp(from, dataFolder, { recursive: true });
}

/** Pictures of a bright left half and as many of a bright right one, darker to brighter. */
async function importHalves(dataFolder: string): Promise<void> {
  for (const half of ['left', 'right'] as const) {
    await mkdir(join(dataFolder, 'pictures', half), { recursive: true });
    for (let at = 0; at < COUNT; at += 1) {
      const bright = (x: number): number => (x < SIDE / 2 === (half === 'left') ? 95 + 2 * at : at % 40);
      const pixels = Uint8Array.from({ length: SIDE * SIDE }, (_, place) => bright(place % SIDE));
      const raw = { width: SIDE, height: SIDE, channels: 1 } as const;
      await sharp(pixels, { raw }).toFile(pictureOf(dataFolder, half, at));
    }
  }
  const pictures = join(dataFolder, 'pictures');
  await cli('import', pictures, '--data', dataFolder, '--name', 'Halves');
}

const cli = (...options: readonly string[]) =>
  promisify(execFile)(process.execPath, [join(projectRoot, 'out', 'main', 'cli.js'), ...options]);

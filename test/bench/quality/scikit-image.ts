import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { StudioError } from '../../../electron/domain/errors.ts';
import type { ImageColumns } from '../../../electron/domain/words.ts';
import { ensurePython, type PythonNeeds } from '../python.ts';

const needs: PythonNeeds = {
  name: 'quality',
  requirements: join(import.meta.dirname, 'requirements.txt'),
  gigabytes: 1,
  notice: ['It downloads about 70 MB and takes 300 MB on disk.'],
};

/**
 * The noisy images through scikit-image's non-local means, set as comes nearest to the first clean ones.
 * @param images grey
 * @param deviation of the noise, pixels in [0, 1]
 * @throws StudioError where Python or its packages cannot be had
 */
export function nonLocalMeans(
  clean: ImageColumns,
  noisy: ImageColumns,
  deviation: number,
  say: (line: string) => void,
): Promise<ImageColumns> {
  return filtered('non_local_means.py', [String(deviation)], clean, noisy, say);
}

/**
 * Images with gaps through scikit-image's biharmonic inpainting, which is told where they are.
 * @param kept grey as the images; 0 where an image has a gap
 * @throws StudioError where Python or its packages cannot be had
 */
export function inpainted(kept: ImageColumns, gappy: ImageColumns, say: (line: string) => void): Promise<ImageColumns> {
  return filtered('inpainting.py', [], kept, gappy, say);
}

/** A program beside this file that reads two stacks of images as bytes and writes one like the second. */
async function filtered(
  program: string,
  settings: readonly string[],
  beside: ImageColumns,
  images: ImageColumns,
  say: (line: string) => void,
): Promise<ImageColumns> {
  const { python } = await ensurePython(say, needs);
  const sizes = [images.count, images.height, images.width].map(String);
  const args = [join(import.meta.dirname, program), ...sizes, ...settings];
  const child = spawn(python, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const [output, messages]: [Buffer[], string[]] = [[], []];
  child.stdout.on('data', (bytes: Buffer) => output.push(bytes));
  child.stderr.on('data', (text: Buffer) => messages.push(text.toString()));
  // Where it fails before it has read everything, its exit says why.
  child.stdin.on('error', () => undefined);
  child.stdin.end(Buffer.concat([beside.pixels, images.pixels]));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const pixels = new Uint8Array(Buffer.concat(output));
  if (status !== 0 || pixels.length !== images.pixels.length) {
    const found = `${pixels.length} and exit status ${status}`;
    throw new StudioError('engine-failed', `${program}: expected ${images.pixels.length} bytes, found ${found}.`, {
      detail: messages.join(''),
    });
  }
  say(`  ${program}: ${messages.join('').trim()}`);
  return { ...images, pixels };
}

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

const program = join(import.meta.dirname, 'non_local_means.py');

/**
 * The noisy images through scikit-image's non-local means, set as comes nearest to the first clean ones.
 * @param images grey
 * @param deviation of the noise, pixels in [0, 1]
 * @throws StudioError where Python or its packages cannot be had
 */
export async function nonLocalMeans(
  clean: ImageColumns,
  noisy: ImageColumns,
  deviation: number,
  say: (line: string) => void,
): Promise<ImageColumns> {
  const { python } = await ensurePython(say, needs);
  const sizes = [noisy.count, noisy.height, noisy.width, deviation].map(String);
  const child = spawn(python, [program, ...sizes], { stdio: ['pipe', 'pipe', 'pipe'] });
  const [output, messages]: [Buffer[], string[]] = [[], []];
  child.stdout.on('data', (bytes: Buffer) => output.push(bytes));
  child.stderr.on('data', (text: Buffer) => messages.push(text.toString()));
  // Where it fails before it has read everything, its exit says why.
  child.stdin.on('error', () => undefined);
  child.stdin.end(Buffer.concat([clean.pixels, noisy.pixels]));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const pixels = new Uint8Array(Buffer.concat(output));
  if (status !== 0 || pixels.length !== noisy.pixels.length) {
    const found = `${pixels.length} and exit status ${status}`;
    throw new StudioError(
      'engine-failed',
      `non_local_means.py: expected ${noisy.pixels.length} bytes, found ${found}.`,
      { detail: messages.join('') },
    );
  }
  say(`  non-local means: ${messages.join('').trim()}`);
  return { ...noisy, pixels };
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readMnist } from '../../../electron/dataset/mnist.ts';
import { sliceImages, type LabelledImages } from '../../../electron/dataset/image-set.ts';
import { idxBytes, labelBytes } from '../../dataset/idx-bytes.ts';

/** The first of MNIST's images, as IDX files: enough to tell curves apart, and few enough for a minute. */
export const COUNTS = { training: 12_000, validation: 2_000, test: 1_000 } as const;

export async function writeFewDigits(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { training, test } = await readMnist();
  const write = async (name: string, { images, labels }: LabelledImages, count: number): Promise<void> => {
    const { pixels, height, width } = sliceImages(images, 0, count);
    await writeFile(join(folder, `${name}-images-idx3-ubyte`), idxBytes(0x803, [count, height, width], pixels));
    await writeFile(
      join(folder, `${name}-labels-idx1-ubyte`),
      labelBytes(...(labels ?? new Uint8Array(count)).subarray(0, count)),
    );
  };
  await write('train', training, COUNTS.training);
  // As an imported set has them, for workers that find the images themselves.
  await writeFile(join(folder, 'images.u8'), sliceImages(training.images, 0, COUNTS.training).pixels);
  await write('t10k', test, COUNTS.test);
}

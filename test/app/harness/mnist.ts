import type { ImageSet } from '../../../electron/dataset/image-set.ts';
import { readMnist } from '../../../electron/dataset/mnist.ts';

let reading: Promise<ImageSet> | undefined;

/** MNIST, read once by a worker that needs it. */
export const mnist = (): Promise<ImageSet> => (reading ??= readMnist());

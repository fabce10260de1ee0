import { join } from 'node:path';
import type { LayersModel, Tensor } from '@tensorflow/tfjs-node';
import { exampleImages } from '../../../electron/dataset/examples.ts';
import { mnist } from './mnist.ts';

/** How many test digits the window's figure shows. */
export const PICTURES = 10;
const PIXELS = 784;

/** Loaded late: Playwright reads every spec in more than one process. */
async function tensorflow() {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  return (await import('../../../electron/engine/tensorflow.ts')).tf;
}

/** The digits of the window's figure, one of each class, as a model takes them: float32 [PICTURES × 784]. */
export async function exampleDigits(): Promise<Float32Array> {
  const { test } = await mnist();
  const { pixels } = test.images;
  const digits = new Float32Array(PICTURES * PIXELS);
  for (const [place, index] of exampleImages(test).entries()) {
    const bytes = pixels.subarray(index * PIXELS, (index + 1) * PIXELS);
    digits.set(
      Float32Array.from(bytes, (byte) => byte / 255),
      place * PIXELS,
    );
  }
  return digits;
}

/** These digits through the models in these folders, one after the other. */
export async function outputOf(...folders: string[]): Promise<Float32Array> {
  const tf = await tensorflow();
  // tfjs-node takes what follows file:// as it is.
  const models = await Promise.all(folders.map((folder) => tf.loadLayersModel(`file://${join(folder, 'model.json')}`)));
  const digits = await exampleDigits();
  const output = tf.tidy(() => {
    const shape = models[0]!.inputs[0]!.shape.slice(1) as number[];
    const images = tf.tensor(digits).reshape([PICTURES, ...shape]);
    return models.reduce<Tensor>((tensor, model: LayersModel) => model.predict(tensor) as Tensor, images);
  });
  const values = (await output.data()) as Float32Array;
  output.dispose();
  models.forEach((model) => model.dispose());
  return values;
}

/** The same as bytes. */
export async function reconstruct(...folders: string[]): Promise<Uint8Array> {
  return Uint8Array.from(await outputOf(...folders), (value) => Math.round(value * 255));
}

/** What the decoder in this folder makes of a code, as bytes. */
export async function decode(folder: string, code: readonly number[]): Promise<Uint8Array> {
  const tf = await tensorflow();
  const model = await tf.loadLayersModel(`file://${join(folder, 'model.json')}`);
  const output = tf.tidy(() => model.predict(tf.tensor2d([...code], [1, code.length])) as Tensor);
  const values = await output.data();
  output.dispose();
  model.dispose();
  return Uint8Array.from(values, (value) => Math.round(value * 255));
}

export function largestDifference(a: Uint8Array | Float32Array, b: Uint8Array | Float32Array): number {
  let most = a.length === b.length ? 0 : Number.NaN;
  for (let index = 0; index < a.length; index++) most = Math.max(most, Math.abs(a[index]! - b[index]!));
  return most;
}

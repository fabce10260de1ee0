import { join } from 'node:path';
import type { LayersModel, Tensor } from '@tensorflow/tfjs-node';
import { readMnist } from '../../../electron/dataset/mnist.ts';

/** How many of the first test digits the window's figure shows. */
export const PICTURES = 10;
const PIXELS = 784;

/** Loaded late: Playwright reads every spec in more than one process. */
async function tensorflow() {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  return (await import('../../../electron/engine/tensorflow.ts')).tf;
}

/** The first test digits through the models in these folders, one after the other, as bytes. */
export async function reconstruct(...folders: string[]): Promise<Uint8Array> {
  const tf = await tensorflow();
  // tfjs-node takes what follows file:// as it is.
  const models = await Promise.all(folders.map((folder) => tf.loadLayersModel(`file://${join(folder, 'model.json')}`)));
  const { pixels } = (await readMnist()).test.images;
  const output = tf.tidy(() => {
    const shape = models[0]!.inputs[0]!.shape.slice(1) as number[];
    const values = Float32Array.from(pixels.subarray(0, PICTURES * PIXELS), (byte) => byte / 255);
    const images = tf.tensor(values).reshape([PICTURES, ...shape]);
    return models.reduce<Tensor>((tensor, model: LayersModel) => model.predict(tensor) as Tensor, images);
  });
  const values = await output.data();
  output.dispose();
  models.forEach((model) => model.dispose());
  return Uint8Array.from(values, (value) => Math.round(value * 255));
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

export const largestDifference = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0);

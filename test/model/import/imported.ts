import { readFileSync } from 'node:fs';
import { setWeights } from '../../../electron/model/weights-file.ts';
import { buildNetwork, type Network } from '../../../electron/engine/network.ts';
import { tf, valuesOf } from '../../../electron/engine/tensorflow.ts';
import { readModel } from '../../../electron/model/import/read-model.ts';
import { specAndWeights, type SpecAndWeights } from '../../../electron/model/import/to-spec.ts';
import { modelFixture } from './model-fixture.ts';

/** What is said of a model's files; the folder they lie in is left out. */
export async function messageOf(paths: readonly string[]): Promise<string> {
  try {
    specAndWeights((await readModel(paths)).chain, {});
  } catch (error) {
    return (error as Error).message;
  }
  return 'a model';
}

/** What the program that wrote a fixture makes of one batch. */
export interface Known {
  readonly shape: readonly number[];
  readonly input: readonly number[];
  readonly output: readonly number[];
}

export const knownOf = (name: string): Known => JSON.parse(readFileSync(modelFixture(`${name}.json`), 'utf8')) as Known;

/** The app's own network of an imported model; to be disposed of. */
export function networkOf({ spec, tensors }: SpecAndWeights): Network {
  const network = buildNetwork(spec, 0);
  setWeights(network, tensors, 'imported');
  return network;
}

/** What the app makes of a batch through an imported model, image to image. */
export function outputOf(model: SpecAndWeights, values: ArrayLike<number>, count: number): Float32Array {
  const network = networkOf(model);
  try {
    const shape = [count, ...model.spec.inputShape];
    return valuesOf(() => network.autoencoder.predict(tf.tensor(Float32Array.from(values), shape)) as tf.Tensor);
  } finally {
    network.dispose();
  }
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setWeights } from '../../../electron/model/weights-file.ts';
import { buildNetwork, type Network } from '../../../electron/engine/network.ts';
import { tf, valuesOf } from '../../../electron/engine/tensorflow.ts';
import type { SpecAndWeights } from '../../../electron/model/import/to-spec.ts';

export const modelFixture = (name: string): string => resolve('test/fixtures/models', name);

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

/** A layer as a test says it: its class, its name and what else its configuration holds. */
export type KerasEntry = { readonly class: string; readonly name: string } & Readonly<Record<string, unknown>>;

/** Writes a LayersModel of dense layers on rows, or of convolutions from one channel to one; every weight is 0.1. */
export function layersModel(folder: string, inputShape: readonly number[], layers: readonly KerasEntry[]): void {
  let [width] = [inputShape.reduce((all, size) => all * size, 1)];
  const weights = layers.flatMap((layer) => {
    const { units, kernel_size: side } = layer as { units?: number; kernel_size?: number };
    const kernel = units === undefined ? [side, side, 1, 1] : [width, units];
    if (units === undefined && side === undefined) return [];
    width = units ?? width;
    return [
      { name: `${layer.name}/kernel`, shape: kernel as number[], dtype: 'float32' },
      { name: `${layer.name}/bias`, shape: [units ?? 1], dtype: 'float32' },
    ];
  });
  const entries = layers.map(({ class: className, ...config }, index) => ({
    class_name: className,
    config: index === 0 ? { ...config, batch_input_shape: [null, ...inputShape] } : config,
  }));
  const count = weights.reduce((sum, { shape }) => sum + shape.reduce((all, size) => all * size, 1), 0);
  writeFileSync(join(folder, 'weights.bin'), Buffer.from(new Float32Array(count).fill(0.1).buffer));
  const json = {
    format: 'layers-model',
    modelTopology: { class_name: 'Sequential', config: { name: 'tried', layers: entries } },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  writeFileSync(join(folder, 'model.json'), JSON.stringify(json));
}

import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readModel } from '../../../electron/model/import/read-model.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { messageOf } from './imported.ts';
import { modelFixture } from './model-fixture.ts';
import { layersModel, type KerasEntry } from './layers-model.ts';

const dense = (name: string, units: number, more: object = {}): KerasEntry => ({
  class: 'Dense',
  name,
  units,
  ...more,
});

/** 9 pixels → 4 → 2 → 9. */
const whole = [dense('a', 4, { activation: 'relu' }), dense('b', 2), dense('c', 9, { activation: 'sigmoid' })];

/** A LayersModel on 9 values, changed before it is looked at. */
async function withLayersModel(
  layers: readonly KerasEntry[],
  change: (folder: string) => void = () => undefined,
): Promise<string> {
  using folder = new TemporaryFolder();
  layersModel(folder.path, [9], layers);
  change(folder.path);
  return await messageOf([folder.path]);
}

/** model.json as an object, written back when it has been changed. */
function edit(folder: string, change: (json: Record<string, never> & { weightsManifest: unknown }) => void): void {
  const path = join(folder, 'model.json');
  const json = JSON.parse(readFileSync(path, 'utf8')) as Parameters<typeof change>[0];
  change(json);
  writeFileSync(path, JSON.stringify(json));
}

const weights = (folder: string): string => join(folder, 'weights.bin');

describe('what a broken or foreign model says', () => {
  test('none of these is broken', async () => {
    expect(await withLayersModel(whole)).toBe('a model');
  });

  test.each<[string, () => Promise<string>, string]>([
    [
      'a model.json without its weights',
      () => withLayersModel(whole, (folder) => rmSync(weights(folder))),
      'model.json: weights.bin: expected a file, found none that can be read: put it there, and try again.',
    ],
    [
      'a model.json that lists no weights',
      () =>
        withLayersModel(whole, (folder) =>
          edit(folder, (json) => delete (json as Partial<typeof json>).weightsManifest),
        ),
      'model.json: expected a list of its weights ("weightsManifest"), found none: save the model again.',
    ],
    [
      'weights of the wrong length',
      () =>
        withLayersModel(whole, (folder) =>
          writeFileSync(weights(folder), readFileSync(weights(folder)).subarray(0, 100)),
        ),
      'model.json: weights.bin: expected 308 bytes of weights, found 100: copy all files again, or save the model again.',
    ],
    [
      'a shard missing',
      () =>
        withLayersModel(whole, (folder) =>
          edit(folder, (json) => {
            const [group] = json.weightsManifest as { paths: string[] }[];
            group!.paths = ['weights.bin', 'group1-shard2of2.bin'];
          }),
        ),
      'model.json: group1-shard2of2.bin: expected a file, found none that can be read: put it there, and try again.',
    ],
    [
      'a weight that is no number',
      () =>
        withLayersModel(whole, (folder) => {
          const bytes = readFileSync(weights(folder));
          bytes.writeFloatLE(Number.NaN, 4 * 36);
          writeFileSync(weights(folder), bytes);
        }),
      'model.json: a/bias: expected weights that are numbers, found NaN: train it anew.',
    ],
    [
      'a weight of another shape than its layer',
      () =>
        withLayersModel(whole, (folder) =>
          edit(folder, (json) => {
            const [group] = json.weightsManifest as { weights: { shape: number[] }[] }[];
            group!.weights[0]!.shape = [4, 9];
          }),
        ),
      'model.json: a/kernel: expected weights of shape 9 × 4, found 4 × 9: save the model again.',
    ],
    [
      'a layer that nobody knows',
      () => withLayersModel([dense('a', 2), { class: 'MultiHeadAttention', name: 'looks' }, dense('c', 9)]),
      'model.json: looks: expected a layer that the app knows, found one of class "MultiHeadAttention": it weighs places against each other: put a convolution in its place, train it, and save the model again.',
    ],
    [
      'an activation that nobody knows',
      () => withLayersModel([dense('a', 2, { activation: 'softmax' }), dense('c', 9)]),
      'model.json: a: expected an activation that the app knows (linear, sigmoid, tanh, relu, elu, gelu, softplus, leaky_relu, silu, swish, selu, celu, gelu_new, hard_silu, hard_swish, mish, softsign, relu6, hard_sigmoid, hard_tanh), found "softmax": use one of these, train it on, and save the model again.',
    ],
    [
      'an input that is neither images nor rows',
      async () => {
        using folder = new TemporaryFolder();
        layersModel(folder.path, [2, 3, 5, 9], whole);
        return await messageOf([folder.path]);
      },
      'model.json: expected an input of images [height, width, channels] or rows [units], found [2, 3, 5, 9]: export a model of single images.',
    ],
    [
      'an input whose size is left open',
      async () => {
        using folder = new TemporaryFolder();
        const conv = { class: 'Conv2D', filters: 1, kernel_size: 3, padding: 'same' };
        layersModel(
          folder.path,
          [3, 3, 1],
          [
            { ...conv, name: 'a' },
            { ...conv, name: 'c' },
          ],
        );
        edit(folder.path, (json) => {
          const text = JSON.stringify(json).replace('[null,3,3,1]', '[null,null,null,1]');
          Object.assign(json, JSON.parse(text));
        });
        return await messageOf([folder.path]);
      },
      'model.json: expected the size of its images to be said (such as 28×28×1), as the file leaves it open, found [?, ?, 1].',
    ],
    [
      'images of a number of channels that no picture has',
      async () => {
        using folder = new TemporaryFolder();
        const layers = [{ class: 'Flatten', name: 'f' }, dense('a', 2), dense('c', 18)];
        layersModel(folder.path, [3, 3, 2], layers);
        return await messageOf([folder.path]);
      },
      'model.json: expected images of 1 or 3 channels, found 2: export a model of grey or coloured images.',
    ],
    [
      'a model of 10 GB in a file of 1 KB',
      () =>
        withLayersModel(whole, (folder) =>
          edit(folder, (json) => {
            const text = JSON.stringify(json).replaceAll('"units":4', '"units":50000').replaceAll('[9,4]', '[9,50000]');
            const huge = text.replaceAll('"units":2', '"units":50000').replaceAll('[4,2]', '[50000,50000]');
            const shapes = huge
              .replaceAll('[4]', '[50000]')
              .replaceAll('[2]', '[50000]')
              .replaceAll('[2,9]', '[50000,9]');
            Object.assign(json, JSON.parse(shapes));
          }),
        ),
      'model.json: weights.bin: expected 10,004,000,036 bytes of weights, found 308: copy all files again, or save the model again.',
    ],
    [
      'a decoder without its encoder',
      () => withLayersModel([dense('a', 20), dense('c', 784)]),
      'model.json: expected an autoencoder, which gives back the 9 values of an image, found an output of 784: a decoder without its encoder. Export encoder and decoder as one model.',
    ],
    [
      'a classifier',
      () => withLayersModel([dense('a', 20), dense('c', 3)]),
      'model.json: expected an autoencoder, which gives back the 9 values of an image, found an output of 3: a classifier, or an encoder without its decoder. Export encoder and decoder as one model.',
    ],
    [
      'a single layer',
      () => withLayersModel([dense('c', 9)]),
      'model.json: expected a layer for the code between the images and their reconstruction, found one layer only: export a model with more.',
    ],
    [
      'no layer narrow enough for a code',
      async () => {
        using folder = new TemporaryFolder();
        const conv = { class: 'Conv2D', filters: 1, kernel_size: 3, padding: 'same' };
        layersModel(
          folder.path,
          [80, 80, 1],
          [
            { ...conv, name: 'a' },
            { ...conv, name: 'c' },
          ],
        );
        return await messageOf([folder.path]);
      },
      'model.json: a: expected a code of at most 4096 values, found 6400: choose a narrower layer, or export a model that has one.',
    ],
    [
      'weights in a file above the folder',
      () =>
        withLayersModel(whole, (folder) =>
          edit(folder, (json) => ((json.weightsManifest as { paths: string[] }[])[0]!.paths = ['../weights.bin'])),
        ),
      'model.json: "../weights.bin": expected the name of a file beside it, found a path that leaves its folder: put both files into one.',
    ],
    [
      'weights behind a link that leaves the folder',
      () =>
        withLayersModel(whole, (folder) => {
          rmSync(weights(folder));
          symlinkSync(modelFixture('dense.h5'), weights(folder));
        }),
      'model.json: "weights.bin": expected the name of a file beside it, found a link that leaves its folder: put both files into one.',
    ],
    [
      'weights quantised in a way that nobody knows',
      () =>
        withLayersModel(whole, (folder) =>
          edit(folder, (json) =>
            Object.assign((json.weightsManifest as { weights: object[] }[])[0]!.weights[0]!, {
              quantization: { dtype: 'int4' },
            }),
          ),
        ),
      'model.json: weightsManifest: expected groups of weights and their files, found 0.weights.0.quantization.dtype must be ("float16" | ("uint8" | "uint16")), found "int4".',
    ],
    [
      'two weights of one name',
      () =>
        withLayersModel(whole, (folder) =>
          edit(folder, (json) => {
            const [group] = json.weightsManifest as { weights: { name: string }[] }[];
            group!.weights[2]!.name = 'a/kernel';
          }),
        ),
      'model.json: a/kernel: expected a name that tells its weights, found one of 2: a/kernel, a/kernel. Give the layer another name, or save the model as .keras, where each layer has a place of its own.',
    ],
    [
      'a graph model',
      () => withLayersModel(whole, (folder) => edit(folder, (json) => Object.assign(json, { format: 'graph-model' }))),
      'model.json: expected a layers model, found a graph model, whose layers are lost: bring in the Keras model it was made of, or convert that as tfjs_layers_model.',
    ],
    [
      'JSON of something else',
      () => withLayersModel(whole, (folder) => writeFileSync(join(folder, 'model.json'), '{"name":"a package"}')),
      'model.json: expected a model of TensorFlow.js, with "modelTopology", found none: choose the model.json that TensorFlow.js has saved.',
    ],
    [
      'no JSON',
      () => withLayersModel(whole, (folder) => writeFileSync(join(folder, 'model.json'), 'weights')),
      'model.json: expected JSON, found text that is not JSON: copy the file again, or save the model anew.',
    ],
  ])('%s', async (_, message, expected) => {
    expect(await message()).toBe(expected);
  });
});

describe('what is said where no model can be told', () => {
  test('of a folder without one, and of one with several', async () => {
    using folder = new TemporaryFolder();
    mkdirSync(join(folder.path, 'empty'));
    expect(await messageOf([join(folder.path, 'empty')])).toBe(
      'empty: expected a model (model.json, .keras, .h5, .hdf5, .onnx), found none.',
    );
    const two = join(folder.path, 'two');
    mkdirSync(two);
    for (const name of ['a.h5', 'b.keras']) cpSync(modelFixture('dense.h5'), join(two, name));
    expect(await messageOf([two])).toBe('two: expected one model, found 2: a.h5, b.keras: choose one of them.');
  });

  test('of a path that is not there', async () => {
    expect(await messageOf(['/nowhere/model.h5'])).toBe('/nowhere/model.h5: expected a file or folder, found none.');
  });
});

describe('a model whose file was renamed', () => {
  test.each([
    ['dense.keras', 'renamed.onnx'],
    ['dense.h5', 'renamed.keras'],
    ['dense.keras', 'renamed.h5'],
  ])('%s is read as %s', async (name, renamed) => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, renamed);
    cpSync(modelFixture(name), path);
    expect((await readModel([path])).chain.format).toBe('Keras');
  });
});

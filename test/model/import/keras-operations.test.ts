import { describe, expect, test } from 'vitest';
import { readModel } from '../../../electron/model/import/read-model.ts';
import { specAndWeights } from '../../../electron/model/import/to-spec.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { messageOf, outputOf } from './imported.ts';

/** What a function takes: the value before it, or a number. */
type Operand = 'x' | number;

interface Function {
  readonly class: string;
  readonly args?: readonly Operand[];
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A model of four values, a dense layer that doubles each, these functions, and one that passes them on, as Keras 3 describes it. */
function modelOf(folder: TemporaryFolder, functions: readonly Function[]): string {
  let source = 'image';
  const tensor = () => ({ class_name: '__keras_tensor__', config: { keras_history: [source, 0, 0] } });
  const after = (name: string, entry: Readonly<Record<string, unknown>>, args: readonly Operand[] = ['x']) => {
    const taken = args.map((operand) => (operand === 'x' ? tensor() : operand));
    source = name;
    return { name, inbound_nodes: [{ args: taken, kwargs: {} }], ...entry };
  };
  const dense = (name: string) =>
    after(name, { class_name: 'Dense', module: 'keras.layers', config: { name, units: 4, activation: 'linear' } });
  const layers = [
    { class_name: 'InputLayer', name: 'image', config: { name: 'image', batch_shape: [null, 4] }, inbound_nodes: [] },
    dense('first'),
    ...functions.map(({ class: className, args, config = {} }, at) => {
      const name = `f${at}`;
      return after(name, { class_name: className, module: 'keras.src.ops.numpy', config: { name, ...config } }, args);
    }),
    dense('last'),
  ];
  const ends = { input_layers: [['image', 0, 0]], output_layers: [['last', 0, 0]] };
  const weights = ['first', 'last'].flatMap((name) => [
    { name: `${name}/kernel`, shape: [4, 4], dtype: 'float32' },
    { name: `${name}/bias`, shape: [4], dtype: 'float32' },
  ]);
  const diagonal = (value: number): number[] => Array.from({ length: 16 }, (_, at) => (at % 5 === 0 ? value : 0));
  const values = [...diagonal(2), 0, 0, 0, 0, ...diagonal(1), 0, 0, 0, 0];
  folder.write('weights.bin', Buffer.from(Float32Array.from(values).buffer));
  const json = {
    format: 'layers-model',
    modelTopology: { class_name: 'Functional', config: { layers, ...ends } },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  return folder.write('model.json', JSON.stringify(json));
}

const INPUT = [-1, 0.25, 0.5, 1];

describe('functions that a Keras model has between its layers', () => {
  test.each<[string, readonly Function[], (x: number) => number]>([
    [
      'x / 4 − 1',
      [
        { class: 'TrueDivide', args: ['x', 4] },
        { class: 'Subtract', args: ['x', 1] },
      ],
      (x) => x / 4 - 1,
    ],
    [
      '1 − 3 x',
      [
        { class: 'Multiply', args: [3, 'x'] },
        { class: 'Subtract', args: [1, 'x'] },
      ],
      (x) => 1 - 3 * x,
    ],
    ['2 + (−x)', [{ class: 'Negative' }, { class: 'Add', args: [2, 'x'] }], (x) => 2 - x],
    ['clip', [{ class: 'Clip', config: { x_min: -1, x_max: 1.5 } }], (x) => Math.min(Math.max(x, -1), 1.5)],
    ['relu and tanh', [{ class: 'Relu' }, { class: 'Tanh' }], (x) => Math.tanh(Math.max(x, 0))],
    ['leaky relu', [{ class: 'LeakyRelu', config: { negative_slope: 0.1 } }], (x) => (x < 0 ? 0.1 * x : x)],
    [
      'between two numbers',
      [
        { class: 'Maximum', args: [-1.5, 'x'] },
        { class: 'Minimum', args: ['x', 0.75] },
      ],
      (x) => Math.min(Math.max(x, -1.5), 0.75),
    ],
    ['elu', [{ class: 'Elu', config: { alpha: 1 } }], (x) => (x < 0 ? Math.expm1(x) : x)],
    [
      'gelu by tanh',
      [{ class: 'Gelu', config: { approximate: true } }],
      (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
    ],
    ['what passes values on', [{ class: 'StopGradient' }, { class: 'Cast', config: { dtype: 'float32' } }], (x) => x],
    ['reshape', [{ class: 'Reshape', config: { newshape: [-1, 4] } }], (x) => x],
  ])('are read: %s', async (_, functions, expected) => {
    using folder = new TemporaryFolder();
    const { chain } = await readModel([modelOf(folder, functions)]);
    const output = outputOf(specAndWeights(chain, {}), INPUT, 1);
    INPUT.forEach((value, at) => expect(output[at]).toBeCloseTo(expected(2 * value), 5));
  });

  test.each<[string, Function, string]>([
    [
      'a quotient of a number',
      { class: 'TrueDivide', args: [1, 'x'] },
      'expected a layer that the app knows, found one of class "TrueDivide": use Rescaling for numbers and Activation for functions, and save the model again.',
    ],
    [
      'a clip of nothing',
      { class: 'Clip', config: { x_min: 1, x_max: 1 } },
      'expected two numbers to clip between, found 1 and 1: save it with these.',
    ],
    [
      'a cast to whole numbers',
      { class: 'Cast', config: { dtype: 'int32' } },
      'expected a layer that the app knows, found one of class "Cast": put Activation, Rescaling or Reshape in its place, or leave it out, train the model on, and save it again.',
    ],
    [
      'an ELU of another alpha',
      { class: 'Elu', config: { alpha: 0.5 } },
      'expected an ELU of alpha 1, found 0.5: use 1, train it on, and save the model again.',
    ],
    [
      'a product with 0',
      { class: 'Multiply', args: ['x', 0] },
      'expected a number to scale by, found 0: export without it.',
    ],
  ])('are refused in words: %s', async (_, own, expected) => {
    using folder = new TemporaryFolder();
    expect(await messageOf([modelOf(folder, [own])])).toContain(`f0: ${expected}`);
  });
});

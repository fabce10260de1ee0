import { describe, expect, test } from 'vitest';
import { kerasChain } from '../../../electron/model/import/keras-layers.ts';
import type { ConfigLayer } from '../../../electron/model/import/keras-config.ts';

type Entry = Pick<ConfigLayer, 'className' | 'config' | 'operands'>;

/** Layers of images [4, 3] without an axis of channels; weights count up from 0.25. */
const chainOf = (...entries: readonly Entry[]) =>
  kerasChain(
    {
      inputShape: [4, 3, 1],
      layers: entries.map((entry, at) => ({ ...entry, name: `l${at}`, place: '', within: [] })),
      notes: [],
      major: 3,
      lacksChannels: true,
    },
    ({ name, shape }) => ({
      name,
      shape,
      data: Float32Array.from({ length: shape.reduce((all, size) => all * size, 1) }, (_, at) => at + 0.25),
    }),
    'a.keras',
  );

const dense: Entry = { className: 'Dense', config: { units: 2 } };
const toAxis = (className: string): Entry => ({ className, config: { axis: -1 }, operands: [undefined] });

describe('grey images of Keras without an axis of channels', () => {
  test.each<[string, Entry]>([
    ['Dense', dense],
    ['BatchNormalization', { className: 'BatchNormalization', config: {} }],
    ['LayerNormalization', { className: 'LayerNormalization', config: {} }],
  ])('are refused in words where a layer goes over their last axis, which is their width: %s', (_, entry) => {
    const expected =
      'a.keras: l0: expected rows, or images with an axis of channels, found [4, 3]: put Flatten or Reshape((4, 3, 1)) before it, train it on, and save the model again.';
    expect(() => chainOf(entry)).toThrow(expected);
  });

  test('are rows once they are flattened, and images once they have that axis', () => {
    expect(chainOf({ className: 'Flatten', config: {} }, dense).shape).toEqual([2]);
    expect(chainOf({ className: 'Reshape', config: { target_shape: [4, 3, 1] } }, dense).shape).toEqual([4, 3, 2]);
    expect(chainOf(toAxis('ExpandDims'), dense).shape).toEqual([4, 3, 2]);
    expect(() => chainOf(toAxis('ExpandDims'), toAxis('Squeeze'), dense)).toThrow('l2: expected rows, or images');
    expect(() => chainOf(toAxis('Squeeze'))).toThrow('found one of class "Squeeze"');
  });

  test('are normalised by one mean and one variance where no axis is said', () => {
    const [op] = chainOf({ className: 'Normalization', config: { axis: [] } }).ops;
    expect(op).toMatchObject({ kind: 'batch-norm', mean: { shape: [1] }, variance: { shape: [1] } });
    expect(op?.kind === 'batch-norm' && [op.mean.data[0], op.variance.data[0]]).toEqual([0.25, 0.25]);
  });
});

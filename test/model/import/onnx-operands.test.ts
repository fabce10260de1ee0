import { describe, expect, test } from 'vitest';
import type { OnnxNode, OnnxTensor } from '../../../electron/model/export/onnx/onnx-file.ts';
import { largestDifference } from '../export/trained.ts';
import { computed, decoded, hidden, node, scattered, tensor, whole } from './onnx-graph.ts';

type Binary = (x: number, y: number) => number;
const binary: readonly (readonly [string, Binary])[] = [
  ['Add', (x, y) => x + y],
  ['Sub', (x, y) => x - y],
  ['Mul', (x, y) => x * y],
  ['Div', (x, y) => x / y],
];

describe('an operator of two values, one of them a constant of the file', () => {
  const constant = [5, 25, -2];
  const everySide = binary.flatMap(([op, compute]) => [
    { op, first: false, computes: (x: number, c: number) => compute(x, c) },
    { op, first: true, computes: (x: number, c: number) => compute(c, x) },
  ]);

  test.each(everySide.filter(({ op, first }) => !(op === 'Div' && first)))(
    '$op computes what the file says, the constant first: $first',
    async ({ op, first, computes }) => {
      for (const [shape, values] of [
        [[3], constant],
        [[1, 3], constant],
        [[], [5]],
      ] as const) {
        const inputs = first ? ['c', 'a'] : ['a', 'c'];
        const found = await computed(3, [node(op, 'b', inputs)], [tensor('c', shape, values)]);
        const expected = decoded(hidden(3).map((x, at) => computes(x, values[at % values.length]!)));
        expect(largestDifference(found, expected)).toBeLessThan(1e-5);
      }
    },
  );

  test('a constant that is divided by what the model computes is refused, never turned around', async () => {
    const divided = (shape: readonly number[], values: readonly number[]) =>
      computed(3, [node('Div', 'b', ['c', 'a'])], [tensor('c', shape, values)]);
    await expect(divided([3], constant)).rejects.toThrow(
      'a.onnx: b: expected a value that is divided by constants, found constants that are divided by it: export without that division.',
    );
    await expect(divided([], [5])).rejects.toThrow(
      'a.onnx: b: expected an activation that the app knows, found one made of Div: put ReLU, GELU or another known one in its place, and export again.',
    );
  });

  test('a matrix that stands before what the model computes is refused', async () => {
    const nodes = [node('MatMul', 'b', ['c', 'a'])];
    await expect(computed(3, nodes, [tensor('c', [3, 3], scattered(9))])).rejects.toThrow(
      'a.onnx: b: expected the value first and its weights behind it, found the weights first: swap them, and export again.',
    );
  });
});

describe('what changes values by their kind', () => {
  const WHOLE = 7;
  test('a cast to fractions is passed over, one to whole numbers refused', async () => {
    expect(
      largestDifference(await computed(3, [node('Cast', 'b', ['a'], { to: 11 })], []), decoded(hidden(3))),
    ).toBeLessThan(1e-5);
    await expect(computed(3, [node('Cast', 'b', ['a'], { to: WHOLE })], [])).rejects.toThrow(
      'a.onnx: b: expected fractions all the way, found values that are cast to whole numbers: export without rounding.',
    );
  });

  test('constants are cut off where they are cast to whole numbers, and divided as what they are cast to', async () => {
    const cut = [
      node('Cast', 'cut', ['c'], { to: WHOLE }),
      node('Cast', 'two', ['cut'], { to: 1 }),
      node('Mul', 'b', ['a', 'two']),
    ];
    const twice = await computed(3, cut, [tensor('c', [], [2.75])]);
    expect(largestDifference(twice, decoded(hidden(3).map((x) => 2 * x)))).toBeLessThan(1e-5);
    const halved = [
      node('Cast', 'seven', ['c'], { to: 1 }),
      node('Cast', 'two', ['d'], { to: 1 }),
      node('Div', 'half', ['seven', 'two']),
      node('Mul', 'b', ['a', 'half']),
    ];
    const found = await computed(3, halved, [whole('c', [7]), whole('d', [2])]);
    expect(largestDifference(found, decoded(hidden(3).map((x) => 3.5 * x)))).toBeLessThan(1e-5);
  });

  test('dropout that is at work is refused', async () => {
    const nodes = [node('Dropout', 'b', ['a', 'ratio', 'training'])];
    const ratio = tensor('ratio', [], [0.5]);
    await expect(computed(3, nodes, [ratio, whole('training', [1])])).rejects.toThrow(
      'a.onnx: b: expected a model for use, found one for training: export it in evaluation mode (PyTorch: model.eval()).',
    );
    const found = await computed(3, nodes, [ratio, whole('training', [0])]);
    expect(largestDifference(found, decoded(hidden(3)))).toBeLessThan(1e-5);
  });

  test('what is no number is neither added nor multiplied', async () => {
    const behind = (op: string) => [node('Relu', 'r', ['a']), node(op, 'b', ['r', 'c'])];
    await expect(computed(3, behind('Add'), [tensor('c', [], [Number.NaN])])).rejects.toThrow(
      'b: expected a number to add, found NaN: export without it',
    );
    await expect(computed(3, behind('Mul'), [tensor('c', [], [Infinity])])).rejects.toThrow(
      'b: expected a number to scale by, found Infinity: export without it',
    );
  });

  test('an image that is enlarged a thousand million times is refused at once', async () => {
    const nodes = [
      node('Reshape', 'image', ['a', 'sizes']),
      node('Resize', 'large', ['image', '', 'factors'], { mode: 'nearest' }),
      node('Flatten', 'b', ['large']),
    ];
    await expect(
      computed(4, nodes, [whole('sizes', [0, 1, 2, 2]), tensor('factors', [4], [1, 1, 1e9, 1e9])]),
    ).rejects.toThrow('large: expected enlarging by 1 to 64, the same both ways, found 1000000000 and 1000000000');
  });

  test('a sum of one value, and a clip without ends, change nothing', async () => {
    const nodes = [node('Relu', 'r', ['a']), node('Sum', 's', ['r']), node('Clip', 'b', ['s'])];
    const found = await computed(3, nodes, []);
    expect(largestDifference(found, decoded(hidden(3).map((x) => Math.max(0, x))))).toBeLessThan(1e-5);
  });

  test('a sum of a value and constants is an addition', async () => {
    const found = await computed(3, [node('Sum', 'b', ['a', 'c'])], [tensor('c', [3], [1, 2, 3])]);
    expect(largestDifference(found, decoded(hidden(3).map((x, at) => x + at + 1)))).toBeLessThan(1e-5);
  });

  test('a bilinear enlarging of operator set 10, which has no places for pixels’ middles, is refused', async () => {
    const enlarging = (mode: string) => [
      node('Reshape', 'image', ['a', 'sizes']),
      node('Resize', 'large', ['image', 'factors'], { mode }),
      node('Flatten', 'b', ['large']),
    ];
    const tensors = [whole('sizes', [0, 1, 2, 2]), tensor('factors', [4], [1, 1, 2, 2])];
    await expect(computed(4, enlarging('linear'), tensors, 16)).rejects.toThrow(
      'large: expected nearest-neighbour enlarging, found "linear": export with operator set 11 or a later one.',
    );
    const values = hidden(4);
    const larger = [0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3].map((at) => values[at]!);
    const found = await computed(4, enlarging('nearest'), tensors, 16);
    expect(largestDifference(found, decoded(larger))).toBeLessThan(1e-5);
  });

  test.each([
    [-0.5, 1e-3],
    [1, Number.NaN],
    [0, 0],
  ])('what is divided by the root of a variance of %d and an epsilon of %d is refused', async (variance, epsilon) => {
    const numbers = ['scale', 'shift', 'mean'].map((name) => tensor(name, [3], [1, 1, 1]));
    const nodes = [
      node('BatchNormalization', 'b', ['a', 'scale', 'shift', 'mean', 'variance'], { epsilon: { float: epsilon } }),
    ];
    await expect(computed(3, nodes, [...numbers, tensor('variance', [3], [1, variance, 1])])).rejects.toThrow(
      /b: expected variances and an epsilon that together are more than 0, found .+: train it anew/,
    );
  });

  test('a window that would begin beyond the image is none, also where sizes are rounded up', async () => {
    const nodes = [
      node('Reshape', 'image', ['a', 'sizes']),
      node('MaxPool', 'pooled', ['image'], { kernel_shape: [2, 2], strides: [3, 3], ceil_mode: 1 }),
      node('Pad', 'padded', ['pooled', 'pads']),
      node('Flatten', 'b', ['padded']),
    ];
    const found = await computed(36, nodes, [whole('sizes', [0, 1, 6, 6]), whole('pads', [0, 0, 0, 0, 0, 0, 4, 4])]);
    const values = hidden(36);
    const expected = new Array<number>(36).fill(0);
    for (const [to, from] of [
      [0, 0],
      [1, 3],
      [6, 18],
      [7, 21],
    ] as const) {
      expected[to] = Math.max(...[0, 1, 6, 7].map((beside) => values[from + beside]!));
    }
    expect(largestDifference(found, decoded(expected))).toBeLessThan(1e-5);
  });

  const cut = (starts: readonly number[], ends: readonly number[]) =>
    computed(
      6,
      [node('Slice', 'b', ['a', 'starts', 'ends', 'axes'])],
      [whole('starts', starts), whole('ends', ends), whole('axes', [0, 1])],
      3,
    );

  test('a slice that says the whole batch, as TensorFlow’s do, cuts what it says besides', async () => {
    const found = await cut([0, 1], [2 ** 31 - 1, -2]);
    expect(largestDifference(found, decoded(hidden(6).slice(1, 4)))).toBeLessThan(1e-5);
  });

  test.each([
    ['some images of a batch', [1, 1], [2 ** 31 - 1, -2]],
    ['the first ones of it', [0, 1], [4, -2]],
  ] as const)('a slice of %s is refused', async (_, starts, ends) => {
    await expect(cut(starts, ends)).rejects.toThrow(
      'b: expected all images of a batch, found some cut off: export for a batch of any size.',
    );
  });

  test.each(['DCR', 'CRD'] as const)('pixels become channels in the order that is said: %s', async (mode) => {
    const nodes = [
      node('Reshape', 'image', ['a', 'sizes']),
      node('SpaceToDepth', 'deep', ['image'], { blocksize: 2, mode }),
      node('Flatten', 'b', ['deep']),
    ];
    const found = await computed(32, nodes, [whole('sizes', [0, 2, 4, 4])]);
    const values = hidden(32);
    const expected = new Array<number>(32).fill(0);
    values.forEach((value, from) => {
      const [channel, row, column] = [Math.floor(from / 16), Math.floor(from / 4) % 4, from % 4];
      const pixel = 2 * (row % 2) + (column % 2);
      const to = mode === 'CRD' ? 4 * channel + pixel : 2 * pixel + channel;
      expected[4 * to + 2 * Math.floor(row / 2) + Math.floor(column / 2)] = value;
    });
    expect(largestDifference(found, decoded(expected))).toBeLessThan(1e-5);
  });
});

describe('a row whose values have changed places', () => {
  /** 2 × 3 values turned to 3 × 2, and a row again. */
  const turned: readonly OnnxNode[] = [
    node('Reshape', 'grid', ['a', 'sizes']),
    node('Transpose', 'other', ['grid'], { perm: [0, 2, 1] }),
    node('Flatten', 'row', ['other']),
  ];
  const sizes: OnnxTensor = { name: 'sizes', shape: [3], data: BigInt64Array.of(0n, 2n, 3n) };
  const row = (): number[] => {
    const values = hidden(6);
    return [0, 3, 1, 4, 2, 5].map((from) => values[from]!);
  };

  test('is normalised unit by unit as the file has it', async () => {
    const statistics = ['scale', 'shift', 'mean', 'variance'].map((name, at) =>
      tensor(
        name,
        [6],
        scattered(6).map((value) => value + at),
      ),
    );
    const [scale, shift, mean, variance] = statistics.map(({ data }) => data as Float32Array);
    const nodes = [...turned, node('BatchNormalization', 'b', ['row', 'scale', 'shift', 'mean', 'variance'])];
    const expected = row().map(
      (x, at) => ((x - mean![at]!) / Math.sqrt(variance![at]! + 1e-5)) * scale![at]! + shift![at]!,
    );
    const found = await computed(6, nodes, [sizes, ...statistics]);
    expect(largestDifference(found, decoded(expected))).toBeLessThan(1e-5);
  });

  test('is added to value by value as the file has it', async () => {
    const added = [1, 2, 3, 4, 5, 6];
    const found = await computed(6, [...turned, node('Add', 'b', ['row', 'c'])], [sizes, tensor('c', [6], added)]);
    expect(largestDifference(found, decoded(row().map((x, at) => x + added[at]!)))).toBeLessThan(1e-5);
  });
});

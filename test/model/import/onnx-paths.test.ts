import { describe, expect, test } from 'vitest';
import type { OnnxNode } from '../../../electron/model/export/onnx/onnx-file.ts';
import { largestDifference } from '../export/trained.ts';
import { computed, computedAndNoted, decoded, hidden, node, scattered, tensor, whole } from './onnx-graph.ts';

describe('a code that is drawn around a mean', () => {
  const weights = [tensor('mean', [3, 3], scattered(9)), tensor('spread', [3, 3], scattered(9).reverse())];
  const heads = [node('MatMul', 'm', ['a', 'mean']), node('MatMul', 's', ['a', 'spread'])];
  const mean = (): number[] => {
    const values = hidden(3);
    return [0, 1, 2].map((unit) => values.reduce((sum, x, row) => sum + x * scattered(9)[3 * row + unit]!, 0));
  };

  test('is that mean, and the graph that makes its spread is left out', async () => {
    const nodes = [
      ...heads,
      node('Exp', 'e', ['s']),
      node('RandomNormalLike', 'r', ['e']),
      node('Mul', 'd', ['r', 'e']),
      node('Add', 'b', ['m', 'd']),
    ];
    const { output, notes } = await computedAndNoted(3, nodes, weights);
    expect(largestDifference(output, decoded(mean()))).toBeLessThan(1e-5);
    expect(notes).toEqual(['b: draws around "m"; the code is that mean, undrawn.']);
  });

  test('is refused where what is drawn goes elsewhere, or has a mean of its own', async () => {
    const draws = (nodes: Parameters<typeof computed>[1]) => computed(3, [...heads, ...nodes], weights);
    const found =
      'found "RandomNormalLike", which draw by chance: export the model without them (its mean alone, in evaluation mode).';
    await expect(draws([node('RandomNormalLike', 'r', ['m']), node('Tanh', 'b', ['r'])])).rejects.toThrow(found);
    const moved = [node('RandomNormalLike', 'r', ['m'], { mean: { float: 1 } }), node('Add', 'b', ['m', 'r'])];
    await expect(draws(moved)).rejects.toThrow(found);
  });
});

describe('a part of a value', () => {
  test('of a row is cut out of the weights: the first of two halves', async () => {
    const split = { ...node('Split', 'b', ['a'], { axis: 1 }), outputs: ['b', 'c'] };
    const found = await computed(8, [split], [], 4);
    expect(largestDifference(found, decoded(hidden(8).slice(0, 4)))).toBeLessThan(1e-5);
  });

  test('of a row is cut out of the weights: from its second value on', async () => {
    const tensors = [whole('one', [1]), whole('end', [2 ** 40])].map((each) => ({ ...each, shape: [1] }));
    const found = await computed(4, [node('Slice', 'b', ['a', 'one', 'end', 'one'])], tensors, 3);
    expect(largestDifference(found, decoded(hidden(4).slice(1)))).toBeLessThan(1e-5);
  });

  test.each([
    ['the first of two rows', [node('Gather', 'b', ['r', 'zero'], { axis: 1 })], [0, 1, 2]],
    ['the last of two rows', [node('Gather', 'b', ['r', 'last'], { axis: 1 })], [3, 4, 5]],
    [
      'the second of two rows',
      [node('Slice', 's', ['r', 'from', 'to', 'from']), node('Squeeze', 'b', ['s', 'from'])],
      [3, 4, 5],
    ],
    ['a column of each', [node('Slice', 's', ['r', 'from', 'to', 'to']), node('Flatten', 'b', ['s'])], [1, 4]],
  ])('of a row that was laid out as rows is cut out of the weights: %s', async (_, cuts, kept) => {
    const tensors = [
      whole('sizes', [-1, 2, 3]),
      whole('zero', [0]),
      whole('last', [-1]),
      { ...whole('from', [1]), shape: [1] },
      { ...whole('to', [2]), shape: [1] },
    ];
    const nodes = [node('Reshape', 'r', ['a', 'sizes']), ...cuts];
    const found = await computed(6, nodes, tensors, kept.length);
    expect(largestDifference(found, decoded(kept.map((at) => hidden(6)[at]!)))).toBeLessThan(1e-5);
  });

  test('of several places at once is refused in words', async () => {
    const nodes = [node('Gather', 'b', ['a', 'places'], { axis: 1 })];
    await expect(computed(4, nodes, [whole('places', [3, 1])], 2)).rejects.toThrow(
      'b: expected one place of an axis of its images, found [3, 1] of axis 1: export it with slices.',
    );
  });

  test('behind an activation is chosen by a matrix of ones and zeros', async () => {
    const split = { ...node('Split', 'b', ['t'], { axis: -1 }), outputs: ['c', 'b'] };
    const found = await computed(6, [node('Tanh', 't', ['a']), split], [], 3);
    expect(largestDifference(found, decoded(hidden(6).slice(3).map(Math.tanh)))).toBeLessThan(1e-5);
  });
});

describe('a value that goes two ways', () => {
  test('and is scaled on one of them, is not taken for the scaled one', async () => {
    const nodes = [node('Mul', 'scaled', ['a', 'c']), node('Add', 'b', ['a', 'scaled'])];
    await expect(computed(3, nodes, [tensor('c', [3], [2, 3, 4])])).rejects.toThrow(
      'a.onnx: b: expected one layer after another, found a sum of two branches from "a", as where a shortcut has several layers of its own: let each shortcut add what comes in, as it is or by one convolution of 1 × 1, train the model on, and export it again.',
    );
  });
});

describe('a value between bounds', () => {
  test('is a clip there too where they are further apart than activations are looked at usually', async () => {
    const bounds = [tensor('least', [], [-0.5]), tensor('most', [], [255])];
    const factor = tensor('f', [], [1000]);
    const nodes = [node('Mul', 'large', ['a', 'f']), node('Clip', 'b', ['large', 'least', 'most'])];
    const found = await computed(3, nodes, [...bounds, factor]);
    const expected = decoded(hidden(3).map((x) => Math.min(Math.max(1000 * x, -0.5), 255)));
    expect(largestDifference(found, expected)).toBeLessThan(1e-3);
    expect(Math.max(...hidden(3)) * 1000).toBeGreaterThan(255);
  });
});

describe('layer normalisation in its parts', () => {
  const parts = [
    node('ReduceMean', 'mean', ['a'], { axes: [-1] }),
    node('Sub', 'centred', ['a', 'mean']),
    node('Pow', 'squares', ['centred', 'two']),
    node('ReduceMean', 'variance', ['squares'], { axes: [-1] }),
    node('Add', 'raised', ['variance', 'epsilon']),
    node('Sqrt', 'root', ['raised']),
  ];
  const constants = [tensor('two', [], [2]), tensor('epsilon', [], [0.01]), tensor('scale', [5], scattered(5))];

  test('is one layer, with the epsilon and the scale that the file has', async () => {
    const nodes = [...parts, node('Div', 'normal', ['centred', 'root']), node('Mul', 'b', ['normal', 'scale'])];
    const values = hidden(5);
    const mean = values.reduce((sum, x) => sum + x / 5, 0);
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2 / 5, 0);
    const expected = values.map((x, at) => ((x - mean) / Math.sqrt(variance + 0.01)) * scattered(5)[at]!);
    expect(largestDifference(await computed(5, nodes, constants), decoded(expected))).toBeLessThan(1e-5);
  });

  test('is refused where its parts make something else', async () => {
    await expect(computed(5, [...parts, node('Mul', 'b', ['centred', 'root'])], constants)).rejects.toThrow(
      'a.onnx: b: expected one layer after another, found a mean that values are compared with ("Mul"): export LayerNorm with operator set 17 or a later one.',
    );
  });
});

describe('one number', () => {
  test('that is added before an activation goes into the weights', async () => {
    const nodes = [node('Add', 'moved', ['a', 'c']), node('Sigmoid', 'b', ['moved'])];
    const found = await computed(3, nodes, [tensor('c', [1], [0.7])]);
    const expected = decoded(hidden(3).map((x) => 1 / (1 + Math.exp(-x - 0.7))));
    expect(largestDifference(found, expected)).toBeLessThan(1e-5);
  });
});

describe('two activations, one behind the other,', () => {
  const relu = (x: number): number => Math.max(x, 0);
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

  test.each<[string, readonly OnnxNode[], (x: number) => number]>([
    ['are two layers', [node('Relu', 'r', ['a']), node('Sigmoid', 'b', ['r'])], (x) => sigmoid(relu(x))],
    [
      'are two layers where the second is several operators',
      [
        node('Tanh', 't', ['a']),
        node('Neg', 'n', ['t']),
        node('Exp', 'e', ['n']),
        node('Add', 'p', ['e', 'one']),
        node('Reciprocal', 'b', ['p']),
      ],
      (x) => sigmoid(Math.tanh(x)),
    ],
    [
      'are two layers where the second takes up the first twice',
      [node('Relu', 'r', ['a']), node('Sigmoid', 's', ['r']), node('Mul', 'b', ['r', 's'])],
      (x) => relu(x) * sigmoid(relu(x)),
    ],
    [
      'and a third behind a number that is added, are four',
      [node('Add', 'm', ['a', 'one']), node('Elu', 'e', ['m']), node('Tanh', 't', ['e']), node('Softplus', 'b', ['t'])],
      (x) => Math.log1p(Math.exp(Math.tanh(x + 1 < 0 ? Math.expm1(x + 1) : x + 1))),
    ],
  ])('%s', async (_, nodes, expected) => {
    const found = await computed(3, nodes, [tensor('one', [1], [1])]);
    expect(largestDifference(found, decoded(hidden(3).map(expected)))).toBeLessThan(1e-5);
  });

  test('are refused where the second is none that the app knows', async () => {
    const nodes = [node('Tanh', 't', ['a']), node('Exp', 'b', ['t'])];
    await expect(computed(3, nodes, [])).rejects.toThrow(
      'expected an activation that the app knows, found one made of Exp',
    );
  });
});

describe('weights that the graph computes', () => {
  test('of a length and a direction are multiplied out', async () => {
    const nodes = [
      node('ReduceL2', 'length', ['v'], { axes: [0], keepdims: 1 }),
      node('Div', 'direction', ['v', 'length']),
      node('Mul', 'w', ['direction', 'g']),
      node('MatMul', 'b', ['a', 'w']),
    ];
    const v = scattered(6);
    const found = await computed(3, nodes, [tensor('v', [3, 2], v), tensor('g', [1, 2], [2, 3])], 2);
    const values = hidden(3);
    const expected = [0, 1].map((unit) => {
      const column = [0, 1, 2].map((row) => v[2 * row + unit]!);
      const length = Math.hypot(...column);
      return values.reduce((sum, x, row) => sum + (x * column[row]! * [2, 3][unit]!) / length, 0);
    });
    expect(largestDifference(found, decoded(expected))).toBeLessThan(1e-5);
  });

  test('and sizes are sliced backwards along an axis, as exporters of padding do', async () => {
    const sides = { ...whole('sides', [1, 2, 3, 4]), shape: [2, 2] };
    const one = (name: string, value: number) => ({ ...whole(name, [value]), shape: [1] });
    const nodes = [
      node('Slice', 'turned', ['sides', 'last', 'before', 'first', 'last']),
      node('Reshape', 'flat', ['turned', 'four']),
      node('Cast', 'f', ['flat'], { to: 1 }),
      node('Mul', 'b', ['a', 'f']),
    ];
    const tensors = [sides, one('last', -1), one('before', -(2 ** 40)), one('first', 0), one('four', 4)];
    const found = await computed(4, nodes, tensors);
    expect(largestDifference(found, decoded(hidden(4).map((x, at) => x * [3, 4, 1, 2][at]!)))).toBeLessThan(1e-5);
  });
});

describe('shapes and rows', () => {
  test.each([
    ['pixels one below another', [-1, 3], 'put a convolution of 1 × 1 in the place of a dense layer of pixels'],
    ['two images in one', [2, 12], 'export for a batch of any size'],
  ])('%s are refused, with what to do', async (_, shape, remedy) => {
    const nodes = [node('Reshape', 'image', ['a', 'shape']), node('Reshape', 'b', ['image', 'rows'])];
    const found = computed(6, nodes, [whole('shape', [0, 2, 3]), whole('rows', shape)]);
    await expect(found).rejects.toThrow(
      `expected a shape of 6 values an image, found [${shape.join(', ')}]: ${remedy}.`,
    );
  });

  test('rows of one row each are rows', async () => {
    const nodes = [node('Reshape', 'r', ['a', 'sizes']), node('MatMul', 'm', ['r', 'w']), node('Flatten', 'b', ['m'])];
    const found = await computed(3, nodes, [whole('sizes', [0, 1, 3]), tensor('w', [3, 2], scattered(6))], 2);
    const values = hidden(3);
    const expected = [0, 1].map((unit) => values.reduce((sum, x, row) => sum + x * scattered(6)[2 * row + unit]!, 0));
    expect(largestDifference(found, decoded(expected))).toBeLessThan(1e-5);
  });

  test('a shape is that of the axes that are asked for', async () => {
    const nodes = [
      node('Reshape', 'image', ['a', 'sizes']),
      node('Shape', 'first', ['image'], { start: 0, end: -2 }),
      node('Concat', 'larger', ['first', 'last'], { axis: 0 }),
      node('Resize', 'twice', ['image', '', '', 'larger'], {
        mode: 'nearest',
        coordinate_transformation_mode: 'asymmetric',
        nearest_mode: 'floor',
      }),
      node('Flatten', 'b', ['twice']),
    ];
    const found = await computed(4, nodes, [whole('sizes', [0, 1, 2, 2]), whole('last', [4, 4])], 16);
    const values = hidden(4);
    const expected = [0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3].map((from) => values[from]!);
    expect(largestDifference(found, decoded(expected))).toBeLessThan(1e-5);
  });
});

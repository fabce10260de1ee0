import { describe, expect, test } from 'vitest';
import { meetingPoint } from '../../../electron/model/import/onnx/meeting-point.ts';
import type { OnnxNode } from '../../../electron/model/import/onnx/onnx-file.ts';
import { computed, node, scattered, tensor, whole } from './onnx-graph.ts';

type Graph = readonly [nodes: Parameters<typeof computed>[1], left?: number];

const weights = ['p', 'q', 'r'].map((name) => tensor(name, [4, 4], scattered(16)));
const product = (output: string, input: string, weight: string) => node('MatMul', output, [input, weight]);

describe('what is said of two branches that meet', () => {
  const gate = [node('Sigmoid', 'open', ['v']), node('Mul', 'b', ['u', 'open'])];

  test.each<[string, Graph, string]>([
    [
      'a gate of two layers (GLU)',
      [[product('u', 'a', 'p'), product('v', 'a', 'q'), ...gate]],
      'a.onnx: b: expected one layer after another, found a product of two branches from "a", as in gates (GLU, squeeze-and-excitation): put an activation such as SiLU in its place, train the model on, and export it again.',
    ],
    [
      'a gate of two halves (GLU)',
      [[{ ...node('Split', 'u', ['a'], { axis: 1 }), outputs: ['u', 'v'] }, ...gate], 2],
      'a.onnx: b: expected one layer after another, found a product of two branches from "a", as in gates (GLU, squeeze-and-excitation)',
    ],
    [
      'a gate of what comes in (squeeze-and-excitation)',
      [[product('s', 'a', 'p'), node('Sigmoid', 'open', ['s']), node('Mul', 'b', ['a', 'open'])]],
      'a.onnx: b: expected one layer after another, found a product of two branches from "a", as in gates',
    ],
    [
      'a projection shortcut',
      [
        [
          product('u', 'a', 'p'),
          node('Relu', 'bent', ['u']),
          product('v', 'bent', 'q'),
          product('short', 'a', 'r'),
          node('Add', 'b', ['v', 'short']),
        ],
      ],
      'a.onnx: b: expected one layer after another, found a sum of two branches from "a", as where a shortcut has several layers of its own: let each shortcut add what comes in, as it is or by one convolution of 1 × 1, train the model on, and export it again.',
    ],
    [
      'values put side by side (U-Net)',
      [[product('u', 'a', 'p'), node('Concat', 'b', ['u', 'a'], { axis: 1 })], 8],
      'a.onnx: b: expected one layer after another, found a concatenation of two branches from "a", as in a U-Net: leave out the one that skips layers, train the model on, and export it again.',
    ],
    [
      'attention without a softmax',
      [
        [
          product('u', 'a', 'p'),
          product('v', 'a', 'q'),
          node('Unsqueeze', 'column', ['u', 'one']),
          node('Unsqueeze', 'row', ['v', 'middle']),
          node('MatMul', 'all', ['column', 'row']),
          node('Flatten', 'b', ['all']),
        ],
        16,
      ],
      'a.onnx: all: expected one layer after another, found a matrix product of two branches from "a", as in attention: put a convolution in its place, train the model on, and export it again.',
    ],
    [
      'the larger of two',
      [[product('u', 'a', 'p'), product('v', 'a', 'q'), node('Max', 'b', ['u', 'v'])]],
      'a.onnx: b: expected one layer after another, found a "Max" of two branches from "a": leave one of them out, train the model on, and export it again.',
    ],
    [
      'a code divided by its length',
      [
        [
          node('ReduceL2', 'length', ['a'], { axes: [-1], keepdims: 1 }),
          node('Expand', 'each', ['length', 'size']),
          node('Div', 'b', ['a', 'each']),
        ],
      ],
      'a.onnx: length: expected an operator of a layer, found "ReduceL2" of what the model computes, which take the length of a code or of other values (L2 normalisation): leave it out, and train the model on.',
    ],
    [
      'a code divided by its length, by the operator for it',
      [[node('LpNormalization', 'b', ['a'])]],
      'a.onnx: b: expected operators that the app knows, found "LpNormalization", which take the length',
    ],
    [
      'a softmax',
      [[node('Softmax', 'b', ['a'])]],
      'a.onnx: b: expected operators that the app knows, found "Softmax", which weigh values against each other (attention, or classes): put convolutions in their place, or end with Sigmoid, and train it on.',
    ],
    [
      'a sequence',
      [[node('LSTM', 'b', ['a', 'p', 'q'])]],
      'a.onnx: b: expected operators that the app knows, found "LSTM", which go through a sequence: put dense or convolutional layers in their place, and train it on.',
    ],
    [
      'a codebook',
      [[node('ArgMin', 'b', ['a'])]],
      'a.onnx: b: expected operators that the app knows, found "ArgMin", which choose among a codebook’s vectors or classes: export encoder and decoder without what chooses between them.',
    ],
  ])('%s', async (_, [nodes, left], message) => {
    const sizes = [whole('one', [2]), whole('middle', [1]), whole('size', [1, 4])];
    await expect(computed(4, nodes, [...weights, ...sizes], left)).rejects.toThrow(message);
  });
});

describe('where a second path meets the first', () => {
  const nodeOf = (op: string, output: string, inputs: readonly string[]): OnnxNode => ({
    op,
    name: output,
    inputs,
    outputs: [output],
    attributes: new Map(),
  });

  test('is behind what comes of either, and shapes are of neither', () => {
    const start = nodeOf('Conv', 's', ['x', 'w']);
    const nodes = [
      nodeOf('Conv', 'first', ['x', 'w']),
      start,
      nodeOf('Shape', 'size', ['first']),
      nodeOf('Relu', 'second', ['s']),
      nodeOf('Reshape', 'same', ['second', 'size']),
      nodeOf('Relu', 'more', ['first']),
      nodeOf('Sub', 'met', ['more', 'same']),
    ];
    const before = new Set(['x', 'first']);
    expect(meetingPoint(nodes, start, (name) => before.has(name)).name).toBe('met');
  });
});

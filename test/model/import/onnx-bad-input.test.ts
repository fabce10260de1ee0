import { symlinkSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { MessageWriter } from '../../../electron/engine/graph/protobuf.ts';
import {
  onnxMessage,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
} from '../../../electron/model/export/onnx/onnx-file.ts';
import { readModel } from '../../../electron/model/import/read-model.ts';
import { specAndWeights } from '../../../electron/model/import/to-spec.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { messageOf } from './imported.ts';
import { modelFixture } from './model-fixture.ts';

const of = async (bytes: Uint8Array): Promise<string> => {
  using folder = new TemporaryFolder();
  return await messageOf([folder.write('a.onnx', bytes)]);
};

const weights = (name: string, ...shape: readonly number[]): OnnxTensor => ({
  name,
  shape,
  data: new Float32Array(shape.reduce((all, size) => all * size, 1)).fill(0.1),
});

const node = (op: string, from: string, to: string, more: readonly string[] = [], attributes = {}): OnnxNode => ({
  op,
  name: to,
  inputs: [from, ...more],
  outputs: [to],
  attributes,
});

/** Dense layers one after another, of these sizes. */
function denseGraph(...sizes: readonly number[]): OnnxGraph {
  const places = sizes.slice(1).map((_, at) => at + 1);
  const shape = (size: number) => ({ type: 1, shape: [size] });
  return {
    name: 'g',
    about: '',
    input: { name: 'v0', ...shape(sizes[0]!) },
    outputs: [{ name: `v${sizes.length - 1}`, ...shape(sizes.at(-1)!) }],
    nodes: places.map((at) => node('Gemm', `v${at - 1}`, `v${at}`, [`w${at}`, `b${at}`])),
    tensors: places.flatMap((at) => [weights(`w${at}`, sizes[at - 1]!, sizes[at]!), weights(`b${at}`, sizes[at]!)]),
  };
}

const bytesOf = (graph: OnnxGraph): Uint8Array => onnxMessage(graph, { name: 'a test', version: '1' }).finish();
const whole = denseGraph(9, 4, 2, 9);

const withTensor = (tensor: OnnxTensor): OnnxGraph => ({
  ...whole,
  tensors: whole.tensors.map((each) => (each.name === tensor.name ? tensor : each)),
});

const withNodes = (change: (nodes: readonly OnnxNode[]) => readonly OnnxNode[]): OnnxGraph => ({
  ...whole,
  nodes: change(whole.nodes),
});

describe('what a broken or foreign ONNX file says', () => {
  test('none of these is broken', async () => {
    expect(await of(bytesOf(whole))).toBe('a model');
  });

  const wrong = new Float32Array(36).fill(0.1);
  wrong[7] = Number.NaN;
  const huge = { name: 'w1', shape: [50_000, 50_000], data: new Float32Array(1) };
  const attention = { ...node('com.microsoft.Attention', 'v1', 'x'), name: 'looks' };
  const softmax = node('Softmax', 'x', 'v1x');

  test.each<[string, OnnxGraph, string]>([
    [
      'operators that nobody knows',
      withNodes(([a, b, c]) => [a!, attention, softmax, { ...b!, inputs: ['v1x', 'w2', 'b2'] }, c!]),
      'a.onnx: looks: expected operators that the app knows, found "com.microsoft.Attention", "Softmax", which weigh values against each other (attention, or classes): put convolutions in their place, or end with Sigmoid, and train it on.',
    ],
    [
      'what ONNX Runtime makes of a model that it optimises',
      withNodes(([a, b, c]) => [
        a!,
        node('com.microsoft.FusedConv', 'v1', 'x'),
        { ...b!, inputs: ['x', 'w2', 'b2'] },
        c!,
      ]),
      'a.onnx: x: expected operators that the app knows, found "com.microsoft.FusedConv", which ONNX Runtime writes when it optimises a model: take the file as it was before, or optimise it less (basic).',
    ],
    [
      'a model of 10 GB in a file of 1 KB',
      withTensor(huge),
      'a.onnx: w1: expected 10,000,000,000 bytes of weights, found 4: copy the file again, or save the model anew.',
    ],
    [
      'weights of the wrong length',
      withTensor({ ...weights('w2', 4, 2), data: new Float32Array(5) }),
      'a.onnx: w2: expected 32 bytes of weights, found 20: copy the file again, or save the model anew.',
    ],
    [
      'weights of another shape than what comes in',
      withTensor(weights('w2', 2, 4)),
      'a.onnx: v2: expected weights for 4 values, found weights for 2: export it again, as these do not fit each other.',
    ],
    [
      'biases of another number',
      withTensor(weights('b2', 3)),
      'a.onnx: v2: expected 2 biases, found [3]: export it again, as these do not fit each other.',
    ],
    [
      'a weight that is no number',
      withTensor({ name: 'w1', shape: [9, 4], data: wrong }),
      'a.onnx: w1: expected weights that are numbers, found NaN: train it anew.',
    ],
    [
      'weights that are not there',
      { ...whole, tensors: whole.tensors.slice(1) },
      'a.onnx: v1: expected what comes of the nodes before, found "w1", which none gives: export it again, with its weights.',
    ],
    [
      'two weights of one name',
      { ...whole, tensors: [...whole.tensors, weights('w1', 9, 4)] },
      'a.onnx: expected a name of its own for each value, found two called "w1": export it again.',
    ],
    [
      'two nodes that give a value of one name',
      withNodes(([a, b, c]) => [a!, node('Relu', 'v1', 'v1'), b!, c!]),
      'a.onnx: expected a name of its own for each value, found two called "v1": export it again.',
    ],
    [
      'an input that is neither images nor rows',
      { ...whole, input: { ...whole.input, shape: [1, 2, 3, 4] } },
      'a.onnx: expected an input [batch, …] of images or rows whose sizes are said, found [?, 1, 2, 3, 4]: export it for images of a fixed size.',
    ],
    [
      'images of a number of channels that no picture has',
      {
        ...denseGraph(30, 2, 30),
        input: { name: 'image', type: 1, shape: [5, 3, 2] },
        nodes: [node('Flatten', 'image', 'v0'), ...denseGraph(30, 2, 30).nodes],
      },
      'a.onnx: expected images of 1 or 3 channels, found 5: export a model of grey or coloured images.',
    ],
    [
      'a decoder without its encoder',
      denseGraph(9, 20, 784),
      'a.onnx: expected an autoencoder, which gives back the 9 values of an image, found an output of 784: a decoder without its encoder. Export encoder and decoder as one model.',
    ],
    [
      'a classifier',
      denseGraph(9, 20, 3),
      'a.onnx: expected an autoencoder, which gives back the 9 values of an image, found an output of 3: a classifier, or an encoder without its decoder. Export encoder and decoder as one model.',
    ],
    [
      'a single layer',
      denseGraph(9, 9),
      'a.onnx: expected a layer for the code between the images and their reconstruction, found one layer only: export a model with more.',
    ],
    [
      'a small file whose weights stand for many layers',
      {
        ...denseGraph(9, 60, 9),
        nodes: [
          node('Gemm', 'v0', 'a', ['w1']),
          ...Array.from({ length: 600 }, (_, at) => node('Gemm', at === 0 ? 'a' : `x${at - 1}`, `x${at}`, ['square'])),
          node('Gemm', 'x599', 'v2', ['w2']),
        ],
        tensors: [weights('w1', 9, 60), weights('square', 60, 60), weights('w2', 60, 9)],
      },
      'a.onnx: expected weights that are used at most 4 times, found more: export a model whose layers have weights of their own.',
    ],
    [
      'a path beside the layers',
      withNodes(([a, b, c]) => [a!, b!, { ...c!, outputs: ['x'] }, node('Add', 'x', 'v3', ['v0'])]),
      'a.onnx: v3: expected one layer after another, or blocks of two or three convolutions, the last of stride 1, with an activation between, or the same before each, found a sum with what dense, dense, dense make of it: put such blocks in its place, or leave the sum out, and train it on.',
    ],
    [
      'an activation that nobody knows',
      withNodes(([a, b, c]) => [
        a!,
        node('Exp', 'v1', 's'),
        node('Mul', 's', 'swell', ['v1']),
        { ...b!, inputs: ['swell', 'w2', 'b2'] },
        c!,
      ]),
      'a.onnx: swell: expected an activation that the app knows, found one made of Exp, Mul: put ReLU, GELU or another known one in its place, and export again.',
    ],
    [
      'an ELU of another slope at its end',
      withNodes(([a, b, c]) => [
        a!,
        node('Elu', 'v1', 'bent', [], { alpha: { float: 0.5 } }),
        { ...b!, inputs: ['bent', 'w2', 'b2'] },
        c!,
      ]),
      'a.onnx: bent: expected an activation that the app knows, found an ELU of another α than 1: use 1, train the model on, and export it again.',
    ],
  ])('%s', async (_, graph, expected) => {
    expect(await of(bytesOf(graph))).toBe(expected);
  });

  test('a file that is something else, empty or cut off', async () => {
    expect(await of(Buffer.from('some text\n'))).toBe(
      'a.onnx: expected whole protocol-buffer messages, found a damaged one: copy the file again, or save the model anew.',
    );
    expect(await of(Buffer.alloc(0))).toBe(
      'a.onnx: expected an ONNX model, with a graph, found none: copy the file again, or save the model anew.',
    );
    const bytes = bytesOf(whole);
    expect(await of(bytes.subarray(0, bytes.length - 40))).toBe(
      'a.onnx: expected whole protocol-buffer messages, found one cut off: copy the file again, or save the model anew.',
    );
  });
});

/** The whole model, its first weights in another file. */
function externalModel(entries: Readonly<Record<string, string>>): Uint8Array {
  const { tensors, ...graph } = whole;
  const rest = bytesOf({ ...graph, tensors: tensors.slice(1) });
  // Fields of one message may come in several pieces: readers put them together, the graph's here by hand.
  const tensor = new MessageWriter().integer(1, 9).integer(1, 4).integer(2, 1).text(8, 'w1');
  for (const [key, value] of Object.entries(entries)) tensor.message(13, (entry) => entry.text(1, key).text(2, value));
  return withInitializer(rest, tensor.integer(14, 1).finish());
}

/** Puts a tensor into the graph of a model's bytes: field 5 of field 7. */
function withInitializer(model: Uint8Array, tensor: Uint8Array): Uint8Array {
  const at = model.indexOf(0x3a);
  const [length, size] = [model[at + 1]! | 0, 1];
  const [more, width] = length < 0x80 ? [length, size] : [(length & 0x7f) | (model[at + 2]! << 7), 2];
  const start = at + 1 + width;
  const graph = Buffer.concat([model.subarray(start, start + more), new MessageWriter().bytes(5, tensor).finish()]);
  return Buffer.concat([
    model.subarray(0, at),
    new MessageWriter().bytes(7, graph).finish(),
    model.subarray(start + more),
  ]);
}

/** Lets the system give at most so many bytes a call, as a network drive may. @returns what ends that */
async function readInPieces(most: number): Promise<() => void> {
  const handle = await open(import.meta.filename);
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const read = prototype.read as (...given: unknown[]) => Promise<unknown>;
  const spy = vi.spyOn(prototype, 'read').mockImplementation(async function (this: FileHandle, ...given: unknown[]) {
    const [buffer, from, length, position] = given as [Uint8Array, number, number, number];
    return read.call(this, buffer, from, Math.min(most, length), position);
  } as FileHandle['read']);
  return () => spy.mockRestore();
}

describe('weights in another file', () => {
  const inFolder = async (entries: Record<string, string>, prepare: (folder: string) => void): Promise<string> => {
    using folder = new TemporaryFolder();
    prepare(folder.path);
    return await messageOf([folder.write('a.onnx', externalModel(entries))]);
  };
  const data = Buffer.from(new Float32Array(40).fill(0.1).buffer);

  test('are read beside the model', async () => {
    const there = { location: 'a.data', offset: '16', length: '144' };
    expect(await inFolder(there, (folder) => writeFileSync(join(folder, 'a.data'), data))).toBe('a model');
  });

  test('are read whole where the disk gives them in small pieces', async () => {
    using folder = new TemporaryFolder();
    const values = Float32Array.from({ length: 40 }, (_, at) => at);
    writeFileSync(join(folder.path, 'a.data'), Buffer.from(values.buffer));
    const path = folder.write('a.onnx', externalModel({ location: 'a.data', offset: '16', length: '144' }));
    onTestFinished(await readInPieces(7));
    const { tensors } = specAndWeights((await readModel([path])).chain, {});
    expect([...tensors['encoder-1/kernel']!.data]).toEqual([...values.subarray(4)]);
  });

  test('are refused where they are missing, too short, or outside of the folder', async () => {
    const nothing = (): void => undefined;
    expect(await inFolder({ location: 'a.data' }, nothing)).toBe(
      'a.onnx: a.data: expected a file, found none that can be read: put it there, and try again.',
    );
    expect(await inFolder({ location: 'a.data' }, (folder) => writeFileSync(join(folder, 'a.data'), 'x'))).toBe(
      'a.onnx: a.data: expected 144 bytes at 0 for "w1", found 1 in all: copy both files again, or export again.',
    );
    expect(await inFolder({ location: '../a.data' }, nothing)).toBe(
      'a.onnx: "../a.data": expected the name of a file beside it, found a path that leaves its folder: put both files into one.',
    );
    expect(await inFolder({ location: '/etc/hostname' }, nothing)).toBe(
      'a.onnx: "/etc/hostname": expected the name of a file beside it, found a path that leaves its folder: put both files into one.',
    );
    const link = (folder: string): void => symlinkSync(modelFixture('dense.h5'), join(folder, 'a.data'));
    expect(await inFolder({ location: 'a.data' }, link)).toBe(
      'a.onnx: "a.data": expected the name of a file beside it, found a link that leaves its folder: put both files into one.',
    );
  });
});

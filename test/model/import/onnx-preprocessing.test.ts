import { describe, expect, test } from 'vitest';
import { onnxMessage, type OnnxNode } from '../../../electron/model/export/onnx/onnx-file.ts';
import { readModel } from '../../../electron/model/import/read-model.ts';
import { specAndWeights } from '../../../electron/model/import/to-spec.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { largestDifference } from '../export/trained.ts';
import { outputOf } from './imported.ts';
import { node, tensor } from './onnx-graph.ts';
import { bent, conv, COUNT, HEIGHT, known, WIDTH } from './onnx-pieces.ts';

/** A file of images of three channels first: the nodes to "a", two convolutions to "b", and those from there. */
function bytesOf(
  before: readonly OnnxNode[],
  after: readonly OnnxNode[],
  shape: readonly number[] = [3, HEIGHT, WIDTH],
): Uint8Array {
  const inner = [conv('c', 'a', [5, 3, 3]), bent('r', 'c'), conv('b', 'r', [3, 5, 3])];
  const graph = {
    name: 'g',
    about: '',
    input: { name: 'x', type: 1, shape },
    outputs: [{ name: 'y', type: 1, shape }],
    nodes: [...before, ...inner.flatMap(({ nodes }) => nodes), ...after],
    tensors: [
      ...inner.flatMap(({ tensors }) => tensors),
      tensor('255', [], [255]),
      tensor('half', [], [0.5]),
      tensor('middle', [], [127.5]),
      tensor('scale', [3], [1, 1, 1]),
      tensor('shift', [3], [0, 0, 0]),
    ],
  };
  return onnxMessage(graph, { name: 'a test', version: '1' }).finish();
}

const PLACES = HEIGHT * WIDTH;
const pixels = Float32Array.from({ length: COUNT * PLACES * 3 }, (_, at) => Math.sin(at) / 2 + 0.5);
/** The same values with their channels first. */
const first = (last: Float32Array): Float32Array =>
  last.map((_, at) => {
    const [image, rest] = [Math.floor(at / (3 * PLACES)), at % (3 * PLACES)];
    return last[image * 3 * PLACES + (rest % PLACES) * 3 + Math.floor(rest / PLACES)]!;
  });

describe('a model that takes bytes', () => {
  test.each([
    ['behind a convolution', [node('Mul', 'y', ['b', '255'])]],
    [
      'behind a convolution, from −1 to 1',
      [node('Mul', 'wide', ['b', 'middle']), node('Add', 'y', ['wide', 'middle'])],
    ],
    ['behind an activation', [node('Sigmoid', 's', ['b']), node('Mul', 'y', ['s', '255'])]],
  ])('and gives them, gives pixels from 0 to 1 here: %s', async (_, after) => {
    using folder = new TemporaryFolder();
    const bytes = bytesOf([node('Div', 'a', ['x', '255'])], after);
    const { chain } = await readModel([folder.write('a.onnx', bytes)]);
    const found = outputOf(specAndWeights(chain, {}), pixels, COUNT);
    const expected = await known(
      bytes,
      first(pixels).map((value) => 255 * value),
      [COUNT, 3, HEIGHT, WIDTH],
    );
    expect(
      largestDifference(
        first(found),
        expected.map((value) => value / 255),
      ),
    ).toBeLessThan(1e-5);
    expect(chain.notes.at(-1)).toMatch(/^(y|wide): gives bytes; images here are pixels from 0 to 1\.$/);
  });
});

describe('images whose height and width a file leaves open', () => {
  // A size of 0 stands for one that is not said.
  const open = [3, 0, 0] as const;

  test.each([
    ['a number is taken away', [node('Sub', 'a', ['x', 'half'])]],
    ['each is normalised', [node('InstanceNormalization', 'a', ['x', 'scale', 'shift'])]],
  ])('have their channels where the file has them, also where first %s', async (_, before) => {
    using folder = new TemporaryFolder();
    const path = folder.write('a.onnx', bytesOf(before, [node('Identity', 'y', ['b'])], open));
    const shape = [HEIGHT, WIDTH, 3] as const;
    expect((await readModel([path], shape)).chain.inputShape).toEqual(shape);
  });
});

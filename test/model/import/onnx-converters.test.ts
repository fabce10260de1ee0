import { describe, expect, test } from 'vitest';
import { onnxMessage } from '../../../electron/model/export/onnx/onnx-file.ts';
import { readModel } from '../../../electron/model/import/read-model.ts';
import { specAndWeights } from '../../../electron/model/import/to-spec.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { largestDifference } from '../export/trained.ts';
import { outputOf } from './imported.ts';
import { node } from './onnx-graph.ts';
import { bent, bytesOf, conv, COUNT, HEIGHT, known, sum, three, WIDTH, type Piece } from './onnx-pieces.ts';

describe('a file as converters write it', () => {
  test('may have its nodes in any order', async () => {
    using folder = new TemporaryFolder();
    const whole = [bent('lead', 'a'), ...three('lead', [1, 1], undefined), sum('m', 'c3', 'lead'), bent('b', 'm')];
    const turned = whole.toReversed().map(({ nodes, tensors }) => ({ nodes: nodes.toReversed(), tensors }));
    const pixels = Float32Array.from({ length: COUNT * HEIGHT * WIDTH }, (_, at) => Math.sin(at) / 2 + 0.5);
    const made = async (name: string, pieces: readonly Piece[]): Promise<Float32Array> => {
      const { chain } = await readModel([folder.write(name, bytesOf(pieces))]);
      return outputOf(specAndWeights(chain, {}), pixels, COUNT);
    };
    expect([...(await made('b.onnx', turned))]).toEqual([...(await made('a.onnx', whole))]);
  });

  test('may take images with their channels first, and give them with these last', async () => {
    using folder = new TemporaryFolder();
    const all = [conv('a', 'x', [5, 3, 3]), bent('b', 'a'), conv('c', 'b', [3, 5, 3])];
    const graph = {
      name: 'g',
      about: '',
      input: { name: 'x', type: 1, shape: [3, HEIGHT, WIDTH] },
      outputs: [{ name: 'y', type: 1, shape: [HEIGHT, WIDTH, 3] }],
      nodes: [...all.flatMap(({ nodes }) => nodes), node('Transpose', 'y', ['c'], { perm: [0, 2, 3, 1] })],
      tensors: all.flatMap(({ tensors }) => tensors),
    };
    const bytes = onnxMessage(graph, { name: 'a test', version: '1' }).finish();
    const model = specAndWeights((await readModel([folder.write('a.onnx', bytes)])).chain, {});
    const places = HEIGHT * WIDTH;
    const last = Float32Array.from({ length: 3 * places }, (_, at) => Math.sin(at) / 2 + 0.5);
    const first = Float32Array.from(
      { length: 3 * places },
      (_, at) => last[(at % places) * 3 + Math.floor(at / places)]!,
    );
    const expected = await known(bytes, first, [1, 3, HEIGHT, WIDTH]);
    expect(largestDifference(outputOf(model, last, 1), expected)).toBeLessThan(1e-5);
  });
});

import { onnxMessage, type OnnxNode, type OnnxTensor } from '../../../electron/model/export/onnx/onnx-file.ts';
import { readModel } from '../../../electron/model/import/read-model.ts';
import { specAndWeights } from '../../../electron/model/import/to-spec.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { outputOf } from './imported.ts';

/** What a graph is tried on. */
export const INPUT = [0.25, -0.5, 0.75, 1];

export const node = (
  op: string,
  output: string,
  inputs: readonly string[],
  attributes: OnnxNode['attributes'] = {},
): OnnxNode => ({ op, name: output, inputs, outputs: [output], attributes });

export const tensor = (name: string, shape: readonly number[], values: readonly number[]): OnnxTensor => ({
  name,
  shape,
  data: Float32Array.from(values),
});

export const whole = (name: string, values: readonly number[]): OnnxTensor => ({
  name,
  shape: values.length === 1 ? [] : [values.length],
  data: BigInt64Array.from(values.map(BigInt)),
});

/** Numbers that are alike in nothing. */
export const scattered = (count: number): number[] =>
  Array.from({ length: count }, (_, at) => Math.sin(3 * at + 1) / 2);

/** Rows times a matrix [rows, units], to rows of units. */
export function product(x: readonly number[], weights: readonly number[]): number[] {
  const units = weights.length / x.length;
  return Array.from({ length: units }, (_, unit) =>
    x.reduce((sum, value, row) => sum + value * weights[row * units + unit]!, 0),
  );
}

/**
 * What the app computes of `INPUT` through 4 values → `units`, the nodes from "a" to "b", `left` → 4 values.
 * @returns beside it, what was noted
 */
export async function computedAndNoted(
  units: number,
  nodes: readonly OnnxNode[],
  tensors: readonly OnnxTensor[],
  left = units,
) {
  using folder = new TemporaryFolder();
  const graph = {
    name: 'g',
    about: '',
    input: { name: 'x', type: 1, shape: [4] },
    outputs: [{ name: 'y', type: 1, shape: [4] }],
    nodes: [node('MatMul', 'a', ['x', 'in']), ...nodes, node('MatMul', 'y', ['b', 'out'])],
    tensors: [
      tensor('in', [4, units], scattered(4 * units)),
      tensor('out', [left, 4], scattered(4 * left)),
      ...tensors,
    ],
  };
  const path = folder.write('a.onnx', onnxMessage(graph, { name: 'a test', version: '1' }).finish());
  const { chain } = await readModel([path]);
  return { output: outputOf(specAndWeights(chain, {}), INPUT, 1), notes: chain.notes };
}

/** What the app computes alone. */
export const computed = async (...graph: Parameters<typeof computedAndNoted>): Promise<Float32Array> =>
  (await computedAndNoted(...graph)).output;

/** What comes to the nodes. */
export const hidden = (units: number): number[] => product(INPUT, scattered(4 * units));

/** What becomes of what they give. */
export const decoded = (values: readonly number[]): number[] => product(values, scattered(4 * values.length));

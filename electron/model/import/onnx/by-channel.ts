import { sizeOf } from '../read-chain.ts';
import type { ChainValue, ChainWriter } from './chain-writer.ts';
import type { Operand } from './deviations.ts';
import type { NodeAttributes } from './node-attributes.ts';
import type { OnnxNode } from './onnx-file.ts';

/**
 * A constant of one number for each channel, or each place, on either side of the operator, goes into the weights of the layer before.
 * @returns undefined where the constant is another one
 */
export function byChannel(
  chain: ChainWriter,
  { op, name }: OnnxNode,
  inputs: readonly (Operand | undefined)[],
  before: ChainValue,
  attributes: NodeAttributes,
): ChainValue | undefined {
  const isFirst = inputs[0]?.kind === 'constant';
  const constant = inputs[isFirst ? 0 : 1];
  if (constant?.kind !== 'constant' || constant.tensor.data.length === 1) return undefined;
  let value = chain.settled(before, name);
  const { dims, data } = constant.tensor;
  const { shape } = chain.builder;
  const channels = value.layout.byChannel(dims, data, shape.at(-1) ?? 1);
  const own = channels ?? value.layout.byChannel(dims, data, sizeOf(shape));
  if (own === undefined) return undefined;
  // Another number for each place of an image: a row has as many units.
  if (channels === undefined) value = chain.flat(value, name);
  const last = value;
  const scaled = (factors: ArrayLike<number>, summands: ArrayLike<number>): ChainValue =>
    chain.scale(last, name, factors, summands);
  if (op === 'Add') return scaled([1], own);
  if (op === 'Sub') return scaled([isFirst ? -1 : 1], isFirst ? own : own.map((each) => -each));
  if (op === 'Mul') return scaled(own, [0]);
  if (!isFirst)
    return scaled(
      own.map((each) => 1 / each),
      [0],
    );
  const found = 'constants that are divided by it: export without that division';
  throw attributes.bad('a value that is divided by constants', found);
}

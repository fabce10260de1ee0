import type { ChainValue } from './chain-writer.ts';
import { axesOf } from './constants.ts';
import type { NodeAttributes } from './node-attributes.ts';
import type { OnnxTensor } from './onnx-file.ts';

/** What older operator sets make of layer normalisation, on its way: from a mean over the last axis to the root of a variance. */
export interface Deviation {
  readonly stage: 'mean' | 'centred' | 'squares' | 'variance' | 'raised' | 'root' | 'inverse';
  /** The value that is normalised. */
  readonly of: ChainValue;
  /** Added to the variance. */
  readonly epsilon: number;
}

export type Operand =
  | { readonly kind: 'constant'; readonly tensor: OnnxTensor }
  | { readonly kind: 'chain'; readonly value: ChainValue }
  | { readonly kind: 'deviation'; readonly deviation: Deviation };

/**
 * The next stage that an operator makes; all of it done where what is centred is divided by the root.
 * @returns undefined where it makes none
 */
export function nextStage(
  op: string,
  [one, other]: readonly (Operand | undefined)[],
  attributes: NodeAttributes,
): Deviation | 'normalised' | undefined {
  if (one?.kind === 'chain') {
    const { value } = one;
    if (op === 'ReduceMean' && isOverLast(value.layout.dims.length + 1, other, attributes)) {
      return { stage: 'mean', of: value, epsilon: 0 };
    }
    const isCentred = op === 'Sub' && other?.kind === 'deviation' && other.deviation.stage === 'mean';
    return isCentred && other.deviation.of === value ? { ...other.deviation, stage: 'centred' } : undefined;
  }
  if (one?.kind !== 'deviation') return undefined;
  const { deviation } = one;
  const same = other?.kind === 'deviation' && other.deviation.of === deviation.of ? other.deviation.stage : undefined;
  const number = other?.kind === 'constant' && other.tensor.data.length === 1 ? other.tensor.data[0] : undefined;
  const to = (stage: Deviation['stage'], epsilon = deviation.epsilon): Deviation => ({ ...deviation, stage, epsilon });
  switch (`${deviation.stage} ${op}`) {
    case 'centred Pow':
      return number === 2 ? to('squares') : undefined;
    case 'centred Mul':
      if (same === 'inverse') return 'normalised';
      return same === 'centred' ? to('squares') : undefined;
    case 'centred Div':
      return same === 'root' ? 'normalised' : undefined;
    case 'squares ReduceMean':
      return isOverLast(deviation.of.layout.dims.length + 1, other, attributes) ? to('variance') : undefined;
    case 'variance Add':
      return number === undefined ? undefined : to('raised', number);
    case 'raised Sqrt':
      return to('root');
    case 'root Reciprocal':
      return to('inverse');
    default:
      return undefined;
  }
}

/** Over the last axis alone, which stays. */
function isOverLast(rank: number, axes: Operand | undefined, attributes: NodeAttributes): boolean {
  const given = axes?.kind === 'constant' ? Array.from(axes.tensor.data) : attributes.integers('axes');
  return axesOf(given, rank)?.join() === `${rank - 1}` && attributes.integer('keepdims', 1) === 1;
}

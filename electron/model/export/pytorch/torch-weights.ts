import type { StoredTensor } from '../../../files/safetensors.ts';
import { transposeTensor } from '../transpose-tensor.ts';
import type { PlainModel, PlainOp, PlainWeight } from '../plain-model.ts';

/** A layer's name as an attribute in Python: "encoder-1-norm" → "encoder_1_norm". */
export const attributeOf = ({ name }: PlainOp): string => name.replaceAll('-', '_');

/** The state of the generated modules, named and laid out as PyTorch has it. */
export function torchState(parts: readonly PlainModel[]): Record<string, StoredTensor> {
  const state: Record<string, StoredTensor> = {};
  for (const { part, ops } of parts) {
    for (const op of ops) {
      for (const [name, { shape, data }] of weightsOf(op))
        state[`${part}.${attributeOf(op)}.${name}`] = { shape, data };
    }
  }
  return state;
}

function weightsOf(op: PlainOp): [string, PlainWeight][] {
  switch (op.kind) {
    case 'dense':
      // [inputs, units] → [units, inputs]
      return [['weight', transposeTensor(op.kernel, [1, 0])], ...biasOf(op.bias)];
    case 'conv':
    case 'conv-transpose':
      // (h, w, in, out) → (out, in, h, w), and (h, w, out, in) → (in, out, h, w)
      return [['weight', transposeTensor(op.kernel, [3, 2, 0, 1])], ...biasOf(op.bias)];
    case 'batch-norm':
      return [
        ['weight', op.scale],
        ['bias', op.shift],
        ['running_mean', op.mean],
        ['running_var', op.variance],
      ];
    default:
      return [];
  }
}

const biasOf = (bias: PlainWeight | undefined): [string, PlainWeight][] => (bias === undefined ? [] : [['bias', bias]]);

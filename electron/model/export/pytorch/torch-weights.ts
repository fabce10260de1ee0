import type { StoredTensor } from '../../../files/safetensors.ts';
import { StudioError } from '../../../domain/errors.ts';
import { transposeTensor } from '../transpose-tensor.ts';
import {
  eachOp,
  weightsOf as plainWeightsOf,
  type PlainModel,
  type PlainOp,
  type PlainWeight,
} from '../plain-model.ts';

/** A layer's name as an attribute in Python: "encoder-1-norm" → "encoder_1_norm". */
export const attributeOf = ({ name }: PlainOp): string => name.replaceAll('-', '_');

/** The state of the generated modules, named and laid out as PyTorch has it. */
export function torchState(parts: readonly PlainModel[]): Record<string, StoredTensor> {
  const state: Record<string, StoredTensor> = {};
  for (const { part, ops } of parts) {
    for (const op of eachOp(ops)) {
      for (const [name, { shape, data }] of weightsOf(op))
        state[`${part}.${attributeOf(op)}.${name}`] = { shape, data };
    }
  }
  return state;
}

/**
 * The way back: a state of the same modules as the network's own weights.
 * @param file named in errors
 * @throws StudioError `bad-file` where a weight is missing or of another shape
 */
export function fromTorchState(
  parts: readonly PlainModel[],
  state: Readonly<Record<string, StoredTensor>>,
  file: string,
): Record<string, StoredTensor> {
  const tensors: Record<string, StoredTensor> = {};
  for (const { part, ops } of parts) {
    for (const op of eachOp(ops)) {
      const own = plainWeightsOf(op);
      weightsOf(op).forEach(([name, { shape }], index) => {
        const { name: plainName } = own[index] as PlainWeight;
        const key = `${part}.${attributeOf(op)}.${name}`;
        const found = state[key];
        if (!(found?.data instanceof Float32Array) || found.shape.join() !== shape.join()) {
          const what = found === undefined ? 'none' : `one of shape ${found.shape.join(' × ')}`;
          throw new StudioError('bad-file', `${file}: expected "${key}" of shape ${shape.join(' × ')}, found ${what}.`);
        }
        const back = inverseOf(op, name);
        const weight: PlainWeight = { name: plainName, shape: found.shape, data: found.data };
        const { data } = back === undefined ? weight : transposeTensor(weight, back);
        // PReLU's slopes lie along three axes here, along one there.
        tensors[plainName] = { shape: (own[index] as PlainWeight).shape, data };
      });
    }
  }
  return tensors;
}

/** The permutation that undoes `weightsOf`'s. */
function inverseOf(op: PlainOp, name: string): readonly number[] | undefined {
  if (name !== 'weight') return undefined;
  switch (op.kind) {
    case 'dense':
      return [1, 0];
    case 'conv':
    case 'conv-transpose':
      return [2, 3, 1, 0];
    case 'depthwise':
      return [2, 3, 0, 1];
    default:
      return undefined;
  }
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
    case 'depthwise':
      // (h, w, channels, 1) → (channels, 1, h, w)
      return [['weight', transposeTensor(op.kernel, [2, 3, 0, 1])]];
    case 'layer-norm':
    case 'group-norm':
      return [
        ['weight', op.scale],
        ['bias', op.shift],
      ];
    case 'prelu':
      return [['weight', { ...op.alpha, shape: [op.alpha.data.length] }]];
    case 'quantise':
      return [['weight', op.codebook]];
    default:
      return [];
  }
}

const biasOf = (bias: PlainWeight | undefined): [string, PlainWeight][] => (bias === undefined ? [] : [['bias', bias]]);

import { NORM_EPSILON, type LayerShape } from '../../domain/layer-settings.ts';
import type { StoredTensor } from '../../files/safetensors.ts';
import type { PlainWeight } from '../export/plain-model.ts';
import type { LayerUnit, NormStep, Weighted } from './layer-units.ts';

/** By what follows the layer's own name in the weights file. */
export type LayerWeights = Readonly<Record<string, StoredTensor>>;

/** A layer's weights as the app has them. @param kernel where it is not the unit's own */
export function weightsOf(unit: Extract<LayerUnit, Weighted>, kernel: StoredTensor = plain(unit.kernel)): LayerWeights {
  // A transposed convolution's kernel has its filters before its inputs.
  const units = unit.kernel.shape.at(unit.kind === 'conv-transpose' ? 2 : -1) ?? 1;
  const bias = unit.bias?.data ?? new Float32Array(units);
  const slopes = unit.alpha === undefined ? {} : { '-activation/alpha': alphaOf(unit.alpha, unit.shape) };
  if (unit.norm === undefined) return { '/kernel': kernel, '/bias': { shape: [units], data: bias }, ...slopes };
  return { '/kernel': kernel, ...normWeights(unit.norm, bias, '-norm'), ...slopes };
}

const plain = ({ shape, data }: PlainWeight): StoredTensor => ({ shape, data });

/** PReLU's slopes as the app keeps them: along the last axis of what they bend. */
export function alphaOf({ data }: PlainWeight, shape: LayerShape): StoredTensor {
  return { shape: shape.length > 1 ? [1, 1, data.length] : [data.length], data };
}

/**
 * Batch normalisation with the app's epsilon and without the layer's bias, computing the same:
 * γ (x + b - μ) / √(σ² + ε) = γ' (x - μ') / √(σ'² + ε'), where σ'² + ε' = σ² + ε wherever that leaves a variance.
 * @param prefix of the weights' names, behind the layer's
 */
export function normWeights(
  { scale, shift, mean, variance, epsilon }: Extract<NormStep, { kind: 'batch-norm' }>,
  bias: Float32Array,
  prefix: '' | '-norm',
): LayerWeights {
  const units = mean.data.length;
  const isOwn = Math.abs(epsilon - NORM_EPSILON) < 1e-9;
  const own = isOwn ? variance.data : variance.data.map((value) => Math.max(value + epsilon - NORM_EPSILON, 0));
  const ratio = (unit: number): number => (own[unit]! + NORM_EPSILON) / (variance.data[unit]! + epsilon);
  const gamma = isOwn ? scale.data : scale.data.map((value, unit) => value * Math.sqrt(ratio(unit)));
  const of = (data: Float32Array): StoredTensor => ({ shape: [units], data });
  return {
    [`${prefix}/gamma`]: of(gamma),
    [`${prefix}/beta`]: of(shift.data),
    [`${prefix}/moving_mean`]: of(mean.data.map((value, unit) => value - bias[unit]!)),
    [`${prefix}/moving_variance`]: of(own),
  };
}

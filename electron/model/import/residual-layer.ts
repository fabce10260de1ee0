import type { LayerFinish } from '../../domain/layer-settings.ts';
import type { StoredTensor } from '../../files/safetensors.ts';
import { shrinkingKernel, squared } from './app-kernels.ts';
import type { AppLayer } from './app-layers.ts';
import { alphaOf, normWeights, weightsOf, type LayerWeights } from './app-weights.ts';
import type { LayerUnit } from './layer-units.ts';
import { bad } from './read-chain.ts';

type Residual = Extract<LayerUnit, { kind: 'residual' }>;

/**
 * A block as one layer of the app.
 * @throws StudioError `bad-file` where its kernels are larger than the app has them, or cannot be padded as it does
 */
export function residualLayer(unit: Residual, file: string): AppLayer {
  const { name, shape, inputShape, first, second, shortcut, stride, between, before, plainSum, alpha } = unit;
  const { activation, slope, batchNorm } = unit;
  const filters = first.kernel.shape[3] ?? 1;
  const finish: LayerFinish = { activation, ...(slope === undefined ? {} : { slope }), batchNorm, dropout: 0 };
  const inner = [...shape.slice(0, 2), filters];
  const halves = [
    { ...first, stride, inputShape, shape: inner, ...(between === undefined ? {} : { alpha: between }) },
    { ...second, stride: 1, inputShape: inner, shape },
    ...(shortcut === undefined ? [] : [{ ...shortcut, stride, inputShape, shape }]),
  ].map((half) => ({ kind: 'conv', name, ...finish, ...half }) as const);
  const [one, other, beside] = halves.map((half): StoredTensor => {
    const fitted = shrinkingKernel(half, file);
    if (fitted !== undefined) return fitted;
    squared(half.kernel, file, name); // One that is too large is told as such.
    const found = `${half.kernel.shape.slice(0, 2).join(' × ')}: use odd kernels, padded by half of them`;
    throw bad(`${file}: ${name}`, 'two kernels padded evenly', found);
  }) as [StoredTensor, StoredTensor, StoredTensor?];
  const slopes = (slopesOf: typeof alpha, key: string): LayerWeights =>
    slopesOf === undefined ? {} : { [key]: alphaOf(slopesOf, shape) };
  const lead = before?.norm && normWeights(before.norm, new Float32Array(before.norm.mean.data.length), '-norm');
  return {
    name,
    shape,
    settings: {
      kind: 'residual',
      filters,
      kernel: one.shape[0] ?? 1,
      secondKernel: other.shape[0] ?? 1,
      ...(beside === undefined ? {} : { channels: shape[2] ?? 1 }),
      stride,
      plainSum,
      preActivation: before !== undefined,
      ...finish,
    },
    weights: {
      ...named('-before', lead ?? {}),
      ...slopes(before?.alpha, '-before-activation/alpha'),
      ...named('-first', weightsOf(halves[0]!, one)),
      ...named('-second', weightsOf(halves[1]!, other)),
      ...(beside === undefined ? {} : named('-shortcut', weightsOf(halves[2]!, beside))),
      ...slopes(alpha, '-activation/alpha'),
    },
  };
}

/** The weights of one of a layer's parts. */
const named = (part: string, weights: LayerWeights): LayerWeights =>
  Object.fromEntries(Object.entries(weights).map(([rest, tensor]) => [`${part}${rest}`, tensor]));

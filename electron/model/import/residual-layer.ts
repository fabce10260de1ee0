import { NORM_EPSILON, type LayerFinish, type LayerShape } from '../../domain/layer-settings.ts';
import type { StoredTensor } from '../../files/safetensors.ts';
import { shrinkingKernel, squared } from './app-kernels.ts';
import type { AppLayer } from './app-layers.ts';
import { alphaOf, normWeights, weightsOf, type LayerWeights } from './app-weights.ts';
import type { LayerUnit, NormStep } from './layer-units.ts';
import { bad } from './read-chain.ts';
import type { BlockConvolution } from './residual-unit.ts';

type Residual = Extract<LayerUnit, { kind: 'residual' }>;

/**
 * A block as one layer of the app.
 * @throws StudioError `bad-file` where its kernels are larger than the app has them, or cannot be padded as it does
 */
export function residualLayer(unit: Residual, file: string): AppLayer {
  const { name, shape, inputShape, first, middle, second, shortcut, before, plainSum, alpha } = unit;
  const { activation, slope, batchNorm, groups, epsilon = NORM_EPSILON } = unit;
  const filters = first.kernel.shape[3] ?? 1;
  const finish: LayerFinish = { activation, ...(slope === undefined ? {} : { slope }), batchNorm, dropout: 0 };
  const inner = [...shape.slice(0, 2), filters];
  const firstShape = first.stride > 1 || middle === undefined ? inner : [...inputShape.slice(0, 2), filters];
  const weightsIn = (own: BlockConvolution, from: LayerShape, to: LayerShape): LayerWeights => {
    const { norm, ...rest } = own;
    const unnormed = { kind: 'conv', name, ...finish, ...rest, inputShape: from, shape: to } as const;
    const kernel = fittedKernel(unnormed, file);
    if (norm?.kind !== 'group-norm') return weightsOf(norm === undefined ? unnormed : { ...unnormed, norm }, kernel);
    return { ...weightsOf(unnormed, kernel), ...ofGroups(norm) };
  };
  const weights = {
    first: weightsIn(first, inputShape, firstShape),
    middle: middle && weightsIn(middle, firstShape, inner),
    second: weightsIn(second, inner, shape),
    shortcut: shortcut && weightsIn(shortcut, inputShape, shape),
  };
  const sideOf = (own: LayerWeights): number => own['/kernel']?.shape[0] ?? 1;
  const slopes = (slopesOf: typeof alpha, key: string): LayerWeights =>
    slopesOf === undefined ? {} : { [key]: alphaOf(slopesOf, shape) };
  return {
    name,
    shape,
    settings: {
      kind: 'residual',
      filters,
      kernel: sideOf(weights.first),
      secondKernel: sideOf(weights.second),
      ...(weights.middle === undefined ? {} : { middleKernel: sideOf(weights.middle) }),
      ...(shortcut === undefined ? {} : { channels: shape[2] ?? 1 }),
      stride: first.stride * (middle?.stride ?? 1),
      firstStrides: middle !== undefined && first.stride > 1,
      ...(groups === undefined ? {} : { groups }),
      epsilon,
      plainSum,
      preActivation: before !== undefined,
      ...finish,
    },
    weights: {
      ...named('-before', before?.norm === undefined ? {} : normOf(before.norm)),
      ...slopes(before?.alpha, '-before-activation/alpha'),
      ...named('-first', weights.first),
      ...named('-middle', weights.middle ?? {}),
      ...named('-second', weights.second),
      ...named('-shortcut', weights.shortcut ?? {}),
      ...slopes(alpha, '-activation/alpha'),
    },
  };
}

/** A kernel as the app pads it. */
function fittedKernel(unit: Extract<LayerUnit, { kind: 'conv' }>, file: string): StoredTensor {
  const fitted = shrinkingKernel(unit, file);
  if (fitted !== undefined) return fitted;
  squared(unit.kernel, file, unit.name); // One that is too large is told as such.
  const found = `${unit.kernel.shape.slice(0, 2).join(' × ')}: use odd kernels, padded by half of them`;
  throw bad(`${file}: ${unit.name}`, 'kernels padded evenly', found);
}

const normOf = (norm: NonNullable<BlockConvolution['norm']>): LayerWeights =>
  norm.kind === 'group-norm' ? ofGroups(norm) : normWeights(norm, new Float32Array(norm.mean.data.length), '-norm');

const ofGroups = ({ scale, shift }: Extract<NormStep, { kind: 'group-norm' }>): LayerWeights => ({
  '-norm/gamma': { shape: [scale.data.length], data: scale.data },
  '-norm/beta': { shape: [shift.data.length], data: shift.data },
});

/** The weights of one of a layer's parts. */
const named = (part: string, weights: LayerWeights): LayerWeights =>
  Object.fromEntries(Object.entries(weights).map(([rest, tensor]) => [`${part}${rest}`, tensor]));

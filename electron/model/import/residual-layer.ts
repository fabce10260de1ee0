import type { LayerFinish } from '../../domain/layer-settings.ts';
import { shrinkingKernel } from './app-kernels.ts';
import type { AppLayer } from './app-layers.ts';
import { alphaOf, weightsOf } from './app-weights.ts';
import type { LayerUnit } from './layer-units.ts';
import { bad } from './read-chain.ts';

type Residual = Extract<LayerUnit, { kind: 'residual' }>;

/**
 * A block as one layer of the app: both convolutions get kernels of one size, zeros around them.
 * @throws StudioError `bad-file` where they cannot be padded so
 */
export function residualLayer(unit: Residual, file: string): AppLayer {
  const { name, shape, inputShape, first, second, between, plainSum, alpha, activation, slope, batchNorm } = unit;
  const filters = first.kernel.shape[3] ?? 1;
  const finish: LayerFinish = { activation, ...(slope === undefined ? {} : { slope }), batchNorm, dropout: 0 };
  const inner = [...shape.slice(0, 2), filters];
  const halves = [
    { word: 'first', ...first, inputShape, shape: inner, ...(between === undefined ? {} : { alpha: between }) },
    { word: 'second', ...second, inputShape: inner, shape },
  ].map((half) => ({ kind: 'conv', name, stride: 1, ...finish, ...half }) as const);
  const kernel = Math.max(...halves.map((half) => shrinkingKernel(half, file)?.shape[0] ?? 0));
  const weights = halves.flatMap((half) => {
    const fitted = shrinkingKernel(half, file, kernel);
    if (fitted?.shape[0] === kernel) {
      return Object.entries(weightsOf(half, fitted)).map(([rest, tensor]) => [`-${half.word}${rest}`, tensor] as const);
    }
    const found = `${half.kernel.shape.slice(0, 2).join(' × ')}: use odd kernels, padded by half of them`;
    throw bad(`${file}: ${name}`, 'two kernels padded evenly', found);
  });
  const slopes = alpha === undefined ? [] : [['-activation/alpha', alphaOf(alpha, shape)] as const];
  return {
    name,
    shape,
    settings: { kind: 'residual', filters, kernel, plainSum, ...finish },
    weights: Object.fromEntries([...weights, ...slopes]),
  };
}

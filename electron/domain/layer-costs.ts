import type { LayerFinish, LayerSettings, LayerShape } from './layer-settings.ts';
import { sizeOf } from './layer-shapes.ts';
import { blockParts } from './residual-parts.ts';

/** What a layer takes of memory and time. */
export interface LayerCosts {
  /** Trainable values, those of normalisation among them; tied weights count where they stand first. */
  readonly parameters: number;
  /** Values beside them that no gradient moves: the moving statistics of batch normalisation. */
  readonly statistics: number;
  /** Of matrix products and convolutions, for one image, forward. */
  readonly multiplyAdds: number;
}

const free: LayerCosts = { parameters: 0, statistics: 0, multiplyAdds: 0 };

export function costsOf(own: LayerSettings, from: LayerShape, to: LayerShape): LayerCosts {
  const channels = from.at(-1) ?? 1;
  switch (own.kind) {
    case 'dense': {
      const [weights, units] = [sizeOf(from) * sizeOf(to), sizeOf(to)];
      return sum(
        { ...free, parameters: own.tiedTo === undefined ? weights : 0, multiplyAdds: weights },
        ending(own, units),
      );
    }
    case 'conv': {
      const weights = own.kernel ** 2 * channels * own.filters;
      // A transposed convolution applies its kernel at each place of its input.
      const places = placesOf(own.transposed ? from : to);
      return sum({ ...free, parameters: weights, multiplyAdds: weights * places }, ending(own, own.filters));
    }
    case 'separable': {
      const weights = own.kernel ** 2 * channels + channels * own.filters;
      return sum({ ...free, parameters: weights, multiplyAdds: weights * placesOf(to) }, ending(own, own.filters));
    }
    case 'residual': {
      const { inner, shortcut } = blockParts(own, from, to);
      const parts = [...inner, ...shortcut].map((part) => costsOf(part.settings, part.inputShape, part.shape));
      const slopes = !own.plainSum && own.activation === 'prelu' ? (to.at(-1) ?? 1) : 0;
      return parts.reduce(sum, { ...free, parameters: slopes });
    }
    case 'norm':
      return { ...free, parameters: 2 * channels, statistics: own.method === 'batch' ? 2 * channels : 0 };
    case 'activation':
      return { ...free, parameters: own.activation === 'prelu' ? channels : 0 };
    default:
      return free;
  }
}

/**
 * Values between a layer's own parts, beside those that it gives, for one image: what a residual layer's convolutions but the last make,
 * that beside them, and its activation before them, and what a separable one's kernels make of each channel by itself.
 */
export function valuesWithin(own: LayerSettings, from: LayerShape, to: LayerShape): number {
  if (own.kind !== 'residual') return own.kind === 'separable' ? placesOf(to) * (from.at(-1) ?? 1) : 0;
  const { inner, shortcut } = blockParts(own, from, to);
  const convolutions = inner.filter(({ settings }) => settings.kind === 'conv').slice(0, -1);
  const before = own.preActivation ? sizeOf(from) : 0;
  return [...convolutions, ...shortcut.slice(0, 1)].reduce((all, { shape }) => all + sizeOf(shape), before);
}

/** Of a layer's end: biases, which batch normalisation's scale and shift stand in for, and the slopes of PReLU. */
function ending({ batchNorm, activation }: LayerFinish, units: number): LayerCosts {
  const slopes = activation === 'prelu' ? units : 0;
  return { ...free, parameters: (batchNorm ? 2 : 1) * units + slopes, statistics: batchNorm ? 2 * units : 0 };
}

const sum = (a: LayerCosts, b: LayerCosts): LayerCosts => ({
  parameters: a.parameters + b.parameters,
  statistics: a.statistics + b.statistics,
  multiplyAdds: a.multiplyAdds + b.multiplyAdds,
});

const placesOf = ([height = 1, width = 1]: LayerShape): number => height * width;

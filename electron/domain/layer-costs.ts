import type { LayerFinish, LayerSettings, LayerShape } from './layer-settings.ts';
import { sizeOf } from './layer-shapes.ts';

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
      const given = to.at(-1) ?? 1;
      const beside = own.channels === undefined ? 0 : channels * given;
      const weights = (own.kernel ** 2 * channels + own.secondKernel ** 2 * given) * own.filters + beside;
      const around = sum(ending(own, own.filters), endingOfSum(own, channels, given));
      return sum({ ...free, parameters: weights, multiplyAdds: weights * placesOf(to) }, around);
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
 * Values between a layer's own parts, beside those that it gives, for one image: what a residual layer's first convolution makes, that
 * beside it, and its activation before them, and what a separable one's kernels make of each channel by itself.
 */
export function valuesWithin(own: LayerSettings, from: LayerShape, to: LayerShape): number {
  const channels = from.at(-1) ?? 1;
  if (own.kind === 'residual') {
    const beside = own.channels ?? 0;
    return placesOf(to) * (own.filters + beside) + (own.preActivation ? placesOf(from) * channels : 0);
  }
  return own.kind === 'separable' ? placesOf(to) * channels : 0;
}

/**
 * What belongs to a residual layer's second convolution, and to that beside it, and stands behind its sum or before its first.
 * @param channels that come in
 * @param given of the sum
 */
function endingOfSum(own: Extract<LayerSettings, { kind: 'residual' }>, channels: number, given: number): LayerCosts {
  const plain: LayerFinish = { ...own, activation: 'linear' };
  // Where each convolution is normalised before, nothing normalises behind the last, which has its biases in any case.
  const unbent = own.preActivation ? { ...plain, batchNorm: false } : plain;
  const beside = own.channels === undefined ? free : ending(unbent, given);
  if (!own.preActivation) return sum(ending(own.plainSum ? plain : own, given), beside);
  const slopes = own.activation === 'prelu' ? channels : 0;
  const before = own.batchNorm ? ending(plain, channels) : free;
  return sum(sum({ ...before, parameters: before.parameters + slopes }, ending(unbent, given)), beside);
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

import type { CodeMeasures } from '../../electron/contract/models.ts';
import type { PlainActivation } from '../../electron/domain/layer-spec.ts';

/** What one unit of the code does over the training images. */
export interface UnitRange {
  /** From 0. */
  readonly unit: number;
  readonly least: number;
  readonly most: number;
  readonly mean: number;
  readonly deviation: number;
  /** What a unit of a variational code says of an image, in nats; the classes of a code are not weighed. */
  readonly nats?: number;
}

/** Without an image set nothing is known of linear units: most codes lie within this of zero. */
const GUESSED_REACH = 3;

/**
 * The units, the one that says most of an image first: of a variational code by its divergence, else the one that varies most. What is
 * not finite becomes a range without extent.
 */
export function rangesOf({ least, most, mean, deviation, nats }: CodeMeasures['units']): UnitRange[] {
  const ranges = Array.from(least, (value, unit): UnitRange => {
    const range = { unit, least: value, most: most[unit]!, mean: mean[unit]!, deviation: deviation[unit]! };
    const known = [range.least, range.most, range.mean, range.deviation].every(Number.isFinite);
    if (!known) return { unit, least: 0, most: 0, mean: 0, deviation: 0 };
    return nats?.[unit] === undefined ? range : { ...range, nats: nats[unit] };
  });
  return ranges.sort((a, b) => (b.nats ?? 0) - (a.nats ?? 0) || b.deviation - a.deviation || a.unit - b.unit);
}

/** Ranges for a model whose image set is gone: all its activation reaches, or a guess. */
export function guessedRanges(size: number, activation: PlainActivation): UnitRange[] {
  const [least, most] = reachOf(activation);
  const mean = (least + most) / 2;
  return Array.from({ length: size }, (_, unit) => ({ unit, least, most, mean, deviation: (most - least) / 4 }));
}

function reachOf(activation: PlainActivation): readonly [number, number] {
  switch (activation) {
    case 'sigmoid':
    case 'clip':
      return [0, 1];
    case 'tanh':
    case 'softsign':
      return [-1, 1];
    case 'relu':
    case 'softplus':
      return [0, GUESSED_REACH];
    case 'linear':
    case 'leaky-relu':
    case 'elu':
    case 'gelu':
    case 'silu':
    case 'selu':
    case 'gelu-tanh':
    case 'hard-silu':
    case 'mish':
      return [-GUESSED_REACH, GUESSED_REACH];
  }
}

/** The code in the middle of all training codes. */
export function meanOf(ranges: readonly UnitRange[]): Float32Array<ArrayBuffer> {
  const code = new Float32Array(ranges.length);
  for (const { unit, mean } of ranges) code[unit] = mean;
  return code;
}

/** A code drawn unit by unit from normal distributions, kept within what training has seen. */
export function randomCode(ranges: readonly UnitRange[], normal: () => number): Float32Array<ArrayBuffer> {
  const code = new Float32Array(ranges.length);
  for (const { unit, least, most, mean, deviation } of ranges) {
    code[unit] = Math.min(most, Math.max(least, mean + deviation * normal()));
  }
  return code;
}

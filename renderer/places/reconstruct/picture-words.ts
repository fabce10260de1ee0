import type { AddedNoise } from '../../../electron/contract/models.ts';
import type { Preparation } from '../../../electron/contract/import-options.ts';
import { percentileWords, type Yardstick } from '../../pictures/percentile-words.ts';
import type { ErrorWords } from '../../widgets/error-unit.ts';
import { formatCounted } from '../../widgets/format-number.ts';
import type { PictureEntry, WallEntry } from '../../pictures/picture-entries.ts';

/** What was done to a picture before the model saw it: "inverted, centred by mass, 28 × 28 grey". */
export function preparationWords(
  { inverted, centred }: Pick<PictureEntry, 'inverted' | 'centred'>,
  preparation: Pick<Preparation, 'width' | 'height' | 'channels' | 'fit'>,
): string {
  const { width, height, channels, fit } = preparation;
  const fitted = { contain: 'fitted in whole', cover: 'filled and cut', stretch: 'stretched' }[fit];
  return [
    inverted ? 'inverted' : 'not inverted',
    centred ? 'centred by mass' : fitted,
    `${width} × ${height} ${channels === 1 ? 'grey' : 'RGB'}`,
  ].join(', ');
}

/** One entry in a sentence, for those who cannot see it. */
export function entryWords(
  entry: WallEntry,
  of: Yardstick,
  above: boolean,
  { name, show }: Pick<ErrorWords, 'name' | 'show'>,
): string {
  if (entry.kind === 'problem') return `${entry.name}: could not be read, ${entry.message}`;
  const error = `${name} ${show(entry.squaredError)}`;
  const place = entry.percentile === undefined ? [] : [percentileWords(entry.percentile, of)];
  return [`${entry.name}: ${error}`, ...place, ...(above ? ['above the threshold'] : [])].join(', ');
}

export function noiseWords(noise: AddedNoise): string {
  switch (noise.kind) {
    case 'gaussian':
      return `Gaussian noise, standard deviation ${noise.amount}`;
    case 'salt-and-pepper':
      return `salt and pepper on ${+(noise.amount * 100).toFixed(1)} % of the pixels`;
    case 'masking':
      return `${+(noise.amount * 100).toFixed(1)} % of the pixels masked`;
    case 'patches':
      return `${formatCounted(noise.count, 'square')} of ${noise.size} × ${noise.size} pixels missing`;
  }
}

/** A peak signal-to-noise ratio; equal pictures have no noise at all. */
export const formatPsnr = (decibels: number): string =>
  decibels === Infinity ? '∞ dB' : Number.isFinite(decibels) ? `${decibels.toFixed(1)} dB` : 'not finite';

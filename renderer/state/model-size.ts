import type { ModelSpec } from '../../electron/contract/experiment.ts';
import { formatBytes, formatCount } from '../widgets/format-number.ts';

/** Bytes a weight takes while it is trained: itself, its gradient and two slots of the optimizer, as float32. */
const BYTES_A_WEIGHT = 16;
/** From here on training is said to take much memory. */
const MUCH = 2e9;

/** About how many weights a model has: its encoder's, twice. */
export function weightsAbout({ inputShape, encoder, code }: ModelSpec): number {
  let [height, width, channels] = inputShape as readonly [number, number, number];
  let weights = 0;
  for (const layer of encoder) {
    if (layer.kind === 'dense') {
      weights += height * width * channels * layer.units;
      [height, width, channels] = [1, 1, layer.units];
    } else {
      weights += layer.kernel ** 2 * channels * layer.filters;
      [height, width, channels] = [Math.ceil(height / layer.stride), Math.ceil(width / layer.stride), layer.filters];
    }
  }
  return 2 * (weights + height * width * channels * code.size);
}

/** "about 1.3 million" */
export function weightWords(model: ModelSpec): string {
  const weights = weightsAbout(model);
  if (weights < 1e6) return `about ${formatCount(weights)}`;
  return `about ${(weights / 1e6).toFixed(weights < 1e7 ? 1 : 0)} million`;
}

/** Why a model may not fit on the machine, and what would make it smaller; nothing for one that will. */
export function memoryHint(model: ModelSpec): string | undefined {
  const bytes = BYTES_A_WEIGHT * weightsAbout(model);
  if (bytes < MUCH) return undefined;
  return `Training it takes about ${formatBytes(bytes)} of memory for weights alone: the images are large for dense layers. Import them smaller or in grey, or take a convolutional model.`;
}

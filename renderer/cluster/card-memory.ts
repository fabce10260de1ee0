import type { Experiment } from '../../electron/domain/experiment.ts';
import { layOut } from '../../electron/domain/model-layout.ts';
import { formatBytes } from '../widgets/format-number.ts';

/** Bytes a weight takes while it is trained: itself, its gradient and two slots of the optimizer, as float32. */
const BYTES_A_WEIGHT = 16;
/** Of each layer's values for each image: before and after its activation, and the gradients of both. An estimate, measured on no card. */
const VALUES_KEPT = 4;
/** Of a card's memory; the rest is the system's, the images', and PyTorch's own. */
const SHARE = 0.75;

/** About what a step takes on a card, in bytes. */
function bytesOfStep({ model }: Experiment, batch: number): number {
  const { layers, parameters } = layOut(model);
  const values = layers.reduce((sum, { activationBytes }) => sum + activationBytes, 0);
  return BYTES_A_WEIGHT * parameters + batch * VALUES_KEPT * values;
}

/** The largest power of two, up to `most`, that a card is likely to have room for; 0 where not even one image has. */
function largestThatFits(experiment: Experiment, totalBytes: number, most: number): number {
  let batch = 2 ** Math.floor(Math.log2(most));
  while (batch >= 1 && bytesOfStep(experiment, batch) > SHARE * totalBytes) batch /= 2;
  return batch < 1 ? 0 : batch;
}

/**
 * Why a batch may have no room on a card, and which is likely to have; nothing for one that fits.
 * @param totalBytes the card's
 */
export function batchHint(experiment: Experiment, totalBytes: number): string | undefined {
  const { batchSize } = experiment.training;
  const needed = bytesOfStep(experiment, batchSize);
  if (needed <= SHARE * totalBytes) return undefined;
  const fits = largestThatFits(experiment, totalBytes, batchSize);
  const takes = `A batch of ${batchSize.toLocaleString('en')} takes about ${formatBytes(needed)}; the card has ${formatBytes(totalBytes)}.`;
  return fits === 0
    ? `${takes} The model itself is too large for it.`
    : `${takes} A batch of ${fits.toLocaleString('en')} is likely to fit.`;
}

/** Larger ones seldom make a card quicker, and learn less an epoch. */
const MOST_PROPOSED = 1_024;
/** Below, an epoch teaches little. */
const LEAST_STEPS = 50;

/**
 * A batch that makes use of a card: as large as it is likely to have room for, with steps enough an epoch; nothing where the
 * experiment's own is that, or where nothing fits.
 * @param totalBytes the card's
 * @param imageCount images that are trained on
 */
export function proposedBatch(experiment: Experiment, totalBytes: number, imageCount: number): number | undefined {
  const most = Math.max(1, Math.min(MOST_PROPOSED, Math.floor(imageCount / LEAST_STEPS)));
  const batch = largestThatFits(experiment, totalBytes, most);
  return batch === 0 || batch === experiment.training.batchSize ? undefined : batch;
}

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

/**
 * Why a batch may have no room on a card, and which is likely to have; nothing for one that fits.
 * @param totalBytes the card's
 */
export function batchHint(experiment: Experiment, totalBytes: number): string | undefined {
  const room = SHARE * totalBytes;
  const { batchSize } = experiment.training;
  const needed = bytesOfStep(experiment, batchSize);
  if (needed <= room) return undefined;
  let fits = 2 ** Math.floor(Math.log2(batchSize));
  while (fits >= 1 && bytesOfStep(experiment, fits) > room) fits /= 2;
  const takes = `A batch of ${batchSize.toLocaleString('en')} takes about ${formatBytes(needed)}; the card has ${formatBytes(totalBytes)}.`;
  return fits < 1
    ? `${takes} The model itself is too large for it.`
    : `${takes} A batch of ${fits.toLocaleString('en')} is likely to fit.`;
}

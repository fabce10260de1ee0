import { assertNever } from '../errors.ts';
import type { NoiseSpec, ScheduleSpec, TrainingSpec } from '../experiment.ts';

/** What is done to the images before they are trained on, in a sentence. */
export function augmentationWords({ shiftPixels, flip }: TrainingSpec['augmentation']): string {
  const pixels = `${shiftPixels} pixel${shiftPixels === 1 ? '' : 's'}`;
  if (shiftPixels === 0) return 'Mirrors half of the images.';
  return `Moves each image by up to ${pixels} each way${flip ? ' and mirrors half of them' : ''}.`;
}

/** What the model sees in place of the clean image, in a sentence. */
export function noiseWords(noise: NoiseSpec): string {
  switch (noise.kind) {
    case 'gaussian':
      return 'Normal noise, cut at black and white; the clean image is asked for (Vincent et al. 2010).';
    case 'salt-and-pepper':
      return `${percent(noise.fraction)} of the pixels black or white; the clean image is asked for (Vincent et al. 2010).`;
    case 'masking':
      return `${percent(noise.fraction)} of the pixels gone; the whole image is asked for (Vincent et al. 2008).`;
    case 'patches':
      return `${noise.count} squares of ${noise.size} × ${noise.size} pixels gone; the whole image is asked for (Pathak et al. 2016).`;
    default:
      return assertNever(noise);
  }
}

/** How the learning rate goes, in a sentence. */
export function scheduleWords(schedule: ScheduleSpec, warmupEpochs: number): string {
  const rise =
    warmupEpochs === 0 ? '' : `A linear rise over ${warmupEpochs === 1 ? 'one epoch' : `${warmupEpochs} epochs`}`;
  const then = rise === '' ? '' : `${rise}, then `;
  switch (schedule.kind) {
    case 'constant':
      return `${then}the full learning rate.`;
    case 'step':
      return `${then}a fall by steps.`;
    case 'cosine': {
      const cosine = 'half a cosine (Loshchilov & Hutter 2017).';
      return rise === '' ? `H${cosine.slice(1)}` : `${then}${cosine}`;
    }
    default:
      return assertNever(schedule);
  }
}

const percent = (fraction: number): string => `${Number((100 * fraction).toPrecision(4))} %`;

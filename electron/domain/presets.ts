import { EXPERIMENT_VERSION, type Experiment, type ModelSpec } from './experiment.ts';
import { codePenaltyPresets } from './presets/code-penalty.ts';
import { convolutionPresets } from './presets/convolution.ts';
import { denoisingPresets } from './presets/denoising.ts';
import type { Preset } from './presets/preset.ts';
import { reconstructionPresets } from './presets/reconstruction.ts';
import { variationalPresets } from './presets/variational.ts';

export type { Preset } from './presets/preset.ts';

/**
 * The last-batch cost the article prints after each of its 20 epochs, first and last as published; its per-epoch
 * list is what the dotted reference line joins.
 */
export const ARTICLE_COSTS: readonly (readonly [epoch: number, cost: number])[] = [
  [1, 0.1827],
  [20, 0.0849],
];

/** MNIST's mean training image, taken as the reconstruction of every test image: 52.90 squared error per image. */
export const MNIST_MEAN_IMAGE_MSE = 0.0675;

/** The article's first: it is what the app opens with. */
export const presets: readonly Preset[] = [
  ...reconstructionPresets,
  ...codePenaltyPresets,
  ...denoisingPresets,
  ...convolutionPresets,
  ...variationalPresets,
];

/** How many images to hold out of a set: as asked, but of a small one at most a tenth (the presets hold out MNIST's share). */
export function heldOut(validationCount: number, trainingCount: number): number {
  return Math.min(validationCount, Math.floor(trainingCount / 10));
}

/** The preset as an experiment on an image set of this shape. */
export function presetExperiment(preset: Preset, imageSet: string, inputShape: ModelSpec['inputShape']): Experiment {
  return {
    version: EXPERIMENT_VERSION,
    name: preset.name,
    preset: preset.id,
    imageSet,
    model: { inputShape, ...preset.model },
    training: preset.training,
  };
}

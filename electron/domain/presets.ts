import { EXPERIMENT_VERSION, type Experiment, type ModelSpec } from './experiment.ts';
import { codePenaltyPresets } from './presets/code-penalty.ts';
import { convolutionPresets } from './presets/convolution.ts';
import { denoisingPresets } from './presets/denoising.ts';
import { neighbourPresets } from './presets/neighbours.ts';
import type { Preset } from './presets/preset.ts';
import { reconstructionPresets } from './presets/reconstruction.ts';
import { variationalPresets } from './presets/variational.ts';

export type { Preset } from './presets/preset.ts';

/** The last-batch cost that the article prints after each of its 20 epochs, the first epoch's first, as published. */
export const ARTICLE_COSTS: readonly number[] = [
  0.182728916, 0.150434598, 0.130958572, 0.125098571, 0.119374141, 0.116029739, 0.114480294, 0.110542893, 0.107315414,
  0.103023507, 0.101529025, 0.097410828, 0.093311585, 0.093811013, 0.090760238, 0.089178301, 0.087290406, 0.085913278,
  0.086014777, 0.084903874,
];

/** MNIST's mean training image, taken as the reconstruction of every test image: 52.90 squared error per image. */
export const MNIST_MEAN_IMAGE_MSE = 0.0675;

/** The article's first: it is where everything here comes from. */
export const presets: readonly Preset[] = [
  ...reconstructionPresets,
  ...neighbourPresets,
  ...codePenaltyPresets,
  ...denoisingPresets,
  ...convolutionPresets,
  ...variationalPresets,
];

/** What the app opens with: the article's shape as it is trained today; the article's own ends above the average digit. */
export const defaultPreset: Preset = presets.find(({ id }) => id === 'modern')!;

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

import { EXPERIMENT_VERSION, type Experiment, type ModelSpec, type TrainingSpec } from './experiment.ts';
import { withSizeOfMap } from './codebook.ts';
import { withClassesOf } from './conditional.ts';
import { codePenaltyPresets } from './presets/code-penalty.ts';
import { codebookPresets } from './presets/codebook.ts';
import { convolutionPresets } from './presets/convolution.ts';
import { denoisingPresets } from './presets/denoising.ts';
import { neighbourPresets } from './presets/neighbours.ts';
import type { Preset } from './presets/preset.ts';
import { reconstructionPresets } from './presets/reconstruction.ts';
import { batchFor, heldOut, paceOfFew } from './recipe.ts';
import { priorPresets } from './presets/prior.ts';
import { variationalPresets } from './presets/variational.ts';
import type { ImageSetSummary } from './words.ts';

export type { Preset } from './presets/preset.ts';

/** The last-batch cost that the article prints after each of its 20 epochs, the first epoch's first, as published. */
export const ARTICLE_COSTS: readonly number[] = [
  0.182728916, 0.150434598, 0.130958572, 0.125098571, 0.119374141, 0.116029739, 0.114480294, 0.110542893, 0.107315414,
  0.103023507, 0.101529025, 0.097410828, 0.093311585, 0.093811013, 0.090760238, 0.089178301, 0.087290406, 0.085913278,
  0.086014777, 0.084903874,
];

/** The article's first: it is where everything here comes from. */
export const presets: readonly Preset[] = [
  ...reconstructionPresets,
  ...neighbourPresets,
  ...codePenaltyPresets,
  ...denoisingPresets,
  ...convolutionPresets,
  ...variationalPresets,
  ...priorPresets,
  ...codebookPresets,
];

/** What the app opens with: the article's shape as it is trained today; the article's own ends above the average digit. */
export const defaultPreset: Preset = presets.find(({ id }) => id === 'modern')!;

/** The preset as an experiment on an image set of this shape. */
export function presetExperiment(preset: Preset, imageSet: string, inputShape: ModelSpec['inputShape']): Experiment {
  return {
    version: EXPERIMENT_VERSION,
    name: preset.name,
    preset: preset.id,
    imageSet,
    model: withSizeOfMap({ inputShape, ...preset.model }),
    training: preset.training,
  };
}

/** Below so many training images a preset's epochs are too few steps: they were chosen on MNIST's 60,000. */
const SMALL_SET = 10_000;
/** Steps that a training on a small set has at least, unless that takes more than so many epochs. */
const LEAST_STEPS = 1_000;
const MOST_EPOCHS = 200;
/** Images a step where neighbours are kept, on a small set: of fewer, too few are held apart, and codes are pushed out of each other's reach. */
const LEAST_CONTRASTED = 128;
/**
 * Below so many training images a map of neighbours begins as PCA's and is trained the quiet way of the recipe: from drawn weights few
 * images are learnt by heart before they lie among their neighbours, and the map errs more than PCA's (docs/own-pictures.md).
 */
const FEW_NEIGHBOURS = 1_000;
/** Steps that draw its neighbours together; of more, few images are learnt by heart. */
const QUIET_STEPS = 300;

/** Pixels a side of the images that presets' shifts were chosen on. */
const SHIFTED_SIDE = 28;

/** A preset's shift on images of this size, in whole pixels: on smaller ones it moves as large a part of them, so the smallest not at all. */
function shiftOn({ shiftPixels }: TrainingSpec['augmentation'], [height, width]: ImageSetSummary['shape']): number {
  return Math.min(shiftPixels, Math.round((shiftPixels * Math.min(height, width)) / SHIFTED_SIDE));
}

type Presented = Pick<ImageSetSummary, 'id' | 'shape' | 'trainingCount'> & Partial<Pick<ImageSetSummary, 'labelNames'>>;

/**
 * The preset as an experiment on a set of so many images: a small one holds out fewer, takes smaller batches, keeps the last partial
 * one, and is gone through often enough that there are a thousand steps; weights that are not to be large start on the images. Where
 * neighbours are kept they do not, as codes that begin many radii apart are never drawn together, and batches have images enough to
 * hold apart; of very few images they start at PCA, whose codes are apart as the images are. A code with classes has the set's.
 */
export function presetOn(preset: Preset, { id, shape, trainingCount, labelNames = [] }: Presented): Experiment {
  const whole = presetExperiment(preset, id, [...shape]);
  const experiment = { ...whole, model: withClassesOf(whole.model, { labelNames }) };
  const { model } = experiment;
  const { augmentation, ...others } = experiment.training;
  const training = { ...others, augmentation: { ...augmentation, shiftPixels: shiftOn(augmentation, shape) } };
  const validationCount = heldOut(training.validationCount, trainingCount);
  if (trainingCount >= SMALL_SET) return { ...experiment, training: { ...training, validationCount } };
  const count = trainingCount - validationCount;
  const keepsNeighbours = training.regularisers.neighbours !== undefined;
  if (keepsNeighbours && count < FEW_NEIGHBOURS)
    return startedAtPca(experiment, { ...training, validationCount }, count);
  const usual = batchFor(count, training.batchSize);
  const batchSize = keepsNeighbours ? Math.min(count, Math.max(usual, LEAST_CONTRASTED)) : usual;
  const small = { ...training, validationCount, batchSize, lastPartialBatch: 'keep' } as const;
  const stepsAnEpoch = Math.ceil(count / batchSize);
  const epochs = Math.max(training.epochs, Math.min(MOST_EPOCHS, Math.ceil(LEAST_STEPS / stepsAnEpoch)));
  const startsOnData =
    training.pretraining === undefined && !keepsNeighbours && model.initialiser !== 'standard-normal';
  return { ...experiment, training: { ...small, epochs, ...(startsOnData ? { start: 'data' } : {}) } };
}

/** The same model with an output that PCA's path can reach, begun there and trained as the recipe trains few images. */
function startedAtPca({ model, ...experiment }: Experiment, training: TrainingSpec, count: number): Experiment {
  const values = model.inputShape.reduce((product, side) => product * side, 1);
  return {
    ...experiment,
    model: { ...model, outputActivation: 'linear' },
    training: { ...training, ...paceOfFew(count, values, QUIET_STEPS), clipNorm: 1, start: 'pca' },
  };
}

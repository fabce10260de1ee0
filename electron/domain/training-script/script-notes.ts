import type { ScriptDialectId } from './dialects.ts';
import { hasLearntSlopes, keptNeighbours, normalisesBatches, type ScriptPlan } from './script-plan.ts';

/** Below this rate weights that are drawn hardly move in the steps that suffice from PCA. */
const LEAST_FROM_DRAWN = 0.001;
const SLOW_FROM_DRAWN =
  ' Its rate and steps are for that start: from random ones it needs more, such as a rate of 0.001 and some thousand steps.';

/**
 * What a script does otherwise than the app, by name, in sentences: it stands in the file and is said beforehand. The same
 * experiment in another dialect may have other ones.
 */
export function scriptNotes(plan: ScriptPlan, dialect: ScriptDialectId): readonly string[] {
  return [...notesOfAll(plan), ...own[dialect](plan)];
}

const own: Readonly<Record<ScriptDialectId, (plan: ScriptPlan) => string[]>> = {
  keras: kerasNotes,
  pytorch: torchNotes,
  tfjs: () => [],
};

function notesOfAll(plan: ScriptPlan): string[] {
  const { experiment, images, training } = plan;
  const notes = ['Randomness: the seed gives other first weights, orders and noise, of the same distributions.'];
  if (training.regularisers.neighbours !== undefined && keptNeighbours(plan) === undefined) {
    const beside = 'beside noise, another penalty on the code or batch normalisation it';
    notes.push(
      `Neighbours: the penalty that keeps neighbouring images together is left out; ${beside} is in no script.`,
    );
  }
  if (experiment.startFrom !== undefined) {
    notes.push(
      `First weights: training begins with those of the run ${experiment.startFrom.runId}; the script draws new ones.`,
    );
  }
  if (training.start === 'pca') {
    const slow = training.learningRate < LEAST_FROM_DRAWN ? SLOW_FROM_DRAWN : '';
    notes.push(
      `First weights: the app begins at PCA, in closed form; the script draws random ones and must learn that too.${slow}`,
    );
  } else if (training.start === 'data') {
    notes.push(
      'First weights: the app scales and centres them on the images; the script leaves them as they are drawn.',
    );
  }
  if (images.source === 'pictures') {
    const [height, width] = plan.model.inputShape;
    const asked = 'how the app fitted, inverted or centred them when they were imported is not done again.';
    notes.push(`Picture files: others than of ${width} × ${height} pixels are stretched to that; ${asked}`);
  }
  if (images.source === 'pictures' && training.validationCount > 0) {
    notes.push('Images held out: of picture files others than the app’s, as their order is drawn anew.');
  }
  return notes;
}

/** Of Keras and PyTorch, whose weights that decay are told by name and by dimensions. */
const slopeNotes = (plan: ScriptPlan): string[] =>
  plan.training.optimizer.kind === 'adamw' && hasLearntSlopes(plan)
    ? ['Weight decay: slopes that are learnt (PReLU) do not decay; in the app those on images do.']
    : [];

function kerasNotes(plan: ScriptPlan): string[] {
  const { training } = plan;
  const notes = slopeNotes(plan);
  if (training.optimizer.kind === 'momentum' && (training.schedule.kind !== 'constant' || training.warmupEpochs > 0)) {
    notes.push('Momentum: Keras keeps steps, already times the learning rate, where the app keeps gradients.');
  }
  return notes;
}

function torchNotes(plan: ScriptPlan): string[] {
  const { training, encoder, decoder } = plan;
  const notes = slopeNotes(plan);
  const { optimizer } = training;
  if (optimizer.kind === 'rmsprop' && optimizer.epsilon <= 1e-6 * optimizer.initialMeanSquare) {
    notes.push(
      'Epsilon: PyTorch adds it to the root of the mean square, the app to the mean square; here it hardly matters.',
    );
  }
  if (optimizer.kind === 'adagrad') {
    notes.push('Epsilon: PyTorch adds it to the root of the sum of squares, the app to the sum.');
  }
  if ([...encoder, ...decoder].some(normalisesBatches)) {
    notes.push('Batch normalisation: PyTorch keeps the unbiased variance for later use.');
  }
  if (encoder.some((layer) => layer.kind === 'pool' && layer.method === 'average' && layer.size > 2)) {
    notes.push(
      'Average pooling: where the size does not divide the image, PyTorch begins at the edge, the app centres.',
    );
  }
  return notes;
}

import { StudioError } from './errors.ts';
import type { Experiment, LayerSpec, TrainingSpec } from './experiment.ts';
import type { LayoutProblem } from './layer-settings.ts';

type Trained = Pick<Experiment, 'model' | 'training' | 'startFrom'>;

/** Kinds of layers that the tests hold a cluster's training of against that on this computer. */
const trainedThere: readonly LayerSpec['kind'][] = ['dense', 'conv', 'pool', 'upsample'];

/** Terms of codes that are drawn, or of a whole batch, which a cluster’s workers share: path and words of each that this training asks for. */
function batchTerms({ regularisers, importanceSamples = 1 }: TrainingSpec): [path: string, found: string][] {
  const { totalCorrelation = 0, mmd = 0 } = regularisers;
  const terms: [string, string, number][] = [
    ['training.importanceSamples', 'with several codes an image', importanceSamples - 1],
    ['training.regularisers.totalCorrelation', 'codes without total correlation', totalCorrelation],
    ['training.regularisers.mmd', 'codes by their mean discrepancy', mmd],
  ];
  return terms.flatMap(([path, words, value]) => (value === 0 ? [] : [[path, words]]));
}

/** What the trainee in Python cannot do, on a cluster or on this computer’s devices: path and words of each that is asked for. */
export function traineeGaps({ model, training }: Pick<Trained, 'model' | 'training'>): [path: string, found: string][] {
  const gaps: [string, string, boolean][] = [
    ['training.inputNoise', 'on images with squares missing', training.inputNoise?.kind === 'patches'],
    ['model.code.classes', 'a code that knows the label', model.code.classes !== undefined],
    ['model.code.codebook', 'a code of a codebook’s vectors', model.code.codebook !== undefined],
  ];
  return gaps.flatMap(([path, words, isAsked]) => (isAsked ? [[path, words]] : []));
}

/** What of an experiment a cluster does not train; none where it trains it whole. Paths are as in `experimentProblems`. */
export function clusterProblems({ model, training, startFrom }: Trained): readonly LayoutProblem[] {
  const problems: LayoutProblem[] = [];
  const refuse = (path: string, found: string): void => {
    problems.push({ path, message: `a cluster cannot train ${found}. Train this experiment on this computer.` });
  };
  if (startFrom !== undefined) refuse('startFrom', 'on from the weights of another run');
  if (training.pretraining !== undefined)
    refuse('training.pretraining', 'layers as restricted Boltzmann machines first');
  if (training.regularisers.neighbours !== undefined) {
    refuse('training.regularisers.neighbours', 'codes that keep neighbours');
  }
  for (const [path, found] of batchTerms(training)) refuse(path, found);
  for (const [path, found] of traineeGaps({ model, training })) refuse(path, found);
  if (model.code.map !== undefined) refuse('model.code', 'a code that is an image');
  if (model.tiedWeights === true) refuse('model.tiedWeights', 'tied weights');
  const sides = { encoder: model.encoder, decoder: model.decoder === 'mirror' ? [] : model.decoder };
  for (const [side, layers] of Object.entries(sides) as [string, readonly LayerSpec[]][]) {
    layers.forEach((layer, index) => {
      const path = `model.${side}.${index}`;
      if ('activation' in layer && layer.activation === 'prelu') refuse(path, 'slopes that are learnt (PReLU)');
      if ('dropout' in layer && (layer.dropout ?? 0) > 0) refuse(path, 'with dropout');
      if (!trainedThere.includes(layer.kind)) refuse(path, `a ${layer.kind} layer`);
    });
  }
  return problems;
}

/** @throws StudioError `bad-spec` with the first of these problems */
export function checkForCluster(experiment: Trained): void {
  const [first] = clusterProblems(experiment);
  if (first) throw new StudioError('bad-spec', `${first.path}: ${first.message}`);
}

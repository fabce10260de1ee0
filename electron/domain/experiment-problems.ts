import { StudioError } from './errors.ts';
import type { Experiment, ModelSpec, TrainingSpec } from './experiment.ts';
import { isFinished, residualOf, type LayoutProblem } from './layer-settings.ts';
import { linearPathProblems } from './linear-path.ts';
import { layOut } from './model-layout.ts';

/** Side of the window that the structural similarity is measured in (Wang et al. 2004, §III-C). */
export const SSIM_WINDOW = 11;

type Parts = Pick<Experiment, 'model' | 'training'>;

/**
 * Everything in an experiment's fields that does not go together: the model's own problems first, then those between model and
 * training. Paths are whole: "model.encoder.0", "training.loss".
 */
export function experimentProblems({ model, training }: Parts): readonly LayoutProblem[] {
  return [
    ...layOut(model).problems.map(({ path, message }) => ({ path: `model.${path}`, message })),
    ...mirrorProblems(model),
    ...lossProblems(model, training),
    ...regulariserProblems(model, training),
    ...variationalProblems(model, training),
    ...codebookProblems(model, training),
    ...pretrainingProblems(model, training),
    ...startProblems(model, training),
  ];
}

/** @throws StudioError `bad-spec` with the first of an experiment's problems */
export function checkExperiment(experiment: Parts): void {
  const [first] = experimentProblems(experiment);
  if (first) throw new StudioError('bad-spec', `${first.path}: ${first.message}`);
}

/** A residual layer's mirror ends as the layer itself does: one that makes the image must end as the output is said to. */
function mirrorProblems({ encoder, decoder, outputActivation }: ModelSpec): LayoutProblem[] {
  if (decoder !== 'mirror') return [];
  const index = encoder.findIndex(isFinished);
  const layer = encoder[index];
  if (layer?.kind !== 'residual') return [];
  const end = residualOf(layer).plainSum ? 'linear' : layer.activation;
  const isSame = end === outputActivation && !layer.dropout;
  if (isSame) return [];
  const found = end === outputActivation ? 'dropout' : end;
  const expected = `a conv layer before it, whose mirror ends the image with ${outputActivation}`;
  const message = `expected ${expected}, found none: the mirror of a residual layer ends as it does, with ${found}.`;
  return [{ path: `model.encoder.${index}`, message }];
}

function lossProblems(model: ModelSpec, training: TrainingSpec): LayoutProblem[] {
  const { loss } = training;
  const [height, width] = model.inputShape;
  const problems: LayoutProblem[] = [];
  if (loss === 'ssim' && Math.min(height, width) < SSIM_WINDOW) {
    const least = `${SSIM_WINDOW} × ${SSIM_WINDOW}`;
    const message = `expected images of at least ${least} for the SSIM loss, found ${height} × ${width}.`;
    problems.push({ path: 'training.loss', message });
  }
  const { inputNoise } = training;
  if (inputNoise?.kind === 'patches' && inputNoise.size >= Math.min(height, width)) {
    const message = `expected squares smaller than the images of ${height} × ${width}, found ${inputNoise.size} pixels a side.`;
    problems.push({ path: 'training.inputNoise.size', message });
  }
  if (training.dynamicBinarisation === true && loss !== 'bce') {
    const message = `expected the loss bce for pixels drawn as 0 or 1, found ${loss}.`;
    problems.push({ path: 'training.dynamicBinarisation', message });
  }
  if ((loss === 'bce' || loss === 'ssim') && model.outputActivation !== 'sigmoid') {
    const message = `expected sigmoid for the loss ${loss}, which needs pixels from 0 to 1, found ${model.outputActivation}.`;
    problems.push({ path: 'model.outputActivation', message });
  }
  return problems;
}

function regulariserProblems({ code, encoder }: ModelSpec, { regularisers }: TrainingSpec): LayoutProblem[] {
  const problems: LayoutProblem[] = [];
  if ((regularisers.codeKl?.weight ?? 0) > 0) {
    const path = 'training.regularisers.codeKl';
    if (code.activation !== 'sigmoid') {
      problems.push({ path, message: `expected a code of sigmoid units, found ${code.activation}.` });
    }
    if (code.variational) problems.push({ path, message: 'expected a plain code, found a variational one.' });
  }
  if (regularisers.neighbours !== undefined && code.variational) {
    const path = 'training.regularisers.neighbours';
    problems.push({ path, message: 'expected a plain code, found a variational one.' });
  }
  if (regularisers.contractive > 0) {
    const path = 'training.regularisers.contractive';
    if (encoder.length > 0) {
      const found = `${encoder.length} ${encoder.length === 1 ? 'layer' : 'layers'} before it`;
      problems.push({ path, message: `expected the code to be the encoder’s only layer, found ${found}.` });
    }
    if (code.variational) problems.push({ path, message: 'expected a plain code, found a variational one.' });
  }
  return problems;
}

/** What only a code that is drawn has. */
function variationalProblems({ code }: ModelSpec, training: TrainingSpec): LayoutProblem[] {
  const { freeBits = 0, betaCycles, betaWarmupEpochs = 0, importanceSamples = 1, loss, regularisers } = training;
  const { totalCorrelation = 0 } = regularisers;
  const problems: LayoutProblem[] = [];
  if (training.classWeight !== undefined && code.classes === undefined) {
    const message = 'expected a code with classes, found one without.';
    problems.push({ path: 'training.classWeight', message });
  }
  const needing = {
    'training.freeBits': freeBits > 0,
    'training.betaCycles': betaCycles !== undefined,
    'training.importanceSamples': importanceSamples > 1,
    'training.regularisers.totalCorrelation': totalCorrelation > 0,
  };
  for (const [path, isAsked] of Object.entries(needing)) {
    if (!isAsked || code.variational) continue;
    problems.push({ path, message: 'expected a variational code, found a plain one.' });
  }
  if (betaCycles !== undefined && betaWarmupEpochs > 0) {
    const message = `expected none where beta rises in cycles, found ${betaWarmupEpochs}.`;
    problems.push({ path: 'training.betaWarmupEpochs', message });
  }
  if (importanceSamples > 1) {
    const refuse = (path: string, message: string): void => void problems.push({ path, message });
    const among = `where ${importanceSamples} codes are drawn an image`;
    if (loss !== 'bce') refuse('training.loss', `expected bce ${among}, found ${loss}.`);
    if (freeBits > 0) refuse('training.freeBits', `expected none ${among}, found ${freeBits}.`);
    if (totalCorrelation > 0) {
      refuse('training.regularisers.totalCorrelation', `expected none ${among}, found ${totalCorrelation}.`);
    }
  }
  return problems;
}

/** What pulls a code's numbers has no hold on vectors that are moved by what they stand for. */
function codebookProblems({ code }: ModelSpec, training: TrainingSpec): LayoutProblem[] {
  const { commitment, codebookDecay, regularisers, pretraining } = training;
  if (code.codebook === undefined) {
    const message = 'expected a code of a codebook’s vectors, found one without.';
    return Object.entries({ commitment, codebookDecay }).flatMap(([name, value]) =>
      value === undefined ? [] : [{ path: `training.${name}`, message }],
    );
  }
  const { codeL1, codeL2 = 0, codeKl, contractive, neighbours, mmd = 0 } = regularisers;
  const asked = {
    'training.regularisers.codeL1': codeL1 > 0,
    'training.regularisers.codeL2': codeL2 > 0,
    'training.regularisers.codeKl': (codeKl?.weight ?? 0) > 0,
    'training.regularisers.contractive': contractive > 0,
    'training.regularisers.neighbours': neighbours !== undefined,
    'training.regularisers.mmd': mmd > 0,
    'training.pretraining': pretraining !== undefined,
  };
  return Object.entries(asked).flatMap(([path, isAsked]) =>
    isAsked ? [{ path, message: 'expected none where the code is of a codebook’s vectors, found one.' }] : [],
  );
}

/** Restricted Boltzmann machines: dense layers of logistic units with a mirror, on pixels that are probabilities. */
function pretrainingProblems(model: ModelSpec, { pretraining }: TrainingSpec): LayoutProblem[] {
  if (pretraining === undefined) return [];
  const problems: LayoutProblem[] = [];
  const expect = (holds: boolean, path: string, expected: string, found: string): void => {
    if (!holds) problems.push({ path, message: `expected ${expected} to be pretrained as an RBM, found ${found}.` });
  };
  const { code, encoder, decoder, inputShape, outputActivation, tiedWeights } = model;
  expect(inputShape[2] === 1, 'model.inputShape', 'grey images', `${inputShape[2]} channels`);
  encoder.forEach((layer, index) => {
    const path = `model.encoder.${index}`;
    if (layer.kind !== 'dense') expect(false, path, 'a dense layer', `a ${layer.kind} layer`);
    else {
      expect(layer.activation === 'sigmoid', path, 'sigmoid units', layer.activation);
      expect(layer.batchNorm !== true, path, 'no batch normalisation', 'it');
    }
  });
  const codes = ['linear', 'sigmoid'];
  expect(codes.includes(code.activation), 'model.code', 'a linear or sigmoid code', code.activation);
  expect(!code.variational, 'model.code', 'a plain code', 'a variational one');
  expect(decoder === 'mirror', 'model.decoder', 'a mirrored decoder', 'one by hand');
  expect(outputActivation === 'sigmoid', 'model.outputActivation', 'sigmoid', outputActivation);
  expect(tiedWeights !== true, 'model.tiedWeights', 'weights of each layer’s own', 'tied ones');
  return problems;
}

function startProblems(model: ModelSpec, { start, pretraining, loss }: TrainingSpec): LayoutProblem[] {
  if (start === undefined) return [];
  const path = 'training.start';
  const problems: LayoutProblem[] = [];
  if (pretraining !== undefined) {
    problems.push({ path, message: 'expected none where layers are pretrained, found one.' });
  }
  if (start !== 'pca') return problems;
  if (loss !== 'mse') problems.push({ path, message: `expected the loss mse to start at PCA, found ${loss}.` });
  const found = linearPathProblems(model).map((problem) => ({ ...problem, path: `model.${problem.path}` }));
  return [...problems, ...found];
}

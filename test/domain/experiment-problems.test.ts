import { describe, expect, it } from 'vitest';
import { checkExperiment, experimentProblems } from '../../electron/domain/experiment-problems.ts';
import type { ModelSpec, TrainingSpec } from '../../electron/domain/experiment.ts';
import { presets } from '../../electron/domain/presets.ts';

const article = presets[0]!;
const rbm: TrainingSpec['pretraining'] = { kind: 'rbm', epochs: 10, learningRate: 0.1, batchSize: 100, weightDecay: 0 };
const code: ModelSpec['code'] = { size: 5, activation: 'sigmoid', variational: false };
const none = { codeL1: 0, contractive: 0 };

function problemsOf(model: Partial<ModelSpec>, training: Partial<TrainingSpec>): readonly string[] {
  const whole = {
    model: { ...article.model, inputShape: [28, 28, 1], ...model } as ModelSpec,
    training: { ...article.training, ...training },
  };
  return experimentProblems(whole).map(({ path, message }) => `${path}: ${message}`);
}

describe('the problems of an experiment', () => {
  it.each(presets.map((preset) => [preset.id, preset] as const))('preset %s has none', (_id, { model, training }) => {
    expect(problemsOf(model, training)).toEqual([]);
  });

  it.each<[string, Partial<ModelSpec>, Partial<TrainingSpec>, string]>([
    [
      'a wrong layer',
      { decoder: [{ kind: 'pool', method: 'max', size: 2 }] },
      {},
      'model.decoder.0: expected a dense, conv or upsample layer, found a pool layer, which belongs in the encoder.',
    ],
    [
      'SSIM of small images',
      { inputShape: [28, 8, 1] },
      { loss: 'ssim' },
      'training.loss: expected images of at least 11 × 11 for the SSIM loss, found 28 × 8.',
    ],
    [
      'cross-entropy of a linear output',
      { outputActivation: 'linear' },
      { loss: 'bce' },
      'model.outputActivation: expected sigmoid for the loss bce, which needs pixels from 0 to 1, found linear.',
    ],
    [
      'SSIM of a linear output',
      { outputActivation: 'linear' },
      { loss: 'ssim' },
      'model.outputActivation: expected sigmoid for the loss ssim, which needs pixels from 0 to 1, found linear.',
    ],
    [
      'a mirror whose image is a sum without the output’s activation',
      { encoder: [{ kind: 'residual', filters: 4, kernel: 3, activation: 'sigmoid', preActivation: true }] },
      { loss: 'mse' },
      'model.encoder.0: expected a conv layer before it, whose mirror ends the image with sigmoid, found none: the mirror of a residual layer ends as it does, with linear.',
    ],
    [
      'a mirror whose image is pooling’s, of a sum with another activation',
      {
        encoder: [
          { kind: 'pool', method: 'max', size: 2 },
          { kind: 'residual', filters: 4, kernel: 3, activation: 'relu' },
        ],
      },
      { loss: 'mse' },
      'model.encoder.1: expected a conv layer before it, whose mirror ends the image with sigmoid, found none: the mirror of a residual layer ends as it does, with relu.',
    ],
    [
      'a mirror whose image has pixels silenced',
      { encoder: [{ kind: 'residual', filters: 4, kernel: 3, activation: 'sigmoid', dropout: 0.2 }] },
      { loss: 'mse' },
      'model.encoder.0: expected a conv layer before it, whose mirror ends the image with sigmoid, found none: the mirror of a residual layer ends as it does, with dropout.',
    ],
    [
      'missing squares as large as the images',
      { inputShape: [28, 8, 1] },
      { inputNoise: { kind: 'patches', count: 1, size: 8 } },
      'training.inputNoise.size: expected squares smaller than the images of 28 × 8, found 8 pixels a side.',
    ],
    [
      'a start at PCA through too few units',
      {
        encoder: [{ kind: 'dense', units: 9, activation: 'gelu' }],
        code: { ...code, activation: 'linear' },
        decoder: [],
        outputActivation: 'linear',
      },
      { start: 'pca' },
      'model.encoder.0: expected at least 10 units, two for each of the code, to start at PCA, found 9.',
    ],
    [
      'a start at PCA through sigmoid units',
      {
        encoder: [{ kind: 'dense', units: 10, activation: 'sigmoid' }],
        code: { ...code, activation: 'linear' },
        decoder: [],
        outputActivation: 'linear',
      },
      { start: 'pca' },
      'model.encoder.0: expected ReLU, GELU, softplus or linear to start at PCA, found sigmoid.',
    ],
    [
      'binarised pixels under another loss',
      {},
      { dynamicBinarisation: true },
      'training.dynamicBinarisation: expected the loss bce for pixels drawn as 0 or 1, found mse.',
    ],
    [
      'sparse KL of a linear code',
      { code: { ...code, activation: 'linear' } },
      { regularisers: { ...none, codeKl: { target: 0.05, weight: 1 } } },
      'training.regularisers.codeKl: expected a code of sigmoid units, found linear.',
    ],
    [
      'sparse KL of a variational code',
      { code: { ...code, variational: true } },
      { regularisers: { ...none, codeKl: { target: 0.05, weight: 1 } } },
      'training.regularisers.codeKl: expected a plain code, found a variational one.',
    ],
    [
      'contraction through several layers',
      {},
      { regularisers: { codeL1: 0, contractive: 0.1 } },
      'training.regularisers.contractive: expected the code to be the encoder’s only layer, found 1 layer before it.',
    ],
    [
      'contraction of a variational code',
      { encoder: [], code: { ...code, variational: true } },
      { regularisers: { codeL1: 0, contractive: 0.1 } },
      'training.regularisers.contractive: expected a plain code, found a variational one.',
    ],
    [
      'kept neighbours of a variational code',
      { code: { ...code, variational: true } },
      { regularisers: { ...none, neighbours: { weight: 1, count: 5, radius: 1 } } },
      'training.regularisers.neighbours: expected a plain code, found a variational one.',
    ],
    [
      'free bits of a plain code',
      {},
      { freeBits: 0.1 },
      'training.freeBits: expected a variational code, found a plain one.',
    ],
    [
      'cycles of a plain code',
      {},
      { betaCycles: { count: 2, rise: 0.5 } },
      'training.betaCycles: expected a variational code, found a plain one.',
    ],
    [
      'total correlation of a plain code',
      {},
      { regularisers: { ...none, totalCorrelation: 1 } },
      'training.regularisers.totalCorrelation: expected a variational code, found a plain one.',
    ],
    [
      'several codes of a plain one',
      {},
      { importanceSamples: 2, loss: 'bce' },
      'training.importanceSamples: expected a variational code, found a plain one.',
    ],
    [
      'cycles after a warm-up',
      { code: { ...code, variational: true } },
      { betaCycles: { count: 2, rise: 0.5 }, betaWarmupEpochs: 3 },
      'training.betaWarmupEpochs: expected none where beta rises in cycles, found 3.',
    ],
    [
      'several codes under a squared error',
      { code: { ...code, variational: true } },
      { importanceSamples: 2 },
      'training.loss: expected bce where 2 codes are drawn an image, found mse.',
    ],
    [
      'several codes with free bits',
      { code: { ...code, variational: true } },
      { importanceSamples: 2, loss: 'bce', freeBits: 0.1 },
      'training.freeBits: expected none where 2 codes are drawn an image, found 0.1.',
    ],
    [
      'several codes without total correlation',
      { code: { ...code, variational: true } },
      { importanceSamples: 2, loss: 'bce', regularisers: { ...none, totalCorrelation: 1 } },
      'training.regularisers.totalCorrelation: expected none where 2 codes are drawn an image, found 1.',
    ],
    [
      'pretraining on colours',
      { inputShape: [28, 28, 3] },
      { pretraining: rbm },
      'model.inputShape: expected grey images to be pretrained as an RBM, found 3 channels.',
    ],
    [
      'pretraining of a convolution',
      { encoder: [{ kind: 'conv', filters: 2, kernel: 3, stride: 2, activation: 'sigmoid' }] },
      { pretraining: rbm },
      'model.encoder.0: expected a dense layer to be pretrained as an RBM, found a conv layer.',
    ],
    [
      'pretraining of units that are not logistic',
      { encoder: [{ kind: 'dense', units: 5, activation: 'gelu' }] },
      { pretraining: rbm },
      'model.encoder.0: expected sigmoid units to be pretrained as an RBM, found gelu.',
    ],
    [
      'pretraining with batch normalisation',
      { encoder: [{ kind: 'dense', units: 5, activation: 'sigmoid', batchNorm: true }] },
      { pretraining: rbm },
      'model.encoder.0: expected no batch normalisation to be pretrained as an RBM, found it.',
    ],
    [
      'pretraining of a code of other units',
      { code: { ...code, activation: 'tanh' } },
      { pretraining: rbm },
      'model.code: expected a linear or sigmoid code to be pretrained as an RBM, found tanh.',
    ],
    [
      'pretraining of a variational code',
      { code: { ...code, variational: true } },
      { pretraining: rbm },
      'model.code: expected a plain code to be pretrained as an RBM, found a variational one.',
    ],
    [
      'pretraining of a decoder by hand',
      { decoder: [] },
      { pretraining: rbm },
      'model.decoder: expected a mirrored decoder to be pretrained as an RBM, found one by hand.',
    ],
    [
      'pretraining to a linear output',
      { outputActivation: 'linear' },
      { pretraining: rbm },
      'model.outputActivation: expected sigmoid to be pretrained as an RBM, found linear.',
    ],
    [
      'pretraining of tied weights',
      { tiedWeights: true },
      { pretraining: rbm },
      'model.tiedWeights: expected weights of each layer’s own to be pretrained as an RBM, found tied ones.',
    ],
  ])('%s', (_name, model, training, expected) => {
    expect(problemsOf(model, training)).toEqual([expected]);
  });

  it.each<[string, Partial<ModelSpec>]>([
    ['ends as the output', { encoder: [{ kind: 'residual', filters: 4, kernel: 3, activation: 'sigmoid' }] }],
    [
      'is plain, as the output',
      {
        encoder: [{ kind: 'residual', filters: 4, kernel: 3, activation: 'relu', plainSum: true }],
        outputActivation: 'linear',
      },
    ],
    ['has no mirror', { encoder: [{ kind: 'residual', filters: 4, kernel: 3, activation: 'relu' }], decoder: [] }],
  ])('are none where a residual layer that comes first %s', (_what, model) => {
    expect(problemsOf(model, { loss: 'mse' })).toEqual([]);
  });

  it('are thrown, the first of them', () => {
    const model: ModelSpec = { ...article.model, inputShape: [8, 8, 1], outputActivation: 'linear' };
    expect(() => {
      checkExperiment({ model, training: { ...article.training, loss: 'ssim' } });
    }).toThrow('training.loss: expected images of at least 11 × 11 for the SSIM loss, found 8 × 8.');
  });
});

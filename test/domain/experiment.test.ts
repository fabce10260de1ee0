import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { ExperimentSchema } from '../../electron/domain/experiment.ts';
import { describeIssue } from '../../electron/domain/describe-issue.ts';
import { ARTICLE_COSTS, presetExperiment, presets, type Preset } from '../../electron/domain/presets.ts';

const good = presetExperiment(presets[0] as Preset, 'mnist', [28, 28, 1]);

/** A copy of the good experiment with one field set to a value, or taken away. */
function withField(path: string, value: unknown): unknown {
  const keys = path.split('.');
  const last = keys.pop() as string;
  const copy = structuredClone(good) as unknown as Record<string, unknown>;
  const holder = keys.reduce((object, key) => object[key] as Record<string, unknown>, copy);
  if (value === undefined) Reflect.deleteProperty(holder, last);
  else holder[last] = value;
  return copy;
}

function complaint(experiment: unknown): string | undefined {
  const parsed = v.safeParse(ExperimentSchema, experiment);
  return parsed.success ? undefined : describeIssue(parsed.issues[0]);
}

const dense = { kind: 'dense', units: 4, activation: 'relu' };
const conv = { kind: 'conv', filters: 4, kernel: 3, stride: 2, activation: 'relu' };
const pool = { kind: 'pool', method: 'max', size: 2 };

describe('presets', () => {
  test.each(presets.map((preset) => [preset.id, preset] as const))('%s is a valid experiment', (_, preset) => {
    const experiment = presetExperiment(preset, 'mnist', [28, 28, 1]);
    expect(v.parse(ExperimentSchema, experiment)).toEqual(experiment);
    expect(v.parse(ExperimentSchema, JSON.parse(JSON.stringify(experiment)))).toEqual(experiment);
  });

  test('have ids of their own', () => {
    expect(new Set(presets.map(({ id }) => id)).size).toBe(presets.length);
  });

  test('Article is the article: 784-256-128-256-784, RMSProp as TensorFlow 1 had it, 214 steps an epoch', () => {
    expect(good.model).toEqual({
      inputShape: [28, 28, 1],
      encoder: [{ kind: 'dense', units: 256, activation: 'sigmoid' }],
      code: { size: 128, activation: 'sigmoid', variational: false },
      decoder: 'mirror',
      outputActivation: 'sigmoid',
      initialiser: 'standard-normal',
    });
    const { training } = good;
    expect(training.optimizer).toEqual({ kind: 'rmsprop', decay: 0.9, epsilon: 1e-10, initialMeanSquare: 1 });
    expect([training.loss, training.learningRate, training.epochs]).toEqual(['mse', 0.01, 20]);
    expect(training.lastPartialBatch).toBe('drop');
    expect(Math.floor((60_000 - training.validationCount) / training.batchSize)).toBe(214);
    expect(ARTICLE_COSTS).toHaveLength(training.epochs);
    expect([ARTICLE_COSTS[0], ARTICLE_COSTS[12], ARTICLE_COSTS[19]]).toEqual([0.182728916, 0.093311585, 0.084903874]);
  });
});

describe('what is right', () => {
  test.each<[string, unknown]>([
    ['preset', undefined],
    ['name', 'x'.repeat(120)],
    ['model.inputShape', [1, 1_024, 3]],
    ['model.encoder', []],
    ['model.encoder', [conv, { ...conv, batchNorm: true, dropout: 0.95 }, dense]],
    ['model.decoder', []],
    ['model.decoder', [dense, conv, { kind: 'upsample', size: 2 }]],
    ['model.encoder', [conv, pool]],
    ['model.tiedWeights', true],
    ['training.loss', 'ssim'],
    ['training.huberDelta', 1],
    ['training.betaWarmupEpochs', 0.5],
    ['training.dynamicBinarisation', true],
    ['training.betaCycles', { count: 1, rise: 1 }],
    ['training.freeBits', 0],
    ['training.importanceSamples', 256],
    ['training.regularisers', { codeL1: 0, contractive: 0, totalCorrelation: 0, mmd: 0, codeL2: 0, decoderL2: 0 }],
    ['training.regularisers.codeKl', { target: 0.05, weight: 3 }],
    ['training.optimizer', { kind: 'sgd' }],
    ['training.optimizer', { kind: 'momentum', momentum: 0, nesterov: true }],
    ['training.optimizer', { kind: 'adagrad', initialAccumulator: 0 }],
    ['training.optimizer', { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0 }],
    ['training.schedule', { kind: 'step', everyEpochs: 5, factor: 0.5 }],
    ['training.inputNoise', { kind: 'salt-and-pepper', fraction: 1 }],
    ['training.seed', 2_147_483_647],
    ['training.validationCount', 0],
    ['training.batchSize', 65_536],
    ['training.earlyStopping', undefined],
    ['training.earlyStopping', { patience: 1, minimumImprovement: 0 }],
  ])('%s: %j', (path, value) => {
    expect(complaint(withField(path, value))).toBeUndefined();
  });
});

describe('what is wrong is said in one sentence', () => {
  test.each<[string, unknown, string]>([
    ['version', 1, 'version must be 2, found 1.'],
    ['version', undefined, 'version must be given, found none.'],
    ['name', '  ', 'name must not be empty, found 0.'],
    ['name', 'x'.repeat(121), 'name must be at most 120 characters, found 121.'],
    ['name', 3, 'name must be string, found 3.'],
    ['extra', 1, 'extra must not be given: there is no such field.'],
    ['imageSet', '', 'imageSet must not be empty, found 0.'],
    ['model', undefined, 'model must be given, found none.'],
    ['model', 'big', 'model must be Object, found "big".'],
    ['model.inputShape', [28, 28], 'model.inputShape.2 must be given, found none.'],
    ['model.inputShape', [28, 28, 2], 'model.inputShape.2 must be (1 | 3), found 2.'],
    ['model.inputShape', [0, 28, 1], 'model.inputShape.0 must be at least 1, found 0.'],
    ['model.inputShape', [28, 1_025, 1], 'model.inputShape.1 must be at most 1024, found 1025.'],
    ['model.inputShape', [28, 28, 1, 1], 'model.inputShape.3 must not be given: there is no such field.'],
    ['model.encoder', 'mirror', 'model.encoder must be Array, found "mirror".'],
    ['model.encoder', Array(33).fill(dense), 'model.encoder must hold at most 32 layers, found 33.'],
    ['model.encoder', [dense, null], 'model.encoder.1 must be Object, found null.'],
    [
      'model.encoder.0.kind',
      'lstm',
      'model.encoder.0.kind must be ("dense" | "conv" | "separable" | "residual" | "pool" | "global-pool" | "upsample" | "norm" | "activation" | "dropout" | "zero-pad" | "crop" | "reshape" | "rescale"), found "lstm".',
    ],
    ['model.encoder.0.units', 0, 'model.encoder.0.units must be at least 1, found 0.'],
    ['model.encoder.0.units', 1.5, 'model.encoder.0.units must be a whole number, found 1.5.'],
    ['model.encoder.0.units', '256', 'model.encoder.0.units must be number, found "256".'],
    ['model.encoder.0.units', 65_537, 'model.encoder.0.units must be at most 65536, found 65537.'],
    [
      'model.encoder.0.activation',
      'swish',
      'model.encoder.0.activation must be ("linear" | "sigmoid" | "tanh" | "relu" | "leaky-relu" | "elu" | "gelu" | "softplus" | "silu" | "selu" | "clip" | "gelu-tanh" | "hard-silu" | "mish" | "softsign" | "prelu"), found "swish".',
    ],
    [
      'training.earlyStopping',
      { patience: 0, minimumImprovement: 0 },
      'training.earlyStopping.patience must be at least 1, found 0.',
    ],
    [
      'training.earlyStopping',
      { patience: 5, minimumImprovement: 2 },
      'training.earlyStopping.minimumImprovement must be at most 1, found 2.',
    ],
    ['model.encoder.0.dropout', 1, 'model.encoder.0.dropout must be at most 0.95, found 1.'],
    ['model.encoder.0.kernel', 3, 'model.encoder.0.kernel must not be given: there is no such field.'],
    ['model.encoder', [{ ...conv, kernel: 16 }], 'model.encoder.0.kernel must be at most 15, found 16.'],
    ['model.encoder', [{ ...conv, stride: 0 }], 'model.encoder.0.stride must be at least 1, found 0.'],
    ['model.code.size', 0, 'model.code.size must be at least 1, found 0.'],
    ['model.code.variational', 'yes', 'model.code.variational must be boolean, found "yes".'],
    ['model.decoder', 'same', 'model.decoder must be ("mirror" | Array), found "same".'],
    ['model.decoder', [{ ...dense, units: 0 }], 'model.decoder.0.units must be at least 1, found 0.'],
    ['model.decoder', Array(33).fill(dense), 'model.decoder must hold at most 32 layers, found 33.'],
    [
      'model.outputActivation',
      'prelu',
      'model.outputActivation must be ("linear" | "sigmoid" | "tanh" | "relu" | "leaky-relu" | "elu" | "gelu" | "softplus" | "silu" | "selu" | "clip" | "gelu-tanh" | "hard-silu" | "mish" | "softsign"), found "prelu".',
    ],
    [
      'model.initialiser',
      'zeros',
      'model.initialiser must be ("standard-normal" | "glorot-uniform" | "glorot-normal" | "he-uniform" | "he-normal" | "lecun-normal"), found "zeros".',
    ],
    ['model.encoder', [{ ...pool, size: 1 }], 'model.encoder.0.size must be at least 2, found 1.'],
    ['model.encoder', [{ ...pool, method: 'sum' }], 'model.encoder.0.method must be ("max" | "average"), found "sum".'],
    ['model.tiedWeights', 'yes', 'model.tiedWeights must be boolean, found "yes".'],
    ['training.loss', 'l2', 'training.loss must be ("mse" | "bce" | "mae" | "huber" | "ssim"), found "l2".'],
    ['training.huberDelta', 0, 'training.huberDelta must be above 0, found 0.'],
    [
      'training.optimizer',
      { kind: 'lion' },
      'training.optimizer.kind must be ("sgd" | "momentum" | "adagrad" | "rmsprop" | "adam" | "adamw"), found "lion".',
    ],
    ['training.optimizer.decay', 1, 'training.optimizer.decay must be at most 0.9999, found 1.'],
    [
      'training.optimizer.epsilon',
      Number.POSITIVE_INFINITY,
      'training.optimizer.epsilon must be finite, found Infinity.',
    ],
    [
      'training.optimizer',
      { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 0 },
      'training.optimizer.epsilon must be above 0, found 0.',
    ],
    [
      'training.optimizer',
      { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
      'training.optimizer.weightDecay must be given, found none.',
    ],
    ['training.learningRate', 0, 'training.learningRate must be above 0, found 0.'],
    ['training.learningRate', Number.NaN, 'training.learningRate must be number, found NaN.'],
    ['training.learningRate', 101, 'training.learningRate must be at most 100, found 101.'],
    [
      'training.schedule',
      { kind: 'step', everyEpochs: 0, factor: 0.5 },
      'training.schedule.everyEpochs must be at least 1, found 0.',
    ],
    [
      'training.schedule',
      { kind: 'linear' },
      'training.schedule.kind must be ("constant" | "step" | "cosine"), found "linear".',
    ],
    ['training.warmupEpochs', -1, 'training.warmupEpochs must be at least 0, found -1.'],
    ['training.batchSize', 0, 'training.batchSize must be at least 1, found 0.'],
    ['training.epochs', 0, 'training.epochs must be at least 1, found 0.'],
    ['training.seed', -1, 'training.seed must be at least 0, found -1.'],
    ['training.seed', 2 ** 31, 'training.seed must be at most 2147483647, found 2147483648.'],
    ['training.validationCount', 1.5, 'training.validationCount must be a whole number, found 1.5.'],
    ['training.lastPartialBatch', 'pad', 'training.lastPartialBatch must be ("drop" | "keep"), found "pad".'],
    ['training.clipNorm', -1, 'training.clipNorm must be at least 0, found -1.'],
    ['training.regularisers.codeL1', 101, 'training.regularisers.codeL1 must be at most 100, found 101.'],
    [
      'training.regularisers.codeKl',
      { target: 0, weight: 1 },
      'training.regularisers.codeKl.target must be at least 0.001, found 0.',
    ],
    ['training.regularisers.contractive', -1, 'training.regularisers.contractive must be at least 0, found -1.'],
    [
      'training.regularisers.neighbours',
      { weight: 0, count: 5, radius: 1 },
      'training.regularisers.neighbours.weight must be above 0, found 0.',
    ],
    [
      'training.regularisers.neighbours',
      { weight: 1, count: 101, radius: 1 },
      'training.regularisers.neighbours.count must be at most 100, found 101.',
    ],
    [
      'training.regularisers.totalCorrelation',
      -1,
      'training.regularisers.totalCorrelation must be at least 0, found -1.',
    ],
    ['training.regularisers.mmd', 1e6, 'training.regularisers.mmd must be at most 100000, found 1000000.'],
    ['training.betaCycles', { count: 0, rise: 1 }, 'training.betaCycles.count must be at least 1, found 0.'],
    ['training.betaCycles', { count: 1, rise: 0 }, 'training.betaCycles.rise must be above 0, found 0.'],
    ['training.freeBits', -1, 'training.freeBits must be at least 0, found -1.'],
    ['training.importanceSamples', 0, 'training.importanceSamples must be at least 1, found 0.'],
    ['training.importanceSamples', 257, 'training.importanceSamples must be at most 256, found 257.'],
    ['training.betaWarmupEpochs', -1, 'training.betaWarmupEpochs must be at least 0, found -1.'],
    ['training.beta', 1_001, 'training.beta must be at most 1000, found 1001.'],
    ['training.inputNoise', { kind: 'gaussian' }, 'training.inputNoise.deviation must be given, found none.'],
    [
      'training.inputNoise',
      { kind: 'masking', fraction: 2 },
      'training.inputNoise.fraction must be at most 1, found 2.',
    ],
    ['training.augmentation.shiftPixels', 17, 'training.augmentation.shiftPixels must be at most 16, found 17.'],
    ['training.augmentation.flip', 1, 'training.augmentation.flip must be boolean, found 1.'],
    ['training.augmentation', undefined, 'training.augmentation must be given, found none.'],
  ])('%s: %j', (path, value, message) => {
    expect(complaint(withField(path, value))).toBe(message);
  });

  test.each([
    [null, 'must be Object, found null.'],
    ['article', 'must be Object, found "article".'],
  ])('the whole is %j', (value, message) => {
    expect(complaint(value)).toBe(message);
  });
});

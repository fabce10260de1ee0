import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Experiment, ModelSpec, OptimizerSpec, TrainingSpec } from '../../electron/domain/experiment.ts';
import type { RunFolder } from '../../electron/files/run-folder.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { expectNoLeak } from '../engine/no-leak.ts';
import { conv, dense, pool } from '../engine/samples.ts';
import { leftBy } from './left-by.ts';
import {
  afterCalls,
  eachCall,
  eachEpoch,
  experiment,
  resumedRun,
  tinyRun,
  tinySet,
  train,
  withoutCompiler,
  type TinyOptions,
} from './samples.ts';

withoutCompiler();

const set = tinySet(45);

/** Trains, stopped after so many calls of the runner for each number, and to its end at last. */
async function inParts(
  data: string,
  given: Experiment,
  stops: readonly number[],
  options: TinyOptions,
): Promise<RunFolder> {
  let tiny = tinyRun(data, set, given, options);
  for (const calls of stops) {
    const { run } = tiny;
    afterCalls(calls, () => run.stop());
    expect(await train(tiny)).toEqual({ runId: 'a-run', status: 'stopped' });
    expect(readdirSync(tiny.folder.path).filter((name) => name.startsWith('checkpoint-')).length).toBeGreaterThan(0);
    tiny = await resumedRun(data, set, options);
  }
  afterCalls(Number.POSITIVE_INFINITY, () => undefined);
  expect(await train(tiny)).toMatchObject({ status: 'finished' });
  return tiny.folder;
}

const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
const optimizers: readonly OptimizerSpec[] = [
  { kind: 'sgd' },
  { kind: 'momentum', momentum: 0.9, nesterov: true },
  { kind: 'adagrad', initialAccumulator: 0.1 },
  { kind: 'rmsprop', decay: 0.9, epsilon: 1e-7, initialMeanSquare: 1 },
  { kind: 'adam', ...adam },
  { kind: 'adamw', ...adam, weightDecay: 0.1 },
];

const pcaModel: Partial<ModelSpec> = {
  encoder: [dense(6, { activation: 'gelu' })],
  code: { size: 2, activation: 'linear', variational: false },
  decoder: [dense(9, { activation: 'gelu' })],
  outputActivation: 'linear',
};

type Case = readonly [name: string, training: Partial<TrainingSpec>, model: Partial<ModelSpec>];

/** What goes by the place in the run: by its epoch, step or calls. */
const byPlace: readonly Case[] = [
  ['a schedule with warm-up', { schedule: { kind: 'cosine', finalFraction: 0 }, warmupEpochs: 1.5 }, {}],
  ['a start at PCA', { start: 'pca' }, pcaModel],
  ['a start on the data', { start: 'data' }, {}],
  ['a last partial batch', { batchSize: 7, lastPartialBatch: 'keep' }, {}],
  ['shifts and flips', { augmentation: { shiftPixels: 1, flip: true } }, {}],
  [
    'binarised pixels and a beta that rises',
    { loss: 'bce', dynamicBinarisation: true, betaWarmupEpochs: 1.5 },
    { code: { size: 2, activation: 'linear', variational: true } },
  ],
  [
    'total correlation, free bits, and a beta that rises in cycles',
    {
      freeBits: 0.1,
      betaCycles: { count: 2, rise: 0.5 },
      regularisers: { codeL1: 0, contractive: 0, totalCorrelation: 2 },
    },
    { code: { size: 2, activation: 'linear', variational: true } },
  ],
  ['none held out', { validationCount: 0 }, {}],
];

/** What a state holds, or what draws by its seed and step: where the run stops is all the same to it. */
const held: readonly Case[] = [
  ...optimizers.map((optimizer): Case => [optimizer.kind, { optimizer }, {}]),
  ['dropout', {}, { encoder: [dense(6, { dropout: 0.3 })] }],
  ['batch normalisation', {}, { encoder: [dense(6, { batchNorm: true })] }],
  ['Gaussian noise', { inputNoise: { kind: 'gaussian', deviation: 0.3 } }, {}],
  ['salt and pepper', { inputNoise: { kind: 'salt-and-pepper', fraction: 0.2 } }, {}],
  ['masking', { inputNoise: { kind: 'masking', fraction: 0.3 } }, {}],
  ['squares missing', { inputNoise: { kind: 'patches', count: 2, size: 2 } }, {}],
  ['a variational code', { loss: 'bce', beta: 0.5 }, { code: { size: 2, activation: 'linear', variational: true } }],
  [
    'several codes an image',
    { loss: 'bce', importanceSamples: 3 },
    { code: { size: 2, activation: 'linear', variational: true } },
  ],
  [
    'a code with classes',
    { loss: 'bce', classWeight: 2 },
    { code: { size: 5, activation: 'linear', variational: true, classes: 3 } },
  ],
  [
    'a codebook',
    { codebookDecay: 0.9 },
    {
      encoder: [conv(3, 3, 2)],
      code: { size: 4, activation: 'linear', variational: false, map: { channels: 1, kernel: 1 }, codebook: 3 },
    },
  ],
  [
    'mean discrepancy, short codes, small weights',
    { regularisers: { codeL1: 0, contractive: 0, mmd: 0.1, codeL2: 0.01, decoderL2: 0.001 } },
    { code: { size: 2, activation: 'linear', variational: false } },
  ],
  [
    'tied weights and a sparse code',
    { regularisers: { codeL1: 0, codeKl: { target: 0.1, weight: 0.1 }, contractive: 0 } },
    { tiedWeights: true },
  ],
  [
    'kept neighbours',
    { regularisers: { codeL1: 0, contractive: 0, neighbours: { weight: 0.1, count: 4, radius: 0.2 } } },
    { code: { size: 2, activation: 'linear', variational: false } },
  ],
  ['pooling', {}, { encoder: [conv(3, 3, 1), pool('max', 2)] }],
  [
    'convolutions',
    { regularisers: { codeL1: 0.01, contractive: 0 }, clipNorm: 1 },
    { encoder: [conv(3, 3, 2, { batchNorm: true, dropout: 0.2 })] },
  ],
];

describe('a run that was stopped and taken up again ends as one that never was', () => {
  const resumes = (given: Experiment, stops: readonly number[]): Promise<void> =>
    expectNoLeak(async () => {
      using whole = new TemporaryFolder();
      using parts = new TemporaryFolder();
      const one = tinyRun(whole.path, set, given);
      expect(await train(one)).toMatchObject({ status: 'finished' });
      const folder = await inParts(parts.path, given, stops, { policy: eachEpoch });
      expect(await leftBy(folder)).toEqual(await leftBy(one.folder));
    });

  // Five or six calls an epoch: within the first, within the second, at the very end of the last.
  test.each(byPlace)('%s', (_, training, model) => resumes(experiment(training, model), [2, 5, 3]));

  // Within the second, of two.
  test.each(held)('%s', (_, training, model) => resumes(experiment({ epochs: 2, ...training }, model), [7]));

  test('with a checkpoint after every call, from any of them', () =>
    expectNoLeak(async () => {
      using whole = new TemporaryFolder();
      const given = experiment({ batchSize: 7, lastPartialBatch: 'keep' }, { encoder: [dense(6, { dropout: 0.3 })] });
      const one = tinyRun(whole.path, set, given);
      await train(one);
      const expected = await leftBy(one.folder);
      for (const calls of [1, 6, 12, 17]) {
        using parts = new TemporaryFolder();
        expect(await leftBy(await inParts(parts.path, given, [calls], { policy: eachCall }))).toEqual(expected);
      }
    }));
});

import { describe, expect, test } from 'vitest';
import type { TrainingSpec } from '../../electron/domain/experiment.ts';
import { loadModel } from '../../electron/model/weights-file.ts';
import { conv, dense, weightsByName } from '../engine/samples.ts';
import { experiment, onRun, tinySet, withoutCompiler } from './samples.ts';

withoutCompiler();

describe('sets and batches of every size', () => {
  test.each<[string, number, Partial<TrainingSpec>, number]>([
    ['fewer images than a batch', 20, { batchSize: 256, validationCount: 3 }, 1],
    ['one image', 1, { validationCount: 0 }, 1],
    ['one image and one held out', 2, { validationCount: 1 }, 1],
    ['batches of one', 9, { batchSize: 1, validationCount: 2 }, 7],
    ['a last partial batch that is dropped', 24, { batchSize: 7, validationCount: 3 }, 3],
    [
      'no last partial batch, though it would be kept',
      24,
      { batchSize: 7, validationCount: 3, lastPartialBatch: 'keep' },
      3,
    ],
    ['a last partial batch that is kept', 25, { batchSize: 7, validationCount: 3, lastPartialBatch: 'keep' }, 4],
    ['a last partial batch of one image', 18, { batchSize: 16, validationCount: 1, lastPartialBatch: 'keep' }, 2],
    ['none held out', 16, { validationCount: 0 }, 2],
    ['a batch of 4,096', 4_200, { batchSize: 4_096, validationCount: 0, lastPartialBatch: 'keep' }, 2],
  ])('%s', (_, count, training, stepsPerEpoch) =>
    onRun(experiment({ ...training, epochs: 2 }), tinySet(count), async ({ folder }, ended) => {
      expect(ended.problem).toBeUndefined();
      expect(ended.status).toBe('finished');
      const { metrics } = await folder.readMetrics();
      expect(metrics.map(({ step }) => step)).toEqual([stepsPerEpoch, 2 * stepsPerEpoch]);
      for (const { lastBatchCost, validationMse } of metrics) {
        expect(Number.isFinite(lastBatchCost)).toBe(true);
        expect(validationMse === undefined).toBe(training.validationCount === 0);
      }
    }),
  );

  test('without labels there is no accuracy, and one test image is enough', () =>
    onRun(experiment({ epochs: 1 }), tinySet(20, 1, false), async ({ folder }, ended) => {
      expect(ended.status).toBe('finished');
      expect(ended.test).not.toHaveProperty('neighbourAccuracy');
      expect((await folder.readSnapshot('a-run', 1)).map.x).toHaveLength(1);
    }));

  test.each([1, 2])('a code of %i is its own map', (size) =>
    onRun(
      experiment({ epochs: 1 }, { code: { size, activation: 'linear', variational: false } }),
      tinySet(20),
      async ({ folder }) => {
        const snapshot = await folder.readSnapshot('a-run', 1);
        expect(snapshot.mapIs).toBe('code');
        expect(snapshot.map.y.every((y) => y === 0)).toBe(size === 1);
      },
    ),
  );

  test.each<[string, Parameters<typeof experiment>]>([
    ['convolutional and normalised', [{}, { encoder: [conv(4, 3, 2, { batchNorm: true })] }]],
    ['variational', [{ loss: 'bce' }, { code: { size: 2, activation: 'linear', variational: true } }]],
    [
      'denoising and augmented',
      [{ inputNoise: { kind: 'masking', fraction: 0.3 }, augmentation: { shiftPixels: 1, flip: true } }],
    ],
    [
      'sparse, clipped, with dropout',
      [{ regularisers: { codeL1: 0.01, contractive: 0 }, clipNorm: 1 }, { encoder: [dense(6, { dropout: 0.3 })] }],
    ],
  ])('a %s model', (_, [training, model]) =>
    onRun(experiment({ ...training, epochs: 2 }, model), tinySet(45), async ({ folder }, ended) => {
      expect(ended.problem).toBeUndefined();
      expect(ended.status).toBe('finished');
      const loaded = await loadModel(folder.modelFolder('last'));
      for (const values of Object.values(weightsByName(loaded))) expect(values.every(Number.isFinite)).toBe(true);
      loaded.dispose();
    }),
  );
});

import { expect, test } from 'vitest';
import type { ModelSpec } from '../../electron/domain/experiment.ts';
import { loadModel } from '../../electron/model/weights-file.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { dense, weightsByName } from '../engine/samples.ts';
import { experiment, tinyRun, tinySet, train, withoutCompiler } from './samples.ts';

withoutCompiler();

const model: Partial<ModelSpec> = {
  encoder: [],
  code: { size: 2, activation: 'linear', variational: false },
  decoder: [dense(9, { activation: 'gelu' })],
  outputActivation: 'linear',
};

test('a run that starts at PCA measures, shows and keeps its start as epoch 0', async () => {
  using data = new TemporaryFolder();
  const tiny = tinyRun(data.path, tinySet(45), experiment({ start: 'pca' }, model));
  await train(tiny);
  const { metrics } = await tiny.folder.readMetrics();
  expect(metrics.map(({ epoch, step }) => [epoch, step])).toEqual([
    [0, 0],
    [1, 5],
    [2, 10],
    [3, 15],
  ]);
  expect(await tiny.folder.snapshotEpochs()).toEqual([0, 1, 2, 3]);
  const told = tiny.events.filter(({ name }) => name === 'run:snapshot-taken' || name === 'run:epoch-ended');
  // First as PCA has them, while the rest of the start is worked out.
  expect(told.slice(0, 3).map(({ name }) => name)).toEqual([
    'run:snapshot-taken',
    'run:snapshot-taken',
    'run:epoch-ended',
  ]);
});

test('steps that only do harm leave the start as the best weights', async () => {
  using data = new TemporaryFolder();
  const tiny = tinyRun(data.path, tinySet(45), experiment({ start: 'pca', learningRate: 1, epochs: 2 }, model));
  const ended = await train(tiny);
  expect(ended.test?.epoch).toBe(0);
  const [best, last] = [
    await loadModel(tiny.folder.modelFolder('best')),
    await loadModel(tiny.folder.modelFolder('last')),
  ];
  expect(weightsByName(best)).not.toEqual(weightsByName(last));
  best.dispose();
  last.dispose();
});

import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../electron/domain/experiment.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import { EpochPlan } from '../../electron/training/epoch-plan.ts';
import { picturesEvery } from '../../electron/training/picture-pace.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { experiment, tinyRun, tinySet, train, withoutCompiler } from './samples.ts';

function paceOf(
  preset: string,
  side: number,
  images: number,
  mapped: number,
  changes: Partial<Experiment['training']>,
) {
  const given = presetExperiment(
    presets.find(({ id }) => id === preset)!,
    'set',
    [side, side, 1],
  );
  const training = { ...given.training, ...changes };
  return picturesEvery({ model: given.model, training }, new EpochPlan(training, images), mapped);
}

describe('epochs from pictures to pictures', () => {
  it.each<[string, number, Parameters<typeof paceOf>]>([
    ['each, where an epoch takes long', 1, ['modern', 28, 55_000, 5_000, { batchSize: 256, epochs: 100 }]],
    ['each, where there are few', 1, ['conv', 64, 300, 33, { batchSize: 16, epochs: 14 }]],
    ['fewer, where they would take a part of the time', 5, ['conv', 64, 300, 33, { batchSize: 16, epochs: 79 }]],
    ['as few as keep to their share', 6, ['conv', 64, 300, 33, { batchSize: 16, epochs: 1_000 }]],
  ])('%s', (_name, every, given) => {
    expect(paceOf(...given)).toBe(every);
  });
});

describe('a run of short epochs', () => {
  withoutCompiler();

  it('shows the first, every second and the last, and measures all', async () => {
    using data = new TemporaryFolder();
    const tiny = tinyRun(data.path, tinySet(45), experiment({ epochs: 31 }));
    await train(tiny);
    const even = Array.from({ length: 15 }, (_, index) => 2 * (index + 1));
    expect(await tiny.folder.snapshotEpochs()).toEqual([1, ...even, 31]);
    const { metrics } = await tiny.folder.readMetrics();
    expect(metrics.map(({ validationMse }) => Number.isFinite(validationMse))).toEqual(metrics.map(() => true));
    expect(metrics.filter(({ health }) => health !== undefined).map(({ epoch }) => epoch)).toEqual([1, ...even, 31]);
  });
});

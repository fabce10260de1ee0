import { describe, expect, it } from 'vitest';
import { exampleImages } from '../../electron/dataset/examples.ts';
import { pickImages } from '../../electron/dataset/image-set.ts';
import type { Experiment } from '../../electron/domain/experiment.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import { reconstruct } from '../../electron/engine/inference.ts';
import { loadModel } from '../../electron/model/weights-file.ts';
import { EpochPlan } from '../../electron/training/epoch-plan.ts';
import { picturesEvery } from '../../electron/training/picture-pace.ts';
import { experiment, onRun, tinySet, withoutCompiler } from './samples.ts';

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
  const set = tinySet(45);
  /** Long enough for pictures every second epoch only, at a rate that comes and goes. */
  const given = (seed: number) => experiment({ epochs: 31, learningRate: 0.3, seed });

  it('shows the first, every second and the last, measures all, and leaves what its kept weights show beside these', async () => {
    let found = 0;
    // The best epoch of the first has none; the others are for machines that round otherwise.
    for (const seed of [4, 1, 2, 3, 5, 6]) {
      if (found > 0) break;
      await onRun(given(seed), set, async ({ folder }, { test: figures }) => {
        const film = await folder.snapshotEpochs();
        const even = Array.from({ length: 15 }, (_, index) => 2 * (index + 1));
        expect(film).toEqual([1, ...even, 31]);
        const { metrics } = await folder.readMetrics();
        expect(metrics.map(({ validationMse }) => Number.isFinite(validationMse))).toEqual(metrics.map(() => true));
        expect(metrics.filter(({ health }) => health !== undefined).map(({ epoch }) => epoch)).toEqual(film);

        const epoch = figures!.epoch;
        expect(await folder.keptPictures()).toBe(film.includes(epoch) ? undefined : epoch);
        if (film.includes(epoch)) return;
        found += 1;
        const { reconstructions, errors, map } = await folder.readSnapshot('a-run', epoch);
        const best = await loadModel(folder.modelFolder('best'));
        try {
          const shown = reconstruct(best, pickImages(set.test.images, exampleImages(set.test)));
          expect(reconstructions.pixels).toEqual(shown.images.pixels);
          expect(errors).toEqual(shown.errors);
        } finally {
          best.dispose();
        }
        expect(map.x).toHaveLength(12);
      });
    }
    expect(found).toBe(1);
  });
});

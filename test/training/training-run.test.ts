import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { StudioError } from '../../electron/domain/errors.ts';
import type { Experiment, TrainingSpec } from '../../electron/domain/experiment.ts';
import { exampleImages } from '../../electron/dataset/examples.ts';
import { splitTraining } from '../../electron/dataset/image-set.ts';
import type { RunEnded } from '../../electron/domain/words.ts';
import { reconstructionErrors } from '../../electron/engine/inference.ts';
import { readNeighbours } from '../../electron/files/merit-file.ts';
import { loadModel } from '../../electron/model/weights-file.ts';
import { fingerprintOf } from '../../electron/training/measured-weights.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { expectNoLeak } from '../engine/no-leak.ts';
import { breathe, conv, dense } from '../engine/samples.ts';
import { experiment, onRun, tinyRun, tinySet, train, withoutCompiler, type TinyRun } from './samples.ts';

withoutCompiler();

const weightsFile = (tiny: TinyRun, weights: 'best' | 'last'): Buffer =>
  readFileSync(join(tiny.folder.modelFolder(weights), 'weights.safetensors'));

describe('a run', () => {
  const data = new TemporaryFolder();
  afterAll(() => data[Symbol.dispose]());
  const set = tinySet(45);
  let trained: Promise<{ tiny: TinyRun; ended: RunEnded }> | undefined;

  /** Trained once, for those who look at what it has told and left. */
  function trainedOnce(): NonNullable<typeof trained> {
    const begin = async () => {
      const tiny = tinyRun(data.path, set, experiment());
      return { tiny, ended: await train(tiny) };
    };
    return (trained ??= begin());
  }

  test('tells what happens, in order, and ends finished with the test set measured', () =>
    expectNoLeak(async () => {
      const { tiny, ended } = await trainedOnce();
      const { events, folder } = tiny;
      const names = events.map(({ name }) => name).filter((name) => name !== 'run:progressed');
      const epoch = ['run:snapshot-taken', 'run:epoch-ended'];
      expect(names).toEqual(['run:started', 'run:path-chosen', ...epoch, ...epoch, ...epoch, 'run:ended']);
      expect(ended.status).toBe('finished');
      expect(ended.test?.squaredError).toBeCloseTo(12 * (ended.test?.mse ?? 0), 9);
      expect(ended.test?.neighbourAccuracy).toBeGreaterThanOrEqual(0);
      expect(events.at(-1)?.payload).toEqual(ended);

      expect(await folder.readExperiment()).toEqual(experiment());
      const state = await folder.readState();
      expect([state.status, state.test]).toEqual(['finished', ended.test]);
      // Compiled training fails here (withoutCompiler): the record says what was used in its place, and why.
      expect(state.path?.kind).toBe('eager');
      expect(state.path?.reason).toContain('no compiler here');
      expect(await folder.snapshotEpochs()).toEqual([1, 2, 3]);
      expect(readdirSync(join(folder.path, 'model')).sort()).toEqual(['best', 'last']);
    }));

  test('notes how well its codes keep the classes together for whoever asks for the figures of merit', async () => {
    const { tiny, ended } = await trainedOnce();
    const best = await loadModel(tiny.folder.modelFolder('best'));
    try {
      expect(await readNeighbours(tiny.folder, fingerprintOf(best, set))).toBe(ended.test?.neighbourAccuracy);
    } finally {
      best.dispose();
    }
  });

  test('writes metrics of each epoch that are what it tells', async () => {
    const { events, folder } = (await trainedOnce()).tiny;
    const told = events.flatMap((event) => (event.name === 'run:epoch-ended' ? [event.payload.metrics] : []));
    const { metrics, problems } = await folder.readMetrics();
    expect(problems).toEqual([]);
    expect(metrics).toEqual(told);
    // 40 images in batches of eight.
    expect(metrics.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 5],
      [2, 10],
      [3, 15],
    ]);
    for (const { validationMse, validationSquaredError, learningRate, stepsPerSecond } of metrics) {
      expect(validationSquaredError).toBeCloseTo(12 * validationMse!, 9);
      expect(learningRate).toBeCloseTo(0.02, 7);
      expect(stepsPerSecond).toBeGreaterThan(0);
    }
    expect(metrics[2]!.trainingCost).toBeLessThan(metrics[0]!.trainingCost);
  });

  test('reports of its last model what that model gives when it is loaded', async () => {
    const { tiny, ended } = await trainedOnce();
    const { folder } = tiny;
    const mean = (errors: Float32Array): number => errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const last = await loadModel(folder.modelFolder('last'));
    const best = await loadModel(folder.modelFolder('best'));
    try {
      const { validation } = splitTraining(set.training, 5);
      const { metrics } = await folder.readMetrics();
      const found = mean(await reconstructionErrors(last, validation.images, breathe));
      expect(found / metrics[2]!.validationMse!).toBeCloseTo(1, 5);
      expect(mean(await reconstructionErrors(best, set.test.images, breathe)) / ended.test!.mse).toBeCloseTo(1, 5);
      expect(metrics[ended.test!.epoch - 1]!.validationMse).toBe(
        Math.min(...metrics.map((epoch) => epoch.validationMse!)),
      );
    } finally {
      last.dispose();
      best.dispose();
    }
  });

  test('takes snapshots of one test image a class, and so on up to ten, and the codes of the map', async () => {
    const snapshot = await (await trainedOnce()).tiny.folder.readSnapshot('a-run', 1);
    expect(snapshot.examples).toEqual(exampleImages(set.test));
    expect(snapshot.reconstructions).toMatchObject({ count: 10, height: 4, width: 3, channels: 1 });
    expect(snapshot.errors).toHaveLength(10);
    expect([snapshot.map.x.length, snapshot.map.y.length]).toEqual([12, 12]);
    expect(snapshot.mapIs).toBe('principal-plane');
  });
});

describe('the seed', () => {
  const noisy: Partial<TrainingSpec> = {
    inputNoise: { kind: 'gaussian', deviation: 0.1 },
    augmentation: { shiftPixels: 1, flip: true },
  };

  test('makes two runs equal bit for bit; another seed gives another', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const files: Buffer[] = [];
      const costs: number[][] = [];
      for (const [index, seed] of [3, 3, 4].entries()) {
        const given = experiment({ ...noisy, seed }, { encoder: [dense(6, { dropout: 0.2, batchNorm: true })] });
        const tiny = tinyRun(data.path, tinySet(45), given, { id: `run-${index}` });
        expect((await train(tiny)).status).toBe('finished');
        files.push(Buffer.concat([weightsFile(tiny, 'best'), weightsFile(tiny, 'last')]));
        costs.push((await tiny.folder.readMetrics()).metrics.map(({ trainingCost }) => trainingCost));
      }
      expect(files[0]!.equals(files[1]!)).toBe(true);
      expect(files[0]!.equals(files[2]!)).toBe(false);
      expect(costs[0]).toEqual(costs[1]);
      expect(costs[0]).not.toEqual(costs[2]);
    }));
});

describe('a stop', () => {
  test('in the middle of an epoch keeps what was learnt, and a second run starts at once', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const stopped = tinyRun(data.path, tinySet(45), experiment(), {
        // Asked for between two epochs, it takes effect after the first step of the second.
        listen: ({ name }, run) => {
          if (name === 'run:epoch-ended') run.stop();
        },
      });
      expect(await train(stopped)).toEqual({ runId: 'a-run', status: 'stopped' });
      const { metrics } = await stopped.folder.readMetrics();
      expect(metrics.map(({ epoch }) => epoch)).toEqual([1]);
      expect((await stopped.folder.readState()).status).toBe('stopped');
      // The last model is further than the first epoch's, which is the best so far.
      expect(weightsFile(stopped, 'last').equals(weightsFile(stopped, 'best'))).toBe(false);
      (await loadModel(stopped.folder.modelFolder('last'))).dispose();

      const second = tinyRun(data.path, tinySet(45), experiment(), { id: 'second' });
      expect((await train(second)).status).toBe('finished');
    }));

  test('before the first step ends in the first call, with a model saved', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const tiny = tinyRun(data.path, tinySet(45), experiment());
      await tiny.run.begin();
      tiny.run.stop();
      expect(await tiny.run.train()).toEqual({ runId: 'a-run', status: 'stopped' });
      expect((await tiny.folder.readMetrics()).metrics).toEqual([]);
      expect(readdirSync(join(tiny.folder.path, 'model'))).toEqual(['last']);
    }));
});

describe('what does not fit', () => {
  test.each<[Experiment, string]>([
    [
      experiment({}, { inputShape: [28, 28, 1] }),
      "model.inputShape must be 4 × 3 × 1, the size of Tiny's images, found 28 × 28 × 1.",
    ],
    [
      experiment({ validationCount: 45 }),
      'training.validationCount must be less than the 45 training images of Tiny, found 45.',
    ],
    [
      experiment({}, { encoder: [dense(4), conv(2, 3, 1)] }),
      'model.encoder.1: expected an image for a conv layer, found 4 units: it must stand before every dense layer.',
    ],
    [
      experiment({ dynamicBinarisation: true }),
      'training.dynamicBinarisation: expected the loss bce for pixels drawn as 0 or 1, found mse.',
    ],
  ])('is refused before anything is made', (given, message) => {
    using data = new TemporaryFolder();
    expect(() => tinyRun(data.path, tinySet(45), given)).toThrow(new StudioError('bad-spec', message));
    expect(readdirSync(data.path)).toEqual([]);
  });
});

describe('a run that diverges', () => {
  const hot = experiment(
    { optimizer: { kind: 'sgd' }, learningRate: 100, epochs: 5 },
    {
      encoder: [dense(8, { activation: 'relu' })],
      code: { size: 3, activation: 'linear', variational: false },
      outputActivation: 'linear',
    },
  );

  test('fails with what to do, and keeps the curve up to there', () =>
    onRun(hot, tinySet(405), async ({ folder }, ended) => {
      expect(ended.status).toBe('failed');
      expect(ended.problem).toMatch(/^The cost became (NaN|Infinity) in epoch 1\. Try a smaller learning rate\.$/);
      expect((await folder.readState()).problem).toBe(ended.problem);
      const { metrics, problems } = await folder.readMetrics();
      expect(problems).toEqual([]);
      expect(metrics).toHaveLength(1);
      expect(metrics[0]!.trainingCost).toBeNaN();
    }));

  test.each([
    [0, 2],
    [0, 3],
    [5, 2],
    [5, 3],
  ])('by its very last step, with %i held out and a code of %i, does not end as finished', (validationCount, size) => {
    const layers = Array.from({ length: 3 }, () => dense(30, { activation: 'relu' }));
    const given = experiment(
      { ...hot.training, epochs: 1, validationCount },
      { ...hot.model, encoder: layers, code: { ...hot.model.code, size }, initialiser: 'standard-normal' },
    );
    // One batch: the only cost is the one before the update.
    return onRun(given, tinySet(8 + validationCount), async ({ folder }, ended) => {
      const problem =
        validationCount === 0
          ? 'The reconstructions are no longer numbers after epoch 1. Try a smaller learning rate.'
          : 'The cost became NaN in epoch 1. Try a smaller learning rate.';
      expect(existsSync(folder.modelFolder('last'))).toBe(false);
      expect(ended).toEqual({ runId: 'a-run', status: 'failed', problem });
      expect(await folder.readState()).toMatchObject({ status: 'failed', problem });
    });
  });
});

describe('a disk that does not take it', () => {
  test('a data folder that cannot be written is named', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const file = data.write('file', '');
      const tiny = tinyRun(file, tinySet(45), experiment());
      await expect(tiny.run.begin()).rejects.toMatchObject({
        code: 'refused',
        message: `${join(file, 'runs', 'a-run', 'snapshots')}: cannot be written (ENOTDIR: not a directory).`,
      });
      expect(tiny.events).toEqual([]);
    }));

  test('a folder that stops taking files fails the run in words', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const tiny = tinyRun(data.path, tinySet(45), experiment());
      await tiny.run.begin();
      const path = join(tiny.folder.path, 'metrics.jsonl');
      mkdirSync(path);
      const ended = await tiny.run.train();
      const problem = `${path}: cannot be written (EISDIR: illegal operation on a directory).`;
      expect(ended).toEqual({ runId: 'a-run', status: 'failed', problem });
      expect((await tiny.folder.readState()).status).toBe('failed');
    }));

  test('a folder that is taken away ends the run as failed, not the process', () =>
    expectNoLeak(async () => {
      using data = new TemporaryFolder();
      const tiny = tinyRun(data.path, tinySet(45), experiment());
      await tiny.run.begin();
      rmSync(tiny.folder.path, { recursive: true });
      writeFileSync(tiny.folder.path, '');
      const ended = await tiny.run.train();
      expect(ended.status).toBe('failed');
      expect(ended.problem).toContain(`${tiny.folder.path}`);
      expect(ended.problem).toContain('cannot be written (');
      expect(existsSync(join(data.path, 'runs'))).toBe(true);
    }));
});

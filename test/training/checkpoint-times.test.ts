import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CheckpointFolder, type CheckpointNote } from '../../electron/files/checkpoint-folder.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import {
  Checkpoints,
  differenceOf,
  engineOf,
  latestCheckpoint,
  usualPolicy,
  type CheckpointPolicy,
} from '../../electron/training/checkpoints.ts';
import type { Trainer } from '../../electron/engine/step-runner.ts';
import { EpochPlan } from '../../electron/training/epoch-plan.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { trainingSpec } from '../engine/samples.ts';

/** Milliseconds: time goes on when a test lets it, and while a state is read. */
let now = 0;
let data: TemporaryFolder;
beforeEach(() => {
  now = 5_000;
  data = new TemporaryFolder();
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
  data[Symbol.dispose]();
});

const torch = { version: '2.15.0', device: 'cuda', name: 'A card', precision: 'float32' } as const;

/** One weight of two numbers and its slot, which takes this long to be written. */
const trainer = (milliseconds = 0, values = [1, 2, 3, 4]): Trainer =>
  ({
    path: { kind: 'eager', threads: 2 },
    state: [
      { name: 'a/kernel', shape: [2], isWeight: true },
      { name: 'a/kernel/slot-1', shape: [2], isWeight: false },
    ],
    read: (part: number) => {
      now += milliseconds / 2;
      return Float32Array.from(values.slice(2 * part, 2 * part + 2));
    },
  }) as unknown as Trainer;

const progress = (epoch: number, done = 0) => ({
  position: { epoch, done, costSum: 0, epochSeconds: 0 },
  secondsSinceStart: 7,
  augments: true,
});

const checkpointsBy = (policy: CheckpointPolicy, from?: CheckpointFolder) => {
  const folder = RunFolder.under(data.path, 'a-run');
  const checkpoints = new Checkpoints(folder, 'a-run', new EpochPlan(trainingSpec({ batchSize: 4 }), 10), policy, from);
  return { folder, checkpoints, names: () => readdirSync(folder.path).sort() };
};

describe('a checkpoint is due', () => {
  test('within an epoch so many minutes after the run has begun, or after the last one', async () => {
    const { checkpoints } = checkpointsBy({ minutes: 2, leastSeconds: 0 });
    now += 119_999;
    expect(checkpoints.isDue).toBe(false);
    now += 1;
    expect(checkpoints.isDue).toBe(true);
    await checkpoints.write(trainer(), progress(1, 1));
    expect(checkpoints.isDue).toBe(false);
    now += 119_999;
    expect(checkpoints.isDue).toBe(false);
    now += 1;
    expect(checkpoints.isDue).toBe(true);
  });

  test('after the first epoch, and after those that end so many seconds after the last one', async () => {
    const { checkpoints } = checkpointsBy({ minutes: 5, leastSeconds: 3 });
    expect(checkpoints.isDueAfterEpoch).toBe(true);
    await checkpoints.write(trainer(4_000), progress(1));
    now += 2_999;
    expect(checkpoints.isDueAfterEpoch).toBe(false);
    now += 1;
    expect(checkpoints.isDueAfterEpoch).toBe(true);
  });

  test('after an epoch no more often than a share of the time pays for', async () => {
    const { checkpoints } = checkpointsBy({ minutes: 5, leastSeconds: 1, mostShare: 0.1 });
    // Four tenths of a second, of which a tenth is four seconds.
    await checkpoints.write(trainer(400), progress(1));
    now += 3_999;
    expect(checkpoints.isDueAfterEpoch).toBe(false);
    now += 1;
    expect(checkpoints.isDueAfterEpoch).toBe(true);
    // One that takes no time is bounded by the seconds.
    await checkpoints.write(trainer(0), progress(2));
    now += 999;
    expect(checkpoints.isDueAfterEpoch).toBe(false);
    now += 1;
    expect(checkpoints.isDueAfterEpoch).toBe(true);
  });

  test('as a rule every five minutes, and of epochs when a fiftieth of the time pays for it', async () => {
    const { checkpoints } = checkpointsBy(usualPolicy);
    await checkpoints.write(trainer(1_000), progress(1));
    now += 49_999;
    expect(checkpoints.isDueAfterEpoch).toBe(false);
    now += 1;
    expect(checkpoints.isDueAfterEpoch).toBe(true);
    expect(checkpoints.isDue).toBe(false);
    now += 250_000;
    expect(checkpoints.isDue).toBe(true);
    await checkpoints.write(trainer(0), progress(2));
    now += 4_999;
    expect(checkpoints.isDueAfterEpoch).toBe(false);
    now += 1;
    expect(checkpoints.isDueAfterEpoch).toBe(true);
  });
});

describe('a checkpoint', () => {
  test('says where the run stands and what computes it', async () => {
    const { folder, checkpoints, names } = checkpointsBy({ minutes: 5, leastSeconds: 0 });
    await checkpoints.write(trainer(), { ...progress(3, 2), augments: false });
    expect(names()).toEqual(['checkpoint-0003-000002']);
    const note = JSON.parse(readFileSync(join(folder.path, names()[0]!, 'checkpoint.json'), 'utf8')) as CheckpointNote;
    expect(note).toEqual({
      version: 1,
      runId: 'a-run',
      epoch: 3,
      done: 2,
      costSum: 0,
      epochSeconds: 0,
      secondsSinceStart: 7,
      stepsPerEpoch: 2,
      imageCount: 10,
      unchangedImages: true,
      engine: engineOf(trainer()),
      stateSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    await checkpoints.write(trainer(), { ...progress(4), patience: { error: 0.25, epoch: 3 } });
    const later = await new CheckpointFolder(join(folder.path, 'checkpoint-0004-000000')).readNote('a-run');
    expect([later.patience, later.unchangedImages, later.best]).toEqual([
      { error: 0.25, epoch: 3 },
      undefined,
      undefined,
    ]);
  });

  test('of the place that the newest is of is not written again, be it one that the run was taken up from', async () => {
    const { folder, checkpoints, names } = checkpointsBy({ minutes: 5, leastSeconds: 0 });
    await checkpoints.write(trainer(), progress(1, 1));
    now += 1_000;
    await checkpoints.write(trainer(), progress(1, 1));
    // Nothing was written: what was due is due still.
    expect(checkpoints.isDueAfterEpoch).toBe(true);
    expect(names()).toEqual(['checkpoint-0001-000001']);
    const resumed = checkpointsBy(
      { minutes: 5, leastSeconds: 0 },
      new CheckpointFolder(join(folder.path, names()[0]!)),
    );
    const read = vi.spyOn(CheckpointFolder.prototype, 'write');
    await resumed.checkpoints.write(trainer(), progress(1, 1));
    expect(read).not.toHaveBeenCalled();
    await resumed.checkpoints.clear();
    expect(names()).toEqual([]);
    await resumed.checkpoints.write(trainer(), progress(1, 1));
    expect(names()).toEqual(['checkpoint-0001-000001']);
  });

  test('of weights that are no numbers is not written, and what was there stays; a slot may be infinite', async () => {
    const { checkpoints, names } = checkpointsBy({ minutes: 5, leastSeconds: 0 });
    await checkpoints.write(trainer(0, [1, 2, 3, Infinity]), progress(1));
    const lost = checkpoints.write(trainer(0, [1, Number.NaN, 3, 4]), progress(2));
    await expect(lost).rejects.toThrow('The weights "a/kernel" are no longer numbers');
    expect(names()).toEqual(['checkpoint-0001-000000']);
  });

  test('of a run that has no best weights yet is gone on from', async () => {
    const { folder, checkpoints } = checkpointsBy({ minutes: 5, leastSeconds: 0 });
    const { state } = trainer();
    expect(await latestCheckpoint(folder, 'a-run', state)).toEqual({ problems: [] });
    await checkpoints.write(trainer(), progress(1, 1));
    const { found, problems } = await latestCheckpoint(folder, 'a-run', state);
    expect([found?.folder.name, problems]).toEqual(['checkpoint-0001-000001', []]);
  });

  test('of a program that is asked is fetched from it first', async () => {
    const { checkpoints } = checkpointsBy({ minutes: 5, leastSeconds: 0 });
    const done: string[] = [];
    const asked = { ...trainer(), fetch: async () => void done.push('fetched') };
    const { read } = asked;
    await checkpoints.write({ ...asked, read: (part) => (done.push(`read ${part}`), read(part)) }, progress(1));
    expect(done).toEqual(['fetched', 'read 0', 'read 1']);
  });
});

describe('a run that goes on with another engine', () => {
  const engine = { path: 'xla-loop', threads: 2, tensorflow: '2.15', processor: 'One' } as const;
  const onCard = { ...engine, path: 'torch', torch } as const;

  test.each<[string, Partial<CheckpointNote['engine']>, string | undefined]>([
    ['the same', {}, undefined],
    ['another path', { path: 'eager' }, 'xla-loop became eager'],
    ['other threads', { threads: 1 }, '2 threads became 1 thread'],
    ['another TensorFlow', { tensorflow: '2.16' }, 'TensorFlow 2.15 became 2.16'],
    ['another processor', { processor: 'Two' }, 'the processor "One" became "Two"'],
    ['other kernels', { oneDnn: 'on' }, 'oneDNN as TensorFlow chose became oneDNN on'],
    ['several', { path: 'eager', processor: 'Two' }, 'xla-loop became eager, the processor "One" became "Two"'],
  ])('says what is different: %s', (_, changes, wanted) =>
    expect(differenceOf(engine, { ...engine, ...changes })).toBe(wanted),
  );

  test('says so of PyTorch too, in whose steps TensorFlow and the processor have no part', () => {
    const other = { ...onCard, tensorflow: '3', processor: 'Two' };
    expect(differenceOf(onCard, other)).toBeUndefined();
    expect(differenceOf(onCard, { ...onCard, threads: 4 })).toBe('2 threads became 4 threads');
    expect(differenceOf(onCard, engine)).toBe('PyTorch 2.15.0 on A card, float32 became TensorFlow');
    expect(differenceOf(engine, onCard)).toBe('TensorFlow became PyTorch 2.15.0 on A card, float32');
    const mixed = { ...onCard, torch: { ...torch, precision: 'mixed' } };
    expect(differenceOf(onCard, mixed)).toBe(
      'PyTorch 2.15.0 on A card, float32 became PyTorch 2.15.0 on A card, mixed',
    );
    expect(differenceOf(mixed, mixed)).toBe('mixed precision repeats nothing bit for bit');
  });

  test('knows what computes: threads that are not said are none', () => {
    const { path, threads, torch: none } = engineOf({ path: { kind: 'eager' } as Trainer['path'] });
    expect([path, threads, none]).toEqual(['eager', 0, undefined]);
    const found = engineOf({ path: { kind: 'torch', threads: 3, torch: { ...torch, more: 1 } } as never });
    expect([found.path, found.threads, found.torch]).toEqual(['torch', 3, torch]);
    // Some machines do not tell.
    expect(found.processor).toBe(cpus()[0]?.model ?? 'unknown');
  });

  test.each([
    ['1', 'on'],
    ['true', 'on'],
    ['0', 'off'],
    [undefined, undefined],
  ])('knows whether oneDNN was asked for: %s', (said, wanted) => {
    vi.stubEnv('TF_ENABLE_ONEDNN_OPTS', said);
    try {
      expect(engineOf({ path: { kind: 'eager' } as Trainer['path'] }).oneDnn).toBe(wanted);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

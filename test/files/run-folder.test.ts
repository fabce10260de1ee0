import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { presetExperiment, presets, type Preset } from '../../electron/domain/presets.ts';
import type { EpochMetrics, Snapshot } from '../../electron/domain/words.ts';
import { RunFolder, type RunState } from '../../electron/files/run-folder.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

const experiment = presetExperiment(presets[0] as Preset, 'mnist', [28, 28, 1]);
const state: RunState = {
  version: 1,
  id: 'a-run',
  startedAt: '2026-01-01T00:00:00.000Z',
  status: 'finished',
  processId: 1,
  path: { kind: 'eager', stepsPerCall: 1, reason: 'told to' },
  test: { mse: 0.1, squaredError: 78.4, epoch: 2 },
};
const metrics = (epoch: number): EpochMetrics => ({
  epoch,
  step: epoch * 10,
  secondsSinceStart: epoch,
  lastBatchCost: 0.1,
  trainingCost: 0.2,
  validationMse: 0.3,
  validationSquaredError: 235.2,
  stepsPerSecond: 100,
  learningRate: 0.01,
});
const snapshot = (epoch: number): Snapshot => ({
  runId: 'a-run',
  epoch,
  reconstructions: { count: 1, height: 1, width: 2, channels: 1, pixels: Uint8Array.of(7, 8) },
  errors: Float32Array.of(0.5),
  map: { x: Float32Array.of(1, 2), y: Float32Array.of(3, 4) },
  mapIs: 'code',
});

async function created(folder: TemporaryFolder): Promise<RunFolder> {
  const run = RunFolder.under(folder.path, 'a-run');
  await run.create(experiment, state);
  return run;
}

describe('a run’s folder', () => {
  test('gives back what was written', async () => {
    using folder = new TemporaryFolder();
    const run = await created(folder);
    for (const epoch of [1, 2]) await run.addMetrics(metrics(epoch));
    for (const epoch of [10, 2, 1]) await run.writeSnapshot(snapshot(epoch));
    expect(run.path).toBe(join(folder.path, 'runs', 'a-run'));
    expect(await run.readExperiment()).toEqual(experiment);
    expect(await run.readState()).toEqual(state);
    expect(await run.readMetrics()).toEqual({ metrics: [metrics(1), metrics(2)], problems: [] });
    expect(await run.snapshotEpochs()).toEqual([1, 2, 10]);
    expect(await run.readSnapshot('a-run', 10)).toEqual(snapshot(10));
    expect(readdirSync(run.path).sort()).toEqual(['experiment.json', 'metrics.jsonl', 'run.json', 'snapshots']);
  });

  test('holds what the kept weights show beside the snapshots, until it is taken back', async () => {
    using folder = new TemporaryFolder();
    const run = await created(folder);
    for (const epoch of [1, 4]) await run.writeSnapshot(snapshot(epoch));
    await run.writeKeptPictures(snapshot(3));
    expect([await run.snapshotEpochs(), await run.keptPictures()]).toEqual([[1, 4], 3]);
    expect(await run.readSnapshot('a-run', 3)).toEqual(snapshot(3));
    await run.takeBackAfter(4);
    expect([await run.snapshotEpochs(), await run.keptPictures()]).toEqual([[1, 4], undefined]);
    await expect(run.readSnapshot('a-run', 3)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('of a run without an epoch has no metrics and no snapshots', async () => {
    using folder = new TemporaryFolder();
    const run = await created(folder);
    expect(await run.readMetrics()).toEqual({ metrics: [], problems: [] });
    expect(await run.snapshotEpochs()).toEqual([]);
  });

  test('keeps a cost that is no number', async () => {
    using folder = new TemporaryFolder();
    const run = await created(folder);
    const diverged = { ...metrics(1), lastBatchCost: Number.NaN, trainingCost: Number.NaN, validationMse: Number.NaN };
    await run.addMetrics(diverged);
    expect((await run.readMetrics()).metrics).toEqual([diverged]);
  });
});

describe('torn and foreign files', () => {
  test('a torn last line, and a line from elsewhere, are skipped and named', async () => {
    using folder = new TemporaryFolder();
    const run = await created(folder);
    const path = join(run.path, 'metrics.jsonl');
    await run.addMetrics(metrics(1));
    appendFileSync(path, '{"epoch": "two"}\n');
    await run.addMetrics(metrics(2));
    appendFileSync(path, JSON.stringify(metrics(3)).slice(0, 40));
    expect(await run.readMetrics()).toEqual({
      metrics: [metrics(1), metrics(2)],
      problems: [
        `${path}: line 2 is not an epoch's metrics and was skipped.`,
        `${path}: line 4 is not an epoch's metrics and was skipped.`,
      ],
    });
  });

  test.each([
    ['', 'expected JSON, found text that is not JSON.'],
    ['{"version": 1, "id"', 'expected JSON, found text that is not JSON.'],
    ['null', 'must be Object, found null.'],
    ['{}', 'version must be given, found none.'],
  ])('run.json is %j', async (text, message) => {
    using folder = new TemporaryFolder();
    const run = await created(folder);
    const path = join(run.path, 'run.json');
    writeFileSync(path, text);
    await expect(run.readState()).rejects.toMatchObject({ code: 'bad-file', message: `${path}: ${message}` });
  });

  test.each<[object, string]>([
    [{ version: 2 }, 'version must be 1, found 2.'],
    [{ id: '../../etc' }, 'id must be lower-case letters, digits and dashes, found "../../etc".'],
    [
      { status: 'done' },
      'status must be ("running" | "paused" | "finished" | "stopped" | "failed" | "interrupted" | "imported"), found "done".',
    ],
    [{ more: true }, 'more must not be given: there is no such field.'],
  ])('run.json with %j', async (change, message) => {
    using folder = new TemporaryFolder();
    const run = await created(folder);
    const path = join(run.path, 'run.json');
    writeFileSync(path, JSON.stringify({ ...state, ...change }));
    await expect(run.readState()).rejects.toMatchObject({ code: 'bad-file', message: `${path}: ${message}` });
  });

  test('an experiment of a later version', async () => {
    using folder = new TemporaryFolder();
    const run = await created(folder);
    const path = join(run.path, 'experiment.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"version": 2', '"version": 3'));
    const message = `${path}: written by a newer version of the app: version 3, this version of the app reads up to 2.`;
    await expect(run.readExperiment()).rejects.toMatchObject({ code: 'bad-file', message });
  });

  test('a missing file and a missing snapshot', async () => {
    using folder = new TemporaryFolder();
    const run = RunFolder.under(folder.path, 'never');
    const path = join(run.path, 'run.json');
    await expect(run.readState()).rejects.toMatchObject({
      code: 'not-found',
      message: `${path}: the file cannot be read.`,
    });
    const missing = join(run.path, 'snapshots', 'epoch-0004.safetensors');
    await expect(run.readSnapshot('never', 4)).rejects.toMatchObject({
      code: 'not-found',
      message: `${missing}: there is no snapshot of epoch 4.`,
    });
  });

  test('a torn snapshot is named; other files among the snapshots are not taken for one', async () => {
    using folder = new TemporaryFolder();
    const run = await created(folder);
    await run.writeSnapshot(snapshot(1));
    const path = join(run.path, 'snapshots', 'epoch-0001.safetensors');
    writeFileSync(path, readFileSync(path).subarray(0, -3));
    writeFileSync(join(run.path, 'snapshots', 'epoch-0002.safetensors.123'), 'half');
    writeFileSync(join(run.path, 'snapshots', 'notes.txt'), 'mine');
    expect(await run.snapshotEpochs()).toEqual([1]);
    await expect(run.readSnapshot('a-run', 1)).rejects.toMatchObject({
      code: 'bad-file',
      message: `${path}: expected 8 bytes of map.y, found offsets 14 to 22 of 19 bytes.`,
    });
  });

  test('a folder that cannot be made is named', async () => {
    using folder = new TemporaryFolder();
    const file = folder.write('file', '');
    await expect(RunFolder.under(file, 'a-run').create(experiment, state)).rejects.toMatchObject({
      code: 'refused',
      message: `${join(file, 'runs', 'a-run', 'snapshots')}: cannot be written (ENOTDIR: not a directory).`,
    });
  });

  test('a folder where a file should be', async () => {
    using folder = new TemporaryFolder();
    const run = await created(folder);
    const path = join(run.path, 'metrics.jsonl');
    mkdirSync(path);
    await expect(run.addMetrics(metrics(1))).rejects.toMatchObject({
      code: 'refused',
      message: `${path}: cannot be written (EISDIR: illegal operation on a directory).`,
    });
  });
});

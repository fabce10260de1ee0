import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { ClusterEngine, LoadedWeights } from '../../electron/contract/cluster.ts';
import type { EventName, Events } from '../../electron/contract/contract.ts';
import { StudioError } from '../../electron/domain/errors.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import type { RunEnded } from '../../electron/domain/words.ts';
import { askToStop } from '../../electron/cluster/ask-to-stop.ts';
import { ClusterRun } from '../../electron/cluster/cluster-run.ts';
import { RayClient } from '../../electron/cluster/ray-client.ts';
import { startClusterRun } from '../../electron/cluster/start.ts';
import { readClusterJob } from '../../electron/files/cluster-file.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { RunNotes } from '../../electron/files/run-notes.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { fillDisk } from '../training/full-disk.ts';
import { FakeRay, TOKEN } from './fake-ray.ts';
import { metric, snapshotOf } from './job-samples.ts';

const SOURCES = join(import.meta.dirname, '../../resources/cluster');
const experiment = presetExperiment(
  presets.find(({ id }) => id === 'modern')!,
  'tiny',
  [2, 3, 1],
);
const WORKERS = { count: 2, cpus: 1, gpu: false };

let ray: FakeRay;
let data: TemporaryFolder;
beforeEach(async () => {
  ray = await FakeRay.start();
  data = new TemporaryFolder();
});
afterEach(async () => {
  await ray.close();
  data[Symbol.dispose]();
});

/** Instead of a network: what it was given, and a snapshot that tells the epoch. */
class FakeBench implements ClusterEngine {
  readonly taken: (readonly [content: string, epoch: number, as: string])[] = [];
  /** Weights to come that the disk has no room for. */
  fullFor = 0;
  private readonly folder: RunFolder;

  constructor(folder: RunFolder) {
    this.folder = folder;
  }

  async prepare() {
    const path = data.write('images.zip', 'images');
    const images = [{ module: 'studio_images_0', name: '_ray_pkg_0.zip', path, bytes: 6 }];
    return { files: { 'model.py': Buffer.from('# model') }, spec: { training: experiment.training }, images };
  }

  async loadWeights(path: string, epoch: number, as: readonly ('best' | 'last')[]): Promise<LoadedWeights> {
    if (this.fullFor > 0) {
      this.fullFor -= 1;
      throw new StudioError('disk-full', 'weights: cannot be written: the disk is full.');
    }
    this.taken.push([await readFile(path, 'utf8'), epoch, as.join()]);
    const snapshot = snapshotOf(epoch);
    if (as.includes('last')) await this.folder.writeSnapshot(snapshot);
    return { snapshot };
  }

  async measure(epoch: number) {
    return { test: { mse: 0.5, squaredError: 3, epoch } };
  }
}

interface Follower {
  readonly run: ClusterRun;
  readonly folder: RunFolder;
  readonly clusterEngine: FakeBench;
  readonly events: { readonly name: EventName; readonly payload: unknown }[];
  readonly said: string[];
}

/** As a new process finds the run, or makes it. */
async function follower(onEvent: (name: EventName, payload: unknown) => void = () => undefined): Promise<Follower> {
  const folder = new RunFolder(join(data.path, 'run'));
  const clusterEngine = new FakeBench(folder);
  const state = await folder.readState().catch(() => undefined);
  const events: Follower['events'] = [];
  const said: string[] = [];
  const options = {
    id: 'run',
    experiment,
    folder,
    notes: new RunNotes(folder, 'run', state),
    client: new RayClient(ray.address, TOKEN),
    clusterEngine,
    emit: <E extends EventName>(name: E, payload: Events[E]) => {
      events.push({ name, payload });
      onEvent(name, payload);
    },
    say: (sentence: string) => void said.push(sentence),
    pollMs: 1,
    retryMs: 1,
  };
  const isNew = state === undefined;
  const run = isNew
    ? await startClusterRun({ ...options, workers: WORKERS, sources: SOURCES })
    : new ClusterRun(options);
  return { run, folder, clusterEngine, events, said };
}

/** What the job prints at the end of an epoch whose weights it sends. */
const epochWithWeights = (epoch: number, validationMse: number) =>
  [
    ['ARTIFACT', ray.leave('epoch', epoch, Buffer.from(`weights ${epoch}`))],
    ['METRIC', metric(epoch, validationMse)],
  ] as const;

function finish(best: number, last: number): void {
  const job = ray.onlyJob;
  ray.print(
    job,
    ['ARTIFACT', ray.leave('best', best, Buffer.from(`weights ${best}`))],
    ['ARTIFACT', ray.leave('last', last, Buffer.from(`weights ${last}`))],
    ['DONE'],
  );
  ray.end(job, 'SUCCEEDED');
}

const epochsIn = async (folder: RunFolder): Promise<readonly number[]> =>
  (await folder.readMetrics()).metrics.map(({ epoch }) => epoch);

describe('a run that a cluster trains', () => {
  it('sends the job once, and becomes an ordinary run', async () => {
    const { run, folder, clusterEngine, events } = await follower();
    expect([...ray.packages.keys()]).toContain('_ray_pkg_0.zip');
    expect(ray.packages.get('_ray_pkg_0.zip')?.toString()).toBe('images');
    const { submission, ...job } = await readClusterJob(folder);
    expect(job).toMatchObject({ address: ray.address, workers: WORKERS });
    expect(JSON.stringify(job)).not.toContain(TOKEN);
    expect(ray.onlyJob.request).toMatchObject({ submission_id: submission });

    ray.print(
      ray.onlyJob,
      ['STARTED'],
      ...epochWithWeights(1, 0.3),
      ['METRIC', metric(2, 0.2)],
      ...epochWithWeights(3, 0.25),
    );
    finish(2, 3);
    const ended = await run.follow();
    expect(ended).toEqual({ runId: 'run', status: 'finished', test: { mse: 0.5, squaredError: 3, epoch: 2 } });
    expect(await folder.readState()).toMatchObject({ status: 'finished', test: { epoch: 2 } });
    expect((await folder.readMetrics()).metrics.map(({ validationSquaredError }) => validationSquaredError)).toEqual([
      0.3 * 6,
      0.2 * 6,
      0.25 * 6,
    ]);
    // Weights of epoch 1 came after newer ones were announced; those of epoch 3 are the last, and the best until epoch 2's come.
    expect(clusterEngine.taken).toEqual([
      ['weights 3', 3, 'last,best'],
      ['weights 2', 2, 'best'],
    ]);
    expect(await folder.snapshotEpochs()).toEqual([3]);
    const names = events.map(({ name }) => name).filter((name) => name !== 'run:progressed');
    expect(names).toEqual([
      'run:started',
      'run:epoch-ended',
      'run:epoch-ended',
      'run:snapshot-taken',
      'run:epoch-ended',
      'run:ended',
    ]);
    expect(ray.jobs.size).toBe(0);
  });

  it('goes on without its follower, which then catches up with no epoch lost or doubled', async () => {
    const first = await follower((name) => {
      if (name === 'run:epoch-ended') first.run.leave();
    });
    const job = ray.onlyJob;
    ray.print(job, ...epochWithWeights(1, 0.3));
    expect(await first.run.follow()).toBeUndefined();
    expect(await first.folder.readState()).toMatchObject({
      status: 'interrupted',
      problem: `The job goes on on the cluster ${ray.address}.`,
    });
    ray.print(job, ['METRIC', metric(2, 0.2)], ...epochWithWeights(3, 0.1), ['METRIC', metric(4, 0.15)]);
    finish(3, 4);
    const second = await follower();
    expect(await second.run.follow()).toMatchObject({ status: 'finished' });
    expect(await epochsIn(second.folder)).toEqual([1, 2, 3, 4]);
    expect(second.events[0]).toMatchObject({ name: 'run:started', payload: { metrics: [{ epoch: 1 }] } });
    expect(second.clusterEngine.taken.map(([content]) => content)).toEqual(['weights 3', 'weights 4']);
  });

  it('takes up a run whose follower was killed between the weights of an epoch and its metrics', async () => {
    const { folder } = await follower();
    await folder.writeSnapshot(snapshotOf(1));
    ray.print(ray.onlyJob, ...epochWithWeights(1, 0.3));
    finish(1, 1);
    const second = await follower();
    await second.run.follow();
    expect(await epochsIn(folder)).toEqual([1]);
    expect(await folder.snapshotEpochs()).toEqual([1]);
  });

  it('does without weights of an epoch that the cluster has removed', async () => {
    const { run, folder, said } = await follower();
    ray.print(ray.onlyJob, ...epochWithWeights(1, 0.3));
    ray.files.clear();
    finish(1, 1);
    expect(await run.follow()).toMatchObject({ status: 'finished' });
    expect(await epochsIn(folder)).toEqual([1]);
    expect(said.some((sentence) => sentence.startsWith('The weights of epoch 1 could not be fetched.'))).toBe(true);
  });

  it('keeps as the best the weights of the best epoch that came, not of one whose weights were lost', async () => {
    const { run, clusterEngine } = await follower((name, payload) => {
      const epoch = name === 'run:epoch-ended' ? (payload as Events['run:epoch-ended']).metrics.epoch : 0;
      if (epoch === 1) ray.print(ray.onlyJob, ...epochWithWeights(2, 0.25));
      if (epoch === 2) finish(1, 2);
    });
    ray.print(ray.onlyJob, ...epochWithWeights(1, 0.2));
    ray.files.clear();
    await run.follow();
    expect(clusterEngine.taken[0]).toEqual(['weights 2', 2, 'last,best']);
  });

  it('says what it waits for, and that a worker was lost', async () => {
    const { run, said, events } = await follower();
    const waiting = { workers: 4, each: { CPU: 2 }, free: { CPU: 1 }, total: { CPU: 6 } };
    ray.print(
      ray.onlyJob,
      ['WAITING', waiting],
      ['WAITING', waiting],
      ['STARTED'],
      ['METRIC', metric(1, 0.3)],
      ['RESTARTED', { epoch: 2, step: 14, attempt: 2 }],
    );
    finish(1, 1);
    await run.follow();
    expect(said).toEqual([
      'Waiting for 4 workers of 2 CPU each; the cluster has 1 of 6 CPU free. ' +
        'It never has so many CPU: stop the run and ask for fewer workers, or add nodes.',
      'The workers have started.',
    ]);
    const resumed = events.find(({ name }) => name === 'run:resumed');
    expect(resumed?.payload).toEqual({
      runId: 'run',
      epoch: 2,
      step: 14,
      problems: ["A worker was lost. Training goes on from the cluster's checkpoint: epoch 2, after 14 steps."],
    });
  });

  it('waits for room on a full disk here, and says that it does', async () => {
    const { run, clusterEngine, events, folder } = await follower();
    clusterEngine.fullFor = 2;
    ray.print(ray.onlyJob, ...epochWithWeights(1, 0.3));
    finish(1, 1);
    expect(await run.follow()).toMatchObject({ status: 'finished' });
    expect(await epochsIn(folder)).toEqual([1]);
    const names = events.map(({ name }) => name);
    expect(names.filter((name) => name === 'run:paused' || name === 'run:resumed')).toEqual([
      'run:paused',
      'run:resumed',
    ]);
  });

  it('says that the disk there is full', async () => {
    const { run, said } = await follower();
    ray.print(
      ray.onlyJob,
      ['PROBLEM', { kind: 'disk-full', message: 'No space left on device' }],
      ['METRIC', metric(1, 0.3)],
    );
    finish(1, 1);
    await run.follow();
    expect(said).toEqual([
      "The disk of the cluster's node is full: weights cannot be fetched until there is room. Training goes on. (No space left on device)",
    ]);
  });
});

describe('a job that ends otherwise', () => {
  const endOf = async (end: (given: Follower) => Promise<void> | void): Promise<RunEnded | undefined> => {
    const given = await follower();
    ray.print(ray.onlyJob, ['STARTED'], ...epochWithWeights(1, 0.3));
    await end(given);
    const ended = await given.run.follow();
    expect(await given.folder.readState()).toMatchObject({
      status: ended?.status,
      ...(ended?.problem === undefined ? {} : { problem: ended.problem }),
    });
    expect((await readClusterJob(given.folder)).ended).toBe(true);
    return ended;
  };

  it('was stopped here: what there is of its weights is fetched', async () => {
    const given = await follower();
    ray.print(ray.onlyJob, ['STARTED'], ['METRIC', metric(1, 0.3)]);
    ray.print(ray.onlyJob, ['ARTIFACT', ray.leave('last', 1, Buffer.from('latest'))], ['STOPPED']);
    await askToStop(new RayClient(ray.address, TOKEN), given.folder);
    expect(await given.run.follow()).toEqual({ runId: 'run', status: 'stopped' });
    expect(given.clusterEngine.taken).toEqual([['latest', 1, 'last']]);
  });

  it('was stopped by somebody else', async () => {
    expect(await endOf(() => ray.end(ray.onlyJob, 'STOPPED'))).toEqual({
      runId: 'run',
      status: 'stopped',
      problem: 'The job was stopped on the cluster by somebody else. What had come here is kept.',
    });
  });

  it('is gone with its head', async () => {
    const given = await follower((name) => {
      if (name === 'run:epoch-ended') ray.forget();
    });
    ray.print(ray.onlyJob, ...epochWithWeights(1, 0.3));
    const { submission } = await readClusterJob(given.folder);
    expect(await given.run.follow()).toEqual({
      runId: 'run',
      status: 'failed',
      problem:
        `${ray.address}: expected the job ${submission}, found none. Its head may have been started anew: jobs do not outlive it. ` +
        'What had come here is kept.',
    });
    expect(await epochsIn(given.folder)).toEqual([1]);
  });

  it.each([
    [
      { kind: 'package', message: 'torch' },
      'The cluster\'s Python has no package "torch". Install it on every node: pip install torch safetensors "ray[train]".',
    ],
    [{ kind: 'diverged', message: 'The cost became nan in epoch 2.' }, 'The cost became nan in epoch 2.'],
    [{ kind: 'workers', message: 'RuntimeError: lost\nmore' }, "The cluster's workers failed. RuntimeError: lost"],
  ])('failed by its own words: %o', async (fields, problem) => {
    const ended = await endOf(() => {
      ray.print(ray.onlyJob, ['FAILED', fields]);
      ray.end(ray.onlyJob, 'FAILED', 'Job entrypoint command failed with exit code 1');
    });
    expect(ended).toEqual({ runId: 'run', status: 'failed', problem });
  });

  it('failed without a word, as a driver that was killed', async () => {
    const ended = await endOf(() =>
      ray.end(ray.onlyJob, 'FAILED', 'Job supervisor actor died: the node was lost.\ntrace'),
    );
    expect(ended?.problem).toBe('The job failed on the cluster. Job supervisor actor died: the node was lost.');
  });

  it('tells that it failed though the full disk here has no room to note it', async () => {
    ray.mostBytes = 5;
    const told: unknown[] = [];
    // The folder is written before the images are sent.
    onTestFinished(await fillDisk(() => told.includes('run:started')));
    await expect(follower((name) => void told.push(name))).rejects.toMatchObject({ problem: 'too-large' });
    expect(told.at(-1)).toBe('run:ended');
  });

  it('is not begun where the cluster refuses the images', async () => {
    ray.mostBytes = 5;
    await expect(follower()).rejects.toMatchObject({ problem: 'too-large' });
    const folder = new RunFolder(join(data.path, 'run'));
    expect(await folder.readState()).toMatchObject({ status: 'failed' });
    expect(ray.jobs.size).toBe(0);
  });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { ClusterEngine, LoadedWeights } from '../../electron/contract/cluster.ts';
import type { EventName, Events } from '../../electron/contract/contract.ts';
import { StudioError } from '../../electron/domain/errors.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import { ClusterRun } from '../../electron/cluster/cluster-run.ts';
import { RayClient } from '../../electron/cluster/ray-client.ts';
import { startClusterRun } from '../../electron/cluster/start.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { RunNotes } from '../../electron/files/run-notes.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { FakeRay, TOKEN } from './fake-ray.ts';
import { metric, snapshotOf } from './job-samples.ts';

const SOURCES = join(import.meta.dirname, '../../resources/cluster');
const experiment = presetExperiment(
  presets.find(({ id }) => id === 'modern')!,
  'tiny',
  [2, 3, 1],
);
export const WORKERS = { count: 2, cpus: 1, gpu: false };

export let ray: FakeRay;
export let data: TemporaryFolder;

/** A cluster and a data folder of its own for each test of the file. */
export function eachOnItsOwn(): void {
  beforeEach(async () => {
    ray = await FakeRay.start();
    data = new TemporaryFolder();
  });
  afterEach(async () => {
    await ray.close();
    data[Symbol.dispose]();
  });
}

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

export interface Follower {
  readonly run: ClusterRun;
  readonly folder: RunFolder;
  readonly clusterEngine: FakeBench;
  readonly events: { readonly name: EventName; readonly payload: unknown }[];
  readonly said: string[];
}

/** As a new process finds the run, or makes it. */
export async function follower(
  onEvent: (name: EventName, payload: unknown) => void = () => undefined,
): Promise<Follower> {
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
export const epochWithWeights = (epoch: number, validationMse: number) =>
  [
    ['ARTIFACT', ray.leave('epoch', epoch, Buffer.from(`weights ${epoch}`))],
    ['METRIC', metric(epoch, validationMse)],
  ] as const;

export function finish(best: number, last: number): void {
  const job = ray.onlyJob;
  ray.print(
    job,
    ['ARTIFACT', ray.leave('best', best, Buffer.from(`weights ${best}`))],
    ['ARTIFACT', ray.leave('last', last, Buffer.from(`weights ${last}`))],
    ['DONE'],
  );
  ray.end(job, 'SUCCEEDED');
}

export const epochsIn = async (folder: RunFolder): Promise<readonly number[]> =>
  (await folder.readMetrics()).metrics.map(({ epoch }) => epoch);

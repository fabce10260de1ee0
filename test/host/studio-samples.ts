import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import type { EngineChannel, Events, EventName, Handlers, WindowChannel } from '../../electron/contract/contract.ts';
import type { Experiment } from '../../electron/domain/experiment.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import { Caller } from '../../electron/contract/rpc.ts';
import type { EpochMetrics, RunRecord } from '../../electron/domain/words.ts';
import { RunFolder, type RunState } from '../../electron/files/run-folder.ts';
import { AppSettings } from '../../electron/host/app-settings.ts';
import { EngineProcess } from '../../electron/host/engine-process.ts';
import type { ExportPlace, ExportWish } from '../../electron/host/export.ts';
import { Studio } from '../../electron/host/studio.ts';
import { portPair } from '../contract/port-pair.ts';
import { clusterParts } from './cluster-parts.ts';
import { FakeEngine } from './fake-engine.ts';

export const experiment: Experiment = presetExperiment(presets[0]!, 'mnist', [28, 28, 1]);
/** No process has this number: it is above every platform's largest. */
const DEAD = 2 ** 30;

/** A data folder of each test's own. */
export function dataFolders(): { readonly path: string } {
  const folder = { path: '' };
  beforeEach(async () => {
    folder.path = await mkdtemp(join(tmpdir(), 'studio-'));
  });
  // A host that a test has left may just be writing a last file: the folder is then not empty, and is tried again.
  afterEach(() => rm(folder.path, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 }));
  return folder;
}

export async function addRun(
  dataFolder: string,
  id: string,
  state: Partial<RunState> = {},
  changes: Partial<Experiment> = {},
): Promise<RunFolder> {
  const folder = RunFolder.under(dataFolder, id);
  const startedAt = '2026-01-01T00:00:00.000Z';
  const whole = { version: 1, id, startedAt, status: 'finished', processId: DEAD, ...state } as const;
  await folder.create({ ...experiment, ...changes }, whole);
  return folder;
}

export const metricsOf = (epoch: number, validationSquaredError: number): EpochMetrics => ({
  epoch,
  step: epoch * 214,
  secondsSinceStart: epoch,
  lastBatchCost: 0.1,
  trainingCost: 0.1 / epoch,
  validationMse: validationSquaredError / 784,
  validationSquaredError,
  stepsPerSecond: 100,
  learningRate: 0.01,
});

/** A run's record as the engine announces it. */
export const started = (id: string): RunRecord => ({
  summary: {
    id,
    name: experiment.name,
    imageSet: 'mnist',
    status: 'running',
    startedAt: '',
    epochs: 20,
    epochsDone: 0,
    codeSize: 128,
    imageValues: 784,
    seed: 1,
    tags: [],
    notes: '',
    curve: [],
    resumable: false,
  },
  experiment,
  metrics: [],
  snapshotEpochs: [],
  hasModel: false,
});

/** A window on a host whose engine answers as it is told; every export goes to a file or folder of its suggested name below `exported`. */
export async function openStudio(
  dataFolder: string,
  handlers: Partial<Handlers<EngineChannel>> = {},
  more: { readonly sampleRuns?: string } = {},
) {
  const launched: FakeEngine[] = [];
  const reports: string[] = [];
  const report = (problem: string) => void reports.push(problem);
  const engine = new EngineProcess(() => {
    const fake = new FakeEngine(handlers);
    launched.push(fake);
    return fake.child;
  }, report);
  const exported = join(dataFolder, 'exported');
  const chooseExportPlace = vi.fn((wish: ExportWish): Promise<ExportPlace | undefined> => {
    const path = join(exported, wish.name);
    const finish = () => Promise.resolve({ kind: 'saved', folder: path } as const);
    return Promise.resolve({ path, finish, abandon: () => Promise.resolve() });
  });
  const settings = await AppSettings.open({ dataFolder, report, cores: 4 });
  const options = {
    host: 'desktop',
    version: '1.2.3',
    dataFolder,
    engine,
    settings,
    chooseExportPlace,
    ...clusterParts(dataFolder),
    ...more,
    report,
  } as const;
  const studio = new Studio(options);
  const [near, far] = portPair();
  const leave = studio.serveWindow(far);
  const window = new Caller<WindowChannel>(near);
  const heard: EventName[] = [];
  for (const name of ['runs:changed', 'queue:changed'] as const) window.listen(name, () => void heard.push(name));
  engine.start();
  /** Files as a person has dropped them. */
  const stage = (...paths: readonly string[]): string => {
    const staged = studio.staging.open({});
    for (const path of paths) studio.staging.give(staged, path);
    return staged;
  };
  const next = <E extends EventName>(name: E): Promise<Events[E]> =>
    new Promise((resolve) => {
      const stop = window.listen(name, (payload) => {
        stop();
        resolve(payload);
      });
    });
  return { studio, window, leave, launched, reports, heard, exported, chooseExportPlace, stage, next };
}

import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineChannel, Events, Handlers, WindowChannel } from '../../electron/contract/contract.ts';
import { unwrap } from '../../electron/domain/errors.ts';
import { Caller } from '../../electron/contract/rpc.ts';
import { RunFolder, type RunState } from '../../electron/files/run-folder.ts';
import { AppSettings } from '../../electron/host/app-settings.ts';
import { EngineProcess } from '../../electron/host/engine-process.ts';
import type { ExportPlace } from '../../electron/host/export.ts';
import { Studio } from '../../electron/host/studio.ts';
import { portPair } from '../contract/port-pair.ts';
import { FakeEngine, settled } from './fake-engine.ts';
import { experiment, started } from './studio-samples.ts';
import { clusterParts } from './cluster-parts.ts';

/** No process has this number: it is above every platform's largest. */
const DEAD = 2 ** 30;

let dataFolder: string;
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'studio-'));
});
afterEach(() => rm(dataFolder, { recursive: true, force: true }));

async function addRun(id: string, state: Partial<RunState> = {}): Promise<RunFolder> {
  const folder = RunFolder.under(dataFolder, id);
  const startedAt = '2026-01-01T00:00:00.000Z';
  await folder.create(experiment, { version: 1, id, startedAt, status: 'finished', processId: DEAD, ...state });
  return folder;
}

const metrics = (epoch: number, validationSquaredError: number) => ({
  epoch,
  step: epoch * 214,
  secondsSinceStart: epoch,
  lastBatchCost: 0.1,
  trainingCost: 0.1,
  validationMse: validationSquaredError / 784,
  validationSquaredError,
  stepsPerSecond: 100,
  learningRate: 0.01,
});

async function opened(handlers: Partial<Handlers<EngineChannel>> = {}, place?: ExportPlace) {
  const launched: FakeEngine[] = [];
  const reports: string[] = [];
  const launch = () => {
    const fake = new FakeEngine(handlers);
    launched.push(fake);
    return fake.child;
  };
  const report = (problem: string) => void reports.push(problem);
  const engine = new EngineProcess(launch, report);
  const chooseExportPlace = vi.fn(() => Promise.resolve(place));
  const settings = await AppSettings.open({ dataFolder, report, cores: 4 });
  const options = {
    host: 'desktop',
    version: '1.2.3',
    dataFolder,
    engine,
    settings,
    chooseExportPlace,
    report,
    ...clusterParts(dataFolder),
  } as const;
  const studio = new Studio(options);
  const [near, far] = portPair();
  const leave = studio.serveWindow(far);
  const window = new Caller<WindowChannel>(near);
  engine.start();
  return { studio, window, launched, reports, leave, chooseExportPlace };
}

describe('the host', () => {
  it('describes itself, the engine and the active run', async () => {
    const { window, launched } = await opened();
    launched[0]!.send('run:started', started('run-1'));
    await settled();
    expect(unwrap(await window.call('app:describe', {}))).toEqual({
      host: 'desktop',
      version: '1.2.3',
      dataFolder,
      engine: { kind: 'ready', tensorflow: '2.21.0', threads: 2 },
      activeRun: 'run-1',
    });
  });

  it('forwards what the engine answers, errors included, and refuses the engine’s own calls', async () => {
    const { window } = await opened();
    expect(await window.call('image-set:list', {})).toEqual({ ok: true, value: [] });
    expect(await window.call('run:stop', { runId: 'a' })).toMatchObject({ ok: false, error: { code: 'internal' } });
    const refused = await window.call('engine:describe' as 'app:describe', {});
    expect(refused).toMatchObject({ ok: false, error: { code: 'refused' } });
  });

  it('stops sending events to a window that has gone', async () => {
    const { window, launched, leave } = await opened();
    const seen = vi.fn();
    window.listen('run:ended', seen);
    launched[0]!.send('run:ended', { runId: 'a', status: 'finished' });
    await settled();
    leave();
    launched[0]!.send('run:ended', { runId: 'b', status: 'finished' });
    await settled();
    expect(seen).toHaveBeenCalledTimes(1);
  });
});

describe('runs on disk', () => {
  it('are listed newest first, with their best and their test error', async () => {
    const folder = await addRun('run-a', { test: { mse: 0.002, squaredError: 1.6, epoch: 2 } });
    await folder.addMetrics(metrics(1, 5));
    await folder.addMetrics(metrics(2, 3));
    await addRun('run-b', { startedAt: '2026-02-01T00:00:00.000Z' });
    const runs = unwrap(await (await opened()).window.call('run:list', {}));
    expect(runs.map((run) => run.id)).toEqual(['run-b', 'run-a']);
    expect(runs[1]).toMatchObject({ epochsDone: 2, bestValidationSquaredError: 3, testSquaredError: 1.6 });
  });

  it('noted as running are interrupted when their process is gone, running when it lives or is ours', async () => {
    await addRun('cut-off', { status: 'running' });
    await addRun('elsewhere', { status: 'running', processId: process.pid });
    await addRun('ours', { status: 'running' });
    const { window, launched } = await opened();
    launched[0]!.send('run:started', started('ours'));
    await settled();
    const runs = unwrap(await window.call('run:list', {}));
    expect(Object.fromEntries(runs.map((run) => [run.id, run.status]))).toEqual({
      'cut-off': 'interrupted',
      elsewhere: 'running',
      ours: 'running',
    });
  });

  it('that pause say so, and why, as the engine has told it: its disk may be full', async () => {
    await addRun('run-a', { status: 'running' });
    const { window, launched } = await opened();
    const summary = async () => unwrap(await window.call('run:open', { runId: 'run-a' })).summary;
    launched[0]!.send('run:started', started('run-a'));
    launched[0]!.send('run:paused', { runId: 'run-a', epoch: 2, step: 9, problem: 'The disk is full.' });
    await settled();
    expect(await summary()).toMatchObject({ status: 'paused', problem: 'The disk is full.', resumable: false });
    launched[0]!.send('run:resumed', { runId: 'run-a', epoch: 2, step: 9, problems: [] });
    await settled();
    expect(await summary()).toMatchObject({ status: 'running' });
    expect(await summary()).not.toHaveProperty('problem');
  });

  it('that are damaged are listed with the file’s name, and foreign folders are left out', async () => {
    await addRun('good');
    const torn = await addRun('torn');
    await writeFile(join(torn.path, 'experiment.json'), '{"version": 1, "na');
    const cut = await addRun('cut');
    await cut.addMetrics(metrics(1, 5));
    await writeFile(join(cut.path, 'metrics.jsonl'), '{"epoch": 2, "st', { flag: 'a' });
    await mkdir(join(dataFolder, 'runs', 'Not a run'));
    const runs = unwrap(await (await opened()).window.call('run:list', {}));
    const problems = Object.fromEntries(runs.map((run) => [run.id, run.problem]));
    expect(problems).toEqual({
      good: undefined,
      torn: `${join(torn.path, 'experiment.json')}: expected JSON, found text that is not JSON.`,
      cut: `${join(cut.path, 'metrics.jsonl')}: line 2 is not an epoch's metrics and was skipped.`,
    });
  });

  it('open with metrics, snapshots and whether there is a model', async () => {
    const folder = await addRun('run-a');
    await folder.addMetrics(metrics(1, 5));
    const map = { x: Float32Array.of(1, 2), y: Float32Array.of(3, 4) };
    const pixels = Uint8Array.of(0, 255);
    const reconstructions = { count: 1, height: 1, width: 2, channels: 1, pixels };
    const snapshot = {
      runId: 'run-a',
      epoch: 1,
      reconstructions,
      errors: Float32Array.of(0.5),
      map,
      mapIs: 'code',
    } as const;
    await folder.writeSnapshot(snapshot);
    const { window } = await opened();
    const before = unwrap(await window.call('run:open', { runId: 'run-a' }));
    expect(before).toMatchObject({ metrics: [metrics(1, 5)], snapshotEpochs: [1], hasModel: false });
    await mkdir(folder.modelFolder('best'), { recursive: true });
    expect(unwrap(await window.call('run:open', { runId: 'run-a' })).hasModel).toBe(true);
    expect(unwrap(await window.call('run:snapshot', { runId: 'run-a', epoch: 1 }))).toEqual(snapshot);
  });

  it('that are not there are not found', async () => {
    const { window } = await opened();
    expect(await window.call('run:open', { runId: 'nope' })).toEqual({
      ok: false,
      error: { code: 'not-found', message: `There is no run "nope" in ${dataFolder}.` },
    });
  });
});

describe('losing the engine in the middle of a run', () => {
  it('interrupts the run, on disk and on screen, and a new run can start', async () => {
    const folder = await addRun('run-a', { status: 'running', processId: process.pid });
    const { window, launched } = await opened({ 'run:start': () => Promise.resolve({ runId: 'run-b' }) });
    await settled();
    const ended = new Promise<Events['run:ended']>((resolve) => window.listen('run:ended', resolve));
    launched[0]!.send('run:started', started('run-a'));
    await settled();
    launched[0]!.end({ code: null, signal: 'SIGKILL' });
    const problem = 'The engine process was ended by signal SIGKILL. The run was cut off; what it had saved is kept.';
    expect(await ended).toEqual({ runId: 'run-a', status: 'interrupted', problem });
    expect(await folder.readState()).toMatchObject({ status: 'interrupted', problem });
    expect(unwrap(await window.call('app:describe', {})).activeRun).toBeUndefined();
    expect(await window.call('run:start', { experiment })).toEqual({ ok: true, value: { runId: 'run-b' } });
  });

  it('tells the window even when the run’s folder is gone', async () => {
    const { window, launched, reports } = await opened();
    const ended = new Promise<Events['run:ended']>((resolve) => window.listen('run:ended', resolve));
    launched[0]!.send('run:started', started('run-a'));
    await settled();
    launched[0]!.end({ code: 1 });
    expect(await ended).toMatchObject({ runId: 'run-a', status: 'interrupted' });
    expect(reports.some((report) => report.startsWith('The run run-a could not be marked as interrupted:'))).toBe(true);
  });
});

describe('exporting', () => {
  const place = (path: string) => ({
    path,
    finish: vi.fn(() => Promise.resolve({ kind: 'saved', folder: path } as const)),
    abandon: vi.fn(() => Promise.resolve()),
  });
  const request = { runId: 'run-a', weights: 'best' } as const;

  it('asks where, then has the engine write there', async () => {
    const folder = await addRun('run-a');
    await mkdir(folder.modelFolder('best'), { recursive: true });
    const target = place(join(dataFolder, 'exported'));
    const write = vi.fn(() => Promise.resolve({ files: ['model.json'] }));
    const { window, chooseExportPlace } = await opened({ 'engine:export': write }, target);
    const saved = { kind: 'saved', folder: target.path, files: ['model.json'] };
    expect(unwrap(await window.call('model:export', request))).toEqual(saved);
    expect(write).toHaveBeenCalledWith({ ...request, folder: target.path, appVersion: '1.2.3' });
    const wish = { kind: 'folder', name: 'article-best', title: 'Export model' };
    expect(chooseExportPlace).toHaveBeenCalledWith(wish);
    const chosen = { ...request, format: 'onnx', part: 'encoder', scalingInside: true } as const;
    await window.call('model:export', chosen);
    expect(write).toHaveBeenLastCalledWith({ ...chosen, folder: target.path, appVersion: '1.2.3' });
    expect(chooseExportPlace).toHaveBeenLastCalledWith({ ...wish, name: 'article-best-encoder-onnx' });
  });

  it('is cancelled when nowhere is chosen', async () => {
    const folder = await addRun('run-a');
    await mkdir(folder.modelFolder('best'), { recursive: true });
    const { window } = await opened();
    expect(unwrap(await window.call('model:export', request))).toEqual({ kind: 'cancelled', files: [] });
  });

  it('refuses a folder that holds something, and leaves it as it was', async () => {
    const folder = await addRun('run-a');
    await mkdir(folder.modelFolder('best'), { recursive: true });
    const full = join(dataFolder, 'mine');
    await mkdir(full);
    await writeFile(join(full, 'thesis.txt'), 'years of work');
    const target = place(full);
    const message = `${full}: expected a new or an empty folder, found "thesis.txt" in it.`;
    const result = await (await opened({}, target)).window.call('model:export', request);
    expect(result).toEqual({ ok: false, error: { code: 'refused', message } });
    expect(target.abandon).toHaveBeenCalled();
    expect(await readFile(join(full, 'thesis.txt'), 'utf8')).toBe('years of work');
  });

  it('of a run without a model says so before asking', async () => {
    await addRun('run-a');
    const { window, chooseExportPlace } = await opened();
    expect(await window.call('model:export', request)).toMatchObject({ ok: false, error: { code: 'not-found' } });
    expect(chooseExportPlace).not.toHaveBeenCalled();
  });
});

describe('closing', () => {
  it('stops the active run, waits for its end, then ends the engine', async () => {
    const { studio, launched } = await opened({
      'run:stop': async () => {
        launched[0]!.send('run:ended', { runId: 'run-a', status: 'stopped' });
        return {};
      },
    });
    launched[0]!.send('run:started', started('run-a'));
    await settled();
    await studio.close(60_000);
    expect(launched[0]!.kills).toEqual([false]);
  });

  it('is not hurried by the end of another run, which a cluster trains', async () => {
    let saved = false;
    const { studio, launched } = await opened({
      'run:stop': async () => {
        launched[0]!.send('run:ended', { runId: 'run-b', status: 'interrupted', cluster: 'http://there' });
        await settled();
        saved = true;
        launched[0]!.send('run:ended', { runId: 'run-a', status: 'stopped' });
        return {};
      },
    });
    launched[0]!.send('run:started', started('run-a'));
    await settled();
    let savedBefore: boolean | undefined;
    const kill = launched[0]!.child.kill.bind(launched[0]!.child);
    launched[0]!.child.kill = (force) => {
      savedBefore ??= saved;
      kill(force);
    };
    await studio.close(60_000);
    expect(savedBefore).toBe(true);
  });

  it('waits no longer than its patience for a run that does not end', async () => {
    const { studio, launched } = await opened({ 'run:stop': () => new Promise(() => undefined) });
    launched[0]!.send('run:started', started('run-a'));
    await settled();
    await studio.close(1);
    expect(launched[0]!.kills).toEqual([false]);
  });
});

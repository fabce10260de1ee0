import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { EngineChannel, Events, Handlers } from '../../electron/contract/contract.ts';
import { unwrap } from '../../electron/domain/errors.ts';
import { settled } from './fake-engine.ts';
import { addRun, dataFolders, experiment, metricsOf, openStudio, started } from './studio-samples.ts';

const data = dataFolders();

describe('the host', () => {
  it('describes itself, the engine and the active run', async () => {
    const { window, launched } = await openStudio(data.path);
    launched[0]!.send('run:started', started('run-1'));
    await settled();
    expect(unwrap(await window.call('app:describe', {}))).toEqual({
      host: 'desktop',
      version: '1.2.3',
      dataFolder: data.path,
      engine: { kind: 'ready', tensorflow: '2.21.0', threads: 2 },
      activeRun: 'run-1',
    });
  });

  it('forwards what the engine answers, errors included, and refuses the engine’s own calls', async () => {
    const { window } = await openStudio(data.path);
    expect(await window.call('image-set:list', {})).toEqual({ ok: true, value: [] });
    expect(await window.call('run:stop', { runId: 'a' })).toMatchObject({ ok: false, error: { code: 'internal' } });
    const refused = await window.call('engine:describe' as 'app:describe', {});
    expect(refused).toMatchObject({ ok: false, error: { code: 'refused' } });
  });

  it('stops sending events to a window that has gone', async () => {
    const { window, launched, leave } = await openStudio(data.path);
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
    const folder = await addRun(data.path, 'run-a', { test: { mse: 0.002, squaredError: 1.6, epoch: 2 } });
    await folder.addMetrics(metricsOf(1, 5));
    await folder.addMetrics(metricsOf(2, 3));
    await addRun(data.path, 'run-b', { startedAt: '2026-02-01T00:00:00.000Z' });
    const runs = unwrap(await (await openStudio(data.path)).window.call('run:list', {}));
    expect(runs.map((run) => run.id)).toEqual(['run-b', 'run-a']);
    expect(runs[1]).toMatchObject({ epochsDone: 2, bestValidationSquaredError: 3, testSquaredError: 1.6 });
  });

  it('noted as running are interrupted when their process is gone, running when it lives or is ours', async () => {
    await addRun(data.path, 'cut-off', { status: 'running' });
    await addRun(data.path, 'elsewhere', { status: 'running', processId: process.pid });
    await addRun(data.path, 'ours', { status: 'running' });
    const { window, launched } = await openStudio(data.path);
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
    await addRun(data.path, 'run-a', { status: 'running' });
    const { window, launched } = await openStudio(data.path);
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
    await addRun(data.path, 'good');
    const torn = await addRun(data.path, 'torn');
    await writeFile(join(torn.path, 'experiment.json'), '{"version": 1, "na');
    const cut = await addRun(data.path, 'cut');
    await cut.addMetrics(metricsOf(1, 5));
    await writeFile(join(cut.path, 'metrics.jsonl'), '{"epoch": 2, "st', { flag: 'a' });
    await mkdir(join(data.path, 'runs', 'Not a run'));
    const runs = unwrap(await (await openStudio(data.path)).window.call('run:list', {}));
    const problems = Object.fromEntries(runs.map((run) => [run.id, run.problem]));
    expect(problems).toEqual({
      good: undefined,
      torn: `${join(torn.path, 'experiment.json')}: expected JSON, found text that is not JSON.`,
      cut: `${join(cut.path, 'metrics.jsonl')}: line 2 is not an epoch's metrics and was skipped.`,
    });
  });

  it('open with metrics, snapshots and whether there is a model', async () => {
    const folder = await addRun(data.path, 'run-a');
    await folder.addMetrics(metricsOf(1, 5));
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
    const { window } = await openStudio(data.path);
    const before = unwrap(await window.call('run:open', { runId: 'run-a' }));
    expect(before).toMatchObject({ metrics: [metricsOf(1, 5)], snapshotEpochs: [1], hasModel: false });
    await mkdir(folder.modelFolder('best'), { recursive: true });
    expect(unwrap(await window.call('run:open', { runId: 'run-a' })).hasModel).toBe(true);
    expect(unwrap(await window.call('run:snapshot', { runId: 'run-a', epoch: 1 }))).toEqual(snapshot);
  });

  it('that are not there are not found', async () => {
    const { window } = await openStudio(data.path);
    expect(await window.call('run:open', { runId: 'nope' })).toEqual({
      ok: false,
      error: { code: 'not-found', message: `There is no run "nope" in ${data.path}.` },
    });
  });
});

describe('losing the engine in the middle of a run', () => {
  it('interrupts the run, on disk and on screen, and a new run can start', async () => {
    const folder = await addRun(data.path, 'run-a', { status: 'running', processId: process.pid });
    const { window, launched } = await openStudio(data.path, {
      'run:start': () => Promise.resolve({ runId: 'run-b' }),
    });
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
    const { window, launched, reports } = await openStudio(data.path);
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

  async function exportingTo(
    target: ReturnType<typeof place> | undefined,
    handlers: Partial<Handlers<EngineChannel>> = {},
  ) {
    const host = await openStudio(data.path, handlers);
    host.chooseExportPlace.mockResolvedValue(target);
    return host;
  }

  it('asks where, then has the engine write there', async () => {
    const folder = await addRun(data.path, 'run-a');
    await mkdir(folder.modelFolder('best'), { recursive: true });
    const target = place(join(data.path, 'exported'));
    const write = vi.fn(() => Promise.resolve({ files: ['model.json'] }));
    const { window, chooseExportPlace } = await exportingTo(target, { 'engine:export': write });
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
    const folder = await addRun(data.path, 'run-a');
    await mkdir(folder.modelFolder('best'), { recursive: true });
    const { window } = await exportingTo(undefined);
    expect(unwrap(await window.call('model:export', request))).toEqual({ kind: 'cancelled', files: [] });
  });

  it('refuses a folder that holds something, and leaves it as it was', async () => {
    const folder = await addRun(data.path, 'run-a');
    await mkdir(folder.modelFolder('best'), { recursive: true });
    const full = join(data.path, 'mine');
    await mkdir(full);
    await writeFile(join(full, 'thesis.txt'), 'years of work');
    const target = place(full);
    const message = `${full}: expected a new or an empty folder, found "thesis.txt" in it.`;
    const result = await (await exportingTo(target)).window.call('model:export', request);
    expect(result).toEqual({ ok: false, error: { code: 'refused', message } });
    expect(target.abandon).toHaveBeenCalled();
    expect(await readFile(join(full, 'thesis.txt'), 'utf8')).toBe('years of work');
  });

  it('of a run without a model says so before asking', async () => {
    await addRun(data.path, 'run-a');
    const { window, chooseExportPlace } = await openStudio(data.path);
    expect(await window.call('model:export', request)).toMatchObject({ ok: false, error: { code: 'not-found' } });
    expect(chooseExportPlace).not.toHaveBeenCalled();
  });
});

describe('closing', () => {
  it('stops the active run, waits for its end, then ends the engine', async () => {
    const { studio, launched } = await openStudio(data.path, {
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
    const { studio, launched } = await openStudio(data.path, {
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
    const { studio, launched } = await openStudio(data.path, { 'run:stop': () => new Promise(() => undefined) });
    launched[0]!.send('run:started', started('run-a'));
    await settled();
    await studio.close(1);
    expect(launched[0]!.kills).toEqual([false]);
  });
});

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClusterOrder } from '../../electron/contract/cluster.ts';
import { sendEvent } from '../../electron/contract/rpc.ts';
import { StudioError, unwrap } from '../../electron/contract/errors.ts';
import { presetExperiment, presets } from '../../electron/contract/presets.ts';
import { readClusterJob } from '../../electron/files/cluster-file.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { FakeRay, TOKEN } from '../cluster/fake-ray.ts';
import { benchHandlers, finish, metric, printEpoch } from './cluster-samples.ts';
import { dataFolders, openStudio } from './studio-samples.ts';

const data = dataFolders();
const modern = presets.find(({ id }) => id === 'modern')!;
const experiment = presetExperiment(modern, 'mnist', [28, 28, 1]);

let ray: FakeRay;
beforeEach(async () => {
  ray = await FakeRay.start();
});
const studios: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(studios.splice(0).map((studio) => studio.close()));
  await ray.close();
});

const orderOf = (changes: Partial<ClusterOrder> = {}): ClusterOrder => ({
  address: ray.address,
  workers: { count: 2, cpus: 1, gpu: false },
  jobs: 2,
  ...changes,
});

/** A start of the app, which knows the token unless told otherwise. */
async function opened(options: { readonly token?: string; readonly bench?: ReturnType<typeof benchHandlers> } = {}) {
  const { token = TOKEN, bench = benchHandlers(data.path) } = options;
  const host = await openStudio(data.path, bench);
  const { window, studio } = host;
  studios.push(studio);
  const ask = {
    keepToken: async (given: string) =>
      unwrap(await window.call('cluster:keep-token', { address: ray.address, token: given })),
    start: async (changes: Partial<ClusterOrder> = {}) =>
      unwrap(await window.call('cluster:start', { experiment, order: orderOf(changes) })).runId,
    run: async (runId: string) => unwrap(await window.call('run:open', { runId })),
    epochs: async (runId: string) => (await ask.run(runId)).metrics.map(({ epoch }) => epoch),
    status: async (runId: string) => (await ask.run(runId)).summary.status,
  };
  if (token !== '') await ask.keepToken(token);
  return { ...host, ...ask, bench };
}

const jobPosted = () => ray.untilAsked(({ method, path }) => method === 'POST' && path === '/api/jobs/');

describe('a cluster that is asked', () => {
  it('says what is there', async () => {
    const { window } = await opened();
    expect(unwrap(await window.call('cluster:test', { address: ray.address }))).toMatchObject({
      rayVersion: '2.60.0',
      nodes: 2,
      cpus: 12,
      gpus: 2,
    });
  });

  it.each([
    ['a token is missing', '', /expected a token, found none/],
    ['a token is wrong', 'guess', /found another \(status 403\)/],
  ])('says that %s', async (_, token, words) => {
    const { window } = await opened({ token });
    const tested = await window.call('cluster:test', { address: ray.address });
    expect(tested.ok ? undefined : tested.error.message).toMatch(words);
  });

  it('says that its version is another', async () => {
    ray.version = '2.40.0';
    const { window } = await opened();
    const tested = await window.call('cluster:test', { address: ray.address });
    expect(tested.ok ? undefined : tested.error.message).toMatch(/expected Ray from 2.52 to before 3.0, found 2.40.0/);
  });

  it('says what would be sent, and what is there already', async () => {
    const { window, bench } = await opened();
    const plan = async () =>
      unwrap(await window.call('cluster:plan', { experiments: [experiment, experiment], order: orderOf() }));
    const first = await plan();
    expect(first).toMatchObject({ rayVersion: '2.60.0', images: { packages: 1, bytes: 6, held: 0 } });
    expect(first.bytesToSend).toBe(first.modelBytes + 6);
    expect(first.bytesEachStep).toBeGreaterThan(1e6);
    ray.packages.set('_ray_pkg_0.zip', Buffer.from('images'));
    expect(await plan()).toMatchObject({ images: { held: 1 }, bytesToSend: first.modelBytes });
    expect(bench.closed).toHaveLength(2);
    expect(await readdir(join(data.path, 'runs')).catch(() => [])).toEqual([]);
  });

  it('is not asked for what it cannot train', async () => {
    const { window } = await opened();
    const tied = { ...experiment, model: { ...experiment.model, tiedWeights: true } };
    const started = await window.call('cluster:start', { experiment: tied, order: orderOf() });
    expect(started.ok ? undefined : started.error.message).toMatch(/a cluster cannot train tied weights/);
    expect(ray.asked).toEqual([]);
  });
});

describe('a run that a cluster trains for a window', () => {
  it('becomes an ordinary run, told by the events of one', async () => {
    const { start, run, epochs, status, next, bench, window } = await opened();
    const began = next('run:started');
    const runId = await start();
    expect((await began).summary).toMatchObject({
      id: runId,
      cluster: { address: ray.address, workers: 2, open: true },
    });
    await jobPosted();
    const snapshot = next('run:snapshot-taken');
    printEpoch(ray, 1);
    expect(await snapshot).toMatchObject({ runId, epoch: 1 });
    await expect.poll(() => epochs(runId)).toEqual([1]);
    expect(await status(runId)).toBe('running');
    const described = unwrap(await window.call('app:describe', {}));
    expect(described.activeRun).toBeUndefined();
    const ended = next('run:ended');
    finish(ray, 1);
    expect(await ended).toMatchObject({ runId, status: 'finished', test: { squaredError: 3 } });
    expect(await run(runId)).toMatchObject({
      summary: { status: 'finished', cluster: { open: false } },
      test: { epoch: 1 },
      snapshotEpochs: [1],
    });
    await expect.poll(() => bench.closed).toEqual([runId]);
  });

  it('goes on without the app, and is found again by its next start, with no epoch lost or doubled', async () => {
    const first = await opened();
    const runId = await first.start();
    await jobPosted();
    printEpoch(ray, 1);
    await expect.poll(() => first.epochs(runId)).toEqual([1]);
    await first.studio.close();
    const folder = RunFolder.under(data.path, runId);
    expect(await folder.readState()).toMatchObject({
      status: 'interrupted',
      problem: `The job goes on on the cluster ${ray.address}.`,
    });
    printEpoch(ray, 2);

    // The token was kept in memory: the next start has none, says so, and loses nothing.
    const second = await opened({ token: '' });
    await expect.poll(async () => (await second.run(runId)).summary.problem).toMatch(/expected a token, found none/);
    expect((await second.run(runId)).summary).toMatchObject({ status: 'interrupted', cluster: { open: true } });
    await second.keepToken(TOKEN);
    await expect.poll(() => second.epochs(runId)).toEqual([1, 2]);
    expect(await second.status(runId)).toBe('running');
    printEpoch(ray, 3);
    finish(ray, 3);
    await expect.poll(() => second.status(runId)).toBe('finished');
    expect(await second.epochs(runId)).toEqual([1, 2, 3]);
  });

  it('can be left, and followed again', async () => {
    const { start, window, next, status, epochs } = await opened();
    const runId = await start();
    await jobPosted();
    printEpoch(ray, 1);
    await expect.poll(() => epochs(runId)).toEqual([1]);
    const left = next('run:ended');
    unwrap(await window.call('cluster:leave', { runId }));
    expect(await left).toMatchObject({ status: 'interrupted' });
    expect(ray.onlyJob.status).toBe('RUNNING');
    await expect
      .poll(async () => {
        unwrap(await window.call('cluster:follow', { runId }));
        return status(runId);
      })
      .toBe('running');
    finish(ray, 1);
    await expect.poll(() => status(runId)).toBe('finished');
    const again = await window.call('cluster:follow', { runId });
    expect(again.ok ? undefined : again.error.message).toMatch(/the job has ended/);
  });

  it.each(['followed', 'left'])('is stopped while it is %s, and what it leaves is fetched', async (how) => {
    const { start, window, next, status, epochs } = await opened();
    const runId = await start();
    await jobPosted();
    printEpoch(ray, 1);
    await expect.poll(() => epochs(runId)).toEqual([1]);
    if (how === 'left') {
      const left = next('run:ended');
      unwrap(await window.call('cluster:leave', { runId }));
      await left;
      await expect.poll(() => status(runId)).toBe('interrupted');
    }
    await expect
      .poll(async () => {
        await window.call('cluster:stop', { runId });
        return status(runId);
      })
      .toBe('stopped');
    expect(ray.onlyJob.status).toBe('STOPPED');
  });

  it('tells what goes on there', async () => {
    const { start, next } = await opened();
    const told = next('run:told');
    const runId = await start();
    await jobPosted();
    const waiting = { workers: 4, each: { CPU: 2 }, free: { CPU: 1 }, total: { CPU: 6 } };
    ray.print(ray.onlyJob, ['WAITING', waiting]);
    expect(await told).toMatchObject({
      runId,
      sentence: expect.stringMatching(/^Waiting for 4 workers of 2 CPU each/),
    });
    const started = next('run:told');
    ray.print(ray.onlyJob, ['STARTED']);
    expect(await started).toEqual({ runId, sentence: 'The workers have started.' });
  });

  it('fails by the words of a cluster that refuses its images', async () => {
    ray.mostBytes = 5;
    const { start, next, run } = await opened();
    const ended = next('run:ended');
    const runId = await start();
    expect(await ended).toMatchObject({
      runId,
      status: 'failed',
      problem: expect.stringMatching(/expected a package/),
    });
    expect((await run(runId)).summary).toMatchObject({ status: 'failed', cluster: { open: false } });
    expect(ray.jobs.size).toBe(0);
  });

  it.each(['stopped', 'closed with the app'])('is %s while it is being sent, and no job begins', async (how) => {
    ray.holdsUploads = true;
    const { start, window, studio, status } = await opened();
    const runId = await start();
    await ray.untilAsked(({ method }) => method === 'PUT');
    expect(studio.isTraining).toBe(true);
    const left = await window.call('cluster:leave', { runId });
    expect(left.ok ? undefined : left.error.message).toMatch(/still being sent/);
    if (how === 'stopped') unwrap(await window.call('cluster:stop', { runId }));
    else await studio.close();
    await expect.poll(() => status(runId)).toBe('stopped');
    expect(ray.jobs.size).toBe(0);
    await expect.poll(() => studio.isTraining).toBe(false);
  });

  it('is asked for again where the engine was lost meanwhile', async () => {
    const bench = benchHandlers(data.path);
    const takeIn = bench['engine:cluster-take-in'];
    let lost = 0;
    const patched = {
      ...bench,
      'engine:cluster-take-in': vi.fn((request: Parameters<typeof takeIn>[0]) =>
        lost++ === 0 ? Promise.reject(new StudioError('engine-lost', 'It is gone.')) : takeIn(request),
      ),
    };
    const { start, status } = await opened({ bench: patched });
    const runId = await start();
    await jobPosted();
    finish(ray, 1);
    await expect.poll(() => status(runId)).toBe('finished');
  });

  it('is not deleted while it is followed; else its job is stopped first', async () => {
    const { start, window, status, next, epochs } = await opened();
    const runId = await start();
    await jobPosted();
    ray.print(ray.onlyJob, ['STARTED'], ['METRIC', metric(1)]);
    await expect.poll(() => epochs(runId)).toEqual([1]);
    const early = await window.call('run:delete', { runIds: [runId] });
    expect(early.ok ? undefined : early.error.message).toMatch(/is training and cannot be deleted\. Stop it/);
    const left = next('run:ended');
    unwrap(await window.call('cluster:leave', { runId }));
    await left;
    await expect.poll(() => status(runId)).toBe('interrupted');
    ray.token = 'another';
    const refused = await window.call('run:delete', { runIds: [runId] });
    expect(refused.ok ? undefined : refused.error.message).toMatch(/its job could not be stopped.*or give it up/);
    ray.token = TOKEN;
    unwrap(await window.call('run:delete', { runIds: [runId] }));
    expect(ray.onlyJob.status).toBe('STOPPED');
  });

  it('is given up where its cluster is gone for good', async () => {
    const { start, window, status, next, run, epochs } = await opened();
    const runId = await start();
    await jobPosted();
    printEpoch(ray, 1);
    await expect.poll(() => epochs(runId)).toEqual([1]);
    const left = next('run:ended');
    unwrap(await window.call('cluster:leave', { runId }));
    await left;
    await expect.poll(() => status(runId)).toBe('interrupted');
    await expect.poll(async () => (await window.call('cluster:give-up', { runId })).ok).toBe(true);
    expect((await run(runId)).summary).toMatchObject({
      cluster: { open: false },
      problem: expect.stringMatching(/^Given up/),
    });
    expect(await readClusterJob(RunFolder.under(data.path, runId))).toMatchObject({ ended: true });
  });
});

describe('the queue on a cluster', () => {
  const named = (...names: readonly string[]) => names.map((name) => ({ ...experiment, name }));

  it('trains as many at a time as is said, beside what trains here', async () => {
    const { window, launched } = await opened();
    await expect.poll(async () => unwrap(await window.call('app:describe', {})).engine.kind).toBe('ready');
    unwrap(await window.call('queue:add', { experiments: named('a', 'b', 'c'), cluster: orderOf() }));
    const waiting = async () => unwrap(await window.call('queue:read', {})).entries.map((each) => each.experiment.name);
    await expect.poll(waiting).toEqual(['c']);
    await expect.poll(() => ray.jobs.size).toBe(2);
    expect(launched).toHaveLength(1);
    const [first] = ray.jobs.values();
    printEpoch(ray, 1, first);
    finish(ray, 1, first);
    await expect.poll(waiting).toEqual([]);
    await expect.poll(() => ray.jobs.size).toBe(2);
  });

  it('keeps what cannot be begun now, and is held', async () => {
    const { window, keepToken } = await opened({ token: 'guess' });
    await expect.poll(async () => unwrap(await window.call('app:describe', {})).engine.kind).toBe('ready');
    unwrap(await window.call('queue:add', { experiments: named('a'), cluster: orderOf() }));
    const queue = async () => unwrap(await window.call('queue:read', {}));
    await expect.poll(async () => (await queue()).heldReason).toMatch(/found another/);
    expect((await queue()).entries).toHaveLength(1);
    await keepToken(TOKEN);
    unwrap(await window.call('queue:hold', { held: false }));
    await expect.poll(async () => (await queue()).entries).toEqual([]);
  });
});

it('writes a token into no file, and says it to nobody', async () => {
  const { start, window, reports, epochs, studio, keepToken } = await opened();
  const said: string[] = [];
  const port = {
    post: (message: unknown) => void said.push(JSON.stringify(message)),
    onMessage: () => () => undefined,
  };
  studio.listen((name, payload) => sendEvent(port, name, payload));
  const runId = await start();
  await jobPosted();
  printEpoch(ray, 1);
  await expect.poll(() => epochs(runId)).toEqual([1]);
  unwrap(await window.call('settings:write', { settings: { cluster: orderOf() } }));
  said.push(JSON.stringify(await window.call('cluster:token', { address: ray.address })));
  await expect(keepToken(`${TOKEN} with a space`)).rejects.toThrow(/letters, digits and signs/);
  said.push(JSON.stringify(await window.call('cluster:keep-token', { address: ray.address, token: `${TOKEN}\u0007` })));
  said.push(JSON.stringify(await window.call('app:diagnose', {})), ...reports);
  await studio.close();
  for (const name of await readdir(data.path, { recursive: true, withFileTypes: true })) {
    if (name.isFile()) said.push(await readFile(join(name.parentPath, name.name), 'latin1'));
  }
  expect(said.length).toBeGreaterThan(10);
  expect(said.filter((text) => text.includes(TOKEN))).toEqual([]);
});

import { describe, expect, it, vi } from 'vitest';
import { StudioError, unwrap } from '../../electron/domain/errors.ts';
import { readClusterJob } from '../../electron/files/cluster-file.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { TOKEN } from '../cluster/fake-ray.ts';
import { clusterHosts } from './cluster-hosts.ts';
import { finish, metric, printEpoch } from '../cluster/job-samples.ts';
import { benchHandlers } from './cluster-samples.ts';

const there = clusterHosts();
const { data, opened, jobPosted } = there;

describe('a run that a cluster trains for a window', () => {
  it('becomes an ordinary run, told by the events of one', async () => {
    const { start, run, epochs, status, next, clusterEngine, window } = await opened();
    const began = next('run:started');
    const told: unknown[] = [];
    window.listen('run:progressed', ({ kind, cluster }) => void told.push({ kind, cluster }));
    const runId = await start();
    expect((await began).summary).toMatchObject({
      id: runId,
      cluster: { address: there.ray.address, workers: 2, open: true },
    });
    await jobPosted();
    const snapshot = next('run:snapshot-taken');
    printEpoch(there.ray, 1);
    expect(await snapshot).toMatchObject({ runId, epoch: 1 });
    await expect.poll(() => epochs(runId)).toEqual([1]);
    expect(await status(runId)).toBe('running');
    const described = unwrap(await window.call('app:describe', {}));
    expect(described.activeRun).toBeUndefined();
    const ended = next('run:ended');
    finish(there.ray, 1);
    expect(await ended).toMatchObject({ runId, status: 'finished', test: { squaredError: 3 } });
    const cluster = there.ray.address;
    // Of another run than one that trains here: all of its progress says so.
    expect(told.filter((each) => (each as { cluster?: string }).cluster !== cluster)).toEqual([]);
    expect(told).toContainEqual({ kind: 'measuring', cluster });
    expect(await run(runId)).toMatchObject({
      summary: { status: 'finished', cluster: { open: false } },
      test: { epoch: 1 },
      snapshotEpochs: [1],
    });
    await expect.poll(() => clusterEngine.closed).toEqual([runId]);
  });

  it('goes on without the app, and is found again by its next start, with no epoch lost or doubled', async () => {
    const first = await opened();
    const runId = await first.start();
    await jobPosted();
    printEpoch(there.ray, 1);
    await expect.poll(() => first.epochs(runId)).toEqual([1]);
    await first.studio.close();
    const folder = RunFolder.under(data.path, runId);
    expect(await folder.readState()).toMatchObject({
      status: 'interrupted',
      problem: `The job goes on on the cluster ${there.ray.address}.`,
    });
    printEpoch(there.ray, 2);

    // The token was kept in memory: the next start has none, says so, and loses nothing.
    const second = await opened({ token: '' });
    await expect.poll(async () => (await second.run(runId)).summary.problem).toMatch(/expected a token, found none/);
    expect((await second.run(runId)).summary).toMatchObject({ status: 'interrupted', cluster: { open: true } });
    await second.keepToken(TOKEN);
    await expect.poll(() => second.epochs(runId)).toEqual([1, 2]);
    expect(await second.status(runId)).toBe('running');
    printEpoch(there.ray, 3);
    finish(there.ray, 3);
    await expect.poll(() => second.status(runId)).toBe('finished');
    expect(await second.epochs(runId)).toEqual([1, 2, 3]);
  });

  it('can be left, and followed again', async () => {
    const { start, window, next, status, epochs } = await opened();
    const runId = await start();
    await jobPosted();
    printEpoch(there.ray, 1);
    await expect.poll(() => epochs(runId)).toEqual([1]);
    const left = next('run:ended');
    unwrap(await window.call('cluster:leave', { runId }));
    expect(await left).toMatchObject({ status: 'interrupted' });
    expect(there.ray.onlyJob.status).toBe('RUNNING');
    await expect
      .poll(async () => {
        unwrap(await window.call('cluster:follow', { runId }));
        return status(runId);
      })
      .toBe('running');
    // Its state is written before its job is noted as ended.
    const ended = next('run:ended');
    finish(there.ray, 1);
    expect(await ended).toMatchObject({ status: 'finished' });
    const again = await window.call('cluster:follow', { runId });
    expect(again.ok ? undefined : again.error.message).toMatch(/the job has ended/);
  });

  it.each(['followed', 'left'])('is stopped while it is %s, and what it leaves is fetched', async (how) => {
    const { start, window, next, status, epochs } = await opened();
    const runId = await start();
    await jobPosted();
    printEpoch(there.ray, 1);
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
    expect(there.ray.onlyJob.status).toBe('STOPPED');
  });

  it('tells what goes on there', async () => {
    const { start, next } = await opened();
    const told = next('run:told');
    const runId = await start();
    await jobPosted();
    const waiting = { workers: 4, each: { CPU: 2 }, free: { CPU: 1 }, total: { CPU: 6 } };
    there.ray.print(there.ray.onlyJob, ['WAITING', waiting]);
    expect(await told).toMatchObject({
      runId,
      sentence: expect.stringMatching(/^Waiting for 4 workers of 2 CPU each/),
    });
    const started = next('run:told');
    there.ray.print(there.ray.onlyJob, ['STARTED']);
    expect(await started).toEqual({ runId, sentence: 'The workers have started.' });
  });

  it('fails by the words of a cluster that refuses its images', async () => {
    there.ray.mostBytes = 5;
    const { start, next, run } = await opened();
    const ended = next('run:ended');
    const runId = await start();
    expect(await ended).toMatchObject({
      runId,
      status: 'failed',
      problem: expect.stringMatching(/expected a package/),
    });
    expect((await run(runId)).summary).toMatchObject({ status: 'failed', cluster: { open: false } });
    expect(there.ray.jobs.size).toBe(0);
  });

  it.each(['stopped', 'closed with the app'])('is %s while it is being sent, and no job begins', async (how) => {
    there.ray.holdsUploads = true;
    const { start, window, studio, status } = await opened();
    const runId = await start();
    await there.ray.untilAsked(({ method }) => method === 'PUT');
    expect(studio.isTraining).toBe(true);
    const left = await window.call('cluster:leave', { runId });
    expect(left.ok ? undefined : left.error.message).toMatch(/still being sent/);
    if (how === 'stopped') unwrap(await window.call('cluster:stop', { runId }));
    else await studio.close();
    await expect.poll(() => status(runId)).toBe('stopped');
    expect(there.ray.jobs.size).toBe(0);
    await expect.poll(() => studio.isTraining).toBe(false);
  });

  it('is asked for again where the engine was lost meanwhile', async () => {
    const clusterEngine = benchHandlers(data.path);
    const loadWeights = clusterEngine['engine:cluster-load-weights'];
    let lost = 0;
    const patched = {
      ...clusterEngine,
      'engine:cluster-load-weights': vi.fn((request: Parameters<typeof loadWeights>[0]) =>
        lost++ === 0 ? Promise.reject(new StudioError('engine-lost', 'It is gone.')) : loadWeights(request),
      ),
    };
    const { start, status } = await opened({ clusterEngine: patched });
    const runId = await start();
    await jobPosted();
    finish(there.ray, 1);
    await expect.poll(() => status(runId)).toBe('finished');
  });

  it('is not deleted while it is followed; else its job is stopped first', async () => {
    const { start, window, status, next, epochs } = await opened();
    const runId = await start();
    await jobPosted();
    there.ray.print(there.ray.onlyJob, ['STARTED'], ['METRIC', metric(1)]);
    await expect.poll(() => epochs(runId)).toEqual([1]);
    const early = await window.call('run:delete', { runIds: [runId] });
    expect(early.ok ? undefined : early.error.message).toMatch(/is training and cannot be deleted\. Stop it/);
    const left = next('run:ended');
    unwrap(await window.call('cluster:leave', { runId }));
    await left;
    await expect.poll(() => status(runId)).toBe('interrupted');
    there.ray.token = 'another';
    const refused = await window.call('run:delete', { runIds: [runId] });
    expect(refused.ok ? undefined : refused.error.message).toMatch(/its job could not be stopped.*or give it up/);
    there.ray.token = TOKEN;
    unwrap(await window.call('run:delete', { runIds: [runId] }));
    expect(there.ray.onlyJob.status).toBe('STOPPED');
  });

  it('is given up where its cluster is gone for good', async () => {
    const { start, window, status, next, run, epochs } = await opened();
    const runId = await start();
    await jobPosted();
    printEpoch(there.ray, 1);
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

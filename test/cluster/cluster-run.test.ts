import { describe, expect, it } from 'vitest';
import type { Events } from '../../electron/contract/contract.ts';
import { readClusterJob } from '../../electron/files/cluster-file.ts';
import { TOKEN } from './fake-ray.ts';
import { metric, snapshotOf } from './job-samples.ts';
import { eachOnItsOwn, epochWithWeights, epochsIn, finish, follower, ray, WORKERS } from './follower.ts';

eachOnItsOwn();

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

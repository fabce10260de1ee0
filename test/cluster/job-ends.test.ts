import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunEnded } from '../../electron/domain/words.ts';
import { askToStop } from '../../electron/cluster/ask-to-stop.ts';
import { RayClient } from '../../electron/cluster/ray-client.ts';
import { readClusterJob } from '../../electron/files/cluster-file.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { fillDisk } from '../training/full-disk.ts';
import { TOKEN } from './fake-ray.ts';
import { metric } from './job-samples.ts';
import { data, eachOnItsOwn, epochWithWeights, epochsIn, follower, ray, type Follower } from './follower.ts';

eachOnItsOwn();

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

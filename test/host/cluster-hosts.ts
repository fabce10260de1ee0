import { afterEach, beforeEach } from 'vitest';
import type { ClusterOrder } from '../../electron/contract/cluster.ts';
import { unwrap } from '../../electron/domain/errors.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import { FakeRay, TOKEN } from '../cluster/fake-ray.ts';
import { benchHandlers } from './cluster-samples.ts';
import { dataFolders, openStudio } from './studio-samples.ts';

const modern = presets.find(({ id }) => id === 'modern')!;
export const experiment = presetExperiment(modern, 'mnist', [28, 28, 1]);

/** A cluster and a data folder of each test's own, and starts of the app that are closed after it. */
export function clusterHosts() {
  const data = dataFolders();
  let ray: FakeRay;
  const studios: { close(): Promise<void> }[] = [];
  beforeEach(async () => {
    ray = await FakeRay.start();
  });
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
  const opened = async (
    options: { readonly token?: string; readonly clusterEngine?: ReturnType<typeof benchHandlers> } = {},
  ) => {
    const { token = TOKEN, clusterEngine = benchHandlers(data.path) } = options;
    const host = await openStudio(data.path, clusterEngine);
    const { window, studio } = host;
    studios.push(studio);
    const ask = {
      keepToken: async (given: string) =>
        unwrap(await window.call('cluster:keep-token', { address: ray.address, token: given })),
      start: async () => unwrap(await window.call('cluster:start', { experiment, order: orderOf() })).runId,
      run: async (runId: string) => unwrap(await window.call('run:open', { runId })),
      epochs: async (runId: string) => (await ask.run(runId)).metrics.map(({ epoch }) => epoch),
      status: async (runId: string) => (await ask.run(runId)).summary.status,
    };
    if (token !== '') await ask.keepToken(token);
    return { ...host, ...ask, clusterEngine };
  };
  return {
    data,
    get ray(): FakeRay {
      return ray;
    },
    orderOf,
    opened,
    jobPosted: () => ray.untilAsked(({ method, path }) => method === 'POST' && path === '/api/jobs/'),
  };
}

import { describe, expect, it } from 'vitest';
import type { ClusterOrder } from '../../../electron/contract/cluster.ts';
import type { ClusterPlan } from '../../../electron/contract/cluster-calls.ts';
import { presetExperiment, presets } from '../../../electron/domain/presets.ts';
import { emptyForm, clusterFormOf, readOrder } from '../../../renderer/cluster/cluster-form.ts';
import { planWords, refusal, workersWords } from '../../../renderer/cluster/cluster-words.ts';
import { Clusters } from '../../../renderer/cluster/clusters.svelte.ts';
import { Preferences } from '../../../renderer/window/preferences.svelte.ts';
import { Remembered } from '../../../renderer/window/remembered.ts';
import { FakeHost } from '../fake-host.ts';

const address = 'http://127.0.0.1:8265';
const order: ClusterOrder = { address, workers: { count: 2, cpus: 1, gpu: false }, jobs: 2 };
const experiment = presetExperiment(
  presets.find(({ id }) => id === 'modern')!,
  'mnist',
  [28, 28, 1],
);
const plan: ClusterPlan = {
  rayVersion: '2.60.0',
  images: { packages: 2, bytes: 20e6, held: 1 },
  modelBytes: 2e6,
  bytesToSend: 12.5e6,
  bytesEachStep: 1.87e6,
};

describe('the form of a cluster', () => {
  it('is read as the order it stands for', () => {
    const whole = { ...order, imageSource: 's3://here/images.u8' };
    expect(readOrder(clusterFormOf(whole))).toEqual({ kind: 'ready', order: whole });
    expect(readOrder({ ...emptyForm, address: ` ${address}/ ` })).toMatchObject({ order: { address } });
  });

  it.each([
    [{ address: '' }, 'address', 'must be given'],
    [{ address: 'cluster' }, 'address', /must be an address such as/],
    [{ address: 'ftp://there' }, 'address', /must begin with http/],
    [{ address: 'http://me:secret@there' }, 'address', /must hold no password/],
    [{ workers: '0' }, 'workers', /must be at least 1/],
    [{ workers: 'many' }, 'workers', /must be/],
    [{ cpus: '1.5' }, 'cpus', /must be/],
    [{ jobs: '65' }, 'jobs', /must be at most 64/],
  ] as const)('says what is wrong with %o', (change, field, problem) => {
    const reading = readOrder({ ...clusterFormOf(order), ...change });
    expect(reading).toMatchObject({ kind: 'faulty', field, problem: expect.stringMatching(problem) });
  });
});

it('says what is asked of a cluster, what is sent, and what it cannot train', () => {
  expect(workersWords({ count: 1, cpus: 2, gpu: true })).toBe('1 worker, 2 cores and a graphics card');
  expect(planWords(plan, order)).toEqual([
    ['Images', '20.0 MB in 2 packages, 1 there already'],
    ['Models', '2.0 MB'],
    ['To send now', '12.5 MB'],
    ['That takes about', '1 s at 100 Mbit/s, 10 s at 10 Mbit/s'],
    ['At each step', '1.9 MB from every worker, and as much to it'],
  ]);
  expect(planWords({ ...plan, bytesEachStep: 0 }, { ...order, imageSource: '/shared/x' })[0]).toEqual([
    'Images',
    'not sent: each worker reads /shared/x',
  ]);
  expect(refusal(experiment)).toBeUndefined();
  expect(refusal({ ...experiment, model: { ...experiment.model, tiedWeights: true } })).toBe(
    'A cluster cannot train tied weights. Train this experiment on this computer.',
  );
});

function opened() {
  const host = new FakeHost();
  const kept: string[] = [];
  const store = { getItem: () => null, setItem: () => undefined };
  Object.assign(host.answers, {
    'settings:change': ({ changes }: { changes: object }) => ({ settings: changes, cores: 4 }),
    'cluster:token': () => ({ held: 'none' }),
    'cluster:keep-token': ({ token }: { token: string }) => {
      kept.push(token);
      return { held: 'keychain' };
    },
    'cluster:test': () => ({ address, rayVersion: '2.60.0', nodes: 2, cpus: 4, gpus: 0 }),
    'cluster:plan': () => plan,
  });
  const shown: string[] = [];
  const preferences = new Preferences(host.api, new Remembered(store));
  const context = { api: host.api, preferences, runs: [], show: async (runId: string) => void shown.push(runId) };
  return { host, kept, shown, preferences, clusters: new Clusters(context) };
}

describe('where to train', () => {
  it('asks for a cluster where none is set up, and keeps what was typed, the token apart', async () => {
    const { clusters, preferences, kept } = opened();
    clusters.choose('cluster');
    expect(clusters.settingUp).toBe(true);
    clusters.type({ address, workers: '2' });
    clusters.token = 'let-me-in';
    await clusters.test();
    expect(clusters.found?.nodes).toBe(2);
    expect(preferences.settings.cluster).toEqual(order);
    expect(JSON.stringify(preferences.settings)).not.toContain('let-me-in');
    expect([kept, clusters.token, clusters.tokenState]).toEqual([['let-me-in'], '', { held: 'keychain' }]);
  });

  it('sends nothing before the person has seen what, and then shows the run', async () => {
    const { clusters, host, shown } = opened();
    clusters.type(clusterFormOf(order));
    await clusters.propose([experiment]);
    expect(clusters.sending?.plan).toEqual(plan);
    expect(host.asked).not.toContain('cluster:start');
    await clusters.send();
    expect(clusters.sending?.problem?.message).toBe('No answer for cluster:start.');
    Object.assign(host.answers, { 'cluster:start': () => ({ runId: 'there-1' }) });
    await clusters.send();
    expect([clusters.sending, shown]).toEqual([undefined, ['there-1']]);
  });

  it('asks with the token that was typed a moment ago', async () => {
    const { clusters, host } = opened();
    clusters.type(clusterFormOf(order));
    clusters.token = 'let-me-in';
    const closed = clusters.closeSetup();
    await clusters.propose([experiment]);
    await closed;
    const asked = host.asked.filter((channel) => channel === 'cluster:keep-token' || channel === 'cluster:plan');
    expect(asked).toEqual(['cluster:keep-token', 'cluster:plan']);
  });

  it('drops a plan that comes after it was cancelled', async () => {
    const { clusters } = opened();
    clusters.type(clusterFormOf(order));
    const proposed = clusters.propose([experiment]);
    clusters.cancelSending();
    await proposed;
    expect(clusters.sending).toBeUndefined();
  });

  it('begins several by the queue', async () => {
    const { clusters, host } = opened();
    clusters.type(clusterFormOf(order));
    Object.assign(host.answers, { 'queue:add': () => ({ held: false, entries: [], problems: [] }) });
    await clusters.propose([experiment, experiment]);
    await clusters.send();
    expect(host.asked).toContain('queue:add');
    expect(clusters.sending).toBeUndefined();
  });

  it('says why a run could not be stopped, at that run', async () => {
    const { clusters } = opened();
    await clusters.ask('cluster:stop', 'there-1');
    expect(clusters.runProblem).toMatchObject({ runId: 'there-1' });
  });
});

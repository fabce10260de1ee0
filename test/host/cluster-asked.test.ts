import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../electron/domain/errors.ts';
import { sendEvent } from '../../electron/contract/rpc.ts';
import { TOKEN } from '../cluster/fake-ray.ts';
import { finish, printEpoch } from '../cluster/job-samples.ts';
import { clusterHosts, experiment } from './cluster-hosts.ts';

const there = clusterHosts();
const { data, opened, orderOf, jobPosted } = there;

describe('a cluster that is asked', () => {
  it('says what is there', async () => {
    const { window } = await opened();
    expect(unwrap(await window.call('cluster:test', { address: there.ray.address }))).toMatchObject({
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
    const tested = await window.call('cluster:test', { address: there.ray.address });
    expect(tested.ok ? undefined : tested.error.message).toMatch(words);
  });

  it('says that its version is another', async () => {
    there.ray.version = '2.40.0';
    const { window } = await opened();
    const tested = await window.call('cluster:test', { address: there.ray.address });
    expect(tested.ok ? undefined : tested.error.message).toMatch(/expected Ray from 2.52 to before 3.0, found 2.40.0/);
  });

  it('says what would be sent, and what is there already', async () => {
    const { window, clusterEngine } = await opened();
    const plan = async () =>
      unwrap(await window.call('cluster:plan', { experiments: [experiment, experiment], order: orderOf() }));
    const first = await plan();
    expect(first).toMatchObject({ rayVersion: '2.60.0', images: { packages: 1, bytes: 6, held: 0 } });
    expect(first.bytesToSend).toBe(first.modelBytes + 6);
    expect(first.bytesEachStep).toBeGreaterThan(1e6);
    there.ray.packages.set('_ray_pkg_0.zip', Buffer.from('images'));
    expect(await plan()).toMatchObject({ images: { held: 1 }, bytesToSend: first.modelBytes });
    expect(clusterEngine.closed).toHaveLength(2);
    expect(await readdir(join(data.path, 'runs')).catch(() => [])).toEqual([]);
  });

  it('is not asked for what it cannot train', async () => {
    const { window } = await opened();
    const tied = { ...experiment, model: { ...experiment.model, tiedWeights: true } };
    const started = await window.call('cluster:start', { experiment: tied, order: orderOf() });
    expect(started.ok ? undefined : started.error.message).toMatch(/a cluster cannot train tied weights/);
    expect(there.ray.asked).toEqual([]);
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
    await expect.poll(() => there.ray.jobs.size).toBe(2);
    expect(launched).toHaveLength(1);
    const [first] = there.ray.jobs.values();
    printEpoch(there.ray, 1, first);
    finish(there.ray, 1, first);
    await expect.poll(waiting).toEqual([]);
    await expect.poll(() => there.ray.jobs.size).toBe(2);
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
  printEpoch(there.ray, 1);
  await expect.poll(() => epochs(runId)).toEqual([1]);
  unwrap(await window.call('settings:change', { changes: { cluster: orderOf() } }));
  said.push(JSON.stringify(await window.call('cluster:token', { address: there.ray.address })));
  await expect(keepToken(`${TOKEN} with a space`)).rejects.toThrow(/letters, digits and signs/);
  said.push(
    JSON.stringify(await window.call('cluster:keep-token', { address: there.ray.address, token: `${TOKEN}\u0007` })),
  );
  said.push(JSON.stringify(await window.call('app:diagnose', {})), ...reports);
  await studio.close();
  for (const name of await readdir(data.path, { recursive: true, withFileTypes: true })) {
    if (name.isFile()) said.push(await readFile(join(name.parentPath, name.name), 'latin1'));
  }
  expect(said.length).toBeGreaterThan(10);
  expect(said.filter((text) => text.includes(TOKEN))).toEqual([]);
});

import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Artifact } from '../../electron/contract/cluster.ts';
import { ClusterError } from '../../electron/cluster/cluster-error.ts';
import { RayClient } from '../../electron/cluster/ray-client.ts';
import { FakeRay, TOKEN } from './fake-ray.ts';

let ray: FakeRay;
let client: RayClient;
beforeEach(async () => {
  ray = await FakeRay.start();
  client = new RayClient(ray.address, TOKEN);
});
afterEach(() => ray.close());

const problemOf = async (work: Promise<unknown>): Promise<{ problem: string; message: string }> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ClusterError)) throw new Error(`Expected a ClusterError, found ${String(error)}`);
  return { problem: error.problem, message: error.message };
};

describe('what a cluster says of itself', () => {
  it('adds up the nodes that are alive, and what is free', async () => {
    expect(await client.describe()).toEqual({
      address: ray.address,
      rayVersion: '2.60.0',
      nodes: 2,
      cpus: 12,
      gpus: 2,
      freeCpus: 9,
      freeGpus: 2,
      freeMemoryBytes: 15e9,
    });
  });

  it.each([
    ['2.51.9', 'wrong-version'],
    ['1.13.0', 'wrong-version'],
    ['3.0.0', 'wrong-version'],
  ])('refuses version %s', async (version, problem) => {
    ray.version = version;
    const found = await problemOf(client.describe());
    expect(found.problem).toBe(problem);
    expect(found.message).toBe(`${ray.address}: expected Ray from 2.52 to before 3.0, found ${version}.`);
  });

  it.each(['2.52.0', '2.60.0', '2.100.1'])('takes version %s', async (version) => {
    ray.version = version;
    expect(await client.checkVersion()).toBe(version);
  });

  it('asks for a token where none was given, and for the right one where another was', async () => {
    expect(await problemOf(new RayClient(ray.address, undefined).describe())).toEqual({
      problem: 'token-missing',
      message: `${ray.address}: expected a token, found none. Give it beside the address, or in AUTOENCODER_STUDIO_CLUSTER_TOKEN.`,
    });
    expect(await problemOf(new RayClient(ray.address, 'guess').describe())).toEqual({
      problem: 'token-wrong',
      message: `${ray.address}: expected the cluster's token, found another (status 403).`,
    });
  });

  it('tells nobody from somebody else', async () => {
    const other = createServer((_, response) => response.end('<html>'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    expect((await problemOf(new RayClient(address, TOKEN).describe())).problem).toBe('not-ray');
    other.close();
    other.closeAllConnections();
    await once(other, 'close');
    expect(await problemOf(new RayClient(address, TOKEN).describe())).toEqual({
      problem: 'unreachable',
      message: `${address}: expected a Ray cluster, found no answer (ECONNREFUSED). Is its head running, and the way there open?`,
    });
  });
});

describe('packages and jobs', () => {
  it('uploads a package once, byte for byte', async () => {
    const zip = Buffer.from('PK whatever');
    expect(await client.hasPackage('_ray_pkg_1.zip')).toBe(false);
    await client.uploadPackage('_ray_pkg_1.zip', zip);
    expect(await client.hasPackage('_ray_pkg_1.zip')).toBe(true);
    expect(ray.packages.get('_ray_pkg_1.zip')).toEqual(zip);
  });

  it('says what the limit is: its own, and a smaller one on the way', async () => {
    const own = await problemOf(client.uploadPackage('_ray_pkg_2.zip', new Uint8Array(104_857_601)));
    expect(own).toEqual({
      problem: 'too-large',
      message: `${ray.address}: expected a package of at most 104,857,600 bytes, found 104,857,601.`,
    });
    expect(ray.asked).toEqual([]);
    ray.mostBytes = 10;
    expect((await problemOf(client.uploadPackage('_ray_pkg_3.zip', new Uint8Array(11)))).problem).toBe('too-large');
  });

  it('submits as Ray wants it, and never as a browser', async () => {
    await client.submit({
      submission: 'studio-1',
      entrypoint: 'python -m studio.job spec.json',
      workingDirectory: '_ray_pkg_a.zip',
      modules: ['_ray_pkg_b.zip', '_ray_pkg_c.zip'],
    });
    expect(ray.onlyJob.request).toEqual({
      submission_id: 'studio-1',
      entrypoint: 'python -m studio.job spec.json',
      runtime_env: {
        working_dir: 'gcs://_ray_pkg_a.zip',
        py_modules: ['gcs://_ray_pkg_b.zip', 'gcs://_ray_pkg_c.zip'],
        env_vars: { PYTHONUNBUFFERED: '1', RAY_DEDUP_LOGS: '0' },
      },
      metadata: { app: 'autoencoder-studio' },
    });
    expect(ray.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /api/jobs/']);
    expect(await client.job('studio-1')).toEqual({ status: 'RUNNING', message: '' });
    await client.stop('studio-1');
    expect((await client.job('studio-1')).status).toBe('STOPPED');
    await client.delete('studio-1');
    expect(await problemOf(client.job('studio-1'))).toEqual({
      problem: 'gone',
      message: `${ray.address}: expected the job studio-1, found none. Its head may have been started anew: jobs do not outlive it.`,
    });
  });

  it('asks for no modules where there are none', async () => {
    const job = { submission: 'studio-2', entrypoint: 'python x.py', workingDirectory: '_ray_pkg_a.zip', modules: [] };
    await client.submit(job);
    expect((await client.job('studio-2')).status).toBe('RUNNING');
  });

  it('takes a connection that breaks off for one that may come back', async () => {
    ray.hangUps = 1;
    expect((await problemOf(client.checkVersion())).problem).toBe('unreachable');
    expect(await client.checkVersion()).toBe('2.60.0');
  });

  it('keeps the path of a proxy', async () => {
    const under = new RayClient(`${ray.address}/ray/`, TOKEN);
    expect((await problemOf(under.checkVersion())).problem).toBe('not-ray');
    expect(ray.asked.at(-1)?.path).toBe('/ray/api/version');
    expect(under.tail('studio-1').url).toBe(`${ray.address.replace('http', 'ws')}/ray/api/jobs/studio-1/logs/tail`);
  });
});

describe('weights', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'studio-cluster-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const download = async (artifact: Artifact): Promise<Buffer> => {
    const path = join(folder, 'weights');
    const file = await open(path, 'w');
    try {
      await client.download(artifact, file);
    } finally {
      await file.close();
    }
    return readFile(path);
  };

  it('fetches a file whole, as it was announced', async () => {
    const content = Buffer.from(Array.from({ length: 5_000 }, (_, index) => index % 251));
    expect(await download(ray.leave('best', 3, content))).toEqual(content);
  });

  it('refuses a file of other bytes, and misses one that is gone', async () => {
    const artifact = ray.leave('best', 3, Buffer.from('these'));
    ray.files.set(artifact.file, Buffer.from('those'));
    expect((await problemOf(download(artifact))).problem).toBe('damaged');
    ray.files.delete(artifact.file);
    expect((await problemOf(download(artifact))).problem).toBe('gone');
  });

  it('stops at the size that was announced, where more comes without end', async () => {
    const artifact = ray.leave('best', 3, Buffer.alloc(1_000));
    const endless = createServer((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', more);
      more();
    });
    endless.listen(0, '127.0.0.1');
    await once(endless, 'listening');
    client = new RayClient(`http://127.0.0.1:${(endless.address() as AddressInfo).port}`, TOKEN);
    const { problem, message } = await problemOf(download(artifact));
    expect([problem, message]).toEqual(['damaged', `${client.address}: expected at most 1,000 bytes, found more.`]);
    // The connection is ended, too: else the server would wait for it.
    await new Promise((resolve) => endless.close(resolve));
    expect((await readFile(join(folder, 'weights'))).byteLength).toBeLessThanOrEqual(1_000);
  });
});

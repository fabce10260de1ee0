import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TOKEN_VARIABLE } from '../../electron/contract/cluster.ts';
import { FakeRay, TOKEN } from '../cluster/fake-ray.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { cliIn, startedIn } from './run-cli.ts';

const data = new TemporaryFolder();
afterAll(() => data[Symbol.dispose]());

let ray: FakeRay;
beforeEach(async () => (ray = await FakeRay.start()));
afterEach(() => ray.close());

const env = { ...process.env, XDG_CONFIG_HOME: data.path, [TOKEN_VARIABLE]: TOKEN };

describe('cluster', () => {
  it('says what is at an address', async () => {
    const [words, json] = await Promise.all([
      startedIn(env, 'cluster', 'test', ray.address),
      cliIn(env, 'cluster', 'test', ray.address, '--json'),
    ]);
    expect(words).toMatchObject({ code: 0 });
    expect(words.stdout).toBe(
      'Ray 2.60.0\nNodes: 2\nCores: 9 of 12 free\nGraphics cards: 2 of 2 free\nFree memory: 15.0 GB\n',
    );
    expect(JSON.parse(json.stdout)).toMatchObject({ rayVersion: '2.60.0', cpus: 12 });
  });
});

describe('train --cluster', () => {
  it('refuses, before anything is sent, what is no address and what a cluster cannot train', async () => {
    const train = (preset: string, address: string) =>
      cliIn(env, 'train', '--preset', preset, '--cluster', address, '--out', join(data.path, preset));
    const [address, rbm] = await Promise.all([train('modern', 'somewhere'), train('deep-rbm', ray.address)]);
    expect(address.code).toBe(1);
    expect(address.stderr).toContain(
      'The cluster\'s address must be an address such as http://127.0.0.1:8265, found "somewhere".',
    );
    expect(rbm.code).toBe(1);
    expect(rbm.stderr).toContain(
      'training.pretraining: a cluster cannot train layers as restricted Boltzmann machines first. Train this experiment on this computer.',
    );
    expect(ray.packages.size + ray.jobs.size).toBe(0);
  });
});

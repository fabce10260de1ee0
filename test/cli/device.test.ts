import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { idxBytes, TemporaryFolder } from '../dataset/idx-bytes.ts';
import { recordedPython } from '../training/torch/recorded-python.ts';
import { cliIn, startedIn } from './run-cli.ts';
import type { Ended } from './kept-program.ts';

const data = new TemporaryFolder();
afterAll(() => data[Symbol.dispose]());

let python: string;
let images: string;
beforeAll(async () => {
  python = join(await recordedPython(data.path), 'bin', 'python');
  images = data.write('train-images-idx3-ubyte', idxBytes(0x803, [60, 6, 6], new Uint8Array(60 * 36).fill(99)));
  data.write('t10k-images-idx3-ubyte', idxBytes(0x803, [12, 6, 6], new Uint8Array(12 * 36).fill(99)));
});

/** With no Python of the machine's but what stands in /usr and /opt. */
const env = {
  XDG_CONFIG_HOME: join(data.path, 'config'),
  HOME: data.path,
  PATH: data.path,
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
};

describe('devices', () => {
  it('lists what each Python reaches, the one that is named first, and what is needed', async () => {
    const { stdout } = await startedIn(env, 'devices', '--python', python);
    const lines = stdout.split('\n');
    expect(lines.slice(0, 3)).toEqual([
      `${python}, Python 3.12.4, torch 2.15.0`,
      '  --device torch-cpu  Processor',
      '  --device cuda:0  Some card, 8.0 GB',
    ]);
    expect(stdout).toContain('Needed: Python 3.10 or newer with torch 2.5 or newer, below 3.0, numpy and safetensors.');
    // A path from where the command is given, though a Python is asked elsewhere.
    const near = relative(process.cwd(), python);
    const { supported, pythons } = JSON.parse((await cliIn(env, 'devices', '--python', near, '--json')).stdout) as {
      supported: unknown;
      pythons: { path: string }[];
    };
    expect(supported).toEqual({ python: '3.10', torch: { least: '2.5', below: '3.0' } });
    expect(pythons[0]?.path).toBe(python);
  });
});

describe('train --device', () => {
  const train = (...options: readonly string[]): Promise<Ended> =>
    cliIn(
      env,
      'train',
      '--preset',
      'modern',
      '--dataset',
      images.replace(/\/[^/]*$/, ''),
      '--epochs',
      '1',
      '--validation-count',
      '10',
      ...options,
    );

  it('trains on the first card of its kind, and the run says on what', async () => {
    const out = join(data.path, 'a run');
    const { code, stderr } = await train('--device', 'cuda', '--python', python, '--out', out);
    expect([code, stderr.includes('PyTorch 2.15.0 on Card (cuda:0)')]).toEqual([0, true]);
    const { status, path } = await new RunFolder(out).readState();
    expect([status, path?.torch?.device, path?.torch?.precision]).toEqual(['finished', 'cuda:0', 'float32']);
  });

  it('is refused where that Python does not reach it, with what it does', async () => {
    const { code, stderr } = await train('--device', 'mps', '--python', python, '--out', join(data.path, 'none'));
    expect(code).not.toBe(0);
    expect(stderr).toContain(`No Python was found that trains on mps. ${python}: cpu, cuda:0`);
  });

  it.each([
    ['--precision', 'mixed'],
    ['--python', '/usr/bin/python3'],
  ])('refuses %s where the app’s own engine would train', async (option, value) => {
    const out = join(data.path, 'none');
    for (const device of [[], ['--device', 'built-in']]) {
      const { code, stderr } = await train(option, value, ...device, '--out', out);
      expect([code, existsSync(out)]).toEqual([1, false]);
      expect(stderr).toContain(`${option}: expected --device with a device of PyTorch's beside it, found none.`);
    }
  });

  it('takes no name but those of devices', async () => {
    const { code, stderr } = await train('--device', 'gpu', '--out', join(data.path, 'none'));
    expect(code).not.toBe(0);
    expect(stderr).toContain('Expected torch-cpu, cuda, mps or xpu');
  });
});

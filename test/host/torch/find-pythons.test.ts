import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import type * as os from 'node:os';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findPythons, launcherPrograms } from '../../../electron/host/torch/find-pythons.ts';
import { dataFolders } from '../studio-samples.ts';

vi.mock('node:os', async (original) => ({ ...(await original<typeof os>()), homedir: vi.fn() }));

const place = dataFolders();
const sources = join(import.meta.dirname, '../../../resources/cluster');

/** A program that answers the probe as a Python does: without PyTorch, unless one is named. */
async function python(path: string, said: { readonly torch?: string; readonly prefix?: string } = {}): Promise<string> {
  const devices = said.torch === undefined ? [] : [{ device: 'cuda:0', name: 'Card' }];
  const packages = said.torch === undefined ? {} : { torch: said.torch, numpy: '2.0.0', safetensors: '0.5.0' };
  const prefix = said.prefix ?? dirname(path);
  const words = JSON.stringify({ python: '3.12.4', prefix, is64bit: true, packages, devices });
  return script(path, `echo '@@PYTHON ${words}'`);
}

async function script(path: string, line: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${line}\n`);
  await chmod(path, 0o755);
  return path;
}

beforeEach(() => {
  vi.mocked(homedir).mockReturnValue(join(place.path, 'home'));
  for (const name of ['VIRTUAL_ENV', 'CONDA_PREFIX']) vi.stubEnv(name, undefined);
  vi.stubEnv('PATH', join(place.path, 'nowhere'));
});
afterEach(() => vi.unstubAllEnvs());

/** Those below the test's own folder: the machine may have its own in /usr/bin. */
async function found(first: readonly string[] = []): Promise<readonly string[]> {
  const pythons = await findPythons({ sources, first, patienceMs: 20_000 });
  return pythons.map(({ path }) => path).filter((path) => path.startsWith(place.path));
}

describe('the usual places of Pythons', () => {
  it('are the active environment, the path, pyenv, virtualenvs and conda, one that can train before all others', async () => {
    const home = join(place.path, 'home');
    const active = await python(join(place.path, 'active', 'bin', 'python'));
    const conda = await python(join(place.path, 'conda', 'bin', 'python'));
    const onPath = [
      await python(join(place.path, 'one', 'python3')),
      await python(join(place.path, 'two', 'python3.12')),
    ];
    const pyenv = await python(join(home, '.pyenv', 'versions', '3.11.7', 'bin', 'python'));
    const virtualenv = await python(join(home, '.virtualenvs', 'work', 'bin', 'python'));
    const forge = await python(join(home, 'miniforge3', 'envs', 'torch', 'bin', 'python'), { torch: '2.15.0' });
    const listed = await python(join(place.path, 'far away', 'bin', 'python'));
    await mkdir(join(home, '.conda'), { recursive: true });
    await writeFile(join(home, '.conda', 'environments.txt'), `${join(place.path, 'far away')}\n/gone\n`);
    vi.stubEnv('VIRTUAL_ENV', join(place.path, 'active'));
    vi.stubEnv('CONDA_PREFIX', join(place.path, 'conda'));
    vi.stubEnv('PATH', ['one', 'two', 'empty'].map((name) => join(place.path, name)).join(delimiter));
    const all = await found();
    expect(all[0]).toBe(forge);
    expect([...all].sort()).toEqual([active, conda, ...onPath, pyenv, virtualenv, forge, listed].sort());
  });

  it('count an installation of many names once, and what is no Python only where the person named it', async () => {
    const folder = join(place.path, 'one');
    const real = await python(join(folder, 'python3'), { prefix: '/usr' });
    await symlink(real, join(folder, 'python'));
    await python(join(folder, 'python3.12'), { prefix: '/usr' });
    const none = await script(join(place.path, 'two', 'python3'), 'echo I am no Python');
    vi.stubEnv('PATH', ['one', 'two'].map((name) => join(place.path, name)).join(delimiter));
    expect(await found()).toHaveLength(1);
    expect(await found([none])).toContain(none);
  });
});

it('the Windows launcher’s list is read by its programs', () => {
  const listed = [
    ' -V:3.13 *        C:\\Users\\Ada Lovelace\\AppData\\Local\\Programs\\Python\\Python313\\python.exe',
    ' -V:3.12-32       C:\\Python312\\python.exe',
    ' -V:Astral/CPython3.11.9 D:\\uv\\python.exe',
    'Installed Pythons found by py Launcher',
    '',
  ].join('\r\n');
  expect(launcherPrograms(listed)).toEqual([
    'C:\\Users\\Ada Lovelace\\AppData\\Local\\Programs\\Python\\Python313\\python.exe',
    'C:\\Python312\\python.exe',
    'D:\\uv\\python.exe',
  ]);
});

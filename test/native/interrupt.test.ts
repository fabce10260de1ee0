import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, watch, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { libraryVariable } from '../../scripts/native/context.ts';
import { runNativeStep } from '../../scripts/native/native-step.ts';
import { FakeMachine, markerPath, type Behaviour } from './fake-project.ts';

const ensure = fileURLToPath(new URL('../../scripts/native/ensure.ts', import.meta.url));

// Each test starts a few processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

let machine: FakeMachine;
let root: string;
beforeEach(() => {
  machine = new FakeMachine();
  root = machine.project();
});
afterEach(() => {
  machine.remove();
});

/** Resolves with the process id of the fake that hangs, once it does. */
async function hanging(): Promise<number> {
  const seen = new AbortController();
  const changes = watch(machine.folder, { signal: seen.signal });
  while (!existsSync(machine.ready) || readFileSync(machine.ready, 'utf8') === '') await once(changes, 'change');
  seen.abort();
  return Number(readFileSync(machine.ready, 'utf8'));
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

function command(env: NodeJS.ProcessEnv, ...args: string[]) {
  const child = spawn(process.execPath, [ensure, '--root', root, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([status]) => ({ status: status as number, stderr }));
  return { child, ended };
}

describe.each<[string, Behaviour]>([
  ['the download', { FAKE_PIP: 'hang' }],
  ['the build', { FAKE_BUILD: 'hang' }],
])('an interrupt during %s', (_what, behaviour) => {
  test('ends the tool, leaves nothing half-made, and the next run works', async () => {
    const stop = new AbortController();
    const run = runNativeStep(machine.context(root, { behaviour, signal: stop.signal }));
    const refused = expect(run).rejects.toMatchObject({ code: 'interrupted' });
    const pid = await hanging();
    stop.abort();
    await refused;
    expect(isAlive(pid)).toBe(false);
    expect(machine.leftovers(root)).toEqual([]);
    expect(await runNativeStep(machine.context(root))).toMatchObject({ did: 'prepared' });
  });
});

describe('the command', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('cleans up on %s and ends with status %i', async (signal, expected) => {
    const { child, ended } = command(machine.env({ FAKE_PIP: 'hang' }));
    const pid = await hanging();
    child.kill(signal);
    const { status, stderr } = await ended;
    expect(status).toBe(expected);
    expect(stderr).toContain('Interrupted. Nothing half-made was left behind');
    expect(isAlive(pid)).toBe(false);
    expect(machine.leftovers(root)).toEqual([]);
  });

  test('says one thing and ends with status 1 where it cannot go on', async () => {
    const env = { ...machine.env(), [libraryVariable]: '/nowhere' };
    const { status, stderr } = await command(env).ended;
    expect(status).toBe(1);
    expect(stderr.trim().split('\n').at(-1)).toMatch(
      /^AUTOENCODER_STUDIO_LIBTENSORFLOW names \/nowhere, which is not a folder/,
    );
    expect(stderr).not.toContain('    at ');
  });

  test('finds in sizes, times and one hash that nothing is to do, uses nothing beside, and is silent with --quiet', async () => {
    const env = { ...machine.env(), [libraryVariable]: machine.libtensorflow() };
    expect((await command(env).ended).status).toBe(0);
    // Each would be noticed by a command that uses it: tools that are gone, a tfjs-node that cannot be loaded, and a library with other
    // bytes, which only reading it would tell.
    for (const tool of ['python3', 'g++', 'make']) machine.removeTool(tool);
    const tfjs = dirname(markerPath(root));
    writeFileSync(join(tfjs, 'dist/index.js'), 'throw new Error("loaded");');
    const marker = JSON.parse(readFileSync(markerPath(root), 'utf8')) as {
      files: { path: string; modifiedMs: number }[];
    };
    const library = marker.files.find(({ path }) => path === 'deps/lib/libtensorflow.so')!;
    const path = join(tfjs, library.path);
    writeFileSync(path, 'x'.repeat(statSync(path).size));
    library.modifiedMs = statSync(path).mtimeMs;
    writeFileSync(markerPath(root), JSON.stringify(marker));
    expect(await command(env, '--quiet').ended).toEqual({ status: 0, stderr: '' });
    expect([machine.count('build'), machine.count('download')]).toEqual([1, 0]);
  });
});

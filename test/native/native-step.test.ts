import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { libraryVariable } from '../../scripts/native/context.ts';
import { runNativeStep } from '../../scripts/native/native-step.ts';
import { platformRow } from '../../scripts/native/platforms.ts';
import { FakeMachine, markerPath, placedBinding, placedLibrary, type KeptMachine } from './fake-project.ts';

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

const prepared = { did: 'prepared', tensorflow: '2.21.0' };
let first: { readonly machine: FakeMachine; readonly root: string; readonly kept: KeptMachine } | undefined;
afterAll(() => first?.kept.remove());

/** A clone in which the step has been run: once, and laid out anew for each test that begins so. */
async function prepare(): Promise<void> {
  if (first === undefined) {
    expect(await runNativeStep(machine.context(root))).toEqual(prepared);
    first = { machine, root, kept: machine.keep() };
    return;
  }
  machine.remove();
  first.kept.restore();
  ({ machine, root } = first);
}

const nothing = { did: 'nothing', tensorflow: '2.21.0' };
const cachedLibrary = (): string => {
  const { wheel } = machine.row();
  return join(
    machine.cache,
    `native/libtensorflow/linux-x64-2.21.0-${wheel?.sha256.slice(0, 16) ?? ''}/lib/libtensorflow_cc.so.2`,
  );
};

describe('a fresh clone', () => {
  test('gets the library of the wheel and a binding built against it', async () => {
    expect(await runNativeStep(machine.context(root))).toEqual(prepared);
    expect(readFileSync(placedBinding(root), 'utf8')).toBe('good');
    expect(readFileSync(placedLibrary(root), 'utf8')).toBe('TensorFlow '.repeat(10_000));
    expect(machine.leftovers(root)).toEqual([]);
    expect(machine.lines.at(-1)).toBe('TensorFlow 2.21.0 is ready.');
  });

  test('takes only the C headers and the licences besides the libraries', async () => {
    await runNativeStep(machine.context(root));
    const folder = dirname(dirname(cachedLibrary()));
    expect(existsSync(join(folder, 'include/tensorflow/c/eager/c_api.h'))).toBe(true);
    expect(existsSync(join(folder, 'include/Eigen'))).toBe(false);
    expect(['LICENSE', 'THIRD_PARTY_NOTICES.txt'].every((name) => existsSync(join(folder, name)))).toBe(true);
  });

  test('costs a link, not a copy of the library', async () => {
    await runNativeStep(machine.context(root));
    expect(statSync(placedLibrary(root)).ino).toBe(statSync(cachedLibrary()).ino);
  });

  test('says that a platform has not been run yet', async () => {
    await runNativeStep(machine.context(root, { row: { ...machine.row(), run: false } }));
    expect(machine.lines).toContainEqual(expect.stringContaining('has not been run on linux-x64 yet'));
  });
});

describe('a second run', () => {
  test('does nothing, and says nothing', async () => {
    await prepare();
    const lines = machine.lines.length;
    expect(await runNativeStep(machine.context(root))).toEqual(nothing);
    expect([machine.count('download'), machine.count('build'), machine.lines.length]).toEqual([1, 1, lines]);
  });

  test('does nothing even where the cache has been emptied', async () => {
    await prepare();
    rmSync(machine.cache, { recursive: true });
    expect(await runNativeStep(machine.context(root))).toEqual(nothing);
  });

  test('is done again when forced', async () => {
    await prepare();
    expect(await runNativeStep(machine.context(root), { force: true })).toEqual(prepared);
  });

  test('in another clone neither downloads nor builds', async () => {
    await prepare();
    const second = machine.project('second');
    expect(await runNativeStep(machine.context(second))).toEqual(prepared);
    expect([machine.count('download'), machine.count('build')]).toEqual([1, 1]);
    expect(readFileSync(placedBinding(second), 'utf8')).toBe('good');
  });

  test('in another clone at the same time waits for the first', async () => {
    const second = machine.project('second');
    const outcomes = await Promise.all([root, second].map((clone) => runNativeStep(machine.context(clone))));
    expect(outcomes).toEqual([prepared, prepared]);
    expect([machine.count('download'), machine.count('build')]).toEqual([1, 1]);
    expect(machine.lines).toContainEqual('Waiting: another process is preparing TensorFlow already.');
  });
});

describe('the marker', () => {
  test('is what counts: a binding of another installer is replaced', async () => {
    mkdirSync(dirname(placedBinding(root)), { recursive: true });
    writeFileSync(placedBinding(root), 'from another installer');
    expect(await runNativeStep(machine.context(root))).toEqual(prepared);
    expect(machine.lines[0]).toContain('another installer');
    expect(readFileSync(placedBinding(root), 'utf8')).toBe('good');
  });

  test('does not cover a binding that was changed later', async () => {
    await prepare();
    writeFileSync(placedBinding(root), 'evil');
    expect(await runNativeStep(machine.context(root))).toEqual(prepared);
    expect(readFileSync(placedBinding(root), 'utf8')).toBe('good');
    expect(machine.lines).toContainEqual(expect.stringContaining('lib/napi-v8/tfjs_binding.node has changed'));
  });

  test('notices a library that is gone', async () => {
    await prepare();
    rmSync(placedLibrary(root));
    expect(await runNativeStep(machine.context(root))).toEqual(prepared);
    expect(existsSync(placedLibrary(root))).toBe(true);
  });

  test.each([
    ['step', 0, 'the step itself has changed'],
    ['tfjsNode', '4.0.0', 'tfjs-node is 4.22.0 now, was 4.0.0'],
    ['napi', 3, 'built for N-API 3'],
    ['platform', 'darwin-x64', 'prepared for darwin-x64'],
  ])('with another %s is out of date', async (field, value, reason) => {
    await prepare();
    const marker = JSON.parse(readFileSync(markerPath(root), 'utf8')) as object;
    writeFileSync(markerPath(root), JSON.stringify({ ...marker, [field]: value }));
    expect(await runNativeStep(machine.context(root))).toEqual(prepared);
    expect(machine.lines).toContainEqual(expect.stringContaining(reason));
  });

  test('that is torn is no marker', async () => {
    await prepare();
    writeFileSync(markerPath(root), '{"step": 1, "fil');
    expect(await runNativeStep(machine.context(root))).toEqual(prepared);
  });
});

describe('the cache', () => {
  test('whose library was altered is fetched again', async () => {
    await prepare();
    const second = machine.project('second');
    rmSync(cachedLibrary());
    writeFileSync(cachedLibrary(), 'Tensorflow '.repeat(10_000));
    expect(await runNativeStep(machine.context(second))).toEqual(prepared);
    expect(machine.count('download')).toBe(2);
    expect(readFileSync(placedLibrary(second), 'utf8')).toContain('TensorFlow');
    expect(machine.lines).toContainEqual(expect.stringContaining('differs from its recorded hashes'));
  });

  test('whose binding does not load here has it built again', async () => {
    await prepare();
    const second = machine.project('second');
    const folder = join(
      machine.cache,
      'native/bindings',
      `tfjs-node-4.22.0-napi8-${dirname(dirname(cachedLibrary())).split('/').at(-1) ?? ''}`,
    );
    writeFileSync(join(folder, 'tfjs_binding.node'), 'wrong');
    writeFileSync(
      join(folder, 'tfjs_binding.node.sha256'),
      '8810ad581e59f2bc3928b261707a71308f7e139eb04820366dc4d5c18d980225',
    );
    expect(await runNativeStep(machine.context(second))).toEqual(prepared);
    expect(machine.count('build')).toBe(2);
    expect(readFileSync(placedBinding(second), 'utf8')).toBe('good');
  });

  test('is cleared of what a killed process left', async () => {
    mkdirSync(join(machine.cache, 'native/tmp-killed'), { recursive: true });
    mkdirSync(join(root, 'node_modules/@tensorflow/.tfjs-node-stage-killed'));
    await runNativeStep(machine.context(root));
    expect(machine.leftovers(root)).toEqual([]);
  });
});

describe('a folder the user names', () => {
  test('is used instead of the wheel', async () => {
    const folder = machine.libtensorflow();
    const env = { [libraryVariable]: folder };
    expect(await runNativeStep(machine.context(root, { env }))).toEqual(prepared);
    expect([machine.count('download'), machine.count('build')]).toEqual([0, 1]);
    expect(JSON.parse(readFileSync(markerPath(root), 'utf8'))).toMatchObject({ source: { kind: 'folder', folder } });
    expect(await runNativeStep(machine.context(root, { env }))).toEqual(nothing);
  });

  test('replaces the wheel where that was prepared before, and stays when no longer named', async () => {
    await prepare();
    const env = { [libraryVariable]: machine.libtensorflow() };
    expect(await runNativeStep(machine.context(root, { env }))).toEqual(prepared);
    expect(await runNativeStep(machine.context(root))).toEqual(nothing);
  });

  test('may be laid out as our own cache is', async () => {
    await prepare();
    const env = { [libraryVariable]: dirname(dirname(cachedLibrary())) };
    expect(await runNativeStep(machine.context(machine.project('second'), { env }))).toEqual(prepared);
    expect(machine.count('download')).toBe(1);
  });
});

describe("tfjs-node's own installer", () => {
  test('is used where no wheel carries the library, and leaves package.json alone', async () => {
    const row = platformRow('win32', 'x64');
    if (row === undefined) throw new Error('The table has no row for win32-x64.');
    expect(row.wheel).toBeUndefined();
    expect(await runNativeStep(machine.context(root, { row, behaviour: { FAKE_INSTALLER: 'ok' } }))).toEqual(prepared);
    expect(readFileSync(placedLibrary(root), 'utf8')).toBe('an older TensorFlow');
    // Windows looks for it there.
    expect(readFileSync(join(dirname(placedBinding(root)), 'tensorflow.dll'), 'utf8')).toBe('for Windows');
    expect(readFileSync(join(root, 'node_modules/@tensorflow/tfjs-node/package.json'), 'utf8')).toContain('4.22.0');
    expect(machine.leftovers(root)).toEqual([]);
    expect(await runNativeStep(machine.context(root, { row }))).toEqual(nothing);
  });

  test('is tried where the way through pip is closed', async () => {
    const behaviour = { FAKE_PIP: 'no-network', FAKE_INSTALLER: 'ok' } as const;
    expect(await runNativeStep(machine.context(root, { behaviour }))).toEqual(prepared);
    expect(machine.lines).toContainEqual(expect.stringMatching(/index was not reached.*own installer instead/));
  });
});

import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { libraryVariable, type StepContext } from '../../scripts/native/context.ts';
import { NativeError } from '../../scripts/native/native-error.ts';
import { runNativeStep } from '../../scripts/native/native-step.ts';
import { FakeMachine, makeWheel, markerPath, placedBinding, type Behaviour } from './fake-project.ts';

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

/** Runs the step, which must fail, leave nothing half-made and work when run again on a machine put right. */
async function failure(context: StepContext): Promise<NativeError> {
  const error: unknown = await runNativeStep(context).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(NativeError);
  expect(machine.leftovers(root)).toEqual([]);
  expect(existsSync(markerPath(root))).toBe(false);
  return error as NativeError;
}

describe('a tool that is missing', () => {
  test.each([
    ['g++', 'no-compiler', /^g\+\+ was not found\. Install .*apt-get install g\+\+ make.* same command again/],
    ['make', 'no-compiler', /^make was not found\. Install .*apt-get install g\+\+ make.* same command again/],
    ['python3', 'no-python', /^Python 3 was not found\. .*apt-get install python3 python3-pip/],
  ])('%s is named, with what to do, before anything is downloaded', async (tool, code, message) => {
    machine.removeTool(tool);
    const error = await failure(machine.context(root));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).toContain("tfjs-node's own installer was tried too: Error: getaddrinfo ENOTFOUND somewhere");
    expect(machine.count('download')).toBe(0);
  });

  test('pip is named', async () => {
    const error = await failure(machine.context(root, { behaviour: { FAKE_PIP: 'missing' } }));
    expect(error.code).toBe('no-pip');
    expect(error.message).toMatch(/python3 has no pip.*apt-get install python3-pip/);
  });

  test('after it was installed the same command works', async () => {
    machine.removeTool('g++');
    await failure(machine.context(root));
    machine.addTool('g++');
    expect(await runNativeStep(machine.context(root))).toEqual({ did: 'prepared', tensorflow: '2.21.0' });
  });
});

describe('a download that fails', () => {
  test.each<[NonNullable<Behaviour['FAKE_PIP']>, string, RegExp]>([
    [
      'no-network',
      'no-network',
      /index was not reached \(Temporary failure in name resolution\)\. Connect to the network/,
    ],
    ['absent', 'no-wheel', /has no TensorFlow 2\.21\.0 \(Python package tensorflow-cpu\)\. Set PIP_INDEX_URL/],
    ['hash', 'hash-mismatch', /has the SHA-256 (ab){32}, not the one .*so it was not used\. Check the package index/],
    ['broken-off', 'download-interrupted', /broke off .*Nothing half-made was kept; run the same command again/],
    ['full', 'disk-full', /disk became full.*AUTOENCODER_STUDIO_CACHE/],
    ['odd', 'pip-failed', /pip could not fetch TensorFlow .*something else/],
  ])('by %s says what happened and what to do', async (mode, code, message) => {
    const error = await failure(machine.context(root, { behaviour: { FAKE_PIP: mode } }));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(await runNativeStep(machine.context(root))).toMatchObject({ did: 'prepared' });
  });

  test.each(['hash', 'broken-off', 'full'] as const)(
    "by %s does not go round to tfjs-node's own installer",
    async (mode) => {
      await failure(machine.context(root, { behaviour: { FAKE_PIP: mode, FAKE_INSTALLER: 'ok' } }));
      expect(machine.count('installer')).toBe(0);
    },
  );

  test('is not believed: a wheel whose hash differs from the table is refused', async () => {
    const error = await failure(machine.context(root, { row: machine.row({ sha256: '0'.repeat(64) }) }));
    expect(error.code).toBe('hash-mismatch');
    expect(error.message).toMatch(/^tensorflow_cpu-fake\.whl has the SHA-256 [0-9a-f]{64}, expected 0{64}/);
  });
});

describe('a wheel that is damaged', () => {
  const replaceMachine = (wheel: Uint8Array): void => {
    machine.remove();
    machine = new FakeMachine(wheel);
    root = machine.project();
  };

  test('by being cut off is refused', async () => {
    replaceMachine(makeWheel().subarray(0, 300));
    const error = await failure(machine.context(root));
    expect(error.code).toBe('damaged-wheel');
    expect(error.message).toMatch(
      /damaged: End of central directory record .* file is truncated\. Nothing of it was kept; run the same command again/,
    );
  });

  test('inside a library is refused', async () => {
    const wheel = makeWheel();
    replaceMachine(wheel.map((byte, index) => (index > 80 && index < 90 ? byte ^ 0xff : byte)));
    expect((await failure(machine.context(root))).code).toBe('damaged-wheel');
  });

  test('by lacking the library is refused by name', async () => {
    replaceMachine(makeWheel({ 'tensorflow/libtensorflow_framework.so.2': undefined }));
    expect((await failure(machine.context(root))).message).toContain(
      'It holds no tensorflow/libtensorflow_framework.so.2.',
    );
  });
});

describe('a disk', () => {
  test('with too little space is told in figures before the download', async () => {
    const row = machine.row({ bytesNeeded: 1_600_000_000 });
    const error = await failure(machine.context(root, { row, freeBytes: 900_000_000 }));
    expect(error.code).toBe('disk-full');
    expect(error.message).toMatch(/needs 1600 MB .* and 900 MB are free\. .*AUTOENCODER_STUDIO_CACHE/);
    expect(machine.count('download')).toBe(0);
  });

  test('on which the cache cannot be made is named', async () => {
    writeFileSync(machine.cache, 'a file where the folder should be');
    const error: unknown = await runNativeStep(machine.context(root)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'cache-unwritable' });
    expect(String(error)).toContain(machine.cache);
  });
});

describe('a binding', () => {
  test('that does not compile shows the first complaint and keeps the whole log', async () => {
    const error = await failure(machine.context(root, { behaviour: { FAKE_BUILD: 'fails' } }));
    expect(error.code).toBe('build-failed');
    const log = join(machine.cache, 'native/build-failed.log');
    expect(error.message).toContain(`binding.cc:7:3: error: nothing works. The whole output is in ${log}.`);
    expect(readFileSync(log, 'utf8')).toContain('not ok');
    expect(await runNativeStep(machine.context(root))).toMatchObject({ did: 'prepared' });
    expect(existsSync(log)).toBe(false);
  });

  test("for which Node's headers cannot be had says so", async () => {
    const error = await failure(machine.context(root, { behaviour: { FAKE_BUILD: 'headers' } }));
    expect(error.message).toMatch(/Node's headers could not be downloaded\. Run npm ci/);
  });

  test.each<[NonNullable<Behaviour['FAKE_BINDING']>, RegExp]>([
    ['glibc', /C library is too old or of another kind \(.*GLIBC_2\.27.*glibc 2\.27 or later/],
    ['sigill', /processor lacks instructions \(AVX\)/],
    ['wrong', /does not work/],
  ])('that turns out %s is taken out again', async (FAKE_BINDING, message) => {
    const error = await failure(machine.context(root, { behaviour: { FAKE_BINDING } }));
    expect(error.code).toBe('load-failed');
    expect(error.message).toMatch(message);
    expect(existsSync(placedBinding(root))).toBe(false);
  });
});

describe('a folder the user names', () => {
  test('is told everything it lacks', async () => {
    const folder = machine.libtensorflow();
    rmSync(join(folder, 'include'), { recursive: true });
    rmSync(join(folder, 'lib/libtensorflow_framework.so'));
    const error = await failure(machine.context(root, { env: { [libraryVariable]: folder } }));
    expect(error.code).toBe('bad-folder');
    expect(error.message).toContain(
      `${folder}, which lacks lib/libtensorflow_framework.so, include/tensorflow/c/c_api.h, include/tensorflow/c/eager/c_api.h.`,
    );
    expect(machine.count('download')).toBe(0);
  });

  test('is told that it does not exist', async () => {
    const folder = join(machine.folder, 'nowhere');
    const error = await failure(machine.context(root, { env: { [libraryVariable]: folder } }));
    expect(error.message).toContain(`${folder}, which is not a folder.`);
  });

  test('that is wrong leaves a working binding alone', async () => {
    await runNativeStep(machine.context(root));
    const env = { [libraryVariable]: join(machine.folder, 'nowhere') };
    await expect(runNativeStep(machine.context(root, { env }))).rejects.toMatchObject({ code: 'bad-folder' });
    expect(await runNativeStep(machine.context(root))).toMatchObject({ did: 'nothing' });
  });
});

test('a clone without node_modules is told to run npm install', async () => {
  const empty = join(machine.folder, 'empty');
  mkdirSync(empty);
  await expect(runNativeStep(machine.context(empty))).rejects.toThrow(/Run npm install/);
});

test('a tool on PATH that cannot be run does not count', async () => {
  chmodSync(join(machine.tools, 'g++'), 0o644);
  expect((await failure(machine.context(root))).code).toBe('no-compiler');
});

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchEngine } from '../../electron/cli/launch-engine.ts';
import { unwrap } from '../../electron/domain/errors.ts';
import { EngineProcess } from '../../electron/host/engine-process.ts';
import { projectRoot } from '../../scripts/step.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { unpackApp, type UnpackedApp } from './unpacked-app.ts';

/** MNIST's mean training image, taken as the reconstruction of every test image: 52.90 squared error per image. */
const MNIST_MEAN_IMAGE_MSE = 0.0675;

const standIn = join(projectRoot, 'test', 'app', 'stand-in', 'register.ts');
const picture = join(projectRoot, 'test', 'fixtures', 'import', 'grey.png');

/** How a wire of fuses writes a fuse's state. */
const FUSE_OFF = '0'.charCodeAt(0);
const FUSE_ON = '1'.charCodeAt(0);

const data = new TemporaryFolder();
let packaged: UnpackedApp;

beforeAll(async () => {
  packaged = await unpackApp();
});
afterAll(async () => {
  await packaged.remove();
  data[Symbol.dispose]();
});

/** Runs a file of the package on plain Node, from a folder that has nothing to do with it. */
async function run(file: string, args: readonly string[], before: readonly string[] = []) {
  const line = [...before, join(packaged.app, 'out', 'main', file), ...args];
  return promisify(execFile)(process.execPath, line, { cwd: data.path, maxBuffer: 1e8 });
}

const lines = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the packaged command line', () => {
  it('says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
    expect((await run('cli.js', ['--version'])).stdout).toBe(`${version}\n`);
  });

  it('trains two epochs on MNIST, reconstructs a picture and exports the model', async () => {
    const trained = join(data.path, 'runs', 'packaged');
    await mkdir(join(data.path, 'runs'), { recursive: true });
    const { stdout } = await run('cli.js', [
      'train',
      '--preset',
      'modern',
      '--epochs',
      '2',
      '--out',
      trained,
      '--json',
    ]);
    const ended = lines(stdout).at(-1) as { kind: string; status: string; test: { mse: number } };
    expect(ended).toMatchObject({ kind: 'ended', status: 'finished' });
    expect(ended.test.mse).toBeLessThan(MNIST_MEAN_IMAGE_MSE / 2);

    const pictures = join(data.path, 'reconstructed');
    await run('cli.js', ['reconstruct', trained, picture, '--out', pictures]);
    expect(readdirSync(pictures).filter((name) => name.endsWith('.png'))).not.toEqual([]);
    const [heading, row] = readFileSync(join(pictures, 'errors.csv'), 'utf8').trim().split('\n');
    expect(heading).toContain('mse');
    expect(row).toContain('grey.png');

    for (const [format, ending, name] of [
      ['onnx', '.onnx', 'ONNX'],
      ['h5', '.h5', 'Keras'],
    ] as const) {
      const exported = join(data.path, `exported-${format}`);
      await run('cli.js', ['export', '--run', trained, '--out', exported, '--format', format]);
      expect(readdirSync(exported).filter((file) => file.endsWith(ending))).not.toEqual([]);
      // And back: HDF5 is read in a thread whose file must be in the package.
      const { stdout: found } = await run('cli.js', ['import-model', exported, '--plan', '--json']);
      expect(JSON.parse(found)).toMatchObject({ format: name, inputShape: [28, 28, 1] });
    }
  });

  it('is what the app runs when it is started with "cli"', async () => {
    const { stdout } = await run('index.js', ['cli', 'export', '--help'], ['--import', standIn]);
    expect(stdout).toContain('Usage: autoencoder-studio export');
  });
});

describe('the packaged engine', () => {
  it('starts as a process, has MNIST and exports a run', async () => {
    const entry = join(packaged.app, 'out', 'main', 'engine.js');
    const problems: string[] = [];
    const engine = new EngineProcess(
      () => launchEngine(entry, data.path, 1),
      (problem) => problems.push(problem),
    );
    try {
      expect(unwrap(await engine.call('engine:describe', {}))).toMatchObject({ threads: 1 });
      const sets = unwrap(await engine.call('image-set:list', {}));
      expect(sets[0]).toMatchObject({ id: 'mnist', trainingCount: 60_000, testCount: 10_000 });
      const folder = join(data.path, 'by-engine');
      const request = { runId: 'packaged', weights: 'best', folder } as const;
      const { files } = unwrap(await engine.call('engine:export', request));
      expect(files.filter((file) => file.endsWith('model.json'))).not.toEqual([]);
      for (const file of files) expect((await stat(join(folder, file))).size).toBeGreaterThan(0);
      expect(problems).toEqual([]);
    } finally {
      await engine.close();
    }
  });
});

describe('the package', () => {
  it('has Electron’s fuses blown as electron-builder.yml says', async () => {
    const wire = await getCurrentFuseWire(join(packaged.folder, 'autoencoder-studio'));
    const off = [
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableCookieEncryption,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
      FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
      FuseV1Options.GrantFileProtocolExtraPrivileges,
    ];
    const on = [FuseV1Options.EnableEmbeddedAsarIntegrityValidation, FuseV1Options.OnlyLoadAppFromAsar];
    for (const fuse of off) expect(wire[fuse], FuseV1Options[fuse]).toBe(FUSE_OFF);
    for (const fuse of on) expect(wire[fuse], FuseV1Options[fuse]).toBe(FUSE_ON);
  });

  it('has the native libraries and MNIST beside the archive, each once', () => {
    const beside = packaged.files.filter(({ place }) => place === 'unpacked').map(({ path }) => path);
    const count = (name: string) => packaged.files.filter(({ path }) => path.endsWith(`/${name}`)).length;
    for (const name of [
      'libtensorflow_cc.so.2',
      'libtensorflow_framework.so.2',
      'tfjs_binding.node',
      'own-scope.node',
      'train-images-idx3-ubyte',
      't10k-images-idx3-ubyte',
    ]) {
      expect(count(name), name).toBe(1);
      expect(
        beside.some((path) => path.endsWith(`/${name}`)),
        name,
      ).toBe(true);
    }
  });

  it('has the launcher beside its program, and nothing of Electron started alone', () => {
    const paths = packaged.files.map(({ path }) => path);
    expect(paths).toContain('launch');
    expect(paths.filter((path) => path.includes('default_app'))).toEqual([]);
  });

  it('has the licences of TensorFlow, libvips, HDF5, MNIST and the packages', () => {
    const folder = join(packaged.folder, 'resources', 'licences');
    const text = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8');
    expect(text('tensorflow', 'LICENSE')).toContain('Apache License');
    expect(text('tensorflow', 'THIRD_PARTY_NOTICES.txt')).toContain('eigen');
    expect(text('LIBVIPS.md')).toContain('LGPL');
    expect(text('MNIST.md')).toContain('LeCun');
    expect(text('PACKAGES.txt')).toContain('HDF5 (Hierarchical Data Format 5) Software Library and Utilities');
    expect(text('PACKAGES.txt')).toMatch(/^sharp \d.*: Apache-2\.0$/m);
    expect(text('PACKAGES.txt')).toMatch(/^svelte \d.*: MIT$/m);
  });
});

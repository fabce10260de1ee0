import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { launchEngine } from '../../electron/cli/launch-engine.ts';
import type { Events } from '../../electron/contract/contract.ts';
import { unwrap } from '../../electron/domain/errors.ts';
import { EngineProcess } from '../../electron/host/engine-process.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

const entry = fileURLToPath(new URL('../../electron/engine-process/engine-entry.ts', import.meta.url));
const ownMalloc = fileURLToPath(new URL('../fixtures/own-malloc.c', import.meta.url));
const PICTURES = 64;

let data: TemporaryFolder;
beforeEach(() => (data = new TemporaryFolder()));
afterEach(() => {
  vi.unstubAllEnvs();
  data[Symbol.dispose]();
});

/** The system's GLib, where there is one: Electron has loaded it before anything of the app's. */
function systemGlib(): string[] {
  if (process.platform !== 'linux') return [];
  const known = execFileSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).split('\n');
  return ['libglib-2.0.so.0', 'libgobject-2.0.so.0'].flatMap((name) => {
    const line = known.find(
      (each) => each.trim().startsWith(`${name} (libc6,x86-64)`) || each.trim().startsWith(`${name} (libc6,AArch64)`),
    );
    return line === undefined ? [] : [line.split('=> ')[1]!];
  });
}

/** A library that is every process's allocator, and aborts on memory of another's. */
function compiledMalloc(): string[] {
  if (process.platform !== 'linux') return [];
  const library = join(data.path, 'own-malloc.so');
  execFileSync('g++', ['-x', 'c', '-std=gnu11', '-O1', '-fPIC', '-fno-builtin', '-shared', ownMalloc, '-o', library]);
  return [library];
}

async function writePictures(folder: string): Promise<void> {
  mkdirSync(folder);
  for (let index = 0; index < PICTURES; index += 1) {
    const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: { r: index, g: 90, b: 30 } } });
    const format = (['jpeg', 'webp', 'tiff', 'gif'] as const)[index % 4]!;
    writeFileSync(join(folder, `${index}.${format}`), await picture.toFormat(format).toBuffer());
  }
}

it.each([
  ['beside the system’s GLib', () => systemGlib()],
  ['beside the system’s GLib, in a program with an allocator of its own', () => [...compiledMalloc(), ...systemGlib()]],
])('an engine process imports pictures %s', async (_, preloaded) => {
  const folder = join(data.path, 'pictures');
  await writePictures(folder);
  vi.stubEnv('LD_PRELOAD', preloaded().join(':'));
  // The first object of one GLib that the other is given ends the process.
  vi.stubEnv('G_DEBUG', 'fatal-criticals');
  const reports: string[] = [];
  const engine = new EngineProcess(
    () => launchEngine(entry, data.path, 1),
    (problem) => reports.push(problem),
  );
  try {
    const ended = new Promise<Events['import:ended']>((resolve) => {
      engine.onEvent((name, payload) => {
        if (name === 'import:ended') resolve(payload as Events['import:ended']);
      });
    });
    unwrap(await engine.call('engine:stage', { staged: 'staged-1', paths: [folder] }));
    const { options } = unwrap(await engine.call('import:plan', { staged: 'staged-1' }));
    unwrap(await engine.call('import:start', { staged: 'staged-1', options: { ...options, duplicates: 'keep' } }));
    expect(await ended).toMatchObject({ kind: 'imported', report: { imported: PICTURES } });
    expect(reports).toEqual([]);
  } finally {
    await engine.close();
  }
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { launchEngine } from '../../electron/cli/launch-engine.ts';
import type { Events } from '../../electron/contract/contract.ts';
import { unwrap } from '../../electron/domain/errors.ts';
import { EngineProcess } from '../../electron/host/engine-process.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

const entry = fileURLToPath(new URL('../../electron/engine-process/engine-entry.ts', import.meta.url));
const ownMalloc = fileURLToPath(new URL('../fixtures/own-malloc.c', import.meta.url));
const PICTURES = 64;

/** Libraries and pictures, made once. */
const made = new TemporaryFolder();
const pictures = join(made.path, 'pictures');
beforeAll(() => writePictures(pictures));
afterAll(() => made[Symbol.dispose]());

let data: TemporaryFolder;
beforeEach(() => (data = new TemporaryFolder()));
afterEach(() => {
  vi.unstubAllEnvs();
  data[Symbol.dispose]();
});

function once(make: () => string): () => string {
  let known: string | undefined;
  return () => (known ??= make());
}

/** What a process of the engine's finds loaded before: the first library comes first. */
interface Loaded {
  readonly what: string;
  readonly libraries: () => readonly string[];
}

/** The system's GLib, as Electron loads it: none on a machine without a desktop. */
function systemGlib(): readonly string[] {
  const known = execFileSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).split('\n');
  return ['libglib-2.0.so.0', 'libgobject-2.0.so.0'].flatMap((name) => {
    const line = known.find(
      (each) => each.trim().startsWith(`${name} (libc6,x86-64)`) || each.trim().startsWith(`${name} (libc6,AArch64)`),
    );
    return line === undefined ? [] : [line.split('=> ')[1]!];
  });
}

function compiled(name: string, source: string, optimization: '-O0' | '-O1'): string {
  const library = join(made.path, `${name}.so`);
  const options = ['-x', 'c', '-std=gnu11', optimization, '-fPIC', '-fno-builtin', '-shared'];
  execFileSync('g++', [...options, source, '-o', library]);
  return library;
}

/** A GLib with every function that libvips has of its own: each ends the process that calls it, and says so. */
const foreignGlib = once((): string => {
  const folder = fileURLToPath(
    new URL(`../../node_modules/@img/sharp-libvips-linux-${process.arch}/lib`, import.meta.url),
  );
  const libvips = readdirSync(folder).find((name) => name.startsWith('libvips-cpp.so'))!;
  const symbols = execFileSync('nm', ['-D', '--defined-only', join(folder, libvips)], { encoding: 'utf8' });
  const names = [...symbols.matchAll(/ T (g_\w+)$/gm)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(1_000);
  const source = join(made.path, 'foreign-glib.c');
  const head =
    '#include <stdio.h>\n#include <stdlib.h>\nstatic void end(const char *name) { fputs(name, stderr); abort(); }';
  writeFileSync(source, [head, ...names.map((name) => `void ${name}(void) { end("${name}\\n"); }`)].join('\n'));
  // A thousand functions that are never to be called.
  return compiled('foreign-glib', source, '-O0');
});

/** A library that is every process's allocator, and aborts on memory of another's. */
const ownAllocator = once((): string => compiled('own-malloc', ownMalloc, '-O1'));

function loadedBefore(): readonly Loaded[] {
  if (process.platform !== 'linux') return [{ what: 'nothing', libraries: () => [] }];
  const glib = systemGlib();
  return [
    { what: 'another GLib', libraries: () => [foreignGlib()] },
    { what: 'another GLib and an allocator', libraries: () => [ownAllocator(), foreignGlib()] },
    ...(glib.length === 0
      ? []
      : [
          { what: 'the system’s GLib', libraries: () => glib },
          { what: 'the system’s GLib and an allocator', libraries: () => [ownAllocator(), ...glib] },
        ]),
  ];
}

async function writePictures(folder: string): Promise<void> {
  mkdirSync(folder);
  for (let index = 0; index < PICTURES; index += 1) {
    const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: { r: index, g: 90, b: 30 } } });
    const format = (['jpeg', 'webp', 'tiff', 'gif'] as const)[index % 4]!;
    writeFileSync(join(folder, `${index}.${format}`), await picture.toFormat(format).toBuffer());
  }
}

it.each(loadedBefore())('an engine process imports pictures where $what was loaded before', async ({ libraries }) => {
  vi.stubEnv('LD_PRELOAD', libraries().join(':'));
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
    unwrap(await engine.call('engine:stage', { staged: 'staged-1', paths: [pictures] }));
    const { options } = unwrap(await engine.call('import:plan', { staged: 'staged-1' }));
    unwrap(await engine.call('import:start', { staged: 'staged-1', options: { ...options, duplicates: 'keep' } }));
    expect(await ended).toMatchObject({ kind: 'imported', report: { imported: PICTURES } });
    expect(reports).toEqual([]);
  } finally {
    await engine.close();
  }
});

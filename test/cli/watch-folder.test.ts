import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesIn, type DoneFiles } from '../../electron/cli/watch-folder.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

const NONE: DoneFiles = { has: () => false, nameOf: () => undefined };

/** Watches a folder; `next` is the next file's name. */
function watching(folder: string, done: DoneFiles = NONE) {
  const stopping = new AbortController();
  const files = filesIn(folder, stopping.signal, done);
  return {
    next: async () => {
      const { value } = await files.next();
      return value!;
    },
    stop: async () => {
      stopping.abort();
      await files.return(undefined);
    },
  };
}

it('a picture that is renamed or moved is not new, one that takes its old name is', async () => {
  using data = new TemporaryFolder();
  const at = (name: string): string => join(data.path, name);
  mkdirSync(at('sorted'));
  writeFileSync(at('current.png'), 'first');
  const watch = watching(data.path);
  const first = await watch.next();
  expect(first.name).toBe('current.png');
  // As cameras do that write one name again and again.
  renameSync(at('current.png'), at('sorted/0001.png'));
  writeFileSync(at('current.png'), 'second');
  expect((await watch.next()).name).toBe('current.png');
  renameSync(at('sorted/0001.png'), at('sorted/0002.png'));
  writeFileSync(at('third.png'), 'third');
  expect((await watch.next()).name).toBe('third.png');
  await watch.stop();

  // After a restart, by what was written down of it.
  const done: DoneFiles = {
    has: (name) => name === 'third.png' || name === 'current.png',
    nameOf: (id) => (id === first.id ? 'current.png' : undefined),
  };
  const again = watching(data.path, done);
  writeFileSync(at('z.png'), 'fourth');
  expect((await again.next()).name).toBe('z.png');
  await again.stop();
});

it('of very many that were dealt with before, each that is written anew is found, as what is new', async () => {
  using data = new TemporaryFolder();
  const at = (name: string): string => join(data.path, name);
  const many = Array.from({ length: 1_200 }, (_, index) => `${String(index).padStart(4, '0')}.png`);
  for (const name of many) writeFileSync(at(name), 'old');
  const watch = watching(data.path, {
    has: (name, version) => many.includes(name) && version.startsWith('3 '),
    nameOf: () => undefined,
  });
  const first = watch.next();
  writeFileSync(at('new.png'), 'new');
  expect((await first).name).toBe('new.png');
  for (const name of ['0003.png', '1100.png']) {
    const next = watch.next();
    writeFileSync(at(name), 'another');
    expect((await next).name).toBe(name);
  }
  await watch.stop();
});

it('what changes is new, and what has no name yet is left', async () => {
  using data = new TemporaryFolder();
  const at = (name: string): string => join(data.path, name);
  for (const name of ['a.png.part', 'b.tmp', 'c.png.crdownload', '.hidden.png']) writeFileSync(at(name), 'half');
  writeFileSync(at('d.png'), 'whole');
  const watch = watching(data.path);
  expect((await watch.next()).name).toBe('d.png');
  writeFileSync(at('d.png'), 'another one');
  expect((await watch.next()).name).toBe('d.png');
  rmSync(at('d.png'));
  renameSync(at('a.png.part'), at('a.png'));
  expect((await watch.next()).name).toBe('a.png');
  await watch.stop();
});

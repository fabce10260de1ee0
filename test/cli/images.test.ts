import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { importImages } from '../../electron/dataset/import/import-images.ts';
import { readStoredSet } from '../../electron/dataset/stored-set.ts';
import { ImageSetStore } from '../../electron/files/image-set-store.ts';
import type { ImageSetSummary } from '../../electron/domain/words.ts';
import { greyPng, plain } from '../dataset/import/fixtures.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { cli, started } from './run-cli.ts';

it('relabels, adds, splits and undoes, each as a version of its own', async () => {
  using data = new TemporaryFolder();
  const write = async (name: string, grey: number): Promise<void> => {
    const path = join(data.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await greyPng(grey));
  };
  for (let index = 0; index < 6; index += 1)
    await write(`pets/${index % 2 ? 'cats' : 'dogs'}/${index}.png`, 10 + index);
  await write('new.png', 99);
  await write('late.png', 98);
  const store = new ImageSetStore(data.path);
  const paths = [join(data.path, 'pets')];
  await importImages({ paths, options: plain, folder: store.at('pets').path, id: 'pets' });
  const run = async (...args: readonly string[]): Promise<ImageSetSummary> => {
    const { stdout, stderr } = await cli('images', ...args, '--data', data.path, '--json');
    expect(stderr).toBe('');
    return JSON.parse(stdout) as ImageSetSummary;
  };

  const relabelled = await run('relabel', 'Tried', '--named', 'cats/*', '--to', 'tigers');
  expect(relabelled.labelNames).toEqual(['dogs', 'tigers']);
  const { set: added } = (await run(
    'add',
    relabelled.id,
    join(data.path, 'new.png'),
    '--label',
    'fish',
  )) as unknown as {
    set: ImageSetSummary;
  };
  const { stderr, code } = await cli('images', 'add', relabelled.id, join(data.path, 'late.png'), '--data', data.path);
  expect([stderr, code]).toEqual(['There is a newer version of "Tried": change that one.\n', 1]);
  const { labelNames, training, test } = await readStoredSet(store.at(added.id).path, added.id);
  expect([labelNames, training.images.count + test.images.count]).toEqual([['dogs', 'fish', 'tigers'], 7]);
  const split = await run('split', 'Tried', '--folder', 'dogs=test');
  expect(split.testCount).toBeGreaterThanOrEqual(3);
  expect((await run('undo', 'Tried')).id).toBe(added.id);
});

it('names no images without saying which', async () => {
  using data = new TemporaryFolder();
  const { stderr, code } = await started('images', 'remove', 'nothing', '--data', data.path);
  expect([code, stderr]).toEqual([1, 'There is no image set "nothing": images list names them.\n']);
});

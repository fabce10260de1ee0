import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { filesNamed } from '../../electron/main/opened-files.ts';
import { RecentFiles } from '../../electron/main/recent-files.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

describe('the files among a command line’s words', () => {
  it('are experiments and runs, with whole paths', () => {
    const whole = resolve('/pets/cats.aestudio');
    const words = ['--no-sandbox', '--data=/a/b.json', 'mine.JSON', whole, 'app.asar', 'x.aestudio-experiment', '.'];
    expect(filesNamed(words, resolve('/home/me'))).toEqual([
      resolve('/home/me/mine.JSON'),
      whole,
      resolve('/home/me/x.aestudio-experiment'),
    ]);
  });

  it('are named by addresses too, and each once', () => {
    const [pets, other] = [resolve('/home/me/pets and cats.aestudio'), resolve('/home/me/größer 50 %.json')];
    const [address, upper] = [pathToFileURL(other).href, pathToFileURL(pets).href.replace('file:', 'FILE:')];
    const words = [pets, address, upper, 'file://elsewhere%ZZ', 'https://example.com/a.json'];
    expect(filesNamed(words, resolve('/'))).toEqual([pets, other]);
    expect(filesNamed([upper], resolve('/'))).toEqual([pets]);
  });
});

describe('recent files', () => {
  it('are kept, the newest first, each once, ten at most', async () => {
    using data = new TemporaryFolder();
    const report = () => undefined;
    const recent = await RecentFiles.open(data.path, report);
    let changes = 0;
    recent.onChange(() => (changes += 1));
    for (let number = 0; number < 12; number += 1) recent.add([`/${number}.json`]);
    recent.add(['/5.json']);
    await recent.close();
    const wanted = [5, 11, 10, 9, 8, 7, 6, 4, 3, 2].map((number) => `/${number}.json`);
    expect((await RecentFiles.open(data.path, report)).paths).toEqual(wanted);
    expect(changes).toBe(13);
    recent.clear();
    await recent.close();
    expect((await RecentFiles.open(data.path, report)).paths).toEqual([]);
  });

  it('are none where their file is damaged', async () => {
    using data = new TemporaryFolder();
    data.write('recent.json', '{"version": 1, "paths": [7]}');
    expect((await RecentFiles.open(data.path, () => undefined)).paths).toEqual([]);
  });
});

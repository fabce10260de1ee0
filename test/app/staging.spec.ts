import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import type { Events, Answer } from '../../electron/contract/contract.ts';
import type { ImportOptions } from '../../electron/contract/import-options.ts';
import { expect, test } from './harness/fixtures.ts';

/** Writes pictures of even greys. */
async function writePictures(folder: string, count: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let value = 0; value < count; value += 1) {
    const pixels = Buffer.alloc(64, value % 256);
    const png = sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } }).png();
    await writeFile(join(folder, `${value}.png`), await png.toBuffer());
  }
}

/** Chooses files, or a folder, in an input of the page, and stages them as the page does. */
async function choose(page: Page, paths: string | string[]): Promise<string> {
  await page.evaluate(
    (folder) => {
      const input = Object.assign(document.createElement('input'), { type: 'file', id: 'chosen', multiple: true });
      input.webkitdirectory = folder;
      document.getElementById('chosen')?.remove();
      document.body.append(input);
    },
    typeof paths === 'string',
  );
  await page.locator('#chosen').setInputFiles(paths);
  return page.evaluate(async () => {
    for (const file of (document.getElementById('chosen') as HTMLInputElement).files!) {
      window.studio!.hand(file, file.webkitRelativePath || file.name);
    }
    const result = await window.studio!.stage();
    if (!result.ok) throw new Error(result.error.message);
    return result.value.staged;
  });
}

const plan = (page: Page, staged: string): Promise<Answer<'import:plan'>> =>
  page.evaluate(async (id) => {
    const result = await window.studio!.call('import:plan', { staged: id });
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  }, staged);

/** Starts an import, and has its end; `onReading` is called once, when pictures are read. */
async function importing(page: Page, staged: string, options: ImportOptions, onReading = () => undefined as unknown) {
  const began = page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        window.studio!.listen('import:progressed', ({ progress }) => {
          if (progress.kind === 'reading') resolve();
        });
      }),
  );
  const ended = page.evaluate(
    () => new Promise<Events['import:ended']>((resolve) => void window.studio!.listen('import:ended', resolve)),
  );
  await page.evaluate((request) => window.studio!.call('import:start', request), { staged, options });
  // A few small pictures may be imported before the first word of them is due.
  await Promise.race([began, ended]);
  await onReading();
  return ended;
}

test('chosen files and a chosen folder are read where they lie; a picture that lies nowhere is kept until the app has gone', async ({
  openApp,
  dataFolder,
}) => {
  const folder = join(dataFolder, 'mine', 'pets');
  await writePictures(join(folder, 'cats'), 4);
  await writePictures(join(folder, 'dogs'), 4);
  const app = await openApp();
  const { page, filesLieAt } = app;
  await filesLieAt([folder, join(folder, 'cats', '3.png')]);

  const chosen = await choose(page, folder);
  const { count, labels, options } = await plan(page, chosen);
  expect([count, options.name]).toEqual([8, 'pets']);
  expect(labels.map(({ name }) => name)).toEqual(['cats', 'dogs']);
  const keep = { ...options, duplicates: 'keep' } as const;
  expect(await importing(page, chosen, keep)).toMatchObject({ kind: 'imported', report: { imported: 8 } });
  expect(await plan(page, await choose(page, [join(folder, 'cats', '3.png')]))).toMatchObject({ count: 1 });
  expect(await readdir(join(dataFolder, 'staged')).catch(() => [])).toEqual([]);

  const png = await sharp(Buffer.alloc(64, 7), { raw: { width: 8, height: 8, channels: 1 } })
    .png()
    .toBuffer();
  // As an image dragged out of a web page: whatever is chosen has a path.
  const staged = await page.evaluate(
    async (bytes) => {
      window.studio!.hand(new File([Uint8Array.from(bytes)], '0.png', { type: 'image/png' }), '0.png');
      const result = await window.studio!.stage();
      if (!result.ok) throw new Error(result.error.message);
      return result.value.staged;
    },
    [...png],
  );
  expect(await plan(page, staged)).toMatchObject({ count: 1, options: { name: '0', width: 8, height: 8 } });
  const [own] = await readdir(join(dataFolder, 'staged'));
  expect(await readdir(join(dataFolder, 'staged', own!, staged))).toEqual(['0.png']);
  await app.close();
  expect(await readdir(join(dataFolder, 'staged'))).toEqual([]);
});

test('the engine is killed while it imports: the import has failed, nothing of it stays', async ({
  openApp,
  dataFolder,
}) => {
  const folder = join(dataFolder, 'mine');
  await writePictures(folder, 256);
  const copies = Array.from({ length: 40 }, (_, index) => join(folder, String(index)));
  for (const copy of copies) await mkdir(copy);
  const png = await sharp({ create: { width: 600, height: 600, channels: 3, background: '#123456' } })
    .png()
    .toBuffer();
  for (const copy of copies) for (let n = 0; n < 20; n += 1) await writeFile(join(copy, `${n}.png`), png);
  const { page, filesLieAt, enginePid } = await openApp();
  await filesLieAt([folder]);
  const staged = await choose(page, folder);
  const { options } = await plan(page, staged);
  const engine = await enginePid();
  const sets = () => readdir(join(dataFolder, 'image-sets'));
  const kill = async () => {
    expect(await sets()).toEqual([expect.stringMatching(/^\.writing-/)]);
    process.kill(engine, 'SIGKILL');
  };
  const ended = await importing(page, staged, { ...options, duplicates: 'keep' }, kill);
  expect(ended).toMatchObject({ kind: 'failed', error: { code: 'engine-lost' } });
  await expect.poll(sets).toEqual([]);
  expect(await plan(page, staged)).toMatchObject({ count: 256 + 800 });
});

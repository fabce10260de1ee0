import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import sharp from 'sharp';
import { temporaryFolder } from './harness/app.ts';
import { classNames, classPicture, classPixels, SIDE, writeClasses } from './harness/classes.ts';
import { largestDifference } from './harness/exported-model.ts';
import { expect, test as base } from './harness/fixtures.ts';
import { ImportSheet } from './harness/import-sheet.ts';
import { rgbOf } from './harness/pixels.ts';
import { ReconstructPage } from './harness/reconstruct-page.ts';
import { serve } from './harness/serve.ts';
import { runFolders, storedMetrics, StudioPage } from './harness/studio-page.ts';
import { throughModel } from './harness/trained-run.ts';

const test = base.extend<{ pictures: string }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
  pictures: async ({}, use) => {
    const folder = await temporaryFolder();
    await use(folder.path);
    await folder.remove();
  },
});

/** What lies in a data folder's part; none where it was never made. */
const namesIn = (...parts: readonly string[]) => readdir(join(...parts)).catch(() => []);

/** What uploads have left in a data folder. */
const stagedFiles = async (dataFolder: string) =>
  (await readdir(join(dataFolder, 'staged'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

test('a folder of three classes: right counts, right preview, an epoch on it, the number that is on disk', async ({
  openApp,
  dataFolder,
  pictures,
}) => {
  const folder = join(pictures, 'blocks');
  await writeClasses(folder, 40);
  await writeFile(join(folder, 'green', 'torn.png'), (await classPicture('green', 0)).subarray(0, 60));
  const { page } = await openApp();
  const studio = new StudioPage(page);
  const sheet = new ImportSheet(page);
  await sheet.goToData();
  await sheet.chooseFolder(folder);
  await expect(sheet.dialog.getByLabel('Name')).toHaveValue('blocks');
  await expect(sheet.dialog).toContainText('120 found, 3 labels');
  await expect(sheet.labels).toHaveText(['amber 40', 'green 40', 'violet 40']);
  await expect(sheet.dialog.getByLabel('Size')).toHaveValue(String(SIDE));
  await sheet.isPreviewed();

  await test.step('the preview is the picture, pixel by pixel, and follows the options', async () => {
    const amber = sheet.previews
      .filter({ hasText: 'amber-0.png' })
      .getByRole('img', { name: /as it would be imported$/ });
    expect(await rgbOf(amber)).toEqual({ width: SIDE, height: SIDE, rgb: [...classPixels('amber', 0)] });
    await sheet.dialog.getByLabel('Size').fill('8');
    await expect.poll(async () => (await rgbOf(amber)).width).toBe(8);
    await sheet.dialog.getByLabel('Size').fill('7');
    await expect(sheet.dialog.getByText('must be at least 8')).toBeVisible();
    await expect(sheet.importButton).toBeDisabled();
    await sheet.dialog.getByLabel('Size').fill(String(SIDE));
    await sheet.isPreviewed();
  });

  await sheet.importButton.click();
  const torn = sheet.dialog.getByRole('listitem').filter({ hasText: 'torn.png' });
  await expect(torn).toContainText(/expected .*, found/);
  await expect(sheet.dialog).toContainText('120 pictures imported as “blocks”');
  await expect(sheet.dialog).toContainText('16 × 16 RGB · 108 training, 12 test · 3 labels');

  await sheet.dialog.getByRole('button', { name: 'Train on it' }).click();
  await expect(page.getByLabel('Images', { exact: true })).toHaveValue(/^blocks-/);
  await studio.trainToEnd({ Epochs: 1, 'Batch size': 16 });
  const [run] = await runFolders(dataFolder);
  // Of the start in closed form and the epoch after it the better is kept, and told.
  const errors = (await storedMetrics(run!)).map(({ validationMse }) => validationMse!);
  expect(errors).toHaveLength(2);
  expect(await studio.validationMse()).toBe(Math.min(...errors));
  const experiment = JSON.parse(await readFile(join(run!, 'experiment.json'), 'utf8')) as { model: object };
  expect(experiment.model).toMatchObject({ inputShape: [SIDE, SIDE, 3] });

  await test.step('its gallery: each label’s images, and one of them large', async () => {
    await sheet.goToData();
    const green = page.getByRole('list', { name: 'Images of each label' }).getByRole('button', { name: /^green/ });
    await expect(green).toContainText('36');
    await green.click();
    const grid = page.getByRole('grid', { name: '36 training images labelled green' });
    await grid.focus();
    await page.keyboard.press('ArrowRight');
    const chosen = page.getByRole('region', { name: 'The chosen image' });
    await expect(chosen).toContainText(/green-\d+\.png · green/);
    const index = Number(/green-(\d+)\.png/.exec(await chosen.innerText())![1]);
    expect((await rgbOf(chosen)).rgb).toEqual([...classPixels('green', index)]);

    await studio.goTo('Train');
    await sheet.goToData();
    const violet = page.getByRole('list', { name: 'Images of each label' }).getByRole('button', { name: /^violet/ });
    await violet.click();
    await expect(page.getByRole('grid', { name: '36 training images labelled violet' })).toBeVisible();
  });

  await test.step('a new picture dropped on its model ends on its error and on what the model makes of it', async () => {
    const place = new ReconstructPage(page);
    await place.open();
    const buffer = await classPicture('green', 99);
    await page.locator('body').drop({ files: { name: 'new.png', mimeType: 'image/png', buffer } });
    await place.looksAt('new.png');
    const shown = (name: string) => rgbOf(place.detail.getByRole('img', { name, exact: true }));
    const pixels = classPixels('green', 99);
    expect((await shown('What the model sees')).rgb).toEqual([...pixels]);
    const image = { count: 1, height: SIDE, width: SIDE, channels: 3, pixels } as const;
    const expected = await throughModel({ folder: run! }, image);
    expect(await place.squaredError()).toBeCloseTo(expected.squaredError, 3);
    const rebuilt = Uint8Array.from((await shown('Reconstruction')).rgb);
    expect(largestDifference(rebuilt, expected.pixels)).toBeLessThanOrEqual(1);
  });
});

test('an import is cancelled, one is dropped anywhere; its set is renamed, described, deleted, restored and deleted for good', async ({
  openApp,
  dataFolder,
  pictures,
}) => {
  const create = { width: 1_600, height: 1_600, channels: 3, background: '#285' } as const;
  const picture = await sharp({ create }).png().toBuffer();
  // What follows a PNG's end is not looked at: it makes each another file.
  const entry = (index: number) => [`${index}.png`, Buffer.concat([picture, Buffer.from(String(index))])] as const;
  const large = zipSync(Object.fromEntries(Array.from({ length: 200 }, (_, index) => entry(index))), { level: 0 });
  await writeFile(join(pictures, 'large.zip'), large);
  const entries = await Promise.all(
    classNames.map(async (name) => [`${name}/one.png`, await classPicture(name, 1)] as const),
  );
  const zip = Buffer.from(zipSync(Object.fromEntries(entries)));
  const { page } = await openApp();
  const studio = new StudioPage(page);
  const sheet = new ImportSheet(page);
  const sets = page.getByRole('region', { name: 'Image sets' });

  await test.step('an import that is cancelled leaves nothing behind', async () => {
    await sheet.goToData();
    await sheet.choose([join(pictures, 'large.zip')], () =>
      page.getByRole('button', { name: 'Choose files…' }).click(),
    );
    await sheet.isPreviewed();
    await sheet.dialog.getByLabel('Size').fill('256');
    await sheet.importButton.click();
    await sheet.dialog.getByRole('button', { name: 'Cancel import' }).click();
    await expect(sheet.dialog).toContainText('The import was cancelled; nothing of it was kept.');
    expect(await namesIn(dataFolder, 'image-sets')).toEqual([]);

    await sheet.dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
    await sheet.goToData();
    await expect(sets.getByRole('listitem')).toHaveCount(1);
    await expect.poll(() => stagedFiles(dataFolder)).toEqual([]);
  });

  await test.step('what is dropped anywhere becomes an image set, as is said beforehand', async () => {
    await studio.goTo('Train');
    await expect(studio.trainButton).toBeEnabled();
    const held = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['1'], 'a.png', { type: 'image/png' }));
      transfer.items.add(new File(['2'], 'b.png', { type: 'image/png' }));
      return transfer;
    });
    await page.dispatchEvent('main', 'dragenter', { dataTransfer: held });
    await expect(page.getByText('Make an image set of 2 pictures')).toBeVisible();
    await page.dispatchEvent('main', 'dragleave', { dataTransfer: held });
    await expect(page.getByText('Make an image set of 2 pictures')).toBeHidden();

    await page.getByRole('main').drop({ files: { name: 'blocks.zip', mimeType: 'application/zip', buffer: zip } });
    await expect(sheet.labels).toHaveText(['amber 1', 'green 1', 'violet 1']);
    await sheet.isPreviewed();
    await sheet.importButton.click();
    await sheet.dialog.getByRole('button', { name: 'Show it' }).click();
    await expect(page.getByRole('heading', { name: 'blocks' })).toBeVisible();
  });

  await test.step('it is renamed and described', async () => {
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByLabel('Name of the image set').fill('Just three');
    await page.getByRole('button', { name: 'Save name' }).click();
    await expect(sets.getByRole('button', { name: /^Just three/ })).toBeVisible();
    await page.getByLabel('Notes').fill('From a test.');
    await page.getByRole('button', { name: 'Save notes' }).click();
    await expect(page.getByRole('button', { name: 'Save notes' })).toBeHidden();
  });

  await test.step('it is deleted, restored and deleted for good', async () => {
    await page.getByRole('button', { name: 'Delete' }).click();
    await sets.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByLabel('Notes')).toHaveValue('From a test.');
    await page.getByRole('button', { name: 'Delete' }).click();
    await sets.getByText('Trash (1)').click();
    await sets.getByRole('button', { name: 'Empty trash…' }).click();
    await sets.getByRole('button', { name: 'Delete for good' }).click();
    await expect(sets.getByText('Trash (1)')).toBeHidden();
    await expect(sets.getByRole('button', { name: /^Just three/ })).toBeHidden();
  });
});

test('by the keyboard alone: choose, name, import, look', async ({ openApp, pictures }) => {
  await writeClasses(pictures, 4);
  const files = classNames.flatMap((name) => [0, 1].map((index) => join(pictures, name, `${name}-${index}.png`)));
  const { page } = await openApp();
  const sheet = new ImportSheet(page);
  const { keyboard } = page;
  await sheet.tabTo(page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: 'Data' }));
  await keyboard.press('Enter');
  await sheet.tabTo(page.getByRole('button', { name: 'Choose files…' }));
  await sheet.choose(files, () => keyboard.press('Enter'));

  await expect(sheet.dialog.getByLabel('Name')).toBeFocused();
  await keyboard.press('ControlOrMeta+A');
  await keyboard.type('Six blocks');
  await sheet.tabTo(sheet.importButton);
  await keyboard.press('Enter');
  await expect(sheet.dialog).toContainText('6 pictures imported as “Six blocks”');
  await sheet.tabTo(sheet.dialog.getByRole('button', { name: 'Show it' }));
  await keyboard.press('Enter');
  await expect(sheet.dialog).toBeHidden();
  await sheet.tabTo(page.getByRole('grid'));
  await keyboard.press('End');
  await expect(page.getByRole('region', { name: 'The chosen image' })).toContainText(/-[01]\.png/);
});

test('an ordinary browser uploads what it imports, and nothing of it stays', async ({
  dataFolder,
  pictures,
  chromium,
}) => {
  await writeClasses(join(pictures, 'blocks'), 3);
  const served = await serve(dataFolder);
  const context = await (await chromium()).newContext();
  try {
    const page = await context.newPage();
    await page.goto(served.address);
    const sheet = new ImportSheet(page);
    await sheet.goToData();
    await sheet.chooseFolder(join(pictures, 'blocks'));
    await expect(sheet.labels).toHaveText(['amber 3', 'green 3', 'violet 3']);
    await sheet.importButton.click();
    await expect(sheet.dialog).toContainText('9 pictures imported as “blocks”');
    expect(await namesIn(dataFolder, 'image-sets')).toHaveLength(1);
    // A folder that goes while it is read is read again.
    await expect(async () => expect(await stagedFiles(dataFolder)).toEqual([])).toPass();
  } finally {
    await context.close();
    await served.close();
  }
});

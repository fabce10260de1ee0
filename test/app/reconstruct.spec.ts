import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import sharp from 'sharp';
import { expect, test as base } from './harness/fixtures.ts';
import { ImportSheet } from './harness/import-sheet.ts';
import { largestDifference } from './harness/exported-model.ts';
import { strongColours } from './harness/pixels.ts';
import { meanOf, paperDigit, ReconstructPage, stripes } from './harness/reconstruct-page.ts';
import { serve } from './harness/serve.ts';
import { throughModel } from './harness/trained-run.ts';

const test = base.extend<{ servedPage: Page }>({
  servedPage: async ({ dataFolder, chromium, run }, use) => {
    await run.copyTo(dataFolder);
    const served = await serve(dataFolder);
    const context = await (
      await chromium()
    ).newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true, reducedMotion: 'reduce' });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await context.newPage();
    await page.goto(served.address);
    await use(page);
    await context.close();
    await served.close();
  },
});

const png = (name: string, buffer: Buffer) => ({ name, mimeType: 'image/png', buffer });

test('a dropped digit ends on its error and its picture, and beside its like; the wall outlives the engine', async ({
  openApp,
  dataFolder,
  run,
}) => {
  await run.copyTo(dataFolder);
  const { page, enginePid } = await openApp();
  const place = new ReconstructPage(page);
  await place.open();
  await expect(page.getByRole('heading', { name: 'Drop pictures or a folder here' })).toBeVisible();
  await page.locator('body').drop({ files: png('my seven.png', await paperDigit(0)) });
  await place.looksAt('my seven.png');
  const clean = await place.squaredError();

  await test.step('what the model sees is inverted and centred, and what it makes of it is the model’s', async () => {
    await expect(place.detail).toContainText('inverted, centred by mass, 28 × 28 grey');
    const original = await place.picture('Original');
    const seen = await place.picture('What the model sees');
    const rebuilt = await place.picture('Reconstruction');
    expect([original.width, original.height, seen.width, seen.height]).toEqual([220, 240, 28, 28]);
    expect(meanOf(original)).toBeGreaterThan(200);
    expect(meanOf(seen)).toBeLessThan(80);
    for (const { scale } of [seen, rebuilt]) expect(Number.isInteger(scale)).toBe(true);
    const expected = await throughModel(run, seen);
    // One step of 255: the window's bytes were rounded on their way.
    expect(largestDifference(rebuilt.pixels, expected.pixels)).toBeLessThanOrEqual(1);
    expect(await place.squaredError()).toBeCloseTo(expected.squaredError, 3);
    expect(Number(await place.detail.getByTestId('mse').getAttribute('data-value'))).toBeCloseTo(
      expected.squaredError / 784,
      6,
    );
  });

  await test.step('it stands among the validation images, the training images and on the map', async () => {
    await expect(place.detail).toContainText(/(larger|smaller) than .* of the validation images’|than all the/);
    await expect(place.nearImages).toHaveCount(8);
    await expect(place.nearImages.first()).toHaveAttribute('title', /^training image \d+, class 7, distance \d/);
    const map = place.detail.getByRole('img', { name: /^Map of 10,000 images; this picture lies at/ });
    expect(await strongColours(map)).toBeGreaterThanOrEqual(10);
  });

  await test.step('inversion can be switched off, and costs', async () => {
    const before = await place.squaredError();
    await page.getByLabel('Invert').selectOption('off');
    await expect(place.detail).toContainText('not inverted');
    expect(meanOf(await place.picture('What the model sees'))).toBeGreaterThan(80);
    expect(await place.squaredError()).toBeGreaterThan(before);
    await page.getByLabel('Invert').selectOption('auto');
    await expect(place.detail).not.toContainText('not inverted');
  });

  await test.step('a file that is no picture stands in the wall with the reason, found by keyboard', async () => {
    await page.locator('body').drop({ files: png('letter.png', Buffer.from('Dear all, this is no picture.')) });
    await expect(page.getByRole('status').filter({ hasText: '1 picture · ' })).toContainText('1 not read');
    await place.wall.focus();
    await page.keyboard.press('End');
    await place.looksAt('letter.png');
    await expect(place.detail.getByRole('alert')).toContainText('letter.png: expected an image (PNG');
    await page.keyboard.press('Home');
    await place.looksAt('my seven.png');
  });

  await test.step('noise is added and taken out again, in decibels', async () => {
    await page.getByLabel('Kind').selectOption('gaussian');
    await page.getByLabel('Amount').fill('0.5');
    const psnr = place.detail.getByTestId('psnr');
    await expect(place.detail).toContainText('Gaussian noise, standard deviation 0.5');
    const [before, after] = (await psnr.innerText()).match(/\d+\.\d/g)!.map(Number);
    expect(before).toBeGreaterThan(6);
    expect(after).toBeGreaterThan(before! + 1);
  });

  await test.step('what is on the wall is there without the engine, and goes on with the next one', async () => {
    await page.getByLabel('Kind').selectOption('none');
    await expect.poll(() => place.squaredError()).toBeCloseTo(clean, 3);
    const error = await place.squaredError();
    process.kill(await enginePid(), 'SIGKILL');
    await expect(page.getByRole('alert').filter({ hasText: 'It has been started again' })).toBeVisible();
    expect(await place.squaredError()).toBe(error);
    await page.getByLabel('Centre').selectOption('off');
    await expect(place.detail).toContainText('fitted in whole');
  });
});

test('a drawing is followed stroke by stroke, by pointer and by keyboard', async ({ openApp, dataFolder, run }) => {
  await run.copyTo(dataFolder);
  const { page } = await openApp();
  const place = new ReconstructPage(page);
  await place.open();
  await page.getByRole('button', { name: 'Draw' }).click();
  await place.draw([80, 60], [190, 60], [120, 230]);
  await expect(place.detail).toBeVisible();
  const rebuilt = async () => (await place.picture('Reconstruction')).pixels;
  const changed = (from: Uint8Array) => expect.poll(async () => largestDifference(await rebuilt(), from));
  /** The answer to all that was drawn, not to a part of it. */
  const caughtUp = async () => {
    await expect(page.getByRole('region', { name: 'Drawing' })).toHaveAttribute('aria-busy', 'false');
    return rebuilt();
  };
  const seven = await caughtUp();
  await place.draw([90, 150], [180, 150]);
  await changed(seven).toBeGreaterThan(20);
  const crossed = await caughtUp();

  await page.getByRole('button', { name: 'Undo' }).click();
  await changed(seven).toBe(0);

  await test.step('a second finger on the paper does not draw', async () => {
    const box = (await place.paper.boundingBox())!;
    await page.mouse.move(box.x + 90, box.y + 150);
    await page.mouse.down();
    await place.paper.evaluate((canvas) => {
      const { left, top } = canvas.getBoundingClientRect();
      const finger = (type: string, x: number, y: number): boolean =>
        canvas.dispatchEvent(
          new PointerEvent(type, { pointerId: 77, pointerType: 'touch', clientX: left + x, clientY: top + y }),
        );
      finger('pointermove', 250, 20);
      finger('pointermove', 20, 260);
      finger('pointerup', 20, 260);
    });
    await page.mouse.move(box.x + 180, box.y + 150, { steps: 8 });
    await page.mouse.up();
    // The same stroke as before.
    await changed(seven).toBeGreaterThan(20);
    expect(largestDifference(await caughtUp(), crossed)).toBe(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await changed(seven).toBe(0);
  });

  await test.step('the arrow keys draw too', async () => {
    await place.paper.focus();
    for (let step = 0; step < 6; step++) await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Space');
    for (let step = 0; step < 12; step++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    await changed(seven).toBeGreaterThan(20);
    await page.keyboard.press('ControlOrMeta+z');
    await changed(seven).toBe(0);
    expect(largestDifference(crossed, seven)).toBeGreaterThan(20);
  });

  await page.getByRole('button', { name: 'Keep' }).click();
  await place.looksAt('drawing 1.png');
  expect(largestDifference(await rebuilt(), seven)).toBeLessThanOrEqual(1);
});

test('a copied picture is pasted; a folder becomes a list of odd ones, saved as table, sheet and zip', async ({
  servedPage: page,
  dataFolder,
}) => {
  const place = new ReconstructPage(page);
  const folder = join(dataFolder, 'scans');
  await mkdir(folder);
  for (let index = 0; index < 24; index++) {
    await writeFile(join(folder, `digit ${index}.png`), await paperDigit(index));
  }
  await writeFile(join(folder, '=stripes.png'), await stripes());
  await writeFile(join(folder, 'text.png'), 'no picture at all');
  await place.open();

  await test.step('a copied picture is pasted', async () => {
    await expect(page.getByRole('heading', { name: 'Drop pictures or a folder here' })).toBeVisible();
    const copied = [...(await paperDigit(3))];
    await page.evaluate(async (bytes) => {
      const blob = new Blob([Uint8Array.from(bytes)], { type: 'image/png' });
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
    }, copied);
    await page.keyboard.press('ControlOrMeta+v');
    await expect(place.detail.getByRole('heading', { name: /^pasted \d\d-\d\d-\d\d\.png$/ })).toBeVisible();
    expect(await place.squaredError()).toBeGreaterThan(0);
    await expect(place.nearImages.first()).toHaveAttribute('title', /class 0/);
    await page.getByRole('button', { name: 'Remove all' }).click();
    await expect(page.getByRole('heading', { name: 'Drop pictures or a folder here' })).toBeVisible();
  });

  await page.getByLabel('Folder of pictures to reconstruct').setInputFiles(folder);
  const counts = page.getByRole('status').filter({ hasText: '25 pictures' });
  await expect(counts).toContainText('1 not read');
  await expect(place.wall.getByRole('option').first()).toHaveAccessibleName(/^.*=stripes\.png: squared error/);
  const worst = await place.squaredError();

  await test.step('those above the threshold are counted, and shown alone', async () => {
    const threshold = Number(await page.getByTestId('threshold').getAttribute('data-value'));
    expect(worst).toBeGreaterThan(threshold);
    const above = Number((await counts.innerText()).match(/(\d+) above/)![1]);
    expect(above).toBeGreaterThanOrEqual(1);
    await page.getByLabel('only those above').check();
    await expect(place.wall.getByRole('option')).toHaveCount(above);
    await page.getByLabel('only those above').uncheck();
    await page.getByRole('textbox', { name: 'Threshold' }).fill('0.01');
    await expect(counts).toContainText('25 above the threshold');
    await page.getByRole('textbox', { name: 'Threshold' }).fill('99');
  });

  const saved = async (button: string) => {
    const downloading = page.waitForEvent('download', { timeout: 120_000 });
    await page.getByRole('button', { name: button, exact: true }).click();
    const download = await downloading;
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  };

  await test.step('the table has them all, the largest error first', async () => {
    const { name, bytes } = await saved('CSV');
    expect(name).toBe('reconstructions.csv');
    const [header, ...rows] = bytes.toString('utf8').trimEnd().split('\r\n');
    expect(header).toMatch(/^name,squared error per image,MSE per pixel,percentile,threshold,above threshold,/);
    expect(header).toMatch(/,code 1,.*,code 128,problem$/);
    const errors = rows.slice(0, 25).map((row) => Number(row.split(',')[1]));
    expect(rows).toHaveLength(26);
    expect(rows[0]).toMatch(/^'.*=stripes\.png,|^scans\/=stripes\.png,/);
    expect(errors[0]).toBe(worst);
    expect(errors).toEqual([...errors].sort((a, b) => b - a));
    expect(rows[25]).toContain('text.png');
  });

  await test.step('the sheet is a picture, the zip file holds every picture', async () => {
    await page
      .getByRole('group', { name: 'Save the sheet of pictures' })
      .getByRole('button', { name: 'Figure' })
      .click();
    const sheet = await saved('PNG a picture at print scale');
    const { width, height } = await sharp(sheet.bytes).metadata();
    expect(Math.min(width, height)).toBeGreaterThan(400);
    const files = unzipSync((await saved('Zip')).bytes);
    const names = Object.keys(files);
    for (const kind of ['originals', 'seen', 'reconstructions', 'errors']) {
      expect(names.filter((name) => name.startsWith(`${kind}/`))).toHaveLength(25);
    }
    const first = names.find((name) => name.startsWith('reconstructions/01 '))!;
    const pixels = await sharp(files[first]!).toColourspace('b-w').raw().toBuffer();
    expect(Uint8Array.from(pixels)).toEqual((await place.picture('Reconstruction')).pixels);
    expect(names).toContain('reconstructions.csv');
  });

  await test.step('they can become an image set of their own', async () => {
    await page.getByRole('button', { name: 'New set…' }).click();
    const sheet = new ImportSheet(page);
    await expect(sheet.dialog).toContainText('25 found');
    await sheet.importButton.click();
    await sheet.dialog.getByRole('button', { name: 'Show it' }).click();
    await expect(page.getByRole('region', { name: 'Image set', exact: true })).toContainText('23 training, 2 test');
  });
});

test('without a model the place says what to do', async ({ openApp }) => {
  const { page } = await openApp();
  await new ReconstructPage(page).open();
  await expect(page.getByRole('heading', { name: 'No trained model yet' })).toBeVisible();
  await page.getByRole('button', { name: 'Go to Train' }).click();
  await expect(page.getByRole('region', { name: 'Experiment' })).toBeVisible();
});

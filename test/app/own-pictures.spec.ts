import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { temporaryFolder } from './harness/app.ts';
import { expect, test as base } from './harness/fixtures.ts';
import { ImportSheet } from './harness/import-sheet.ts';
import { mnist } from './harness/mnist.ts';
import { ReconstructPage } from './harness/reconstruct-page.ts';
import { StudioPage } from './harness/studio-page.ts';

const test = base.extend<{ folder: string }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
  folder: async ({}, use) => {
    const folder = await temporaryFolder();
    await use(folder.path);
    await folder.remove();
  },
});

const COUNT = 200;
const SIDE = 28;

/** The digit at this place of MNIST's training images, as a PNG that anybody might have. */
async function digit(index: number): Promise<Buffer> {
  const { pixels } = (await mnist()).training.images;
  const values = pixels.slice(index * SIDE * SIDE, (index + 1) * SIDE * SIDE);
  return sharp(values, { raw: { width: SIDE, height: SIDE, channels: 1 } })
    .png()
    .toBuffer();
}

test('a folder of own pictures, Train on it, Train: better than PCA, and a new picture comes back, without one setting', async ({
  openApp,
  folder,
}) => {
  const pictures = join(folder, 'scans');
  await mkdir(pictures);
  for (let index = 0; index < COUNT; index++) await writeFile(join(pictures, `scan-${index}.png`), await digit(index));
  const { page } = await openApp();
  const studio = new StudioPage(page);
  const sheet = new ImportSheet(page);
  const place = new ReconstructPage(page);

  await test.step('the folder becomes an image set, and Train shows its pictures and its recipe', async () => {
    await sheet.goToData();
    await sheet.chooseFolder(pictures);
    await expect(sheet.dialog).toContainText(`${COUNT} found`);
    await sheet.importButton.click();
    await sheet.dialog.getByRole('button', { name: 'Train on it' }).click();
    await expect(page.getByRole('region', { name: 'Ready to train' })).toContainText('180 pictures to learn from');
    await expect(page.getByRole('img', { name: '10 test images' })).toBeVisible();
    await expect(page.getByLabel('Preset')).toHaveValue('recipe');
    await expect(page.getByRole('region', { name: 'Experiment' })).toContainText(
      /120 steps of 162 images in .* seconds/,
    );
  });

  await test.step('trained, it errs less than PCA with as many numbers, and never more than at its start', async () => {
    await studio.trainButton.click();
    await expect(page.getByRole('img', { name: /^Their reconstructions (at the start|after epoch)/ })).toBeVisible();
    await studio.ends('finished');
    const linear = Number(await page.getByTestId('pca-validation-mse').getAttribute('data-value'));
    expect(linear).toBeGreaterThan(0.001);
    expect(await studio.validationMse()).toBeLessThan(linear);
    await expect(page.getByRole('meter', { name: 'Against PCA' })).toHaveAttribute(
      'aria-valuetext',
      /errs .* as much$/,
    );
  });

  await test.step('a picture that it has not seen comes back', async () => {
    await place.open();
    await page
      .locator('input[type=file][multiple]')
      .first()
      .setInputFiles({ name: 'new.png', mimeType: 'image/png', buffer: await digit(COUNT) });
    await place.looksAt('new.png');
    const [seen, rebuilt] = [await place.picture('What the model sees'), await place.picture('Reconstruction')];
    expect([rebuilt.width, rebuilt.height]).toEqual([SIDE, SIDE]);
    const error = await place.squaredError();
    // As much as a black picture errs is no reconstruction.
    const energy = seen.pixels.reduce((sum, value) => sum + (value / 255) ** 2, 0);
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(energy / 2);
  });
});

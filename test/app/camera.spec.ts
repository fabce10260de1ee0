import type { Page } from '@playwright/test';
import { launchChromium } from './harness/chromium.ts';
import { expect, test as base } from './harness/fixtures.ts';
import { ImportSheet } from './harness/import-sheet.ts';
import { StudioPage } from './harness/studio-page.ts';
import { serve, type Served } from './harness/serve.ts';

const test = base.extend<{ served: Served }>({
  served: async ({ dataFolder }, use) => {
    const served = await serve(dataFolder);
    await use(served);
    await served.close();
  },
});

/** Chromium's own moving picture in place of a camera, and its yes in place of a person's. */
const FAKE_CAMERA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
const PICTURES = 15;

/** Holds the button of a class until it has so many pictures. */
async function hold(page: Page, name: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name, exact: true }).hover();
  await page.mouse.down();
  await expect(async () => {
    const words = await dialog.getByRole('status', { name: `Pictures of ${name}` }).textContent();
    expect(Number.parseInt(words ?? '', 10)).toBeGreaterThanOrEqual(PICTURES);
  }).toPass();
  await page.mouse.up();
}

test('pictures from the camera, a class a button, become a set, and then more of it', async ({ served }) => {
  const browser = await launchChromium(FAKE_CAMERA);
  try {
    const page = await browser.newPage();
    await page.goto(served.address);
    const sheet = new ImportSheet(page);
    const set = page.getByRole('region', { name: 'Image set', exact: true });
    const seconds = () =>
      sheet.dialog.getByLabel('What the camera sees').evaluate((video: HTMLVideoElement) => video.currentTime);
    let filmed = 0;
    await sheet.goToData();

    await test.step('the camera is asked for only when a person wants it', async () => {
      await page.getByRole('region', { name: 'Image sets' }).getByRole('button', { name: 'Camera…' }).click();
      await expect(sheet.dialog).toContainText('The camera is used while this is open');
      await sheet.dialog.getByRole('button', { name: 'Use the camera' }).click();
      await expect(sheet.dialog.getByLabel('What the camera sees')).toHaveJSProperty('readyState', 4);
    });

    await test.step('held buttons take pictures, which become a set with a label each', async () => {
      await hold(page, 'Class 1');
      await hold(page, 'Class 2');
      filmed = await seconds();
      await sheet.dialog.getByRole('button', { name: 'Make a set of them…' }).click();
      await expect(sheet.labels).toHaveCount(2);
      // Small enough to be trained on in seconds.
      await sheet.dialog.getByLabel('Size').fill('16');
      await sheet.importButton.click();
      await sheet.dialog.getByRole('button', { name: 'Show it' }).click();
      await expect(page.getByRole('list', { name: 'Images of each label' })).toContainText('Class 2');
    });

    await test.step('a class is added to the set', async () => {
      await set.getByRole('button', { name: 'Camera…' }).click();
      await sheet.dialog.getByRole('button', { name: 'Use the camera' }).click();
      await sheet.dialog.getByLabel('Another class').fill('Class 3');
      await sheet.dialog.getByRole('button', { name: 'Add class' }).click();
      // Chromium's moving picture begins anew: of the same seconds the set has the images already.
      await expect.poll(seconds).toBeGreaterThan(filmed);
      await hold(page, 'Class 3');
      await sheet.dialog.getByRole('button', { name: 'Add to the set…' }).click();
      await expect(sheet.dialog.getByLabel('Label of all of them')).toHaveValue('Class 3');
      await sheet.dialog.getByRole('button', { name: 'Add', exact: true }).click();
      await sheet.dialog.getByRole('button', { name: 'Train on it' }).click();
    });

    await test.step('Train shows them, with a recipe of their own', async () => {
      await expect(page.getByRole('region', { name: 'Ready to train' })).toContainText('pictures to learn from');
      await expect(page.getByLabel('Preset')).toHaveValue('recipe');
    });

    await test.step('trained as it is proposed, it errs no more than PCA with as many numbers', async () => {
      const studio = new StudioPage(page);
      await studio.trainButton.click();
      await studio.ends('finished');
      const linear = Number(await page.getByTestId('pca-validation-mse').getAttribute('data-value'));
      expect(linear).toBeGreaterThan(0);
      expect(await studio.validationMse()).toBeLessThanOrEqual(linear * 1.001);
    });
  } finally {
    await browser.close();
  }
});

import { join } from 'node:path';
import { recordedPython } from '../training/torch/recorded-python.ts';
import { findings } from './harness/accessibility.ts';
import { launchApp, temporaryFolder } from './harness/app.ts';
import { expect, test } from './harness/fixtures.ts';
import { NetworkWatch } from './harness/network-watch.ts';
import { StudioPage } from './harness/studio-page.ts';
import { givePixels } from './harness/trained-run.ts';

test('a graphics card is set up once and trains a run; one without room says which batch fits', async ({
  chromium,
}) => {
  const folder = await temporaryFolder();
  await givePixels(folder.path);
  const network = await NetworkWatch.begin();
  const environment = await recordedPython(folder.path, { batchWithoutRoom: 256 });
  // No other Python is looked at.
  const env = { ...network.env, VIRTUAL_ENV: environment, HOME: folder.path, PATH: join(environment, 'bin') };
  const app = await launchApp({ dataFolder: folder.path, env, chromium });
  try {
    const studio = new StudioPage(app.page);
    const { page } = app;

    await test.step('what is there is found, and chosen once', async () => {
      await expect(studio.trainButton).toBeEnabled();
      await page.getByRole('radio', { name: 'Graphics card' }).check({ force: true });
      const dialog = page.getByRole('dialog', { name: 'Train on the graphics card' });
      await dialog.getByRole('radio', { name: 'Some card, 8.0 GB' }).check();
      await expect(dialog.getByRole('radio', { name: 'Some card, 8.0 GB' })).toBeChecked();
      await expect(dialog.getByText('Looking for Pythons')).toBeHidden({ timeout: 60_000 });
      await expect(dialog.getByRole('checkbox', { name: /Mixed precision/ })).toBeVisible({ timeout: 10_000 });
      await dialog.getByLabel('Another Python').fill(join(folder.path, 'python3'));
      await page.keyboard.press('Enter');
      await expect(dialog.getByText('expected a Python, found nothing')).toBeVisible();
      await app.chooseWhatToOpen([join(environment, 'bin', 'python')]);
      await dialog.getByRole('button', { name: 'Choose…' }).click();
      await expect(dialog.getByText('found nothing')).toBeHidden();
      expect(await findings(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Close' }).click();
      await expect(page.getByText('Some card, 8.0 GB')).toBeVisible();
    });

    await test.step('a batch without room is said, and one that fits is a click away', async () => {
      await page.getByRole('button', { name: 'Fill the card: 128' }).click();
      await expect(page.getByLabel('Batch size')).toHaveValue('128');
      await studio.type({ Epochs: 2, 'Batch size': 256 });
      await studio.trainButton.click();
      await expect(page.getByText(/has no room for a batch of 256 images/)).toBeVisible({ timeout: 120_000 });
      await page.getByRole('button', { name: 'Train with a batch of 64' }).click();
      await expect(page.getByText(/PyTorch 2\.15\.0 on Card \(cuda:0\)/).first()).toBeVisible({ timeout: 120_000 });
      await expect(page.getByText('finished').first()).toBeVisible({ timeout: 120_000 });
      await expect(page.getByLabel('Batch size')).toHaveValue('64');
    });
  } finally {
    await app.close();
    await folder.remove();
  }
});

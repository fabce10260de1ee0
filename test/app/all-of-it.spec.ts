import { basename, join } from 'node:path';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { DecoderPage, greysOf } from './harness/decoder-page.ts';
import { largestDifference, PICTURES, reconstruct } from './harness/exported-model.ts';
import { expect, test } from './harness/fixtures.ts';
import { contrasts, inkedPixels } from './harness/pixels.ts';
import { paperDigit, ReconstructPage } from './harness/reconstruct-page.ts';
import { RunsPage } from './harness/runs-page.ts';
import { runFolders } from './harness/studio-page.ts';

/** The first test image: a seven. */
const DIGIT = 0;

test.use({ lessMotion: false });

test('the whole walk: train, see, try a photograph, imagine, change, compare, take away', async ({
  openApp,
  dataFolder,
}) => {
  test.setTimeout(600_000);
  const { page, chooseWhereToSave } = await openApp();
  const runs = new RunsPage(page);
  const hint = page.getByRole('complementary', { name: 'Hint' });

  await test.step('the app opens with MNIST and the modern recipe', async () => {
    await expect(runs.trainButton).toBeEnabled();
    await expect(page.getByLabel('Images', { exact: true })).toHaveValue('mnist');
    await expect(page.getByLabel('Preset')).toHaveValue('modern');
    await expect(hint).toContainText('Press Train');
  });

  await test.step('the curve moves, and the digits come anew with each epoch', async () => {
    await page.getByLabel('Preset').selectOption('article');
    await runs.type({ Epochs: 2 });
    await runs.trainButton.click();
    const curve = page.getByRole('img', { name: /^Loss by epoch\. After epoch [12]:/ });
    await expect(curve).toBeVisible({ timeout: 240_000 });
    expect(await inkedPixels(curve)).toBeGreaterThan(500);
    const digits = page.getByRole('img', { name: /^Their reconstructions after epoch [12];/ });
    for (const contrast of await contrasts(digits, 10)) expect(contrast).toBeGreaterThan(40);
    await runs.ends('finished');
    await expect(page.getByRole('img', { name: /^Scatter of 5000 test images/ })).toHaveCount(2);
  });

  await test.step('a photograph of a digit goes through the model, and lands on the map', async () => {
    await hint.getByRole('button', { name: 'Go there' }).click();
    await expect(hint).toContainText('photograph of a digit');
    const pictures = new ReconstructPage(page);
    await pictures.open();
    await expect(hint).toBeHidden();
    const photograph = { name: 'seven.png', mimeType: 'image/png', buffer: await paperDigit(DIGIT) };
    await page.locator('input[type=file][multiple]').first().setInputFiles(photograph);
    await pictures.looksAt('seven.png');
    expect(await pictures.squaredError()).toBeGreaterThan(1);
    await expect(pictures.nearImages.first()).toBeVisible({ timeout: 60_000 });
    await expect(pictures.detail.getByRole('img', { name: /^Map of .* images; this picture lies at/ })).toBeVisible();
  });

  await test.step('at an empty place of the map the decoder imagines a digit', async () => {
    const decoder = new DecoderPage(page);
    await decoder.open();
    await decoder.point(0.04, 0.04);
    await expect(decoder.panel.getByText('◌ No training code nearby: imagined')).toBeVisible({ timeout: 120_000 });
    const imagined = await greysOf(decoder.live);
    expect(new Set(imagined).size).toBeGreaterThan(10);
    await decoder.point(0.5, 0.5);
    expect(await greysOf(decoder.live)).not.toEqual(imagined);
  });

  await test.step('the model is changed and trained again, and the runs are compared', async () => {
    await runs.goTo('Train');
    await page.getByLabel('Preset').selectOption('modern');
    await runs.trainToEnd({ Epochs: 1, 'Code size': 32 });
    await runs.goTo('Runs');
    await expect(runs.runRows).toHaveCount(2);
    for (const row of await runs.runRows.all()) await row.getByRole('checkbox').check();
    await runs.chosenRuns.getByRole('button', { name: 'Compare' }).click();
    await expect(page.getByRole('heading', { name: '2 runs compared' })).toBeVisible();
    const errors = await runs.compared('compared-test');
    const stored = await Promise.all((await runFolders(dataFolder)).map((folder) => new RunFolder(folder).readState()));
    const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
    expect(sorted(errors)).toEqual(sorted(stored.map(({ test: measured }) => measured!.squaredError)));
    await expect(page.getByRole('row', { name: /^Code size/ })).toContainText('32');
    await runs.backToList();
  });

  await test.step('the model is taken away, and computes elsewhere what the window shows', async () => {
    const folders = await runFolders(dataFolder);
    const newest = folders.at(-1)!;
    await runs.runRows.first().getByRole('button').first().click();
    const target = join(dataFolder, 'my model');
    await chooseWhereToSave(target);
    await page.getByRole('button', { name: 'Export…', exact: true }).click();
    await page.getByRole('button', { name: 'Export TensorFlow.js…' }).click();
    await expect(page.getByText(`Saved: ${target}`)).toBeVisible({ timeout: 60_000 });
    const { reconstructions } = await new RunFolder(newest).readSnapshot(basename(newest), 1);
    const elsewhere = await reconstruct(target);
    expect(elsewhere).toHaveLength(PICTURES * 784);
    expect(largestDifference(elsewhere, reconstructions.pixels)).toBeLessThanOrEqual(1);
  });
});

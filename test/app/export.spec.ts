import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { exportFormats } from '../../electron/domain/export-formats.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { findings } from './harness/accessibility.ts';
import { decode, exampleDigits, largestDifference, outputOf, PICTURES, reconstruct } from './harness/exported-model.ts';
import { ExportedPage } from './harness/exported-page.ts';
import { expect, test } from './harness/fixtures.ts';
import { ImportSheet } from './harness/import-sheet.ts';
import { RunsPage } from './harness/runs-page.ts';
import { runFolders } from './harness/studio-page.ts';
import { outputInBrowser } from './harness/tfjs-page.ts';

test('the model is exported in every format where the person says, and computes what the window shows', async ({
  openApp,
  dataFolder,
  run,
  chromium,
}) => {
  await run.copyTo(dataFolder);
  const { page, chooseWhereToSave, filesLieAt } = await openApp();
  const runs = new RunsPage(page);
  await runs.goTo('Runs');
  await runs.runRows.getByRole('button').first().click();
  await page.getByRole('button', { name: 'Export…', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: /^Export “/ });
  const said = dialog.getByRole('status');

  await test.step('axe finds nothing in the dialog, and the keyboard is in it', async () => {
    expect(await findings(page)).toEqual([]);
    const first = dialog.getByRole('radio', { name: 'All three' });
    await first.focus();
    await page.keyboard.press('ArrowRight');
    await expect(dialog.getByRole('radio', { name: 'Autoencoder' })).toBeChecked();
    await page.keyboard.press('ArrowLeft');
    await expect(first).toBeChecked();
  });

  await test.step('what a format cannot hold is said beforehand', async () => {
    await dialog.getByText('Encoder', { exact: true }).click();
    const card = dialog.getByRole('radio', { name: 'Web page' });
    await expect(card).toBeDisabled();
    await expect(card).toHaveAccessibleDescription(/it holds the autoencoder, not the encoder alone\.$/);
    await dialog.getByText('All three', { exact: true }).click();
    await expect(card).toBeEnabled();
  });

  const exportTo = async (format: string, folder: string | undefined): Promise<void> => {
    await chooseWhereToSave(folder);
    await dialog.getByRole('radio', { name: format, exact: true }).check();
    await dialog.getByRole('button', { name: `Export ${format}…` }).click();
  };

  await test.step('a cancelled dialog exports nothing', async () => {
    await exportTo('TensorFlow.js', undefined);
    await expect(said).toHaveText('Nothing was saved.');
  });

  await test.step('a folder that holds something is refused and left as it was', async () => {
    const full = join(dataFolder, 'full');
    await mkdir(full);
    await writeFile(join(full, 'thesis.txt'), 'years of work');
    await exportTo('TensorFlow.js', full);
    await expect(said).toHaveText(`Not saved: ${full}: expected a new or an empty folder, found "thesis.txt" in it.`);
    expect(await readdir(full)).toEqual(['thesis.txt']);
  });

  const placeOf = (id: string): string => join(dataFolder, `my model, ${id}`);
  for (const { id, name } of exportFormats) {
    await test.step(`as ${name}`, async () => {
      await exportTo(name, placeOf(id));
      await expect(said).toContainText(`Saved: ${placeOf(id)}`, { timeout: 60_000 });
      await expect(said).toContainText(/\d+ files: README\.md, /);
      expect(await readdir(placeOf(id))).toEqual(
        expect.arrayContaining(['preprocessing.json', 'README.md', 'samples']),
      );
    });
  }

  await test.step('TensorFlow.js gives what the window shows', async () => {
    const [folder] = await runFolders(dataFolder);
    const { reconstructions } = await new RunFolder(folder!).readSnapshot(basename(folder!), 1);
    const target = placeOf('tfjs');
    const whole = await reconstruct(target);
    expect(whole).toHaveLength(PICTURES * 784);
    // One step of 255: the window's bytes were rounded on their way.
    expect(largestDifference(whole, reconstructions.pixels)).toBeLessThanOrEqual(1);
    const inParts = await reconstruct(join(target, 'encoder'), join(target, 'decoder'));
    expect(largestDifference(inParts, whole)).toBe(0);
  });

  await test.step('and the same in a browser without a network', async () => {
    const digits = await exampleDigits();
    const seen = await outputInBrowser(await chromium(), placeOf('tfjs'), digits, [PICTURES, 28, 28, 1]);
    expect(largestDifference(seen, await outputOf(placeOf('tfjs')))).toBeLessThanOrEqual(1e-5);
  });

  await test.step('the page decodes a place of its map, from the disk, without a network', async () => {
    const exported = await ExportedPage.open(await chromium(), join(placeOf('html'), 'autoencoder.html'));
    try {
      await exported.clickMap(0.3, 0.6);
      const shown = await exported.decoded();
      const own = await decode(join(placeOf('tfjs'), 'decoder'), await exported.code());
      // One step of 255: both are rounded.
      expect(largestDifference(shown, own)).toBeLessThanOrEqual(1);
      await exported.clickMap(0.7, 0.3);
      expect(largestDifference(await exported.decoded(), shown)).toBeGreaterThan(0);
      await exported.draw();
      await expect(exported.said).toHaveText(/^Drawing: MSE 0\.\d{5} per pixel, /);
      expect(exported.problems).toEqual([]);
      expect(await findings(exported.page)).toEqual([]);
    } finally {
      await exported.page.context().close();
    }
  });

  await test.step('the Keras file comes back with the error on screen', async () => {
    await dialog.getByRole('button', { name: 'Close' }).click();
    const shown = page.getByTestId('test-squared-error');
    const own = Number(await shown.getAttribute('data-value'));
    expect(own).toBeGreaterThan(0);
    const names = await readdir(placeOf('keras'));
    const file = join(
      placeOf('keras'),
      names.find((name) => /autoencoder.*\.keras$/.test(name))!,
    );
    await filesLieAt([file]);
    await runs.backToList();
    const sheet = new ImportSheet(page);
    await sheet.choose(file, () => page.getByRole('button', { name: 'Import a model…' }).click());
    await sheet.dialog.getByLabel('Name').fill('Back from Keras');
    await sheet.importButton.click();
    await expect(page.getByRole('heading', { name: 'Back from Keras' }).first()).toBeVisible({ timeout: 120_000 });
    await expect(page.getByText(/^Imported from .*\.keras \(Keras\)\.$/)).toBeVisible();
    await expect(shown).toHaveAttribute('data-value', /\d/);
    const back = Number(await shown.getAttribute('data-value'));
    expect(Math.abs(back - own)).toBeLessThan(1e-4 * own);
  });
});

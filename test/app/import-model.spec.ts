import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { projectRoot } from '../../scripts/step.ts';
import { ImportSheet } from './harness/import-sheet.ts';
import { expect, test } from './harness/fixtures.ts';
import { RunsPage } from './harness/runs-page.ts';
import type { TrainedRun } from './harness/trained-run.ts';

/** Exports the trained run's autoencoder. @returns the folder, and the model's file in it */
async function takenAway(
  trained: TrainedRun,
  format: 'keras' | 'onnx',
  dataFolder: string,
): Promise<{ away: string; file: string }> {
  const away = join(dataFolder, `away-${format}`);
  const cli = join(projectRoot, 'out', 'main', 'cli.js');
  const options = ['--run', trained.folder, '--format', format, '--part', 'autoencoder', '--out', away];
  await promisify(execFile)(process.execPath, [cli, 'export', ...options]);
  const name = (await readdir(away)).find((each) => each.endsWith(`.${format}`))!;
  return { away, file: join(away, name) };
}

test('a model taken away to ONNX or Keras comes back with the same error, and is trained further', async ({
  openApp,
  dataFolder,
  run,
}) => {
  const [onnx, keras] = await Promise.all([takenAway(run, 'onnx', dataFolder), takenAway(run, 'keras', dataFolder)]);
  const { test: measured } = await new RunFolder(run.folder).readState();
  const app = await openApp();
  const { page } = app;
  const runs = new RunsPage(page);
  const sheet = new ImportSheet(page);
  const choose = async (file: string): Promise<void> => {
    await app.filesLieAt([file]);
    await sheet.choose(file, () => page.getByRole('button', { name: 'Import a model…' }).click());
  };
  const errsAsBefore = async (): Promise<void> => {
    const shown = page.getByTestId('test-squared-error');
    await expect(shown).toHaveAttribute('data-value', /\d/);
    const value = Number(await shown.getAttribute('data-value'));
    expect(Math.abs(value - measured!.squaredError)).toBeLessThan(1e-4 * measured!.squaredError);
  };
  await runs.goTo('Runs');

  await test.step('what is no model is refused by name', async () => {
    await choose(join(keras.away, 'README.md'));
    await expect(sheet.dialog).toContainText('README.md: expected a model (model.json, ');
    await sheet.dialog.getByRole('button', { name: 'Close' }).click();
  });

  await test.step('from ONNX its error on screen is the one it was taken away with', async () => {
    await choose(onnx.file);
    await expect(sheet.dialog.getByRole('radio').nth(1)).toBeChecked();
    await sheet.importButton.click();
    await expect(page.getByText(/^Imported from .*\.onnx \(ONNX\)\.$/)).toBeVisible({ timeout: 120_000 });
    await errsAsBefore();
    await runs.backToList();
  });

  await test.step('of Keras its layers are shown, the narrowest as the code', async () => {
    await choose(keras.file);
    const codes = sheet.dialog.getByRole('radio');
    await expect(codes).toHaveCount(3);
    await expect(codes.nth(1)).toBeChecked();
    await expect(sheet.dialog.getByLabel('Test on')).toHaveValue('mnist');
    await sheet.dialog.getByLabel('Name').fill('Back from Keras');
    await sheet.importButton.click();
  });

  await test.step('and its error on screen is the same', async () => {
    await expect(page.getByText(/^Imported from .*\.keras \(Keras\)\.$/)).toBeVisible({ timeout: 120_000 });
    await errsAsBefore();
  });

  await test.step('training can go on from its weights', async () => {
    await page.getByRole('button', { name: 'Train further…' }).click();
    await expect(page.getByText('Training begins with the weights of Back from Keras')).toBeVisible();
    await expect(runs.trainButton).toBeEnabled();
    await page.getByRole('button', { name: 'Begin anew' }).click();
    await expect(page.getByText('Training begins with the weights of')).toHaveCount(0);
  });

  // Whoever comes back to Runs finds the list.
  await runs.goTo('Runs');
  await expect(runs.row(/^Back from Keras/)).toContainText('imported');
});

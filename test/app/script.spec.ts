import { readFile } from 'node:fs/promises';
import { strFromU8, unzipSync } from 'fflate';
import { findings } from './harness/accessibility.ts';
import { expect, test } from './harness/fixtures.ts';
import { RunsPage } from './harness/runs-page.ts';

test('the experiment is shown as code that follows its settings, and is handed over; so is a run’s', async ({
  openApp,
  dataFolder,
  run,
}) => {
  await run.copyTo(dataFolder);
  const { page } = await openApp();
  await page.getByLabel('Preset').selectOption({ label: 'Article' });
  await page.getByRole('button', { name: 'Show as code' }).click();
  const panel = page.getByRole('region', { name: 'As code' });
  const code = panel.getByRole('region', { name: 'train.py' });
  await expect(code).toContainText('EPOCHS = 20');
  await expect(code).toContainText('import keras');
  await expect(panel).toContainText('Randomness: the seed gives other first weights');
  expect(await findings(page)).toEqual([]);

  await test.step('a setting that changes is marked until it has been seen', async () => {
    await page.getByLabel('Epochs', { exact: true }).fill('7');
    await expect(code).toContainText('EPOCHS = 7');
    // The title says that it is changed, too.
    await expect(panel.getByText('2 changes since you last looked').first()).toBeVisible();
    await expect(code.getByRole('row').filter({ hasText: 'EPOCHS = 7' })).toContainText('Changed:');
    await panel.getByRole('button', { name: 'Seen' }).click();
    await expect(code).not.toContainText('Changed:');
  });

  await test.step('what changes while the code is hidden is marked when it is looked at again', async () => {
    await panel.getByRole('button', { name: 'Hide code' }).click();
    await page.getByLabel('Epochs', { exact: true }).fill('9');
    await page.getByRole('button', { name: 'Edit the model’s layers' }).click();
    await page.getByRole('button', { name: 'Show as code' }).click();
    await expect(code.getByRole('row').filter({ hasText: 'EPOCHS = 9' })).toContainText('Changed:');
  });

  await test.step('a setting that cannot be says why there is no script', async () => {
    await page.getByLabel('Code size').first().fill('0');
    await expect(panel.getByRole('alert')).toContainText('There is no script yet.');
    await page.getByLabel('Code size').first().fill('128');
    await expect(code).toContainText('EPOCHS = 9');
  });

  await test.step('it is saved with what it needs', async () => {
    await panel.getByText('PyTorch', { exact: true }).click();
    await expect(code).toContainText('model = nn.Sequential(encoder, decoder)');
    const downloading = page.waitForEvent('download');
    await panel.getByRole('button', { name: 'Save script…' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(/-pytorch\.zip$/);
    const files = unzipSync(await readFile(await download.path()));
    expect(Object.keys(files)).toEqual(['train.py', 'requirements.txt']);
    expect(strFromU8(files['train.py']!)).toContain('EPOCHS = 9');
  });

  await test.step('a run’s training leaves as a script too', async () => {
    const runs = new RunsPage(page);
    await runs.goTo('Runs');
    await runs.runRows.getByRole('button').first().click();
    await page.getByRole('button', { name: 'Export…', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: /^Export “/ });
    await dialog.getByText('Training script', { exact: true }).click();
    await dialog.getByText('TensorFlow.js', { exact: true }).click();
    const code = dialog.getByRole('region', { name: 'train.mjs' });
    await expect(code).toContainText('const EPOCHS = 1;');
    await dialog.getByText('package.json', { exact: true }).click();
    await expect(dialog.getByRole('region', { name: 'package.json' })).toContainText('@tensorflow/tfjs-node');
    expect(await findings(page)).toEqual([]);
  });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './harness/fixtures.ts';
import { StudioPage } from './harness/studio-page.ts';

test('the threads are set in the window, kept, and said with the run', async ({ openApp, dataFolder }) => {
  const { page, close } = await openApp();
  const studio = new StudioPage(page);
  const settings = page.getByRole('button', { name: 'Settings' });
  const threads = page.getByRole('dialog', { name: 'Settings' }).getByLabel('Threads');
  await expect(studio.trainButton).toBeEnabled();
  await settings.click();
  await threads.selectOption('1');
  await expect(threads).toHaveValue('1');
  await expect(page.getByRole('banner').getByRole('status')).toHaveText('ready');
  expect(JSON.parse(await readFile(join(dataFolder, 'settings.json'), 'utf8'))).toEqual({ version: 1, threads: 1 });
  await page.keyboard.press('Escape');

  // Long enough to be looked at while it trains.
  await studio.type({ Epochs: 50, 'Batch size': 16 });
  await studio.trainButton.click();
  await studio.isTraining();
  await settings.click();
  await expect(threads).toBeDisabled();
  await page.keyboard.press('Escape');
  await studio.stopButton.click();
  await studio.ends('stopped');
  await page.getByRole('main').getByText('Details', { exact: true }).click();
  await expect(page.getByRole('main').getByText(/Compiled by XLA, \d+ steps a call, 1 thread$/)).toBeVisible();
  await close();

  const { page: again } = await openApp();
  await again.getByRole('button', { name: 'Settings' }).click();
  await expect(again.getByRole('dialog', { name: 'Settings' }).getByLabel('Threads')).toHaveValue('1');
});

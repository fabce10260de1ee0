import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './harness/fixtures.ts';
import { StudioPage } from './harness/studio-page.ts';

test('the threads are set in the window, kept, and said with the run', async ({ openApp, dataFolder }) => {
  const { page, close } = await openApp();
  const studio = new StudioPage(page);
  const threads = page.getByLabel('Threads');
  await page.getByText('More', { exact: true }).click();
  await threads.selectOption('1');
  await expect(threads).toHaveValue('1');
  await expect(page.getByRole('banner').getByRole('status')).toHaveText('ready');
  expect(JSON.parse(await readFile(join(dataFolder, 'settings.json'), 'utf8'))).toEqual({ version: 1, threads: 1 });

  await studio.type({ Epochs: 1 });
  await studio.trainButton.click();
  await studio.isTraining();
  await expect(threads).toBeDisabled();
  await studio.ends('finished');
  await expect(page.getByRole('main').getByText(/ · Compiled by XLA, \d+ steps a call, 1 thread$/)).toBeVisible();
  await expect(threads).toBeEnabled();
  for (const size of [
    { width: 1_280, height: 800 },
    { width: 1_024, height: 700 },
  ]) {
    await page.setViewportSize(size);
    await threads.scrollIntoViewIfNeeded();
    const panel = (await page.getByRole('region', { name: 'Experiment' }).boundingBox())!;
    const field = (await threads.boundingBox())!;
    expect(field.x + field.width).toBeLessThanOrEqual(panel.x + panel.width);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(size.width);
  }
  await close();

  const { page: again } = await openApp();
  await again.getByText('More', { exact: true }).click();
  await expect(again.getByLabel('Threads')).toHaveValue('1');
});

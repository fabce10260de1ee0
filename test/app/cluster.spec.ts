import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { FakeRay, TOKEN } from '../cluster/fake-ray.ts';
import { finish, printEpoch } from '../cluster/job-samples.ts';
import { findings } from './harness/accessibility.ts';
import { launchApp, temporaryFolder } from './harness/app.ts';
import { expect, test } from './harness/fixtures.ts';
import { inkedPixels } from './harness/pixels.ts';
import { NetworkWatch } from './harness/network-watch.ts';
import { runFolders, storedMetrics, StudioPage } from './harness/studio-page.ts';
import { givePixels } from './harness/trained-run.ts';

/** The weights that the app has sent: what the job sends back after an epoch that changed nothing. */
function initialWeights(ray: FakeRay): Uint8Array {
  for (const zip of ray.packages.values()) {
    const weights = unzipSync(zip)['initial.safetensors'];
    if (weights !== undefined) return weights;
  }
  throw new Error('Expected a package with initial.safetensors, found none.');
}

test('a cluster is set up and trains a run, which outlives the app and is caught up with', async ({ chromium }) => {
  const ray = await FakeRay.start();
  const folder = await temporaryFolder();
  await givePixels(folder.path);
  const { host } = new URL(ray.address);
  const network = await NetworkWatch.begin();
  let app = await launchApp({ dataFolder: folder.path, env: network.env, chromium });
  try {
    const studio = new StudioPage(app.page);
    const { page } = app;
    const main = page.getByRole('main');

    await test.step('what is there is told, or why it cannot be', async () => {
      await expect(studio.trainButton).toBeEnabled();
      await page.getByRole('radio', { name: 'A cluster' }).check({ force: true });
      const dialog = page.getByRole('dialog', { name: 'Train on a cluster' });
      await dialog.getByLabel('Address').fill(ray.address);
      await dialog.getByRole('button', { name: 'Test connection' }).click();
      await expect(dialog.getByText('expected a token, found none')).toBeVisible();
      await dialog.getByLabel('Token').fill(TOKEN);
      await dialog.getByRole('button', { name: 'Test connection' }).click();
      await expect(dialog.getByRole('group', { name: 'What is there' })).toContainText('2.60.0');
      await expect(dialog.getByText('A token is kept in this system’s keychain.')).toBeVisible();
      await expect(dialog.getByLabel('Token')).toHaveValue('');
      await dialog.getByLabel('Workers').fill('2');
      expect(await findings(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Close' }).click();
    });

    await test.step('sizes are shown before anything is sent', async () => {
      await page.getByLabel('Preset').selectOption('modern');
      await studio.type({ Epochs: 3 });
      await page.getByRole('button', { name: 'Train on the cluster…' }).click();
      const dialog = page.getByRole('dialog', { name: 'Train on the cluster' });
      await expect(dialog).toContainText(/in 1 package/, { timeout: 120_000 });
      expect(ray.packages.size).toBe(0);
      expect(await findings(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Send and train' }).click();
    });

    await test.step('its curve and reconstructions come live', async () => {
      await ray.untilAsked(({ method, path }) => method === 'POST' && path === '/api/jobs/');
      await expect(main.getByText(/On the cluster .*, 2 workers/)).toBeVisible();
      printEpoch(ray, 1, ray.onlyJob, initialWeights(ray));
      await expect(main.getByText('1 of 3 epochs')).toBeVisible();
      expect(await findings(page)).toEqual([]);
      await expect(page.getByRole('img', { name: /after epoch 1/ }).first()).toBeVisible();
    });

    await app.close();
    const [run] = await runFolders(folder.path);
    expect((await storedMetrics(run!)).map(({ epoch }) => epoch)).toEqual([1]);
    printEpoch(ray, 2, ray.onlyJob, initialWeights(ray));
    app = await launchApp({ dataFolder: folder.path, env: network.env, chromium });

    await test.step('the next start finds it, and ends it as an ordinary run', async () => {
      const again = app.page.getByRole('main');
      await expect(again.getByText('2 of 3 epochs')).toBeVisible();
      await expect(again.getByRole('button', { name: 'Stop the job' })).toBeVisible();
      printEpoch(ray, 3, ray.onlyJob, initialWeights(ray));
      finish(ray, 3, ray.onlyJob, initialWeights(ray));
      await expect(again.getByText(/^\S finished$/).first()).toBeVisible({ timeout: 120_000 });
      expect((await storedMetrics(run!)).map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
      const pictures = app.page.getByRole('img', { name: /after epoch 3/ }).first();
      expect(await inkedPixels(pictures)).toBeGreaterThan(100);
      await new StudioPage(app.page).goTo('Runs');
      await expect(app.page.getByText('on a cluster')).toBeVisible();
    });
  } finally {
    await app.close();
    await ray.close();
  }
  const spoken = (await network.end()).filter((line) => !line.includes(host));
  expect(spoken, 'what else was asked of a network').toEqual([]);
  for (const entry of await readdir(folder.path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    expect(await readFile(join(entry.parentPath, entry.name), 'latin1'), entry.name).not.toContain(TOKEN);
  }
  await folder.remove();
});

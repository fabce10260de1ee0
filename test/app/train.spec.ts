import { expect, test } from './harness/fixtures.ts';
import { contrasts, inkedPixels, strongColours } from './harness/pixels.ts';
import { runFolders, storedMetrics, StudioPage } from './harness/studio-page.ts';

test('two epochs on MNIST: curve, ten reconstructions, both maps, the number that is on disk; all there again later', async ({
  openApp,
  dataFolder,
}) => {
  const first = await openApp();
  const { page } = first;
  const studio = new StudioPage(page);
  await studio.trainToEnd({ Epochs: 2 });

  const curve = page.getByRole('img', { name: /^Loss by epoch\. After epoch 2: training cost/ });
  await expect(curve).toBeVisible();
  expect(await inkedPixels(curve)).toBeGreaterThan(1_000);

  const originals = page.getByRole('img', { name: 'The first 10 test images' });
  const reconstructions = page.getByRole('img', { name: /^Their reconstructions after epoch 2; MSE per pixel/ });
  for (const contrast of await contrasts(originals, 10)) expect(contrast).toBeGreaterThan(250);
  for (const contrast of await contrasts(reconstructions, 10)) expect(contrast).toBeGreaterThan(60);
  const errors = (await reconstructions.getAttribute('aria-label'))!.match(/0\.\d+/g)!.map(Number);
  expect(errors).toHaveLength(10);
  for (const error of errors) expect(error).toBeLessThan(0.5);

  await expect(page.getByRole('heading', { name: '5,000 test images on two maps, 500 a class' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Classes' }).getByRole('listitem')).toHaveCount(10);
  const maps = page.getByRole('img', { name: /^Scatter of 5000 test images/ });
  await expect(maps).toHaveCount(2);
  for (const map of await maps.all()) expect(await strongColours(map)).toBeGreaterThanOrEqual(10);
  await expect(page.getByRole('region', { name: 'Maps' })).toContainText('on their own two principal components');

  const [folder] = await runFolders(dataFolder);
  const metrics = await storedMetrics(folder!);
  expect(metrics.map(({ epoch }) => epoch)).toEqual([1, 2]);
  const shown = await studio.validationMse();
  expect(shown).toBe(metrics[1]!.validationMse);
  expect(shown).toBeLessThan(metrics[0]!.validationMse!);
  await expect(page.getByTestId('test-mse')).toHaveAttribute('data-value', /\d/);

  await first.close();
  await test.step('the app is opened again: the run is listed and shown', async () => {
    const { page: later } = await openApp();
    const again = new StudioPage(later);
    await again.goTo('Runs');
    await expect(again.runRows).toHaveCount(1);
    await expect(again.runRows).toContainText('finished');
    await again.runRows.getByRole('button').click();
    await expect(later.getByRole('img', { name: /^Loss by epoch\. After epoch 2/ })).toBeVisible();
    await expect(later.getByRole('img', { name: /^Their reconstructions after epoch 2/ })).toBeVisible();
    await expect(later.getByRole('img', { name: /^Scatter of 5000 test images/ })).toHaveCount(2);
    expect(await again.validationMse()).toBe(shown);
  });
});

test('a run is stopped in the middle of an epoch, and a second one starts in the same window', async ({
  openApp,
  dataFolder,
}) => {
  const { page } = await openApp();
  const studio = new StudioPage(page);
  await studio.type({ Epochs: 50, 'Batch size': 4 });
  await studio.trainButton.click();
  await studio.isTraining();
  await studio.stopButton.click();
  await studio.ends('stopped');

  await studio.trainToEnd({ Epochs: 1, 'Batch size': 256 });
  const [stopped, finished] = await runFolders(dataFolder);
  expect(await storedMetrics(stopped!)).toEqual([]);
  expect(await storedMetrics(finished!)).toHaveLength(1);
  await studio.goTo('Runs');
  await expect(studio.runRows).toHaveCount(2);
  await expect(studio.runRows.first()).toContainText('finished');
  await expect(studio.runRows.last()).toContainText('stopped');
});

import { expect, test } from './harness/fixtures.ts';
import { contrasts, inkedPixels, strongColours } from './harness/pixels.ts';
import { runFolders, storedMetrics, StudioPage } from './harness/studio-page.ts';

test('the article on MNIST: curve, reconstructions, maps, the doctor’s word and remedy; a stop; all there again later', async ({
  openApp,
  dataFolder,
}) => {
  const first = await openApp();
  const { page } = first;
  const studio = new StudioPage(page);
  await page.getByLabel('Preset').selectOption('article');
  await studio.trainToEnd({ Epochs: 3, 'Batch size': 48 });

  const curve = page.getByRole('img', { name: /^Loss by epoch\. After epoch 3: training cost/ });
  await expect(curve).toBeVisible();
  expect(await inkedPixels(curve)).toBeGreaterThan(1_000);

  const originals = page.getByRole('img', { name: '10 test images' });
  const reconstructions = page.getByRole('img', {
    name: /^Their reconstructions after epoch 3; squared error per image/,
  });
  for (const contrast of await contrasts(originals, 10)) expect(contrast).toBeGreaterThan(250);
  for (const contrast of await contrasts(reconstructions, 10)) expect(contrast).toBeGreaterThan(60);
  const errors = (await reconstructions.getAttribute('aria-label'))!.match(/\d+\.\d+/g)!.map(Number);
  expect(errors).toHaveLength(10);
  for (const error of errors) expect(error).toBeLessThan(0.5 * 784);

  await expect(page.getByRole('heading', { name: '5,000 test images on two maps, 500 a class' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Classes' }).getByRole('listitem')).toHaveCount(10);
  const maps = page.getByRole('img', { name: /^Scatter of 5000 test images/ });
  await expect(maps).toHaveCount(2);
  for (const map of await maps.all()) expect(await strongColours(map)).toBeGreaterThanOrEqual(10);
  await expect(page.getByRole('region', { name: 'Maps' })).toContainText('on their own two principal components');

  const [folder] = await runFolders(dataFolder);
  const metrics = await storedMetrics(folder!);
  expect(metrics.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  const article = await studio.validationMse();
  expect(article).toBe(metrics[2]!.validationMse);
  expect(article).toBeLessThan(metrics[0]!.validationMse!);
  await expect(page.getByTestId('test-mse')).toHaveAttribute('data-value', /\d/);

  const doctor = page.getByRole('region', { name: 'Doctor' });
  const meter = page.getByRole('meter', { name: 'Against PCA' });
  await test.step('the doctor says why the error is above the average digit’s, and its remedy beats that by far', async () => {
    const measured = String(Number((784 * article).toPrecision(3)));
    await expect(doctor).toContainText(`The validation error, ${measured} per image, stays above 51.9`);
    await expect(doctor).toContainText(/\d\d % of the values in .* lie in the flat ends .* N\(0, 1\) are too large/);
    await expect(meter).toHaveAttribute('aria-valuetext', /^\d+ × the error of PCA-128$/);
    await doctor.getByRole('button', { name: 'Try the modern recipe' }).click();
    await expect(studio.stopButton).toBeVisible();
    await studio.ends('finished');
    // After three epochs it may still be above PCA, and says so.
    await expect(doctor.locator('[data-finding="worse-than-mean"]')).toHaveCount(0);
    await expect(page.locator('[data-finding]:not([data-finding="worse-than-pca"])')).toHaveCount(0);
    expect(await studio.validationMse()).toBeLessThan(article / 10);
    await expect(meter).toHaveAttribute('aria-valuetext', /^(PCA-128 errs \d|\d\.\d × the error of PCA-128)/);
  });

  await test.step('a run is stopped in the middle of an epoch', async () => {
    await studio.type({ Epochs: 50, 'Batch size': 1 });
    await studio.trainButton.click();
    await studio.isTraining();
    await studio.stopButton.click();
    await studio.ends('stopped');
    const folders = await runFolders(dataFolder);
    expect(await Promise.all(folders.map(async (of) => (await storedMetrics(of)).length))).toEqual([3, 3, 0]);
  });

  await first.close();
  await test.step('the app is opened again: the runs are listed and shown', async () => {
    const { page: later } = await openApp();
    const again = new StudioPage(later);
    await again.goTo('Runs');
    await expect(again.runRows).toHaveCount(3);
    await expect(again.runRows.first()).toContainText('stopped');
    await expect(again.runRows.nth(1)).toContainText('finished');
    await again.runRows.last().getByRole('button').click();
    await expect(later.getByRole('img', { name: /^Loss by epoch\. After epoch 3/ })).toBeVisible();
    await expect(later.getByRole('img', { name: /^Their reconstructions after epoch 3/ })).toBeVisible();
    await expect(later.getByRole('img', { name: /^Scatter of 5000 test images/ })).toHaveCount(2);
    expect(await again.validationMse()).toBe(article);
  });
});

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './harness/fixtures.ts';
import { runFolders, storedMetrics, StudioPage } from './harness/studio-page.ts';

test('a model is edited, its shape error is seen and mended, it trains, pauses, goes on, and ends on the numbers on disk', async ({
  openApp,
  dataFolder,
}) => {
  const { page } = await openApp();
  const studio = new StudioPage(page);
  const layer = (name: string) => page.getByRole('group', { name, exact: true });
  const shape = (name: string) => layer(name).getByTestId('shape');
  const parameters = page.getByTestId('parameters');

  await page.getByLabel('Preset').selectOption({ label: 'Modern recipe' });
  await studio.goTo('Model');
  await expect(parameters).toHaveText('468,368');

  await test.step('layers are edited, and their numbers follow', async () => {
    await page.getByRole('button', { name: /^Code: 128/ }).press('Enter');
    await expect(page.getByLabel('Code size')).toBeFocused();
    await page.getByLabel('Code size').fill('32');
    await page.getByRole('button', { name: 'Add dense layer' }).click();
    await layer('Encoder layer 2').getByLabel('Units').fill('64');
    await expect(shape('Encoder layer 2')).toHaveText('64');
    await expect(shape('Decoder layer 1')).toHaveText('64');
    // 784-256-64-32 and back, with biases.
    await expect(parameters).toHaveText('439,728');
    await expect(page.getByRole('button', { name: 'Code: 32, 32 values' })).toBeVisible();
  });

  await test.step('a block’s second kernel is its first until it is said, and of one that begins with its activation nothing is asked of the sum', async () => {
    await page.getByLabel('Add another layer to the encoder').selectOption({ label: 'residual block' });
    const block = layer('Encoder layer 1');
    await block.getByLabel('Kernel', { exact: true }).fill('5');
    await expect(block.getByLabel('2nd kernel')).toHaveValue('5');
    await block.getByLabel('2nd kernel').fill('1');
    await block.getByLabel('Activation first').check();
    await expect(block.getByLabel('Sum as it is')).toBeHidden();
    // Kernels of 5 × 5 and of 1 × 1 for 16 filters, and their biases.
    await expect(block).toContainText('433');
    // What comes in is convolved too: other channels, and a stride, which can be taken back without them.
    await block.getByLabel('Convolve shortcut').check();
    await expect(block.getByLabel('Channels')).toHaveValue('16');
    await block.getByLabel('Channels').fill('24');
    await block.getByLabel('Stride').fill('2');
    await expect(shape('Encoder layer 1')).toHaveText('14 × 14 × 24');
    await block.getByLabel('Convolve shortcut').uncheck();
    await expect(block.getByRole('alert')).toContainText('Expected channels to be said for a stride of 2');
    await block.getByLabel('Stride').fill('1');
    await expect(shape('Encoder layer 1')).toHaveText('28 × 28 × 1');
    // A third of 16 × 16 filters between the two, its biases; the image's one channel is one group alone.
    await block.getByLabel('Three convolutions').check();
    await expect(block.getByLabel('Mid kernel')).toHaveValue('3');
    await expect(block).toContainText('2,753');
    await block.getByLabel('Group norm').check();
    await expect(block.getByRole('alert')).toContainText('Expected groups that 1 channel can be parted into, found 8.');
    await block.getByLabel('Groups').fill('1');
    // What is left is that nothing stands before it.
    await expect(block.getByRole('alert')).toContainText('Expected a conv layer before it');
    await page.getByRole('button', { name: 'Remove encoder layer 1' }).click();
    await expect(parameters).toHaveText('439,728');
  });

  await test.step('what does not fit is said at its layer, and where Train is pressed', async () => {
    await page.getByRole('button', { name: 'Add conv layer' }).click();
    await expect(shape('Encoder layer 1')).toHaveText('14 × 14 × 16');
    await page.getByRole('button', { name: 'Move encoder layer 1 down' }).click();
    const wrong = 'Expected an image for a conv layer, found 256 units: it must stand before every dense layer.';
    await expect(layer('Encoder layer 2').getByRole('alert')).toContainText(wrong);
    await studio.goTo('Train');
    await expect(studio.trainButton).toBeDisabled();
    const panel = page.getByRole('region', { name: 'Experiment' });
    await expect(panel).toContainText(`Look in Model, at “Encoder layer 2”: ${wrong}`);
    await panel.getByRole('button', { name: 'Model', exact: true }).click();
    await page.getByRole('button', { name: 'Remove encoder layer 2' }).click();
    await expect(layer('Encoder layer 2').getByRole('alert')).toBeHidden();
    await expect(parameters).toHaveText('439,728');
  });

  await studio.goTo('Train');
  // Long enough to be seen training, and paused.
  await studio.type({ Epochs: 3, 'Batch size': 8 });
  await studio.trainButton.click();
  await studio.isTraining();
  const status = page.getByRole('banner').getByRole('status');
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(status).toHaveText(/^paused · epoch \d\/3$/);
  await expect(page.getByRole('main').getByText(/^\S paused$/)).toBeVisible();
  const [folder] = await runFolders(dataFolder);
  expect((await readdir(folder!)).filter((name) => name.startsWith('checkpoint-'))).not.toHaveLength(0);
  const before = await storedMetrics(folder!);
  expect(before.length).toBeLessThan(3);

  await page.getByRole('button', { name: 'Resume' }).click();
  await studio.ends('finished');
  const metrics = await storedMetrics(folder!);
  expect(metrics.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  expect(metrics.slice(0, before.length)).toEqual(before);
  // The mean image's error is 0.0675: what was trained has learnt.
  expect(metrics[2]!.validationMse).toBeLessThan(0.02);
  expect(await studio.validationMse()).toBe(Math.min(...metrics.map(({ validationMse }) => validationMse!)));

  const written = JSON.parse(await readFile(join(folder!, 'experiment.json'), 'utf8')) as {
    readonly model: {
      readonly encoder: readonly { readonly units: number }[];
      readonly code: { readonly size: number };
    };
  };
  expect(written.model.encoder.map(({ units }) => units)).toEqual([256, 64]);
  expect(written.model.code.size).toBe(32);
});

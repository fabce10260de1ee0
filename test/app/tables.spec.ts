import type { Locator } from '@playwright/test';
import { formatSquaredError } from '../../renderer/widgets/format-number.ts';
import { expect, test } from './harness/fixtures.ts';
import { LatentPage } from './harness/latent-page.ts';
import { RunsPage } from './harness/runs-page.ts';
import { runFolders, storedMetrics } from './harness/studio-page.ts';

/** As errors of MNIST's images are written unless a person chooses otherwise. */
const inUnit = (mse: number): string => formatSquaredError(mse * 784);

/** A table's rows without its head, the cells' texts. */
async function rowsOf(table: Locator): Promise<string[][]> {
  await expect(table.locator('tbody tr').first()).toBeAttached();
  const rows = await table.locator('tbody tr').all();
  return Promise.all(rows.map((row) => row.locator('th, td').allTextContents()));
}

test('what the curve, the maps and the histogram draw can be had as tables', async ({ openApp, dataFolder, run }) => {
  await run.copyTo(dataFolder);
  const { page } = await openApp();
  const studio = new RunsPage(page);
  await studio.goTo('Runs');
  await studio.runRows.getByRole('button').first().click();

  await test.step('the curve: a row an epoch', async () => {
    const loss = page.getByRole('region', { name: 'Loss' });
    await loss.getByRole('checkbox', { name: 'table' }).check();
    await expect(loss.getByRole('img')).toHaveCount(0);
    const [stored] = await storedMetrics((await runFolders(dataFolder))[0]!);
    const [row] = await rowsOf(loss.getByRole('table'));
    expect(row).toEqual([
      '1',
      inUnit(stored!.trainingCost),
      inUnit(stored!.lastBatchCost),
      inUnit(stored!.validationMse!),
      String(Number(stored!.learningRate.toPrecision(3))),
    ]);
  });

  await test.step('the ten digits have their errors in the unit that is set', async () => {
    const digits = page.getByRole('img', {
      name: /^Their reconstructions after epoch 1; squared error per image of each: \d/,
    });
    await expect(digits).toBeVisible();
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    await page.getByRole('dialog', { name: 'Settings' }).getByText('MSE per pixel').click();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('img', { name: /; MSE per pixel of each: 0\.\d+, 0/ })).toBeVisible();
  });

  await test.step('the maps of a run: a row a class', async () => {
    const maps = page.getByRole('region', { name: 'Maps' });
    await maps.getByRole('checkbox', { name: 'table' }).check();
    for (const name of ['PCA of the pixels', 'The autoencoder’s codes']) {
      const rows = await rowsOf(maps.getByRole('table', { name: `${name}: where each class lies` }));
      expect(rows.map(([label, count]) => [label, count])).toEqual(
        Array.from({ length: 10 }, (_, label) => [String(label), '500']),
      );
    }
  });

  await test.step('the maps of Latent, and the errors of a selection', async () => {
    const latent = new LatentPage(page);
    await latent.open();
    await latent.more();
    await page.getByRole('checkbox', { name: 'As tables' }).check();
    const codes = page.getByRole('table', { name: 'The autoencoder’s codes: where each class lies' });
    const rows = await rowsOf(codes);
    expect(rows[1]!.slice(0, 2)).toEqual(['1', '1,135']);
    expect(rows[4]![5]).toMatch(/^\d, \d+\.\d\d away$/);
    await latent.select('all that are shown');
    await latent.expectSelected(10_000);
    const bins = await rowsOf(page.getByRole('table', { name: 'Images by MSE per pixel' }));
    expect(bins.reduce((sum, [, count]) => sum + Number(count!.replaceAll(',', '')), 0)).toBe(10_000);
  });
});

import { join } from 'node:path';
import { presets } from '../../electron/domain/presets.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { expect, test } from './harness/fixtures.ts';
import { contrasts, inkedPixels } from './harness/pixels.ts';
import { RunsPage } from './harness/runs-page.ts';
import { runFolders } from './harness/studio-page.ts';

const modern = presets.find(({ id }) => id === 'modern')!;
test('two runs are compared, tagged, deleted and brought back; a report is read in a clean browser, a run leaves as a file', async ({
  openApp,
  dataFolder,
  run: trained,
  map,
  chromium,
}) => {
  await trained.copyTo(dataFolder);
  await map.copyTo(dataFolder);
  const { page, chooseWhereToSave, filesLieAt } = await openApp();
  const runs = new RunsPage(page);
  await runs.goTo('Runs');
  await expect(runs.runRows).toHaveCount(2);
  await expect(runs.row(/^Map/)).toContainText('2/2');
  const thumbnails = page.getByRole('img', { name: 'What it makes of a test image' });
  await expect(thumbnails).toHaveCount(2);
  for (const thumbnail of await thumbnails.all()) {
    for (const contrast of await contrasts(thumbnail, 1)) expect(contrast).toBeGreaterThan(40);
  }

  const folders = (await runFolders(dataFolder)).map((folder) => new RunFolder(folder));
  const stored = await Promise.all(folders.map((folder) => folder.readState()));
  const errors = stored.map(({ test: measured }) => measured!.squaredError);

  await test.step('the figures of the comparison are those on disk', async () => {
    await runs.choose(/^Modern recipe/);
    await runs.choose(/^Map/);
    await runs.chosenRuns.getByRole('button', { name: 'Compare' }).click();
    await expect(page.getByRole('heading', { name: '2 runs compared' })).toBeVisible();
    const shown = await runs.compared('compared-test');
    expect([...shown].sort((a, b) => a - b)).toEqual([...errors].sort((a, b) => a - b));
    const settings = page.getByRole('region', { name: 'Settings that differ' });
    await expect(settings.getByRole('row', { name: /^Learning rate/ })).toContainText(
      String(modern.training.learningRate),
    );
    await expect(settings.getByRole('row', { name: /^Seed/ })).toHaveCount(0);
    const curves = page.getByRole('img', { name: /^Validation, squared error per image, by epoch/ });
    expect(await inkedPixels(curves)).toBeGreaterThan(500);
    const pictures = page.getByRole('img', { name: /makes of them after epoch/ });
    await expect(pictures).toHaveCount(2);
    for (const strip of await pictures.all()) {
      for (const contrast of await contrasts(strip, 10)) expect(contrast).toBeGreaterThan(40);
    }
    await page.getByRole('slider', { name: 'Smoothing' }).fill('5');
    await expect(page.getByText('smoothed: mean of 5 epochs')).toBeVisible();
    await runs.backToList();
  });

  await test.step('their codes are measured on the same test images, beside image files', async () => {
    // The choice went with the comparison: what is deleted or measured next is what is chosen anew.
    for (const box of await runs.runRows.getByRole('checkbox').all()) await expect(box).not.toBeChecked();
    await runs.choose(/^Modern recipe/);
    await runs.choose(/^Map/);
    await runs.chosenRuns.getByRole('button', { name: 'Error by code size' }).click();
    const view = page.getByRole('region', { name: 'Error by code size' });
    const measured = view.getByTestId('code-error');
    await expect(measured).toHaveCount(2);
    const shown = await measured.evaluateAll((all) =>
      all.map((cell) => Number((cell as HTMLElement).dataset['value'])),
    );
    const order = (values: readonly number[]) => [...values].sort((a, b) => a - b);
    order(shown).forEach((value, at) => expect(value).toBeCloseTo(order(errors)[at]!, 3));
    await expect(view.getByRole('img', { name: /^Error against bytes.*WebP: \d/ })).toBeVisible();
    await runs.backToList();
  });

  await test.step('a tag is kept, found by, and on disk', async () => {
    await runs
      .row(/^Modern recipe/)
      .getByRole('button')
      .click();
    await page.getByRole('textbox', { name: 'Add a tag' }).fill('keep this');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('list', { name: 'Tags' })).toContainText('keep this');
    await runs.backToList();
    await page.getByRole('searchbox', { name: 'Find runs' }).fill('keep');
    await expect(runs.runRows).toHaveCount(1);
    await expect(runs.runRows).toContainText('keep this');
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect(runs.runRows).toHaveCount(2);
  });

  await test.step('a deleted run is in the trash until it is undone', async () => {
    await runs.choose(/^Modern recipe/);
    await runs.choose(/^Map/);
    await runs.chosenRuns.getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByText('2 runs are in the trash.')).toBeVisible();
    await expect(page.getByText('No runs yet')).toBeVisible();
    expect(await runFolders(dataFolder)).toEqual([]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(runs.runRows).toHaveCount(2);
    await expect(runs.row(/^Modern recipe/)).toContainText('keep this');
    expect(await runFolders(dataFolder)).toHaveLength(2);
  });

  await test.step('the report stands by itself', async () => {
    const target = join(dataFolder, 'report.html');
    await runs.row(/^Map/).getByRole('button').click();
    await chooseWhereToSave(target);
    await page.getByRole('button', { name: 'Save report…' }).click();
    await expect(page.getByText(`Saved: ${target}`)).toBeVisible();
    const { id: copied } = await new RunFolder(trained.folder).readState();
    const other = stored.find(({ id }) => id !== copied)!;
    const context = await (await chromium()).newContext();
    try {
      const clean = await context.newPage();
      const requests: string[] = [];
      clean.on('request', (request) => requests.push(request.url()));
      await clean.goto(`file://${target}`);
      await expect(clean.getByRole('heading', { level: 1 })).toHaveText(/^Map/);
      const row = clean.getByRole('row', { name: /^Squared error per image/ });
      await expect(row).toContainText(String(Number(other.test!.squaredError.toPrecision(4))));
      const digit = clean.getByRole('img', { name: /1$/ }).first();
      expect(await digit.evaluate((img: HTMLImageElement) => [img.complete, img.naturalWidth])).toEqual([true, 28]);
      expect(requests.filter((address) => !address.startsWith('data:'))).toEqual([`file://${target}`]);
    } finally {
      await context.close();
    }
  });

  await test.step('a run leaves as a file and comes back as one', async () => {
    await runs.backToList();
    const target = join(dataFolder, 'modern.aestudio');
    await runs
      .row(/^Modern recipe/)
      .getByRole('button')
      .click();
    await chooseWhereToSave(target);
    await page.getByRole('button', { name: 'Export run…' }).click();
    await expect(page.getByText(`Saved: ${target}`)).toBeVisible();
    await runs.backToList();
    await filesLieAt([target]);
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Import runs…' }).click();
    await (await choosing).setFiles(target);
    await expect(page.getByText('1 run imported.')).toBeVisible();
    const both = runs.row(/^Modern recipe/);
    await expect(both).toHaveCount(2);
    const [first, second] = await both
      .getByTestId('test')
      .evaluateAll((cells) => cells.map((cell) => (cell as HTMLElement).dataset['value']));
    expect(first).toMatch(/\d/);
    expect(second).toBe(first);
  });
});

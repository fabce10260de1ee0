import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { largestDifference, PICTURES, reconstruct } from './harness/exported-model.ts';
import { expect, test } from './harness/fixtures.ts';
import { runFolders, StudioPage } from './harness/studio-page.ts';

test('the model is exported where the person says, and computes in Node what the window shows', async ({
  openApp,
  dataFolder,
}) => {
  const { page, chooseWhereToSave } = await openApp();
  await new StudioPage(page).trainToEnd({ Epochs: 1 });
  const exportButton = page.getByRole('button', { name: 'Export model…' });

  await test.step('a cancelled dialog exports nothing', async () => {
    await chooseWhereToSave(undefined);
    await exportButton.click();
    await expect(page.getByText('Export cancelled')).toBeVisible();
  });

  await test.step('a folder that holds something is refused and left as it was', async () => {
    const full = join(dataFolder, 'full');
    await mkdir(full);
    await writeFile(join(full, 'thesis.txt'), 'years of work');
    await chooseWhereToSave(full);
    await exportButton.click();
    await expect(page.getByText(`${full}: expected a new or an empty folder, found "thesis.txt" in it.`)).toBeVisible();
    expect(await readdir(full)).toEqual(['thesis.txt']);
  });

  const target = join(dataFolder, 'my model');
  await chooseWhereToSave(target);
  await exportButton.click();
  await expect(page.getByText(`Saved in ${target}`)).toBeVisible();

  const [folder] = await runFolders(dataFolder);
  const { reconstructions } = await new RunFolder(folder!).readSnapshot(basename(folder!), 1);
  const whole = await reconstruct(target);
  expect(whole).toHaveLength(PICTURES * 784);
  // One step of 255: the window's bytes were rounded on their way.
  expect(largestDifference(whole, reconstructions.pixels)).toBeLessThanOrEqual(1);
  const inParts = await reconstruct(join(target, 'encoder'), join(target, 'decoder'));
  expect(largestDifference(inParts, whole)).toBe(0);
});

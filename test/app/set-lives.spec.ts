import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { classPicture, writeClasses } from './harness/classes.ts';
import { expect, test } from './harness/fixtures.ts';
import { ImportSheet } from './harness/import-sheet.ts';

test('a set lives: images are relabelled, removed and brought back, pictures added, and a selection is a set of its own', async ({
  openApp,
  dataFolder,
}) => {
  const pictures = join(dataFolder, 'pets');
  await writeClasses(pictures, 4);
  const more = join(dataFolder, 'more');
  await mkdir(more);
  await writeFile(join(more, 'new.png'), await classPicture('green', 40));
  const { page } = await openApp();
  const sheet = new ImportSheet(page);
  const set = page.getByRole('region', { name: 'Image set', exact: true });
  const gallery = page.getByRole('region', { name: 'Gallery' });
  const labels = page.getByRole('list', { name: 'Images of each label' });
  const selection = page.getByRole('region', { name: 'The selection' });
  const sets = page.getByRole('region', { name: 'Image sets' });

  await test.step('a folder of three classes becomes a set', async () => {
    await sheet.goToData();
    await sheet.chooseFolder(pictures);
    await sheet.importButton.click();
    await sheet.dialog.getByRole('button', { name: 'Show it' }).click();
    await expect(set).toContainText('11 training, 1 test');
  });

  await test.step('images get another label, and the version that says so is on view', async () => {
    await labels.getByRole('button', { name: /violet/ }).click();
    await gallery.getByRole('grid').click({ position: { x: 10, y: 10 } });
    await page.keyboard.press('Space');
    await expect(selection).toContainText('1 selected');
    await gallery.getByRole('button', { name: 'Select all' }).click();
    await selection.getByLabel('Label', { exact: true }).fill('plum');
    await selection.getByRole('button', { name: 'Label them' }).click();
    await expect(labels.getByRole('button', { name: /plum/ })).toBeVisible();
    await expect(set).toContainText('The selection is labelled “plum”.');
  });

  await test.step('what is removed is gone, and back when it is undone', async () => {
    await gallery.getByRole('grid').click({ position: { x: 10, y: 10 } });
    await page.keyboard.press('Space');
    await selection.getByRole('button', { name: 'Remove' }).click();
    await expect(set).toContainText('10 training, 1 test');
    await set.getByRole('button', { name: 'Undo' }).click();
    await expect(set).toContainText('11 training, 1 test');
  });

  await test.step('a picture is added as the set’s images are, under a label', async () => {
    await sheet.choose([join(more, 'new.png')], () => set.getByRole('button', { name: 'Add pictures…' }).click());
    await expect(sheet.dialog).toContainText('Add to “pets”');
    await sheet.dialog.getByLabel('Label of all of them').fill('green');
    await sheet.dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(sheet.dialog).toContainText('1 picture added to “pets”');
    await sheet.dialog.getByRole('button', { name: 'Show it' }).click();
    await expect(set).toContainText(/12 training, 1 test|11 training, 2 test/);
    await expect(sets.getByRole('button', { name: /^pets/ })).toHaveCount(1);
  });

  await test.step('the split is drawn anew', async () => {
    await set.getByRole('button', { name: 'Split…' }).click();
    await page.getByRole('dialog').getByLabel('Test', { exact: true }).fill('30');
    await page.getByRole('dialog').getByRole('button', { name: 'Split anew' }).click();
    await expect(set).toContainText('The set was split anew.');
    await expect(set).toContainText(/\d training, [345] test/);
  });

  await test.step('a selection is a set of its own', async () => {
    await gallery.getByRole('button', { name: 'Select all' }).click();
    await selection.getByRole('button', { name: 'New set…' }).click();
    await selection.getByLabel('Name of the new set').fill('Few');
    await selection.getByRole('button', { name: 'Make the set' }).click();
    await expect(page.getByRole('heading', { name: 'Few' })).toBeVisible();
    await expect(sets.getByRole('button', { name: /^pets/ })).toHaveCount(1);
  });
});

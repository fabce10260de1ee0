import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import { expect, test } from './harness/fixtures.ts';
import { serve } from './harness/serve.ts';
import { StudioPage } from './harness/studio-page.ts';

const experiment = { ...presetExperiment(presets[1]!, 'mnist', [28, 28, 1]), name: 'From a file' };

test('menus: places, theme, files, undo, settings, shortcuts, diagnostics', async ({ openApp, dataFolder }) => {
  const first = await openApp();
  const { page } = first;
  const studio = new StudioPage(page);
  const theme = () => page.evaluate(() => document.documentElement.dataset['theme']);
  const settingsFile = async (): Promise<unknown> =>
    JSON.parse(await readFile(join(dataFolder, 'settings.json'), 'utf8'));
  await expect(studio.trainButton).toBeEnabled();
  await expect(page.getByRole('complementary', { name: 'Hint' })).toContainText('Press Train');

  await test.step('a place and a theme are chosen in the menu, and the theme is kept', async () => {
    await first.chooseFromMenu(['View', 'Runs']);
    await expect(page.getByRole('heading', { name: 'No runs yet' })).toBeVisible();
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(theme).toBe('light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(theme).toBe('dark');
    await first.chooseFromMenu(['View', 'Theme', 'Light']);
    await expect.poll(theme).toBe('light');
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
    expect(await settingsFile()).toEqual({ version: 1, theme: 'light' });
    expect((await first.menuItem(['View', 'Theme', 'Light']))?.checked).toBe(true);
  });

  const file = join(dataFolder, 'mine.json');
  await test.step('an experiment is opened by the menu’s dialog, and is then among the recent files', async () => {
    await writeFile(file, JSON.stringify(experiment));
    await first.chooseWhatToOpen([file]);
    await first.chooseFromMenu(['File', 'Open experiment or run…']);
    await expect(page.getByText('Opened: From a file')).toBeVisible();
    await expect(page.getByLabel('Title')).toHaveValue('From a file');
    await expect.poll(async () => (await first.menuItem(['File', 'Open recent']))?.items[0]).toBe('mine.json');
    await page.getByLabel('Epochs').fill('3');
    await page.getByLabel('Preset').selectOption({ label: 'Article' });
    await expect(page.getByLabel('Epochs')).toHaveValue('20');
    await page.getByLabel('Epochs').blur();
    await first.chooseFromMenu(['Edit', 'Undo']);
    await expect(page.getByLabel('Epochs')).toHaveValue('3');
    await expect(page.getByLabel('Title')).toHaveValue('From a file');
    await first.chooseFromMenu(['Edit', 'Undo']);
    await first.chooseFromMenu(['Edit', 'Redo']);
    await expect(page.getByLabel('Epochs')).toHaveValue('3');
  });

  await test.step('files that the system opens with the running app arrive in it', async () => {
    const other = join(dataFolder, 'other.aestudio-experiment');
    await writeFile(other, JSON.stringify({ ...experiment, name: 'By the file manager' }));
    await first.openWith([other]);
    await expect(page.getByText('Opened: By the file manager')).toBeVisible();
    await first.openWith([join(dataFolder, 'missing.aestudio')]);
    await expect(page.getByText('missing.aestudio: the file cannot be read.')).toBeVisible();
  });

  await test.step('images come in by the menu', async () => {
    const folder = join(dataFolder, 'pictures');
    await mkdir(folder);
    for (const grey of [0, 128, 255]) {
      const picture = sharp(Buffer.alloc(256, grey), { raw: { width: 16, height: 16, channels: 1 } });
      await picture.png().toFile(join(folder, `${grey}.png`));
    }
    await first.chooseWhatToOpen([folder]);
    await first.chooseFromMenu(['File', 'Import a folder of images…']);
    await expect(page.getByRole('dialog', { name: 'Make an image set' })).toContainText('3 found, no labels');
    await page.keyboard.press('Escape');
  });

  await test.step('settings: threads, unit, zoom, folders', async () => {
    await page.getByRole('button', { name: 'Settings' }).click();
    const dialog = page.getByRole('dialog', { name: 'Settings' });
    await expect(dialog).toContainText(dataFolder);
    await dialog.getByLabel('Threads').selectOption('1');
    await expect(dialog.getByLabel('Threads')).toHaveValue('1');
    await dialog.getByLabel('Zoom').selectOption('150');
    await dialog.getByText('MSE per pixel').click();
    const kept = { version: 1, theme: 'light', threads: 1, zoom: 150, errorUnit: 'mse' };
    await expect.poll(settingsFile).toEqual(kept);
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await studio.goTo('Train');
    const units = page.getByRole('region', { name: 'Figures' }).locator('th[scope=rowgroup]');
    await expect(units).toHaveText(['MSE per pixel', 'Squared error per image']);
  });

  await test.step('shortcuts are listed, and the help is on the place', async () => {
    await first.chooseFromMenu(['Help', 'Keyboard shortcuts']);
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await expect(dialog.getByRole('row', { name: /^Save experiment… (Ctrl\+|⌘)S$/ })).toBeVisible();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await first.chooseFromMenu(['Help', 'Help on this place']);
    const help = page.getByRole('complementary', { name: 'Help on Train' });
    await expect(help).toContainText('MSE × 784');
    await page.keyboard.press('Escape');
    await expect(help).toBeHidden();
  });

  await test.step('diagnostics have no names in them; the log is a file', async () => {
    await first.chooseFromMenu(['Help', 'Copy diagnostics']);
    await expect(page.getByText('Diagnostics copied')).toBeVisible();
    const text = await page.evaluate(async () => {
      const answer = await window.studio!.call('app:diagnose', {});
      return answer.ok ? answer.value.text : answer.error.message;
    });
    expect(text).toMatch(/^Autoencoder Studio \d.*, desktop app\n/);
    expect(text).toContain('The engine is ready: TensorFlow');
    const { username } = userInfo();
    for (const word of [dataFolder, homedir(), ...(username === 'root' ? [] : [username])])
      expect(text).not.toContain(word);
    expect(await readdir(join(dataFolder, 'logs'))).toEqual(['studio.log']);
  });
  await first.askToClose();
  await first.gone();

  await test.step('everything is as it was left', async () => {
    const second = await openApp();
    await expect.poll(() => second.page.evaluate(() => document.documentElement.dataset['theme'])).toBe('light');
    expect((await second.menuItem(['File', 'Open recent']))?.items.slice(0, 2)).toEqual([
      'other.aestudio-experiment',
      'mine.json',
    ]);
    await second.chooseFromMenu(['File', 'Open recent', 'mine.json']);
    await expect(second.page.getByText('Opened: From a file')).toBeVisible();
    const place = JSON.parse(await readFile(join(dataFolder, 'window.json'), 'utf8')) as unknown;
    expect(place).toMatchObject({ width: 1_280, height: 800, maximized: false });
  });
});

test('in a browser the same shortcuts work; the space bar pauses, but not in a field', async ({
  dataFolder,
  chromium,
}) => {
  const served = await serve(dataFolder);
  const context = await (
    await chromium()
  ).newContext({ acceptDownloads: true, viewport: { width: 1_280, height: 800 } });
  try {
    const page = await context.newPage();
    await page.goto(served.address);
    const studio = new StudioPage(page);
    await expect(studio.trainButton).toBeEnabled();
    // A browser may drop what a key asks for while it is busy: pressed again then, as a person would.
    await expect(async () => {
      const saving = page.waitForEvent('download', { timeout: 5_000 });
      await page.keyboard.press('ControlOrMeta+s');
      expect((await saving).suggestedFilename()).toBe('modern-recipe.json');
    }).toPass();
    await page.keyboard.press('ControlOrMeta+,');
    await expect(page.getByRole('dialog', { name: 'Settings' })).toBeVisible();
    await page.keyboard.press('ControlOrMeta+/');
    await expect(page.getByRole('dialog')).toHaveCount(1);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.keyboard.press('ControlOrMeta+/');
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toContainText('in the desktop app');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    const file = { name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(experiment)) };
    await expect(async () => {
      const choosing = page.waitForEvent('filechooser', { timeout: 5_000 });
      await page.keyboard.press('ControlOrMeta+o');
      await (await choosing).setFiles(file);
    }).toPass();
    await expect(page.getByText('Opened: From a file')).toBeVisible();

    await studio.type({ Epochs: 50, 'Batch size': 4 });
    await page.keyboard.press('ControlOrMeta+Enter');
    await studio.isTraining();
    const title = page.getByLabel('Title');
    await title.fill('');
    await title.pressSequentially('a b');
    await expect(title).toHaveValue('a b');
    await title.blur();
    await page.keyboard.press('Space');
    await expect(page.getByRole('banner').getByRole('status')).toHaveText(/^paused/);
    await page.keyboard.press('Space');
    await studio.isTraining();
    await page.keyboard.press('ControlOrMeta+.');
    await studio.ends('stopped');
  } finally {
    await context.close();
    await served.close();
  }
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { findings } from './harness/accessibility.ts';
import { expect, test } from './harness/fixtures.ts';
import { LatentPage } from './harness/latent-page.ts';
import { differenceFromKept } from './harness/looks.ts';
import { paperDigit, ReconstructPage } from './harness/reconstruct-page.ts';
import { RunsPage } from './harness/runs-page.ts';

const places = ['Data', 'Model', 'Train', 'Reconstruct', 'Odd ones', 'Latent', 'Runs'] as const;
const themes = [
  { colorScheme: 'light', of: 'all' },
  { colorScheme: 'dark', of: 'colours' },
] as const;

const greyPicture = (grey: number) =>
  sharp(Buffer.alloc(256, grey), { raw: { width: 16, height: 16, channels: 1 } })
    .png()
    .toBuffer();

/** Greys of 255: another font moves a view by less than 2, the other theme by more than 100. */
const MOST_DIFFERENCE = 6;

/** Elements that reach beyond what shows them, where nothing can be scrolled to show the rest. */
function cutOff(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main button, main input, main select, main h2, main h3')]
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        if (width < 2 || element.matches('.visually-hidden')) return false;
        for (let at = element.parentElement; at; at = at.parentElement) {
          const { overflowX } = getComputedStyle(at);
          if (overflowX === 'auto' || overflowX === 'scroll') return false;
        }
        return right > window.innerWidth + 1 || left < -1;
      })
      .map((element) => `${element.tagName} ${element.textContent ?? ''}`),
  );
}

/** Controls, headings and pictures that, scrolled into view, something else lies over, or that stay out of it. */
function unreachable(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const wanted = ':is(button, input, select, summary, [tabindex="0"], h2, h3, figure, table)';
    const room = document.querySelector('dialog:modal') ?? document.querySelector('main')!;
    const boxOf = (element: Element) =>
      element.getBoundingClientRect().width > 2 ? element : (element.closest('label') ?? element);
    return [...room.querySelectorAll<HTMLElement>(wanted)]
      .filter((element) => !element.matches('[aria-hidden="true"]') && element.checkVisibility())
      .filter((element) => {
        const shown = boxOf(element);
        shown.scrollIntoView({ block: 'center', inline: 'center' });
        const { left, top, width, height } = shown.getBoundingClientRect();
        const there = document.elementFromPoint(left + width / 2, top + height / 2);
        return !there || !(shown.contains(there) || there.contains(shown)) || there.matches('main, body, html');
      })
      .map((element) => `${element.tagName} ${element.ariaLabel ?? element.textContent?.slice(0, 60) ?? ''}`);
  });
}

test('every place without a run: axe finds nothing, both themes look as they did, zoomed in nothing is cut off', async ({
  openApp,
}) => {
  const { page } = await openApp();
  await page.setViewportSize({ width: 1_280, height: 800 });
  const studio = new RunsPage(page);
  await expect(studio.trainButton).toBeEnabled();
  // Computed in the background, and then in Train.
  await expect(page.getByRole('img', { name: /^Scatter of 5000 test images/ })).toBeVisible({ timeout: 120_000 });
  const go = (place: string) =>
    page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: place }).click();
  for (const { colorScheme, of } of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const place of places) {
      await go(place);
      await page.mouse.move(0, 0);
      if (place === 'Data') await expect(page.getByText('10,000 images')).toBeVisible();
      expect.soft(await findings(page, of), `${place}, ${colorScheme}`).toEqual([]);
      const name = `${place.toLowerCase().replace(' ', '-')}-${colorScheme}`;
      await expect.poll(() => differenceFromKept(page, name), { message: name }).toBeLessThan(MOST_DIFFERENCE);
    }
  }
  // Ours give way to the system's colours; what is chosen is still to be told from the rest.
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
  const grounds = await page
    .getByRole('navigation', { name: 'Places' })
    .getByRole('button')
    .evaluateAll((buttons) => buttons.map((button) => getComputedStyle(button).backgroundColor));
  expect(new Set(grounds.slice(0, -1)).size).toBe(1);
  expect(grounds.at(-1)).not.toBe(grounds[0]);
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
  // 200 % of the smallest window.
  await page.setViewportSize({ width: 512, height: 350 });
  for (const place of places) {
    await go(place);
    expect.soft(await cutOff(page), `${place}, zoomed in`).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), place).toBe(512);
  }
});

test('with a run in every place, and with dialogs open, axe finds nothing; at 200 % everything can be reached', async ({
  openApp,
  dataFolder,
  run,
}) => {
  test.slow();
  await run.copyTo(dataFolder);
  const { page, chooseFromMenu, chooseWhatToOpen } = await openApp();
  const studio = new RunsPage(page);
  const pictures = new ReconstructPage(page);
  await expect(studio.trainButton).toBeEnabled();
  const bothThemes = async (state: string): Promise<void> => {
    for (const { colorScheme, of } of themes) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect.soft(await findings(page, of), `${state}, ${colorScheme}`).toEqual([]);
    }
  };
  const examine = async (state: string): Promise<void> => {
    await bothThemes(state);
    await page.setViewportSize({ width: 640, height: 400 });
    expect.soft(await unreachable(page), `${state}, at 200 %`).toEqual([]);
    await page.setViewportSize({ width: 1_280, height: 800 });
  };

  await studio.goTo('Runs');
  await studio.runRows.getByRole('button').first().click();
  await expect(page.getByRole('img', { name: /^Their reconstructions after epoch 1/ })).toBeVisible();
  await examine('a run’s page');
  await pictures.open();
  const photograph = { name: 'seven.png', mimeType: 'image/png', buffer: await paperDigit(0) };
  await page.locator('input[type=file][multiple]').first().setInputFiles(photograph);
  await pictures.looksAt('seven.png');
  await examine('a picture in Reconstruct');
  const latent = new LatentPage(page);
  await latent.open();
  // The engine has its hands full until these figures are there.
  await expect(page.getByText(/silhouette/)).toHaveCount(2, { timeout: 300_000 });
  await examine('the maps');
  await page.getByRole('button', { name: 'Help', exact: true }).click();
  // It lies over the place where the window is narrow.
  await bothThemes('the help');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Settings' }).click();
  await examine('the settings');
  await page.keyboard.press('Escape');
  await chooseFromMenu(['Help', 'Keyboard shortcuts']);
  await examine('the shortcuts');
  await page.keyboard.press('Escape');

  const folder = join(dataFolder, 'pictures');
  await mkdir(folder);
  for (const grey of [0, 255]) await writeFile(join(folder, `${grey}.png`), await greyPicture(grey));
  await chooseWhatToOpen([folder]);
  await chooseFromMenu(['File', 'Import images…']);
  await expect(page.getByRole('dialog', { name: 'Make an image set' })).toContainText('2 found, no labels');
  await examine('an import');
  await page.keyboard.press('Escape');
  await studio.goTo('Runs');
  await studio.runRows.getByRole('button').first().click();
  await page.getByRole('button', { name: 'Export…', exact: true }).click();
  await expect(page.getByRole('dialog', { name: /^Export/ })).toBeVisible();
  await examine('an export');
  await page.keyboard.press('Escape');

  for (const place of ['Data', 'Model', 'Train'] as const) {
    await page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: place }).click();
    await examine(place);
  }
  await studio.goTo('Runs');
  await page.getByRole('button', { name: 'Sweep code sizes…' }).click();
  await expect(page.getByRole('dialog', { name: 'Sweep code sizes' })).toBeVisible();
  await examine('a sweep');
});

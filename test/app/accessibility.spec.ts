import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './harness/fixtures.ts';
import { StudioPage } from './harness/studio-page.ts';

const places = ['Data', 'Model', 'Train', 'Reconstruct', 'Latent', 'Runs'] as const;

/** What WCAG 2.1 A and AA ask for, as far as a program can tell: each finding with the elements it is about. */
async function findings(page: Page): Promise<readonly string[]> {
  // The page may load nothing from elsewhere, and axe opens a second page for its report: the older way needs none.
  const axe = new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).setLegacyMode();
  const { violations, passes } = await axe.analyze();
  expect(passes.length).toBeGreaterThan(10);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

test('axe finds nothing in any place, in the light and in the dark', async ({ openApp, dataFolder, run }) => {
  await run.copyTo(dataFolder);
  const { page } = await openApp();
  const studio = new StudioPage(page);
  await expect(studio.trainButton).toBeEnabled();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const place of places) {
      await page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: place }).click();
      await expect(page.getByRole('main')).toBeVisible();
      expect.soft(await findings(page), `${place}, ${colorScheme}`).toEqual([]);
    }
  }
});

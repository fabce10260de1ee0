import { findings } from './harness/accessibility.ts';
import { expect, test } from './harness/fixtures.ts';
import { StudioPage } from './harness/studio-page.ts';

const places = ['Data', 'Model', 'Train', 'Reconstruct', 'Latent', 'Runs'] as const;

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

import type { Page } from '@playwright/test';
import { expect, test } from './harness/fixtures.ts';
import { RunsPage } from './harness/runs-page.ts';

/** Parts of the place on screen whose contents reach beyond them at the right: what lies there is cut off or lies over others. */
const tooNarrow = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main section, main .choices, main .buttons')]
      .filter((element) => element.checkVisibility() && element.scrollWidth > element.clientWidth + 1)
      .map((element) => `${element.ariaLabel ?? element.className}: ${element.scrollWidth} in ${element.clientWidth}`),
  );

/** Pixels that the table of figures could do without: wider numbers, and those of a later epoch, are to fit too. */
const spareOfFigures = (page: Page): Promise<number> =>
  page
    .getByRole('region', { name: 'Figures' })
    .getByRole('table')
    .evaluate((table) => {
      table.style.width = 'min-content';
      const spare = table.parentElement!.clientWidth - table.getBoundingClientRect().width;
      table.style.width = '';
      return spare;
    });

test('a run leads to its settings, its images and its model in other places; small windows cut nothing of it', async ({
  openApp,
  dataFolder,
  run,
}) => {
  await run.copyTo(dataFolder);
  const { page } = await openApp();
  page.setDefaultTimeout(60_000);
  const studio = new RunsPage(page);
  const open = async (): Promise<void> => {
    await studio.goTo('Runs');
    // Anywhere on its row.
    await studio
      .row(/^Modern recipe/)
      .getByText('MNIST')
      .click();
  };
  await studio.goTo('Runs');
  await open();

  await test.step('settings, images, and the model in Latent and Reconstruct', async () => {
    await page.getByRole('region', { name: 'About the run' }).getByText('Settings', { exact: true }).click();
    await expect(page.getByLabel('Settings of the run')).toBeVisible();
    await expect(page.getByLabel('Settings of the run')).toContainText('Encoder layers dense 256 gelu');
    await page.getByRole('button', { name: 'Open in Latent' }).click();
    await expect(page.getByRole('combobox', { name: 'Model' })).toContainText('Modern recipe');
    await open();
    await page.getByRole('button', { name: 'Open in Reconstruct' }).click();
    await expect(page.getByRole('heading', { name: 'Reconstruct' })).toBeVisible();
    await open();
    await page.getByRole('button', { name: 'MNIST', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Image sets' })).toBeVisible();
  });

  await test.step('PCA’s codes are held against the model’s in as many dimensions', async () => {
    await open();
    const figures = page.getByRole('region', { name: 'Maps' }).getByText(/^10-NN \d\d\.\d % in 128-D$/);
    await expect(figures).toHaveCount(2);
    await expect(figures.first()).toHaveText(/^10-NN 94\.\d %/);
  });

  // The smallest window, and an ordinary one at 150 %.
  for (const size of [
    { width: 1_024, height: 700 },
    { width: 853, height: 533 },
  ]) {
    await test.step(`${size.width} × ${size.height}`, async () => {
      await page.setViewportSize(size);
      await open();
      await expect(page.getByTestId('test-mse')).toHaveAttribute('data-value', /\d/);
      expect.soft(await tooNarrow(page)).toEqual([]);
      expect.soft(await spareOfFigures(page)).toBeGreaterThan(24);
      await studio.goTo('Train');
      await expect(studio.trainButton).toBeVisible();
      expect.soft(await tooNarrow(page)).toEqual([]);
    });
  }

  await test.step('what the curve says under the pointer is whole', async () => {
    await open();
    const curve = page.getByRole('img', { name: /^Loss by epoch/ });
    await curve.scrollIntoViewIfNeeded();
    await curve.hover({ position: { x: 60, y: 60 } });
    const readout = page.getByTestId('loss-readout');
    await expect(readout).toContainText(/validation \d.*training \d.*mean image \d/s);
    await expect(readout).toBeInViewport({ ratio: 1 });
  });
});

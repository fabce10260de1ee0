import { expect, test } from './harness/fixtures.ts';
import { LatentPage } from './harness/latent-page.ts';
import { paperDigit, ReconstructPage } from './harness/reconstruct-page.ts';
import { RunsPage } from './harness/runs-page.ts';
import { walkByTab } from './harness/tab-stops.ts';

const places = ['Data', 'Model', 'Train', 'Reconstruct', 'Odd ones', 'Latent', 'Runs'] as const;

/** Half of a ring: the other half may be cut off by what it stands in. */
const LEAST_RING = 0.5;

test('Tab comes to everything in every place, in reading order, each thing named and ringed', async ({
  openApp,
  dataFolder,
  run,
}) => {
  await run.copyTo(dataFolder);
  const { page } = await openApp();
  const studio = new RunsPage(page);
  await expect(studio.trainButton).toBeEnabled();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.getByRole('button', { name: 'No more hints' }).click();

  await studio.goTo('Runs');
  await studio.runRows.getByRole('button').first().click();
  await expect(page.getByRole('img', { name: /^Scatter of 5000 test images: The autoencoder/ })).toBeVisible();
  const pictures = new ReconstructPage(page);
  await pictures.open();
  const photographs = await Promise.all(
    [0, 1].map(async (digit) => ({ name: `${digit}.png`, mimeType: 'image/png', buffer: await paperDigit(digit) })),
  );
  await page.locator('input[type=file][multiple]').first().setInputFiles(photographs);
  await expect(pictures.nearImages.first()).toBeVisible();
  await new LatentPage(page).open();
  await expect(page.getByText(/silhouette/)).toHaveCount(2, { timeout: 300_000 });

  /** Walks through what is shown, and gives what was come to. */
  async function walk(what: string): Promise<readonly string[]> {
    await page.mouse.move(0, 0);
    const { stops, missed } = await walkByTab(page);
    const said = stops.map((stop) => stop.said);
    expect.soft(missed, `${what}: not come to`).toEqual([]);
    expect
      .soft(
        said.filter((words) => !/^(\w+ "|text: ..)/.test(words)),
        `${what}: without a name`,
      )
      .toEqual([]);
    const unseen = stops.filter(({ ring }) => ring < LEAST_RING).map((stop) => `${stop.said}: ${stop.ring.toFixed(2)}`);
    expect.soft(unseen, `${what}: without a ring`).toEqual([]);
    const backwards = stops.filter(({ isBackwards }) => isBackwards).map((stop) => stop.said);
    expect.soft(backwards, `${what}: up and left of what comes before`).toEqual([]);
    return said;
  }

  for (const place of places) {
    await page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: place }).click();
    if (place === 'Odd ones') await page.getByLabel('Images').selectOption({ label: 'MNIST (20,000 images)' });
    const said = await walk(place);
    expect.soft(said.slice(0, 3), place).toEqual(['button "Help"', 'button "Settings"', 'button "Data"']);
    expect.soft(said.length, place).toBeGreaterThan(15);
  }
  await studio.runRows.getByRole('button').first().click();
  await page.getByRole('button', { name: 'Export…', exact: true }).click();
  expect.soft(await walk('the export')).toContain('button "Export TensorFlow.js…"');
  await page.keyboard.press('Escape');
  await studio.backToList();
  expect.soft(await walk('the list of runs')).toContain('button "Sweep code sizes…"');
  await page.getByRole('button', { name: 'Sweep code sizes…' }).click();
  expect.soft(await walk('the sweep')).toContain('button "Cancel"');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Settings' }).click();
  expect.soft(await walk('the settings')).toContain('combobox "Threads":');
});

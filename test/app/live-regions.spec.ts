import { expect, test } from './harness/fixtures.ts';
import { listenToLiveRegions } from './harness/live-regions.ts';
import { StudioPage } from './harness/studio-page.ts';

/** How long a screen reader may be left in peace between two words of what goes on by itself. */
const LEAST_SECONDS_BETWEEN = 3.5;

/** Starting, the engine's messages, the doctor, the end: each once, whenever it comes. */
const ONCE = 8;

test('a run is read out now and then, not with every batch and epoch', async ({ openApp }) => {
  const { page } = await openApp();
  const studio = new StudioPage(page);
  await expect(studio.trainButton).toBeEnabled();
  const heardSoFar = await listenToLiveRegions(page);
  await studio.type({ Epochs: 12, 'Code size': 16, 'Batch size': 1024 });
  const began = Date.now();
  await studio.trainButton.click();
  await studio.ends('finished');
  const seconds = (Date.now() - began) / 1_000;

  const heard = await heardSoFar();
  const words = heard.map((announcement) => announcement.words);
  expect(words.some((said) => /^epoch \d+\/12$/.test(said))).toBe(true);
  expect(words.at(-1)).toBe('ready');
  expect(heard.length, words.join(' | ')).toBeLessThan(seconds / LEAST_SECONDS_BETWEEN + ONCE);
  const epochs = heard.filter((announcement) => announcement.words.startsWith('epoch'));
  const gaps = epochs.slice(1).map(({ at }, index) => (at - epochs[index]!.at) / 1_000);
  expect(Math.min(Number.POSITIVE_INFINITY, ...gaps)).toBeGreaterThan(LEAST_SECONDS_BETWEEN);
});

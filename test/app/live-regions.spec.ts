import { importClasses } from './harness/classes.ts';
import { expect, test } from './harness/fixtures.ts';
import { listenToLiveRegions } from './harness/live-regions.ts';
import { StudioPage } from './harness/studio-page.ts';

/** How long a screen reader may be left in peace between two words of what goes on by itself. */
const LEAST_SECONDS_BETWEEN = 3.5;

/** Starting, the engine's messages, the doctor, the end: each once, whenever it comes. */
const ONCE = 8;

/** Epochs that are waited for until they are read out: of so small a set many more end meanwhile. */
const READ_OUT = 3;

test('a run is read out now and then, not with every batch and epoch', async ({ openApp, dataFolder }) => {
  const set = await importClasses(dataFolder, 40);
  const { page } = await openApp();
  const studio = new StudioPage(page);
  await expect(studio.trainButton).toBeEnabled();
  await page.getByLabel('Images', { exact: true }).selectOption(set);
  await page.getByLabel('Preset').selectOption('modern');
  await studio.type({ Epochs: 10_000, 'Code size': 16, 'Batch size': 16 });
  const heardSoFar = await listenToLiveRegions(page);
  const epochs = async () =>
    (await heardSoFar()).flatMap(({ at, words }) => {
      const [, epoch] = /^epoch (\d+)\/10000$/.exec(words) ?? [];
      return epoch === undefined ? [] : [{ at, epoch: Number(epoch) }];
    });
  const began = Date.now();
  await studio.trainButton.click();
  await expect.poll(async () => (await epochs()).length).toBeGreaterThanOrEqual(READ_OUT);
  await studio.stopButton.click();
  await studio.ends('stopped');
  const seconds = (Date.now() - began) / 1_000;

  const heard = await heardSoFar();
  const words = heard.map((announcement) => announcement.words);
  expect(words.at(-1)).toBe('ready');
  expect(heard.length, words.join(' | ')).toBeLessThan(seconds / LEAST_SECONDS_BETWEEN + ONCE);
  const read = await epochs();
  expect(read.at(-1)!.epoch - read[0]!.epoch, words.join(' | ')).toBeGreaterThan(read.length);
  const gaps = read.slice(1).map(({ at }, index) => (at - read[index]!.at) / 1_000);
  expect(Math.min(...gaps)).toBeGreaterThan(LEAST_SECONDS_BETWEEN);
});

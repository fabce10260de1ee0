import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import Papa from 'papaparse';
import sharp from 'sharp';
import { randomFrom } from '../random.ts';
import { expect, test as base } from './harness/fixtures.ts';
import { serve } from './harness/serve.ts';

const test = base.extend<{ page: Page }>({
  page: async ({ dataFolder, chromium }, use) => {
    const served = await serve(dataFolder);
    const context = await (
      await chromium()
    ).newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(served.address);
    await use(page);
    await context.close();
    await served.close();
  },
});

const SIDE = 32;
const [LEARNED, GOOD, SCRATCHED] = [40, 8, 10];

/** A woven ground, a little different each time; where asked with a dark scratch across it. */
function cloth(random: () => number, scratched: boolean, side = SIDE): Promise<Buffer> {
  const [phase, light] = [random() * 0.6, 0.5 + random() * 0.05];
  const pixels = Uint8Array.from({ length: side * side }, (_, at) => {
    const [x, y] = [at % side, Math.floor(at / side)];
    const thread = 0.15 * Math.sin(x * 0.8 + phase) + 0.15 * Math.sin(y * 0.8 + phase);
    return 255 * (light + thread + 0.04 * (random() - 0.5));
  });
  const [from, slope] = [6 + Math.floor(random() * 10), random() - 0.5];
  for (let x = 6; scratched && x < 24; x++) {
    const y = Math.round(from + slope * x);
    for (const row of [y, y + 1]) if (row >= 0 && row < side) pixels[row * side + x] = 20;
  }
  return sharp(pixels, { raw: { width: side, height: side, channels: 1 } })
    .png()
    .toBuffer();
}

/** As data sets for inspection lie in their folders. */
async function writeCloths(folder: string): Promise<void> {
  const random = randomFrom(7);
  const parts = [
    { part: join('train', 'good'), count: LEARNED, scratched: false },
    { part: join('test', 'good'), count: GOOD, scratched: false },
    { part: join('test', 'scratch'), count: SCRATCHED, scratched: true },
  ];
  for (const { part, count, scratched } of parts) {
    await mkdir(join(folder, part), { recursive: true });
    for (let index = 0; index < count; index++) {
      await writeFile(join(folder, part, `${String(index).padStart(3, '0')}.png`), await cloth(random, scratched));
    }
  }
}

test('one folder dropped fills both boxes; trained, the scratched ones are told apart, and the table has their folders', async ({
  page,
  dataFolder,
}) => {
  const folder = join(dataFolder, 'cloth');
  await writeCloths(folder);
  await page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: 'Odd ones' }).click();

  await test.step('the folder is divided into what is normal and what is to be checked', async () => {
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('region', { name: 'Normal' }).getByRole('button', { name: 'Choose a folder…' }).click();
    await (await choosing).setFiles(folder);
    await expect(page.getByRole('region', { name: 'Normal' })).toContainText(`${LEARNED} pictures`);
    const check = page.getByRole('region', { name: 'To be checked' });
    await expect(check).toContainText(`${GOOD + SCRATCHED} pictures`);
    await expect(check.getByRole('list', { name: 'Folders' })).toContainText('scratch');
  });

  await test.step('one click trains and checks; nearly every scratch scores above nearly every good one', async () => {
    await page.getByRole('button', { name: `Train on ${LEARNED} pictures, check ${GOOD + SCRATCHED}` }).click();
    await expect(page.getByRole('progressbar', { name: 'Train on the normal ones' })).toBeVisible();
    const auroc = page.getByTestId('auroc');
    await expect(auroc).toBeVisible({ timeout: 300_000 });
    expect(Number(await auroc.getAttribute('data-value'))).toBeGreaterThanOrEqual(0.9);
    await expect(auroc).toHaveText(/^\d\.\d{3} \(\d\.\d{3}–\d\.\d{3}\)$/);
  });

  const slider = page.getByRole('slider', { name: 'Threshold' });
  const caught = page.getByTestId('caught');

  await test.step('the threshold is dragged to the left until all are called odd, then moved by keys until none is', async () => {
    const handle = (await slider.boundingBox())!;
    await page.mouse.move(handle.x + handle.width / 2, handle.y + 30);
    await page.mouse.down();
    await page.mouse.move(handle.x - 2_000, handle.y + 30, { steps: 4 });
    await expect(caught).toHaveText(`${SCRATCHED} of ${SCRATCHED}`);
    await expect(page.getByTestId('false-alarms')).toHaveText(`${GOOD} of ${GOOD}`);
    await page.mouse.up();
    await expect(page.getByRole('button', { name: 'Fit again' })).toBeVisible();
    await slider.press('End');
    await expect(caught).toHaveText(`0 of ${SCRATCHED}`);
    await page.getByRole('button', { name: /^\d\.\d{3} at / }).click();
    await expect(caught).not.toHaveText(`0 of ${SCRATCHED}`);
  });

  await test.step('a picture shows where it is odd, and can be marked as fine', async () => {
    const wall = page.getByRole('listbox', { name: /^Pictures/ });
    await wall.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Home');
    const loupe = page.getByRole('region', { name: 'Picture' });
    await expect(loupe.getByRole('img', { name: /where it is odd$/ })).toBeVisible();
    await wall.press('f');
    await expect(loupe.getByRole('button', { name: 'This one is fine' })).toHaveAttribute('aria-pressed', 'true');
    await expect(page.getByRole('button', { name: 'Train again with them' })).toBeVisible();
    await wall.press('f');
    await expect(loupe.getByRole('button', { name: 'This one is fine' })).toHaveAttribute('aria-pressed', 'false');
  });

  await test.step('a part that counts is drawn on the picture, kept, and lies where it was drawn', async () => {
    await page.getByRole('button', { name: 'Draw…' }).click();
    const picture = (await page.getByRole('img', { name: /where it is odd$/ }).boundingBox())!;
    await page.mouse.move(picture.x + picture.width * 0.25, picture.y + picture.height * 0.25);
    await page.mouse.down();
    await page.mouse.move(picture.x + picture.width * 0.75, picture.y + picture.height * 0.5, { steps: 3 });
    await page.mouse.up();
    const part = page.getByRole('textbox', { name: 'Part that counts' });
    const numbers = (await part.inputValue()).split(',').map(Number);
    for (const [at, wanted] of [25, 25, 50, 25].entries()) expect(Math.abs(numbers[at]! - wanted)).toBeLessThan(2);
    await part.fill('0, 0, 100, 95');
    await page.getByRole('button', { name: 'Check again' }).click();
    await expect(page.getByTestId('auroc')).toBeVisible({ timeout: 120_000 });
    await expect(page.getByRole('textbox', { name: 'Part that counts' })).toHaveValue('0, 0, 100, 95');
    await expect(page.getByRole('button', { name: 'Check again' })).toBeHidden();
  });

  await test.step('the table has a row a picture, with its folder, its verdict and what is known', async () => {
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV', exact: true }).click();
    const text = await readFile(await (await downloading).path(), 'utf8');
    const { data } = Papa.parse<Record<string, string>>(text.trimEnd(), { header: true });
    const counted = Map.groupBy(
      data,
      (row) => `${row['folder']?.split('/').slice(-2).join('/')} ${row['known to be']}`,
    );
    expect(Object.fromEntries([...counted].map(([name, rows]) => [name, rows.length]))).toEqual({
      'test/good normal': GOOD,
      'test/scratch odd': SCRATCHED,
    });
    const threshold = Number(await page.getByTestId('threshold').getAttribute('data-value'));
    expect(data.every((row) => row['verdict'] === (Number(row['score']) > threshold ? 'odd' : 'normal'))).toBe(true);
  });
});

test('large pictures are learned and checked by tiles: a small scratch in one is found, and shown where it lies', async ({
  page,
  dataFolder,
}) => {
  const side = 512;
  const random = randomFrom(11);
  const folder = join(dataFolder, 'rolls');
  for (const [group, count] of [
    ['good', 5],
    ['scratch', 2],
  ] as const) {
    await mkdir(join(folder, group), { recursive: true });
    for (let index = 0; index < count; index++) {
      await writeFile(join(folder, group, `${index}.png`), await cloth(random, group === 'scratch', side));
    }
  }
  await page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: 'Odd ones' }).click();
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('region', { name: 'Normal' }).getByRole('button', { name: 'Choose a folder…' }).click();
  await (await choosing).setFiles(folder);
  const large = page.getByRole('region', { name: 'Large pictures' });
  await expect(large).toContainText('made small');
  await large.getByRole('combobox').selectOption('by tiles of 128 pixels');
  await expect(large).toContainText('25 tiles of each normal picture');
  await page.getByRole('button', { name: 'Train on 5 pictures, check 2' }).click();
  await expect(page.getByTestId('called-odd')).toHaveText('2 of 2', { timeout: 400_000 });
  await expect(page.getByRole('combobox', { name: 'Pictures' })).toHaveValue('128');
  const loupe = page.getByRole('region', { name: 'Picture' });
  await expect(loupe.getByRole('img', { name: /where it is odd$/ })).toBeVisible();
  // It lies in the upper left corner of 512 × 512 pixels.
  const [, left, top] = /at (\d+), (\d+)/.exec(
    await loupe.getByRole('rowheader', { name: / at / }).first().innerText(),
  )!;
  expect(Number(left)).toBeLessThan(40);
  expect(Number(top)).toBeLessThan(40);
});

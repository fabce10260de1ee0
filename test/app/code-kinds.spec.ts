import { DecoderPage, greysOf } from './harness/decoder-page.ts';
import { expect, test } from './harness/fixtures.ts';
import { halvesRun, pictureOf, SIDE } from './harness/halves.ts';

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** How much brighter the left half is than the right one. */
const leftness = (greys: readonly number[]): number =>
  mean(greys.filter((_, at) => at % SIDE < SIDE / 2)) - mean(greys.filter((_, at) => at % SIDE >= SIDE / 2));

test('a class is held while the style moves, and pictures of a chosen class are generated', async ({
  openApp,
  dataFolder,
}) => {
  await halvesRun(dataFolder, 'conditional', 60);
  const { page } = await openApp();
  const decoder = new DecoderPage(page);
  await decoder.open();
  const { panel } = decoder;
  const held = panel.getByRole('img', { name: /^Class (left|right) in this style$/ });

  await test.step('the class decides which half is bright', async () => {
    await panel.getByRole('combobox', { name: 'Class' }).selectOption('left');
    await expect(panel.getByRole('img', { name: 'Class left in this style' })).toBeVisible();
    expect(leftness(await greysOf(held))).toBeGreaterThan(50);
    await panel.getByRole('button', { name: 'Class right', exact: true }).click();
    await expect(panel.getByRole('img', { name: 'Class right in this style' })).toBeVisible();
    expect(leftness(await greysOf(held))).toBeLessThan(-50);
  });

  await test.step('the style moves the picture, and the class stays', async () => {
    const before = await greysOf(held);
    await panel.getByRole('list', { name: 'Units of the style' }).getByRole('slider').first().press('Home');
    await expect.poll(() => greysOf(held)).not.toEqual(before);
    expect(leftness(await greysOf(held))).toBeLessThan(-30);
    await panel.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(() => greysOf(held)).toEqual(before);
  });

  await test.step('all that is generated of a class is of it', async () => {
    await decoder.tool('Generate');
    await panel.getByRole('combobox', { name: 'Class' }).selectOption('left');
    await panel.getByRole('button', { name: 'Generate', exact: true }).click();
    const made = panel.getByRole('list', { name: 'Generated pictures' }).getByRole('img', { name: /^Generated/ });
    await expect(made).toHaveCount(12);
    for (const picture of await made.all()) expect(leftness(await greysOf(picture))).toBeGreaterThan(30);
  });
});

test('a codebook’s vectors are shown, change a picture place by place, and make new ones', async ({
  openApp,
  dataFolder,
}) => {
  await halvesRun(dataFolder, 'vq', 6);
  const { page } = await openApp();
  const decoder = new DecoderPage(page);
  await decoder.open();
  const { panel } = decoder;
  const vectors = panel.getByRole('radiogroup', { name: 'Vectors of the codebook' });

  await test.step('the most used come first, and the shares are of all places', async () => {
    await expect(vectors.getByRole('radio')).toHaveCount(128);
    await expect(
      panel.getByText(/^\s*Each as the decoder draws it in all places.* \d+ of 128 are used\./s),
    ).toBeVisible();
    const names = await vectors
      .getByRole('radio')
      .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
    const shares = names.map((name) => Number(/, ([\d.]+) %/.exec(name!)?.[1] ?? 0));
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(100, -1);
  });

  await test.step('a place takes another vector by keyboard, and gets its own back', async () => {
    await panel.getByLabel('Pictures for the decoder').setInputFiles(pictureOf(dataFolder, 'left', 40));
    const indices = panel.getByRole('radiogroup', { name: 'Indices of the picture' });
    await expect(indices.getByRole('radio')).toHaveCount(4);
    const first = indices.getByRole('radio').first();
    const own = await first.getAttribute('aria-label');
    const changed = panel.getByRole('img', { name: 'Decoded from these vectors' });
    const before = await greysOf(changed);
    const other = vectors.getByRole('radio', { checked: false }).first();
    await other.click();
    await expect(first).not.toHaveAttribute('aria-label', own!);
    await expect.poll(() => greysOf(changed)).not.toEqual(before);
    await indices.getByRole('radio').first().press('ArrowRight');
    await expect(indices.getByRole('radio').nth(1)).toBeFocused();
    await panel.getByRole('button', { name: 'Reset' }).click();
    await expect(first).toHaveAttribute('aria-label', own!);
    await expect.poll(() => greysOf(changed)).toEqual(before);
  });

  await test.step('new pictures are of vectors that hang together', async () => {
    await decoder.tool('Generate');
    await panel.getByRole('button', { name: 'Generate', exact: true }).click();
    const made = panel.getByRole('list', { name: 'Generated pictures' }).getByRole('img', { name: /^Generated/ });
    await expect(made).toHaveCount(12);
    const sides = await Promise.all((await made.all()).map(async (one) => Math.sign(leftness(await greysOf(one)))));
    expect(new Set(sides)).toEqual(new Set([-1, 1]));
  });
});

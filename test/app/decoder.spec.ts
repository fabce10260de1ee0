import { unzipSync } from 'fflate';
import { BufferSource, Input, WEBM } from 'mediabunny';
import sharp from 'sharp';
import { DecoderPage, gifFrames, greysOf } from './harness/decoder-page.ts';
import { expect, test } from './harness/fixtures.ts';
import { mnist } from './harness/mnist.ts';
import { StudioPage } from './harness/studio-page.ts';
import { tabTo } from './harness/tab-to.ts';

const SIDE = 28;

/** What a player finds in a WebM film. */
async function filmOf(bytes: Uint8Array) {
  using input = new Input({ source: new BufferSource(bytes), formats: [WEBM] });
  const track = (await input.getPrimaryVideoTrack())!;
  const { packetCount } = await track.computePacketStats();
  const seconds = await track.computeDuration();
  return { codec: track.codec, side: track.displayWidth, frames: packetCount, seconds };
}

test('the decoder follows the cursor, joins pictures, films paths and makes new ones', async ({
  openApp,
  dataFolder,
  map,
}) => {
  // Many steps on one trained model.
  test.slow();
  await map.copyTo(dataFolder);
  const { page } = await openApp();
  const studio = new StudioPage(page);
  const decoder = new DecoderPage(page);
  await decoder.open();

  await test.step('the picture at the cursor is what the model decodes there', async () => {
    await decoder.point(0.5, 0.5);
    const first = await greysOf(decoder.live);
    expect(first).toEqual(await decoder.decoded((await decoder.place())!));
    await decoder.point(0.35, 0.6);
    const second = await greysOf(decoder.live);
    expect(second).toEqual(await decoder.decoded((await decoder.place())!));
    expect(second).not.toEqual(first);
  });

  await test.step('imagination is told from memory', async () => {
    // From further away there is room around the codes.
    for (let press = 0; press < 4; press++) await decoder.map.press('-');
    await decoder.point(0.03, 0.03);
    await expect(decoder.panel.getByText('◌ No training code nearby: imagined')).toBeVisible({ timeout: 300_000 });
    await decoder.map.press('0');
    await decoder.map.press('ArrowRight');
    await expect(decoder.panel.getByText(/^Near [\d,]+ training codes?$/)).toBeVisible();
  });

  await test.step('the decoded grid is saved as a picture of the right size', async () => {
    await decoder.panel.getByLabel('Pictures a side').selectOption('24');
    await expect(decoder.panel.getByRole('img', { name: '24 × 24 decoded pictures' })).toBeVisible();
    const save = decoder.panel.getByRole('button', { name: 'Save as PNG' });
    const { name, bytes } = await decoder.saved(() => save.click());
    expect(name).toBe('decoded-grid.png');
    const { data, info } = await sharp(bytes).removeAlpha().greyscale().raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([24 * SIDE, 24 * SIDE]);
    expect(new Set(data).size).toBeGreaterThan(100);
  });

  await test.step('the strip between two pinned images ends with their reconstructions', async () => {
    await decoder.map.press('ArrowRight');
    await decoder.map.press('Enter');
    for (let step = 0; step < 12; step++) await decoder.map.press('ArrowUp');
    await decoder.map.press('Enter');
    const shelf = decoder.panel.getByRole('button', { name: /^[AB]: / });
    await expect(shelf).toHaveCount(2);
    await decoder.tool('Between');
    const strip = decoder.panel.getByRole('list', { name: 'From A to B' }).getByRole('button');
    await expect(strip).toHaveCount(9);
    const labels = await shelf.evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label')!));
    const indices = labels.map((label) => Number(/(\d+)\D*$/.exec(label)![1]));
    const ends = await decoder.reconstructed(indices);
    await expect.poll(() => greysOf(strip.first())).toEqual(ends.slice(0, SIDE * SIDE));
    await expect.poll(() => greysOf(strip.last())).toEqual(ends.slice(SIDE * SIDE));
    const middle = strip.nth(4);
    const straight = await greysOf(middle);
    await decoder.panel.getByRole('combobox', { name: 'Way' }).selectOption('spherical');
    await expect.poll(() => greysOf(middle)).not.toEqual(straight);
    expect(await greysOf(strip.first())).toEqual(ends.slice(0, SIDE * SIDE));
  });

  await test.step('it is played, and saved as a GIF, a film and frames', async () => {
    const frame = decoder.panel.getByRole('slider', { name: 'Frame' });
    await frame.press('End');
    await expect(decoder.panel.getByRole('img', { name: 'Frame 9 of 9' })).toBeVisible();
    const named = (name: string) => () => decoder.panel.getByRole('button', { name }).click();
    const gif = await decoder.saved(named('GIF'));
    expect(gif.name).toBe('from-A-to-B.gif');
    expect(gif.bytes.subarray(0, 6).toString()).toBe('GIF89a');
    expect(gifFrames(gif.bytes)).toBe(9);
    const frames = await decoder.saved(named('PNG frames'));
    const files = Object.entries(unzipSync(frames.bytes));
    expect(files.map(([name]) => name)).toContain('from-A-to-B-9.png');
    expect(files).toHaveLength(9);
    const film = await decoder.saved(named('WebM'));
    expect(await filmOf(film.bytes)).toEqual({
      codec: 'vp9',
      side: 8 * SIDE,
      frames: 9,
      seconds: expect.closeTo(9 / 12, 2),
    });
    await decoder.panel.getByRole('button', { name: 'Play' }).click();
    await expect(decoder.panel.getByRole('img', { name: 'Frame 2 of 9' })).toBeVisible();
    await decoder.panel.getByRole('button', { name: 'Pause' }).click();
  });

  await test.step('a drawn path becomes a film', async () => {
    await decoder.tool('Path');
    await decoder.panel.getByRole('button', { name: 'Draw a path on the map' }).click();
    const box = (await decoder.map.boundingBox())!;
    await page.mouse.move(box.x + 0.3 * box.width, box.y + 0.3 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.6 * box.width, box.y + 0.4 * box.height, { steps: 8 });
    await page.mouse.move(box.x + 0.4 * box.width, box.y + 0.7 * box.height, { steps: 8 });
    await page.mouse.up();
    await expect(decoder.panel.getByRole('img', { name: /^Frame \d+ of 60$/ })).toBeVisible();
    const { bytes } = await decoder.saved(() => decoder.panel.getByRole('button', { name: 'GIF' }).click());
    expect(gifFrames(bytes)).toBe(60);
  });

  await test.step('a unit’s slider changes the picture, and reset brings it back', async () => {
    await decoder.tool('Units');
    const changed = decoder.panel.getByRole('img', { name: 'Decoded from the sliders' });
    await expect(changed).toBeVisible();
    const before = await greysOf(changed);
    const slider = decoder.panel.getByRole('list', { name: 'Units of the code' }).getByRole('slider').first();
    await slider.press('Home');
    await expect.poll(() => greysOf(changed)).not.toEqual(before);
    await decoder.panel.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(() => greysOf(changed)).toEqual(before);
  });

  await test.step('a picture of one’s own is encoded, and the nearest images found', async () => {
    const { pixels } = (await mnist()).test.images;
    const raw = { width: SIDE, height: SIDE, channels: 1 as const };
    const digit = await sharp(Buffer.from(pixels.subarray(0, SIDE * SIDE)), { raw })
      .png()
      .toBuffer();
    const file = { name: 'seven.png', mimeType: 'image/png', buffer: digit };
    await decoder.panel.getByLabel('Pictures for the decoder').setInputFiles(file);
    await expect(decoder.panel.getByRole('button', { name: 'C: seven.png' })).toBeVisible();
    await decoder.tool('Search');
    const found = decoder.panel.getByRole('list', { name: 'Nearest images' }).getByRole('listitem');
    await expect(found).toHaveCount(12);
    await decoder.panel.getByLabel('Among the').selectOption({ label: 'test images' });
    await expect(found.first().getByRole('button')).toBeEnabled();
  });

  await test.step('new pictures stand beside the nearest training images', async () => {
    await decoder.tool('Generate');
    await decoder.panel.getByRole('button', { name: 'Generate', exact: true }).click();
    const made = decoder.panel.getByRole('list', { name: 'Generated pictures' }).getByRole('listitem');
    await expect(made).toHaveCount(12);
    await expect(made.first().getByRole('img', { name: /^Nearest: / })).toBeVisible();
    await expect(
      decoder.panel.getByText(/^From a mixture of \d+ Gaussians, fitted to [\d,]+ training codes/),
    ).toBeVisible();
    const first = await greysOf(made.first().getByRole('img', { name: 'Generated picture 1' }));
    await decoder.panel.getByRole('button', { name: 'Next seed' }).click();
    await expect(decoder.panel.getByText(/^Seed 2\./)).toBeVisible();
    const second = made.first().getByRole('img', { name: 'Generated picture 1' });
    await expect.poll(() => greysOf(second)).not.toEqual(first);
    const { name } = await decoder.saved(() => decoder.panel.getByRole('button', { name: 'Save as PNG' }).click());
    expect(name).toBe('generated-seed-2.png');
  });

  await test.step('whoever leaves and comes back finds everything as it was, and can go on', async () => {
    await studio.goTo('Train');
    await expect(decoder.panel).toBeHidden();
    await decoder.open();
    await expect(decoder.panel.getByRole('button', { name: /^[ABC]: / })).toHaveCount(3);
    await decoder.tool('Between');
    await decoder.panel.getByRole('combobox', { name: 'Pictures' }).selectOption('16');
    await expect(decoder.panel.getByRole('list', { name: 'From B to C' }).getByRole('button')).toHaveCount(16);
    await decoder.panel.getByRole('combobox', { name: 'From' }).selectOption({ index: 0 });
    await expect(decoder.panel.getByRole('list', { name: 'From A to C' }).getByRole('button')).toHaveCount(16);
  });
});

test('the decoder of a 128-D code is worked by the keyboard alone', async ({ openApp, dataFolder, run }) => {
  test.slow();
  await run.copyTo(dataFolder);
  const { page } = await openApp();
  const decoder = new DecoderPage(page);
  const { panel, map } = decoder;
  await tabTo(page, page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: 'Latent' }));
  await page.keyboard.press('Enter');
  await decoder.isReady();

  await test.step('the cursor is moved by arrows, and the picture follows', async () => {
    await tabTo(page, map);
    await page.keyboard.press('ArrowRight');
    await expect(decoder.live).toBeVisible();
    const first = await decoder.place();
    await page.keyboard.press('Enter');
    for (let step = 0; step < 10; step++) await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Alt+ArrowLeft');
    await expect.poll(() => decoder.place()).not.toEqual(first);
    await expect(panel.getByRole('button', { name: /^[AB]: / })).toHaveCount(2);
  });

  await test.step('a tool is chosen by arrows, its slider moved to the end', async () => {
    await tabTo(page, panel.getByRole('tab', { name: 'Grid' }));
    await page.keyboard.press('ArrowRight');
    await expect(panel.getByRole('tab', { name: 'Between' })).toBeFocused();
    await tabTo(page, panel.getByRole('slider', { name: 'Frame' }));
    await page.keyboard.press('End');
    await expect(panel.getByRole('img', { name: 'Frame 9 of 9' })).toBeVisible();
  });

  await test.step('units are found by number and moved', async () => {
    await tabTo(page, panel.getByRole('tab', { name: 'Between' }), 'Shift+Tab');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const changed = panel.getByRole('img', { name: 'Decoded from the sliders' });
    await expect(changed).toBeVisible();
    const before = await greysOf(changed);
    await expect(panel.getByRole('slider')).toHaveCount(12);
    await tabTo(page, panel.getByLabel('Unit number'));
    await page.keyboard.type('128');
    await expect(panel.getByRole('slider')).toHaveCount(1);
    await tabTo(page, panel.getByRole('slider', { name: 'Unit 128' }));
    await page.keyboard.press('Home');
    await page.keyboard.press('End');
    await tabTo(page, panel.getByRole('button', { name: 'Random' }), 'Shift+Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => greysOf(changed)).not.toEqual(before);
  });
});

import { unzipSync } from 'fflate';
import { parquetReadObjects } from 'hyparquet';
import sharp from 'sharp';
import { expect, test } from './harness/fixtures.ts';
import { LatentPage } from './harness/latent-page.ts';
import { tabTo } from './harness/tab-to.ts';

test('codes are pointed at, selected, taken along and replayed; the paper’s figure is saved', async ({
  openApp,
  dataFolder,
  map,
}) => {
  test.slow();
  await map.copyTo(dataFolder);
  const { page } = await openApp();
  const latent = new LatentPage(page);
  const paperFigure = page.getByRole('group', { name: 'Save the paper’s figure' });
  const saveAs = async (kind: 'PNG' | 'SVG'): Promise<void> => {
    await paperFigure.getByRole('button', { name: 'Figure' }).click();
    await paperFigure.getByRole('button', { name: kind }).click();
  };
  await latent.open();

  await test.step('everything is selected, and its table names every image with its code', async () => {
    await latent.select('all that are shown');
    await latent.expectSelected(10_000);
  });
  const rows = await latent.exported();
  expect(rows.map(({ index }) => index)).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
  const finite = rows.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  expect(finite.length).toBe(10_000);
  await test.step('the same table is there as Parquet', async () => {
    const { name, bytes } = await latent.saved(() => latent.button('Parquet').click());
    expect(name).toMatch(/-test-10000\.parquet$/);
    const read = await parquetReadObjects({ file: Uint8Array.from(bytes).buffer });
    const table = read.map((row) => ({ ...row, x: row['code_1'] as unknown, y: row['code_2'] as unknown }));
    expect(table).toHaveLength(rows.length);
    for (const at of [0, 1, 9_999]) expect(table[at]).toMatchObject({ ...rows[at], x: rows[at]!.x, y: rows[at]!.y });
  });
  await latent.select('none');

  await test.step('a known point says its name', async () => {
    await latent.showEverything();
    // The rightmost: no other is nearer to its place.
    const last = rows.reduce((most, row) => (row.x > most.x ? row : most));
    const { x, y } = await latent.onScreen(last);
    await page.mouse.move(x + 3, y);
    await expect(latent.hoveredName).toHaveText(last.name);
    await expect(page.getByRole('region', { name: 'Image pointed at' })).toContainText(`Label ${last.label}`);
    await page.mouse.click(x + 3, y);
    await expect(page.getByRole('tab', { name: 'Pins (1)' })).toBeVisible();
  });

  await test.step('nearby, pictures take the place of dots', async () => {
    const overlay = latent.codes.locator('canvas').last();
    const greys = async () => {
      const seen = await overlay.evaluate((element) => {
        const canvas = element as HTMLCanvasElement;
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        const shades = new Set<number>();
        for (let at = 0; at < data.length; at += 4) {
          if (data[at + 3] === 255 && data[at] === data[at + 1] && data[at] === data[at + 2]) shades.add(data[at]!);
        }
        return shades.size;
      });
      return seen;
    };
    const before = await greys();
    const box = (await latent.codes.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    for (let turn = 0; turn < 16; turn++) await page.mouse.wheel(0, -160);
    await expect.poll(greys).toBeGreaterThan(before + 100);
    await latent.page
      .getByRole('group', { name: /^View of The autoencoder/ })
      .getByLabel('Fit the points')
      .click();
    await expect.poll(greys).toBeLessThan(before + 50);
  });

  await test.step('limits typed select exactly what lies within them', async () => {
    const form = page.getByRole('form', { name: 'Region of the code map by numbers' });
    const middle = rows.map(({ x }) => x).sort((a, b) => a - b)[5_000]!;
    await form.getByLabel('left', { exact: true }).fill(String(middle));
    for (const [side, far] of [
      ['right', '1e6'],
      ['bottom', '-1e6'],
      ['top', '1e6'],
    ] as const) {
      await form.getByLabel(side, { exact: true }).fill(far);
    }
    await form.getByRole('button', { name: 'Select' }).click();
    const wanted = rows.filter(({ x }) => x >= middle);
    await latent.expectSelected(wanted.length);
    expect((await latent.exported()).map(({ name }) => name)).toEqual(wanted.map(({ name }) => name));
  });

  await test.step('a lasso takes what it is drawn around, Shift adds, Alt takes away', async () => {
    await latent.showEverything();
    await latent.button('Lasso').click();
    const box = (await latent.codes.boundingBox())!;
    const around = async (share: number) => {
      const corners = [
        [share, share],
        [1 - share, share],
        [1 - share, 1 - share],
        [share, 1 - share],
      ] as const;
      await page.mouse.move(box.x + box.width * share, box.y + box.height * share);
      await page.mouse.down();
      for (const [x, y] of corners) await page.mouse.move(box.x + box.width * x, box.y + box.height * y);
      await page.mouse.up();
    };
    await around(0.01);
    await latent.expectSelected(10_000);
    await page.keyboard.down('Alt');
    await around(0.01);
    await page.keyboard.up('Alt');
    await expect(page.getByRole('tab', { name: 'Selection', exact: true })).toBeVisible();
    await latent.button('Move').click();
  });

  await test.step('a class is selected and taken along as images', async () => {
    await latent.select('7');
    const sevens = rows.filter(({ label }) => label === '7');
    await latent.expectSelected(sevens.length);
    const { name, bytes } = await latent.saved(() => latent.button('Images .zip').click());
    expect(name).toMatch(/-images\.zip$/);
    const files = unzipSync(bytes);
    expect(Object.keys(files)).toHaveLength(sevens.length);
    const picture = await sharp(Object.values(files)[0]!).metadata();
    expect([picture.format, picture.width, picture.height, picture.channels]).toEqual(['png', 28, 28, 1]);
    const codes = await latent.saved(() => latent.button('Codes .npy').click());
    expect(codes.bytes.toString('latin1')).toContain(`'shape': (${sevens.length}, 2)`);
    await latent.select('none');
  });

  await test.step('epochs are replayed back to the first', async () => {
    await latent.button('Replay the epochs').click();
    await expect(page.getByTestId('replayed-epoch')).toHaveText('epoch 2', { timeout: 120_000 });
    await expect(page.getByRole('img', { name: /^10 test images as of epoch 2/ })).toBeVisible();
    await expect(page.getByText(/5,000 test images that every snapshot holds/)).toBeVisible();
    const second = await latent.picture();
    await expect(page.getByText(/^reading/)).toBeHidden();
    await page.getByLabel('Epoch', { exact: true }).press('ArrowLeft');
    await expect(page.getByTestId('replayed-epoch')).toHaveText('epoch 1');
    await expect(page.getByRole('img', { name: /^10 test images as of epoch 1/ })).toBeVisible();
    await expect.poll(() => latent.picture()).not.toBe(second);
    const { bytes } = await latent.saved(() => latent.button('GIF').click());
    expect(bytes.subarray(0, 6).toString()).toBe('GIF89a');
    expect((await sharp(bytes, { animated: true }).metadata()).pages).toBeGreaterThan(6);
    await latent.button('Trained model').click();
  });

  await test.step('the paper’s figure is a picture of the right size with many colours', async () => {
    const { bytes } = await latent.saved(() => saveAs('PNG'));
    const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([1_800, 1_060]);
    const colours = new Map<number, number>();
    for (let at = 0; at < data.length; at += 3) {
      const colour = (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
      colours.set(colour, (colours.get(colour) ?? 0) + 1);
    }
    expect([...colours.values()].filter((count) => count > 200).length).toBeGreaterThanOrEqual(12);
    expect(colours.get(0xffffff)).toBeGreaterThan(500_000);
    const svg = await latent.saved(() => saveAs('SVG'));
    expect((await sharp(svg.bytes).metadata()).width).toBe(1_800);
  });

  await test.step('UMAP is computed beside the window, and cancelled', async () => {
    await latent.button('UMAP').click();
    await page.getByLabel('At most').selectOption('1000');
    await latent.button('Compute UMAP').click();
    await latent.button('Cancel').click();
    await latent.button('Compute UMAP').click();
    await expect(page.getByText(/^1,000 of 10,000 images, of each class its share|^99\d of 10,000/)).toBeVisible({
      timeout: 180_000,
    });
    await expect(page.getByRole('application', { name: /^UMAP of the codes/ })).toBeVisible();
    await latent.button('UMAP').click();
  });

  await test.step('all of it without a mouse', async () => {
    await tabTo(page, latent.codes);
    await page.keyboard.press('ArrowRight');
    await expect(latent.hoveredName).toHaveText(/^test \d+$/);
    const first = await latent.hoveredName.textContent();
    await page.keyboard.press('ArrowRight');
    await expect(latent.hoveredName).not.toHaveText(first!);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('tab', { name: 'Pins (2)' })).toBeVisible();

    await tabTo(page, latent.button('Rectangle'));
    await page.keyboard.press('Enter');
    await tabTo(page, latent.codes, 'Shift+Tab');
    await page.keyboard.press('0');
    // From further away the crosshair has less far to go.
    for (let press = 0; press < 4; press++) await page.keyboard.press('-');
    for (const [key, times] of [
      ['Alt+ArrowLeft', 14],
      ['Alt+ArrowUp', 14],
    ] as const) {
      for (let press = 0; press < times; press++) await page.keyboard.press(key);
    }
    await page.keyboard.press('Enter');
    for (const key of ['Alt+ArrowRight', 'Alt+ArrowDown']) {
      for (let press = 0; press < 28; press++) await page.keyboard.press(key);
    }
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    await latent.expectSelected(10_000);

    await tabTo(page, latent.button('CSV'));
    expect(await latent.exported(() => page.keyboard.press('Enter'))).toHaveLength(10_000);
    await tabTo(page, paperFigure.getByRole('button', { name: 'Figure' }), 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await expect(paperFigure.getByRole('button', { name: 'PNG' })).toBeFocused();
    expect((await latent.saved(() => page.keyboard.press('Enter'))).name).toMatch(/-figure\.png$/);
    await tabTo(page, latent.button('Replay the epochs'));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByLabel('Epoch', { exact: true }));
    await page.keyboard.press('ArrowLeft');
    await expect(page.getByTestId('replayed-epoch')).toHaveText('epoch 1');
  });

  await test.step('nothing of what stands below the maps is cut in a small window', async () => {
    await page.setViewportSize({ width: 1_024, height: 700 });
    const captions = page.locator('figcaption > .caption, figcaption > .figures');
    await expect(captions.first()).toBeVisible();
    const cut = await captions.evaluateAll((all) =>
      all.filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0).map((one) => one.textContent),
    );
    expect(cut).toEqual([]);
  });
});

import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import sharp from 'sharp';
import type { StudioApi } from '../../electron/contract/contract.ts';
import { decodeCompressed } from '../../electron/files/compressed-images.ts';
import { findings } from './harness/accessibility.ts';
import { Figures } from './harness/figures.ts';
import { expect, test } from './harness/fixtures.ts';
import { mnist } from './harness/mnist.ts';
import { RunsPage } from './harness/runs-page.ts';

const PICTURES = 24;

interface Kept {
  readonly bytes: number;
  readonly psnr: number;
}

async function kept(row: Locator): Promise<Kept> {
  await expect(row).toHaveAttribute('data-bytes', /\d/, { timeout: 300_000 });
  const [bytes, psnr] = await Promise.all([row.getAttribute('data-bytes'), row.getAttribute('data-psnr')]);
  return { bytes: Number(bytes), psnr: Number(psnr) };
}

/** Grey bytes of a PNG file. */
const greys = (file: string): Promise<Buffer> => sharp(file).toColourspace('b-w').raw().toBuffer();

/** A folder's pictures as the newest run's model takes them: grey bytes, one image after the other. */
async function preparedPixels(page: Page, folder: string): Promise<readonly number[]> {
  const names = (await readdir(folder)).sort();
  const files = await Promise.all(names.map(async (name) => [...(await readFile(join(folder, name)))]));
  return page.evaluate(async (pictures) => {
    const { studio } = window as unknown as { studio: StudioApi };
    const runs = await studio.call('run:list', {});
    if (!runs.ok) throw new Error(runs.error.message);
    const answer = await studio.call('model:reconstruct', {
      model: { runId: runs.value[0]!.id, weights: 'best' },
      source: {
        kind: 'pictures',
        pictures: pictures.map((bytes, index) => ({ name: `${index}.png`, bytes: Uint8Array.from(bytes) })),
      },
      options: { invert: 'auto', centre: 'auto' },
      neighbours: 0,
    });
    if (!answer.ok) throw new Error(answer.error.message);
    return [...answer.value.prepared.pixels];
  }, files);
}

test('images are compressed with a model, measured beside JPEG and WebP, and made of the file again', async ({
  openApp,
  run,
  dataFolder,
}) => {
  await run.copyTo(dataFolder);
  const { page, chooseWhereToSave, filesLieAt } = await openApp();
  const runs = new RunsPage(page);
  await runs.goTo('Runs');
  await runs
    .row(/^Modern recipe/)
    .getByRole('button')
    .click();
  await page.getByRole('button', { name: 'Compress images…' }).click();
  const dialog = page.getByRole('dialog', { name: /^Compress images with “Modern recipe/ });
  const row = (id: string): Locator => dialog.getByTestId(`compressed-${id}`);
  const said = dialog.getByRole('status');

  await test.step('what is at work can be cancelled', async () => {
    await dialog.getByLabel('Images', { exact: true }).selectOption('mnist/training');
    await dialog.getByRole('button', { name: 'Measure' }).click();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(said).toHaveText('Cancelled: nothing was written.', { timeout: 120_000 });
  });

  await test.step('the test images take a byte a unit; JPEG and WebP stand at no more bytes, or say so', async () => {
    await dialog.getByLabel('Images', { exact: true }).selectOption('mnist/test');
    await dialog.getByRole('button', { name: 'Measure' }).click();
    const [pixels, codes, jpeg, webp] = [
      await kept(row('pixels')),
      await kept(row('codes')),
      await kept(row('jpeg')),
      await kept(row('webp')),
    ];
    expect(pixels.bytes).toBe(2_500 * 784);
    // 128 units and their ranges, packed: never more than they are.
    expect(codes.bytes).toBeLessThanOrEqual(2_500 * 128 + 128 * 8 + 64);
    expect(codes.bytes).toBeGreaterThan(2_500 * 16);
    expect(codes.psnr).toBeGreaterThan(15);
    for (const codec of [jpeg, webp]) {
      expect(codec.bytes).toBeLessThanOrEqual(codes.bytes);
      expect(codec.psnr).toBeGreaterThan(10);
    }
    const verdict = dialog.getByRole('list', { name: 'What that means' });
    await expect(verdict).toContainText(jpeg.psnr > codes.psnr ? 'JPEG wins' : 'more faithful than JPEG');
    await expect(verdict).toContainText(webp.psnr > codes.psnr ? 'WebP wins' : 'more faithful than WebP');
    await expect(verdict).toContainText(/The decoder takes [\d.]+ kB, once for any number of images\. With it, 10,000/);
    expect(await findings(page)).toEqual([]);
    const { svg } = await new Figures(page).saved('the compressed images');
    expect(svg.images).toBe(40);
  });

  const originals = join(dataFolder, 'digits');
  const { test: digits } = await mnist();
  await mkdir(originals);
  for (let index = 0; index < PICTURES; index++) {
    const pixels = digits.images.pixels.subarray(index * 784, (index + 1) * 784);
    const name = `${String(index).padStart(2, '0')}.png`;
    await writeFile(
      join(originals, name),
      await sharp(pixels, { raw: { width: 28, height: 28, channels: 1 } })
        .png()
        .toBuffer(),
    );
  }
  const file = join(dataFolder, 'digits.safetensors');

  await test.step('pictures of one’s own go into one file', async () => {
    const paths = (await readdir(originals)).map((name) => join(originals, name));
    await filesLieAt(paths);
    const chooser = page.waitForEvent('filechooser');
    await dialog.getByRole('button', { name: 'Choose pictures…' }).click();
    await (await chooser).setFiles(paths);
    await expect(dialog.getByLabel('Images', { exact: true })).toHaveValue('pictures');
    await dialog.getByRole('button', { name: 'Measure' }).click();
    const measured = await kept(row('codes'));
    expect((await kept(row('pixels'))).bytes).toBe(PICTURES * 784);
    const whole = Number(await dialog.getByTestId('compressed-file').getAttribute('data-bytes'));
    await chooseWhereToSave(file);
    await dialog.getByRole('button', { name: 'Compress to file…' }).click();
    await expect(said).toHaveText(`Saved: ${file}`, { timeout: 120_000 });
    expect((await stat(file)).size).toBe(whole);
    expect(decodeCompressed(await readFile(file), file).names).toHaveLength(PICTURES);
    expect(measured.bytes).toBeLessThan(PICTURES * 128 + 128 * 8 + 64);
  });

  await test.step('and come back as pictures with the PSNR on screen', async () => {
    const { psnr } = await kept(row('codes'));
    const prepared = await preparedPixels(page, originals);
    const folder = join(dataFolder, 'again');
    await filesLieAt([file]);
    await chooseWhereToSave(folder);
    const chooser = page.waitForEvent('filechooser');
    await dialog.getByRole('button', { name: 'Decompress a file…' }).click();
    await (await chooser).setFiles(file);
    await expect(said).toHaveText(`Saved: ${folder}`, { timeout: 120_000 });
    const names = (await readdir(folder)).sort();
    expect(names[0]).toBe('00001-00.png');
    expect(names).toHaveLength(PICTURES);
    let squares = 0;
    for (const [index, name] of names.entries()) {
      const made = await greys(join(folder, name));
      made.forEach((grey, at) => (squares += (grey - prepared[index * 784 + at]!) ** 2));
    }
    expect(10 * Math.log10((255 ** 2 * PICTURES * 784) / squares)).toBeCloseTo(psnr, 1);
  });

  await test.step('what is no such file is refused by name', async () => {
    const notes = join(dataFolder, 'notes.txt');
    await writeFile(notes, 'some text, and more of it');
    await filesLieAt([notes]);
    await chooseWhereToSave(join(dataFolder, 'nothing'));
    const chooser = page.waitForEvent('filechooser');
    await dialog.getByRole('button', { name: 'Decompress a file…' }).click();
    await (await chooser).setFiles(notes);
    await expect(dialog.getByText(/notes\.txt: expected a header of at most/)).toBeVisible();
    expect(await readdir(dataFolder)).not.toContain('nothing');
  });
});

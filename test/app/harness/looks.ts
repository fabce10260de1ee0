import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { projectRoot } from '../../../scripts/step.ts';

const WIDTH = 160;
const HEIGHT = 100;
const folder = join(projectRoot, 'test', 'app', 'looks');

/**
 * How far the window looks from the picture kept of it: mean absolute difference of their greys, 0-255, at 160 × 100, where a
 * letter is less than a pixel and another font hardly counts. With `AUTOENCODER_STUDIO_KEEP_LOOKS` set the picture is kept anew.
 */
export async function differenceFromKept(page: Page, name: string): Promise<number> {
  const file = join(folder, `${name}.png`);
  const small = sharp(await page.screenshot({ animations: 'disabled', caret: 'hide' }))
    .resize(WIDTH, HEIGHT, { fit: 'fill' })
    .greyscale();
  if (process.env['AUTOENCODER_STUDIO_KEEP_LOOKS'] !== undefined) {
    await mkdir(folder, { recursive: true });
    await writeFile(file, await small.clone().png({ colours: 16, effort: 10, dither: 0 }).toBuffer());
  }
  const [seen, kept] = await Promise.all([
    small.raw().toBuffer(),
    sharp(await readFile(file))
      .greyscale()
      .raw()
      .toBuffer(),
  ]);
  return seen.reduce((sum, grey, at) => sum + Math.abs(grey - kept[at]!), 0) / seen.length;
}

import type { Page } from '@playwright/test';
import sharp from 'sharp';

/** Of what the window looks like; a README shows it no wider. */
const WIDTH = 880;

/** A short film of a page, frame by frame. */
export class Film {
  readonly #frames: { readonly png: Buffer; readonly milliseconds: number }[] = [];

  /** @param milliseconds how long the frame stands */
  async take(page: Page, milliseconds: number): Promise<void> {
    const shot = await page.screenshot({ animations: 'disabled' });
    const png = await sharp(shot).resize({ width: WIDTH }).png().toBuffer();
    this.#frames.push({ png, milliseconds });
  }

  /** Writes it as an animated WebP file that begins anew at its end. Returns its size in bytes. */
  async save(path: string): Promise<number> {
    const pages = this.#frames.map(({ png }) => png);
    const delay = this.#frames.map(({ milliseconds }) => milliseconds);
    const film = sharp(pages, { join: { animated: true } });
    const { size } = await film.webp({ quality: 75, effort: 4, minSize: true, loop: 0, delay }).toFile(path);
    return size;
  }
}

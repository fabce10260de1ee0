import type { Locator, Page } from '@playwright/test';
import sharp from 'sharp';
import type { ImageColumns } from '../../../electron/domain/words.ts';
import { expect } from './expect.ts';
import { mnist } from './mnist.ts';
import { pixelsOf } from './pixels.ts';

/** The Reconstruct place as a person uses it: by the names on screen. */
export class ReconstructPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(): Promise<void> {
    const places = this.page.getByRole('navigation', { name: 'Places' });
    await places.getByRole('button', { name: 'Reconstruct' }).click();
  }

  get wall(): Locator {
    return this.page.getByRole('listbox', { name: /^Pictures/ });
  }

  get detail(): Locator {
    return this.page.getByRole('region', { name: 'Picture', exact: true });
  }

  get paper(): Locator {
    return this.page.getByRole('application', { name: 'Paper' });
  }

  get nearImages(): Locator {
    return this.detail.getByRole('listitem');
  }

  /** Waits until the picture looked at is this one. */
  async looksAt(name: string): Promise<void> {
    await expect(this.detail.getByRole('heading', { name, exact: true })).toBeVisible();
  }

  async squaredError(): Promise<number> {
    const figure = this.detail.getByTestId('squared-error');
    await expect(figure).toHaveAttribute('data-value', /\d/);
    return Number(await figure.getAttribute('data-value'));
  }

  /** A grey picture of the one looked at, as it is painted, and how many CSS pixels one of its pixels takes. */
  async picture(name: string): Promise<ImageColumns & { readonly scale: number }> {
    const picture = this.detail.getByRole('img', { name, exact: true });
    const { width, height, rgba } = await pixelsOf(picture);
    const shown = await picture.locator('canvas').evaluate((canvas) => canvas.getBoundingClientRect().width);
    const pixels = Uint8Array.from({ length: width * height }, (_, index) => rgba[4 * index]!);
    return { count: 1, height, width, channels: 1, pixels, scale: shown / width };
  }

  /** Draws through these points of the paper, in its pixels. */
  async draw(...points: readonly (readonly [x: number, y: number])[]): Promise<void> {
    const box = (await this.paper.boundingBox())!;
    const [first, ...rest] = points.map(([x, y]) => [box.x + x, box.y + y] as const);
    await this.page.mouse.move(...first!);
    await this.page.mouse.down();
    for (const point of rest) await this.page.mouse.move(...point, { steps: 8 });
    await this.page.mouse.up();
  }
}

/** A test digit as somebody's scan: dark on white paper, five times as large, off the middle. PNG. */
export async function paperDigit(index: number): Promise<Buffer> {
  const { pixels } = (await mnist()).test.images;
  const dark = pixels.slice(784 * index, 784 * (index + 1)).map((value) => 255 - value);
  return sharp(dark, { raw: { width: 28, height: 28, channels: 1 } })
    .resize(140, 140, { kernel: 'nearest' })
    .extend({ top: 20, bottom: 80, left: 60, right: 20, background: '#ffffff' })
    .png()
    .toBuffer();
}

/** A picture no digit looks like: stripes. PNG. */
export function stripes(): Promise<Buffer> {
  const pixels = Uint8Array.from({ length: 56 * 56 }, (_, index) => ((index % 56) % 16 < 8 ? 255 : 0));
  return sharp(pixels, { raw: { width: 56, height: 56, channels: 1 } })
    .png()
    .toBuffer();
}

export const meanOf = ({ pixels }: ImageColumns) => pixels.reduce((sum, value) => sum + value, 0) / pixels.length;

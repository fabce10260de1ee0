import { readFile } from 'node:fs/promises';
import type { Download, Locator, Page } from '@playwright/test';
import { expect } from './expect.ts';

/** An image of a selection, as its CSV file tells. */
export interface SelectedRow {
  readonly index: number;
  readonly name: string;
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

/** The maps of the Latent place as a person uses them: by the names on screen. */
export class LatentPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get codes(): Locator {
    return this.page.getByRole('application', { name: /^The autoencoder’s codes/ });
  }

  get hoveredName(): Locator {
    return this.page.getByTestId('hovered-name');
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('region', { name: 'Latent' }).getByRole('button', { name, exact: true });
  }

  /** Goes there and waits for the map of all test images. */
  async open(): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: 'Latent' }).click();
    await expect(this.page.getByText(/; all 10,000 test images$/)).toBeVisible({ timeout: 120_000 });
  }

  /** Selects all images that are shown, none, or those of a class. */
  async select(what: string): Promise<void> {
    await this.page.getByLabel('Select images').selectOption({ label: what });
  }

  /** Opens the row of what is seldom wanted. */
  async more(): Promise<void> {
    const button = this.button('More…');
    if ((await button.getAttribute('aria-expanded')) === 'false') await button.click();
  }

  /** Shows also what lies outside the inner 99 %. */
  async showEverything(): Promise<void> {
    const map = this.page.locator('figure').filter({ has: this.codes });
    await map.getByRole('button', { name: / outside$/ }).click();
    await expect(map.getByRole('button', { name: / outside$/ })).toHaveCount(0);
  }

  /** How many images are selected, as its tab says. */
  async expectSelected(count: number): Promise<void> {
    const name = `Selection (${count.toLocaleString('en')})`;
    await expect(this.page.getByRole('tab', { name, exact: true })).toBeVisible({ timeout: 60_000 });
  }

  async saved(act: () => Promise<void>): Promise<{ readonly name: string; readonly bytes: Buffer }> {
    const download: Promise<Download> = this.page.waitForEvent('download', { timeout: 120_000 });
    await act();
    const file = await download;
    return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
  }

  /** The selection's CSV file, read back. */
  async exported(act = () => this.button('CSV').click()): Promise<SelectedRow[]> {
    const { bytes } = await this.saved(act);
    const [heading, ...lines] = bytes.toString('utf8').trimEnd().split('\r\n');
    expect(heading).toBe('index,name,label,squared_error,code_1,code_2');
    return lines.map((line) => {
      const [index, name, label, , x, y] = line.split(',');
      return { index: Number(index), name: name!, label: label!, x: Number(x), y: Number(y) };
    });
  }

  /** The part of the code map on view, to four digits, as its fields show it. */
  async region(): Promise<{ left: number; right: number; bottom: number; top: number }> {
    const form = this.page.getByRole('form', { name: 'Region of the code map by numbers' });
    if (!(await form.isVisible())) {
      await this.more();
      await this.button('By numbers…').click();
    }
    await this.button('From view').click();
    const read = async (side: string) => Number(await form.getByLabel(side, { exact: true }).inputValue());
    return {
      left: await read('left'),
      right: await read('right'),
      bottom: await read('bottom'),
      top: await read('top'),
    };
  }

  /** Where a place of the plane is on screen. */
  async onScreen({ x, y }: { readonly x: number; readonly y: number }): Promise<{ x: number; y: number }> {
    const { left, right, bottom, top } = await this.region();
    const box = (await this.codes.boundingBox())!;
    return {
      x: box.x + (box.width * (x - left)) / (right - left),
      y: box.y + (box.height * (top - y)) / (top - bottom),
    };
  }

  /** The points' canvas of the codes, as a fingerprint. */
  async picture(): Promise<string> {
    return this.codes
      .locator('canvas')
      .first()
      .evaluate((element) => (element as HTMLCanvasElement).toDataURL());
  }
}

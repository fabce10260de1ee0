import { pathToFileURL } from 'node:url';
import type { Browser, Locator, Page } from '@playwright/test';

/** An exported page, opened from the disk in a browser that has no network. */
export class ExportedPage {
  readonly page: Page;
  /** Whatever the browser has complained of: a script that its policy stops, an error, a request. */
  readonly problems: readonly string[];

  private constructor(page: Page, problems: readonly string[]) {
    this.page = page;
    this.problems = problems;
  }

  static async open(browser: Browser, file: string): Promise<ExportedPage> {
    const context = await browser.newContext({ offline: true });
    const page = await context.newPage();
    const problems: string[] = [];
    const address = pathToFileURL(file).href;
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => {
      if (request.url() !== address) problems.push(request.url());
    });
    await page.goto(address);
    return new ExportedPage(page, problems);
  }

  get said(): Locator {
    return this.page.getByRole('status');
  }

  /** @param x, y from the left and the top, 0 to 1 */
  async clickMap(x: number, y: number): Promise<void> {
    const map = this.page.getByRole('application', { name: /^Map of the codes/ });
    const { width, height } = (await map.boundingBox())!;
    await map.click({ position: { x: x * width, y: y * height } });
  }

  /** The grey values of the decoded image, row by row. */
  async decoded(): Promise<Uint8Array> {
    const canvas = this.page.getByRole('img', { name: 'What the decoder makes of the code' });
    const pixels = await canvas.evaluate((element: HTMLCanvasElement) => {
      const { data } = element.getContext('2d')!.getImageData(0, 0, element.width, element.height);
      return Array.from(data).filter((_, index) => index % 4 === 0);
    });
    return Uint8Array.from(pixels);
  }

  /** The code that is decoded; the sliders show a part of a long one. */
  async code(): Promise<readonly number[]> {
    return this.page.evaluate('Array.from(code)');
  }

  /** A stroke down the middle of the pad. */
  async draw(): Promise<void> {
    const pad = this.page.getByRole('img', { name: 'Draw here with the pointer' });
    await pad.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await pad.boundingBox())!;
    await this.page.mouse.move(x + width / 2, y + height / 5);
    await this.page.mouse.down();
    await this.page.mouse.move(x + width / 2, y + (4 * height) / 5, { steps: 5 });
    await this.page.mouse.up();
  }
}

import type { Locator, Page } from '@playwright/test';
import { expect } from './expect.ts';

/** The import sheet and the Data place, by the names on screen. */
export class ImportSheet {
  readonly page: Page;
  readonly dialog: Locator;

  constructor(page: Page) {
    this.page = page;
    this.dialog = page.getByRole('dialog');
    // Playwright takes file dialogs over only while somebody listens, and a key may be quicker than its asking to.
    page.on('filechooser', () => undefined);
  }

  get importButton(): Locator {
    return this.dialog.getByRole('button', { name: 'Import', exact: true });
  }

  get previews(): Locator {
    return this.dialog.getByRole('list', { name: 'Preview' }).getByRole('listitem');
  }

  get labels(): Locator {
    return this.dialog.getByRole('list', { name: 'Labels found' }).getByRole('listitem');
  }

  async goToData(): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: 'Data' }).click();
  }

  /** Answers the file dialog that `ask` opens. */
  async choose(paths: string | readonly string[], ask: () => Promise<void>): Promise<void> {
    const choosing = this.page.waitForEvent('filechooser');
    await ask();
    await (await choosing).setFiles(typeof paths === 'string' ? paths : [...paths]);
  }

  async chooseFolder(path: string): Promise<void> {
    await this.choose(path, () => this.page.getByRole('button', { name: 'Choose folder…' }).click());
  }

  /** Waits until the preview shows what the options say. */
  async isPreviewed(): Promise<void> {
    await expect(this.previews.first()).toBeVisible();
    await expect(this.dialog.locator('[aria-busy="true"]')).toHaveCount(0);
  }

  /** Presses Tab until this has the focus. */
  async tabTo(target: Locator): Promise<void> {
    await expect(target).toBeEnabled();
    for (let presses = 0; presses < 80; presses++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`80 presses of Tab did not reach ${String(target)}.`);
  }
}

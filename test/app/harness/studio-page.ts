import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import type { EpochMetrics } from '../../../electron/domain/words.ts';
import { expect } from './expect.ts';

/** The window as a person uses it: by the names on screen. */
export class StudioPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get trainButton(): Locator {
    return this.page.getByRole('region', { name: 'Experiment' }).getByRole('button', { name: 'Train' });
  }

  get stopButton(): Locator {
    return this.page.getByRole('region', { name: 'Experiment' }).getByRole('button', { name: /^Stop(ping…| now)$/ });
  }

  async type(fields: Readonly<Record<string, number>>): Promise<void> {
    for (const [label, value] of Object.entries(fields)) await this.page.getByLabel(label).fill(String(value));
  }

  /** Trains what the panel says, these fields changed, to its end. */
  async trainToEnd(fields: Readonly<Record<string, number>>): Promise<void> {
    await this.type(fields);
    await this.trainButton.click();
    await expect(this.stopButton).toBeVisible();
    await this.ends('finished');
  }

  /** Waits until the run on screen has ended so. */
  async ends(status: string): Promise<void> {
    await expect(this.trainButton).toBeEnabled({ timeout: 480_000 });
    await expect(
      this.page
        .getByRole('main')
        .getByText(new RegExp(`^\\S ${status}$`))
        .first(),
    ).toBeVisible({ timeout: 480_000 });
  }

  /** Waits until a run trains. It is looked for often: an assertion may look a second late, in which a short run ends, and any takes a core or two. */
  async isTraining(): Promise<void> {
    const status = this.page.getByRole('banner').getByRole('status');
    const showsEpoch = () => status.evaluate((element) => /^epoch \d+\//.test(element.textContent.trim()));
    await expect.poll(showsEpoch, { intervals: [50], timeout: 240_000 }).toBe(true);
  }

  /** The validation MSE on screen, unrounded. */
  async validationMse(): Promise<number> {
    const cell = this.page.getByTestId('validation-mse');
    await expect(cell).toHaveAttribute('data-value', /\d/);
    return Number(await cell.getAttribute('data-value'));
  }

  async goTo(place: 'Model' | 'Train' | 'Runs'): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: place }).click();
  }

  get runRows(): Locator {
    return this.page.getByRole('region', { name: 'Runs' }).getByRole('rowgroup').last().getByRole('row');
  }
}

/** The folders of the runs, oldest first (their names begin with the moment they started). */
export async function runFolders(dataFolder: string): Promise<string[]> {
  const names = await readdir(join(dataFolder, 'runs'));
  return names.sort().map((name) => join(dataFolder, 'runs', name));
}

/** The metrics in a run's folder, read as any other program would. */
export async function storedMetrics(runFolder: string): Promise<EpochMetrics[]> {
  const text = await readFile(join(runFolder, 'metrics.jsonl'), 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as EpochMetrics);
}

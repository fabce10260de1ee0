import type { Locator } from '@playwright/test';
import { StudioPage } from './studio-page.ts';

/** The Runs place as a person uses it. */
export class RunsPage extends StudioPage {
  row(name: string | RegExp): Locator {
    return this.runRows.filter({ has: this.page.getByRole('button', { name }) });
  }

  async choose(name: string | RegExp): Promise<void> {
    await this.row(name).getByRole('checkbox').check();
  }

  get chosenRuns(): Locator {
    return this.page.getByRole('group', { name: 'The chosen runs' });
  }

  async backToList(): Promise<void> {
    await this.page.getByRole('button', { name: 'All runs' }).click();
  }

  /** The numbers of a column of the comparison, unrounded, in the order of its rows. */
  async compared(testId: string): Promise<number[]> {
    const cells = this.page.getByRole('region', { name: 'Comparison' }).getByTestId(testId);
    return cells.evaluateAll((all) => all.map((cell) => Number((cell as HTMLElement).dataset['value'])));
  }
}

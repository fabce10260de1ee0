import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './expect.ts';

/** What WCAG 2.1 A and AA say of colours: where a page has another theme, it is all that may have changed. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

/** A script in place of axe's own half a megabyte, which would be read and run twice for each look at a page. */
const NOTHING = ';';

/** Whether axe is in the page, and in every frame of it, since it was looked at before. */
const hasAxe = async (page: Page): Promise<boolean> =>
  (await Promise.all(page.frames().map((frame) => frame.evaluate(() => 'axe' in window)))).every(Boolean);

/** What WCAG 2.1 A and AA ask for, of all or of colours alone, as far as a program can tell: each finding with the elements it is about. */
export async function findings(page: Page, of: 'all' | 'colours' = 'all'): Promise<readonly string[]> {
  // The page may load nothing from elsewhere, and axe opens a second page for its report: the older way needs none.
  const axe = new AxeBuilder({ page, ...((await hasAxe(page)) ? { axeSource: NOTHING } : {}) }).setLegacyMode();
  // Of what passes, no more than that it was looked at: to write down each of hundreds of elements takes longer than to judge them.
  axe.options({ resultTypes: ['violations'] });
  if (of === 'all') axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']);
  else axe.withRules(OF_COLOURS);
  const { violations, passes } = await axe.analyze();
  expect(passes.length).toBeGreaterThan(of === 'all' ? 10 : 0);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

import type { Locator, Page } from '@playwright/test';

/** Keys pressed at most. */
const MOST_PRESSES = 150;

/**
 * Tab by Tab to a control, as one without a mouse gets there. It is looked for once: to find it by role and name at each press takes
 * several times as long as the press.
 */
export async function tabTo(page: Page, control: Locator, key = 'Tab'): Promise<void> {
  let element = (await control.elementHandle())!;
  for (let presses = 0; presses < MOST_PRESSES; presses++) {
    const seen = await element.evaluate((one) => ({ here: one === document.activeElement, there: one.isConnected }));
    if (seen.here) return;
    if (!seen.there) element = (await control.elementHandle())!;
    await page.keyboard.press(key);
  }
  throw new Error(`Not reached by ${key}: ${control.toString()}`);
}

import type { Page } from '@playwright/test';

/** What a screen reader would have read out by itself, and when in milliseconds. */
export interface Announcement {
  readonly at: number;
  readonly words: string;
}

const LIVE = '[role=status], [role=alert], [aria-live]:not([aria-live=off])';

/** Notes from now on whenever the words of a live region change; the answer gives what was noted. */
export async function listenToLiveRegions(page: Page): Promise<() => Promise<readonly Announcement[]>> {
  await page.evaluate((live) => {
    const heard: { at: number; words: string }[] = [];
    const before = new Map<Element, string>();
    const read = () => {
      for (const region of document.querySelectorAll(live)) {
        const words = region.textContent?.trim() ?? '';
        if (words !== '' && words !== before.get(region)) heard.push({ at: performance.now(), words });
        before.set(region, words);
      }
    };
    read();
    heard.length = 0;
    new MutationObserver(read).observe(document.body, { subtree: true, childList: true, characterData: true });
    Object.assign(window, { heard });
  }, LIVE);
  return () => page.evaluate(() => (window as unknown as { heard: Announcement[] }).heard);
}

import type { CDPSession, Page } from '@playwright/test';
import sharp from 'sharp';

export interface TabStop {
  /** Role and accessible name, as a screen reader says them: `button "Train"`. */
  readonly said: string;
  /** Of the ring around it, the share whose pixels are there only while it has the focus; 1 is a whole ring 2 px wide. */
  readonly ring: number;
  /** It stands above and left of the stop before it: whoever reads along is thrown back. */
  readonly isBackwards: boolean;
}

export interface TabWalk {
  readonly stops: readonly TabStop[];
  /** Controls on the page that Tab did not come to. */
  readonly missed: readonly string[];
}

/** More than any place has. */
const MOST_STOPS = 150;

/** Pixels around an element in which its ring lies. */
const MARGIN = 6;

/** Of 255, in one of the channels. */
const SEEN_DIFFERENCE = 32;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What the walk asks of the page at each stop. */
interface InPage {
  /** Where the focus is; a control whose label has the ring in its place is where the label is. */
  readonly focused: () => { readonly box: Box; readonly isBackwards: boolean } | undefined;
  readonly blur: () => void;
  readonly focusAgain: () => void;
  /** What can be worked and is seen, but was not come to; of a group of radio buttons Tab comes to one. */
  readonly missed: () => readonly string[];
}

/** Presses Tab from the beginning of the page, or of the dialog over it, until the focus leaves it. */
export async function walkByTab(page: Page): Promise<TabWalk> {
  await page.evaluate(prepareWalk);
  const session = await page.context().newCDPSession(page);
  const stops: TabStop[] = [];
  while (stops.length < MOST_STOPS) {
    await page.keyboard.press('Tab');
    const seen = await ask(session, 'focused');
    if (!seen) break;
    const said = (await page.locator(':focus').ariaSnapshot()).split('\n')[0]!.replace(/^- '?/, '');
    stops.push({ said, ring: await ringAround(page, session, seen.box), isBackwards: seen.isBackwards });
  }
  const missed = await ask(session, 'missed');
  await session.detach();
  return { stops, missed };
}

/** By the protocol itself: Playwright hands the page each question as a script, which it reads anew at each of hundreds of stops. */
async function ask<K extends keyof InPage>(session: CDPSession, what: K): Promise<ReturnType<InPage[K]>> {
  const options = { expression: `tabWalk.${what}()`, returnByValue: true };
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', options);
  if (exceptionDetails) throw new Error(`${what}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
  return result.value as ReturnType<InPage[K]>;
}

/** Runs in the page: puts the focus before everything, and gives the page the answers to what is asked at each stop. */
function prepareWalk(): void {
  const tabbed = new Set<Element>();
  let last: Element | undefined;
  let unfocused: HTMLElement | undefined;
  const boxOf = (of: Element) => {
    const isShown = of.getBoundingClientRect().width > 2 && getComputedStyle(of).outlineStyle !== 'none';
    return (isShown ? of : (of.closest('label') ?? of)).getBoundingClientRect();
  };
  const tabWalk: InPage = {
    focused: () => {
      const element = document.activeElement;
      if (!element || element === document.body) return undefined;
      const { x, y, width, height } = boxOf(element);
      const from = last?.isConnected === true ? boxOf(last) : undefined;
      last = element;
      tabbed.add(element);
      const isBackwards = from !== undefined && y + height <= from.y && x < from.x;
      return { box: { x, y, width, height }, isBackwards };
    },
    blur: () => {
      unfocused = document.activeElement as HTMLElement;
      unfocused.blur();
    },
    focusAgain: () => {
      const visibly: FocusOptions & { focusVisible: boolean } = { focusVisible: true, preventScroll: true };
      unfocused?.focus(visibly);
    },
    missed: () => {
      const groups = new Set([...tabbed].map((element) => (element as HTMLInputElement).name).filter(Boolean));
      const controls = 'button, input, select, textarea, summary, a[href], [tabindex="0"]';
      const hidden = ':disabled, [tabindex="-1"], [aria-hidden="true"]';
      const open = document.querySelector('dialog:modal') ?? document;
      return [...open.querySelectorAll<HTMLElement>(controls)]
        .filter((element) => !tabbed.has(element) && !element.matches(hidden))
        .filter((element) => element.checkVisibility() && element.getBoundingClientRect().width > 0)
        .filter((element) => !(element.matches('[type=radio]') && groups.has((element as HTMLInputElement).name)))
        .map((element) => element.outerHTML.slice(0, 120));
    },
  };
  Object.assign(window, { tabWalk });
  const first = document.createElement('div');
  first.tabIndex = -1;
  (document.querySelector('dialog:modal') ?? document.body).prepend(first);
  first.focus();
  first.remove();
}

async function ringAround(page: Page, session: CDPSession, { x, y, width, height }: Box): Promise<number> {
  const view = page.viewportSize()!;
  const left = Math.max(0, Math.floor(x) - MARGIN);
  const top = Math.max(0, Math.floor(y) - MARGIN);
  const clip = {
    x: left,
    y: top,
    width: Math.min(view.width, Math.ceil(x + width) + MARGIN) - left,
    height: Math.min(view.height, Math.ceil(y + height) + MARGIN) - top,
  };
  if (clip.width < 1 || clip.height < 1) return 0;
  // Hundreds are taken: the protocol's own take two thirds of the processor's time that Playwright's do.
  const shot = async () => {
    const options = { clip: { ...clip, scale: 1 }, format: 'png', optimizeForSpeed: true } as const;
    const { data } = await session.send('Page.captureScreenshot', options);
    return sharp(Buffer.from(data, 'base64')).removeAlpha().raw().toBuffer();
  };
  const withFocus = await shot();
  await ask(session, 'blur');
  const without = await shot();
  await ask(session, 'focusAgain');
  let changed = 0;
  for (let at = 0; at < withFocus.length; at += 3) {
    const differs = [0, 1, 2].some((c) => Math.abs(withFocus[at + c]! - without[at + c]!) > SEEN_DIFFERENCE);
    if (differs) changed++;
  }
  return changed / (4 * (clip.width + clip.height - 4 * MARGIN));
}

import { expect as playwrights, type ExpectMatcherState, type Locator } from '@playwright/test';

/** Assertions that only an element fulfils that is there. */
const OF_WHAT_IS_THERE = [
  'toBeChecked',
  'toBeDisabled',
  'toBeEnabled',
  'toBeFocused',
  'toBeVisible',
  'toContainText',
  'toHaveAttribute',
  'toHaveText',
  'toHaveValue',
] as const;

type Named = Readonly<Record<string, (...args: readonly unknown[]) => Promise<void>>>;

/**
 * The assertion of this name as Playwright has it, after the element has come to be there. While Playwright's own waits for one, it
 * describes the whole page at each look, for the message of a failure that may never be: dearer than all else a test does with the page.
 */
function onceThere(name: (typeof OF_WHAT_IS_THERE)[number]) {
  return async function (this: ExpectMatcherState, locator: Locator, ...args: readonly unknown[]) {
    const options = (args.at(-1) ?? {}) as { readonly timeout?: number; readonly visible?: boolean };
    // Of a list of texts Playwright counts the elements, and describes nothing.
    if (!this.isNot && options.visible !== false && !Array.isArray(args[0])) {
      const { timeout = this.timeout } = options;
      // What never comes is told by the assertion itself.
      await locator
        .first()
        .waitFor({ state: 'attached', timeout })
        .catch(() => undefined);
    }
    const assertions = this.isNot ? playwrights(locator).not : playwrights(locator);
    try {
      await (assertions as unknown as Named)[name]!(...args);
    } catch (error) {
      // The report shows the line that asked.
      if (error instanceof Error) error.stack = withoutThisFile(error.stack ?? '');
      throw error;
    }
    return { pass: !this.isNot, message: () => '' };
  };
}

const withoutThisFile = (stack: string): string =>
  stack
    .split('\n')
    .filter((line) => !line.includes(import.meta.filename))
    .join('\n');

/** Playwright's `expect`, which waits cheaply for what is not there yet. */
export const expect: typeof playwrights = playwrights.extend(
  Object.fromEntries(OF_WHAT_IS_THERE.map((name) => [name, onceThere(name)])),
);

export type { Emit } from '../contract/contract.ts';

/** At most 30 progress messages a second leave a run. */
const LEAST_MS_BETWEEN = 1000 / 30;

/** Lets one message through per 1/30 s; the others are dropped, because the next one says more. */
export function throttled<T>(send: (message: T) => void): (message: T) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (message) => {
    const now = performance.now();
    if (now - last < LEAST_MS_BETWEEN) return;
    last = now;
    send(message);
  };
}

/** Lets the process read its messages: native calls block it. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

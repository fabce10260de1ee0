import type { Handlers, WindowChannel } from '../contract/contract.ts';
import type { Arrivals } from './arrivals.ts';
import type { Staging } from './staging.ts';

/** Answers one window about files that are handed over, by it or to it. */
export function filesHandlers(
  staging: Staging,
  arrivals: Arrivals,
  window: object,
): Handlers<Extract<WindowChannel, `files:${string}`>> {
  return {
    'files:open': async ({ bytes }) => ({ staged: await staging.openFor(window, bytes) }),
    'files:release': async ({ staged }) => {
      await staging.release(staged);
      return {};
    },
    'files:take': () => arrivals.take(window),
  };
}

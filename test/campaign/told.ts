import type { RunStatus } from '../../electron/domain/words.ts';

/** The one run of a victim's data folder. */
export const runId = 'victim';

/** What a victim tells. */
export type Told =
  | { readonly kind: 'started' }
  | { readonly kind: 'resumed'; readonly epoch: number; readonly problems: readonly string[] }
  /** The runner has been called. */
  | { readonly kind: 'step' }
  | { readonly kind: 'epoch'; readonly epoch: number }
  | { readonly kind: 'ended'; readonly status: RunStatus; readonly problem?: string };

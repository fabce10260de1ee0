import type { StudioApi } from '../../../electron/contract/contract.ts';
import type { Distortion } from '../../../electron/contract/sweep.ts';
import type { RunSummary } from '../../../electron/domain/words.ts';
import type { Load } from '../../link/loads.svelte.ts';

/** What a measurement of codes needs of the window. */
export interface CodesContext {
  readonly api: StudioApi;
  readonly runs: readonly RunSummary[];
}

/** How well codes of each size, linear codes and image files keep the same test images. */
export class CodeSizes {
  distortion = $state.raw<Load<Distortion>>();
  readonly runIds: readonly string[];
  readonly #context: CodesContext;
  /** The runs as the list has them. */
  readonly summaries = $derived.by(() => this.#context.runs.filter(({ id }) => this.runIds.includes(id)));

  constructor(context: CodesContext, runIds: readonly string[]) {
    this.#context = context;
    this.runIds = runIds;
  }

  /** Asks the engine once; again after a failure. */
  async measure(): Promise<void> {
    if (this.distortion && this.distortion.kind !== 'failed') return;
    this.distortion = { kind: 'loading' };
    const result = await this.#context.api.call('sweep:compare', { runIds: [...this.runIds] });
    this.distortion = result.ok ? { kind: 'ready', value: result.value } : { kind: 'failed', error: result.error };
  }
}

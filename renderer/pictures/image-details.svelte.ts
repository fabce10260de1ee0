import { SvelteMap } from 'svelte/reactivity';
import type { StudioApi } from '../../electron/contract/contract.ts';
import type { ErrorData } from '../../electron/domain/errors.ts';
import { MOST_PICTURES, type ModelRef, type Reconstructions, type SplitName } from '../../electron/contract/models.ts';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { imageAt } from '../maths/image-at.ts';
import { LatestRequest, type RequestToken } from '../link/latest-request.svelte.ts';

/** One image of a split and what the model makes of it. */
export interface ImageDetails {
  readonly name: string;
  readonly image: ImageColumns;
  readonly reconstruction: ImageColumns;
  /** Per image. */
  readonly squaredError: number;
  /** Share of the validation images with a smaller squared error, 0-100. */
  readonly percentile: number;
}

/** Details of the images last pointed at are kept. */
const MOST_KEPT = 256;

/** What is known of the images a person points at: at most one request is on its way, late wishes replace earlier ones. */
export class DetailsOf {
  problem = $state.raw<ErrorData>();
  readonly #api: StudioApi;
  readonly #model: ModelRef;
  readonly #split: SplitName;
  readonly #entries = new SvelteMap<number, ImageDetails>();
  readonly #calls = new LatestRequest();

  constructor(api: StudioApi, model: ModelRef, split: SplitName) {
    this.#api = api;
    this.#model = model;
    this.#split = split;
  }

  get(index: number): ImageDetails | undefined {
    return this.#entries.get(index);
  }

  want(indices: readonly number[]): void {
    const missing = indices.filter((index) => !this.#entries.has(index)).slice(0, MOST_PICTURES);
    if (missing.length === 0) return this.#calls.dropNext();
    void this.#calls.follow((token) => this.#fetch(missing, token));
  }

  async #fetch(missing: readonly number[], token: RequestToken): Promise<void> {
    const answer = await this.#api.call('model:reconstruct', {
      model: this.#model,
      source: { kind: 'set', split: this.#split, indices: Uint32Array.from(missing) },
      options: { invert: 'auto', centre: 'auto' },
      neighbours: 0,
    });
    if (token.isStale) return;
    this.problem = answer.ok ? undefined : answer.error;
    if (!answer.ok) return;
    missing.forEach((index, at) => this.#entries.set(index, detailsAt(answer.value, at)));
    for (const index of this.#entries.keys()) {
      if (this.#entries.size <= MOST_KEPT) break;
      this.#entries.delete(index);
    }
  }
}

function detailsAt(found: Reconstructions, at: number): ImageDetails {
  return {
    name: found.names[at] ?? '',
    image: imageAt(found.prepared, at),
    reconstruction: imageAt(found.reconstructions, at),
    squaredError: found.squaredErrors[at] ?? Number.NaN,
    percentile: found.percentiles[at] ?? Number.NaN,
  };
}

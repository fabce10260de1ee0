import type { ErrorData } from '../../../../electron/domain/errors.ts';
import type { SplitName } from '../../../../electron/contract/models.ts';
import type { DecoderModel, NearImages } from './decoder-model.ts';
import type { PictureAtHand, PicturesAtHand } from './pictures.svelte.ts';
import { LatestRequest } from '../../../link/latest-request.svelte.ts';

export const SEARCH_COUNTS = [12, 24, 60] as const;

/** The images of the set whose codes lie nearest to a picture's. */
export class PictureSearch {
  readonly #model: DecoderModel;
  readonly #pictures: PicturesAtHand;
  readonly #calls = new LatestRequest();
  split = $state<SplitName>('training');
  count = $state<number>(12);
  found = $state.raw<{ readonly of: PictureAtHand; readonly near: NearImages }>();
  problem = $state.raw<ErrorData>();

  readonly start = $derived.by(() => this.#pictures.chosen);

  constructor(model: DecoderModel, pictures: PicturesAtHand) {
    this.#model = model;
    this.#pictures = pictures;
  }

  get working(): boolean {
    return this.#calls.busy;
  }

  search(): void {
    const { start, split, count } = this;
    if (!start) return this.#forget();
    void this.#calls.follow(async (token) => {
      const near = await this.#model.nearest(start.code, split, count);
      if (token.isStale) return;
      this.problem = near.ok ? undefined : near.error;
      this.found = near.ok ? { of: start, near: near.value } : undefined;
    });
  }

  #forget(): void {
    this.#calls.cancel();
    this.found = undefined;
    this.problem = undefined;
  }
}

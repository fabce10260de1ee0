import type { ErrorData } from '../../../../electron/domain/errors.ts';
import type { SplitName } from '../../../../electron/contract/models.ts';
import type { DecoderModel, NearImages } from './decoder-model.ts';
import type { PictureAtHand, PicturesAtHand } from './pictures.svelte.ts';
import { LatestOnly } from '../../../link/latest-only.ts';

export const SEARCH_COUNTS = [12, 24, 60] as const;

/** The images of the set whose codes lie nearest to a picture's. */
export class PictureSearch {
  readonly #model: DecoderModel;
  readonly #pictures: PicturesAtHand;
  readonly #calls = new LatestOnly();
  split = $state<SplitName>('training');
  count = $state<number>(12);
  found = $state.raw<{ readonly of: PictureAtHand; readonly near: NearImages }>();
  problem = $state.raw<ErrorData>();
  working = $state(false);

  readonly start = $derived.by(() => this.#pictures.chosen);

  constructor(model: DecoderModel, pictures: PicturesAtHand) {
    this.#model = model;
    this.#pictures = pictures;
  }

  search(): void {
    const { start, split, count } = this;
    if (!start) return void (this.found = undefined);
    this.#calls.ask(async () => {
      this.working = true;
      const near = await this.#model.nearest(start.code, split, count);
      this.working = false;
      this.problem = near.ok ? undefined : near.error;
      this.found = near.ok ? { of: start, near: near.value } : undefined;
    });
  }
}

import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { StudioApi } from '../../../electron/contract/contract.ts';
import type { ModelRef } from '../../../electron/contract/models.ts';
import { LatestRequest } from '../../link/latest-request.svelte.ts';
import { toRgba, type Rgba } from '../../maths/rgba.ts';

/** Asked for at once: a screenful. */
const AT_ONCE = 64;

/** The pictures of an inspection, small, asked for as they come into view. */
export class PictureThumbnails {
  readonly #images = new SvelteMap<number, Rgba>();
  /** Those that cannot be shown. */
  readonly #lost = new SvelteSet<number>();
  /** Those that there was no answer about: they are asked for again. */
  readonly #failed = new SvelteSet<number>();
  #wanted: readonly number[] = [];
  readonly #requests = new LatestRequest();
  readonly #api: StudioApi;
  readonly #model: ModelRef;

  constructor(api: StudioApi, model: ModelRef) {
    this.#api = api;
    this.#model = model;
  }

  of(picture: number): Rgba | undefined {
    return this.#images.get(picture);
  }

  isLost(picture: number): boolean {
    return this.#lost.has(picture) || this.#failed.has(picture);
  }

  /** Whoever answers is back: what is in view is asked for again where there was no answer about it. */
  async again(): Promise<void> {
    if (this.#failed.size > 0) await this.want(this.#wanted);
  }

  /** Those in view now: what has gone out of view meanwhile is no longer waited for. */
  async want(pictures: readonly number[]): Promise<void> {
    this.#wanted = pictures;
    await this.#requests.follow(async (token) => {
      const missing = pictures.filter((picture) => !this.#images.has(picture) && !this.#lost.has(picture));
      for (let first = 0; first < missing.length; first += AT_ONCE) {
        const asked = missing.slice(first, first + AT_ONCE);
        const answer = await this.#api.call('inspection:pictures', { model: this.#model, pictures: asked });
        asked.forEach((picture, at) => {
          this.#failed.delete(picture);
          if (!answer.ok) return void this.#failed.add(picture);
          const original = answer.value.originals[at];
          if (original && original.count > 0) this.#images.set(picture, toRgba(original));
          else this.#lost.add(picture);
        });
        if (token.isStale || this.#requests.hasNext) return;
      }
    });
  }
}

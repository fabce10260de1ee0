import { SvelteMap } from 'svelte/reactivity';
import type { StudioApi } from '../../electron/contract/contract.ts';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { imageAt } from '../maths/image-at.ts';
import { LatestRequest } from '../link/latest-request.svelte.ts';
import { MOST_PICKED, type SplitOf } from './picked-images.ts';

export interface NamedImage {
  readonly name: string;
  readonly image: ImageColumns;
}

/** Bytes of pixels kept: some thousands of small images, a few hundred of the largest. */
const MOST_BYTES = 2 ** 24;

/** The images a list shows, fetched as it is scrolled; the longest unused are let go. */
export class ImageCache {
  readonly #api: StudioApi;
  readonly #of: SplitOf;
  readonly #entries = new SvelteMap<number, NamedImage>();
  readonly #calls = new LatestRequest();

  constructor(api: StudioApi, of: SplitOf) {
    this.#api = api;
    this.#of = of;
  }

  get(index: number): NamedImage | undefined {
    return this.#entries.get(index);
  }

  /** Sends for those not at hand; of the wishes that come meanwhile only the latest follows. */
  want(indices: readonly number[]): void {
    const missing = indices.filter((index) => !this.#entries.has(index)).slice(0, MOST_PICKED);
    if (missing.length === 0) return;
    void this.#calls.follow(async (token) => {
      const asked = Uint32Array.from(missing);
      const picked = await this.#api.call('image-set:pick', { ...this.#of, indices: asked });
      if (picked.ok && !token.isStale) asked.forEach((index, at) => this.#keep(index, at, picked.value));
    });
  }

  #keep(index: number, at: number, { images, names }: { images: ImageColumns; names: readonly string[] }): void {
    const image = imageAt(images, at);
    this.#entries.set(index, { name: names[at] ?? String(index), image: { ...image, pixels: image.pixels.slice() } });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size * image.pixels.length > MOST_BYTES && oldest !== undefined) this.#entries.delete(oldest);
  }
}

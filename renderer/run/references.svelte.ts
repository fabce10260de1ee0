import type { StudioApi } from '../../electron/contract/contract.ts';
import type { Baseline, ImageColumns } from '../../electron/domain/words.ts';
import { Loads } from '../link/loads.svelte.ts';

/** How many test images the article's figure shows. */
export const FIGURE_IMAGES = 10;

/** What the figures of an experiment are held against: its test images, and what PCA makes of them. Each is fetched once. */
export class References {
  readonly originals = new Loads<ImageColumns>();
  readonly baselines = new Loads<Baseline>();
  readonly #api: StudioApi;

  constructor(api: StudioApi) {
    this.#api = api;
  }

  async ensure(imageSet: string, validationCount: number): Promise<void> {
    const images = { imageSet, split: 'test', first: 0, count: FIGURE_IMAGES } as const;
    await this.originals.ensure(imageSet, () => this.#api.call('image-set:images', images));
    const key = baselineKey(imageSet, validationCount);
    await this.baselines.ensure(key, () => this.#api.call('image-set:baseline', { imageSet, validationCount }));
  }

  forgetFailed(): void {
    this.originals.forgetFailed();
    this.baselines.forgetFailed();
  }
}

export const baselineKey = (imageSet: string, validationCount: number) => `${imageSet}/${validationCount}`;

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

/**
 * The share in 0-1 of the variance of held-out images (of test images where none are held out) that PCA with so many numbers keeps;
 * nothing where that was not computed. Variance is about the mean training image.
 */
export function varianceKept(
  { validationSquaredError, testSquaredError }: Baseline,
  numbers: number,
): number | undefined {
  const errors = validationSquaredError.length > 0 ? validationSquaredError : testSquaredError;
  const [mean, left] = [errors[0], errors[numbers]];
  return mean === undefined || left === undefined || !(mean > 0) ? undefined : Math.max(0, 1 - left / mean);
}

export const baselineKey = (imageSet: string, validationCount: number) => `${imageSet}/${validationCount}`;

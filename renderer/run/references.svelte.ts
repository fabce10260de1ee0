import type { StudioApi } from '../../electron/contract/contract.ts';
import type { Baseline, ImageColumns, PcaNeighbours, Snapshot } from '../../electron/domain/words.ts';
import { Loads, type Load } from '../link/loads.svelte.ts';

/** What the figures of an experiment are held against: its test images, and what PCA makes of them. Each is fetched once. */
export class References {
  /** Test images, by set and places. */
  readonly #originals = new Loads<ImageColumns>();
  /** Which test images stand for a set. */
  readonly #examples = new Loads<Uint32Array>();
  readonly baselines = new Loads<Baseline>();
  readonly neighbours = new Loads<PcaNeighbours>();
  readonly #api: StudioApi;

  constructor(api: StudioApi) {
    this.#api = api;
  }

  async ensure(imageSet: string, validationCount: number): Promise<void> {
    await this.#examples.ensure(imageSet, async () => {
      const answer = await this.#api.call('image-set:examples', { imageSet });
      return answer.ok ? { ok: true, value: answer.value.indices } : answer;
    });
    const indices = this.#examples.value(imageSet);
    if (indices !== undefined) await this.#ensurePicked(imageSet, indices);
    const key = baselineKey(imageSet, validationCount);
    await this.baselines.ensure(key, () => this.#api.call('image-set:baseline', { imageSet, validationCount }));
  }

  /** Fetches what a code's own 10-NN figure is held against: PCA in as many dimensions. */
  ensureNeighbours(imageSet: string, validationCount: number, components: number): Promise<void> {
    const asked = { imageSet, validationCount, components };
    const key = neighboursKey(imageSet, validationCount, components);
    return this.neighbours.ensure(key, () => this.#api.call('image-set:pca-neighbours', asked));
  }

  /** Fetches the originals of a snapshot's reconstructions. */
  ensureOriginalsOf(imageSet: string, { examples, reconstructions }: Snapshot): Promise<void> {
    if (examples !== undefined) return this.#ensurePicked(imageSet, examples);
    const first = { imageSet, split: 'test', first: 0, count: reconstructions.count } as const;
    return this.#originals.ensure(originalsKey(imageSet), () => this.#api.call('image-set:images', first));
  }

  #ensurePicked(imageSet: string, indices: Uint32Array): Promise<void> {
    return this.#originals.ensure(originalsKey(imageSet, indices), async () => {
      const answer = await this.#api.call('image-set:pick', { imageSet, split: 'test', indices: indices.slice() });
      return answer.ok ? { ok: true, value: answer.value.images } : answer;
    });
  }

  /** @param snapshot whose originals are wanted; without one those that stand for the set */
  originalsOf(imageSet: string, snapshot: Snapshot | undefined): Load<ImageColumns> | undefined {
    if (snapshot !== undefined) return this.#originals.get(originalsKey(imageSet, snapshot.examples));
    const examples = this.#examples.get(imageSet);
    return examples?.kind === 'ready' ? this.#originals.get(originalsKey(imageSet, examples.value)) : examples;
  }

  forgetFailed(): void {
    this.#examples.forgetFailed();
    this.#originals.forgetFailed();
    this.baselines.forgetFailed();
    this.neighbours.forgetFailed();
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

export const neighboursKey = (imageSet: string, validationCount: number, components: number) =>
  `${baselineKey(imageSet, validationCount)}/${components}`;

const originalsKey = (imageSet: string, examples?: Uint32Array) => `${imageSet}/${examples?.join() ?? 'first'}`;

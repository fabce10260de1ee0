import { StudioError, toErrorData, type ErrorData } from '../../../../electron/domain/errors.ts';
import type { MapColumns } from '../../../../electron/domain/words.ts';
import { scattered } from '../../../maths/align.ts';
import { LatestRequest, type RequestToken } from '../../../link/latest-request.svelte.ts';
import type { Explorer } from '../explorer.svelte.ts';
import { runUmap, type RunUmap } from './umap-job.ts';
import { umapSample } from '../../../maths/umap-sample.ts';

/** Images laid out at most: a choice, since time grows faster than their number. */
export const UMAP_SIZES = [1_000, 2_500, 5_000, 10_000] as const;

const NEIGHBOURS = 15;
const SEED = 1;

/** UMAP (McInnes, Healy & Melville 2018) of the codes, made when the person asks for it. */
export class Umap {
  /** 0-1 while it is made. */
  fraction = $state<number>();
  /** Among all images of the split; NaN for those that were not drawn. */
  map = $state.raw<MapColumns>();
  drawn = $state('');
  problem = $state.raw<ErrorData>();
  most = $state<number>(2_500);
  readonly #jobs = new LatestRequest();
  readonly #explorer: Explorer;
  readonly #run: RunUmap;

  constructor(explorer: Explorer, run: RunUmap = runUmap) {
    this.#explorer = explorer;
    this.#run = run;
  }

  async make(): Promise<void> {
    this.reset();
    this.fraction = 0;
    const token = this.#jobs.begin();
    try {
      const codes = await this.#explorer.codesOf();
      if (!token.isStale) this.#start(codes, token);
    } catch (error) {
      this.#fail(error, token);
    }
  }

  cancel(): void {
    this.#jobs.cancel();
    this.fraction = undefined;
  }

  reset(): void {
    this.cancel();
    this.map = undefined;
    this.problem = undefined;
  }

  #start(codes: Float32Array, token: RequestToken): void {
    const { count, map } = this.#explorer;
    const size = codes.length / Math.max(1, count);
    const { indices, drawn } = umapSample(codes, size, map?.labels ?? new Uint8Array(0), this.most);
    if (indices.length < 4) {
      throw new StudioError('refused', `UMAP: expected at least four finite codes, found ${indices.length}.`);
    }
    const chosen = new Float32Array(indices.length * size);
    indices.forEach((index, row) => chosen.set(codes.subarray(index * size, (index + 1) * size), row * size));
    const neighbours = Math.min(NEIGHBOURS, indices.length - 1);
    this.drawn = drawn;
    const stop = this.#run(
      { codes: chosen, size, neighbours, seed: SEED },
      (news) => {
        if (token.isStale) return;
        if (news.kind === 'progress') this.fraction = news.fraction;
        else {
          this.map = scattered(news.map, indices, count);
          this.fraction = undefined;
        }
      },
      (message) => this.#fail(new StudioError('internal', `UMAP: ${message}`), token),
    );
    token.signal.addEventListener('abort', stop);
  }

  #fail(error: unknown, token: RequestToken): void {
    if (token.isStale) return;
    this.problem = toErrorData(error);
    this.fraction = undefined;
  }
}

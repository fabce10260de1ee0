import { StudioError, toErrorData, type ErrorData } from '../../../../electron/domain/errors.ts';
import type { CodeMap } from '../../../../electron/contract/models.ts';
import type { MapColumns } from '../../../../electron/domain/words.ts';
import { scattered } from '../../../maths/align.ts';
import { LatestRequest, type RequestToken } from '../../../link/latest-request.svelte.ts';
import type { Explorer } from '../explorer.svelte.ts';
import { runUmap, type RunUmap, type UmapMetric } from './umap-job.ts';
import type { LayoutFigures } from '../../../maths/layout-figures.ts';
import { umapSample } from '../../../maths/umap-sample.ts';
import { isSameColumn } from '../../../maths/scatter-geometry.ts';

/** Images laid out at most: a choice, since time grows faster than their number. */
export const UMAP_SIZES = [1_000, 2_500, 5_000, 10_000] as const;

/** What the layout may be asked for: fewer neighbours show fine parts, more the whole. */
export const UMAP_NEIGHBOURS = [5, 15, 30, 50, 100] as const;
export const UMAP_MIN_DISTS = [0.01, 0.1, 0.3, 0.6] as const;

const SEED = 1;

interface MadeUmap {
  readonly map: MapColumns;
  /** Of the images when it was made: other weights have others. */
  readonly errors: Float32Array;
  readonly figures: LayoutFigures;
  readonly drawn: string;
}

/** UMAP (McInnes, Healy & Melville 2018) of the codes, made when the person asks for it. */
export class Umap {
  #problem = $state.raw<{ readonly of: string; readonly error: ErrorData }>();
  most = $state<number>(2_500);
  neighbours = $state(15);
  minDist = $state(0.1);
  metric = $state<UmapMetric>('euclidean');
  /** Of each model and split that it was made of: a model that is come back to has its map at once. */
  #made = $state.raw<Readonly<Record<string, MadeUmap>>>({});
  /** What is being made, and how far it has come, 0-1. */
  #making = $state.raw<{ readonly of: string; readonly fraction: number }>();
  readonly #jobs = new LatestRequest();
  readonly #explorer: Explorer;
  readonly #run: RunUmap;
  readonly #shown = $derived.by(() => this.#madeOfThese());

  constructor(explorer: Explorer, run: RunUmap = runUmap) {
    this.#explorer = explorer;
    this.#run = run;
  }

  /** 0-1 while the map on view is made. */
  get fraction(): number | undefined {
    return this.#making?.of === this.#key ? this.#making?.fraction : undefined;
  }

  /** Why the map on view could not be made. */
  get problem(): ErrorData | undefined {
    return this.#problem?.of === this.#key ? this.#problem.error : undefined;
  }

  /** Among all images of the split; NaN for those that were not drawn. */
  get map(): MapColumns | undefined {
    return this.#shown?.map;
  }

  get figures(): LayoutFigures | undefined {
    return this.#shown?.figures;
  }

  /** Which images it is of and how it was made, in words. */
  get drawn(): string {
    return this.#shown?.drawn ?? '';
  }

  /** Makes the map of the model and split on view; it goes on while another model is looked at. */
  async make(): Promise<void> {
    this.reset();
    const key = this.#key;
    // Before the codes have come another model may be looked at.
    const { map } = this.#explorer;
    this.#making = { of: key, fraction: 0 };
    const token = this.#jobs.begin();
    try {
      if (!map) throw new StudioError('not-found', 'UMAP: expected a model’s images, found none.');
      const codes = await this.#explorer.codesOf();
      if (!token.isStale) this.#start(key, map, codes, token);
    } catch (error) {
      this.#fail(key, error, token);
    }
  }

  cancel(): void {
    this.#jobs.cancel();
    this.#making = undefined;
  }

  /** Forgets the map on view, and ends what is being made. */
  reset(): void {
    this.cancel();
    this.#made = Object.fromEntries(Object.entries(this.#made).filter(([key]) => key !== this.#key));
    this.#problem = undefined;
  }

  /** Another model or split is looked at: what was said of the one before goes, its map stays. */
  leave(): void {
    this.#problem = undefined;
  }

  get #key(): string {
    const { model, split } = this.#explorer;
    return `${model?.runId}/${model?.weights}/${split}`;
  }

  /** Of a set that has been replaced it would be a map of other images, of a run that has trained on one of other codes. */
  #madeOfThese(): MadeUmap | undefined {
    const made = this.#made[this.#key];
    const errors = this.#explorer.map?.squaredErrors;
    return made && errors && isSameColumn(errors, made.errors) ? made : undefined;
  }

  #start(
    key: string,
    { points, labels, squaredErrors: errors }: CodeMap,
    codes: Float32Array,
    token: RequestToken,
  ): void {
    const count = points.x.length;
    const size = codes.length / Math.max(1, count);
    const { indices, drawn } = umapSample(codes, size, labels, this.most);
    if (indices.length < 4) {
      throw new StudioError('refused', `UMAP: expected at least four finite codes, found ${indices.length}.`);
    }
    const chosen = new Float32Array(indices.length * size);
    indices.forEach((index, row) => chosen.set(codes.subarray(index * size, (index + 1) * size), row * size));
    const neighbours = Math.min(this.neighbours, indices.length - 1);
    const { minDist, metric } = this;
    const how = `${neighbours} neighbours, minimum distance ${minDist}, ${metric}`;
    const ofChosen = labels.length === count ? Uint8Array.from(indices, (index) => labels[index]!) : new Uint8Array(0);
    const stop = this.#run(
      { codes: chosen, size, neighbours, minDist, metric, labels: ofChosen, seed: SEED },
      (news) => {
        if (token.isStale) return;
        if (news.kind === 'progress') this.#making = { of: key, fraction: news.fraction };
        else {
          const made = {
            map: scattered(news.map, indices, count),
            errors,
            figures: news.figures,
            drawn: `${drawn}; ${how}`,
          };
          this.#made = { ...this.#made, [key]: made };
          this.#making = undefined;
        }
      },
      (message) => this.#fail(key, new StudioError('internal', `UMAP: ${message}`), token),
    );
    token.signal.addEventListener('abort', stop);
  }

  #fail(of: string, error: unknown, token: RequestToken): void {
    if (token.isStale) return;
    this.#problem = { of, error: toErrorData(error) };
    this.#making = undefined;
  }
}

import type { MapColumns } from '../../../../electron/domain/words.ts';
import type { LayoutFigures } from '../../../maths/layout-figures.ts';

export const umapMetrics = ['euclidean', 'cosine'] as const;
export type UmapMetric = (typeof umapMetrics)[number];

/** What a worker is asked to lay out: codes [n × size], n more than `neighbours`. */
export interface UmapJob {
  readonly codes: Float32Array;
  readonly size: number;
  readonly neighbours: number;
  /** How close points may lie on the map, 0-1: the smaller, the tighter its islands. */
  readonly minDist: number;
  readonly metric: UmapMetric;
  /** A class a code; empty without. */
  readonly labels: Uint8Array;
  readonly seed: number;
}

export type UmapNews =
  | { readonly kind: 'progress'; readonly fraction: number }
  | { readonly kind: 'done'; readonly map: MapColumns; readonly figures: LayoutFigures };

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs a job beside the window. Returns what stops it. */
export type RunUmap = (
  job: UmapJob,
  onnews: (news: UmapNews) => void,
  onproblem: (message: string) => void,
) => () => void;

export const runUmap: RunUmap = (job, onnews, onproblem) => {
  const worker = new Worker(new URL('./umap.worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<UmapNews>) => {
    onnews(data);
    if (data.kind === 'done') worker.terminate();
  });
  worker.addEventListener('error', ({ message }) => {
    worker.terminate();
    onproblem(message || 'The worker could not be started.');
  });
  worker.postMessage(job);
  return () => worker.terminate();
};

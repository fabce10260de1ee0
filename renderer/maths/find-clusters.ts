import type { Clusters } from './clusters.ts';

export type FindClusters = (codes: Float32Array, size: number) => Promise<Clusters>;

/** The same codes have the same clusters. */
const SEED = 1;

/** Finds clusters in a worker of its own, which ends with the answer. */
export const findClusters: FindClusters = (codes, size) =>
  new Promise<Clusters>((resolve, reject) => {
    const worker = new Worker(new URL('./clusters.worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<Clusters>) => {
      worker.terminate();
      resolve(data);
    });
    worker.addEventListener('error', ({ message }) => {
      worker.terminate();
      reject(new Error(message || 'The clusters could not be looked for.'));
    });
    worker.postMessage({ codes, size, seed: SEED });
  });

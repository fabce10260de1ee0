import type { Mixture } from './mixture.ts';

export type FitDensity = (codes: Float32Array, size: number, seed: number) => Promise<Mixture>;

/** Fits a mixture in a worker of its own, which ends with the answer. */
export const fitDensity: FitDensity = (codes, size, seed) =>
  new Promise<Mixture>((resolve, reject) => {
    const worker = new Worker(new URL('./density.worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<Mixture>) => {
      worker.terminate();
      resolve(data);
    });
    worker.addEventListener('error', ({ message }) => {
      worker.terminate();
      reject(new Error(message || 'The fit could not be started.'));
    });
    worker.postMessage({ codes, size, seed });
  });

import { clustersOf } from './clusters.ts';

/** Finds clusters beside the window: it takes seconds where codes have hundreds of units. */
globalThis.addEventListener(
  'message',
  ({ data }: MessageEvent<{ codes: Float32Array; size: number; seed: number }>) => {
    globalThis.postMessage(clustersOf(data.codes, data.size, data.seed));
  },
);

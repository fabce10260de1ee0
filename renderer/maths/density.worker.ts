import { fitMixture } from './mixture.ts';

/** Fits a mixture beside the window: it takes seconds where codes have hundreds of units. */
globalThis.addEventListener(
  'message',
  ({ data }: MessageEvent<{ codes: Float32Array; size: number; seed: number }>) => {
    globalThis.postMessage(fitMixture(data.codes, data.size, data.seed));
  },
);

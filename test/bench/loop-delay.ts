// Imported first into the app's main process: measures its event loop's delay and tells it when asked.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;

/** In milliseconds, beyond the timer that measures it. */
export interface LoopDelay {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly most: number;
}

const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
const beyondTimer = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);

if (process.send) {
  process.on('message', (message: { readonly kind: string }) => {
    if (message.kind === 'start-loop-delay') {
      histogram.reset();
      histogram.enable();
    }
    if (message.kind !== 'read-loop-delay') return;
    const at = (percentile: number) => beyondTimer(histogram.percentile(percentile));
    const delay: LoopDelay = { p50: at(50), p95: at(95), p99: at(99), most: beyondTimer(histogram.max) };
    process.send!({ kind: 'loop-delay', delay });
  });
}

import type { ModelSpec } from '../domain/experiment.ts';
import { layOut } from '../domain/model-layout.ts';

/**
 * Bytes that each worker sends at a step, and receives as many: the gradients of all weights, as float32, added up around a ring
 * (Patarasuk & Yuan 2009: 2 (n − 1) / n of them). 0 where one worker trains alone.
 */
export function bytesEachStep(model: ModelSpec, workers: number): number {
  return Math.round(((2 * (workers - 1)) / workers) * 4 * layOut(model).parameters);
}

import type { Breathe } from '../engine/inference.ts';
import { throttled } from '../training/emit.ts';

/** A breath that also tells how much of the work is done, 0-1, at most 30 times a second. */
export function tellingBreath(tell: (fraction: number) => void, breathe: Breathe): Breathe {
  const send = throttled(tell);
  return async (fraction) => {
    if (fraction !== undefined) send(fraction);
    await breathe();
  };
}

import type { Breathe } from './inference.ts';

/**
 * Breaths for the parts of a work that follow one another, which tell how much of the whole is done.
 * @param costs what each part takes, in any one unit
 */
export function breathsOf<P extends string>(costs: Readonly<Record<P, number>>, breathe: Breathe): Record<P, Breathe> {
  const parts = Object.entries(costs) as [P, number][];
  const whole = parts.reduce((sum, [, cost]) => sum + cost, 0);
  let before = 0;
  const breaths = parts.map(([part, cost]): [P, Breathe] => {
    const begin = before;
    before += cost;
    const done = (fraction: number): number => Math.min(1, (begin + fraction * cost) / whole);
    return [part, (fraction) => breathe(fraction === undefined ? undefined : done(fraction))];
  });
  return Object.fromEntries(breaths) as Record<P, Breathe>;
}

import { logLimits, logTicks } from '../log-axis.ts';
import { ticksBetween } from '../map/axis.ts';
import type { XyAxis } from '../xy-chart.ts';

/** Where an axis begins and ends, its lines, and the share of its length (0-1) at which a value lies. */
export interface AxisScale {
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  readonly share: (value: number) => number;
}

/** As the charts on screen scale theirs: a linear axis begins at zero, a logarithmic one at a round number. */
export function axisScale(axis: XyAxis, values: readonly number[], end?: number): AxisScale {
  const least = Math.min(...values);
  const most = Math.max(...values);
  if (!axis.logarithmic) return linearScale(axis, Math.min(0, least), end ?? most);
  if (!(least > 0)) return { ticks: [], share: () => 0 };
  const [from, to] = axis.ticks ? [least / 1.1, most * 1.1] : logLimits(least, most);
  const ticks = (axis.ticks ?? logTicks(from, to)).map((at) => ({ at, text: axis.format(at) }));
  return { ticks, share: (value) => Math.log(value / from) / Math.log(to / from) };
}

function linearScale({ format }: XyAxis, from: number, end: number): AxisScale {
  const to = end > from && Number.isFinite(end) ? end : from + 1;
  // An axis of a few epochs has no halves.
  const wanted = Math.min(8, Math.max(1, Math.ceil(to - from)));
  const ticks = ticksBetween(from, to, to - from < 1 ? 6 : Math.max(wanted, 2));
  return {
    // Sums of steps carry digits that nobody wrote.
    ticks: ticks.map(({ at }) => ({ at, text: format(Number(at.toPrecision(12))) })),
    share: (value) => (value - from) / (to - from),
  };
}

import { scaleLinear, scaleLog } from 'd3-scale';
import { logLimits, logTicks } from '../../../electron/domain/log-ticks.ts';
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
  return { ticks, share: scaleLog([from, to], [0, 1]) };
}

function linearScale({ format }: XyAxis, from: number, end: number): AxisScale {
  const to = end > from && Number.isFinite(end) ? end : from + 1;
  const share = scaleLinear([from, to], [0, 1]);
  // An axis of a few epochs has no halves.
  const wanted = Math.min(8, Math.max(2, Math.ceil(to - from)));
  const ticks = share.ticks(to - from < 1 ? 6 : wanted);
  return { ticks: ticks.map((at) => ({ at, text: format(at) })), share };
}

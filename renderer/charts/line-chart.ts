import {
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
  type Scale,
} from 'chart.js';
import { logLimits, logTicks } from '../../electron/domain/log-ticks.ts';
import { endLabels } from './end-labels.ts';
import type { Point } from './series.ts';
import type { ThemeColours } from './theme.svelte.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Filler, Tooltip);

/** Lines of points, each with its name at its end. */
export type LineChart = Chart<'line', Point[], string>;

export function createLineChart(canvas: HTMLCanvasElement): LineChart {
  // The aspect ratio is let go of from the start: the first size is kept until the room changes.
  const options = { animation: false, maintainAspectRatio: false } as const;
  return new Chart(canvas, { type: 'line', data: { datasets: [] }, options, plugins: [endLabels] });
}

/** What all line charts have in common. */
export const lineOptions = {
  animation: false,
  responsive: true,
  maintainAspectRatio: false,
  normalized: true,
  parsing: false,
} as const;

export const tickStyle = (colours: ThemeColours) => ({
  color: colours.muted,
  font: { size: 12, family: colours.font },
  padding: 4,
});

export const gridStyle = (colours: ThemeColours) => ({ color: colours.border, drawTicks: false, lineWidth: 0.5 });

/**
 * A logarithmic axis that begins and ends at round numbers, where Chart.js ends it on the data and names few of its lines.
 * @param ticks where its lines are, instead of at round numbers
 * @param limits what it must hold, instead of all data
 */
export const logarithmicAxis = (ticks?: readonly number[], limits?: readonly [least: number, most: number]) => ({
  type: 'logarithmic' as const,
  afterDataLimits: (scale: Scale) => {
    const [least, most] = limits ?? [scale.min, scale.max];
    [scale.min, scale.max] = ticks ? [least / 1.1, most * 1.1] : logLimits(least, most);
  },
  afterBuildTicks: (scale: Scale) => {
    scale.ticks = (ticks ?? logTicks(scale.min, scale.max)).map((value) => ({ value }));
  },
});

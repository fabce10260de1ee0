import {
  Chart,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
  type ChartDataset,
  type ChartOptions,
  type Scale,
  type TooltipItem,
} from 'chart.js';
import { formatMse } from '../widgets/format-number.ts';
import { logLimits, logTicks } from './log-axis.ts';
import { type Point, type Series, type SeriesRole } from './series.ts';
import type { ThemeColours } from './theme.svelte.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Tooltip);

export type LossChart = Chart<'line', Point[], string>;
type Dataset = ChartDataset<'line', Point[]>;

export interface LossChartFrame {
  /** The x axis ends here. */
  readonly epochs: number;
  readonly logarithmic: boolean;
  /** For lines of another unit than the cost's. */
  readonly rightAxis: boolean;
  readonly colours: ThemeColours;
}

export function createLossChart(canvas: HTMLCanvasElement): LossChart {
  // The aspect ratio is let go of from the start: the first size is kept until the room changes.
  const options = { animation: false, maintainAspectRatio: false } as const;
  return new Chart(canvas, { type: 'line', data: { datasets: [] }, options });
}

/** Axes and colours; the lines follow with the next `showSeries`. */
export function frameLossChart(chart: LossChart, frame: LossChartFrame): void {
  chart.options = optionsOf(frame);
}

/** Shows other points on the same chart; nothing is built again. */
export function showSeries(chart: LossChart, all: readonly Series[], colours: ThemeColours): void {
  chart.data.datasets = all.map((series, index) => {
    const kept = chart.data.datasets[index] ?? { data: [] };
    const style = styleOf(series.role, series.points.length, colours);
    const yAxisID = series.axis ?? 'y';
    return Object.assign(kept, style, { label: series.name, data: series.points as Point[], yAxisID });
  });
  chart.update('none');
}

export function strokeOf(role: SeriesRole, colours: ThemeColours): string {
  switch (role) {
    case 'batch':
      return colours.batch;
    case 'training':
      return colours.training;
    case 'validation':
      return colours.validation;
    case 'article':
      return colours.text;
    case 'mean-image':
      return colours.muted;
  }
}

function styleOf(role: SeriesRole, count: number, colours: ThemeColours): Partial<Dataset> {
  const stroke = strokeOf(role, colours);
  const line = { borderColor: stroke, backgroundColor: stroke, pointHitRadius: 6, pointHoverRadius: 4, clip: 5 };
  switch (role) {
    case 'batch':
      return { ...line, borderWidth: 1, pointRadius: 0, pointHitRadius: 0, order: 3 };
    case 'article':
      return { ...line, borderWidth: 1.5, borderDash: [2, 4], pointRadius: 3, order: 1 };
    case 'mean-image':
      return { ...line, borderWidth: 1, borderDash: [8, 4], pointRadius: 0, pointHitRadius: 0, order: 2 };
    case 'training':
    case 'validation':
      return { ...line, borderWidth: 2, pointRadius: count > 60 ? 0 : 2, order: 0 };
  }
}

function optionsOf({ epochs, logarithmic, rightAxis, colours }: LossChartFrame): ChartOptions<'line'> {
  const ticks = { color: colours.muted, font: { size: 12, family: colours.font } };
  const grid = { color: colours.border, drawTicks: false, lineWidth: 0.5 };
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    normalized: true,
    parsing: false,
    interaction: { mode: 'nearest', intersect: false },
    scales: {
      x: {
        type: 'linear',
        min: 0,
        max: epochs,
        ticks: { ...ticks, maxRotation: 0, maxTicksLimit: 11, padding: 4, precision: 0 },
        grid: { ...grid, display: false },
        border: { color: colours.border },
      },
      y: { ...valueAxis(logarithmic), ticks: { ...ticks, ...valueTicks(logarithmic) }, grid },
      // In the colour of the line that it is for.
      right: {
        ...valueAxis(logarithmic),
        display: rightAxis,
        position: 'right',
        ticks: { ...ticks, ...valueTicks(logarithmic), color: colours.validation },
        grid: { display: false },
      },
    },
    plugins: { tooltip: tooltipOf(colours) },
  };
}

const valueAxis = (logarithmic: boolean) =>
  logarithmic
    ? {
        type: 'logarithmic' as const,
        border: { display: false },
        // Chart.js ends the axis on the data and names few of its lines.
        afterDataLimits: (scale: Scale) => void ([scale.min, scale.max] = logLimits(scale.min, scale.max)),
        afterBuildTicks: (scale: Scale) => {
          scale.ticks = logTicks(scale.min, scale.max).map((value) => ({ value }));
        },
      }
    : { type: 'linear' as const, border: { display: false }, beginAtZero: true };

const valueTicks = (logarithmic: boolean) =>
  logarithmic ? { padding: 4, callback: (value: number | string) => String(value) } : { padding: 4, maxTicksLimit: 7 };

function tooltipOf(colours: ThemeColours) {
  return {
    animation: false as const,
    backgroundColor: colours.surface,
    borderColor: colours.border,
    borderWidth: 1,
    titleColor: colours.text,
    bodyColor: colours.text,
    titleFont: { size: 12, family: colours.font },
    bodyFont: { size: 12, family: colours.font },
    boxWidth: 8,
    boxHeight: 8,
    callbacks: {
      title: (items: readonly TooltipItem<'line'>[]) => `epoch ${Number(items[0]?.parsed.x ?? 0).toFixed(0)}`,
      label: (item: TooltipItem<'line'>) => ` ${item.dataset.label}: ${formatMse(item.parsed.y ?? Number.NaN)}`,
    },
  };
}

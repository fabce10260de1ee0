import type { ChartDataset, ChartOptions, Scale } from 'chart.js';
import { formatOnAxis } from '../widgets/format-number.ts';
import { labelEnds, widthOfLabels } from './end-labels.ts';
import { gridStyle, lineOptions, logarithmicAxis, tickStyle, type LineChart } from './line-chart.ts';
import type { Point, Series, SeriesRole, ValueLimits } from './series.ts';
import type { ThemeColours } from './theme.svelte.ts';

type Dataset = ChartDataset<'line', Point[]>;

export interface LossChartFrame {
  /** The x axis ends here. */
  readonly end: number;
  /** Writes a place on the x axis. */
  readonly formatX: (x: number) => string;
  /** Between two numbers on the x axis; any round number, and its end, without it. */
  readonly tick: number | undefined;
  readonly logarithmic: boolean;
  /** What the axes must hold; the right one is there for lines of another unit than the cost's. */
  readonly left: ValueLimits | undefined;
  readonly right: ValueLimits | undefined;
  /** Names at the ends of the lines: room is kept for the longest. */
  readonly names: readonly string[];
  readonly colours: ThemeColours;
}

/** Axes and colours; the lines follow with the next `showSeries`. */
export function frameLossChart(chart: LineChart, frame: LossChartFrame): void {
  chart.options = optionsOf(frame);
}

/** Shows other points on the same chart; nothing is built again. */
export function showSeries(chart: LineChart, all: readonly Series[], colours: ThemeColours): void {
  chart.data.datasets = all.map((series, index) => {
    const kept = chart.data.datasets[index] ?? { data: [] };
    const yAxisID = series.axis ?? 'y';
    return Object.assign(kept, styleOf(series, colours), { data: series.points as Point[], yAxisID });
  });
  const drawn = all.flatMap(({ role, name, points }, dataset) =>
    points.length > 0 ? [{ dataset, text: name, colour: strokeOf(role, colours) }] : [],
  );
  labelEnds(chart, drawn, colours);
  // In the mode 'none' points that share their options would keep the colours they were made with.
  chart.update();
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
    case 'pca':
      return colours.text;
    case 'mean-image':
      return colours.muted;
  }
}

/** Width in pixels and dashes: validation bold, training thin, batches faint. */
export const lineStyles: Readonly<Record<SeriesRole, { readonly width: number; readonly dash: readonly number[] }>> = {
  validation: { width: 2.5, dash: [] },
  training: { width: 1.5, dash: [] },
  batch: { width: 0.75, dash: [] },
  article: { width: 1.5, dash: [2, 4] },
  pca: { width: 1.5, dash: [6, 3] },
  'mean-image': { width: 1, dash: [8, 4] },
};

/** Whether each point of a line is marked: of those that have one an epoch, while they stay apart. */
export const hasMarkers = (role: SeriesRole, count: number): boolean =>
  (role === 'training' || role === 'validation' || role === 'article') && count <= 60;

const order: Readonly<Record<SeriesRole, number>> = {
  validation: 0,
  training: 1,
  article: 2,
  pca: 3,
  'mean-image': 4,
  batch: 5,
};

function styleOf({ role, points, best }: Series, colours: ThemeColours): Partial<Dataset> {
  const stroke = strokeOf(role, colours);
  const { width, dash } = lineStyles[role];
  const radius = hasMarkers(role, points.length) ? 2 : 0;
  return {
    borderColor: stroke,
    borderWidth: width,
    borderDash: [...dash],
    order: order[role],
    clip: 5,
    // A line of one point would not be seen; the best one stands out.
    pointRadius: ({ dataIndex }) => (dataIndex === best ? 5 : points.length === 1 ? 2 : radius),
    pointStyle: ({ dataIndex }) => (dataIndex === best ? 'rectRot' : 'circle'),
    pointBackgroundColor: stroke,
    // Below PCA: where a code of this size is worth having.
    fill: role === 'pca' ? 'start' : false,
    backgroundColor: role === 'pca' ? `${colours.accent}14` : stroke,
  };
}

/** Whole steps from 0 on; Chart.js stretches those that nearly fit the axis, which leaves a clock odd seconds. */
export const clockTicks = (end: number, step: number): { readonly value: number }[] =>
  Array.from({ length: Math.floor(end / step) + 1 }, (_, at) => ({ value: at * step }));

function optionsOf(frame: LossChartFrame): ChartOptions<'line'> {
  const { end, formatX, tick, logarithmic, left, right, names, colours } = frame;
  const ticks = tickStyle(colours);
  const grid = gridStyle(colours);
  return {
    ...lineOptions,
    // What stands under the pointer is read beside the chart.
    events: [],
    layout: { padding: { top: 6, right: widthOfLabels(names) } },
    scales: {
      x: {
        type: 'linear',
        min: 0,
        max: end,
        ticks: {
          ...ticks,
          maxRotation: 0,
          maxTicksLimit: 11,
          precision: 0,
          callback: (x: number | string) => formatX(Number(x)),
        },
        afterBuildTicks: (scale: Scale) => {
          if (tick !== undefined) scale.ticks = clockTicks(end, tick);
        },
        grid: { ...grid, display: false },
        border: { color: colours.border },
      },
      y: {
        ...valueAxis(logarithmic, left),
        // An axis of nothing has no values.
        ticks: { ...ticks, ...valueTicks(logarithmic), display: left !== undefined },
        grid: { ...grid, display: left !== undefined },
      },
      // In the colour of the line that it is for.
      right: {
        ...valueAxis(logarithmic, right),
        display: right !== undefined,
        position: 'right',
        ticks: { ...ticks, ...valueTicks(logarithmic), color: colours.validation },
        grid: { display: false },
      },
    },
    plugins: { tooltip: { enabled: false } },
  };
}

/** Batches do not stretch the axis: it holds its limits, not all data. */
const valueAxis = (logarithmic: boolean, limits: ValueLimits | undefined) =>
  logarithmic
    ? { ...logarithmicAxis(undefined, limits), border: { display: false } }
    : {
        type: 'linear' as const,
        border: { display: false },
        beginAtZero: true,
        ...(limits === undefined ? {} : { max: limits[1] * 1.05 }),
      };

const valueTicks = (logarithmic: boolean) =>
  logarithmic
    ? { callback: (value: number | string) => formatOnAxis(Number(value)) }
    : { maxTicksLimit: 7, includeBounds: false };

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
  type TooltipItem,
} from 'chart.js';
import { endLabels, labelEnds, widthOfLabels } from './end-labels.ts';
import { logLimits, logTicks } from '../../electron/domain/log-ticks.ts';
import type { ThemeColours } from './theme.svelte.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Tooltip);

export interface XyPoint {
  readonly x: number;
  readonly y: number;
}

export interface XyLine {
  /** What the pointer is told. */
  readonly name: string;
  /** Stands at the line's end. */
  readonly label: string;
  /** Ascending in x; positive where the axis is logarithmic. */
  readonly points: readonly XyPoint[];
  readonly colour: string;
  readonly dash: readonly number[];
  readonly marker: 'none' | 'circle' | 'rect' | 'triangle';
  /** Behind the others, and not named: what a line was smoothed from. */
  readonly faint?: boolean;
}

export interface XyAxis {
  readonly title: string;
  readonly logarithmic: boolean;
  /** Where its lines are, instead of at round numbers. */
  readonly ticks?: readonly number[];
  readonly format: (value: number) => string;
}

export interface XyFrame {
  readonly x: XyAxis;
  readonly y: XyAxis;
  readonly colours: ThemeColours;
}

export type XyChart = Chart<'line', XyPoint[], string>;
type Dataset = ChartDataset<'line', XyPoint[]>;

/** Points that a chart with these axes has a place for. */
export function placeable(
  points: readonly XyPoint[],
  x: Pick<XyAxis, 'logarithmic'>,
  y: Pick<XyAxis, 'logarithmic'>,
): XyPoint[] {
  const fits = (value: number, { logarithmic }: Pick<XyAxis, 'logarithmic'>) =>
    Number.isFinite(value) && (!logarithmic || value > 0);
  return points.filter((point) => fits(point.x, x) && fits(point.y, y));
}

export function createXyChart(canvas: HTMLCanvasElement): XyChart {
  // The aspect ratio is let go of from the start: the first size is kept until the room changes.
  const options = { animation: false, maintainAspectRatio: false } as const;
  return new Chart(canvas, { type: 'line', data: { datasets: [] }, options, plugins: [endLabels] });
}

export function showXy(chart: XyChart, lines: readonly XyLine[], frame: XyFrame): void {
  chart.options = xyOptions(lines, frame);
  fill(chart, lines, frame);
}

function fill(chart: XyChart, lines: readonly XyLine[], frame: XyFrame): void {
  const named = lines.flatMap(({ faint, label, colour }, dataset) => (faint ? [] : [{ dataset, text: label, colour }]));
  labelEnds(chart, named, frame.colours);
  chart.data.datasets = lines.map((line) => datasetOf(line, frame));
  chart.update('none');
}

function datasetOf(line: XyLine, { x, y }: XyFrame): Dataset {
  const { colour, dash, marker, faint = false, name } = line;
  return {
    label: name,
    data: placeable(line.points, x, y),
    borderColor: colour,
    backgroundColor: colour,
    hoverBorderColor: colour,
    hoverBackgroundColor: colour,
    borderWidth: faint ? 1 : 2,
    borderDash: faint ? [] : [...dash],
    pointRadius: marker === 'none' ? 0 : 4,
    pointStyle: marker === 'none' ? 'circle' : marker,
    pointHitRadius: faint ? 0 : 8,
    pointHoverRadius: faint ? 0 : 5,
    order: faint ? 1 : 0,
    clip: 8,
  };
}

function xyOptions(lines: readonly XyLine[], frame: XyFrame): ChartOptions<'line'> {
  const { colours } = frame;
  // Only what ends near the right border needs room beyond it.
  const ends = lines.map(({ points, label, faint }) => ({ x: points.at(-1)?.x ?? 0, label: faint ? '' : label }));
  const farthest = Math.max(0, ...ends.map(({ x }) => x));
  const outside = ends.filter(({ x }) => x > farthest / 4).map(({ label }) => label);
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    normalized: true,
    parsing: false,
    interaction: { mode: 'nearest', intersect: false },
    layout: { padding: { top: 8, right: widthOfLabels(outside) } },
    scales: { x: scaleOf(frame.x, colours), y: scaleOf(frame.y, colours) },
    plugins: { tooltip: tooltipOf(frame) },
  };
}

function scaleOf(axis: XyAxis, colours: ThemeColours) {
  const font = { size: 12, family: colours.font };
  const shared = {
    title: { display: true, text: axis.title, color: colours.muted, font },
    grid: { color: colours.border, drawTicks: false, lineWidth: 0.5 },
    border: { color: colours.border },
  };
  const ticks = {
    color: colours.muted,
    font,
    padding: 4,
    maxRotation: 0,
    callback: (value: string | number) => axis.format(Number(value)),
  };
  if (!axis.logarithmic) return { ...shared, type: 'linear' as const, beginAtZero: true, ticks };
  return {
    ...shared,
    type: 'logarithmic' as const,
    ticks: { ...ticks, autoSkip: axis.ticks !== undefined },
    // Chart.js ends the axis on the data and names few of its lines.
    afterDataLimits: (scale: { min: number; max: number }) => {
      const limits = axis.ticks ? ([scale.min / 1.1, scale.max * 1.1] as const) : logLimits(scale.min, scale.max);
      [scale.min, scale.max] = limits;
    },
    afterBuildTicks: (scale: { min: number; max: number; ticks: { value: number }[] }) => {
      scale.ticks = (axis.ticks ?? logTicks(scale.min, scale.max)).map((value) => ({ value }));
    },
  };
}

function tooltipOf({ x, y, colours }: XyFrame) {
  return {
    animation: false as const,
    filter: ({ dataset }: TooltipItem<'line'>) => dataset.pointHitRadius !== 0,
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
      title: (items: readonly TooltipItem<'line'>[]) => `${x.title}: ${x.format(Number(items[0]?.parsed.x))}`,
      label: (item: TooltipItem<'line'>) => ` ${item.dataset.label}: ${y.format(Number(item.parsed.y))}`,
    },
  };
}

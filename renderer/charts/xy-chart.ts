import type { ChartDataset, ChartOptions, TooltipItem } from 'chart.js';
import { labelEnds, widthOfLabels } from './end-labels.ts';
import { gridStyle, lineOptions, logarithmicAxis, tickStyle, type LineChart } from './line-chart.ts';
import type { Point } from './series.ts';
import type { ThemeColours } from './theme.svelte.ts';

export interface XyLine {
  /** What the pointer is told. */
  readonly name: string;
  /** Stands at the line's end. */
  readonly label: string;
  /** Ascending in x; positive where the axis is logarithmic. */
  readonly points: readonly Point[];
  readonly colour: string;
  readonly dash: readonly number[];
  readonly marker: 'none' | 'circle' | 'rect' | 'rectRot' | 'triangle';
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

type Dataset = ChartDataset<'line', Point[]>;

/** Points that a chart with these axes has a place for. */
export function placeable(
  points: readonly Point[],
  x: Pick<XyAxis, 'logarithmic'>,
  y: Pick<XyAxis, 'logarithmic'>,
): Point[] {
  const fits = (value: number, { logarithmic }: Pick<XyAxis, 'logarithmic'>) =>
    Number.isFinite(value) && (!logarithmic || value > 0);
  return points.filter((point) => fits(point.x, x) && fits(point.y, y));
}

export function showXy(chart: LineChart, lines: readonly XyLine[], frame: XyFrame): void {
  chart.options = xyOptions(lines, frame);
  fill(chart, lines, frame);
}

function fill(chart: LineChart, lines: readonly XyLine[], frame: XyFrame): void {
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
    ...lineOptions,
    interaction: { mode: 'nearest', intersect: false },
    layout: { padding: { top: 8, right: widthOfLabels(outside) } },
    scales: { x: scaleOf(frame.x, colours), y: scaleOf(frame.y, colours) },
    plugins: { tooltip: tooltipOf(frame) },
  };
}

function scaleOf(axis: XyAxis, colours: ThemeColours) {
  const style = tickStyle(colours);
  const shared = {
    title: { display: true, text: axis.title, color: style.color, font: style.font },
    grid: gridStyle(colours),
    border: { color: colours.border },
  };
  const ticks = { ...style, maxRotation: 0, callback: (value: string | number) => axis.format(Number(value)) };
  if (!axis.logarithmic) return { ...shared, type: 'linear' as const, beginAtZero: true, ticks };
  return { ...shared, ...logarithmicAxis(axis.ticks), ticks: { ...ticks, autoSkip: axis.ticks !== undefined } };
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

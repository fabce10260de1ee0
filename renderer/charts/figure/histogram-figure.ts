import { ticksBetween } from '../map/axis.ts';
import { box, FRAME, HAIRLINE, INK, line, MUTED, shortened, type Figure, type Stroke } from './figure.ts';

export interface HistogramFigure {
  readonly title: string;
  /** Of equal width, ascending. */
  readonly bins: readonly { readonly from: number; readonly to: number; readonly count: number }[];
  readonly median: number;
  /** What is measured, with its unit. */
  readonly x: string;
  /** What is counted. */
  readonly y: string;
}

const WIDTH = 760;
const HEIGHT = 460;
const [LEFT, RIGHT, TOP, BOTTOM] = [80, WIDTH - 28, 70, HEIGHT - 64];
const BAR = '#0a6e69';

/** Draws a bar a bin, from zero, and where the median lies. */
export function histogramFigure({ title, bins, median, x, y }: HistogramFigure): Figure {
  const [from, to] = [bins[0]?.from ?? 0, bins.at(-1)?.to ?? 1];
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const across = (value: number) => (to > from ? LEFT + ((value - from) / (to - from)) * (RIGHT - LEFT) : LEFT);
  const up = (count: number) => BOTTOM - (count / most) * (BOTTOM - TOP);
  const text = { kind: 'text', size: 14, fill: INK } as const;
  const width = (RIGHT - LEFT) / Math.max(1, bins.length);
  return {
    width: WIDTH,
    height: HEIGHT,
    density: 2,
    strokes: [
      { ...text, text: shortened(title, 20, RIGHT - LEFT), x: LEFT, y: 34, size: 20, bold: true, anchor: 'start' },
      ...ticksBetween(0, most, Math.min(5, most)).flatMap((tick): Stroke[] => [
        { kind: 'path', d: line(LEFT, up(tick.at), RIGHT, up(tick.at)), stroke: HAIRLINE, width: 0.7 },
        { ...text, text: tick.text, x: LEFT - 8, y: up(tick.at) + 5, anchor: 'end' },
      ]),
      ...bins.map(({ count }, at): Stroke => ({
        kind: 'path',
        d: box(LEFT + at * width, up(count), Math.max(1, width - 1), BOTTOM - up(count)),
        fill: BAR,
      })),
      { kind: 'path', d: line(LEFT, BOTTOM, RIGHT, BOTTOM), stroke: FRAME, width: 1 },
      ...ticksBetween(from, to, 7).flatMap((tick): Stroke[] => [
        { kind: 'path', d: line(across(tick.at), BOTTOM, across(tick.at), BOTTOM + 5), stroke: FRAME, width: 1 },
        { ...text, text: tick.text, x: across(tick.at), y: BOTTOM + 22, anchor: 'middle' },
      ]),
      { kind: 'path', d: line(across(median), TOP - 6, across(median), BOTTOM), stroke: INK, width: 1.5, dash: [5, 4] },
      { ...text, text: 'median', x: across(median) + 6, y: TOP - 2, anchor: 'start', halo: true },
      { ...text, text: x, x: (LEFT + RIGHT) / 2, y: HEIGHT - 16, anchor: 'middle', fill: MUTED },
      { ...text, text: y, x: 22, y: (TOP + BOTTOM) / 2, anchor: 'middle', fill: MUTED, upwards: true },
    ],
  };
}

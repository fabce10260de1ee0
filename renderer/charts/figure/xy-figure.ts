import { labelHeights } from '../line-marks.ts';
import type { Point } from '../series.ts';
import { placeable, type XyAxis, type XyLine } from '../xy-chart.ts';
import { axisScale, type AxisScale } from './axis-scale.ts';
import {
  FRAME,
  HAIRLINE,
  INK,
  line,
  MUTED,
  short,
  shortened,
  type Figure,
  type PathStroke,
  type Stroke,
} from './figure.ts';
import { legend, type LegendSign } from './legend.ts';

/** A line of a figure; its name stands in the legend, its label, where it has one, at its end. */
export interface FigureLine extends Omit<XyLine, 'label' | 'faint'> {
  readonly label?: string;
  /** Behind the others, thin, and not in the legend. */
  readonly faint?: boolean;
  /** Of the line; 0 leaves its marks alone. */
  readonly width?: number;
  /** Measured on the axis to the right. */
  readonly axis?: 'right';
}

/** Lines over two axes, as the charts on screen have them. */
export interface XyFigure {
  readonly title: string;
  readonly lines: readonly FigureLine[];
  readonly x: XyAxis;
  readonly y: XyAxis;
  /** For lines of another unit. */
  readonly right?: XyAxis;
  /** Where a linear x axis ends; with the last point where it is left out. */
  readonly end?: number;
}

const WIDTH = 900;
const HEIGHT = 560;
const LEFT = 84;
const BOTTOM = 64;
const MARKER = 4;
const LABEL_GAP = 16;

interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Draws the lines with title, legend and axes: as a PNG 1,800 pixels wide, 300 a printed inch over 6 inches. */
export function xyFigure(figure: XyFigure): Figure {
  const named = figure.lines.filter(({ faint, points }) => !faint && points.length > 0);
  const signs = legend(named.map(signOf), LEFT, 50, WIDTH - LEFT - 24);
  const right = figure.right && figure.lines.some(({ axis, points }) => axis === 'right' && points.length > 0);
  const labelled = named.some(({ label }) => label !== undefined);
  const area: Area = {
    left: LEFT,
    right: WIDTH - (right ? LEFT : labelled ? 48 : 28),
    top: 50 + signs.height + 16,
    bottom: HEIGHT - BOTTOM,
  };
  const scales = scalesOf(figure);
  const title = shortened(figure.title, 20, WIDTH - LEFT - 24);
  return {
    width: WIDTH,
    height: HEIGHT,
    density: 2,
    strokes: [
      { kind: 'text', text: title, x: LEFT, y: 34, size: 20, bold: true, anchor: 'start', fill: INK },
      ...signs.strokes,
      ...axes(figure, scales, area, right === true),
      ...lines(figure, scales, area),
    ],
  };
}

interface Scales {
  readonly x: AxisScale;
  readonly y: AxisScale;
  readonly right: AxisScale;
}

function scalesOf({ lines, x, y, right = y, end }: XyFigure): Scales {
  const values = (side: 'right' | undefined) =>
    lines.filter(({ axis }) => axis === side).flatMap((one) => shown(one, x, side ? right : y).map((point) => point.y));
  const across = lines.flatMap(({ points }) => points.map((point) => point.x));
  return { x: axisScale(x, across, end), y: axisScale(y, values(undefined)), right: axisScale(right, values('right')) };
}

const shown = ({ points }: FigureLine, x: XyAxis, y: XyAxis): readonly Point[] => placeable(points, x, y);

function axes({ x, y, right: rightAxis }: XyFigure, scales: Scales, area: Area, hasRight: boolean): Stroke[] {
  const across = (share: number) => area.left + share * (area.right - area.left);
  const up = (share: number) => area.bottom - share * (area.bottom - area.top);
  const middle = (area.top + area.bottom) / 2;
  const text = { kind: 'text', size: 14, fill: INK } as const;
  return [
    { kind: 'path', d: line(area.left, area.bottom, area.right, area.bottom), stroke: FRAME, width: 1 },
    ...scales.y.ticks.flatMap(({ at, text: words }): Stroke[] => {
      const height = up(scales.y.share(at));
      return [
        { kind: 'path', d: line(area.left, height, area.right, height), stroke: HAIRLINE, width: 0.7 },
        { ...text, text: words, x: area.left - 8, y: height + 5, anchor: 'end' },
      ];
    }),
    ...scales.x.ticks.flatMap(({ at, text: words }): Stroke[] => {
      const place = across(scales.x.share(at));
      return [
        { kind: 'path', d: line(place, area.bottom, place, area.bottom + 5), stroke: FRAME, width: 1 },
        { ...text, text: words, x: place, y: area.bottom + 22, anchor: 'middle' },
      ];
    }),
    { ...text, text: x.title, x: (area.left + area.right) / 2, y: HEIGHT - 16, anchor: 'middle', fill: MUTED },
    { ...text, text: y.title, x: 22, y: middle, anchor: 'middle', fill: MUTED, upwards: true },
    ...(hasRight && rightAxis
      ? [
          ...scales.right.ticks.map(({ at, text: words }): Stroke => ({
            ...text,
            text: words,
            x: area.right + 8,
            y: up(scales.right.share(at)) + 5,
            anchor: 'start',
          })),
          {
            ...text,
            text: rightAxis.title,
            x: WIDTH - 12,
            y: middle,
            anchor: 'middle',
            fill: MUTED,
            upwards: true,
          } as const,
        ]
      : []),
  ];
}

function lines(figure: XyFigure, scales: Scales, area: Area): Stroke[] {
  const placed = figure.lines.map((one) => {
    const right = one.axis === 'right';
    const scale = right ? scales.right : scales.y;
    const points = shown(one, figure.x, right ? (figure.right ?? figure.y) : figure.y).map((point) => ({
      x: area.left + scales.x.share(point.x) * (area.right - area.left),
      y: area.bottom - scale.share(point.y) * (area.bottom - area.top),
    }));
    return { one, points };
  });
  const drawn = placed.filter(({ points }) => points.length > 0);
  const ends = drawn.filter(({ one }) => !one.faint && one.label !== undefined);
  const heights = labelHeights(
    ends.map(({ points }) => points.at(-1)!),
    LABEL_GAP,
    [area.top, area.bottom],
  );
  return [
    ...drawn.filter(({ one }) => one.faint).flatMap(({ one, points }) => pathsOf(one, points)),
    ...drawn.filter(({ one }) => !one.faint).flatMap(({ one, points }) => pathsOf(one, points)),
    ...ends.map(({ one, points }, at): Stroke => ({
      kind: 'text',
      text: one.label!,
      x: points.at(-1)!.x + 8,
      y: heights[at]! + 5,
      size: 14,
      bold: true,
      anchor: 'start',
      fill: INK,
      halo: true,
    })),
  ];
}

function pathsOf(one: FigureLine, points: readonly Point[]): PathStroke[] {
  const { colour, opacity } = inkOf(one.colour);
  const faded = opacity === 1 ? {} : { opacity };
  const way: PathStroke = {
    kind: 'path',
    d: `M${points.map(({ x, y }) => `${short(x)} ${short(y)}`).join('L')}`,
    stroke: colour,
    width: one.width ?? (one.faint ? 1 : 2),
    dash: one.faint ? [] : one.dash,
    ...faded,
  };
  const d = points.map(({ x, y }) => marker(one.marker, x, y)).join('');
  const marks: PathStroke = { kind: 'path', d, fill: colour, ...faded };
  return [...(one.width === 0 ? [] : [way]), ...(one.faint || one.marker === 'none' ? [] : [marks])];
}

function marker(kind: XyLine['marker'], x: number, y: number): string {
  const at = (dx: number, dy: number) => `${short(x + dx * MARKER)} ${short(y + dy * MARKER)}`;
  switch (kind) {
    case 'rect':
      return `M${at(-1, -1)}L${at(1, -1)}L${at(1, 1)}L${at(-1, 1)}z`;
    case 'rectRot':
      return `M${at(0, -1.4)}L${at(1.4, 0)}L${at(0, 1.4)}L${at(-1.4, 0)}z`;
    case 'triangle':
      return `M${at(0, -1.2)}L${at(1.1, 0.8)}L${at(-1.1, 0.8)}z`;
    case 'none':
    case 'circle':
      return `M${at(-1, 0)}a${MARKER} ${MARKER} 0 1 0 ${2 * MARKER} 0a${MARKER} ${MARKER} 0 1 0 ${-2 * MARKER} 0z`;
  }
}

const signOf = (one: FigureLine): LegendSign => ({
  name: shortened(one.name, 14, 360),
  width: 36,
  draw: (x, y) =>
    pathsOf(one, [
      { x: x - 18, y },
      { x: x + 18, y },
    ]).map((path) => (path.fill === undefined ? path : { ...path, d: marker(one.marker, x, y) })),
});

/** "rgb(63 144 218)" and "rgb(63 144 218 / 35%)" as every reader of SVG knows them; other colours as they are. */
function inkOf(colour: string): { readonly colour: string; readonly opacity: number } {
  const found = /^rgb\((\d+) (\d+) (\d+)(?: \/ (\d+)%)?\)$/.exec(colour);
  if (!found) return { colour, opacity: 1 };
  const [, red, green, blue, percent = '100'] = found;
  const hex = [red, green, blue].map((value) => Number(value).toString(16).padStart(2, '0')).join('');
  return { colour: `#${hex}`, opacity: Number(percent) / 100 };
}

import type { MapColumns } from '../../../electron/domain/words.ts';
import { ticksBetween } from '../map/axis.ts';
import { hexOfPacked } from '../map/packed-colours.ts';
import { arrange, type PointCloud } from '../map/point-cloud.ts';
import { toPixels, transformOf, type Transform } from '../map/view.ts';
import type { Rgba } from '../../maths/rgba.ts';
import type { Limits } from '../../maths/scatter-geometry.ts';
import { box, FRAME, INK, line, MUTED, short, shortened, type Figure, type Stroke } from './figure.ts';
import { dotSign, legend, type LegendSign } from './legend.ts';

/** A part of a plane with what lies in it. */
export interface PlaneFigure {
  readonly title: string;
  /** Under the title. */
  readonly note: string;
  readonly limits: Limits;
  readonly axes: readonly [x: string, y: string];
  /** Stretched over the limits, under the points. */
  readonly picture?: Rgba;
  readonly points?: MapPoints;
  readonly classes?: readonly { readonly name: string; readonly colour: string }[];
  /** In place of classes: what the colours of a scale mean. */
  readonly scale?: ColourScale;
}

export interface MapPoints {
  readonly places: MapColumns;
  /** A packed colour a point; alpha 0 hides it. */
  readonly colours: Uint32Array;
  /** 1 for each point that lies on top. */
  readonly raised?: Uint8Array | undefined;
  readonly letters: readonly { readonly x: number; readonly y: number; readonly text: string }[];
}

export interface ColourScale {
  readonly colours: readonly string[];
  readonly least: string;
  readonly most: string;
  readonly unit: string;
}

const LEFT = 80;
const RIGHT = 24;
/** Of the plane's longer side. */
const LONGER = 760;
/** Turns in which colours are drawn, so that none hides the others. */
const TURNS = 24;

/** Draws the plane with its axes: its longer side 1,520 pixels of a PNG. */
export function planeFigure(figure: PlaneFigure): Figure {
  const { limits } = figure;
  const [across, up] = [limits.right - limits.left, limits.top - limits.bottom];
  const size = {
    width: across >= up ? LONGER : Math.max(240, (LONGER * across) / up),
    height: across >= up ? Math.max(180, (LONGER * up) / across) : LONGER,
  };
  const signs = legend(signsOf(figure), LEFT, 70, size.width);
  const top = 70 + signs.height + 10;
  const transform = moved(transformOf(limits, size), LEFT, top);
  const text = { kind: 'text', x: LEFT, anchor: 'start' } as const;
  return {
    width: LEFT + size.width + RIGHT,
    height: top + size.height + 64,
    density: 2,
    strokes: [
      { ...text, text: shortened(figure.title, 20, size.width), y: 32, size: 20, bold: true, fill: INK },
      { ...text, text: shortened(figure.note, 14, size.width), y: 56, size: 14, fill: MUTED },
      ...signs.strokes,
      ...(figure.picture ? [{ kind: 'image', image: figure.picture, x: LEFT, y: top, ...size } as const] : []),
      ...(figure.points ? dots(figure.points, limits, transform, size.width * size.height) : []),
      { kind: 'path', d: box(LEFT, top, size.width, size.height), stroke: FRAME, width: 1 },
      ...axes(figure, transform, top, size),
      ...(figure.points?.letters ?? [])
        .filter((letter) => isInside(letter, limits))
        .map((letter): Stroke => {
          const at = toPixels(transform, letter.x, letter.y);
          const style = { size: 20, bold: true, anchor: 'middle', fill: INK, halo: true } as const;
          return { kind: 'text', text: letter.text, x: at.x, y: at.y + 7, ...style };
        }),
    ],
  };
}

const moved = (transform: Transform, x: number, y: number): Transform => ({
  ...transform,
  left: transform.left + x,
  top: transform.top + y,
});

const isInside = ({ x, y }: { readonly x: number; readonly y: number }, { left, right, bottom, top }: Limits) =>
  x >= left && x <= right && y >= bottom && y <= top;

/** Points of one colour share a path, or the file would be ten times as long. */
function dots(points: MapPoints, limits: Limits, transform: Transform, area: number): Stroke[] {
  const cloud = arrange(points.places, points.colours, points.raised);
  const width = 2 * Math.min(3.5, Math.max(0.9, 0.26 * Math.sqrt(area / Math.max(1, cloud.count))));
  const turn = Math.max(1, Math.ceil(cloud.count / TURNS));
  return Array.from({ length: Math.ceil(cloud.count / turn) }, (_, at) =>
    oneTurn(cloud, at * turn, Math.min(cloud.count, (at + 1) * turn), limits, transform),
  ).flatMap((paths) =>
    [...paths].map(([colour, moves]): Stroke => ({
      kind: 'path',
      d: moves.join(''),
      stroke: hexOfPacked(colour),
      width,
      round: true,
      opacity: 0.85 * ((colour >>> 24) / 255),
    })),
  );
}

function oneTurn(cloud: PointCloud, first: number, end: number, limits: Limits, transform: Transform) {
  const paths = new Map<number, string[]>();
  for (let index = first; index < end; index++) {
    const point = { x: cloud.x[index]!, y: cloud.y[index]! };
    if (!isInside(point, limits)) continue;
    const at = toPixels(transform, point.x, point.y);
    const colour = cloud.colour[index]!;
    const moves = paths.get(colour) ?? [];
    paths.set(colour, moves);
    // The shortest line with round ends is a dot.
    moves.push(`M${short(at.x)} ${short(at.y)}h0.1`);
  }
  return paths;
}

function axes(
  { limits, axes: titles }: PlaneFigure,
  transform: Transform,
  top: number,
  size: { readonly width: number; readonly height: number },
): Stroke[] {
  const bottom = top + size.height;
  const text = { kind: 'text', size: 14, fill: INK } as const;
  const title = { ...text, anchor: 'middle', fill: MUTED } as const;
  return [
    ...ticksBetween(limits.left, limits.right, size.width / 110).flatMap((tick): Stroke[] => {
      const { x } = toPixels(transform, tick.at, 0);
      return [
        { kind: 'path', d: line(x, bottom, x, bottom + 5), stroke: FRAME, width: 1 },
        { ...text, text: tick.text, x, y: bottom + 22, anchor: 'middle' },
      ];
    }),
    ...ticksBetween(limits.bottom, limits.top, size.height / 90).flatMap((tick): Stroke[] => {
      const { y } = toPixels(transform, 0, tick.at);
      return [
        { kind: 'path', d: line(LEFT - 5, y, LEFT, y), stroke: FRAME, width: 1 },
        { ...text, text: tick.text, x: LEFT - 9, y: y + 5, anchor: 'end' },
      ];
    }),
    { ...title, text: titles[0], x: LEFT + size.width / 2, y: bottom + 48 },
    { ...title, text: titles[1], x: 20, y: top + size.height / 2, upwards: true },
  ];
}

function signsOf({ classes = [], scale }: PlaneFigure): readonly LegendSign[] {
  if (!scale) return classes.map(({ name, colour }) => dotSign(name, colour));
  const step = 160 / scale.colours.length;
  const bar = (x: number, y: number) =>
    scale.colours.map((colour, at): Stroke => ({
      kind: 'path',
      d: box(x - 80 + at * step, y - 6, step + 0.3, 12),
      fill: colour,
    }));
  return [{ name: `${scale.unit}, from ${scale.least} to ${scale.most}`, width: 160, draw: bar }];
}

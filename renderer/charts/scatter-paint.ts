import type { MapColumns } from '../../electron/domain/words.ts';
import { apart, shortLabels } from './map/label-places.ts';
import { packedOf } from './map/packed-colours.ts';
import { arrange, packed, shapeOfClass } from './map/point-cloud.ts';
import { splatPoints } from './map/splat-points.ts';
import { labelColour } from './palette.ts';
import { labelColours } from '../../electron/domain/label-colours.ts';
import { densestPlaces, innerLimits, project } from '../maths/scatter-geometry.ts';
import type { ThemeColours } from './theme.svelte.ts';

export interface PaintedMap {
  readonly points: MapColumns;
  /** A class a point, or as good as none. */
  readonly labels: Uint8Array;
  readonly labelNames: readonly string[];
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Device pixels a CSS pixel. */
  readonly scale: number;
  readonly colours: ThemeColours;
}

/** Around the points, in CSS pixels: of few, whose names stand above them, wider. */
export const marginOf = (count: number): number => (count <= FEW ? WIDE_MARGIN : 10);
const WIDE_MARGIN = 28;
const FEW = 200;
/** Points of a class that its name would hide: it stands above them. */
const SCARCE = 4;
const LETTER = 15;
/** Between two names side by side, in CSS pixels. */
const NAME_GAP = 6;
const unlabelled = packedOf('#3f90da');
/** Points are in pixels already. */
const inPlace = { across: 1, left: 0, down: 1, top: 0 };
/** Of a point, 0-1. */
const OPACITY = 0.85;

/** The points in their classes' colours, and each class's name where they lie thickest: colour is never the only sign. */
export function paintMap(context: CanvasRenderingContext2D, map: PaintedMap): void {
  context.canvas.width = Math.round(map.width * map.scale);
  context.canvas.height = Math.round(map.height * map.scale);
  const labelled = map.labels.length === map.points.x.length;
  paintPoints(context, map, labelled);
  if (labelled) paintLetters(context, map);
}

function paintPoints(context: CanvasRenderingContext2D, map: PaintedMap, labelled: boolean): void {
  const { points, labels, scale } = map;
  const { width, height } = context.canvas;
  const placed = project(points, innerLimits(points), { width, height, margin: marginOf(points.x.length) * scale });
  // What lies beyond the limits stands at the edge.
  const onCanvas = (most: number) => (at: number) => Math.max(scale, Math.min(most - scale, at));
  const shown = { x: placed.x.map(onCanvas(width)), y: placed.y.map(onCanvas(height)) };
  const image = context.createImageData(width, height);
  const pixels = new Int32Array(image.data.buffer).fill(packedOf(map.colours.bg));
  const colours = new Uint32Array(points.x.length).map((_, index) =>
    labelled ? packed(...labelColour(labels[index]!)) : unlabelled,
  );
  const classes = map.labelNames.length;
  const signs =
    labelled && classes > labelColours.length
      ? Uint8Array.from(labels, (label) => shapeOfClass(label, classes, labelColours.length))
      : undefined;
  splatPoints(
    { width, height, pixels },
    arrange(shown, colours, undefined, signs),
    inPlace,
    pointRadius(map) * scale,
    OPACITY,
  );
  context.putImageData(image, 0, 0);
}

function paintLetters(context: CanvasRenderingContext2D, map: PaintedMap): void {
  const { points, labels, labelNames, width, height, scale, colours } = map;
  const placed = project(points, innerLimits(points), { width, height, margin: marginOf(points.x.length) });
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.font = `700 ${LETTER}px ${colours.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.lineWidth = 4;
  context.strokeStyle = colours.bg;
  context.fillStyle = colours.text;
  const places = densestPlaces(placed, labels);
  const texts = shortLabels(places.map(({ label }) => labelNames[label] ?? String(label)));
  const names = places.map(({ label, x, y }, index) => {
    const text = texts[index]!;
    const scarce = labels.reduce((sum, each) => sum + (each === label ? 1 : 0), 0) < SCARCE;
    return {
      text,
      x,
      y: scarce ? y - LETTER : y,
      width: context.measureText(text).width + NAME_GAP,
      height: LETTER + 1,
    };
  });
  for (const { text, x, y } of apart(names, width, height)) {
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  }
}

/** Smaller the more points share the surface, in CSS pixels. */
function pointRadius({ points, width, height }: PaintedMap): number {
  return Math.min(3.5, Math.max(0.9, 0.26 * Math.sqrt((width * height) / Math.max(1, points.x.length))));
}

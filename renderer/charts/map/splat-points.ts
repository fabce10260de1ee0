import { shapes, type PointCloud, type Shape } from './point-cloud.ts';
import type { Transform } from './view.ts';

/** An opaque picture, one packed pixel a number (0xAABBGGRR), row by row. */
export interface PixelSurface {
  readonly width: number;
  readonly height: number;
  readonly pixels: Int32Array;
}

/** The pixels a sign covers around its middle, and how much of each: 0-256. */
interface Stamp {
  readonly reach: number;
  readonly across: Int32Array;
  readonly down: Int32Array;
  readonly cover: Int32Array;
}

/** Clouds up to this size are counted point by point; of larger ones every sixteenth point stands for sixteen. */
const COUNTED_WHOLE = 50_000;

/** About how many points of the cloud lie on the surface. */
export function countInView(cloud: PointCloud, transform: Transform, { width, height }: PixelSurface): number {
  const { across, left, down, top } = transform;
  const { x, y } = cloud;
  const stride = cloud.count > COUNTED_WHOLE ? 16 : 1;
  let inside = 0;
  for (let index = 0; index < cloud.count; index += stride) {
    const px = x[index]! * across + left;
    const py = y[index]! * down + top;
    if (px >= 0 && px < width && py >= 0 && py < height) inside += stride;
  }
  return inside;
}

/**
 * Presses every point of the cloud onto the surface as a soft-edged sign of this radius (surface pixels), a disc where it has no
 * other shape. Nothing is allocated for a point; what lies outside costs two multiplications.
 * @param opacity of a point that is not faint itself, 0-1; points of one pixel cover what lies below
 */
export function splatPoints(
  surface: PixelSurface,
  cloud: PointCloud,
  transform: Transform,
  radius: number,
  opacity = 1,
): void {
  const disc = stampOf(radius, 'disc', opacity);
  if (disc.cover.length === 1) return splatPixels(surface, cloud, transform);
  const { width, height, pixels } = surface;
  const { across, left, down, top } = transform;
  const { x, y, colour, shape } = cloud;
  const stamps = shape ? shapes.map((name) => stampOf(radius, name, opacity)) : [disc];
  const reach = Math.max(...stamps.map((stamp) => stamp.reach));
  const offsets = stamps.map((stamp) => stamp.across.map((column, at) => column + stamp.down[at]! * width));
  const right = width - 1 - reach;
  const bottom = height - 1 - reach;
  for (let index = 0; index < cloud.count; index++) {
    const px = Math.floor(x[index]! * across + left);
    const py = Math.floor(y[index]! * down + top);
    const sign = shape ? shape[index]! : 0;
    if (px >= reach && py >= reach && px <= right && py <= bottom) {
      press(pixels, py * width + px, offsets[sign]!, stamps[sign]!.cover, colour[index]!);
    } else if (px >= -reach && py >= -reach && px < width + reach && py < height + reach) {
      pressClipped(surface, px, py, stamps[sign]!, colour[index]!);
    }
  }
}

/** The same with discs of one pixel: a million points in one frame. */
function splatPixels({ width, height, pixels }: PixelSurface, cloud: PointCloud, transform: Transform): void {
  const { across, left, down, top } = transform;
  const { x, y, colour } = cloud;
  for (let index = 0; index < cloud.count; index++) {
    const px = Math.floor(x[index]! * across + left);
    const py = Math.floor(y[index]! * down + top);
    if (px < 0 || py < 0 || px >= width || py >= height) continue;
    const place = py * width + px;
    const over = colour[index]!;
    pixels[place] = over >>> 24 === 255 ? over : mixed(pixels[place]!, over, (over >>> 24) + 1);
  }
}

function press(pixels: Int32Array, middle: number, offsets: Int32Array, cover: Int32Array, colour: number): void {
  const strength = (colour >>> 24) + 1;
  for (let at = 0; at < offsets.length; at++) {
    const place = middle + offsets[at]!;
    pixels[place] = mixed(pixels[place]!, colour, (cover[at]! * strength) >> 8);
  }
}

function pressClipped({ width, height, pixels }: PixelSurface, x: number, y: number, stamp: Stamp, colour: number) {
  const strength = (colour >>> 24) + 1;
  for (let at = 0; at < stamp.cover.length; at++) {
    const column = x + stamp.across[at]!;
    const row = y + stamp.down[at]!;
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    const place = row * width + column;
    pixels[place] = mixed(pixels[place]!, colour, (stamp.cover[at]! * strength) >> 8);
  }
}

/** `share` (0-256) of `over` on an opaque `under`: red and blue in one multiplication, green in another. */
function mixed(under: number, over: number, share: number): number {
  const redBlue = under & 0xff00ff;
  const green = under & 0x00ff00;
  const mixedRedBlue = (redBlue + (Math.imul((over & 0xff00ff) - redBlue, share) >> 8)) & 0xff00ff;
  const mixedGreen = (green + (Math.imul((over & 0x00ff00) - green, share) >> 8)) & 0x00ff00;
  return 0xff000000 | mixedRedBlue | mixedGreen;
}

const stamps = new Map<string, Stamp>();

/** Stamps are few: radii are taken in quarters of a pixel, opacities in twentieths. */
function stampOf(radius: number, shape: Shape, opacity: number): Stamp {
  const quarter = Math.max(2, Math.round(radius * 4)) / 4;
  const twentieth = Math.round(opacity * 20) / 20;
  const name = `${shape} ${quarter} ${twentieth}`;
  const stamp = stamps.get(name) ?? newStamp(quarter, shape, twentieth);
  stamps.set(name, stamp);
  return stamp;
}

/** How far (x, y) lies outside a shape of radius 1, about; shapes have about the same area. */
const outsideShape: Readonly<Record<Shape, (x: number, y: number) => number>> = {
  disc: (x, y) => Math.hypot(x, y) - 1,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) - 0.88,
  triangle: (x, y) => Math.max(0.87 * Math.abs(x) - 0.5 * y, y) - 0.68,
  cross: (x, y) => Math.max(Math.min(Math.abs(x), Math.abs(y)) - 0.36, Math.max(Math.abs(x), Math.abs(y)) - 1.2),
};

function newStamp(radius: number, shape: Shape, opacity: number): Stamp {
  const reach = Math.ceil(radius * (shape === 'disc' ? 1 : 1.4));
  const parts: [column: number, row: number, cover: number][] = [];
  for (let row = -reach; row <= reach; row++) {
    for (let column = -reach; column <= reach; column++) {
      const outside = radius * outsideShape[shape](column / radius, row / radius);
      const cover = Math.round(256 * opacity * Math.min(1, Math.max(0, 0.5 - outside)));
      if (cover > 0) parts.push([column, row, cover]);
    }
  }
  return {
    reach,
    across: Int32Array.from(parts, ([column]) => column),
    down: Int32Array.from(parts, ([, row]) => row),
    cover: Int32Array.from(parts, ([, , cover]) => cover),
  };
}

/** A point's radius in CSS pixels for so many in view: smaller the more of them share the surface. */
export function pointRadius(inView: number, width: number, height: number): number {
  return Math.min(5, Math.max(0.5, 0.32 * Math.sqrt((width * height) / Math.max(1, inView))));
}

/** How much of what lies below a point covers, 0-1: the more points there are, the more of them must show through each other. */
export function pointOpacity(inView: number): number {
  return Math.min(0.9, Math.max(0.5, 1.15 - 0.13 * Math.log10(Math.max(1, inView))));
}

import type { MapColumns } from '../../../electron/domain/words.ts';
import type { Limits } from '../../maths/scatter-geometry.ts';

/**
 * A colour as one number, 0xAABBGGRR: how an ImageData's bytes read as a Uint32Array. The alpha byte is the point's
 * strength: 255 covers what lies below, 0 is not drawn.
 */
export type Packed = number;

export const packed = (red: number, green: number, blue: number, alpha = 255): Packed =>
  ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** The same colour, fainter or stronger (alpha 0-255). */
export const withAlpha = (colour: Packed, alpha: number): Packed => ((colour & 0xffffff) | (alpha << 24)) >>> 0;

/** What classes beyond the colours are told apart by. */
export const shapes = ['disc', 'square', 'triangle', 'cross'] as const;
export type Shape = (typeof shapes)[number];

/** The place in `shapes` of a class: another one each time the colours come again; images without a class are discs. */
export const shapeOfClass = (index: number, classCount: number, colourCount: number): number =>
  index < classCount ? Math.floor(index / colourCount) % shapes.length : 0;

/** Points in the order they are drawn; what is hidden or not finite is left out. */
export interface PointCloud {
  readonly count: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly colour: Uint32Array;
  /** Places in `shapes`; all are discs where there are none. */
  readonly shape?: Uint8Array;
}

/**
 * Points in a scattered but fixed order, so that no class lies on top of the others only because it came last; those
 * `raised` (1) come after all others. `colours` holds a packed colour a point, `signs` its place in `shapes`.
 */
export function arrange(points: MapColumns, colours: Uint32Array, raised?: Uint8Array, signs?: Uint8Array): PointCloud {
  const total = Math.min(points.x.length, colours.length);
  const cloud = { x: new Float32Array(total), y: new Float32Array(total), colour: new Uint32Array(total) };
  const shape = signs && new Uint8Array(total);
  const stride = coprimeStride(total);
  let count = 0;
  for (let pass = raised ? 0 : 1; pass < 2; pass++) {
    for (let step = 0, index = 0; step < total; step++) {
      if (raised === undefined || raised[index] === pass) {
        const x = points.x[index]!;
        const y = points.y[index]!;
        const colour = colours[index]!;
        if (colour >>> 24 !== 0 && Number.isFinite(x) && Number.isFinite(y)) {
          cloud.x[count] = x;
          cloud.y[count] = y;
          cloud.colour[count] = colour;
          if (shape) shape[count] = signs[index]!;
          count++;
        }
      }
      index += stride;
      if (index >= total) index -= total;
    }
  }
  return { count, ...cloud, ...(shape && { shape }) };
}

/** The points in view that are not hidden. */
export function shownIn(view: Limits, { x, y }: MapColumns, colours: Uint32Array): readonly number[] {
  const { left, right, bottom, top } = view;
  const shown: number[] = [];
  for (let index = 0; index < x.length; index++) {
    const inView = x[index]! >= left && x[index]! <= right && y[index]! >= bottom && y[index]! <= top;
    if (inView && colours[index]! >>> 24 !== 0) shown.push(index);
  }
  return shown;
}

/** A step that visits every one of `count` indices once before it comes back, far from its neighbours. */
export function coprimeStride(count: number): number {
  if (count < 3) return 1;
  let stride = Math.round(count * 0.618);
  while (greatestCommonDivisor(stride, count) !== 1) stride++;
  return stride;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

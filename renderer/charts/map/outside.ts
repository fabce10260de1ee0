import type { Limits } from '../../maths/scatter-geometry.ts';
import { cssOf } from './packed-colours.ts';
import type { PointCloud } from './point-cloud.ts';
import { toPixels, transformOf, type Size } from './view.ts';

/** A point beyond the view, as it is marked at the edge. */
export interface Outside {
  /** On the edge, in CSS pixels. */
  readonly x: number;
  readonly y: number;
  /** Where the point lies from there, in radians clockwise from the right. */
  readonly towards: number;
  readonly colour: string;
}

/** More signs than this would be a frame. */
const MOST_MARKED = 400;

/** The points of a cloud that lie beyond the view, and how many they are. */
export function outsideOf(
  cloud: PointCloud,
  view: Limits,
  size: Size,
): { readonly count: number; readonly marks: readonly Outside[] } {
  const transform = transformOf(view, size);
  const marks: Outside[] = [];
  let count = 0;
  for (let index = 0; index < cloud.count; index++) {
    const [x, y] = [cloud.x[index]!, cloud.y[index]!];
    if (x >= view.left && x <= view.right && y >= view.bottom && y <= view.top) continue;
    count++;
    if (marks.length === MOST_MARKED) continue;
    const at = toPixels(transform, x, y);
    const edge = { x: clamped(at.x, size.width), y: clamped(at.y, size.height) };
    const towards = Math.atan2(at.y - edge.y, at.x - edge.x);
    marks.push({ ...edge, towards, colour: cssOf(cloud.colour[index]!) });
  }
  return { count, marks };
}

const clamped = (value: number, most: number) => Math.max(1, Math.min(most - 1, value));

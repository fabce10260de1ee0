import type { MapColumns } from '../../electron/domain/words.ts';
import { innerLimits, project } from '../maths/scatter-geometry.ts';
import { marginOf } from './scatter-paint.ts';

export interface PlacedMark {
  /** In CSS pixels. */
  readonly x: number;
  readonly y: number;
  /** Whether it lies beyond all points: it is then drawn on the border. */
  readonly outside: boolean;
}

/** Marks in pixels of a map of these points, as a scatter of the size draws it. */
export function placeMarks(marks: MapColumns, points: MapColumns, width: number, height: number): PlacedMark[] {
  const margin = marginOf(points.x.length);
  if (width < 2 * margin || height < 2 * margin) return [];
  const placed = project(marks, innerLimits(points), { width, height, margin });
  const edge = margin / 2;
  return [...placed.x].map((px, index) => {
    const x = Math.min(width - edge, Math.max(edge, px));
    const y = Math.min(height - edge, Math.max(edge, placed.y[index]!));
    return { x, y, outside: x !== px || y !== placed.y[index] };
  });
}

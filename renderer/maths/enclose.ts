import type { MapColumns } from '../../electron/domain/words.ts';
import type { Limits } from './scatter-geometry.ts';

/** A closed line on the plane; its last corner is joined to its first. */
export type Corners = readonly { readonly x: number; readonly y: number }[];

/** Rows that edges are sorted into: a point is only tested against the edges of its own row. */
const ROWS = 256;

/**
 * The visible points inside a closed line, ascending. A line that crosses itself encloses everything it winds around
 * (non-zero winding); one of fewer than three corners encloses nothing. `visible` holds 1 for points that may be taken.
 */
export function pointsInside({ x, y }: MapColumns, corners: Corners, visible?: Uint8Array): Uint32Array {
  if (corners.length < 3) return new Uint32Array(0);
  const limits = limitsOfCorners(corners);
  const rows = edgesByRow(corners, limits);
  const perUnit = ROWS / (limits.top - limits.bottom);
  return chosen(x.length, (index) => {
    const px = x[index]!;
    const py = y[index]!;
    if (!(px >= limits.left && px <= limits.right && py >= limits.bottom && py <= limits.top)) return false;
    if (visible && visible[index] === 0) return false;
    const row = rows[Math.min(ROWS - 1, Math.floor((py - limits.bottom) * perUnit))];
    return row !== undefined && windingOf(row, px, py) !== 0;
  });
}

/** The visible points inside a rectangle of the plane, its border included, ascending. */
export function pointsWithin({ x, y }: MapColumns, limits: Limits, visible?: Uint8Array): Uint32Array {
  const { left, right, bottom, top } = limits;
  return chosen(x.length, (index) => {
    const px = x[index]!;
    const py = y[index]!;
    return px >= left && px <= right && py >= bottom && py <= top && (!visible || visible[index] === 1);
  });
}

/** The indices below `count` that pass, ascending. */
export function chosen(count: number, passes: (index: number) => boolean): Uint32Array {
  const found = new Uint32Array(count);
  let length = 0;
  for (let index = 0; index < count; index++) if (passes(index)) found[length++] = index;
  return found.slice(0, length);
}

function limitsOfCorners(corners: Corners): Limits {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of corners) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    bottom = Math.min(bottom, y);
    top = Math.max(top, y);
  }
  return { left, right, bottom, top };
}

/** Edges as x0, y0, x1, y1, in every row their heights touch. */
function edgesByRow(corners: Corners, { bottom, top }: Limits): (readonly number[] | undefined)[] {
  const rows: (number[] | undefined)[] = new Array<number[] | undefined>(ROWS);
  const rowOf = (y: number) => Math.min(ROWS - 1, Math.max(0, Math.floor(((y - bottom) / (top - bottom)) * ROWS)));
  corners.forEach((from, index) => {
    const to = corners[(index + 1) % corners.length]!;
    if (from.y === to.y || !Number.isFinite(from.x + from.y + to.x + to.y)) return;
    const last = rowOf(Math.max(from.y, to.y));
    for (let row = rowOf(Math.min(from.y, to.y)); row <= last; row++) {
      (rows[row] ??= []).push(from.x, from.y, to.x, to.y);
    }
  });
  return rows;
}

/** How often the edges wind around a point, counted along the ray to its right. */
function windingOf(edges: readonly number[], x: number, y: number): number {
  let winding = 0;
  for (let at = 0; at < edges.length; at += 4) {
    const y0 = edges[at + 1]!;
    const y1 = edges[at + 3]!;
    if (y0 <= y === y1 <= y) continue;
    const crossing = edges[at]! + ((y - y0) / (y1 - y0)) * (edges[at + 2]! - edges[at]!);
    if (crossing > x) winding += y1 > y0 ? 1 : -1;
  }
  return winding;
}

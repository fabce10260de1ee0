import Flatbush from 'flatbush';
import type { MapColumns } from '../../../electron/domain/words.ts';
import type { Limits } from '../../maths/scatter-geometry.ts';

/** How far from a place a point may be found, in the plane's units: the two axes may have different scales. */
export interface Reach {
  readonly x: number;
  readonly y: number;
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** Finds the points of a map by their place. Points that are not finite are in no place. */
export class PointIndex {
  readonly #points: MapColumns;
  readonly #tree: Flatbush | undefined;
  /** The point of each of the tree's items. */
  readonly #indices: Uint32Array;

  constructor(points: MapColumns) {
    this.#points = points;
    const { x, y } = points;
    const indices = new Uint32Array(x.length);
    let count = 0;
    for (let index = 0; index < x.length; index++) {
      if (Number.isFinite(x[index]!) && Number.isFinite(y[index]!)) indices[count++] = index;
    }
    this.#indices = indices.subarray(0, count);
    if (count === 0) return;
    const tree = new Flatbush(count, 16, Float32Array);
    for (const index of this.#indices) tree.add(x[index]!, y[index]!);
    tree.finish();
    this.#tree = tree;
  }

  /** The point nearest to a place and within reach of it, distances measured in reaches; `visible` (1) limits the choice. */
  nearest(x: number, y: number, reach: Reach, visible?: Uint8Array): number | undefined {
    // Where points lie thick, a small part of the reach already holds one.
    for (const part of [1 / 8, 1 / 2, 1]) {
      const found = this.#nearestWithin(x, y, { x: reach.x * part, y: reach.y * part }, visible);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #nearestWithin(x: number, y: number, reach: Reach, visible: Uint8Array | undefined): number | undefined {
    let nearest: number | undefined;
    let least = 1;
    for (const index of this.#inside(x - reach.x, y - reach.y, x + reach.x, y + reach.y)) {
      if (visible && visible[index] === 0) continue;
      const dx = (this.#points.x[index]! - x) / reach.x;
      const dy = (this.#points.y[index]! - y) / reach.y;
      const distance = dx * dx + dy * dy;
      if (distance > least || (distance === least && nearest !== undefined)) continue;
      least = distance;
      nearest = index;
    }
    return nearest;
  }

  /**
   * The next visible point from a place in a direction: the nearest in the quarter of the plane that opens that way, within
   * `view`. `unit` is a pixel in the plane's units.
   */
  towards(
    from: { readonly x: number; readonly y: number },
    direction: Direction,
    view: Limits,
    unit: Reach,
    visible?: Uint8Array,
  ): number | undefined {
    const sideways = direction === 'left' || direction === 'right';
    const sign = direction === 'right' || direction === 'up' ? 1 : -1;
    let next: number | undefined;
    let least = Infinity;
    for (const index of this.#inside(view.left, view.bottom, view.right, view.top)) {
      if (visible && visible[index] === 0) continue;
      const dx = (this.#points.x[index]! - from.x) / unit.x;
      const dy = (this.#points.y[index]! - from.y) / unit.y;
      const along = sign * (sideways ? dx : dy);
      const beside = Math.abs(sideways ? dy : dx);
      const distance = along + 2 * beside;
      if (along < 0.5 || beside > along || distance >= least) continue;
      least = distance;
      next = index;
    }
    return next;
  }

  /** The visible points inside these limits, at most `most` of them (nothing when there are more). */
  within(limits: Limits, most: number, visible?: Uint8Array): readonly number[] {
    const found: number[] = [];
    this.#tree?.search(limits.left, limits.bottom, limits.right, limits.top, (item) => {
      const index = this.#indices[item]!;
      if (found.length <= most && (!visible || visible[index] === 1)) found.push(index);
      return false;
    });
    return found.length > most ? [] : found;
  }

  #inside(left: number, bottom: number, right: number, top: number): number[] {
    const items = this.#tree?.search(left, bottom, right, top) ?? [];
    for (let at = 0; at < items.length; at++) items[at] = this.#indices[items[at]!]!;
    return items;
  }
}

import type { CodePoints } from '../../electron/contract/models.ts';
import type { Limits } from './scatter-geometry.ts';
import type { Place } from './path.ts';

export type Plane = Pick<CodePoints, 'origin' | 'axes'>;

/** The codes of places on the plane, [places × code size]. A 1-D code has no second axis: its places differ in x only. */
export function codesAt({ origin, axes }: Plane, places: readonly Place[]): Float32Array<ArrayBuffer> {
  const size = origin.length;
  const codes = new Float32Array(places.length * size);
  places.forEach(({ x, y }, place) => {
    for (let unit = 0; unit < size; unit++) {
      codes[place * size + unit] = origin[unit]! + x * axes[0][unit]! + y * axes[1][unit]!;
    }
  });
  return codes;
}

/** Where codes [n × code size] lie on the plane, seen straight from above: its axes are at right angles. */
export function placesOf({ origin, axes }: Plane, codes: Float32Array): { x: Float32Array; y: Float32Array } {
  const size = origin.length;
  const count = codes.length / size;
  const along = axes.map((axis) => {
    const squared = axis.reduce((sum, value) => sum + value * value, 0);
    const column = new Float32Array(count);
    if (squared === 0) return column;
    for (let code = 0; code < count; code++) {
      let sum = 0;
      for (let unit = 0; unit < size; unit++) sum += (codes[code * size + unit]! - origin[unit]!) * axis[unit]!;
      column[code] = sum / squared;
    }
    return column;
  });
  return { x: along[0]!, y: along[1]! };
}

/** The middles of the cells of a grid over a region, row by row from its top left. */
export function gridPlaces({ left, right, bottom, top }: Limits, columns: number, rows: number): Place[] {
  const places: Place[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      places.push({
        x: left + ((column + 0.5) / columns) * (right - left),
        y: top - ((row + 0.5) / rows) * (top - bottom),
      });
    }
  }
  return places;
}

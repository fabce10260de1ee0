export interface Place {
  readonly x: number;
  readonly y: number;
}

const isPlace = ({ x, y }: Place) => Number.isFinite(x) && Number.isFinite(y);
const apart = (a: Place, b: Place) => Math.hypot(b.x - a.x, b.y - a.y);

/**
 * `count` places evenly spaced by length along a drawn line, its first and last among them. Places that are not finite
 * are left out; of a line without length every place is its first; of an empty one there are none.
 */
export function resampled(line: readonly Place[], count: number): Place[] {
  const drawn = line.filter(isPlace);
  const first = drawn[0];
  const last = drawn.at(-1);
  if (!first || !last || count < 1) return [];
  const reached = lengthsTo(drawn);
  const whole = reached.at(-1)!;
  const places: Place[] = [];
  let leg = 1;
  for (let step = 0; step < count; step++) {
    const length = count === 1 ? 0 : (whole * step) / (count - 1);
    while (leg < drawn.length - 1 && reached[leg]! < length) leg++;
    places.push(placeAlong(drawn[leg - 1] ?? first, drawn[leg] ?? first, reached[leg - 1] ?? 0, length));
  }
  // The sums above end a rounding away from it.
  if (count > 1) places[count - 1] = last;
  return places;
}

/** How long the line is, in the plane's units. */
export const lineLength = (line: readonly Place[]) => lengthsTo(line.filter(isPlace)).at(-1) ?? 0;

/** The length of the line up to each of its places. */
function lengthsTo(line: readonly Place[]): number[] {
  let length = 0;
  return line.map((place, index) => (length += index === 0 ? 0 : apart(line[index - 1]!, place)));
}

function placeAlong(from: Place, to: Place, reached: number, length: number): Place {
  const leg = apart(from, to);
  if (leg === 0) return from;
  const share = Math.min(1, Math.max(0, (length - reached) / leg));
  return { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) };
}

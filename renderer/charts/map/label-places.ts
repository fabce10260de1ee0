/** A name on a map, in CSS pixels: where it should stand, and the room that it takes. */
export interface Label {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Letters after which a name is cut: the whole of it stands in the legend and beside the picture. */
const MOST_LETTERS = 14;

export const shortLabel = (name: string) =>
  name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1).trimEnd()}…` : name;

const ROUNDS = 200;
/** Of an overlap, by how much each of two labels moves: a little more than half, or a crowd would settle slowly. */
const OVER = 0.6;

/** Labels moved apart, a little at a time, until none lies over another and each inside the surface, where there is room for all. */
export function apart(labels: readonly Label[], width: number, height: number): readonly Label[] {
  const placed = labels.map((label) => ({ ...label }));
  for (let round = 0; round < ROUNDS; round++) {
    let moved = false;
    for (let one = 0; one < placed.length; one++) {
      for (let other = one + 1; other < placed.length; other++) moved = part(placed[one]!, placed[other]!) || moved;
    }
    for (const label of placed) {
      label.x = within(label.x, label.width, width);
      label.y = within(label.y, label.height, height);
    }
    if (!moved) break;
  }
  return placed;
}

type Moving = { -readonly [Key in keyof Label]: Label[Key] };

/** Pushes two labels apart along the side on which they overlap less. Returns whether they did. */
function part(a: Moving, b: Moving): boolean {
  const across = (a.width + b.width) / 2 - Math.abs(a.x - b.x);
  const down = (a.height + b.height) / 2 - Math.abs(a.y - b.y);
  if (across <= 0 || down <= 0) return false;
  // A hair more, so that they do not touch for rounding; of two at one place the first goes up.
  if (down <= across) {
    const step = (OVER * down + 0.01) * (a.y <= b.y ? -1 : 1);
    a.y += step;
    b.y -= step;
  } else {
    const step = (OVER * across + 0.01) * (a.x <= b.x ? -1 : 1);
    a.x += step;
    b.x -= step;
  }
  return true;
}

const within = (middle: number, length: number, whole: number) =>
  Math.max(length / 2, Math.min(whole - length / 2, middle));

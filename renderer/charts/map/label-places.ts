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

/** Ways to cut a name's letters: its end, its beginning or its middle is left out. */
const cuts: readonly ((letters: readonly string[]) => readonly [start: string, end: string])[] = [
  (letters) => [letters.slice(0, MOST_LETTERS - 1).join(''), ''],
  (letters) => ['', wholeWords(letters.slice(-MOST_LETTERS).join(''))],
  (letters) => [letters.slice(0, MOST_LETTERS / 2 - 1).join(''), letters.slice(-MOST_LETTERS / 2).join('')],
];

/** Without the first letter, and without what is left of a word that began before it, where another follows. */
const wholeWords = (end: string): string => /(?<=\s)\S.*$/u.exec(end)?.[0] ?? [...end].slice(1).join('');

/** Names as a map has room for them: long ones are cut, all in the way that leaves most of them told apart. */
export function shortLabels(names: readonly string[]): readonly string[] {
  const ways = cuts.map((cut) =>
    names.map((name) => {
      const letters = [...name];
      if (letters.length <= MOST_LETTERS) return name;
      const [start, end] = cut(letters);
      return `${start.trimEnd()}…${end.trimStart()}`;
    }),
  );
  const apart = (way: readonly string[]) => new Set(way).size;
  return ways.reduce((best, way) => (apart(way) > apart(best) ? way : best));
}

const ROUNDS = 200;
/** Of an overlap, by how much each of two labels moves: a little more than half, or a crowd would settle slowly. */
const OVER = 0.6;

/** In CSS pixels; a name that stands further from its place would be taken for another's. */
const FURTHEST = 48;

/**
 * Labels moved apart, a little at a time, until none lies over another and each is inside the surface. Where they find no rest, or one
 * would stand far from its place, they are put down one after the other beside those before them; one without room is left out.
 */
export function apart(labels: readonly Label[], width: number, height: number): readonly Label[] {
  const wanted = labels.map((label) => inside(label, width, height));
  const placed = pushed(wanted, width, height);
  const isNear = ({ x, y }: Label, at: number) =>
    Math.abs(x - wanted[at]!.x) <= FURTHEST && Math.abs(y - wanted[at]!.y) <= FURTHEST;
  if (placed?.every(isNear) === true) return placed;
  const kept: Label[] = [];
  for (const label of wanted) {
    const free = besides(label)
      .map((beside) => inside(beside, width, height))
      .find((beside) => !kept.some((other) => overlapOf(other, beside)));
    if (free) kept.push(free);
  }
  return kept;
}

/** All pushed apart; nothing where they find no rest. */
function pushed(labels: readonly Label[], width: number, height: number): readonly Label[] | undefined {
  const placed: readonly Moving[] = labels.map((label) => ({ ...label }));
  for (let round = 0; round < ROUNDS; round++) {
    let moved = false;
    for (let one = 0; one < placed.length; one++) {
      for (let other = one + 1; other < placed.length; other++) moved = part(placed[one]!, placed[other]!) || moved;
    }
    if (!moved) return placed;
    for (const label of placed) {
      label.x = within(label.x, label.width, width);
      label.y = within(label.y, label.height, height);
    }
  }
  return undefined;
}

/** Where a label may stand, the nearest to its place first: there, above, below, or on a side of it. */
function besides(label: Label): readonly Label[] {
  const rows = [0, -1, 1, -2, 2].map((row) => row * label.height).filter((away) => Math.abs(away) <= FURTHEST);
  const columns = [0, -0.5, 0.5, -1, 1]
    .map((column) => column * label.width)
    .filter((away) => Math.abs(away) <= FURTHEST);
  return columns
    .flatMap((across) => rows.map((down) => ({ across, down })))
    .sort((a, b) => Math.hypot(a.across, a.down) - Math.hypot(b.across, b.down))
    .map(({ across, down }) => ({ ...label, x: label.x + across, y: label.y + down }));
}

type Moving = { -readonly [Key in keyof Label]: Label[Key] };

/** Pushes two labels apart along the side on which they overlap less. Returns whether they did. */
function part(a: Moving, b: Moving): boolean {
  const overlap = overlapOf(a, b);
  if (!overlap) return false;
  const { across, down } = overlap;
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

/** By how much two labels lie over each other, nothing where they do not. */
function overlapOf(a: Label, b: Label): { readonly across: number; readonly down: number } | undefined {
  const across = (a.width + b.width) / 2 - Math.abs(a.x - b.x);
  const down = (a.height + b.height) / 2 - Math.abs(a.y - b.y);
  return across > 0 && down > 0 ? { across, down } : undefined;
}

const inside = (label: Label, width: number, height: number): Label => ({
  ...label,
  x: within(label.x, label.width, width),
  y: within(label.y, label.height, height),
});

const within = (middle: number, length: number, whole: number) =>
  Math.max(length / 2, Math.min(whole - length / 2, middle));

import { labelColours } from '../../electron/domain/label-colours.ts';
import { cssColour, labelColour } from './palette.ts';

/** How a line is told from others: by its letter, its colour and its dashes together. */
export interface LineMark {
  /** "A" … "Z", "AA" … */
  readonly letter: string;
  readonly colour: string;
  /** The same, mostly see-through. */
  readonly faintColour: string;
  /** Lengths of dash and gap in pixels; empty for a solid line. */
  readonly dash: readonly number[];
}

const dashes: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

/** Forty-eight lines have a colour and dashes that no other has; letters never come again. */
export function lineMark(index: number): LineMark {
  const rgb = labelColour(index);
  // Next to each other in the list they differ in both; where colours begin again the dashes are one further on.
  const dash = index + Math.floor(index / labelColours.length);
  return {
    letter: letterOf(index),
    colour: cssColour(rgb),
    faintColour: `rgb(${rgb.join(' ')} / 35%)`,
    dash: dashes[dash % dashes.length]!,
  };
}

function letterOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : letterOf(Math.floor(index / 26) - 1) + letter;
}

/** Labels whose lines end this near each other, in pixels, may lie over each other. */
const NEAR = 40;

/**
 * Where labels at the ends of lines stand so that none lies over another, and none beyond the chart's height while they fit in
 * it. All in pixels, y downwards.
 */
export function labelHeights(
  ends: readonly { readonly x: number; readonly y: number }[],
  gap: number,
  [top, bottom]: readonly [top: number, bottom: number],
): number[] {
  const heights = ends.map(({ y }) => y);
  const order = ends.map((_, index) => index).sort((a, b) => ends[a]!.x - ends[b]!.x);
  let from = 0;
  order.forEach((index, at) => {
    const next = order[at + 1];
    if (next !== undefined && ends[next]!.x - ends[index]!.x <= NEAR) return;
    const column = order.slice(from, at + 1);
    from = at + 1;
    const moved = spreadOut(
      column.map((member) => ends[member]!.y),
      gap,
    );
    const below = Math.min(0, bottom - Math.max(...moved));
    const above = Math.max(0, top - Math.min(...moved) - below);
    column.forEach((member, place) => (heights[member] = moved[place]! + below + above));
  });
  return heights;
}

/** Moves positions apart so that neighbours are at least `gap` apart, in their order, none far from where it was. */
export function spreadOut(positions: readonly number[], gap: number): number[] {
  const order = positions.map((_, index) => index).sort((a, b) => positions[a]! - positions[b]!);
  const moved = [...positions];
  // Groups that touch are laid out around their middle, and joined with those they then touch.
  const groups: { members: number[]; middle: number }[] = [];
  for (const index of order) {
    let group = { members: [index], middle: positions[index]! };
    for (let last = groups.at(-1); last && touches(last, group, gap); last = groups.at(-1)) {
      groups.pop();
      const members = [...last.members, ...group.members];
      group = { members, middle: members.reduce((sum, member) => sum + positions[member]!, 0) / members.length };
    }
    groups.push(group);
  }
  for (const { members, middle } of groups) {
    members.forEach((member, at) => (moved[member] = middle + (at - (members.length - 1) / 2) * gap));
  }
  return moved;
}

type Group = { readonly members: readonly number[]; readonly middle: number };

const touches = (above: Group, below: Group, gap: number): boolean =>
  below.middle - above.middle < (gap * (above.members.length + below.members.length)) / 2;

/** How a text differs from an earlier one, by line numbers of the later one from 0. */
export interface LineChanges {
  /** Lines that were not there. */
  readonly added: ReadonlySet<number>;
  /** Lines before which some are gone that nothing stands in for; the number of lines, where the last are gone. */
  readonly goneBefore: ReadonlySet<number>;
}

/** By a longest common subsequence of lines (Wagner & Fischer 1974): few hundred lines of text, so that its square is small. */
export function lineChanges(before: string, after: string): LineChanges {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const common = commonLengths(old, now);
  const added = new Set<number>();
  const gone: number[] = [];
  let [row, column] = [0, 0];
  while (row < old.length || column < now.length) {
    if (row < old.length && column < now.length && old[row] === now[column]) {
      row += 1;
      column += 1;
    } else if (column < now.length && lengthAt(common, row, column + 1) >= lengthAt(common, row + 1, column)) {
      added.add(column);
      column += 1;
    } else if (row < old.length) {
      gone.push(column);
      row += 1;
    } else {
      added.add(column);
      column += 1;
    }
  }
  // Beside an added line it is a change, which is marked already.
  const goneBefore = new Set(gone.filter((place) => !added.has(place) && !added.has(place - 1)));
  return { added, goneBefore };
}

/** The first line that differs; nothing in the same text. */
export function firstChange(before: string, after: string): number | undefined {
  if (before === after) return undefined;
  const old = before.split('\n');
  const at = after.split('\n').findIndex((line, place) => line !== old[place]);
  return at < 0 ? undefined : at;
}

/** At [row][column]: the length of what the texts have in common from there on. */
function commonLengths(old: readonly string[], now: readonly string[]): readonly Uint32Array[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = now.length - 1; column >= 0; column -= 1) {
      (lengths[row] as Uint32Array)[column] =
        old[row] === now[column]
          ? lengthAt(lengths, row + 1, column + 1) + 1
          : Math.max(lengthAt(lengths, row + 1, column), lengthAt(lengths, row, column + 1));
    }
  }
  return lengths;
}

const lengthAt = (lengths: readonly Uint32Array[], row: number, column: number): number => lengths[row]?.[column] ?? 0;

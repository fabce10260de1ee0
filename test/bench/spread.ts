/** Several measurements of one quantity. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly all: readonly number[];
}

/** Of at least one value. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
  return { median, least: sorted[0]!, most: sorted.at(-1)!, all: values };
}

/** The items with the first `by` moved to the end. */
export function rotated<T>(items: readonly T[], by: number): readonly T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

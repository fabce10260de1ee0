import type { Joining } from '../../../charts/map/gestures.ts';

/** A selection with another put in its place, added to it or taken from it; all ascending. */
export function joined(selection: Uint32Array, other: Uint32Array, joining: Joining): Uint32Array {
  if (joining === 'replace') return other;
  const members = new Set(selection);
  for (const index of other) {
    if (joining === 'add') members.add(index);
    else members.delete(index);
  }
  return Uint32Array.from(members).sort();
}

/** Images of each class among the selected ones, the most frequent first. */
export function classCounts(
  selection: Uint32Array,
  labels: Uint8Array,
): readonly { readonly label: number; readonly count: number }[] {
  if (labels.length === 0) return [];
  const counts = new Uint32Array(256);
  for (const index of selection) counts[labels[index]!]!++;
  return Array.from(counts, (count, label) => ({ label, count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || a.label - b.label);
}

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** How often finite values, ascending, fall into each of `bins` equal parts of their range. */
export function histogram(sorted: Float32Array, bins: number): readonly Bin[] {
  if (sorted.length === 0) return [];
  const [least, most] = [sorted[0]!, sorted.at(-1)!];
  if (least === most) return [{ from: least, to: most, count: sorted.length }];
  const width = (most - least) / bins;
  const counts = new Uint32Array(bins);
  for (const value of sorted) counts[Math.min(bins - 1, Math.floor((value - least) / width))]!++;
  return [...counts].map((count, bin) => ({ from: least + bin * width, to: least + (bin + 1) * width, count }));
}

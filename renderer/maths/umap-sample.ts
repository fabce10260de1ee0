import { chosen } from './enclose.ts';

/** Codes laid out by UMAP, and which images they are. */
export interface UmapSample {
  /** Indices into the split, ascending. */
  readonly indices: Uint32Array;
  /** How it was drawn, in words. */
  readonly drawn: string;
}

const grouped = new Intl.NumberFormat('en');

/**
 * At most `most` of the images whose codes are finite: all of them where they fit, else as many of each class (or of all,
 * without labels) as its share, every n-th of it.
 */
export function umapSample(codes: Float32Array, size: number, labels: Uint8Array, most: number): UmapSample {
  const count = size === 0 ? 0 : codes.length / size;
  const finite = chosen(count, (index) => {
    for (let unit = 0; unit < size; unit++) if (!Number.isFinite(codes[index * size + unit]!)) return false;
    return true;
  });
  const left = count - finite.length;
  const without = left === 0 ? '' : `; ${grouped.format(left)} codes are not finite and left out`;
  if (finite.length <= most) return { indices: finite, drawn: `all ${grouped.format(finite.length)} images${without}` };
  const labelled = labels.length === count;
  const classes = Map.groupBy(finite, (index) => (labelled ? labels[index]! : 0));
  const taken = [...classes.values()].flatMap((members) => {
    const quota = Math.max(1, Math.floor((members.length * most) / finite.length));
    return Array.from({ length: quota }, (_, step) => members[Math.floor((step * members.length) / quota)]!);
  });
  const how = labelled ? 'of each class its share, evenly through the split' : 'evenly through the split';
  return {
    indices: Uint32Array.from(taken).sort(),
    drawn: `${grouped.format(taken.length)} of ${grouped.format(count)} images, ${how}${without}`,
  };
}

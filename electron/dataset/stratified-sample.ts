import type { LabelledImages } from './image-set.ts';

/**
 * At most `most` images, each class with its own share of them (to within one), spread evenly over each class in file order:
 * the same images every time.
 * @returns ascending places
 */
export function stratifiedSample({ images, labels }: LabelledImages, most: number): Uint32Array {
  const all = Array.from({ length: images.count }, (_, index) => index);
  if (images.count <= most) return Uint32Array.from(all);
  const classes = new Map<number, number[]>();
  for (const index of all) {
    const label = labels?.[index] ?? 0;
    const members = classes.get(label);
    if (members === undefined) classes.set(label, [index]);
    else members.push(index);
  }
  let before = 0;
  const taken = [...classes.values()].flatMap((members) => {
    const share = (upTo: number): number => Math.floor((most * upTo) / images.count);
    const count = share(before + members.length) - share(before);
    before += members.length;
    return Array.from({ length: count }, (_, index) => members[Math.floor((index * members.length) / count)]!);
  });
  return Uint32Array.from(taken).sort();
}

import type { LabelledImages } from './image-set.ts';

/** As in the article's figure. */
const EXAMPLES = 10;

/**
 * The test images that stand for a set: one of each class, the first of each in the order of the labels, and where there are fewer than
 * ten classes the second of each, and so on; without labels the first ten.
 * @returns places among the test images
 */
export function exampleImages({ images, labels }: LabelledImages): Uint32Array {
  if (labels === undefined) return Uint32Array.from({ length: Math.min(EXAMPLES, images.count) }, (_, index) => index);
  const classes = new Map<number, number[]>();
  labels.forEach((label, index) => {
    const members = classes.get(label) ?? [];
    if (members.length < EXAMPLES) members.push(index);
    classes.set(label, members);
  });
  const inOrder = [...classes].sort(([a], [b]) => a - b).map(([, members]) => members);
  const rounds = Array.from({ length: EXAMPLES }, (_, round) => inOrder.flatMap((members) => members[round] ?? []));
  return Uint32Array.from(rounds.flat().slice(0, EXAMPLES));
}

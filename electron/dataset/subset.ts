import type { MapSubset } from '../domain/words.ts';
import type { LabelledImages } from './image-set.ts';

/** As the figure of Hinton & Salakhutdinov (2006), 3B and 3C: 500 of each class. */
const PER_CLASS = 500;
const WITHOUT_LABELS = 5_000;

/** The test images every map shows: the first 500 of each class, in file order; without labels the first 5,000. */
export function mapSubset(test: LabelledImages): MapSubset {
  const { labels } = test;
  if (labels === undefined) {
    const count = Math.min(WITHOUT_LABELS, test.images.count);
    return { indices: Uint32Array.from({ length: count }, (_, index) => index), labels: new Uint8Array(0) };
  }
  const taken = new Uint32Array(256);
  const indices: number[] = [];
  labels.forEach((label, index) => {
    const before = taken[label] ?? 0;
    taken[label] = before + 1;
    if (before < PER_CLASS) indices.push(index);
  });
  return { indices: Uint32Array.from(indices), labels: Uint8Array.from(indices, (index) => labels[index] ?? 0) };
}

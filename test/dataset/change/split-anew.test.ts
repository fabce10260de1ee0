import { expect, test } from 'vitest';
import { splitAnew } from '../../../electron/dataset/change/split-anew.ts';
import type { KnownImage } from '../../../electron/dataset/change/set-contents.ts';

const images: KnownImage[] = Array.from({ length: 1_000 }, (_, place) => ({
  place,
  name: `${place}`,
  split: 'training',
  label: place < 100 ? 'rare' : 'frequent',
}));

test('the shares hold in every label, and the places in them are spread', () => {
  const splits = [...splitAnew(images, { test: 20, validation: 10 }).entries()]
    .sort(([a], [b]) => a - b)
    .map(([, split]) => split);
  const counts = (from: number, to: number) =>
    (['test', 'validation'] as const).map((split) => splits.slice(from, to).filter((each) => each === split).length);
  for (const [found, expected] of [
    [counts(0, 100), [20, 10]],
    [counts(100, 1_000), [180, 90]],
    [counts(100, 550), [90, 45]],
  ] as const) {
    expected.forEach((count, at) => expect(Math.abs(found[at]! - count)).toBeLessThanOrEqual(count / 4 + 2));
  }
});

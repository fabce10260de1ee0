import { randomLcg, randomNormal } from 'd3-random';
import { expect, it } from 'vitest';
import { trustworthiness } from '../../../electron/engine/trustworthiness.ts';
import { clusterNames, clustersOf } from '../../../renderer/maths/clusters.ts';
import { meanSilhouette } from '../../../electron/engine/silhouette.ts';
import { cosineDistance, euclideanDistance, layoutFigures } from '../../../renderer/maths/layout-figures.ts';

/** Three islands of 30, 20 and 10 codes in 3-D, and one that is nowhere. */
function islands() {
  const normal = randomNormal.source(randomLcg(0.3))(0, 0.3);
  const centres = [...Array(30).fill(0), ...Array(20).fill(5), ...Array(10).fill(-5)] as number[];
  const codes = centres.flatMap((centre) => [centre + normal(), normal(), centre + normal()]);
  return Float32Array.from([...codes, Number.NaN, 0, 0]);
}

it('clusters are as many as there are islands, the largest first, what is nowhere in none', () => {
  const found = clustersOf(islands(), 3, 1);
  expect(found.count).toBe(3);
  expect([...found.of]).toEqual([...Array(30).fill(0), ...Array(20).fill(1), ...Array(10).fill(2), 3]);
  expect(() => clustersOf(new Float32Array(27), 3, 1)).toThrow('expected at least ten finite codes, found 9');
});

it('clusters are named by most of their labels and their share, or by their number', () => {
  const found = { of: Uint16Array.of(0, 0, 0, 0, 1, 1, 2, 2, 3), count: 3 };
  const labels = Uint8Array.of(7, 7, 7, 1, 1, 1, 7, 7, 0);
  expect(clusterNames(found, labels, [])).toEqual(['7 a · 75 %', '1 · 100 %', '7 b · 100 %']);
  expect(clusterNames(found, new Uint8Array(0), [])).toEqual(['group 1', 'group 2', 'group 3']);
});

it('the figures of a layout are those of the engine, and its neighbours vote without the point itself', () => {
  const random = randomLcg(0.7);
  const codes = Array.from({ length: 60 }, () => [random(), random(), random(), random()]);
  const places = { x: Float32Array.from(codes, ([x]) => x!), y: Float32Array.from(codes, ([, y]) => y!) };
  const onMap = codes.map((_, index) => [places.x[index]!, places.y[index]!]);
  const pairs = (rows: readonly number[][]) =>
    Float64Array.from(rows.flatMap((row) => rows.map((other) => euclideanDistance(row, other))));
  const figures = layoutFigures(codes, places, new Uint8Array(0), euclideanDistance);
  expect(figures.trustworthiness).toBeCloseTo(trustworthiness(pairs(codes), pairs(onMap), 10), 12);
  expect(figures.neighbourAccuracy).toBeUndefined();
  const halves = Uint8Array.from(places.x, (x) => (x < 0.5 ? 0 : 1));
  const labelled = layoutFigures(codes, places, halves, euclideanDistance);
  expect(labelled.neighbourAccuracy).toBeGreaterThan(0.8);
  expect(labelled.silhouette).toBeCloseTo(meanSilhouette(pairs(onMap), halves)!, 12);
  expect(layoutFigures(codes, places, new Uint8Array(60), euclideanDistance).silhouette).toBeUndefined();
  // A label that only the point itself has is never voted for.
  const alone = Uint8Array.from(halves, (_, index) => (index === 0 ? 1 : 0));
  expect(layoutFigures(codes, places, alone, euclideanDistance).neighbourAccuracy).toBeCloseTo(59 / 60, 12);
});

it('cosine distances are those of directions', () => {
  expect(cosineDistance([1, 0], [5, 0])).toBeCloseTo(0);
  expect(cosineDistance([1, 0], [0, 2])).toBeCloseTo(1);
  expect(cosineDistance([1, 0], [-3, 0])).toBeCloseTo(2);
  expect(cosineDistance([0, 0], [1, 0])).toBe(1);
});

import { describe, expect, test } from 'vitest';
import { nearestCodes, neighbourAccuracy, searchCodes } from '../../electron/engine/neighbours.ts';
import { below, normal, randomFrom } from '../random.ts';
import { expectNoLeak } from './no-leak.ts';
import { breathe } from './samples.ts';

interface Points {
  readonly codes: Float32Array;
  readonly labels: Uint8Array;
}

/** Distances to all, sorted; the smallest label among the most frequent. In float64. */
function byBruteForce(training: Points, test_: Points, size: number, neighbours: number): number {
  const distanceTo = (query: number, place: number): number => {
    let sum = 0;
    for (let axis = 0; axis < size; axis += 1) {
      sum += (test_.codes[query * size + axis]! - training.codes[place * size + axis]!) ** 2;
    }
    return sum;
  };
  const right = test_.labels.filter((label, query) => {
    const order = Array.from(training.labels.keys()).sort((a, b) => distanceTo(query, a) - distanceTo(query, b));
    const votes = new Map<number, number>();
    for (const place of order.slice(0, neighbours)) {
      const voted = training.labels[place]!;
      votes.set(voted, (votes.get(voted) ?? 0) + 1);
    }
    const most = Math.max(...votes.values());
    return Math.min(...[...votes].filter(([, count]) => count === most).map(([voted]) => voted)) === label;
  });
  return right.length / test_.labels.length;
}

/** Overlapping clouds, one a class. */
function clouds(count: number, size: number, classes: number, random: () => number, offset = 0): Points {
  const labels = Uint8Array.from({ length: count }, () => below(random, classes));
  const codes = Float32Array.from({ length: count * size }, (_, index) => {
    const label = labels[Math.floor(index / size)]!;
    return offset + Math.sin(7 * label + (index % size)) + normal(random);
  });
  return { codes, labels };
}

describe('the share that neighbours vote right', () => {
  test.each([
    [2, 10, 3, 0],
    [5, 1, 10, 0],
    [1, 7, 2, 0],
    [30, 10, 10, 0],
    [2, 10, 3, 1_000],
  ])('%i dimensions, %i neighbours, %i classes, at %i: as by brute force', (size, neighbours, classes, offset) =>
    expectNoLeak(async () => {
      const random = randomFrom(size + neighbours);
      const training = clouds(700, size, classes, random, offset);
      const test_ = clouds(450, size, classes, random, offset);
      const found = await neighbourAccuracy(training, test_, size, neighbours, breathe);
      expect(found).toBe(byBruteForce(training, test_, size, neighbours));
      expect(found).toBeGreaterThan(1 / classes);
      expect(found).toBeLessThan(1);
    }),
  );

  test('the smallest label wins a tie', () =>
    expectNoLeak(async () => {
      const training = { codes: Float32Array.of(0, 1, 2, 3), labels: Uint8Array.of(9, 9, 4, 4) };
      const at = (label: number): Points => ({ codes: Float32Array.of(1.4), labels: Uint8Array.of(label) });
      expect(await neighbourAccuracy(training, at(4), 1, 4, breathe)).toBe(1);
      expect(await neighbourAccuracy(training, at(9), 1, 4, breathe)).toBe(0);
    }));

  test('more neighbours than there are points: all of them vote', () =>
    expectNoLeak(async () => {
      const training = { codes: Float32Array.of(0, 5, 6), labels: Uint8Array.of(1, 2, 2) };
      const test_ = { codes: Float32Array.of(0, 6), labels: Uint8Array.of(1, 2) };
      expect(await neighbourAccuracy(training, test_, 1, 10, breathe)).toBe(0.5);
    }));

  test('equal points are points too', () =>
    expectNoLeak(async () => {
      const same = { codes: new Float32Array(40).fill(2), labels: new Uint8Array(20).fill(3) };
      expect(await neighbourAccuracy(same, same, 2, 10, breathe)).toBe(1);
    }));

  test.each([2, 3])('codes of %i dimensions that are no numbers end in a share all the same', (size) =>
    expectNoLeak(async () => {
      const points = clouds(50, size, 3, randomFrom(1));
      const broken = { ...points, codes: points.codes.map((value, index) => (index % 5 === 0 ? Number.NaN : value)) };
      const found = await neighbourAccuracy(broken, broken, size, 10, breathe);
      expect(found).toBeGreaterThanOrEqual(0);
      expect(found).toBeLessThanOrEqual(1);
    }),
  );

  test('lets the process breathe between its chunks', () =>
    expectNoLeak(async () => {
      for (const size of [2, 30]) {
        let breaths = 0;
        const points = clouds(401, size, 3, randomFrom(1));
        await neighbourAccuracy(points, points, size, 1, async () => void (breaths += 1));
        expect(breaths).toBeGreaterThanOrEqual(2);
      }
    }));
});

test('the nearest are found on both sides of where one block of known codes ends and the next begins', () =>
  expectNoLeak(async () => {
    const codes = Float32Array.from({ length: 3 * 10_000 }, (_, at) => (at % 3 === 0 ? at / 3 : 1));
    const search = searchCodes(codes, 3);
    const queries = Float32Array.of(8_191.4, 1, 1, 0, 1, 1, 9_999, 1, 1);
    const { indices } = await nearestCodes(search, queries, 4, breathe);
    expect(Array.from(indices)).toEqual([8_191, 8_192, 8_190, 8_193, 0, 1, 2, 3, 9_999, 9_998, 9_997, 9_996]);
    search.dispose();
  }));

test('of equally near ones the first are found, wherever they lie among the others', () =>
  expectNoLeak(async () => {
    const [near, far] = [
      [1, 1, 1],
      [5, 5, 5],
    ];
    const places = [3, 40, 41, 700, 9_000, 9_001, 9_500];
    const codes = Float32Array.from(
      Array.from({ length: 10_000 }, (_, at) => (places.includes(at) ? near : far)).flat(),
    );
    const search = searchCodes(codes, 3);
    const of = async (k: number) =>
      Array.from((await nearestCodes(search, Float32Array.of(1, 1, 1), k, breathe)).indices);
    expect(await of(5)).toEqual([3, 40, 41, 700, 9_000]);
    expect(await of(9)).toEqual([...places, 0, 1]);
    expect(search.nearest(Float32Array.of(1, 1, 1), 5).map((found) => Array.from(found))).toEqual([
      [3, 40, 41, 700, 9_000],
    ]);
    search.dispose();
  }));

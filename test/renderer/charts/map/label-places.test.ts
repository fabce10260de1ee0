import { describe, expect, it } from 'vitest';
import { apart, shortLabels } from '../../../../renderer/charts/map/label-places.ts';

describe('names on a map', () => {
  it('are cut at their ends where that leaves them told apart', () => {
    expect(shortLabels(['cat', 'a dog with a very long name', 'a cow in a meadow'])).toEqual([
      'cat',
      'a dog with a…',
      'a cow in a me…',
    ]);
  });

  it('are cut at their beginnings, or in their middles, where they begin alike', () => {
    expect(shortLabels(['class number 07', 'class number 08'])).toEqual(['…number 07', '…number 08']);
    const three = ['a first name for a red one', 'a first name for a blue one', 'b first name for a red one'];
    expect(shortLabels(three)).toEqual(['a firs…red one', 'a firs…lue one', 'b firs…red one']);
  });

  it('are never cut within a letter', () => {
    expect(shortLabels(['😀'.repeat(20)])).toEqual([`${'😀'.repeat(13)}…`]);
  });
});

describe('labels', () => {
  const label = (x: number, y: number, text = 'name') => ({ text, x, y, width: 40, height: 16 });
  const overlaps = (labels: ReturnType<typeof apart>) =>
    labels.some((a, one) =>
      labels.some((b, other) => other > one && Math.abs(a.x - b.x) < 40 && Math.abs(a.y - b.y) < 16),
    );

  it('stay where they are when nothing is in their way', () => {
    const names = [label(50, 50), label(200, 150)];
    expect(apart(names, 400, 300)).toEqual(names);
  });

  it('of one place stand beside each other, inside the surface', () => {
    const placed = apart([label(100, 4), label(100, 4), label(102, 5)], 200, 200);
    expect(placed).toHaveLength(3);
    expect(overlaps(placed)).toBe(false);
    expect(placed.every(({ y }) => y >= 8)).toBe(true);
  });

  it('are left out where there is no room for all of them', () => {
    const crowd = Array.from({ length: 40 }, (_, at) => label(5 * at, 10, `name ${at}`));
    const placed = apart(crowd, 200, 40);
    expect(placed.length).toBeGreaterThan(6);
    expect(placed.length).toBeLessThan(13);
    expect(overlaps(placed)).toBe(false);
  });

  it('never stand far from their places', () => {
    const crowd = Array.from({ length: 30 }, () => label(200, 200));
    const placed = apart(crowd, 1_000, 1_000);
    expect(placed.length).toBeGreaterThan(5);
    expect(placed.every(({ x, y }) => Math.abs(x - 200) <= 48 && Math.abs(y - 200) <= 48)).toBe(true);
    expect(overlaps(placed)).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { drawIndices } from '../../electron/engine/index-prior.ts';
import { breathe } from './samples.ts';

/** Images of 2 × 3: stripes along the rows of 1 and 2, or of 3 and 4, and once in eight 5s. */
const kinds = [
  [1, 2, 1, 1, 2, 1],
  [3, 4, 3, 3, 4, 3],
];
const rare = [5, 5, 5, 5, 5, 5];
const images = Array.from({ length: 80 }, (_, at) => (at % 8 === 7 ? rare : kinds[at % 2]!));
const given = { indices: Uint16Array.from(images.flat()), height: 2, width: 3 };
const rowsOf = (drawn: Uint16Array): number[][] =>
  Array.from({ length: drawn.length / 6 }, (_, at) => [...drawn.subarray(6 * at, 6 * at + 6)]);

describe('indices drawn by their neighbours', () => {
  it('hang together as those of the images do, and are as frequent', async () => {
    const drawn = rowsOf(await drawIndices(given, 400, 1, breathe));
    expect(new Set(drawn.map(String))).toEqual(new Set([...kinds, rare].map(String)));
    const share = drawn.filter(([first]) => first === 5).length / 400;
    // Four standard deviations of a share of an eighth.
    expect(Math.abs(share - 1 / 8)).toBeLessThan(0.067);
  });

  it('are the same for a seed, and others for another', async () => {
    const first = await drawIndices(given, 20, 1, breathe);
    expect(await drawIndices(given, 20, 1, breathe)).toEqual(first);
    expect(await drawIndices(given, 20, 2, breathe)).not.toEqual(first);
  });

  it('depend on the place, and go beyond any one image where few agree', async () => {
    // Left halves and right halves vary on their own, and each pair occurs once: no four images agree on a whole left half.
    const halves = Array.from({ length: 16 }, (_, at) => [at % 4, 10 + Math.floor(at / 4)]);
    const pairs = { indices: Uint16Array.from(halves.flat()), height: 1, width: 2 };
    const drawn = await drawIndices(pairs, 200, 3, breathe);
    expect(drawn.every((index, at) => (at % 2 === 0 ? index < 4 : index >= 10))).toBe(true);
    const three = { indices: Uint16Array.of(1, 2, 3, 4, 5, 6), height: 1, width: 2 };
    const mixed = await drawIndices(three, 60, 1, breathe);
    const seen = new Set(Array.from({ length: 60 }, (_, at) => `${mixed[2 * at]} ${mixed[2 * at + 1]}`));
    expect(seen.size).toBe(9);
  });

  it('are of the one image there is', async () => {
    const one = { indices: Uint16Array.of(7, 8), height: 2, width: 1 };
    expect([...(await drawIndices(one, 2, 1, breathe))]).toEqual([7, 8, 7, 8]);
  });
});

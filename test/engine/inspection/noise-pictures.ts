import { readFileSync } from 'node:fs';

/** The pictures of fixtures/make/usual_variations.py: stripes of random strength and shade under noise. */
export const SIDE = 16;
export const SIZE = SIDE * SIDE;

function noise(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 24) / 255;
  });
}

export function pictures(count: number, seed: number): Float32Array {
  const out = new Float32Array(count * SIZE);
  for (let picture = 0; picture < count; picture += 1) {
    const [a, b, c] = noise(3, seed + picture) as [number, number, number];
    const grain = noise(SIZE, 1_000 + seed + picture);
    for (let at = 0; at < SIZE; at += 1) {
      const [row, column] = [Math.floor(at / SIDE), at % SIDE];
      out[picture * SIZE + at] =
        0.4 + 0.2 * a * Math.sin(column) + (0.2 * b * row) / SIDE + 0.1 * c * Math.cos(row) + 0.1 * grain[at]!;
    }
  }
  return out;
}

/** A normal one, and one each with a spot, a line and a bright side. */
export function asked(): Float32Array {
  const out = pictures(4, 201);
  for (let at = 0; at < SIZE; at += 1) {
    const [row, column] = [Math.floor(at / SIDE), at % SIDE];
    if (row >= 5 && row < 8 && column >= 9 && column < 12) out[SIZE + at]! += 0.4;
    if (column === 7) out[2 * SIZE + at]! -= 0.2;
    if (column < 8) out[3 * SIZE + at]! += 0.15;
  }
  return out;
}

export const picture = (all: Float32Array, at: number): Float32Array => all.subarray(at * SIZE, (at + 1) * SIZE);

/** What scikit-learn and SciPy make of them: see fixtures/make/usual_variations.py. */
interface Expected {
  readonly variances: readonly number[];
  readonly scores: readonly number[];
  readonly map: readonly number[];
  readonly strengths: readonly number[];
  readonly lineScores: readonly number[];
  readonly lineMap: readonly number[];
}

export const expected = JSON.parse(
  readFileSync(new URL('../../fixtures/usual-variations.json', import.meta.url), 'utf8'),
) as Expected;

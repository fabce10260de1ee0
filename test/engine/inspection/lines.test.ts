import { describe, expect, it } from 'vitest';
import { lineFilters, STRENGTHS } from '../../../electron/engine/inspection/line-filters.ts';
import { lineStrengths } from '../../../electron/engine/inspection/line-strengths.ts';
import {
  fitLines,
  lineDistances,
  lineMap,
  WORST_LINES,
  type LineStatistics,
} from '../../../electron/engine/inspection/lines.ts';
import { meanOfWorst } from '../../../electron/engine/inspection/planes.ts';
import { asked, expected, picture, pictures, SIDE, SIZE } from './noise-pictures.ts';

const SHAPE = [SIDE, SIDE, 1] as const;

const mapOfOne = (statistics: LineStatistics, given: Float32Array) =>
  lineMap(statistics, lineDistances(statistics, given, 1));

/** Waves of an amplitude, running in a direction. */
function waves(side: number, wavelength: number, angle: number, amplitude: number): Float32Array {
  const step = (2 * Math.PI) / wavelength;
  return Float32Array.from({ length: side * side }, (_, at) => {
    const along = (at % side) * Math.cos(angle) + Math.floor(at / side) * Math.sin(angle);
    return 0.5 + amplitude * Math.cos(step * along + 0.7);
  });
}

describe('strengths of lines', () => {
  it('are half the amplitude of waves of a filter’s own length and direction, and less of all others', () => {
    const side = 64;
    const filters = lineFilters([side, side]);
    const middle = 8 * filters.columns + 8;
    for (const [size, wavelength] of [4, 8, 16].entries()) {
      for (let direction = 0; direction < 6; direction += 1) {
        const given = waves(side, wavelength, (Math.PI * direction) / 6, 0.2);
        const found = lineStrengths(filters, given, 1).subarray(middle * STRENGTHS, (middle + 1) * STRENGTHS);
        const own = size * 6 + direction;
        // A wave cos(kx) is half e^(ikx), which the filter passes whole, and half e^(-ikx), of which it passes almost nothing.
        expect(Math.exp(found[own]!)).toBeCloseTo(0.1 + 1e-3, 3);
        found.forEach((strength, at) => {
          if (at !== own) expect(strength).toBeLessThan(found[own]! - 0.5);
        });
        // Next to it in direction by 30°: the waves are apart by 2 k sin 15°, and the Gaussian's answer to that is known.
        const reach = 6 * Math.sqrt(Math.LN2 / 2);
        const beside = 0.1 * Math.exp(-((reach * 2 * Math.sin(Math.PI / 12)) ** 2) / 2);
        expect(Math.exp(found[size * 6 + ((direction + 1) % 6)]!)).toBeCloseTo(beside + 1e-3, 2);
      }
    }
  });

  it('are those of whole filters laid by SciPy', () => {
    const found = lineStrengths(lineFilters(SHAPE), picture(asked(), 2), 1);
    expect(found).toHaveLength(expected.strengths.length);
    found.forEach((strength, at) => expect(strength).toBeCloseTo(expected.strengths[at]!, 4));
  });

  it('are none where a picture is flat, however bright, and are of the mean of its channels', () => {
    const filters = lineFilters([20, 12]);
    for (const strength of lineStrengths(filters, new Float32Array(240).fill(0.9), 1)) {
      expect(strength).toBeCloseTo(Math.log(1e-3), 6);
    }
    const grey = picture(asked(), 1);
    const colour = Float32Array.from(
      { length: 3 * SIZE },
      (_, at) => grey[Math.floor(at / 3)]! + [0.1, 0, -0.1][at % 3]!,
    );
    const found = lineStrengths(lineFilters(SHAPE), colour, 3);
    lineStrengths(lineFilters(SHAPE), grey, 1).forEach((strength, at) => expect(found[at]).toBeCloseTo(strength, 4));
  });

  it('are told of as many places of larger pictures, and of one at least of the smallest', () => {
    const placesOf = (height: number, width: number): number[] => {
      const { rows, columns } = lineFilters([height, width]);
      expect(lineStrengths(lineFilters([height, width]), new Float32Array(height * width), 1)).toHaveLength(
        rows * columns * STRENGTHS,
      );
      return [rows, columns];
    };
    expect(placesOf(64, 64)).toEqual([16, 16]);
    expect(placesOf(128, 256)).toEqual([16, 32]);
    expect(placesOf(28, 28)).toEqual([7, 7]);
    for (const small of [1, 2, 3]) expect(placesOf(small, small)).toEqual([1, 1]);
  });
});

describe('pictures by their strengths of lines', () => {
  it('score as by scikit-learn, and show where', () => {
    const { all, without } = fitLines(pictures(24, 1), pictures(12, 101), SHAPE);
    expect(without).toHaveLength(5);
    expected.lineScores.forEach((score, at) => {
      const { values } = mapOfOne(all, picture(asked(), at));
      expect(meanOfWorst(values, WORST_LINES) / score).toBeCloseTo(1, 3);
    });
    const { values } = mapOfOne(all, picture(asked(), 2));
    values.forEach((value, at) => expect(Math.abs(value - expected.lineMap[at]!)).toBeLessThan(1e-3));
  });

  it('are as far from others as is usual, in the mean 1 over held-out ones', () => {
    const heldOut = pictures(12, 101);
    const { all } = fitLines(pictures(24, 1), heldOut, SHAPE);
    const means = Array.from({ length: 12 }, (_, at) => {
      const { values } = mapOfOne(all, picture(heldOut, at));
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    });
    expect(means.reduce((sum, mean) => sum + mean, 0) / 12).toBeCloseTo(1, 1);
  });

  it('are learnt of pictures that are all alike, and of one', () => {
    for (const count of [1, 6]) {
      const flat = new Float32Array(SIZE * count).fill(0.5);
      const { all } = fitLines(flat, flat, SHAPE);
      const most = (at: Float32Array): number => Math.max(...mapOfOne(all, at).values);
      expect(most(picture(asked(), 0))).toBeGreaterThan(most(picture(flat, 0)));
    }
  });

  it('keep no more normal pictures than are told', () => {
    const side = 4;
    const { all } = fitLines(new Float32Array(900 * side * side), new Float32Array(side * side), [side, side, 1]);
    expect(all.known).toHaveLength(800 * STRENGTHS);
  });
});

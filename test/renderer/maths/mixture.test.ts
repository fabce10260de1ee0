import { describe, expect, it } from 'vitest';
import { fitMixture, sampleMixture, samplePrior } from '../../../renderer/maths/mixture.ts';

/** The mean and covariance of a column of 2-D codes. */
function moments(codes: Float32Array) {
  const count = codes.length / 2;
  const mean = [0, 1].map((unit) => codes.reduce((sum, value, at) => (at % 2 === unit ? sum + value : sum), 0) / count);
  const covariance = (i: number, j: number) => {
    let sum = 0;
    for (let at = 0; at < codes.length; at += 2) sum += (codes[at + i]! - mean[i]!) * (codes[at + j]! - mean[j]!);
    return sum / count;
  };
  return { mean, xx: covariance(0, 0), xy: covariance(0, 1), yy: covariance(1, 1) };
}

/** Standard normal codes, sheared and moved. */
function sheared(count: number, seed: number, [dx, dy]: readonly [number, number]): Float32Array {
  const normal = samplePrior(2, count, seed);
  return normal.map((value, at) => (at % 2 === 0 ? 2 * value + dx : 0.5 * value + normal[at - 1]! + dy));
}

describe('the prior', () => {
  it('is standard normal, and the same for the same seed', () => {
    const codes = samplePrior(2, 20_000, 7);
    const { mean, xx, xy, yy } = moments(codes);
    for (const value of mean) expect(value).toBeCloseTo(0, 1);
    expect(xx).toBeCloseTo(1, 1);
    expect(yy).toBeCloseTo(1, 1);
    expect(Math.abs(xy)).toBeLessThan(0.03);
    expect(samplePrior(2, 20_000, 7)).toEqual(codes);
    expect(samplePrior(2, 20_000, 8)).not.toEqual(codes);
  });
});

describe('a fitted mixture', () => {
  it('gives back the moments of what it was fitted to', () => {
    const codes = sheared(4_000, 1, [3, -1]);
    const mixture = fitMixture(codes, 2, 1);
    expect(mixture.components.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    const [fitted, sampled] = [moments(codes), moments(sampleMixture(mixture, 40_000, 5))];
    sampled.mean.forEach((value, unit) => expect(value).toBeCloseTo(fitted.mean[unit]!, 1));
    for (const name of ['xx', 'xy', 'yy'] as const) {
      expect(Math.abs(sampled[name] / fitted[name] - 1), name).toBeLessThan(0.05);
    }
  });

  it('keeps two islands apart', () => {
    const codes = new Float32Array([...sheared(1_000, 1, [-50, 0]), ...sheared(3_000, 2, [50, 0])]);
    const sampled = sampleMixture(fitMixture(codes, 2, 1), 4_000, 3);
    const x = sampled.filter((_, at) => at % 2 === 0);
    expect(x.every((value) => Math.abs(Math.abs(value) - 50) < 20)).toBe(true);
    expect(x.filter((value) => value < 0).length / x.length).toBeCloseTo(0.25, 1);
  });

  it('is the same for the same seed', () => {
    const codes = sheared(500, 1, [0, 0]);
    const [one, again] = [fitMixture(codes, 2, 4), fitMixture(codes, 2, 4)];
    expect(sampleMixture(one, 10, 9)).toEqual(sampleMixture(again, 10, 9));
    expect(sampleMixture(one, 10, 9)).not.toEqual(sampleMixture(one, 10, 10));
  });

  it('of equal codes is that code, and of one code too', () => {
    const equal = fitMixture(new Float32Array(200).fill(3), 2, 1);
    expect([...sampleMixture(equal, 2, 1)]).toEqual([3, 3, 3, 3]);
    const single = fitMixture(Float32Array.of(1, 2), 2, 1);
    expect([...sampleMixture(single, 1, 1)]).toEqual([1, 2]);
  });

  it('takes units that never change, and units that copy others', () => {
    const normal = samplePrior(1, 400, 3);
    const codes = new Float32Array(1_200);
    normal.forEach((value, at) => codes.set([value, 7, value], 3 * at));
    const sampled = sampleMixture(fitMixture(codes, 3, 1), 50, 1);
    expect(sampled.every(Number.isFinite)).toBe(true);
    for (let at = 0; at < sampled.length; at += 3) expect(sampled[at + 1]).toBeCloseTo(7, 3);
  });

  it('leaves out codes that are not finite, and refuses when none is left', () => {
    const mixture = fitMixture(Float32Array.of(1, 1, Number.NaN, 1, 1, 1), 2, 1);
    expect(mixture.fittedTo).toBe(2);
    expect(() => fitMixture(Float32Array.of(Number.NaN, 1), 2, 1)).toThrow(
      'Expected at least one finite code to fit a density to, found none.',
    );
    expect(() => fitMixture(new Float32Array(0), 2, 1)).toThrow('found none');
  });

  it('of 256 units stays finite with fewer codes than units', () => {
    const mixture = fitMixture(samplePrior(256, 100, 1), 256, 1);
    expect(sampleMixture(mixture, 4, 1).every(Number.isFinite)).toBe(true);
  });
});

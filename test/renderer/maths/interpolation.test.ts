import { describe, expect, it } from 'vitest';
import { between, hasArc, lengthOf, spherical, straight } from '../../../renderer/maths/interpolation.ts';

const code = (...values: number[]) => Float32Array.from(values);
const close = (found: Float32Array, expected: readonly number[]) => {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, unit) => expect(found[unit]).toBeCloseTo(value, 6));
};

describe('a straight way', () => {
  it('begins and ends exactly at its ends, whatever they are', () => {
    const [a, b] = [code(0.1, -3e7, 1e-30), code(0.7, 2.3, 1e30)];
    expect(straight(a, b, 0)).toEqual(a);
    expect(straight(a, b, 1)).toEqual(b);
    expect(straight(a, b, 0)).not.toBe(a);
  });

  it('is halfway at the half', () => close(straight(code(1, 2), code(3, -2), 0.5), [2, 0]));
});

describe('a spherical way', () => {
  it('goes a quarter turn: at a third of it 30 degrees', () => {
    close(spherical(code(1, 0), code(0, 1), 0.5), [Math.SQRT1_2, Math.SQRT1_2]);
    close(spherical(code(1, 0), code(0, 1), 1 / 3), [Math.sqrt(3) / 2, 0.5]);
  });

  it('begins and ends exactly at its ends', () => {
    const [a, b] = [code(0.3, 0.1, -0.7), code(-0.2, 5, 0.01)];
    expect(spherical(a, b, 0)).toEqual(a);
    expect(spherical(a, b, 1)).toEqual(b);
  });

  it('takes the length evenly from one to the other', () => {
    close(spherical(code(1, 0), code(0, 3), 0.5), [Math.SQRT2, Math.SQRT2]);
    expect(lengthOf(spherical(code(1, 0, 0), code(1, 2, 2), 0.25))).toBeCloseTo(1.5, 6);
  });

  it('turns evenly', () => {
    const angles = [0.2, 0.4, 0.6, 0.8].map((t) => {
      const [x, y] = spherical(code(2, 0), code(-1, 1), t);
      return Math.atan2(y!, x!) / t;
    });
    for (const angle of angles) expect(angle).toBeCloseTo((3 * Math.PI) / 4, 5);
  });

  it('is straight where no one great circle joins the ends', () => {
    close(spherical(code(1, 1), code(-2, -2), 0.5), [-0.5, -0.5]);
    close(spherical(code(0, 0), code(2, 4), 0.5), [1, 2]);
    close(spherical(code(0, 0), code(0, 0), 0.5), [0, 0]);
    close(spherical(code(1, 2), code(2, 4), 0.5), [1.5, 3]);
    close(spherical(code(3), code(5), 0.5), [4]);
  });

  it('says so', () => {
    expect(hasArc(code(1, 0), code(0, 1))).toBe(true);
    expect(hasArc(code(1, 1), code(-2, -2))).toBe(false);
    expect(hasArc(code(0, 0), code(1, 0))).toBe(false);
    expect(hasArc(code(Number.NaN, 0), code(1, 0))).toBe(false);
    expect(hasArc(code(1), code(-1))).toBe(false);
  });
});

describe('a strip', () => {
  it('holds both ends and what lies evenly between', () => {
    for (const way of ['straight', 'spherical'] as const) {
      const strip = between(code(1, 0), code(0, 1), 5, way);
      expect(strip).toHaveLength(10);
      expect([...strip.slice(0, 2)]).toEqual([1, 0]);
      expect([...strip.slice(-2)]).toEqual([0, 1]);
    }
    close(between(code(1, 0), code(0, 1), 3, 'straight').slice(2, 4), [0.5, 0.5]);
    close(between(code(1, 0), code(0, 1), 3, 'spherical').slice(2, 4), [Math.SQRT1_2, Math.SQRT1_2]);
  });
});

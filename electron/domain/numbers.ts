import * as v from 'valibot';

/** A whole number within a range. */
export const count = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.integer('must be a whole number'),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
  );

/** A number within a range, its ends included. */
export const between = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.finite('must be finite'),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
  );

/** A number above 0. */
export const positive = (most: number) =>
  v.pipe(
    v.number(),
    v.finite('must be finite'),
    v.gtValue(0, 'must be above 0'),
    v.maxValue(most, `must be at most ${most}`),
  );

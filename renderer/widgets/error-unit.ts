import type { ErrorUnit } from '../../electron/contract/settings.ts';
import { formatMse, formatSquaredError } from './format-number.ts';

/** How errors are written in the unit that was chosen. */
export interface ErrorWords {
  /** "squared error per image" */
  readonly name: string;
  /** "squared error": beside figures that say it once. */
  readonly short: string;
  /** What an MSE per pixel is multiplied by. */
  readonly times: number;
  /** An MSE per pixel in this unit. */
  readonly format: (mse: number) => string;
  /** A squared error per image as a number of this unit. */
  readonly of: (squaredError: number) => number;
  /** The same as it is written. */
  readonly show: (squaredError: number) => string;
}

/** @param values in one image: pixels times channels */
export function errorWords(unit: ErrorUnit, values: number): ErrorWords {
  if (unit === 'mse') {
    const of = (squaredError: number): number => squaredError / values;
    const show = (squaredError: number): string => formatMse(of(squaredError));
    return { name: 'MSE per pixel', short: 'MSE', times: 1, format: formatMse, of, show };
  }
  return {
    name: 'squared error per image',
    short: 'squared error',
    times: values,
    format: (mse) => formatSquaredError(mse * values),
    of: (squaredError) => squaredError,
    show: formatSquaredError,
  };
}

/** The same for images of this shape; before it is known, of one value. */
export const errorWordsFor = (unit: ErrorUnit, shape: readonly number[] = []): ErrorWords =>
  errorWords(
    unit,
    shape.reduce((product, side) => product * side, 1),
  );

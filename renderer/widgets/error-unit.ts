import type { ErrorUnit } from '../../electron/contract/settings.ts';
import { formatMse, formatSquaredError } from './format-number.ts';

/** How errors are written in the unit that was chosen. */
export interface ErrorWords {
  /** "squared error per image" */
  readonly name: string;
  /** What an MSE per pixel is multiplied by. */
  readonly times: number;
  /** An MSE per pixel in this unit. */
  readonly format: (mse: number) => string;
}

/** @param values in one image: pixels times channels */
export function errorWords(unit: ErrorUnit, values: number): ErrorWords {
  return unit === 'mse'
    ? { name: 'MSE per pixel', times: 1, format: formatMse }
    : { name: 'squared error per image', times: values, format: (mse) => formatSquaredError(mse * values) };
}

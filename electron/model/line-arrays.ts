import { lineFilters, STRENGTHS } from '../engine/inspection/line-filters.ts';
import type { LineStatistics } from '../engine/inspection/lines.ts';
import type { NamedArray } from './variation-arrays.ts';

/** Strengths of lines as arrays; the filters follow from the size of the model's images. */
export function lineArrays({ filters, known, deviation, usual }: LineStatistics): NamedArray[] {
  const { rows, columns } = filters;
  const count = known.length / (rows * columns * STRENGTHS);
  return [
    { name: 'lines.known', shape: [rows, columns, count, STRENGTHS], data: known },
    { name: 'lines.deviation', shape: [rows, columns, STRENGTHS], data: deviation },
    { name: 'lines.usual', shape: [rows, columns], data: usual },
  ];
}

/**
 * What `lineArrays` made arrays of.
 * @param floats gives an array by its name. Throws as it does
 * @param plane height and width of the model's images
 */
export const linesFrom = (
  floats: (name: string) => Float32Array,
  plane: readonly [height: number, width: number, ...unknown[]],
): LineStatistics => ({
  filters: lineFilters(plane),
  known: floats('lines.known'),
  deviation: floats('lines.deviation'),
  usual: floats('lines.usual'),
});

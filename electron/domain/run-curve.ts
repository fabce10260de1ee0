import type { EpochMetrics } from './words.ts';

/** Points of the small curve in a list. */
export const MOST_CURVE_POINTS = 64;

/**
 * Validation squared error per image by epoch, without validation images the training cost; of more than 64 epochs as many,
 * evenly chosen, the first and the last among them.
 */
export function curveOf(metrics: readonly EpochMetrics[]): readonly number[] {
  const values = metrics.map((epoch) => epoch.validationSquaredError ?? epoch.trainingCost);
  if (values.length <= MOST_CURVE_POINTS) return values;
  const stride = (values.length - 1) / (MOST_CURVE_POINTS - 1);
  return Array.from({ length: MOST_CURVE_POINTS }, (_, point) => values[Math.round(point * stride)]!);
}

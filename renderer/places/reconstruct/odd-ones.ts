import type { PictureEntry, WallEntry } from '../../pictures/picture-entries.ts';
import { readNumber } from '../../widgets/read-number.ts';

/**
 * The error that a share of the validation images (0-1) does not exceed: the smallest of theirs with at least that
 * share at or below it. Undefined without errors, and for a share out of range.
 * @param errors ascending
 */
export function thresholdAt(errors: Float32Array, share: number): number | undefined {
  if (errors.length === 0 || !(share > 0 && share <= 1)) return undefined;
  // 0.99 × 100 is a little above 99 in binary: the tolerance keeps the 99th.
  return errors[Math.max(0, Math.ceil(share * errors.length - 1e-9) - 1)];
}

export const isAbove = (entry: WallEntry, threshold: number | undefined): boolean =>
  entry.kind === 'picture' && threshold !== undefined && !(entry.squaredError <= threshold);

export const isPicture = (entry: WallEntry): entry is PictureEntry => entry.kind === 'picture';

/** A quantile typed in percent: above 0, at most 100. Undefined when it is not one. */
export function readQuantile(text: string): number | undefined {
  const percent = readNumber(text);
  return percent > 0 && percent <= 100 ? percent / 100 : undefined;
}

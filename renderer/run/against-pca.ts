import { formatTimes } from '../widgets/format-number.ts';

/** How far the meter reaches to either side of PCA's own error: a factor. */
const REACH = 8;

export interface Standing {
  readonly isBetter: boolean;
  /** Such as "PCA-30 errs 2.1 × as much". */
  readonly words: string;
  /** On the meter, 0 (8 × PCA's error) to 1 (an eighth), logarithmic; PCA itself stands at 0.5. */
  readonly place: number;
  /** Whether it lies further out than the meter reaches: it then stands at its end, behind a break. */
  readonly isBeyond: boolean;
}

/** A validation error beside that of PCA with as many components, both as squared errors per image; nothing without numbers. */
export function againstPca(error: number, linear: number, codeSize: number): Standing | undefined {
  if (!(error > 0) || !(linear > 0) || !Number.isFinite(error)) return undefined;
  const ratio = linear / error;
  const isBetter = ratio >= 1;
  const place = 0.5 + Math.log(ratio) / Math.log(REACH) / 2;
  return {
    isBetter,
    words: isBetter
      ? `PCA-${codeSize} errs ${formatTimes(linear, error)} as much`
      : `${formatTimes(error, linear)} the error of PCA-${codeSize}`,
    place: Math.min(1, Math.max(0, place)),
    isBeyond: place < 0 || place > 1,
  };
}

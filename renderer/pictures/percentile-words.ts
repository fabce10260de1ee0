/** The images a model's errors were measured on. */
export type Yardstick = 'validation' | 'test';

/** Of a run that held so many images out of its training. */
export const yardstickOf = (validationCount: number | undefined): Yardstick =>
  validationCount === 0 ? 'test' : 'validation';

/** Where an error lies among the yardstick's: "larger than 97 % of the validation images’". */
export function percentileWords(percentile: number | undefined, of: Yardstick): string {
  if (percentile === undefined) return 'no percentile: the model’s image set is gone';
  if (percentile >= 100) return `larger than all the ${of} images’`;
  if (percentile <= 0) return `smaller than all the ${of} images’`;
  return `larger than ${shareWords(percentile)} of the ${of} images’`;
}

/** Percent, never rounded up to all or down to none. */
function shareWords(percent: number): string {
  if (percent > 99) return `${(Math.floor(percent * 100) / 100).toFixed(percent > 99.9 ? 2 : 1)} %`;
  return percent < 1 ? `${Math.min(0.99, Math.max(0.01, percent)).toFixed(2)} %` : `${Math.floor(percent)} %`;
}

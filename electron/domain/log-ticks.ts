/** Round numbers within a decade, for axes of up to three decades, one, and less than half of one. */
const coarse = [1, 2, 5];
const fine = [1, 1.5, 2, 3, 4, 5, 7];
const finest = [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9];

/** The round numbers of a logarithmic axis within [least, most], both positive; closer together the shorter the axis is. */
export function logTicks(least: number, most: number): number[] {
  return roundNumbers(least, most, stepsFor(least, most)).filter(
    (tick) => tick >= least * (1 - 1e-9) && tick <= most * (1 + 1e-9),
  );
}

/** The nearest round numbers around the data, so that the axis begins and ends on a line. */
export function logLimits(least: number, most: number): readonly [least: number, most: number] {
  const round = roundNumbers(least, most, stepsFor(least, most));
  const below = round.filter((tick) => tick <= least).at(-1) ?? least;
  const above = round.find((tick) => tick >= most && tick > below) ?? most;
  return [below, above];
}

function stepsFor(least: number, most: number): readonly number[] {
  const decades = Math.log10(most / least);
  if (decades > 3) return [1];
  if (decades > 1) return coarse;
  return decades > 0.4 ? fine : finest;
}

/** From the decade of `least` to the one after `most`, ascending. */
function roundNumbers(least: number, most: number, steps: readonly number[]): number[] {
  const first = Math.floor(Math.log10(least));
  const last = Math.floor(Math.log10(most)) + 1;
  const decades = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  // Through text, so that 3 × 10^-3 is 0.003 and not 0.0030000000000000001.
  return decades.flatMap((decade) => steps.map((step) => Number(`${step}e${decade}`)));
}

import { quantile } from './ranking.ts';
import { fitThreshold, type ThresholdFit } from './threshold.ts';

/** Of the scores, those that the tail is fitted to; fewer than so many say nothing of one. */
const TAIL = 0.1;
const LEAST_IN_TAIL = 5;
/** Of a normal distribution: 95 of 100 lie so many deviations around the middle. */
const BOUND = 1.96;

/**
 * The threshold for pictures that are as odd as the worst of so many tiles, from the scores of single held-out tiles. So far out the
 * distribution that fits most scores says little: what lies above the highest tenth's least is taken to fall off exponentially
 * (Pickands 1975; Coles 2001, ch. 4), with its mean's own uncertainty. One tile is a picture by itself: as `fitThreshold`.
 * @param rate false alarms among normal pictures, as a share
 */
export function fitTileThreshold(scores: ArrayLike<number>, rate: number, tiles: number): ThresholdFit {
  if (tiles === 1) return fitThreshold(scores, rate);
  const ascending = Array.from(scores)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const shareOfTile = 1 - (1 - rate) ** (1 / tiles);
  const ofPicture = (share: number): number => 1 - (1 - Math.min(1, share)) ** tiles;
  const from = quantile(ascending, 1 - TAIL);
  const beyond = ascending.filter((score) => score > from).map((score) => score - from);
  if (shareOfTile >= TAIL || beyond.length < LEAST_IN_TAIL) {
    const fit = fitThreshold(scores, shareOfTile);
    return { ...fit, rate, low: ofPicture(fit.low), high: ofPicture(fit.high) };
  }
  const scale = beyond.reduce((sum, excess) => sum + excess, 0) / beyond.length;
  const reach = scale * Math.log(TAIL / shareOfTile);
  const wide = BOUND / Math.sqrt(beyond.length);
  const shareAt = (of: number): number => (of <= 0 ? 0 : ofPicture(TAIL * Math.exp(-reach / of)));
  return {
    threshold: from + reach,
    rate,
    count: ascending.length,
    family: 'exponential tail',
    low: shareAt(scale * (1 - wide)),
    high: shareAt(scale * (1 + wide)),
    outliers: 0,
  };
}

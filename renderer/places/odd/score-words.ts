import { ticksBetween, type Tick } from '../../charts/map/axis.ts';
import type { ScoreAxis } from '../../../electron/domain/inspection/score-axis.ts';
import { logTicks } from '../../../electron/domain/log-ticks.ts';
import { formatMse } from '../../widgets/format-number.ts';

/** The axis' numbers. */
export function ticksOf(axis: ScoreAxis): readonly Tick[] {
  if (!axis.isLog) return ticksBetween(axis.least, axis.most, 6);
  return logTicks(axis.least, axis.most).map((at) => ({ at, text: shortScore(at) }));
}

const shortScore = (score: number): string =>
  score >= 1e5 || score < 1e-3 ? score.toExponential(0) : String(Number(score.toPrecision(2)));

/** A score to four digits; its unit is the score's own. */
export const formatScore = (score: number): string => (Number.isNaN(score) ? 'no score' : formatMse(score));

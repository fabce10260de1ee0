import { knownScores, type Judged } from './judged.ts';

/** Where scores lie on the histogram, from its left end to its right. */
export interface ScoreAxis {
  readonly isLog: boolean;
  readonly least: number;
  readonly most: number;
}

export interface ScoreBin {
  readonly from: number;
  readonly to: number;
  /** Pictures in it, by what is known of them. */
  readonly normal: number;
  readonly unknown: number;
  readonly odd: number;
}

/** From here on the small scores would lie on one heap. */
const LOG_FROM = 25;
/** Of the axis, free at either end. */
const MARGIN = 0.03;

/** An axis on which all these numbers have a place; logarithmic where they span more than a linear one shows. */
export function axisOf(numbers: Iterable<number>): ScoreAxis {
  const finite = [...numbers].filter(Number.isFinite);
  if (finite.length === 0) return { isLog: false, least: 0, most: 1 };
  const least = finite.reduce((low, number) => Math.min(low, number), Infinity);
  const most = finite.reduce((high, number) => Math.max(high, number), -Infinity);
  if (least > 0 && most / least >= LOG_FROM) {
    const margin = (most / least) ** MARGIN;
    return { isLog: true, least: least / margin, most: most * margin };
  }
  // Of numbers that are all alike too.
  const margin = (most - least) * MARGIN || Math.abs(most) * MARGIN || 1;
  return { isLog: false, least: least - margin, most: most + margin };
}

/** Where a score lies, 0-1; beyond an end, at the end. */
export function shareAt({ isLog, least, most }: ScoreAxis, score: number): number {
  const share = isLog
    ? Math.log(Math.max(score, least) / least) / Math.log(most / least)
    : (score - least) / (most - least);
  return Math.min(1, Math.max(0, share));
}

/** The score at a place of 0-1. */
export function scoreAt({ isLog, least, most }: ScoreAxis, share: number): number {
  const within = Math.min(1, Math.max(0, share));
  return isLog ? least * (most / least) ** within : least + within * (most - least);
}

/** How many pictures lie where: bins of equal width on the axis, with held-out pictures for the normal ones where none is checked. */
export function binsOf(axis: ScoreAxis, judged: Judged, count: number): ScoreBin[] {
  const bins = Array.from({ length: count }, (_, at) => ({
    from: scoreAt(axis, at / count),
    to: scoreAt(axis, (at + 1) / count),
    normal: 0,
    unknown: 0,
    odd: 0,
  }));
  const binFor = (score: number) => bins[Math.min(count - 1, Math.floor(shareAt(axis, score) * count))]!;
  judged.scores.forEach((score, at) => {
    if (Number.isFinite(score)) binFor(score)[judged.truths[at]!] += 1;
  });
  const { from, normal } = knownScores(judged);
  if (from === 'held-out') for (const score of normal) binFor(score).normal += 1;
  return bins;
}

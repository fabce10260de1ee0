import type { Truth } from './groups.ts';
import { aurocInterval, averagePrecision, bestF1, below, levelsOf, auroc, type Interval } from './ranking.ts';

/** What a threshold does to pictures of which the truth is known. */
export interface Caught {
  readonly threshold: number;
  /** Odd pictures above it, of how many. */
  readonly caught: number;
  readonly odd: number;
  /** Normal pictures above it, of how many. */
  readonly falseAlarms: number;
  readonly normal: number;
}

export interface GroupFigures {
  readonly group: string;
  /** What most of its pictures are: single ones may be known better. */
  readonly truth: Truth;
  readonly pictures: number;
  /** Above the threshold. */
  readonly over: number;
  /** Without a score: none could be computed. */
  readonly unscored: number;
  /** Of the odd pictures of a group that is odd against all normal ones; NaN where there are none, and for other groups. */
  readonly auroc: number;
}

/** How well one score tells odd pictures apart. What needs odd and normal pictures is absent without them. */
export interface InspectionFigures {
  readonly atThreshold: Caught;
  readonly groups: readonly GroupFigures[];
  readonly separation?: {
    /** With its 95 % interval. */
    readonly auroc: Interval;
    readonly averagePrecision: number;
    readonly bestF1: Caught & { readonly f1: number };
    /** At the lowest threshold with at most `rate` false alarms among the normal pictures. */
    readonly atRate: Caught & { readonly rate: number };
  };
}

/** Pictures as columns of equal length. */
export interface JudgedPictures {
  readonly scores: ArrayLike<number>;
  readonly groups: readonly string[];
  readonly truths: readonly Truth[];
}

/**
 * All figures of one score.
 * @param rate false alarms that `atRate` allows, as a share of the normal pictures
 */
export function figuresOf(pictures: JudgedPictures, threshold: number, rate: number): InspectionFigures {
  const { scores, truths } = pictures;
  const of = (truth: Truth): number[] => Array.from(scores).filter((_, at) => truths[at] === truth);
  const [normal, odd] = [of('normal'), of('odd')];
  const groups = groupFigures(pictures, normal, threshold);
  const atThreshold = caughtAt(normal, odd, threshold);
  const interval = aurocInterval(normal, odd);
  if (Number.isNaN(interval.value)) return { atThreshold, groups };
  const best = bestF1(normal, odd);
  return {
    atThreshold,
    groups,
    separation: {
      auroc: interval,
      averagePrecision: averagePrecision(normal, odd),
      bestF1: { ...caughtAt(normal, odd, best.threshold), f1: best.f1 },
      atRate: { ...caughtAt(normal, odd, thresholdAtRate(normal, odd, rate)), rate },
    },
  };
}

/** A score above the threshold calls a picture odd; one that is NaN does not. */
export function caughtAt(normal: readonly number[], odd: readonly number[], threshold: number): Caught {
  const over = (scores: readonly number[]): number => scores.filter((score) => score > threshold).length;
  return { threshold, caught: over(odd), odd: odd.length, falseAlarms: over(normal), normal: normal.length };
}

/** The lowest threshold that at most a share `rate` of the normal pictures exceeds. */
export function thresholdAtRate(normal: readonly number[], odd: readonly number[], rate: number): number {
  const levels = levelsOf(normal, odd);
  const allowed = Math.floor(rate * normal.length + 1e-9);
  let alarms = 0;
  for (let level = 0; level < levels.values.length; level += 1) {
    alarms += levels.normal[level]!;
    if (alarms > allowed) return level === 0 ? levels.values[0]! : below(levels.values, level - 1);
  }
  return below(levels.values, levels.values.length - 1);
}

function groupFigures(
  { scores, groups, truths }: JudgedPictures,
  normal: readonly number[],
  threshold: number,
): GroupFigures[] {
  const found = new Map<string, number[]>();
  groups.forEach((group, at) => {
    const places = found.get(group);
    if (places === undefined) found.set(group, [at]);
    else places.push(at);
  });
  return [...found].map(([group, places]) => {
    const own = places.map((at) => scores[at]!);
    const truth = mostOf(places.map((at) => truths[at]!));
    const odd = places.filter((at) => truths[at] === 'odd').map((at) => scores[at]!);
    return {
      group,
      truth,
      pictures: own.length,
      over: own.filter((score) => score > threshold).length,
      unscored: own.filter(Number.isNaN).length,
      auroc: truth === 'odd' ? auroc(normal, odd) : Number.NaN,
    };
  });
}

/** What most are; of as many the first. */
function mostOf(all: readonly Truth[]): Truth {
  const counts = new Map<Truth, number>();
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts].reduce((most, one) => (one[1] > most[1] ? one : most))[0];
}

/** The places of pictures on the wrong side of a threshold, the furthest first. */
export function wrongSide({ scores, truths }: Omit<JudgedPictures, 'groups'>, threshold: number): number[] {
  return truths
    .map((truth, at) => ({ at, truth, off: scores[at]! - threshold }))
    .filter(({ truth, off }) => (truth === 'odd' && !(off > 0)) || (truth === 'normal' && off > 0))
    .sort((a, b) => Math.abs(b.off) - Math.abs(a.off))
    .map(({ at }) => at);
}

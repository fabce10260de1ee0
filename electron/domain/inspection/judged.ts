import { caughtAt, figuresOf, wrongSide, type Caught, type InspectionFigures } from './figures.ts';
import type { Truth } from './groups.ts';
import type { ScoreKind } from './scores.ts';

export interface PictureMark {
  readonly picture: number;
  readonly mark?: 'fine' | 'odd';
  readonly note?: string;
}

/** Of an inspection, what verdicts are made of. */
interface Checked {
  /** One a picture. */
  readonly groups: readonly string[];
  readonly scores: readonly {
    readonly kind: ScoreKind;
    readonly values: Float32Array;
    readonly heldOut: Float32Array;
  }[];
}

/** What a person has settled. */
interface Settled {
  readonly score: ScoreKind;
  /** By group. */
  readonly truths: Readonly<Record<string, Truth>>;
  readonly marks: readonly PictureMark[];
}

/** Pictures that were checked, as columns, by one score, with all that is known of them. */
export interface Judged {
  /** NaN where none could be computed. */
  readonly scores: Float32Array;
  readonly groups: readonly string[];
  /** What its mark says of a picture, else its group. */
  readonly truths: readonly Truth[];
  readonly marks: ReadonlyMap<number, PictureMark>;
  /** Of normal pictures that the model has not learned from. */
  readonly heldOut: Float32Array;
}

export type Side = 'odd' | 'fine' | 'unscored';

/** How the pictures are by one score. Nothing where it was not computed. */
export function judge(inspection: Checked, settings: Settled): Judged | undefined {
  const column = inspection.scores.find(({ kind }) => kind === settings.score);
  if (!column) return undefined;
  const marks = new Map(settings.marks.map((mark) => [mark.picture, mark]));
  const truths = inspection.groups.map((group, at): Truth => {
    const mark = marks.get(at)?.mark;
    if (mark !== undefined) return mark === 'fine' ? 'normal' : 'odd';
    return settings.truths[group] ?? 'unknown';
  });
  return { scores: column.values, groups: inspection.groups, truths, marks, heldOut: column.heldOut };
}

/** On which side of the threshold a picture is; a mark has the last word. */
export function sideOf({ scores, marks }: Judged, threshold: number, at: number): Side {
  const mark = marks.get(at)?.mark;
  if (mark !== undefined) return mark;
  const score = scores[at]!;
  if (Number.isNaN(score)) return 'unscored';
  return score > threshold ? 'odd' : 'fine';
}

/** Whether what is called odd is known to be normal, or the other way round. What has a mark has been looked at. */
export function isWrong(judged: Judged, threshold: number, at: number): boolean {
  if (judged.marks.get(at)?.mark !== undefined) return false;
  const truth = judged.truths[at]!;
  if (truth === 'unknown') return false;
  return (sideOf(judged, threshold, at) === 'odd') !== (truth === 'odd');
}

/** The places of all pictures: those on the wrong side first, the furthest from the threshold ahead; then the oddest first. */
export function orderOf(judged: Judged, threshold: number): number[] {
  const wrong = wrongSide(judged, threshold).filter((at) => isWrong(judged, threshold, at));
  const isFirst = new Set(wrong);
  const height = (at: number): number => (Number.isNaN(judged.scores[at]) ? -Infinity : judged.scores[at]!);
  const rest = judged.truths.map((_, at) => at).filter((at) => !isFirst.has(at));
  // Two of the same score stay as they came, and so do those without one.
  return [...wrong, ...rest.sort((a, b) => (height(a) === height(b) ? a - b : height(b) - height(a)))];
}

/** Which pictures stand for the normal ones: those among the checked, or held-out ones where none of these is known to be normal. */
export type NormalFrom = 'checked' | 'held-out';

export interface Known {
  readonly normal: readonly number[];
  readonly odd: readonly number[];
  readonly from: NormalFrom;
}

/** The scores of pictures of which the truth is known. */
export function knownScores({ scores, truths, heldOut }: Judged): Known {
  const of = (truth: Truth): number[] =>
    [...scores].filter((score, at) => truths[at] === truth && !Number.isNaN(score));
  const [normal, odd] = [of('normal'), of('odd')];
  if (normal.length > 0) return { normal, odd, from: 'checked' };
  return { normal: [...heldOut].filter((score) => !Number.isNaN(score)), odd, from: 'held-out' };
}

/** The group that held-out pictures make. */
const HELD_OUT = '\0held-out';

/**
 * What does not hang on the threshold: how well the score separates, by group too.
 * @param rate false alarms that are allowed at most, as a share of the normal pictures
 */
export function separationOf(judged: Judged, rate: number): Pick<InspectionFigures, 'separation' | 'groups'> {
  const { from, normal } = knownScores(judged);
  const more = from === 'held-out' ? normal : [];
  const pictures = {
    scores: Float32Array.from([...judged.scores, ...more]),
    groups: [...judged.groups, ...more.map(() => HELD_OUT)],
    truths: [...judged.truths, ...more.map((): Truth => 'normal')],
  };
  const { separation, groups } = figuresOf(pictures, Number.NaN, rate);
  const checked = groups.filter(({ group }) => group !== HELD_OUT);
  return separation === undefined ? { groups: checked } : { separation, groups: checked };
}

/** What the threshold does. */
export function atThreshold(judged: Judged, threshold: number): Caught {
  const { normal, odd } = knownScores(judged);
  return caughtAt(normal, odd, threshold);
}

/** How many pictures of each group are called odd. */
export function oddByGroup(judged: Judged | undefined, threshold: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  judged?.groups.forEach((group, at) => {
    const one = sideOf(judged, threshold, at) === 'odd' ? 1 : 0;
    counts.set(group, (counts.get(group) ?? 0) + one);
  });
  return counts;
}

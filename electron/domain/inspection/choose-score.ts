import type { Truth } from './groups.ts';
import { auroc, chanceError } from './ranking.ts';
import { scoreKinds, scoreWords, type ScoreKind } from './scores.ts';

/** One score's column and what is known of it. */
export interface Candidate {
  readonly kind: ScoreKind;
  readonly values: ArrayLike<number>;
  readonly heldOut: ArrayLike<number>;
  /** AUROC on faults drawn into held-out pictures. */
  readonly madeFaults: number;
}

/** So many known odd pictures say more than made faults do. */
const ENOUGH_ODD = 10;

/** Taken unless made faults speak clearly for another: it looks at most things, and errs the least where nothing is known. */
const USUAL: ScoreKind = 'variations';

/**
 * Which score to take by its AUROC on made faults: the usual one, or the best where that is better by more than the standard error
 * that an AUROC has by chance.
 * @param count held-out pictures that the AUROC is measured on
 */
export function bestByFaults(madeFaults: (kind: ScoreKind) => number, count: number): ScoreKind {
  const figure = (kind: ScoreKind): number => madeFaults(kind) || 0;
  const best = scoreKinds.reduce((first, kind) => (figure(kind) > figure(first) ? kind : first));
  return figure(USUAL) > 0 && figure(USUAL) >= figure(best) - chanceError(count) ? USUAL : best;
}

/**
 * Which scores separate best, first to last: on pictures known to be odd, where there are enough; else on made faults.
 * @param truths of the checked pictures
 */
export function rankScores(
  scores: readonly Candidate[],
  truths: readonly Truth[],
): { readonly order: readonly ScoreKind[]; readonly why: string } {
  const of = (values: ArrayLike<number>, truth: Truth): number[] =>
    Array.from(values).filter((_, at) => truths[at] === truth);
  const odd = truths.filter((truth) => truth === 'odd').length;
  const byKnown = odd >= ENOUGH_ODD;
  const figures = scores.map(({ kind, values, heldOut, madeFaults }) => {
    const normal = of(values, 'normal');
    const figure = byKnown ? auroc(normal.length > 0 ? normal : heldOut, of(values, 'odd')) : madeFaults;
    return { kind, figure: Number.isNaN(figure) ? 0 : figure };
  });
  const first = bestByFaults(
    (kind) => figures.find((each) => each.kind === kind)?.figure ?? 0,
    Math.max(1, scores[0]?.heldOut.length ?? 0),
  );
  const rank = (kind: ScoreKind): number => (!byKnown && kind === first ? 1 : 0);
  const sorted = figures.toSorted((a, b) => rank(b.kind) - rank(a.kind) || b.figure - a.figure);
  const best = sorted[0]!;
  const figure = best.figure.toFixed(3);
  const { name } = scoreWords[best.kind];
  return {
    order: sorted.map(({ kind }) => kind),
    why: byKnown
      ? `${name} tells the ${odd.toLocaleString('en')} known odd pictures apart best (AUROC ${figure}). Chosen on the pictures it is measured on, the figures are a little kind to it.`
      : `${name} finds faults drawn into held-out normal pictures ${best.kind === USUAL ? 'as well as any, within what chance does,' : 'clearly best'} (AUROC ${figure}).`,
  };
}

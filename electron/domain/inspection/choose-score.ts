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

/** Scores by what the model fails to draw: low for a picture that is simpler than normal ones, however odd (a part is missing, a 1 among other digits). */
const ofErrors: readonly ScoreKind[] = ['combined', 'worst-spot', 'spread-error', 'structure', 'squared-error'];

/** Made faults only ever add to a picture, which errors see best: so much better must one be than what also sees that something is missing. */
const FLATTERED = 0.1;

/**
 * Which score to take by its AUROC on made faults: the usual one, or the best where that is better by more than the standard error
 * that an AUROC has by chance; one of the model's errors only where it is better by a tenth more.
 * @param count held-out pictures that the AUROC is measured on
 */
export function bestByFaults(madeFaults: (kind: ScoreKind) => number, count: number): ScoreKind {
  const figure = (kind: ScoreKind): number => (madeFaults(kind) || 0) - (ofErrors.includes(kind) ? FLATTERED : 0);
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
    // Those that all scores have: faults are drawn into these alone.
    scores.reduce((least, { heldOut }) => Math.max(1, Math.min(least, heldOut.length)), Infinity),
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
      : `${name} finds faults drawn into held-out normal pictures ${best.kind === USUAL ? 'as well as any, within what chance does' : 'clearly best'} (AUROC ${figure})${flattered(figures, best)}.`,
  };
}

interface Figure {
  readonly kind: ScoreKind;
  readonly figure: number;
}

/** Why a score of errors that finds more made faults was not taken; nothing where none does. */
function flattered(figures: readonly Figure[], chosen: Figure): string {
  const more = figures.filter(({ kind, figure }) => ofErrors.includes(kind) && figure > chosen.figure);
  if (ofErrors.includes(chosen.kind) || more.length === 0) return '';
  const { kind, figure } = more.reduce((first, one) => (one.figure > first.figure ? one : first));
  return `, beside scores that also see when something is missing; ${scoreWords[kind].name} finds more of them (${figure.toFixed(3)}), but less of that`;
}

import { figuresOf } from '../domain/inspection/figures.ts';
import { truthsOf } from '../domain/inspection/groups.ts';
import type { Judged } from './inspector.ts';

/** A picture's. */
export type Verdict = Exclude<Judged, { readonly problem: string }>;

/** More folders than this are summed in one line. */
const MOST_LINES = 20;

/**
 * What verdicts come to by folder, the one with most odd ones ahead, and, as far as folders are called after what is in them ("good",
 * "crack"), how well the score tells them apart. No lines where all pictures are of one folder.
 */
export function folderLines(verdicts: readonly Verdict[]): string[] {
  const groups = [...new Set(verdicts.map(({ group }) => group))];
  if (groups.length < 2) return [];
  const counts = groups.map((group) => {
    const of = verdicts.filter((verdict) => verdict.group === group);
    return { group, of: of.length, odd: oddOf(of) };
  });
  counts.sort((a, b) => b.odd / b.of - a.odd / a.of);
  const [shown, others] = [counts.slice(0, MOST_LINES), counts.slice(MOST_LINES)];
  const lines = shown.map(({ group, of, odd }) => `${group === '' ? 'no folder' : group}: ${odd} of ${of} odd`);
  if (others.length > 0) {
    const sum = (pick: (count: (typeof others)[number]) => number): number =>
      others.reduce((all, count) => all + pick(count), 0);
    lines.push(`${others.length} more folders: ${sum(({ odd }) => odd)} of ${sum(({ of }) => of)} odd`);
  }
  return [...lines, ...apartLine(verdicts, groups)];
}

function apartLine(verdicts: readonly Verdict[], groups: readonly string[]): string[] {
  const truthOf = truthsOf(groups);
  const truths = verdicts.map(({ group }) => truthOf.get(group)!);
  const called = (truth: 'odd' | 'normal'): readonly Verdict[] => verdicts.filter((_, at) => truths[at] === truth);
  const [odd, normal] = [called('odd'), called('normal')];
  if (odd.length === 0 || normal.length === 0) return [];
  const caught = `By the folders’ names: caught ${oddOf(odd)} of ${odd.length} odd ones, ${oddOf(normal)} of ${normal.length} normal ones called odd`;
  const { threshold } = verdicts[0]!;
  // By tiles the threshold follows from how many a picture has: scores are no measure between pictures then.
  if (verdicts.some((verdict) => verdict.threshold !== threshold)) return [`${caught}.`];
  const scores = verdicts.map(({ score }) => score);
  const { separation } = figuresOf({ scores, groups: verdicts.map(({ group }) => group), truths }, threshold, 0);
  const { value, low, high } = separation!.auroc;
  return [`${caught}; AUROC ${value.toFixed(3)} (95 %: ${low.toFixed(3)} to ${high.toFixed(3)}).`];
}

const oddOf = (verdicts: readonly Verdict[]): number => verdicts.filter(({ verdict }) => verdict === 'odd').length;

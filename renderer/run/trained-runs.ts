import type { RunSummary } from '../../electron/domain/words.ts';

/**
 * The runs that have a model, newest first: weights are kept from the first measure on, which may be of a start, unless it was no
 * number; imported models come with theirs.
 */
export const trainedRuns = (runs: readonly RunSummary[]): readonly RunSummary[] =>
  runs.filter(({ status, epochsDone, curve: [first] }) => {
    if (status === 'imported') return true;
    return first === undefined ? epochsDone > 0 : Number.isFinite(first);
  });

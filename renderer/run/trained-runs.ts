import type { RunSummary } from '../../electron/domain/words.ts';

/** The runs that have a model: weights are kept from the first measure on, which may be of a start, and imported models come with theirs. Newest first. */
export const trainedRuns = (runs: readonly RunSummary[]): readonly RunSummary[] =>
  runs.filter(({ status, epochsDone, curve }) => status === 'imported' || epochsDone > 0 || curve.length > 0);

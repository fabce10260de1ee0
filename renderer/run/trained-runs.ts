import type { RunSummary } from '../../electron/domain/words.ts';

/** The runs that left a model, newest first: those that ended as they should, and those stopped after an epoch. */
export const trainedRuns = (runs: readonly RunSummary[]): readonly RunSummary[] =>
  runs.filter(({ status, epochsDone }) => status === 'finished' || (status === 'stopped' && epochsDone > 0));

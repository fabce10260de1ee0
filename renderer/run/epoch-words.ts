import type { TrainingSpec } from '../../electron/domain/experiment.ts';
import type { RunRecord, RunSummary } from '../../electron/domain/words.ts';

/** When a model was as it is shown: epoch 0 is a start in closed form, before the first step. */
export const afterEpoch = (epoch: number): string => (epoch === 0 ? 'at the start' : `after epoch ${epoch}`);

/** The same as a heading: "start", "epoch 3". */
export const epochName = (epoch: number): string => (epoch === 0 ? 'start' : `epoch ${epoch}`);

/** The same of a run's pictures, and whether they are of weights that were kept and are not the last: "after epoch 5, the kept weights". */
export function afterEpochOf(epoch: number, { test, summary }: Pick<RunRecord, 'test' | 'summary'>): string {
  return afterEpoch(epoch) + (test?.epoch === epoch && epoch < summary.epochsDone ? ', the kept weights' : '');
}

/** How many epochs a run has had, and why no more: "22 of 87 epochs, ended early: none of the last 22 was better". */
export function epochsWords(
  { status, epochs, epochsDone }: Pick<RunSummary, 'status' | 'epochs' | 'epochsDone'>,
  { earlyStopping }: Pick<TrainingSpec, 'earlyStopping'>,
): string {
  const done = `${epochsDone} of ${epochs} epochs`;
  if (status !== 'finished' || earlyStopping === undefined || epochsDone >= epochs) return done;
  const { patience } = earlyStopping;
  return `${done}, ended early: ${patience === 1 ? 'the last was no better' : `none of the last ${patience} was better`}`;
}

import type { Experiment } from '../../electron/domain/experiment.ts';
import type { RunRecord } from '../../electron/domain/words.ts';

/** An experiment that goes on from a run's best weights with its settings. */
export function furtherFrom({ summary: { id, name }, experiment }: RunRecord): Experiment {
  const own = { ...experiment };
  delete own.preset;
  delete own.sweep;
  return { ...own, name: `${name}, further`.slice(0, 120), startFrom: { runId: id, weights: 'best' } };
}

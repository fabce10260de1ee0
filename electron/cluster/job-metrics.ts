import type { JobMessage } from '../contract/cluster.ts';
import type { Experiment } from '../contract/experiment.ts';
import type { EpochMetrics } from '../contract/words.ts';

/** An epoch's metrics as a job tells them, as a run on this computer has them. JSON has no NaN: a diverged cost comes as null. */
export function metricsOf(
  { validationMse, lastBatchCost, trainingCost, ...rest }: Extract<JobMessage, { kind: 'METRIC' }>['fields'],
  { model }: Experiment,
): EpochMetrics {
  const pixels = model.inputShape.reduce((product, size) => product * size, 1);
  const number = (value: number | null): number => value ?? Number.NaN;
  return {
    ...rest,
    lastBatchCost: number(lastBatchCost),
    trainingCost: number(trainingCost),
    ...(validationMse === undefined
      ? {}
      : { validationMse: number(validationMse), validationSquaredError: number(validationMse) * pixels }),
  };
}

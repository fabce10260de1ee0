import type { JobMessage } from '../contract/cluster.ts';
import type { Experiment } from '../domain/experiment.ts';
import type { EpochMetrics, RunProgress } from '../domain/words.ts';

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

/** Where a job is in its training, with the seconds left at its pace. */
export function progressOf(
  { epoch, step, stepsPerEpoch, cost, stepsPerSecond }: Extract<JobMessage, { kind: 'PROGRESS' }>['fields'],
  { training: { epochs } }: Experiment,
): Omit<Extract<RunProgress, { kind: 'training' }>, 'runId'> {
  const steps = epochs * stepsPerEpoch;
  const secondsLeft = (steps - step) / Math.max(stepsPerSecond, 1e-9);
  const place = { epoch, epochs, step, stepsPerEpoch, fraction: step / steps };
  return { kind: 'training', ...place, cost: cost ?? Number.NaN, stepsPerSecond, secondsLeft };
}

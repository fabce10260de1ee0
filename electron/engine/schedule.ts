import type { TrainingSpec } from '../domain/experiment.ts';
import { assertNever } from '../domain/errors.ts';

/**
 * The learning rate of a step: linear warm-up, then the schedule over what is left.
 * @param step from 0, counted over the whole run
 */
export function learningRateAt(step: number, stepsPerEpoch: number, training: TrainingSpec): number {
  const { learningRate, schedule, warmupEpochs, epochs } = training;
  const warmup = Math.round(warmupEpochs * stepsPerEpoch);
  if (step < warmup) return (learningRate * (step + 1)) / warmup;
  switch (schedule.kind) {
    case 'constant':
      return learningRate;
    case 'step':
      return learningRate * schedule.factor ** Math.floor(step / stepsPerEpoch / schedule.everyEpochs);
    case 'cosine': {
      // Loshchilov & Hutter 2017, eq. 5, without restarts.
      const done = Math.min(1, (step - warmup) / Math.max(1, epochs * stepsPerEpoch - warmup));
      const share = schedule.finalFraction + ((1 - schedule.finalFraction) * (1 + Math.cos(Math.PI * done))) / 2;
      return learningRate * share;
    }
    default:
      return assertNever(schedule);
  }
}

/**
 * The weight of a variational code's divergence at a step: it rises linearly from zero (Bowman et al. 2016, §3.1), then stays, or does
 * so anew in each cycle of the run (Fu et al. 2019, eq. 6 and 7).
 */
export function betaAt(step: number, stepsPerEpoch: number, training: TrainingSpec): number {
  if (training.betaCycles !== undefined) {
    const { count, rise } = training.betaCycles;
    const cycle = (training.epochs * stepsPerEpoch) / count;
    return training.beta * Math.min(1, (step % Math.ceil(cycle)) / (rise * cycle));
  }
  const warmup = Math.round((training.betaWarmupEpochs ?? 0) * stepsPerEpoch);
  return step < warmup ? (training.beta * (step + 1)) / warmup : training.beta;
}

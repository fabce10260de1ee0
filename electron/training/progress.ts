import type { RunProgress } from '../domain/words.ts';
import type { Position } from './epoch-loop.ts';
import type { EpochPlan } from './epoch-plan.ts';

/** How far a run has come, and how long the rest will take at the pace of its epoch. */
export function progressAt(runId: string, plan: EpochPlan, position: Position): RunProgress {
  const { epoch, done, lastCost = Number.NaN, epochSeconds } = position;
  const { epochs, stepsPerEpoch } = plan;
  const step = plan.stepsBefore(epoch) + done;
  const all = epochs * stepsPerEpoch;
  const secondsPerStep = epochSeconds / done;
  return {
    runId,
    kind: 'training',
    fraction: step / all,
    epoch,
    epochs,
    step,
    stepsPerEpoch,
    cost: lastCost,
    stepsPerSecond: 1 / secondsPerStep,
    secondsLeft: (all - step) * secondsPerStep,
  };
}

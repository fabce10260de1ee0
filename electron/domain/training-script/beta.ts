import type { TrainingSpec } from '../experiment.ts';
import { inSteps, type ScriptPlan } from './script-plan.ts';
import { literal } from './script-text.ts';

/** What a language calls what the weight of the divergence is worked out with. */
export interface BetaWords {
  readonly min: 'min' | 'Math.min';
  readonly round: 'round' | 'Math.round';
  readonly ceil: 'math.ceil' | 'Math.ceil';
  /** Steps before this one, and with it. */
  readonly before: string;
  readonly done: string;
}

/** Whether the weight of a variational code's divergence changes from step to step. */
export const isBetaMoving = ({ model, training }: ScriptPlan): boolean =>
  model.code.variational && ((training.betaWarmupEpochs ?? 0) > 0 || training.betaCycles !== undefined);

/** The steps of one of the cycles in which it rises, in an expression of both languages; nothing without cycles. */
export const cycleSteps = ({ training: { betaCycles } }: ScriptPlan): string | undefined =>
  betaCycles && `EPOCHS * steps / ${literal(betaCycles.count)}`;

/** The weight of a step, in an expression of both languages, which knows a cycle's steps as `cycle`. */
export function betaAtStep({ training }: ScriptPlan, words: BetaWords): string {
  return `${training.beta === 1 ? '' : `${literal(training.beta)} * `}${words.min}(1, ${share(training, words)})`;
}

function share({ betaCycles, betaWarmupEpochs = 0 }: TrainingSpec, { before, done, round, ceil }: BetaWords): string {
  if (betaCycles === undefined) return `${done} / (${inSteps(betaWarmupEpochs, round)})`;
  return `(${before} % ${ceil}(cycle)) / (${literal(betaCycles.rise)} * cycle)`;
}

/** Beside the line of a cycle's steps. */
export const CYCLE_WORDS = 'steps in which beta rises anew (Fu et al. 2019)';

/** A comment beside that weight, with the space before it; none in cycles, whose line has its own. @param mark what begins a comment */
export const betaComment = ({ training: { betaCycles } }: ScriptPlan, mark: '  #' | ' //'): string =>
  betaCycles === undefined ? `${mark} rises slowly (Bowman et al. 2016)` : '';

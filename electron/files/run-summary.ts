import type { Experiment } from '../domain/experiment.ts';
import { curveOf } from '../domain/run-curve.ts';
import type { EpochMetrics, RunSummary } from '../domain/words.ts';
import type { Annotations } from './run-annotations.ts';
import type { RunState } from './run-folder.ts';

/** A run in a list, but for what only its process knows. */
export function summaryOf(
  { id, startedAt, test, sample }: Pick<RunState, 'id' | 'startedAt' | 'test' | 'sample'>,
  experiment: Experiment,
  metrics: readonly EpochMetrics[],
  { name = experiment.name, tags, notes }: Annotations,
): Omit<RunSummary, 'status' | 'resumable' | 'problem'> {
  const { preset, sweep, imageSet, model, training } = experiment;
  const errors = metrics.map((epoch) => epoch.validationSquaredError ?? Number.NaN).filter(Number.isFinite);
  return {
    id,
    name,
    ...(preset === undefined ? {} : { preset }),
    imageSet,
    startedAt,
    epochs: training.epochs,
    epochsDone: metrics.at(-1)?.epoch ?? 0,
    codeSize: model.code.size,
    imageValues: model.inputShape.reduce((product, side) => product * side, 1),
    seed: training.seed,
    tags,
    notes,
    ...(sweep === undefined ? {} : { sweep }),
    ...(sample === undefined ? {} : { sample }),
    curve: curveOf(metrics),
    ...(errors.length === 0 ? {} : { bestValidationSquaredError: Math.min(...errors) }),
    ...(test ? { testSquaredError: test.squaredError } : {}),
  };
}

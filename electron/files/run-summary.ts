import type { Experiment } from '../domain/experiment.ts';
import type { EpochMetrics, RunSummary } from '../domain/words.ts';
import type { Annotations } from './run-annotations.ts';
import type { RunState } from './run-folder.ts';

/** Points of the small curve in a list. */
const MOST_POINTS = 64;

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

/**
 * Validation squared error per image by epoch, without validation images the training cost; of more than 64 epochs as many,
 * evenly chosen, the first and the last among them.
 */
export function curveOf(metrics: readonly EpochMetrics[]): readonly number[] {
  const values = metrics.map((epoch) => epoch.validationSquaredError ?? epoch.trainingCost);
  if (values.length <= MOST_POINTS) return values;
  const stride = (values.length - 1) / (MOST_POINTS - 1);
  return Array.from({ length: MOST_POINTS }, (_, point) => values[Math.round(point * stride)]!);
}

import type { EpochMetrics, Health } from '../words.ts';

export interface Symptoms {
  readonly last: EpochMetrics | undefined;
  readonly cost: number | undefined;
  readonly health: Health | undefined;
  /** The layer with the largest share of values in flat ends. */
  readonly worst: Health['layers'][number] | undefined;
}

export function symptomsOf(metrics: readonly EpochMetrics[]): Symptoms {
  const last = metrics.at(-1);
  const health = metrics.findLast((epoch) => epoch.health !== undefined)?.health;
  const worst = health?.layers.reduce<Health['layers'][number] | undefined>(
    (most, layer) => (layer.saturated > (most?.saturated ?? 0) ? layer : most),
    undefined,
  );
  return { last, cost: last?.trainingCost, health, worst };
}

interface Reached {
  readonly epoch: number;
  readonly error: number;
}

/** Epochs after the best before a rise counts. */
const PATIENCE = 3;
/** A rise of the validation error that is more than noise. */
const RISE = 0.05;

/** Where the validation error was least, if it has risen since for several epochs while the training cost fell. */
export function overfitSince(metrics: readonly EpochMetrics[]): { best: Reached; last: Reached } | undefined {
  const points = metrics
    .filter(({ validationMse }) => validationMse !== undefined && Number.isFinite(validationMse))
    .map(({ epoch, validationMse, trainingCost }) => ({ epoch, error: validationMse as number, trainingCost }));
  const last = points.at(-1);
  if (last === undefined) return undefined;
  const best = points.reduce((least, point) => (point.error < least.error ? point : least));
  const since = points.filter(({ epoch }) => epoch > best.epoch);
  const risen =
    since.length >= PATIENCE && since.slice(-PATIENCE).every(({ error }) => error > best.error * (1 + RISE));
  return risen && last.trainingCost < best.trainingCost ? { best, last } : undefined;
}

const SHAKY_EPOCHS = 6;
/** A rise of the mean cost from one epoch to the next that a good run does not show. */
const JUMP = 0.02;
/** The mean of fewer steps an epoch jumps by itself, whatever the rate. */
const LEAST_STEPS = 16;

/** How often the mean cost rose lately, where it did so in half of the epochs. */
export function isShaky(metrics: readonly EpochMetrics[]): { rises: number; of: number; most: number } | undefined {
  const last = metrics.at(-1);
  if (last === undefined || last.step < LEAST_STEPS * last.epoch) return undefined;
  // Where a schedule has brought the rate down, it is not what shakes.
  if (last.learningRate < Math.max(...metrics.map(({ learningRate }) => learningRate)) / 3) return undefined;
  const recent = metrics.slice(-SHAKY_EPOCHS - 1).map(({ trainingCost }) => trainingCost);
  if (recent.length <= SHAKY_EPOCHS || !recent.every((cost) => Number.isFinite(cost) && cost > 0)) return undefined;
  const changes = recent.slice(1).map((cost, index) => cost / recent[index]! - 1);
  const rises = changes.filter((change) => change > JUMP).length;
  return rises * 2 >= SHAKY_EPOCHS ? { rises, of: SHAKY_EPOCHS, most: Math.max(...changes) } : undefined;
}

const SLOW_EPOCHS = 4;
/** An epoch's share of the cost that a run in its beginning should take off. */
const SLOW = 0.03;

/** The mean fall of the cost an epoch, where each fell a little and the error is still above half of what the mean image gives. */
export function fellSlowly(
  metrics: readonly EpochMetrics[],
  meanImageMse: number | undefined,
): { share: number } | undefined {
  const recent = metrics.slice(-SLOW_EPOCHS - 1);
  const error = metrics.at(-1)?.validationMse;
  if (recent.length <= SLOW_EPOCHS || error === undefined || meanImageMse === undefined) return undefined;
  // A schedule that ends lets every run fall slowly.
  const rates = recent.map(({ learningRate }) => learningRate);
  if (Math.max(...rates) > 2 * Math.min(...rates)) return undefined;
  const falls = recent.slice(1).map(({ trainingCost }, index) => 1 - trainingCost / recent[index]!.trainingCost);
  const steady = falls.every((fall) => fall > 0 && fall < SLOW);
  const share = falls.reduce((sum, fall) => sum + fall, 0) / falls.length;
  return steady && error > meanImageMse / 2 ? { share } : undefined;
}

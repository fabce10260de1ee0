import type { Snapshot } from '../../electron/domain/words.ts';
import type { FakeJob, FakeRay } from './fake-ray.ts';

/** What an engine makes of the weights of an epoch: pixels that tell it. */
export const snapshotOf = (epoch: number, runId = 'run'): Snapshot => ({
  runId,
  epoch,
  reconstructions: { count: 1, height: 2, width: 3, channels: 1, pixels: new Uint8Array(6).fill(epoch) },
  errors: new Float32Array(1),
  map: { x: new Float32Array(2), y: new Float32Array(2) },
  mapIs: 'principal-plane',
});

export const metric = (epoch: number, validationMse = 0.3 / epoch) => ({
  epoch,
  step: epoch * 10,
  secondsSinceStart: epoch,
  lastBatchCost: 0.1,
  trainingCost: 0.2 / epoch,
  validationMse,
  stepsPerSecond: 5,
  learningRate: 0.001,
});

/** The job prints an epoch whose weights it sends. */
export function printEpoch(
  ray: FakeRay,
  epoch: number,
  job: FakeJob = ray.onlyJob,
  weights: Uint8Array = Buffer.from(`weights ${epoch}`),
): void {
  ray.print(job, ['ARTIFACT', ray.leave('epoch', epoch, weights)], ['METRIC', metric(epoch)]);
}

/** The job ends well after this epoch, its best. */
export function finish(
  ray: FakeRay,
  epoch: number,
  job: FakeJob = ray.onlyJob,
  weights: Uint8Array = Buffer.from(`weights ${epoch}`),
): void {
  ray.print(job, ['ARTIFACT', ray.leave('best', epoch, weights)], ['ARTIFACT', ray.leave('last', epoch, weights)]);
  ray.print(job, ['DONE']);
  ray.end(job, 'SUCCEEDED');
}

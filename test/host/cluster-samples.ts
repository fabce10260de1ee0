import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterEngineAnswers } from '../../electron/contract/cluster-calls.ts';
import type { Handlers } from '../../electron/contract/contract.ts';
import type { Snapshot } from '../../electron/contract/words.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import type { FakeJob, FakeRay } from '../cluster/fake-ray.ts';

/** Instead of a network: one package of images, and a snapshot that tells the epoch. */
export function benchHandlers(
  dataFolder: string,
): Handlers<keyof ClusterEngineAnswers> & { readonly closed: string[] } {
  const closed: string[] = [];
  const snapshot = (runId: string, epoch: number): Snapshot => ({
    runId,
    epoch,
    reconstructions: { count: 1, height: 1, width: 1, channels: 1, pixels: new Uint8Array(1).fill(epoch) },
    errors: new Float32Array(1),
    map: { x: new Float32Array(2), y: new Float32Array(2) },
    mapIs: 'principal-plane',
  });
  return {
    closed,
    'engine:cluster-prepare': async ({ experiment, imageSource }) => {
      const path = join(dataFolder, 'images.zip');
      await writeFile(path, 'images');
      const images = [{ module: 'studio_images_0', name: '_ray_pkg_0.zip', path, bytes: 6 }];
      return {
        files: { 'model.py': Buffer.from('# model') },
        spec: { training: experiment.training },
        images: imageSource === undefined ? images : [],
      };
    },
    'engine:cluster-take-in': async ({ runId, path, epoch, as }) => {
      await readFile(path);
      const taken = snapshot(runId, epoch);
      if (as.includes('last')) await RunFolder.under(dataFolder, runId).writeSnapshot(taken);
      return { snapshot: taken };
    },
    'engine:cluster-measure': ({ epoch }) => Promise.resolve({ test: { mse: 0.5, squaredError: 3, epoch } }),
    'engine:cluster-close': ({ runId }) => {
      closed.push(runId);
      return Promise.resolve({});
    },
  };
}

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

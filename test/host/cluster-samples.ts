import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterEngineAnswers } from '../../electron/contract/cluster-calls.ts';
import type { Handlers } from '../../electron/contract/contract.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { snapshotOf } from '../cluster/job-samples.ts';

/** Instead of a network: one package of images, and a snapshot that tells the epoch. */
export function benchHandlers(
  dataFolder: string,
): Handlers<keyof ClusterEngineAnswers> & { readonly closed: string[] } {
  const closed: string[] = [];
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
    'engine:cluster-load-weights': async ({ runId, path, epoch, as }) => {
      await readFile(path);
      const taken = snapshotOf(epoch, runId);
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

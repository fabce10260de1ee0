import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EpochMetrics } from '../../../electron/domain/words.ts';
import { buildNetwork } from '../../../electron/engine/network.ts';
import { ImageSets } from '../../../electron/engine-process/image-sets.ts';
import { exportTrained } from '../../../electron/engine-process/models/export-trained.ts';
import type { RunFolder } from '../../../electron/files/run-folder.ts';
import { saveModel } from '../../../electron/model/weights-file.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { experiment } from '../../training/samples.ts';
import { saveRun } from './samples.ts';

const given = experiment();

const epoch = (number: number): EpochMetrics => ({
  epoch: number,
  step: 10 * number,
  secondsSinceStart: number,
  lastBatchCost: 1 / number,
  trainingCost: 1 / number,
  validationMse: 1 / number,
  validationSquaredError: 12 / number,
  stepsPerSecond: 10,
  learningRate: 0.01,
});

/** The model card of weights that have had so many epochs, of a run whose third epoch was noted as its best. */
async function cardOf(run: RunFolder, weights: 'best' | 'last', epochs?: number): Promise<string> {
  const network = buildNetwork(given.model, 1);
  await saveModel(network, run.modelFolder(weights), epochs);
  network.dispose();
  const folder = join(run.path, 'away');
  const surroundings = {
    imageSets: new ImageSets(run.path),
    breathe: () => Promise.resolve(),
    report: () => undefined,
  };
  const place = { folder: run.modelFolder(weights), run };
  await exportTrained({ place, folder, dataFolder: run.path, format: 'tfjs' }, surroundings);
  return readFileSync(join(folder, 'README.md'), 'utf8');
}

test('a model card gives the figures of the epoch whose weights are on the disk, not of a later one that was noted before a run was cut off', async () => {
  using data = new TemporaryFolder();
  const run = await saveRun(data.path, given);
  for (const number of [1, 2, 3]) await run.addMetrics(epoch(number));

  const behind = await cardOf(run, 'best', 2);
  expect(behind).toContain('| epoch of these weights | 2 |');
  expect(behind).toContain('| validation MSE per pixel | 0.5 |');

  const within = await cardOf(run, 'last', 2.25);
  expect(within).toContain('| epoch of these weights | 2.25 |');
  expect(within).not.toContain('validation MSE');

  // Written by an earlier version of the app.
  const untold = await cardOf(run, 'best');
  expect(untold).toContain('| epoch of these weights | 3 |');
});

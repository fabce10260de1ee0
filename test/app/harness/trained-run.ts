import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { RunFolder } from '../../../electron/files/run-folder.ts';
import { trainingEnvironment } from '../../../electron/host/engine-environment.ts';
import { TRAINING_IMAGES } from '../../../scripts/mnist-part.ts';
import { projectRoot } from '../../../scripts/step.ts';
import type { Experiment } from '../../../electron/domain/experiment.ts';
import { dense } from '../../../electron/domain/presets/preset.ts';
import { presetOn, presets } from '../../../electron/domain/presets.ts';
import { MNIST_ID } from '../../../electron/domain/ids.ts';
import type { ImageColumns } from '../../../electron/domain/words.ts';
import { prepared } from './prepared.ts';

/** The folder of a data folder in which an engine keeps what it has worked out of image sets. */
const CACHE = 'cache';

export interface TrainedRun {
  readonly folder: string;
  /** Puts a copy into an app's data folder, with what has been worked out of its images. */
  copyTo(dataFolder: string): Promise<void>;
}

/** The modern recipe on MNIST, one epoch. */
export const modernRun = (): Promise<TrainedRun> => measuredRun('modern-run', ofPreset('modern'), 1);

/** A map of MNIST in two dimensions, two epochs, by a network that takes a tenth of the preset's time. */
export function mapRun(): Promise<TrainedRun> {
  const map = ofPreset('map-2d');
  const encoder = [256, 64].map((units) => dense(units, 'gelu'));
  return measuredRun('map-run', { ...map, model: { ...map.model, encoder } }, 2);
}

/** Puts into a data folder what is worked out once of MNIST's pixels. */
export async function givePixels(dataFolder: string): Promise<void> {
  await cp(await prepared('pixels', (making) => workOut(making)), dataFolder, { recursive: true });
}

/** Trains in a data folder, by the built command line. */
export async function trainRun(dataFolder: string, experiment: Experiment, epochs: number): Promise<TrainedRun> {
  const [file, folder] = [join(dataFolder, 'experiment.json'), join(dataFolder, 'runs', 'run')];
  await writeFile(file, JSON.stringify(experiment));
  const cli = join(projectRoot, 'out', 'main', 'cli.js');
  const options = ['--experiment', file, '--epochs', String(epochs), '--seed', '1', '--out', folder];
  await promisify(execFile)(process.execPath, [cli, 'train', ...options]);
  return runIn(folder);
}

export function ofPreset(id: string): Experiment {
  return presetOn(
    presets.find((preset) => preset.id === id)!,
    { id: MNIST_ID, shape: [28, 28, 1], trainingCount: TRAINING_IMAGES },
  );
}

/** Trained once for all workers, its codes measured as they are for the first window that shows them. */
async function measuredRun(name: string, experiment: Experiment, epochs: number): Promise<TrainedRun> {
  const dataFolder = await prepared(name, async (making) => {
    await givePixels(making);
    const file = join(making, 'experiment.json');
    // Smaller batches than the preset's: nearly as many steps as on the whole MNIST.
    const training = { ...experiment.training, epochs, batchSize: 32 };
    await writeFile(file, JSON.stringify({ ...experiment, training }));
    await workOut(making, file);
  });
  const [id = ''] = await readdir(join(dataFolder, 'runs'));
  return runIn(join(dataFolder, 'runs', id), join(dataFolder, CACHE));
}

async function runIn(folder: string, cache?: string): Promise<TrainedRun> {
  const { id } = await new RunFolder(folder).readState();
  return {
    folder,
    copyTo: async (dataFolder) => {
      await mkdir(join(dataFolder, 'runs'), { recursive: true });
      await cp(folder, join(dataFolder, 'runs', id), { recursive: true });
      if (cache !== undefined) await cp(cache, join(dataFolder, CACHE), { recursive: true });
    },
  };
}

async function workOut(...args: readonly string[]): Promise<void> {
  const env = trainingEnvironment(availableParallelism());
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'work-out.ts'), ...args], { env });
}

/** What the run's model makes of an image, computed here: its pixels, and its squared error. */
export async function throughModel(
  { folder }: Pick<TrainedRun, 'folder'>,
  image: ImageColumns,
): Promise<{ readonly pixels: Uint8Array; readonly squaredError: number }> {
  // Loaded late: Playwright reads every spec in more than one process.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  const { applyTo } = await import('../../../electron/engine/apply.ts');
  const { loadModel } = await import('../../../electron/model/weights-file.ts');
  const network = await loadModel(join(folder, 'model', 'best'));
  const { mse, reconstructions } = applyTo(network, image, image);
  return { pixels: reconstructions.pixels, squaredError: mse[0]! * image.pixels.length };
}

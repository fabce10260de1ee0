import { execFile } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { RunFolder } from '../../../electron/files/run-folder.ts';
import { projectRoot } from '../../../scripts/step.ts';
import type { ImageColumns } from '../../../electron/domain/words.ts';
import { temporaryFolder } from './app.ts';

export interface TrainedRun {
  readonly folder: string;
  /** Puts a copy into an app's data folder. */
  copyTo(dataFolder: string): Promise<void>;
  remove(): Promise<void>;
}

/** A run of the modern recipe on MNIST, one epoch, trained by the built command line. */
export async function trainedRun(): Promise<TrainedRun> {
  const { path, remove } = await temporaryFolder();
  const folder = join(path, 'run');
  const cli = join(projectRoot, 'out', 'main', 'cli.js');
  const options = ['--preset', 'modern', '--epochs', '1', '--seed', '1', '--out', folder];
  await promisify(execFile)(process.execPath, [cli, 'train', ...options]);
  const { id } = await new RunFolder(folder).readState();
  return {
    folder,
    remove,
    copyTo: async (dataFolder) => {
      await mkdir(join(dataFolder, 'runs'), { recursive: true });
      await cp(folder, join(dataFolder, 'runs', id), { recursive: true });
    },
  };
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

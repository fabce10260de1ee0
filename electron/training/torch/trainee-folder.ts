import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, removeFolder, writeWhole } from '../../files/atomic.ts';

/** The trainee's modules. A packed app does not list folders, nor does Python read in its archive. */
export const traineeSources = [
  '__init__',
  'card',
  'device',
  'device_images',
  'images',
  'losses',
  'noise',
  'normalisation',
  'optimizers',
  'protocol',
  'trainee',
] as const;

export interface TraineeFiles {
  /** The folder `resources/cluster`. */
  readonly sources: string;
  /** model.py: written by the PyTorch export, of nothing but the checked model spec. */
  readonly model: string;
  /** The weights it begins with, as safetensors. */
  readonly initial: Uint8Array;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Makes the folder that a trainee runs in, anew: its program, the model, the first weights and the experiment. */
export async function makeTraineeFolder(
  folder: string,
  { sources, model, initial, spec }: TraineeFiles,
): Promise<void> {
  await removeFolder(folder);
  await makeFolder(join(folder, 'studio'));
  for (const name of traineeSources) {
    const file = join('studio', `${name}.py`);
    await writeFile(join(folder, file), await readFile(join(sources, file)));
  }
  await writeWhole(join(folder, 'model.py'), model);
  await writeWhole(join(folder, 'initial.safetensors'), initial);
  await writeWhole(join(folder, 'spec.json'), JSON.stringify(spec));
}

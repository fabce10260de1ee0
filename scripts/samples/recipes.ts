import type { Experiment } from '../../electron/domain/experiment.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';

/** A run that ships with the app; all of them together take at most 3 MB. */
export interface SampleRecipe {
  /** The run's id, and its archive's name. */
  readonly id: string;
  readonly experiment: Experiment;
  /** Epochs whose snapshots are kept, the first and the last among them: what the replay shows. */
  readonly snapshots: number;
}

function ofPreset(id: string): Experiment {
  const preset = presets.find((one) => one.id === id);
  if (preset === undefined) throw new Error(`There is no preset "${id}".`);
  return presetExperiment(preset, 'mnist', [28, 28, 1]);
}

const map = ofPreset('map-neighbours');

export const sampleRecipes: readonly SampleRecipe[] = [
  {
    id: 'sample-map',
    experiment: {
      ...map,
      name: 'Map of the digits',
    },
    snapshots: 6,
  },
];

import type { Experiment } from '../../electron/domain/experiment.ts';
import { dense } from '../../electron/domain/presets/preset.ts';
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
const denoiser = ofPreset('denoising');

export const sampleRecipes: readonly SampleRecipe[] = [
  {
    id: 'sample-map',
    // Smaller than the preset, whose weights alone would take twice the 3 MB, and as many epochs as that has use for.
    experiment: {
      ...map,
      name: 'Map of the digits',
      training: { ...map.training, epochs: 30 },
      model: { ...map.model, encoder: [400, 200, 100].map((units) => dense(units, 'gelu')) },
    },
    snapshots: 6,
  },
  {
    id: 'sample-denoiser',
    // Smaller than the preset, which alone would take all of the 3 MB.
    experiment: {
      ...denoiser,
      name: 'Denoiser of the digits',
      model: {
        ...denoiser.model,
        encoder: [dense(256, 'gelu')],
        code: { ...denoiser.model.code, size: 64 },
      },
    },
    snapshots: 2,
  },
];

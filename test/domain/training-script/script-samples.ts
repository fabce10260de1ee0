import { presetExperiment, presets } from '../../../electron/domain/presets.ts';
import type { Experiment, ModelSpec } from '../../../electron/domain/experiment.ts';
import type { ScriptDialectId } from '../../../electron/domain/training-script/dialects.ts';
import type { ScriptImages } from '../../../electron/domain/training-script/script-plan.ts';
import { trainingScript } from '../../../electron/domain/training-script/training-script.ts';

export const digits: ScriptImages = {
  source: 'idx',
  name: 'MNIST',
  trainingCount: 60_000,
  testCount: 10_000,
  labelNames: [...'0123456789'],
};

/** A preset on images of this shape; changed by what is given. */
export function experimentOf(
  id: string,
  changes: Partial<Experiment['training']> = {},
  model: Partial<ModelSpec> = {},
): Experiment {
  const preset = presets.find((each) => each.id === id);
  if (preset === undefined) throw new Error(`no preset ${id}`);
  const experiment = presetExperiment(preset, 'mnist', [28, 28, id === 'conv-rgb' ? 3 : 1]);
  return {
    ...experiment,
    model: { ...experiment.model, ...model },
    training: { ...experiment.training, ...changes },
  };
}

/** The text of the script itself. */
export function textOf(dialect: ScriptDialectId, experiment: Experiment, images: ScriptImages = digits): string {
  return trainingScript(experiment, images, dialect).files[0]!.text;
}

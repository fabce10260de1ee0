import type { Experiment } from '../experiment.ts';
import type { ScriptDialectId } from './dialects.ts';
import { kerasScript } from './keras/keras-script.ts';
import { torchScript } from './pytorch/torch-script.ts';
import { tfjsScript } from './tfjs/tfjs-script.ts';
import { planScript, type ScriptImages, type ScriptPlan } from './script-plan.ts';
import { checkWritten } from './script-limits.ts';
import { scriptNotes } from './script-notes.ts';

/** One file of a script's folder. */
export interface ScriptFile {
  readonly name: string;
  readonly text: string;
  readonly language: 'python' | 'javascript' | 'plain';
}

export interface TrainingScript {
  /** The script itself first, then what it needs installed. */
  readonly files: readonly ScriptFile[];
  /** What it does otherwise than the app, in sentences; they stand in the script too. */
  readonly notes: readonly string[];
}

/** requirements.txt */
const needs = ({ images }: ScriptPlan, ...own: readonly string[]): string =>
  [...own, 'matplotlib', 'numpy', 'scikit-learn', ...(images.source === 'pictures' ? ['pillow'] : [])]
    .toSorted()
    .map((name) => `${name}\n`)
    .join('');

const PACKAGE = `{
  "private": true,
  "type": "module",
  "dependencies": {
    "@tensorflow/tfjs-node": "^4.22.0"
  }
}
`;

const writers: Readonly<
  Record<ScriptDialectId, (plan: ScriptPlan, notes: readonly string[]) => readonly ScriptFile[]>
> = {
  keras: (plan, notes) => [
    { name: 'train.py', text: kerasScript(plan, notes), language: 'python' },
    { name: 'requirements.txt', text: needs(plan, 'keras', 'tensorflow'), language: 'plain' },
  ],
  pytorch: (plan, notes) => [
    { name: 'train.py', text: torchScript(plan, notes), language: 'python' },
    { name: 'requirements.txt', text: needs(plan, 'torch'), language: 'plain' },
  ],
  tfjs: (plan, notes) => [
    { name: 'train.mjs', text: tfjsScript(plan, notes), language: 'javascript' },
    { name: 'package.json', text: PACKAGE, language: 'plain' },
  ],
};

/**
 * An experiment as a program that trains the same model without the app. The text depends on nothing but what is given.
 * @throws StudioError `bad-spec` where the experiment's parts do not go together, `refused` naming what of its model no script says
 */
export function trainingScript(experiment: Experiment, images: ScriptImages, dialect: ScriptDialectId): TrainingScript {
  const plan = planScript(experiment, images);
  checkWritten(experiment);
  const notes = scriptNotes(plan, dialect);
  return { files: writers[dialect](plan, notes), notes };
}

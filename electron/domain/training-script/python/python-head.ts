import { inComment, literal, SCRIPT_WIDTH, wrapped } from '../script-text.ts';
import { shapeWords, type ScriptPlan } from '../script-plan.ts';
import { folderWords, imageImports, pythonLabels } from './python-images.ts';

/** The docstring of a script: what it trains, how it is run, what it does otherwise than the app. */
export function pythonDocstring(plan: ScriptPlan, library: string, notes: readonly string[]): string {
  const { experiment, images } = plan;
  const title = `${inComment(experiment.name)}: an autoencoder ${shapeWords(plan)} for ${inComment(images.name)}.`;
  const lines = [
    ...wrapped(title, SCRIPT_WIDTH - 3),
    '',
    `By Autoencoder Studio, for ${library}. Run: pip install -r requirements.txt; python train.py FOLDER`,
    ...wrapped(folderWords[images.source], SCRIPT_WIDTH),
    '',
    'Other than in the app:',
    ...notes.flatMap((note) =>
      wrapped(inComment(note), SCRIPT_WIDTH - 2).map((line, at) => `${at === 0 ? '- ' : '  '}${line}`),
    ),
  ];
  return `"""${lines.join('\n')}\n"""`;
}

/** SEED, EPOCHS and the other numbers that a person would change first. */
export function pythonSettings(plan: ScriptPlan): string[] {
  const { training, batchSize } = plan;
  const labels = pythonLabels(plan);
  const { seed, epochs, learningRate, validationCount } = training;
  return [
    `SEED = ${literal(seed)}`,
    `EPOCHS = ${literal(epochs)}`,
    `BATCH_SIZE = ${literal(batchSize)}`,
    `LEARNING_RATE = ${literal(learningRate)}`,
    ...(validationCount > 0
      ? [`HELD_OUT = ${literal(validationCount)}  # the first training images: the best epoch is chosen by them`]
      : []),
    ...(labels === undefined ? [] : [labels]),
  ];
}

/**
 * The imports of what a script uses, the standard library's first, modules before names out of them.
 * @param body what is searched for the use of those that not every script needs
 * @param own the dialect's, as lines
 */
export function pythonImports({ images }: ScriptPlan, body: string, own: readonly string[]): string {
  const needed = imageImports[images.source];
  const standard = [
    ...['math', 'random']
      .filter((name) => new RegExp(`(?<![\\w.])${name}\\.`).test(body))
      .map((name) => `import ${name}`),
    ...needed.filter((line) => line.startsWith('import ')),
    'import sys',
    'from pathlib import Path',
  ];
  const others = [
    'import matplotlib.pyplot as plt',
    'import numpy as np',
    ...own,
    ...needed.filter((line) => line.startsWith('from ')),
    ...(body.includes('PCA(') ? ['from sklearn.decomposition import PCA'] : []),
    ...(body.includes('NearestNeighbors') ? ['from sklearn.neighbors import NearestNeighbors'] : []),
  ];
  return [standard, others].map((lines) => lines.toSorted(byModule).join('\n')).join('\n\n');
}

const byModule = (a: string, b: string): number =>
  Number(a.startsWith('from')) - Number(b.startsWith('from')) || (a < b ? -1 : 1);

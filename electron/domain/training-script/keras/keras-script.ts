import { pythonFigures } from '../python/python-figures.ts';
import { pythonDocstring, pythonImports, pythonSettings } from '../python/python-head.ts';
import { pythonLoading, pythonReaders } from '../python/python-images.ts';
import { pythonNeighbours } from '../python/python-neighbours.ts';
import { joined } from '../script-text.ts';
import { isChosen, keptNeighbours, type ScriptPlan } from '../script-plan.ts';
import { kerasPreparation } from './keras-batches.ts';
import { kerasInitialisers } from './keras-initialiser.ts';
import { kerasClasses } from './keras-classes.ts';
import { kerasModel } from './keras-model.ts';
import { kerasObjective } from './keras-objective.ts';
import { kerasRate } from './keras-optimizer.ts';
import { kerasPretraining } from './keras-pretraining.ts';
import { kerasEarlyStopping, kerasTraining } from './keras-training.ts';

/** train.py, in Keras 3. */
export function kerasScript(plan: ScriptPlan, notes: readonly string[]): string {
  const { pretraining } = plan.training;
  const definitions = joined(2, [
    pythonReaders(plan),
    kerasPreparation(plan),
    kerasClasses(plan),
    kerasObjective(plan),
    kerasRate(plan),
    kerasEarlyStopping(plan),
    pretraining === undefined ? undefined : kerasPretraining(plan, pretraining),
    pythonNeighbours(plan),
  ]);
  const program = joined(1, [
    loading(plan),
    joined(0, [...initialisers(plan), kerasModel(plan), ...(pretraining === undefined ? [] : [pretrained(plan)])]),
    kerasTraining(plan).join('\n'),
    ending(plan),
    pythonFigures(plan).join('\n'),
  ]);
  const body = `${definitions}\n\n\n${program}`;
  const imports = pythonImports(plan, body, [
    'import keras',
    'import tensorflow as tf',
    `from keras import callbacks, layers${body.includes('ops.') ? ', ops' : ''}`,
  ]);
  const head = [pythonDocstring(plan, 'Keras 3', notes), imports, pythonSettings(plan).join('\n')];
  return `${joined(1, head)}\n\n\n${body}\n`;
}

function initialisers({ model, encoder, decoder }: ScriptPlan): string[] {
  const layers = [...encoder, ...decoder];
  const transposing = layers.some((layer) => layer.kind === 'conv' && layer.transposed);
  const separable = layers.some(({ kind }) => kind === 'separable');
  return kerasInitialisers(model.initialiser, transposing, separable);
}

const pretrained = ({ training, values }: ScriptPlan): string =>
  `pretrain(images${isChosen(training) ? '[HELD_OUT:]' : ''}.reshape(-1, ${values}) / np.float32(255))`;

function loading(plan: ScriptPlan): string {
  const chosen = isChosen(plan.training);
  return [
    'keras.utils.set_random_seed(SEED)',
    ...pythonLoading(plan),
    chosen
      ? 'held_out, test = images[:HELD_OUT] / np.float32(255), test / np.float32(255)'
      : 'test = test / np.float32(255)',
  ].join('\n');
}

function ending(plan: ScriptPlan): string {
  const { values } = plan;
  const judged = keptNeighbours(plan) === undefined ? 'test' : '(test, test)';
  const inputs = plan.model.code.classes === undefined ? judged : '(test, labels)';
  return [
    `error = autoencoder.evaluate(${inputs}, test, verbose=0, return_dict=True)["mse"]`,
    `print(f"Test: squared error per image {error * ${values}:.4f}, MSE {error:.6f}")`,
    'shown = test[:2000]',
    'codes = encoder.predict(shown, verbose=0)',
    'reconstructions = decoder.predict(codes, verbose=0)',
  ].join('\n');
}

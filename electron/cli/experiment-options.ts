import { readFile } from 'node:fs/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import * as v from 'valibot';
import { StudioError } from '../domain/errors.ts';
import { ExperimentSchema, type Experiment } from '../domain/experiment.ts';
import { describeIssue } from '../domain/describe-issue.ts';
import { readExperiment } from '../domain/migrate-experiment.ts';
import { presetOn, presets, type Preset } from '../domain/presets.ts';
import { RECIPE_ID, recipeFor } from '../domain/recipe.ts';
import { summarise, type ImageSet } from '../dataset/image-set.ts';
import { MNIST_ID } from '../domain/ids.ts';
import { readSet } from './read-set.ts';
import { setOf } from './resume-run.ts';

export interface ExperimentOptions {
  /** The recipe where none is given and the set is an imported one, else the article's. */
  readonly preset?: Preset | typeof RECIPE_ID;
  /** A file, in place of the preset. */
  readonly experiment?: string;
  readonly dataset?: string;
  readonly epochs?: number;
  readonly seed?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly codeSize?: number;
  readonly validationCount?: number;
}

/** What is trained, and on which images: a preset or an experiment's file, changed by what is given. */
export function addExperimentOptions(command: Command): Command {
  return command
    .addOption(presetOption())
    .addOption(
      new Option('--experiment <file>', 'an experiment as the app saves it, in place of a preset').conflicts('preset'),
    )
    .option(
      '--dataset <set>',
      'an imported set, by its id or folder, or a folder of IDX files named as MNIST’s are (default: the experiment’s, or MNIST)',
    )
    .option('--epochs <count>', 'epochs', number)
    .option('--seed <number>', 'seed of weights, shuffling and noise', number)
    .option('--batch-size <count>', 'images a step', number)
    .option('--learning-rate <rate>', 'learning rate', number)
    .option('--validation-count <count>', 'training images held out', number);
}

/** @throws StudioError `bad-file` or `bad-spec` naming the file or the option's field, what was expected and what was found. */
export async function readExperimentAndSet(
  options: ExperimentOptions,
): Promise<{ readonly experiment: Experiment; readonly set: ImageSet }> {
  if (options.experiment !== undefined) {
    const base = await experimentIn(options.experiment);
    const set = await setOf(base.imageSet, options.dataset);
    return { experiment: changed({ ...base, imageSet: set.id }, options), set };
  }
  const set = await readSet(options.dataset);
  const pictures = summarise(set);
  const preset = options.preset ?? (set.id === MNIST_ID ? presets[0]! : RECIPE_ID);
  const base = preset === RECIPE_ID ? recipeFor(pictures, options.codeSize).experiment : presetOn(preset, pictures);
  return { experiment: changed(base, options), set };
}

async function experimentIn(file: string): Promise<Experiment> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new StudioError('not-found', `${file}: the file cannot be read.`, { cause });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new StudioError('bad-file', `${file}: expected JSON, found text that is not JSON.`, { cause });
  }
  return readExperiment(value, file);
}

function changed(base: Experiment, options: ExperimentOptions): Experiment {
  const given = (['epochs', 'seed', 'batchSize', 'learningRate', 'validationCount'] as const).filter(
    (key) => options[key] !== undefined,
  );
  const training = { ...base.training, ...Object.fromEntries(given.map((key) => [key, options[key]])) };
  const model = {
    ...base.model,
    code: { ...base.model.code, ...(options.codeSize === undefined ? {} : { size: options.codeSize }) },
  };
  const parsed = v.safeParse(ExperimentSchema, { ...base, model, training });
  if (!parsed.success) throw new StudioError('bad-spec', describeIssue(parsed.issues[0]));
  return parsed.output;
}

const presetIds = [RECIPE_ID, ...presets.map(({ id }) => id)].join(', ');

function presetOption(): Option {
  return new Option(
    '--preset <name>',
    `one of ${presetIds} (default: recipe, which fits the set, for imported sets; article for MNIST)`,
  ).argParser(findPreset);
}

function findPreset(text: string): Preset | typeof RECIPE_ID {
  if (text === RECIPE_ID) return text;
  const preset = presets.find(({ id }) => id === text);
  if (preset !== undefined) return preset;
  throw new InvalidArgumentError(`Expected one of ${presetIds}.`);
}

/** A number on the command line. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Expected a number.');
}

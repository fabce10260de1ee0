import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import * as v from 'valibot';
import { StudioError } from '../contract/errors.ts';
import { ExperimentSchema, type Experiment } from '../contract/experiment.ts';
import { describeIssue } from '../contract/issues.ts';
import { heldOut, presetExperiment, presets, type Preset } from '../contract/presets.ts';
import type { ImageSet } from '../dataset/image-set.ts';
import { defaultDataFolder } from '../files/data-folder.ts';
import { RunFolder } from '../files/run-folder.ts';
import { engineEnvironment } from '../host/engine-environment.ts';
import { newRunId } from '../run/run-id.ts';
import type { RunOptions } from '../run/training-run.ts';
import { readSet } from './read-set.ts';
import { runToResume } from './resume-run.ts';
import { threadsOption } from './threads-option.ts';
import { TrainReport } from './train-report.ts';

interface TrainOptions {
  readonly preset: Preset;
  readonly dataset?: string;
  readonly out?: string;
  readonly epochs?: number;
  readonly seed?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly codeSize?: number;
  readonly validationCount?: number;
  readonly threads?: number;
  readonly resume?: string;
  readonly checkpointMinutes?: number;
  readonly json?: boolean;
}

const exitStatus = `
Ctrl-C writes a checkpoint and says how to go on from it; a second one ends at once.
Exit status: 0 finished, 1 failed or refused, 130 stopped by Ctrl-C.`;

/** What a run that is taken up again has long been told. */
const settled = ['preset', 'out', 'epochs', 'seed', 'batchSize', 'learningRate', 'codeSize', 'validationCount'];

export function addTrain(program: Command): void {
  program
    .command('train')
    .description('train an experiment without a window; prints the cost of each epoch')
    .addOption(presetOption())
    .option(
      '--dataset <set>',
      'an imported set, by its id or folder, or a folder of IDX files named as MNIST’s are (default: MNIST)',
    )
    .option('--out <folder>', 'folder of the run, which must not hold one yet (default: in the app’s data folder)')
    .option('--epochs <count>', 'epochs', number)
    .option('--seed <number>', 'seed of weights, shuffling and noise', number)
    .option('--batch-size <count>', 'images a step', number)
    .option('--learning-rate <rate>', 'learning rate', number)
    .option('--code-size <units>', 'units of the code', number)
    .option('--validation-count <count>', 'training images held out', number)
    .addOption(threadsOption('one for each core; a resumed run keeps its own number'))
    .addOption(
      new Option('--resume <run>', 'takes up a run that was cut off or stopped, by its folder or id').conflicts(
        settled,
      ),
    )
    .option(
      '--checkpoint-minutes <minutes>',
      'writes a checkpoint within an epoch after so many minutes, besides that at its end (default: 5)',
      minutes,
    )
    .option('--json', 'one JSON object a line on stdout instead of the article’s lines')
    .addHelpText('after', exitStatus)
    .action((options: TrainOptions) => train(options));
}

async function train(options: TrainOptions): Promise<void> {
  const given = options.resume === undefined ? await newRun(options) : await runToResume(options.resume, options);
  const report = new TrainReport(options.json === true, given.experiment);
  // Only now: `serve`, which shares this program, never loads TensorFlow itself, and loading it takes a second.
  const { TrainingRun } = await import('../run/training-run.ts');
  const { usualPolicy } = await import('../run/checkpoints.ts');
  const policy = { ...usualPolicy, minutes: options.checkpointMinutes ?? usualPolicy.minutes };
  const run = new TrainingRun({ ...given, policy, emit: report.emit });
  const stop = (): void => run.stop();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  await run.begin();
  const ended = await run.train();
  report.end(ended, given.folder.path);
  if (ended.status === 'failed') process.exitCode = 1;
  if (ended.status === 'stopped') process.exitCode = 130;
}

async function newRun(options: TrainOptions): Promise<Omit<RunOptions, 'emit'>> {
  const set = await readSet(options.dataset);
  const experiment = experimentOf(options, set);
  const id = newRunId(experiment.preset ?? 'run', new Date());
  const folder =
    options.out === undefined ? RunFolder.under(defaultDataFolder(), id) : new RunFolder(resolve(options.out));
  if (existsSync(folder.path) && existsSync(`${folder.path}/run.json`)) {
    throw new StudioError(
      'refused',
      `${folder.path}: expected a folder without a run, found one. Name another with --out.`,
    );
  }
  Object.assign(process.env, engineEnvironment(options.threads));
  return { id, experiment, set, folder };
}

/** @throws StudioError `bad-spec` naming the option's field, what was expected and what was found. */
function experimentOf(options: TrainOptions, set: ImageSet): Experiment {
  const { height, width, channels } = set.training.images;
  const base = presetExperiment(options.preset, set.id, [height, width, channels === 3 ? 3 : 1]);
  const given = (['epochs', 'seed', 'batchSize', 'learningRate', 'validationCount'] as const).filter(
    (key) => options[key] !== undefined,
  );
  const validationCount = heldOut(base.training.validationCount, set.training.images.count);
  const training = {
    ...base.training,
    validationCount,
    ...Object.fromEntries(given.map((key) => [key, options[key]])),
  };
  const model = {
    ...base.model,
    code: { ...base.model.code, ...(options.codeSize === undefined ? {} : { size: options.codeSize }) },
  };
  const parsed = v.safeParse(ExperimentSchema, { ...base, model, training });
  if (!parsed.success) throw new StudioError('bad-spec', describeIssue(parsed.issues[0]));
  return parsed.output;
}

function presetOption(): Option {
  const [first] = presets;
  return new Option('--preset <name>', `one of ${presets.map(({ id }) => id).join(', ')}`)
    .argParser(findPreset)
    .default(first, first?.id);
}

function findPreset(text: string): Preset {
  const preset = presets.find(({ id }) => id === text);
  if (preset !== undefined) return preset;
  throw new InvalidArgumentError(`Expected one of ${presets.map(({ id }) => id).join(', ')}.`);
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Expected a number.');
}

function minutes(text: string): number {
  const value = number(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { StudioError } from '../domain/errors.ts';
import { defaultDataFolder } from '../files/data-folder.ts';
import { RunFolder } from '../files/run-folder.ts';
import { trainingEnvironment } from '../host/engine-environment.ts';
import { newRunId } from '../files/run-id.ts';
import type { RunOptions } from '../training/run-options.ts';
import { addExperimentOptions, number, readExperimentAndSet, type ExperimentOptions } from './experiment-options.ts';
import { addClusterOptions, clusterOrder, tellEnd, type ClusterOptions } from './cluster-options.ts';
import { addDeviceOptions, torchPlace, type DeviceOptions } from './device-options.ts';
import { runToResume } from './resume-run.ts';
import { threadsOption } from './threads-option.ts';
import type { Places } from './places.ts';
import { TrainReport } from './train-report.ts';

interface TrainOptions extends ExperimentOptions, ClusterOptions, DeviceOptions {
  readonly out?: string;
  readonly threads?: number;
  readonly resume?: string;
  readonly checkpointMinutes?: number;
  readonly json?: boolean;
}

const exitStatus = `
Ctrl-C writes a checkpoint and says how to go on from it; a second one ends at once.
Exit status: 0 finished, 1 failed or refused, 130 stopped by Ctrl-C.`;

/** What a run that is taken up again has long been told. */
const settled = [
  'preset',
  'experiment',
  'out',
  'epochs',
  'seed',
  'batchSize',
  'learningRate',
  'codeSize',
  'validationCount',
];

export function addTrain(program: Command, places: Places): void {
  const command = program
    .command('train')
    .description('train an experiment without a window; prints the cost of each epoch');
  addExperimentOptions(command)
    .option('--code-size <units>', 'units of the code', number)
    .option('--out <folder>', 'folder of the run, which must not hold one yet (default: in the app’s data folder)')
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
    .addHelpText('after', exitStatus);
  addDeviceOptions(command, ['cluster']);
  addClusterOptions(command, ['resume', 'threads', 'checkpointMinutes']).action((options: TrainOptions) =>
    options.cluster === undefined ? train(options, places) : trainThere(options.cluster, options, places),
  );
}

async function trainThere(address: string, options: TrainOptions, places: Places): Promise<void> {
  const given = await newRun(options);
  const order = clusterOrder(address, options, places);
  const { trainOnCluster } = await import('./cluster-training.ts');
  const report = new TrainReport(options.json === true, given.experiment);
  tellEnd(await trainOnCluster(given, order, report.emit), given.folder.path, report);
}

async function train(options: TrainOptions, places: Places): Promise<void> {
  const given =
    options.resume === undefined ? await withStart(await newRun(options)) : await runToResume(options.resume, options);
  const torch = await torchPlace(options, places, given.resumption?.state.path?.torch);
  const report = new TrainReport(options.json === true, given.experiment);
  // Only now: `serve`, which shares this program, never loads TensorFlow itself, and loading it takes a second.
  const { TrainingRun } = await import('../training/training-run.ts');
  const { usualPolicy } = await import('../training/checkpoints.ts');
  const policy = { ...usualPolicy, minutes: options.checkpointMinutes ?? usualPolicy.minutes };
  const run = new TrainingRun({ ...given, ...(torch === undefined ? {} : { torch }), policy, emit: report.emit });
  const stop = (): void => run.stop();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  await run.begin();
  const ended = await run.train();
  const images = options.dataset === undefined ? undefined : resolve(options.dataset);
  report.end(ended, given.folder.path, images !== undefined && existsSync(images) ? images : undefined);
  if (ended.status === 'failed') process.exitCode = 1;
  if (ended.status === 'stopped') process.exitCode = 130;
}

async function newRun(options: TrainOptions): Promise<Omit<RunOptions, 'emit'>> {
  const { experiment, set } = await readExperimentAndSet(options);
  const id = newRunId(experiment.preset ?? 'run', new Date());
  const folder =
    options.out === undefined ? RunFolder.under(defaultDataFolder(), id) : new RunFolder(resolve(options.out));
  if (existsSync(folder.path) && existsSync(`${folder.path}/run.json`)) {
    throw new StudioError(
      'refused',
      `${folder.path}: expected a folder without a run, found one. Name another with --out.`,
    );
  }
  Object.assign(process.env, trainingEnvironment(options.threads));
  const { startOptions } = await import('../training/start-from.ts');
  return { id, experiment, set, folder, ...(await startOptions(experiment, defaultDataFolder())) };
}

/** The weights of another run, where the experiment begins with those. */
async function withStart(given: Omit<RunOptions, 'emit'>): Promise<Omit<RunOptions, 'emit'>> {
  const { startOptions } = await import('../training/start-from.ts');
  return { ...given, ...(await startOptions(given.experiment, defaultDataFolder())) };
}

function minutes(text: string): number {
  const value = number(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}

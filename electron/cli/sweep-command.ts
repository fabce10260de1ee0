import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { StudioError } from '../domain/errors.ts';
import type { Experiment } from '../domain/experiment.ts';
import type { Distortion } from '../contract/sweep.ts';
import { sweepExperiments, sweepId, usualSizes } from '../domain/sweep-experiments.ts';
import type { RunEnded } from '../domain/words.ts';
import type { ImageSet } from '../dataset/image-set.ts';
import { defaultDataFolder } from '../files/data-folder.ts';
import { RunFolder } from '../files/run-folder.ts';
import { trainingEnvironment } from '../host/engine-environment.ts';
import type { Emit } from '../training/emit.ts';
import type { TorchPlace } from '../training/torch/torch-runner.ts';
import { newRunId } from '../files/run-id.ts';
import type { ComparedRun } from '../engine-process/sweep/compare.ts';
import { addClusterOptions, clusterOrder, whole, type ClusterOptions } from './cluster-options.ts';
import { addDeviceOptions, torchPlace, type DeviceOptions } from './device-options.ts';
import { addExperimentOptions, readExperimentAndSet, type ExperimentOptions } from './experiment-options.ts';
import type { Places } from './places.ts';
import { distortionTable } from './sweep-table.ts';
import { threadsOption } from './threads-option.ts';

interface SweepOptions extends ExperimentOptions, ClusterOptions, DeviceOptions {
  readonly jobs: number;
  readonly sizes?: readonly number[];
  readonly out?: string;
  readonly threads?: number;
  readonly json?: boolean;
}

const MOST_SIZES = 50;

export function addSweep(program: Command, places: Places): void {
  const command = program
    .command('sweep')
    .description('train one experiment with several code sizes; prints what each loses, beside PCA, JPEG and WebP');
  addExperimentOptions(command)
    .addOption(
      new Option(
        '--sizes <list>',
        'code sizes, with commas between (default: 2 to 128, doubled each time; where the code is an image, 1 to 32 channels)',
      ).argParser(sizes),
    )
    .option('--out <folder>', 'folder of the runs, a folder each (default: in the app’s data folder)')
    .addOption(threadsOption('one for each core'))
    .option('--json', 'one JSON object on stdout instead of the table')
    .addHelpText(
      'after',
      '\nCtrl-C ends the sweep and keeps what was trained.\nExit status: 0 finished, 1 failed or refused, 130 stopped by Ctrl-C.',
    )
    .addOption(new Option('--jobs <count>', 'runs at a time on a cluster').argParser(whole(MOST_SIZES)).default(2));
  addDeviceOptions(command, ['cluster']);
  addClusterOptions(command, ['threads']).action((options: SweepOptions) => sweep(options, places));
}

async function sweep(options: SweepOptions, places: Places): Promise<void> {
  const { experiment, set } = await readExperimentAndSet(options);
  const id = sweepId(new Date(), Math.random());
  const trained: ComparedRun[] = [];
  Object.assign(process.env, trainingEnvironment(options.threads));
  const experiments = sweepExperiments(
    experiment,
    options.sizes ?? usualSizes(experiment.model),
    experiment.training.epochs,
    id,
  );
  const runs = experiments.map((each) => {
    const size = each.model.code.size;
    const runId = newRunId(`${each.preset ?? 'run'}-code-${size}`, new Date());
    return { runId, experiment: each, folder: folderOf(runId, size, options.out) };
  });
  const ends =
    options.cluster === undefined
      ? trainHere(runs, set, await torchPlace(options, places))
      : trainThere(options.cluster, runs, set, options, places);
  for await (const { run, ended } of ends) {
    if (ended?.status !== 'finished') {
      process.stderr.write(
        `${ended === undefined ? LEFT : (ended.problem ?? `Run ${ended.status}`)}: ${run.folder.path}\n`,
      );
      process.exitCode = ended === undefined || ended.status === 'stopped' ? 130 : 1;
      return;
    }
    trained.push(run);
  }
  const distortion = await compare(trained, set);
  process.stdout.write(
    options.json === true ? `${JSON.stringify({ sweep: id, ...distortion })}\n` : distortionTable(distortion),
  );
}

type SweepRun = ComparedRun & { readonly experiment: Experiment };
type SweepEnd = { readonly run: SweepRun; readonly ended: RunEnded | undefined };

const LEFT = 'The job goes on on the cluster. Follow it with cluster follow';

async function* trainHere(
  runs: readonly SweepRun[],
  set: ImageSet,
  torch: TorchPlace | undefined,
): AsyncGenerator<SweepEnd> {
  for (const run of runs) yield { run, ended: await trainOne(run, set, torch) };
}

/** So many at a time; their ends come in the order of the sizes. */
async function* trainThere(
  address: string,
  runs: readonly SweepRun[],
  set: ImageSet,
  options: SweepOptions,
  places: Places,
): AsyncGenerator<SweepEnd> {
  const { trainOnCluster } = await import('./cluster-training.ts');
  const order = clusterOrder(address, options, places);
  let over = false;
  const ends: Promise<RunEnded | undefined>[] = [];
  for (const [index, { runId: id, experiment, folder }] of runs.entries()) {
    // Each takes the place of the one that began so many before it.
    const before = ends[index - options.jobs]?.catch(() => undefined);
    const end = (async () => {
      await before;
      if (over) return undefined;
      const emit = told(experiment.training.epochs, experiment.name);
      const ended = await trainOnCluster({ id, experiment, set, folder }, order, emit);
      // Where one was left, or went wrong, no other begins.
      over ||= ended?.status !== 'finished';
      return ended;
    })();
    end.catch(() => (over = true));
    ends.push(end);
  }
  for (const [index, run] of runs.entries()) yield { run, ended: await ends[index]! };
}

/** @throws StudioError `refused` where a run lies there already */
function folderOf(runId: string, size: number, out: string | undefined): RunFolder {
  if (out === undefined) return RunFolder.under(defaultDataFolder(), runId);
  const folder = new RunFolder(join(resolve(out), `code-${size}`));
  if (!existsSync(join(folder.path, 'run.json'))) return folder;
  throw new StudioError(
    'refused',
    `${folder.path}: expected a folder without a run, found one. Name another with --out.`,
  );
}

async function trainOne(
  { runId, experiment, folder }: SweepRun,
  set: ImageSet,
  torch: TorchPlace | undefined,
): Promise<RunEnded> {
  const { TrainingRun } = await import('../training/training-run.ts');
  const through = torch === undefined ? {} : { torch };
  const emit = told(experiment.training.epochs);
  const run = new TrainingRun({ id: runId, experiment, set, folder, ...through, emit });
  const stop = (): void => run.stop();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    process.stderr.write(`${experiment.name}\n`);
    await run.begin();
    const ended = await run.train();
    if (ended.test !== undefined) {
      process.stderr.write(`  test squared error per image ${ended.test.squaredError.toFixed(4)}: ${folder.path}\n`);
    }
    return ended;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

/** A line an epoch, on a terminal only. */
function told(epochs: number, label?: string): Emit {
  return (name, payload) => {
    if (name !== 'run:epoch-ended' || !process.stderr.isTTY || !('metrics' in payload)) return;
    const { epoch, trainingCost } = payload.metrics as { readonly epoch: number; readonly trainingCost: number };
    process.stderr.write(
      `  ${label === undefined ? '' : `${label}: `}epoch ${epoch}/${epochs}, cost ${trainingCost.toFixed(5)}\n`,
    );
  };
}

async function compare(runs: readonly ComparedRun[], set: ImageSet): Promise<Distortion> {
  const { breathe } = await import('../training/emit.ts');
  const { ImageSets } = await import('../engine-process/image-sets.ts');
  const { OpenModels } = await import('../engine-process/models/open-models.ts');
  const { compareRuns } = await import('../engine-process/sweep/compare.ts');
  const dataFolder = defaultDataFolder();
  const imageSets = new ImageSets(dataFolder);
  imageSets.add(set);
  const report = (problem: string): void => void process.stderr.write(`${problem}\n`);
  const models = new OpenModels({ imageSets, breathe, report });
  try {
    return await compareRuns(runs, { imageSets, models, cacheFolder: join(dataFolder, 'cache'), breathe });
  } finally {
    await models.close();
  }
}

function sizes(text: string): readonly number[] {
  const words = text.split(',').map((word) => word.trim());
  const wrong = words.find((word) => !/^\d{1,4}$/.test(word) || Number(word) < 1 || Number(word) > 4_096);
  if (wrong !== undefined) {
    throw new InvalidArgumentError(`Expected whole numbers from 1 to 4096 with commas between, found "${wrong}".`);
  }
  const each = [...new Set(words.map(Number))].sort((a, b) => a - b);
  if (each.length > MOST_SIZES) throw new InvalidArgumentError(`Expected at most ${MOST_SIZES} sizes.`);
  return each;
}

import os from 'node:os';
import { join } from 'node:path';
import type { Events } from '../../../electron/contract/contract.ts';
import { readMnist } from '../../../electron/dataset/mnist.ts';
import type { ImageSet } from '../../../electron/dataset/image-set.ts';
import { StudioError, toErrorData } from '../../../electron/domain/errors.ts';
import { presetExperiment, presets } from '../../../electron/domain/presets.ts';
import { RunFolder } from '../../../electron/files/run-folder.ts';
import { trainingEnvironment } from '../../../electron/host/engine-environment.ts';
import { LONGER, stages, writeLonger, type Stage, type StageResult } from './longer-stages.ts';
import { parseOptions, wholeNumber } from './options.ts';
import { writeReport } from './report.ts';
import { withSlanted } from './slanted.ts';

/** As published; each decodes 10,000 images. */
const SAMPLES = 500;
const MOST_SAMPLES = 10_000;

const USAGE = `npm run bench:longer -- --folder FOLDER [--samples N]
  --folder FOLDER  where the stages are kept: one that is finished there is not trained again
  --samples N      codes drawn for an image to measure its likelihood by (${SAMPLES})
Trains ${LONGER} for hours, in ${stages.length} stages, measures the last, keeps the figures in docs/quality-longer.json
and writes docs/quality.md.`;

const flags = {
  folder: { type: 'string' },
  samples: { type: 'string', default: String(SAMPLES) },
  help: { type: 'boolean', default: false },
} as const;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const options = parseOptions(flags, USAGE);
  if (options.help) return void process.stdout.write(`${USAGE}\n`);
  const { folder } = options;
  if (folder === undefined) throw new StudioError('bad-request', `--folder: expected a folder, found none\n\n${USAGE}`);
  const samples = wholeNumber('samples', options.samples, MOST_SAMPLES);
  Object.assign(process.env, trainingEnvironment(os.availableParallelism()));
  // Only now: TensorFlow reads its environment when it is loaded.
  const { likelihoodFigures, priorOf } = await import('./likelihood.ts');
  const { loadModel } = await import('../../../electron/model/weights-file.ts');
  const mnist = await readMnist();
  const runs = stages.map((_, index) => new RunFolder(join(folder, `stage-${index + 1}`)));
  const results: StageResult[] = [];
  for (const [index, stage] of stages.entries()) {
    const run = runs[index]!;
    if (!(await isFinished(run))) await train(stage, run, runs[index - 1]?.modelFolder('last'), mnist);
    results.push(await resultOf(run));
  }
  const network = await loadModel(runs.at(-1)!.modelFolder('last'));
  const prior = await priorOf(network, mnist.training.images);
  const figures = await likelihoodFigures(network, mnist.test.images, { samples, prior });
  network.dispose();
  say(JSON.stringify(figures));
  await writeLonger({ stages: results, samples, figures });
  await writeReport();
}

const isFinished = (run: RunFolder): Promise<boolean> =>
  run.readState().then(
    ({ status }) => status === 'finished',
    () => false,
  );

async function train(
  { training, copies }: Stage,
  folder: RunFolder,
  startFrom: string | undefined,
  mnist: ImageSet,
): Promise<void> {
  const { TrainingRun } = await import('../../../electron/training/training-run.ts');
  const preset = presets.find(({ id }) => id === LONGER)!;
  const base = presetExperiment(preset, mnist.id, [28, 28, 1]);
  const run = new TrainingRun({
    id: 'longer',
    experiment: { ...base, training: { ...base.training, ...training } },
    set: withCopies(mnist, copies, training.seed),
    folder,
    ...(startFrom === undefined ? {} : { startFrom }),
    emit: (name, payload) => {
      if (name !== 'run:epoch-ended') return;
      const { epoch, trainingCost, secondsSinceStart } = (payload as Events['run:epoch-ended']).metrics;
      say(`  epoch ${epoch}/${training.epochs}: ${trainingCost.toFixed(3)} nats, ${secondsSinceStart.toFixed(0)} s`);
    },
  });
  await run.begin();
  const { status, problem } = await run.train();
  if (status !== 'finished') throw new StudioError('engine-failed', `${folder.path}: ${status}. ${problem ?? ''}`);
}

function withCopies(set: ImageSet, copies: number, seed: number): ImageSet {
  const { images, labels } = set.training;
  const training = { images: withSlanted(images, copies, seed) };
  if (labels === undefined) return { ...set, training };
  const repeated = new Uint8Array(labels.length * (copies + 1));
  for (let at = 0; at < repeated.length; at += labels.length) repeated.set(labels, at);
  return { ...set, training: { ...training, labels: repeated } };
}

async function resultOf(run: RunFolder): Promise<StageResult> {
  const { metrics } = await run.readMetrics();
  const { step, secondsSinceStart } = metrics.at(-1)!;
  return { steps: step, minutes: secondsSinceStart / 60 };
}

try {
  await main();
} catch (error) {
  const { message, detail } = toErrorData(error);
  say(detail === undefined ? message : `${message}\n${detail}`);
  process.exitCode = 1;
}

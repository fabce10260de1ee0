import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import { trainingEnvironment } from '../../electron/host/engine-environment.ts';
import { trainingPixels } from './images.ts';
import { megabytes } from './megabytes.ts';
import { secondsSince, timeSteps } from './step-time.ts';

/** One training of which is told what it takes. */
interface Point {
  readonly preset: string;
  readonly images: number;
  readonly side: number;
  readonly batch: number;
  readonly epochs: number;
}

interface Found {
  /** Processor seconds of all threads: in the steps' calls, and of the whole run with what is measured in it. */
  readonly steps: number;
  readonly whole: number;
  /** Megabytes resident: with the images, before training, and at most. */
  readonly before: number;
  readonly peak: number;
}

const IMAGES = [1_000, 10_000, 100_000, 1_000_000];
const SIDES = [28, 64, 128, 256, 512];
const TEST = 100;

const points: readonly Point[] = [
  ...IMAGES.map((images) => ({ preset: 'modern', images, side: 28, batch: 256, epochs: 1 })),
  ...SIDES.map((side) => ({ preset: 'conv', images: 160, side, batch: 16, epochs: 3 })),
];

/**
 * `node --no-warnings scripts/run.js --native test/bench/growth.ts`: how the cost of training grows with the number of images and with
 * their size, each point in a process of its own, MNIST's images repeated; a table for docs/benchmarks.md on stdout.
 */
async function main(): Promise<void> {
  const lines = [
    '| preset | images | pixels | steps of | processor ms a step | µs a pixel and image | whole run, processor s | MB before | MB at most |',
    '| --- | --: | --: | --: | --: | --: | --: | --: | --: |',
  ];
  for (const point of points) {
    const args = ['--no-warnings', import.meta.filename, JSON.stringify(point)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 });
    const found = JSON.parse(stdout.trim().split('\n').at(-1)!) as Found;
    lines.push(rowOf(point, found));
    process.stderr.write(`${lines.at(-1)}\n`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

function rowOf({ preset, images, side, batch, epochs }: Point, { steps, whole, before, peak }: Found): string {
  const count = epochs * Math.ceil(images / batch);
  const each = (1e6 * steps) / (epochs * images * side ** 2);
  const figures = [
    images.toLocaleString('en'),
    `${side}²`,
    batch,
    ((1_000 * steps) / count).toFixed(1),
    each.toFixed(3),
    whole.toFixed(1),
    before.toFixed(0),
    peak.toFixed(0),
  ];
  return `| ${[preset, ...figures].join(' | ')} |`;
}

async function measure({ preset, images, side, batch, epochs }: Point): Promise<Found> {
  Object.assign(process.env, trainingEnvironment());
  // Only now: TensorFlow reads its number of threads when it is loaded.
  const { CompiledRunner } = await import('../../electron/engine/graph/compiled-runner.ts');
  const { RunFolder } = await import('../../electron/files/run-folder.ts');
  const { TrainingRun } = await import('../../electron/training/training-run.ts');
  const base = presetExperiment(
    presets.find(({ id }) => id === preset)!,
    'growing',
    [side, side, 1],
  );
  const part = async (count: number) => ({
    images: { count, height: side, width: side, channels: 1, pixels: await repeated(count, side) },
  });
  const set = {
    id: 'growing',
    name: 'Growing',
    labelNames: [],
    training: await part(images + TEST),
    test: await part(TEST),
  };
  const steps = timeSteps(CompiledRunner);
  const root = await mkdtemp(join(tmpdir(), 'autoencoder-studio-growth-'));
  try {
    const before = await megabytes('VmRSS');
    const began = process.cpuUsage();
    const training = { ...base.training, batchSize: batch, epochs, validationCount: TEST };
    const folder = new RunFolder(join(root, 'run'));
    const run = new TrainingRun({
      id: 'growth',
      experiment: { ...base, training },
      set,
      folder,
      emit: () => undefined,
      // Whatever the number of images.
      path: 'xla-loop',
    });
    await run.begin();
    const { test, problem } = await run.train();
    if (test === undefined) throw new Error(problem ?? 'The run has no test error.');
    return { steps: steps(), whole: secondsSince(began), before, peak: await megabytes('VmHWM') };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** So many images, MNIST's over and over. */
async function repeated(count: number, side: number): Promise<Uint8Array> {
  const once = await trainingPixels(Math.min(count, 10_000), side);
  const pixels = new Uint8Array(count * side * side);
  for (let first = 0; first < pixels.length; first += once.length) {
    pixels.set(once.subarray(0, pixels.length - first), first);
  }
  return pixels;
}

const [given] = process.argv.slice(2);
if (given === undefined) await main();
else process.stdout.write(`${JSON.stringify(await measure(JSON.parse(given) as Point))}\n`);
process.exit();

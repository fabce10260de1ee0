import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import { trainingEnvironment } from '../../electron/host/engine-environment.ts';
import { trainingPixels } from './images.ts';
import { secondsSince, timeSteps } from './step-time.ts';

const SIDE = 64;
const TRAINING = 333;
const HELD_OUT = 33;
const TEST = 37;
const BATCH = 16;

/**
 * `node --no-warnings scripts/run.js --native test/bench/short-epochs.ts [PRESET] [EPOCHS]`: what a run of a preset (conv) on 333 pictures of
 * 64 × 64 takes, a tenth of them held out, in batches of 16 for so many epochs (79: 1,501 steps), and how much of it the steps themselves:
 * seconds of processor time, of all threads. TensorFlow is loaded before, as it is when a person clicks.
 */
async function main(id = 'conv', epochs = '79'): Promise<void> {
  Object.assign(process.env, trainingEnvironment());
  // Only now: TensorFlow reads its number of threads when it is loaded.
  const { CompiledRunner } = await import('../../electron/engine/graph/compiled-runner.ts');
  const { RunFolder } = await import('../../electron/files/run-folder.ts');
  const { TrainingRun } = await import('../../electron/training/training-run.ts');
  const preset = presets.find((one) => one.id === id);
  if (preset === undefined) throw new Error(`Expected a preset, found "${id}".`);
  const base = presetExperiment(preset, 'small', [SIDE, SIDE, 1]);
  const training = { ...base.training, batchSize: BATCH, epochs: Number(epochs), validationCount: HELD_OUT };
  const pixels = await trainingPixels(TRAINING + TEST, SIDE);
  const part = (first: number, count: number) => ({
    images: {
      count,
      height: SIDE,
      width: SIDE,
      channels: 1,
      pixels: pixels.slice(first * SIDE ** 2, (first + count) * SIDE ** 2),
    },
  });
  const set = { id: 'small', name: 'Small', labelNames: [], training: part(0, TRAINING), test: part(TRAINING, TEST) };
  const steps = timeSteps(CompiledRunner);
  const root = await mkdtemp(join(tmpdir(), 'autoencoder-studio-short-epochs-'));
  try {
    const began = process.cpuUsage();
    let first: number | undefined;
    const emit = (name: string): void => {
      if (name === 'run:path-chosen') first = secondsSince(began);
    };
    const run = new TrainingRun({
      id: 'short',
      experiment: { ...base, training },
      set,
      folder: new RunFolder(join(root, 'run')),
      emit,
    });
    await run.begin();
    const { test, problem } = await run.train();
    const whole = secondsSince(began);
    const said = test === undefined ? (problem ?? '') : `test MSE ${test.mse}`;
    const told = [`whole ${whole.toFixed(1)}`, `until it trains ${first?.toFixed(1)}`, `steps ${steps().toFixed(1)}`];
    process.stdout.write(`${told.join(', ')}: ${(whole / steps()).toFixed(2)} of the steps; ${said}\n`);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

await main(...process.argv.slice(2));
process.exit();

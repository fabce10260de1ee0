import { join } from 'node:path';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import type { EpochMetrics } from '../../electron/domain/words.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';

const EPOCHS = 20;
const STEPS_AN_EPOCH = 214;

/** Writes this many finished runs of 20 epochs, of every preset in turn, as the app would have left them; without weights. */
export async function writeRuns(dataFolder: string, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const began = new Date(Date.UTC(2026, 0, 1) + index * 3_600_000);
    const preset = presets[index % presets.length]!;
    const experiment = presetExperiment(preset, 'mnist', [28, 28, 1]);
    const id = `${began.toISOString().slice(0, 16).replace('T', '-').replace(':', '')}-bench-${index}`;
    const folder = new RunFolder(join(dataFolder, 'runs', id));
    await folder.create(
      { ...experiment, name: `${preset.name} ${index}` },
      {
        version: 1,
        id,
        startedAt: began.toISOString(),
        status: 'finished',
        processId: 1,
        path: { kind: 'xla-loop', stepsPerCall: 8, threads: 2 },
        test: { mse: 0.005 + index * 1e-6, squaredError: 784 * (0.005 + index * 1e-6), epoch: EPOCHS },
      },
    );
    for (let epoch = 1; epoch <= EPOCHS; epoch++) await folder.addMetrics(metricsOf(epoch, index));
  }
}

function metricsOf(epoch: number, run: number): EpochMetrics {
  const mse = 0.05 / epoch + 0.004 + run * 1e-6;
  return {
    epoch,
    step: epoch * STEPS_AN_EPOCH,
    secondsSinceStart: epoch,
    lastBatchCost: mse,
    trainingCost: mse,
    validationMse: mse,
    validationSquaredError: 784 * mse,
    stepsPerSecond: 300,
    learningRate: 0.002,
  };
}

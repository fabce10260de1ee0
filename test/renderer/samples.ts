import type { Settings, SettingsChanges } from '../../electron/contract/settings.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import type {
  EpochMetrics,
  ImageSetSummary,
  RunProgress,
  RunRecord,
  RunStatus,
  Snapshot,
} from '../../electron/domain/words.ts';

export const mnist: ImageSetSummary = {
  id: 'mnist',
  name: 'MNIST',
  trainingCount: 60_000,
  testCount: 10_000,
  shape: [28, 28, 1],
  labelNames: [...'0123456789'],
};

export const articlePreset = presets[0]!;
export const articleExperiment = presetExperiment(articlePreset, 'mnist', [28, 28, 1]);

export function record(id: string, status: RunStatus = 'running', startedAt = '2026-11-23T12:00:00Z'): RunRecord {
  return {
    summary: {
      id,
      name: 'Article',
      preset: 'article',
      imageSet: 'mnist',
      status,
      startedAt,
      epochs: 20,
      epochsDone: 0,
      codeSize: 128,
      imageValues: 784,
      seed: 1,
      tags: [],
      notes: '',
      curve: [],
      resumable: false,
    },
    experiment: articleExperiment,
    metrics: [],
    snapshotEpochs: [],
    hasModel: false,
  };
}

export function epoch(number: number, validationMse = 0.1): EpochMetrics {
  return {
    epoch: number,
    step: 214 * number,
    secondsSinceStart: number,
    lastBatchCost: 0.2,
    trainingCost: 0.15,
    validationMse,
    validationSquaredError: validationMse * 784,
    stepsPerSecond: 300,
    learningRate: 0.01,
  };
}

export function progress(runId: string, step: number, cost = 0.2): RunProgress {
  return {
    runId,
    kind: 'training',
    fraction: step / 4_280,
    epoch: Math.floor(step / 214) + 1,
    epochs: 20,
    step,
    stepsPerEpoch: 214,
    cost,
    stepsPerSecond: 312,
    secondsLeft: 41,
  };
}

export function snapshot(runId: string, epochNumber: number): Snapshot {
  return {
    runId,
    epoch: epochNumber,
    reconstructions: { count: 0, height: 28, width: 28, channels: 1, pixels: new Uint8Array() },
    errors: new Float32Array(),
    map: { x: new Float32Array(), y: new Float32Array() },
    mapIs: 'code',
  };
}

/** Settings as a host has them after a change. */
export function withChanges(settings: Settings, changes: SettingsChanges): Settings {
  const entries = Object.entries({ ...settings, ...changes });
  return Object.fromEntries(entries.filter(([, value]) => value !== null)) as Settings;
}

/** Errors as they are written unless something else is chosen. */
export const usualUnit = { errorUnit: 'squared-error' } as const;

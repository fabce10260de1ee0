import { expect } from 'vitest';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { CompiledRunner } from '../../electron/engine/graph/compiled-runner.ts';
import type { LoopKind } from '../../electron/engine/graph/loop-functions.ts';
import { buildNetwork, type Network } from '../../electron/engine/network.ts';
import { betaAt } from '../../electron/engine/schedule.ts';
import { makeTrainingStep } from '../../electron/engine/step.ts';
import { EagerRunner, type StepRunner } from '../../electron/engine/step-runner.ts';
import { distance } from './distance.ts';
import type { Case } from './graph-cases.ts';

export const BATCH = 8;
export const STEPS_A_CALL = 10;
export const SEED = 11;

interface Way {
  readonly steps?: number;
  /** Of what the steps draw; the weights begin alike. */
  readonly seed?: number;
  readonly lastBatchSize?: number;
}

export async function makeOne(
  kind: LoopKind | 'eager',
  { model, training }: Case,
  images: ImageColumns,
  { seed = SEED, lastBatchSize = 0 }: Way = {},
): Promise<{ runner: StepRunner; network: Network; dispose: () => void }> {
  const network = buildNetwork(model, SEED);
  const step = makeTrainingStep(network, training);
  const { classes } = model.code;
  const labels =
    classes === undefined ? undefined : Uint8Array.from({ length: images.count }, (_, index) => (index * 7) % classes);
  const labelled = labels === undefined ? {} : { labels };
  const sizes = { batchSize: BATCH, stepsPerCall: STEPS_A_CALL, lastBatchSize };
  const runner =
    kind === 'eager'
      ? new EagerRunner(step, images, seed, undefined, labels)
      : await CompiledRunner.compile({ kind, step, images, ...labelled, seed, ...sizes });
  return {
    runner,
    network,
    dispose: () => {
      runner.dispose();
      network.dispose();
    },
  };
}

/** Steps in calls of ten, the learning rate falling, beta rising where it is warmed up. */
export async function trained(
  kind: LoopKind | 'eager',
  one: Case,
  images: ImageColumns,
  way: Way = {},
): Promise<{ costs: number[]; state: Record<string, Float32Array> }> {
  const { runner, dispose } = await makeOne(kind, one, images, way);
  const costs: number[] = [];
  for (let first = 0; first < (way.steps ?? 20); first += STEPS_A_CALL) {
    const each = { length: STEPS_A_CALL };
    const indices = Int32Array.from({ length: STEPS_A_CALL * BATCH }, (_, at) => (first * 7 + at * 3) % images.count);
    const learningRates = Float32Array.from(each, (_, at) => one.training.learningRate * (1 - (first + at) / 100));
    const betas = Float32Array.from(each, (_, at) => betaAt(first + at, 20, one.training));
    costs.push(...runner.run({ indices, batchSize: BATCH, learningRates, betas, firstStep: first }));
  }
  const state = Object.fromEntries(runner.state.map(({ name }, part) => [name, runner.read(part)]));
  dispose();
  return { costs, state };
}

/** Trains a case by the eager step and by a compiled one: their costs and what they leave must be the same but for rounding. */
export async function expectAlike(kind: LoopKind, one: Case, images: ImageColumns, steps: number): Promise<void> {
  // Of biases, which begin at zero, after few steps; what is computed wrongly is off by hundredths.
  const most = steps < 50 ? 3e-5 : 1e-5;
  const eager = await trained('eager', one, images, { steps });
  const compiled = await trained(kind, one, images, { steps });
  for (const [index, cost] of eager.costs.entries()) {
    expect(Math.abs(compiled.costs[index]! - cost) / Math.abs(cost)).toBeLessThan(1e-5);
  }
  for (const [name, values] of Object.entries(eager.state)) {
    expect(distance(values, compiled.state[name]!), name).toBeLessThan(most);
  }
}

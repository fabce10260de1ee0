import { describe, expect, it } from 'vitest';
import type { NeighbourGraph } from '../../electron/engine/neighbour-graph.ts';
import { EpochPlan } from '../../electron/training/epoch-plan.ts';
import { trainingSpec } from '../engine/samples.ts';

/** Eleven images in a ring: each is paired with the next. */
const ring: NeighbourGraph = {
  starts: Uint32Array.from({ length: 12 }, (_, image) => image),
  neighbours: Uint32Array.from({ length: 11 }, (_, image) => (image + 1) % 11),
};

const neighbours = { weight: 1, count: 1, radius: 1 };

describe('an epoch of pairs', () => {
  const training = trainingSpec({
    batchSize: 4,
    lastPartialBatch: 'keep',
    regularisers: { codeL1: 0, contractive: 0, neighbours },
  });
  const plan = new EpochPlan(training, 11);
  const alone = new EpochPlan({ ...training, regularisers: { codeL1: 0, contractive: 0 } }, 11);

  it('has the steps and the order of one without, and takes in twice as many images', () => {
    expect([plan.stepsPerEpoch, plan.batchSize, plan.lastBatchSize]).toEqual([3, 8, 6]);
    expect([alone.stepsPerEpoch, alone.batchSize, alone.lastBatchSize]).toEqual([3, 4, 3]);
  });

  it('puts a batch’s partners after it, in each step and in the last, smaller one', () => {
    const order = plan.orderOf(2, ring);
    const first = plan.callAfter(order, 2, 0, 2);
    const last = plan.callAfter(order, 2, 2, 2);
    expect([first.batchSize, last.batchSize]).toEqual([8, 6]);
    const steps = [first.indices.subarray(0, 8), first.indices.subarray(8, 16), last.indices];
    const own = steps.flatMap((step) => [...step.subarray(0, step.length / 2)]);
    const partners = steps.flatMap((step) => [...step.subarray(step.length / 2)]);
    expect(own).toEqual([...alone.orderOf(2)]);
    expect(partners).toEqual(own.map((image) => (image + 1) % 11));
  });
});

describe('an epoch', () => {
  const planOf = (changes: Parameters<typeof trainingSpec>[0], images: number) =>
    new EpochPlan(trainingSpec({ batchSize: 4, lastPartialBatch: 'drop', ...changes }), images);

  it('is of whole batches; what is left over is a smaller step, or dropped', () => {
    const sizes = (plan: EpochPlan) => [plan.stepsPerEpoch, plan.batchSize, plan.lastBatchSize];
    expect(sizes(planOf({}, 11))).toEqual([2, 4, 0]);
    expect(sizes(planOf({ lastPartialBatch: 'keep' }, 11))).toEqual([3, 4, 3]);
    expect(sizes(planOf({ lastPartialBatch: 'keep' }, 12))).toEqual([3, 4, 0]);
    // Fewer images than a batch are one.
    expect(sizes(planOf({}, 3))).toEqual([1, 3, 0]);
    expect(sizes(planOf({ lastPartialBatch: 'keep' }, 3))).toEqual([1, 3, 0]);
  });

  it('sees every image once, in an order of its own', () => {
    const plan = planOf({}, 11);
    const [first, second] = [plan.orderOf(1), plan.orderOf(2)];
    expect([...first].sort((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, image) => image));
    expect(first).not.toEqual(second);
    expect(plan.orderOf(1)).toEqual(first);
    expect(planOf({ seed: 77 }, 11).orderOf(1)).not.toEqual(first);
  });

  it('is trained in calls of so many steps at most, the smaller one alone, each with its images, rates and betas', () => {
    const schedule = { kind: 'step', everyEpochs: 1, factor: 0.5 } as const;
    const changes = {
      lastPartialBatch: 'keep',
      schedule,
      learningRate: 8,
      beta: 2,
      betaWarmupEpochs: 4,
      epochs: 3,
    } as const;
    const plan = planOf(changes, 15);
    expect([plan.epochs, plan.stepsBefore(1), plan.stepsBefore(3)]).toEqual([3, 0, 8]);
    const order = Int32Array.from({ length: 15 }, (_, image) => 100 + image);
    const call = (done: number) => {
      const { indices, learningRates, betas, ...rest } = plan.callAfter(order, 2, done, 2);
      return { indices: [...indices], learningRates: [...learningRates], betas: [...betas], ...rest };
    };
    // Steps 4 to 7 of the run, of sixteen in which beta rises.
    expect([call(0), call(2), call(3)]).toEqual([
      {
        indices: [100, 101, 102, 103, 104, 105, 106, 107],
        batchSize: 4,
        learningRates: [4, 4],
        betas: [0.625, 0.75],
        firstStep: 4,
      },
      { indices: [108, 109, 110, 111], batchSize: 4, learningRates: [4], betas: [0.875], firstStep: 6 },
      { indices: [112, 113, 114], batchSize: 3, learningRates: [4], betas: [1], firstStep: 7 },
    ]);
  });
});

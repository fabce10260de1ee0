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

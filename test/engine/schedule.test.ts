import { describe, expect, test } from 'vitest';
import type { ScheduleSpec } from '../../electron/domain/experiment.ts';
import { betaAt, learningRateAt } from '../../electron/engine/schedule.ts';
import { trainingSpec } from './samples.ts';

const STEPS = 10;

function rates(schedule: ScheduleSpec, warmupEpochs: number, epochs: number): number[] {
  const training = trainingSpec({ schedule, warmupEpochs, epochs, learningRate: 2 });
  return Array.from({ length: epochs * STEPS }, (_, step) => learningRateAt(step, STEPS, training));
}

test('a constant rate stays', () => {
  expect(new Set(rates({ kind: 'constant' }, 0, 3))).toEqual(new Set([2]));
});

test('steps multiply the rate, at the epochs’ borders', () => {
  const found = rates({ kind: 'step', everyEpochs: 2, factor: 0.5 }, 0, 6);
  expect([0, 19, 20, 39, 40, 59].map((step) => found[step])).toEqual([2, 2, 1, 1, 0.5, 0.5]);
});

describe('a cosine', () => {
  test('goes from the rate down to the fraction of it, half-way in the middle', () => {
    const found = rates({ kind: 'cosine', finalFraction: 0.1 }, 0, 4);
    expect(found[0]).toBe(2);
    expect(found[20]).toBeCloseTo(2 * (0.1 + 0.9 / 2), 12);
    expect(found[10]).toBeCloseTo(2 * (0.1 + (0.9 * (1 + Math.SQRT1_2)) / 2), 12);
    expect(found[39]).toBeCloseTo(2 * (0.1 + (0.9 * (1 + Math.cos((Math.PI * 39) / 40))) / 2), 12);
    found.forEach((rate, step) => expect(rate).toBeLessThanOrEqual(found[step - 1] ?? 2));
  });

  test('begins after the warm-up', () => {
    const found = rates({ kind: 'cosine', finalFraction: 0 }, 1, 5);
    expect(found.slice(0, 10)).toEqual(
      [0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2].map((rate) => expect.closeTo(rate, 12)),
    );
    expect(found[10]).toBe(2);
    expect(found[30]).toBeCloseTo(1, 12);
  });

  test('stays at its end when it is asked beyond it', () => {
    const training = trainingSpec({ schedule: { kind: 'cosine', finalFraction: 0.25 }, epochs: 2, learningRate: 2 });
    expect(learningRateAt(20, STEPS, training)).toBeCloseTo(0.5, 12);
    expect(learningRateAt(500, STEPS, training)).toBeCloseTo(0.5, 12);
  });
});

describe('a warm-up', () => {
  test('rises in a straight line and is never zero', () => {
    const found = rates({ kind: 'constant' }, 0.5, 1);
    expect(found.slice(0, 6)).toEqual([0.4, 0.8, 1.2, 1.6, 2, 2].map((rate) => expect.closeTo(rate, 12)));
  });

  test('longer than the run is allowed', () => {
    const found = rates({ kind: 'cosine', finalFraction: 0 }, 100, 1);
    expect(found.at(-1)).toBeCloseTo(0.02, 12);
  });
});

describe('beta', () => {
  const betas = (betaWarmupEpochs?: number): number[] => {
    const training = trainingSpec({ beta: 4, ...(betaWarmupEpochs === undefined ? {} : { betaWarmupEpochs }) });
    return Array.from({ length: 20 }, (_, step) => betaAt(step, STEPS, training));
  };

  test('stays, where it is not warmed up', () => {
    expect(new Set(betas())).toEqual(new Set([4]));
    expect(new Set(betas(0))).toEqual(new Set([4]));
  });

  test('rises in a straight line, then stays', () => {
    expect(betas(0.4).slice(0, 6)).toEqual([1, 2, 3, 4, 4, 4]);
    expect(betas(40).at(-1)).toBeCloseTo((4 * 20) / 400, 12);
  });

  test('rises in cycles: 20 steps in two cycles, over half of each', () => {
    const cycles = (count: number): number[] => {
      const training = trainingSpec({ beta: 4, epochs: 2, betaCycles: { count, rise: 0.5 } });
      return Array.from({ length: 20 }, (_, step) => betaAt(step, STEPS, training));
    };
    const cycle = [0, 0.8, 1.6, 2.4, 3.2, 4, 4, 4, 4, 4].map((beta) => expect.closeTo(beta, 12));
    expect(cycles(2)).toEqual([...cycle, ...cycle]);
    // Cycles that are no whole number of steps begin at the next one.
    expect(cycles(3).flatMap((beta, step) => (beta === 0 ? [step] : []))).toEqual([0, 7, 14]);
  });
});

import { describe, expect, it } from 'vitest';
import { checkExperiment } from '../../electron/domain/experiment-problems.ts';
import { ExperimentSchema } from '../../electron/domain/experiment.ts';
import { presetOn, presets } from '../../electron/domain/presets.ts';
import { linearPathProblems } from '../../electron/domain/linear-path.ts';
import { batchFor, heldOut, recipeFor, secondsOf, stepsOf } from '../../electron/domain/recipe.ts';
import * as v from 'valibot';

const set = (trainingCount: number, shape: readonly [number, number, 1 | 3]) => ({ id: 'own', trainingCount, shape });

const shapes = [
  [8, 8, 1],
  [28, 28, 1],
  [64, 64, 3],
  [128, 128, 1],
  [512, 512, 3],
] as const;

describe('the recipe', () => {
  it.each(shapes.flatMap((shape) => [50, 411, 5_000, 100_000].map((count) => [count, shape] as const)))(
    'for %i pictures of %s is an experiment without problems, and says every choice',
    (count, shape) => {
      const { experiment, choices } = recipeFor(set(count, shape));
      expect(v.safeParse(ExperimentSchema, experiment).success).toBe(true);
      expect(() => checkExperiment(experiment)).not.toThrow();
      expect(choices.map(({ what }) => what)).toEqual([
        'Model',
        'Code',
        'Start',
        'Steps',
        'Rate',
        'Variation',
        'Held out',
      ]);
      expect(experiment.model.code.size).toBeLessThanOrEqual(count / 5);
    },
  );

  it('has few enough weights to be held in memory, however large the pictures', () => {
    const { model } = recipeFor(set(1_000, [512, 512, 3])).experiment;
    expect(model.code.size * 512 * 512 * 3).toBeLessThanOrEqual(2e7);
  });

  it('promises no more than PCA where pictures are so large that nothing fits beside it', () => {
    const startOf = (shape: readonly [number, number, 1 | 3]) =>
      recipeFor(set(1_000, shape)).choices.find(({ what }) => what === 'Start')?.why;
    expect(startOf([64, 64, 3])).toMatch(/^In closed form: better than PCA before/);
    expect(startOf([512, 512, 3])).toMatch(/^In closed form: PCA before/);
  });

  it.each([
    // Of few, all that a step can take: fitted weights are not undone by what differs from step to step.
    [84 + 16, [28, 28, 1], 256, 120, 'drop'],
    [300, [28, 28, 1], 256, 120, 'drop'],
    [805, [64, 64, 1], 256, 60, 'drop'],
    [805, [128, 128, 1], 128, 24, 'drop'],
    [1_000, [512, 512, 3], 8, 2, 'drop'],
    // Of many, a sixteenth.
    [5_000, [28, 28, 1], 128, 112, 'keep'],
    [5_000, [64, 64, 1], 128, 56, 'keep'],
  ] as const)('of %i pictures of %s takes %i a step, for %i epochs', (count, shape, batchSize, epochs, last) => {
    const { training } = recipeFor(set(count, shape)).experiment;
    expect([training.batchSize, training.epochs, training.lastPartialBatch]).toEqual([batchSize, epochs, last]);
    // The rate rises slowly where a step can undo the start.
    expect(training.warmupEpochs).toBe(count < 2_000 ? Math.ceil(epochs / 8) : 1);
  });

  it('says how many pictures a step takes in, never more than there are', () => {
    const steps = (count: number) =>
      recipeFor(set(count, [28, 28, 1])).choices.find(({ what }) => what === 'Steps')?.why ?? '';
    expect(steps(100)).toMatch(/^120 of 84 pictures, in 120 epochs:/);
    expect(steps(1_000)).toMatch(/^300 of 256 pictures, in 100 epochs,/);
  });

  it('ends early where three quarters of its epochs bring nothing, and says so; not where few steps are taken or the encoder learns', () => {
    for (const count of [411, 5_000]) {
      expect(recipeFor(set(count, [28, 28, 1])).experiment.training).not.toHaveProperty('earlyStopping');
    }
    const { experiment, choices } = recipeFor(set(1_000, [28, 28, 1]));
    const { epochs, earlyStopping } = experiment.training;
    expect([epochs, earlyStopping]).toEqual([100, { patience: 75, minimumImprovement: 0 }]);
    expect(choices.find(({ what }) => what === 'Steps')?.why).toMatch(
      /in 100 epochs, or fewer: it ends where 75 in a row bring nothing better\.$/,
    );
  });

  it('takes a code size that is asked for', () => {
    const { experiment } = recipeFor(set(400, [28, 28, 1]), 16);
    expect(experiment.model.code.size).toBe(16);
    expect(() => checkExperiment(experiment)).not.toThrow();
  });
});

describe('what is held out', () => {
  it.each([
    [5_000, 60_000, 5_000],
    [5_000, 300, 30],
    [5_000, 100, 16],
    [5_000, 20, 5],
    [0, 300, 0],
  ])('of %i wanted and %i images: %i', (wanted, count, expected) => expect(heldOut(wanted, count)).toBe(expected));
});

describe('steps and minutes', () => {
  const { training } = presetOn(presets[1]!, set(300, [28, 28, 1]));

  it('a preset on a small set takes a thousand steps of at most a sixteenth of it', () => {
    expect(training).toMatchObject({ batchSize: 16, lastPartialBatch: 'keep', validationCount: 30, start: 'data' });
    expect(stepsOf(training, 270)).toBeGreaterThanOrEqual(1_000);
  });

  it('a preset shifts small images by as large a part of them, or not at all', () => {
    const preset = presets.find(({ id }) => id === 'map-neighbours')!;
    const shiftOn = (side: number): number =>
      presetOn(preset, set(1_500, [side, side, 1])).training.augmentation.shiftPixels;
    expect([8, 13, 14, 28, 128].map(shiftOn)).toEqual([0, 0, 1, 1, 1]);
  });

  it('codes that keep neighbours begin as they are drawn, close together', () => {
    for (const preset of presets.filter((one) => one.training.regularisers.neighbours !== undefined)) {
      expect(presetOn(preset, set(1_500, [8, 8, 1])).training).not.toHaveProperty('start');
    }
  });

  it.each([
    [40, [32, 32, 3]],
    [1_100, [28, 28, 1]],
  ] as const)('of %i images they begin as PCA’s, and are trained as the recipe trains few', (trainingCount, shape) => {
    for (const preset of presets.filter((one) => one.training.regularisers.neighbours !== undefined)) {
      const given = set(trainingCount, shape);
      const { model, training } = presetOn(preset, given);
      const quiet = recipeFor(given).experiment.training;
      const { batchSize, learningRate, lastPartialBatch } = quiet;
      expect(training).toMatchObject({ batchSize, learningRate, lastPartialBatch, start: 'pca', clipNorm: 1 });
      expect(stepsOf(training, trainingCount - training.validationCount)).toBe(300);
      expect(training.regularisers).toEqual(preset.training.regularisers);
      expect(linearPathProblems(model)).toEqual([]);
      expect(() => checkExperiment(presetOn(preset, given))).not.toThrow();
    }
  });

  it('steps that keep neighbours have images enough to hold apart, or all that there are', () => {
    const preset = presets.find(({ id }) => id === 'map-neighbours')!;
    const batchOn = (count: number): number => presetOn(preset, set(count, [28, 28, 1])).training.batchSize;
    expect([1_200, 1_500].map(batchOn)).toEqual([128, 128]);
  });

  it('a preset on MNIST is as it was published', () => {
    const mnist = { id: 'mnist', trainingCount: 60_000, shape: [28, 28, 1] as const };
    for (const preset of presets) expect(presetOn(preset, mnist).training).toEqual(preset.training);
  });

  it('counts the last partial batch where it is kept', () => {
    const plain = { ...training, batchSize: 8, epochs: 3 };
    expect(stepsOf({ ...plain, lastPartialBatch: 'keep' }, 20)).toBe(9);
    expect(stepsOf({ ...plain, lastPartialBatch: 'drop' }, 20)).toBe(6);
    expect(stepsOf({ ...plain, lastPartialBatch: 'keep' }, 5)).toBe(3);
  });

  it('batches are powers of two from 8', () => {
    expect([20, 270, 1_000, 1e6].map((count) => batchFor(count, 128))).toEqual([8, 16, 32, 128]);
  });

  it('estimates what was measured, within a factor of two, and more for more steps', () => {
    const seconds = (count: number, shape: [number, number, 1 | 3], size: number): number => {
      const { experiment } = recipeFor(set(count, shape), size);
      return secondsOf(experiment, count - experiment.training.validationCount);
    };
    // Processor seconds in docs/own-pictures.json, halved: two cores.
    const measured = [
      [seconds(1_000, [28, 28, 1], 16), 12.8],
      [seconds(1_000, [28, 28, 1], 64), 14.4],
      [seconds(5_000, [28, 28, 1], 16), 79],
      [seconds(5_000, [28, 28, 1], 64), 91.6],
    ] as const;
    for (const [estimated, processor] of measured) {
      expect(estimated).toBeGreaterThan(processor / 4);
      expect(estimated).toBeLessThan(processor);
    }
    const { experiment } = recipeFor(set(5_000, [28, 28, 1]));
    const fromData = { ...experiment.training, start: 'data' as const };
    const once = { ...experiment, training: fromData };
    const twice = { ...experiment, training: { ...fromData, epochs: 2 * fromData.epochs } };
    expect(secondsOf(twice, 4_500)).toBeCloseTo(2 * secondsOf(once, 4_500), 9);
    expect(secondsOf(experiment, 4_500)).toBeGreaterThan(secondsOf(once, 4_500) + 2);
  });
});

describe('how far a step goes', () => {
  const rate = (count: number, shape: readonly [number, number, 1 | 3]): number =>
    recipeFor(set(count, shape)).experiment.training.learningRate;

  it('is as much less as images have more values than those it was tried on: a code is the sum over all of them', () => {
    expect(rate(900, [28, 28, 1])).toBe(0.001);
    expect(rate(900, [64, 64, 3])).toBe(0.000001);
    expect(rate(570, [32, 32, 3])).toBe(0.00003);
    expect(rate(100, [28, 28, 1])).toBe(0.0002);
    expect(rate(40, [256, 256, 3])).toBe(0.000001);
    expect(rate(50_000, [28, 28, 1])).toBe(0.002);
    expect(rate(50_000, [128, 128, 3])).toBe(0.0005);
  });
});

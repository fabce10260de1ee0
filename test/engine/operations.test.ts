import { describe, expect, it } from 'vitest';
import type { ModelSpec } from '../../electron/domain/experiment.ts';
import { presets } from '../../electron/domain/presets.ts';
import { stepsACall } from '../../electron/engine/make-runner.ts';
import { batchWithin, imagesACall, operationsPerStep } from '../../electron/engine/operations.ts';
import { conv, dense, modelSpec, onNetwork } from './samples.ts';

const article: ModelSpec = { ...presets[0]!.model, inputShape: [28, 28, 1] };
const one: ModelSpec = modelSpec({ encoder: [], code: { size: 3, activation: 'linear', variational: false } });

describe('multiply-adds of a step', () => {
  it.each<[string, ModelSpec, number, number]>([
    // Twice 784 × 256 + 256 × 128, forward once, backward twice, for each image.
    ['the article’s model, batches of 256', article, 256, 2 * (784 * 256 + 256 * 128) * 3 * 256],
    ['one image', article, 1, 2 * (784 * 256 + 256 * 128) * 3],
    ['nothing but a code', one, 2, 2 * (12 * 3) * 3 * 2],
    [
      // A 3 × 3 kernel to two filters at 14 × 14 places; the code; its way back; the kernel again where its input stood.
      'a convolution that halves the image',
      modelSpec({ inputShape: [28, 28, 1], encoder: [conv(2, 3, 2)] }),
      4,
      (9 * 2 * 14 * 14 + 14 * 14 * 2 * 3 + 3 * 14 * 14 * 2 + 9 * 2 * 14 * 14) * 3 * 4,
    ],
  ])('%s', (_name, spec, batchSize, operations) =>
    onNetwork(spec, (network) => {
      expect(operationsPerStep(network, batchSize)).toBe(operations);
    }),
  );

  it('the article’s step of 256 images is 358.6 million', () =>
    onNetwork(article, (network) => {
      expect(operationsPerStep(network, 256) / 1e6).toBeCloseTo(358.6, 1);
    }));
});

describe('steps a call', () => {
  it.each<[string, ModelSpec, number, number]>([
    ['the article’s model at 256', article, 256, 8],
    ['twice the batch, half the steps', article, 512, 4],
    ['never none, however large the step', article, 65_536, 1],
    ['never more than 50, however small', modelSpec({ encoder: [dense(2)] }), 1, 50],
    // 28.9 million a step of 128, of the billion that convolutions may take.
    [
      'convolutions take longer for as much',
      modelSpec({ inputShape: [28, 28, 1], encoder: [conv(16, 3, 2)] }),
      128,
      34,
    ],
  ])('%s', (_name, spec, batchSize, steps) =>
    onNetwork(spec, (network) => {
      expect(stepsACall(network, batchSize)).toBe(steps);
    }),
  );
});

describe('images a call', () => {
  it.each<[string, ModelSpec, number]>([
    // 3 billion over twice 784 × 256 + 256 × 128.
    ['the article’s model', article, 6_424],
    // A billion over twice 81 × 16 × 28 × 28 + 28 × 28 × 16 × 3.
    ['convolutions take longer for as much', modelSpec({ inputShape: [28, 28, 1], encoder: [conv(16, 9, 1)] }), 474],
    // 2^24 values over the 28 × 28 × (16 + 16 + 1) of an image.
    ['what layers make stays in memory', modelSpec({ inputShape: [28, 28, 1], encoder: [conv(16, 3, 1)] }), 648],
    [
      'never none, however large the model',
      modelSpec({ inputShape: [128, 128, 1], encoder: [conv(64, 5, 1), conv(64, 5, 1)] }),
      1,
    ],
  ])('%s', (_name, spec, images) =>
    onNetwork(spec, (network) => {
      expect(imagesACall(network)).toBe(images);
    }),
  );
});

describe('images in a call of sets that are gone through again and again', () => {
  it.each<[string, number, readonly number[], number]>([
    ['as many as may be, where no set is known', 2_000, [], 2_000],
    ['a small set whole, not filled up to what may be', 314, [33, 33], 33],
    ['a set that takes several calls in equal parts', 2_000, [5_000, 5_000], 1_667],
    ['a set that goes into one', 2_000, [2_000], 2_000],
    // Of 33 it would take seven calls and one, of 200 the small set would be filled up.
    ['neither of two at the cost of the other', 2_000, [33, 200], 100],
    ['empty sets do not count', 2_000, [0, 40], 40],
    ['never more than may be', 1, [33], 1],
  ])('%s', (_name, most, counts, batch) => {
    expect(batchWithin(most, counts)).toBe(batch);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { OptimizerSpec } from '../../electron/domain/experiment.ts';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { sliceImages } from '../../electron/dataset/image-set.ts';
import { encodeImages, reconstructionErrors } from '../../electron/engine/inference.ts';
import type { Network } from '../../electron/engine/network.ts';
import {
  breathe,
  distance,
  modelSpec,
  onNetwork,
  reconstructionOf,
  setWeights,
  trainEagerly,
  trainingSpec,
  wayOf,
  weightsByName,
} from './samples.ts';

type Weights = Readonly<Record<string, readonly number[]>>;

interface Tiny {
  readonly pixels: readonly number[];
  readonly weights: Weights;
  readonly codes: readonly number[];
  readonly reconstructions: readonly number[];
  readonly cost: number;
  readonly gradients: Weights;
  readonly optimizers: Readonly<
    Record<
      string,
      {
        readonly spec: OptimizerSpec;
        readonly rates: readonly number[];
        readonly costs: readonly number[];
        readonly weights: Weights;
      }
    >
  >;
}

/** Worked out by test/fixtures/make/article_network.py, in float64. */
const tiny = JSON.parse(readFileSync(new URL('../fixtures/article-tiny.json', import.meta.url), 'utf8')) as Tiny;
const tinyImages: ImageColumns = {
  count: 12,
  height: 4,
  width: 3,
  channels: 1,
  pixels: Uint8Array.from(tiny.pixels),
};
const firstBatch = sliceImages(tinyImages, 0, 4);

const onTiny = (body: (network: Network) => Promise<void> | void): Promise<void> =>
  onNetwork(modelSpec(), (network) => {
    setWeights(network, tiny.weights);
    return body(network);
  });

describe('a 12-5-3-5-12 network of the article’s kind', () => {
  test('has its weights in the order and by the names that are saved', () =>
    onTiny((network) => {
      expect(network.weights.map(({ name }) => name)).toEqual(Object.keys(tiny.weights));
    }));

  test('encodes and reconstructs as worked out', () =>
    onTiny(async (network) => {
      expect(distance(await encodeImages(network, firstBatch, breathe), tiny.codes)).toBeLessThan(1e-6);
      expect(distance(reconstructionOf(network, firstBatch), tiny.reconstructions)).toBeLessThan(1e-6);
      const errors = await reconstructionErrors(network, firstBatch, breathe);
      expect(errors.reduce((sum, error) => sum + error, 0) / 4).toBeCloseTo(tiny.cost, 6);
    }));

  test('has the gradients of back-propagation by hand', () =>
    onTiny((network) => {
      const before = weightsByName(network);
      const { costs, weights } = trainEagerly(network, trainingSpec(), firstBatch, [100]);
      expect(costs[0]).toBeCloseTo(tiny.cost, 6);
      for (const [name, gradient] of Object.entries(tiny.gradients)) {
        expect(distance(wayOf(before[name]!, weights[name]!, -100), gradient), name).toBeLessThan(1e-5);
      }
    }));

  test.each(Object.entries(tiny.optimizers))('three steps of %s end where they should', (_, expected) =>
    onTiny((network) => {
      const before = weightsByName(network);
      const training = trainingSpec({ optimizer: expected.spec });
      const { costs, weights } = trainEagerly(network, training, tinyImages, expected.rates);
      expect(distance(costs, expected.costs)).toBeLessThan(1e-6);
      for (const [name, values] of Object.entries(expected.weights)) {
        // Of the way that was gone, not of where it began: the beginning is given.
        const found = wayOf(before[name]!, weights[name]!);
        expect(distance(found, wayOf(before[name]!, Float32Array.from(values))), name).toBeLessThan(1e-4);
      }
    }),
  );
});

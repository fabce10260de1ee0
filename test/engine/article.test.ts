import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { OptimizerSpec } from '../../electron/domain/experiment.ts';
import { presets, type Preset } from '../../electron/domain/presets.ts';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { sliceImages } from '../../electron/dataset/image-set.ts';
import { readMnist } from '../../electron/dataset/mnist.ts';
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
  weightsByName,
} from './samples.ts';

/** Worked out by test/fixtures/make/article_network.py, in float64. */
function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')) as T;
}

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

interface Checksums {
  readonly sum: number;
  readonly norm: number;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

interface Article {
  readonly codes: Checksums;
  readonly reconstructions: Checksums;
  readonly costs: readonly number[];
  readonly gradients: Readonly<Record<string, Checksums>>;
  readonly moved: Readonly<Record<string, Checksums>>;
}

const tiny = fixture<Tiny>('article-tiny');
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

/** 0.5 sin(0.37 i² + phase), as the script makes them. */
const wave = (count: number, phase: number): Float32Array =>
  Float32Array.from({ length: count }, (_, index) => 0.5 * Math.sin(0.37 * index * index + phase));

function setWaves(network: Network): void {
  const waves = network.weights.map(({ name, variable }, index) => {
    const phase = Math.floor(index / 2) + (name.endsWith('bias') ? 0.5 : 0);
    return [name, wave(variable.size, phase)] as const;
  });
  setWeights(network, Object.fromEntries(waves));
}

function expectChecksums(values: ArrayLike<number>, expected: Checksums, tolerance: number, what: string): void {
  const all = Array.from(values);
  const norm = Math.sqrt(all.reduce((sum, value) => sum + value * value, 0));
  const sum = all.reduce((total, value) => total + value, 0);
  expect(Math.abs(norm / expected.norm - 1), `${what}: norm`).toBeLessThan(tolerance);
  // A sum may cancel out: it is measured by the size of what was summed.
  const scale = expected.norm * Math.sqrt(all.length);
  expect(Math.abs(sum - expected.sum) / scale, `${what}: sum`).toBeLessThan(tolerance);
  const size = expected.norm / Math.sqrt(all.length);
  const found = [...all.slice(0, 3), ...all.slice(-3)];
  [...expected.first, ...expected.last].forEach((value, index) => {
    expect(Math.abs(found[index]! - value) / size, `${what}: value ${index}`).toBeLessThan(10 * tolerance);
  });
}

/** How far each weight went, in steps of `rate`. */
function way(before: Float32Array, after: Float32Array, rate = 1): Float32Array {
  return before.map((value, index) => (after[index]! - value) / rate);
}

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
        expect(distance(way(before[name]!, weights[name]!, -100), gradient), name).toBeLessThan(1e-5);
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
        const found = way(before[name]!, weights[name]!);
        expect(distance(found, way(before[name]!, Float32Array.from(values))), name).toBeLessThan(1e-4);
      }
    }),
  );
});

describe('the article’s own 784-256-128-256-784 on MNIST', () => {
  const preset = presets[0] as Preset;
  const spec = { ...preset.model, inputShape: [28, 28, 1] as [number, number, 1] };
  const expected = fixture<Article>('article-784');
  let images: ImageColumns;

  beforeAll(async () => {
    images = sliceImages((await readMnist()).training.images, 0, 256);
  });

  test('encodes and reconstructs as worked out', () =>
    onNetwork(spec, async (network) => {
      setWaves(network);
      expectChecksums(await encodeImages(network, images, breathe), expected.codes, 1e-6, 'codes');
      expectChecksums(reconstructionOf(network, images), expected.reconstructions, 1e-6, 'reconstructions');
    }));

  test('has the gradients of back-propagation by hand', () =>
    onNetwork(spec, (network) => {
      setWaves(network);
      const before = weightsByName(network);
      const { weights } = trainEagerly(network, trainingSpec(), images, [1e5]);
      for (const [name, sums] of Object.entries(expected.gradients)) {
        expectChecksums(way(before[name]!, weights[name]!, -1e5), sums, 1e-5, name);
      }
    }));

  test('takes two RMSProp steps as worked out', () =>
    onNetwork(spec, (network) => {
      setWaves(network);
      const before = weightsByName(network);
      const twice = { ...images, count: 512, pixels: Buffer.concat([images.pixels, images.pixels]) };
      const { costs, weights } = trainEagerly(network, preset.training, twice, [10, 10]);
      expect(distance(costs, expected.costs)).toBeLessThan(1e-6);
      for (const [name, sums] of Object.entries(expected.moved)) {
        expectChecksums(way(before[name]!, weights[name]!), sums, 1e-3, name);
      }
    }));
});

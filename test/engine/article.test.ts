import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { presets, type Preset } from '../../electron/domain/presets.ts';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { sliceImages } from '../../electron/dataset/image-set.ts';
import { readMnist } from '../../electron/dataset/mnist.ts';
import { encodeImages } from '../../electron/engine/inference.ts';
import type { Network } from '../../electron/engine/network.ts';
import {
  breathe,
  distance,
  onNetwork,
  reconstructionOf,
  setWeights,
  trainEagerly,
  trainingSpec,
  wayOf,
  weightsByName,
} from './samples.ts';

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

describe('the article’s own 784-256-128-256-784 on MNIST', () => {
  const preset = presets[0] as Preset;
  const spec = { ...preset.model, inputShape: [28, 28, 1] as [number, number, 1] };
  // Worked out by test/fixtures/make/article_network.py, in float64.
  const expected = JSON.parse(
    readFileSync(new URL('../fixtures/article-784.json', import.meta.url), 'utf8'),
  ) as Article;
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
        expectChecksums(wayOf(before[name]!, weights[name]!, -1e5), sums, 1e-5, name);
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
        expectChecksums(wayOf(before[name]!, weights[name]!), sums, 1e-3, name);
      }
    }));
});

import { afterEach, describe, expect, test, vi } from 'vitest';
import type { NoiseSpec } from '../../electron/domain/experiment.ts';
import { applyTo, decodeCodes, withNoise } from '../../electron/engine/apply.ts';
import { CompiledInference } from '../../electron/engine/graph/compiled-inference.ts';
import { encodeImages, reconstruct, reconstructionErrors, type Inference } from '../../electron/engine/inference.ts';
import { makeInference } from '../../electron/engine/make-inference.ts';
import type { Network } from '../../electron/engine/network.ts';
import { tf, valuesOf } from '../../electron/engine/tensorflow.ts';
import { toPixels } from '../../electron/engine/images.ts';
import { expectNoLeak } from './no-leak.ts';
import { breathe, conv, dense, distance, modelSpec, noiseImages, onNetwork } from './samples.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const specs = {
  dense: modelSpec({ encoder: [dense(5, { batchNorm: true, dropout: 0.3 })] }),
  convolutional: modelSpec({ inputShape: [8, 6, 3], encoder: [conv(4, 3, 2)] }),
  variational: modelSpec({ code: { size: 2, activation: 'linear', variational: true } }),
};

describe.each(Object.entries(specs))('a %s model', (_, spec) => {
  test('gives the same codes, pictures and errors as the whole models do', () =>
    onNetwork(spec, async (network) => {
      const images = noiseImages(7, spec.inputShape);
      const { codes, reconstructions, mse } = applyTo(network, images, images);
      expect(distance(codes, await encodeImages(network, images, breathe))).toBeLessThan(1e-6);
      expect(distance(mse, await reconstructionErrors(network, images, breathe))).toBeLessThan(1e-6);
      expect(reconstructions).toEqual(reconstruct(network, images).images);
    }));

  test('measures against the target, not against what it saw', () =>
    onNetwork(spec, (network) => {
      const [seen, target] = [noiseImages(3, spec.inputShape, 1), noiseImages(3, spec.inputShape, 2)];
      const { mse, reconstructions } = applyTo(network, seen, target);
      expect(reconstructions.pixels).toEqual(applyTo(network, seen, seen).reconstructions.pixels);
      const size = target.pixels.length / 3;
      const byHand = target.pixels
        .subarray(0, size)
        .reduce((sum, pixel, at) => sum + ((pixel - reconstructions.pixels[at]!) / 255) ** 2 / size, 0);
      // The reconstruction's bytes are rounded.
      expect(Math.abs(mse[0]! - byHand)).toBeLessThan(0.005);
    }));

  test('decodes codes as its decoder does, however many', () =>
    onNetwork(spec, async (network) => {
      const { size } = spec.code;
      const codes = Float32Array.from({ length: 3_000 * size }, (_value, index) => Math.sin(index));
      let breaths = 0;
      const found = await decodeCodes(network, codes, async () => void (breaths += 1));
      const expected = valuesOf(() => network.decoder.predict(tf.tensor2d(codes, [3_000, size])) as tf.Tensor);
      expect(found).toEqual({ ...shapeOf(spec.inputShape), count: 3_000, pixels: toPixels(expected) });
      expect(breaths).toBeGreaterThanOrEqual(1);
      expect((await decodeCodes(network, new Float32Array(0), breathe)).count).toBe(0);
    }));
});

function shapeOf([height, width, channels]: readonly [number, number, 1 | 3]) {
  return { height, width, channels };
}

describe('noise on top', () => {
  const images = { ...noiseImages(4, [20, 20, 1]), pixels: new Uint8Array(4 * 400).fill(128) };
  const noisy = (noise: NoiseSpec, seed = 1, numbers = [0, 1, 2, 3]) => withNoise(images, noise, seed, numbers).pixels;

  test('Gaussian has its deviation, within the range of pixels', () =>
    expectNoLeak(() => {
      const pixels = noisy({ kind: 'gaussian', deviation: 0.1 });
      const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
      const variance = pixels.reduce((sum, value) => sum + (value - mean) ** 2, 0) / pixels.length;
      expect(Math.sqrt(variance) / 255).toBeCloseTo(0.1, 1);
      expect(new Set(noisy({ kind: 'gaussian', deviation: 2 })).has(255)).toBe(true);
    }));

  test.each(['masking', 'salt-and-pepper'] as const)('%s changes its share of the pixels', (kind) =>
    expectNoLeak(() => {
      const changed = noisy({ kind, fraction: 0.25 }).filter((value) => value !== 128);
      expect(changed.length / 1_600).toBeCloseTo(0.25, 1);
      expect([...new Set(changed)].sort()).toEqual(kind === 'masking' ? [0] : [0, 255]);
    }),
  );

  test('hangs on the seed and on each image’s own number', () =>
    expectNoLeak(() => {
      const noise = { kind: 'gaussian', deviation: 0.3 } as const;
      const all = noisy(noise);
      expect(noisy(noise)).toEqual(all);
      expect(noisy(noise, 2)).not.toEqual(all);
      expect(all.subarray(0, 400)).not.toEqual(all.subarray(400, 800));
      expect(noisy(noise, 1, [3, 2, 1, 0]).subarray(0, 400)).toEqual(all.subarray(1_200));
    }));
});

/** As where nothing can be compiled. */
async function opByOp(network: Network): Promise<Inference> {
  vi.spyOn(CompiledInference, 'compile').mockRejectedValueOnce(new Error('refused'));
  return makeInference(network, () => undefined);
}

const pictures = (count: number) => noiseImages(count, [8, 8, 1]);

describe('a model whose layers are large', () => {
  // Half a million values an image, of which one call holds sixteen million.
  const large = modelSpec({ inputShape: [8, 8, 1], encoder: [conv(4_096, 1, 1), conv(2, 3, 4)] });

  test.each([
    ['compiled', (network: Network) => CompiledInference.compile(network)],
    ['op by op', opByOp],
  ] as const)('goes over a set a few images at a time, %s', (_, make) =>
    onNetwork(large, async (network) => {
      const images = noiseImages(70, [8, 8, 1]);
      const inference = await make(network);
      let breaths = 0;
      const breathing = async (): Promise<void> => void (breaths += 1);
      try {
        await inference.encode(images, breathing);
        expect(breaths).toBe(3);
        await inference.errors(images, breathing);
        expect(breaths).toBe(6);
      } finally {
        inference.dispose();
      }
    }),
  );

  test('takes pictures a few at a time, and gives each what it gives it alone', () =>
    onNetwork(large, (network) => {
      const images = noiseImages(40, [8, 8, 1]);
      const last = { ...images, count: 1, pixels: images.pixels.subarray(39 * 64) };
      const [all, alone] = [applyTo(network, images, images), applyTo(network, last, last)];
      expect(distance(all.codes.subarray(39 * large.code.size), alone.codes)).toBeLessThan(1e-6);
      expect(all.reconstructions.pixels.subarray(39 * 64)).toEqual(alone.reconstructions.pixels);
      expect(all.mse[39]).toBeCloseTo(alone.mse[0]!, 6);
    }));

  /** The most bytes of tensors that there were at once. */
  async function peakOf(work: () => unknown): Promise<number> {
    const { peakBytes } = await tf.profile(async () => {
      await work();
      const nothing: tf.Tensor[] = [];
      return nothing;
    });
    return peakBytes;
  }

  // A call holds thirty.
  test('takes no more memory for many pictures than for a few', () =>
    onNetwork(large, async (network) => {
      const [many, few] = [pictures(90), pictures(30)];
      const most = 1.2 * (await peakOf(() => applyTo(network, few, few)));
      expect(await peakOf(() => applyTo(network, many, many))).toBeLessThan(most);
    }));

  test('takes no more memory for many codes than for a few', () =>
    onNetwork(large, async (network) => {
      const codes = (count: number) => new Float32Array(count * large.code.size);
      const most = 1.2 * (await peakOf(() => decodeCodes(network, codes(30), breathe)));
      expect(await peakOf(() => decodeCodes(network, codes(90), breathe))).toBeLessThan(most);
    }));
});

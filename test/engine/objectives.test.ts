import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { TrainingSpec } from '../../electron/domain/experiment.ts';
import type { PlainActivation } from '../../electron/domain/layer-spec.ts';
import { buildNetwork } from '../../electron/engine/network.ts';
import { drawCodes, importanceBound, type DrawnCodes } from '../../electron/engine/importance.ts';
import { divergence, HUBER_DELTA, reconstructionLoss } from '../../electron/engine/losses.ts';
import { meanDiscrepancy, totalCorrelation } from '../../electron/engine/prior-match.ts';
import { neighbourLoss } from '../../electron/engine/neighbour-embedding.ts';
import { contraction, penalties, sparsity } from '../../electron/engine/regularisers.ts';
import { tf, valuesOf } from '../../electron/engine/tensorflow.ts';
import { expectNoLeak } from './no-leak.ts';
import { distance, modelSpec, pool } from './samples.ts';

interface Sloped {
  readonly value: number;
  readonly slope: number;
}

interface Expected {
  readonly losses: Readonly<Record<'mae' | 'huber' | 'ssim', Sloped>>;
  readonly sparsity: { readonly value: number; readonly gradient: readonly number[] };
  readonly neighbours: { readonly value: number; readonly gradient: readonly number[] };
  readonly totalCorrelation: Readonly<Record<'sample' | 'mean' | 'logVariance', readonly number[]>> & {
    readonly value: number;
  };
  readonly mmd: { readonly value: number; readonly gradient: readonly number[] };
  readonly importance: Readonly<Record<'mean' | 'logVariance', readonly number[]>> & {
    readonly value: number;
    /** The same with half of β. */
    readonly half: number;
  };
  /** With none, 0.6 and 2 nats a number. */
  readonly freeBits: readonly number[];
  readonly contraction: Readonly<
    Record<
      PlainActivation,
      { readonly value: number; readonly kernel: readonly number[]; readonly bias: readonly number[] }
    >
  >;
  readonly pool: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly pooled: number[]; readonly upsampled: number[] }>
  >;
}

/** Worked out by test/fixtures/make/objectives.py, in float64, by plain loops and differences. */
const expected = JSON.parse(readFileSync(new URL('../fixtures/objectives.json', import.meta.url), 'utf8')) as Expected;

/** Numbers in [0, 1] that look like noise, as the fixture's maker has them. */
function values<T extends tf.Tensor>(shape: number[], start: number): T {
  const count = shape.reduce((product, size) => product * size, 1);
  const numbers = Float32Array.from({ length: count }, (_, index) => {
    const i = start + index;
    return ((31 * i * i + 7 * i) % 256) / 255;
  });
  return tf.tensor(numbers, shape) as T;
}

const IMAGES = [2, 13, 12, 3];
const target = (): tf.Tensor4D => values(IMAGES, 1);
const output = (): tf.Tensor4D =>
  tf.add(tf.add(tf.mul(target(), 0.55), tf.mul(values<tf.Tensor4D>(IMAGES, 5_000), 0.4)), 0.0213);

describe('a loss against its definition', () => {
  test.each(['mae', 'huber', 'ssim'] as const)('%s, and its slope', (loss) =>
    expectNoLeak(() => {
      const of = (made: tf.Tensor): tf.Scalar => reconstructionLoss(loss, target(), made as tf.Tensor4D, 0.15);
      const { value, slope } = expected.losses[loss];
      expect(valuesOf(() => of(output()))[0]! / value).toBeCloseTo(1, 5);
      const along = valuesOf(() => tf.sum(tf.mul(tf.grad(of)(output()), tf.sub(values(IMAGES, 9_000), 0.5))));
      expect(along[0]! / slope).toBeCloseTo(1, 4);
    }),
  );

  test('the same image is no loss', () =>
    expectNoLeak(() => {
      for (const loss of ['mae', 'huber', 'ssim'] as const) {
        expect(valuesOf(() => reconstructionLoss(loss, target(), target()))[0], loss).toBeCloseTo(0, 6);
      }
    }));

  test('Huber turns at 0.1 where nothing is said', () =>
    expectNoLeak(() => {
      const of = (...delta: [] | [number]): number =>
        valuesOf(() => reconstructionLoss('huber', target(), output(), ...delta))[0]!;
      expect(HUBER_DELTA).toBe(0.1);
      expect(of()).toBe(of(0.1));
      expect(of()).not.toBe(of(0.15));
    }));
});

describe('a penalty against its definition', () => {
  const codes = (): tf.Tensor2D => tf.add(tf.mul(values<tf.Tensor2D>([5, 4], 77), 0.8), 0.1);

  test('sparsity: divergence from the target, and its gradient', () =>
    expectNoLeak(() => {
      expect(valuesOf(() => sparsity(codes(), 0.05))[0]! / expected.sparsity.value).toBeCloseTo(1, 5);
      const gradient = valuesOf(() => tf.grad((code) => sparsity(code, 0.05))(codes()));
      expect(distance(gradient, expected.sparsity.gradient)).toBeLessThan(1e-5);
    }));

  test('sparsity of units that are never or always on is finite', () =>
    expectNoLeak(() => {
      for (const value of [0, 1]) {
        const [found] = valuesOf(() => sparsity(tf.fill([3, 2], value), 0.05));
        expect(found).toBeGreaterThan(0.1);
        expect(found).toBeLessThan(100);
      }
    }));

  test('kept neighbours: the nats that partners lack, and their gradient', () =>
    expectNoLeak(() => {
      const pairs = (): tf.Tensor2D => tf.sub(tf.mul(values<tf.Tensor2D>([10, 3], 640), 6), 3);
      expect(valuesOf(() => neighbourLoss(pairs(), 0.7))[0]! / expected.neighbours.value).toBeCloseTo(1, 5);
      const gradient = valuesOf(() => tf.grad((codes) => neighbourLoss(codes as tf.Tensor2D, 0.7))(pairs()));
      expect(distance(gradient, expected.neighbours.gradient)).toBeLessThan(1e-5);
    }));

  test('kept neighbours: nothing is lost where partners alone are near; all alike is no information', () =>
    expectNoLeak(() => {
      const far = valuesOf(() => neighbourLoss(tf.tensor2d([0, 0, 1e4, 0, 0, 1e4, 0, 0, 1e4, 0, 0, 1e4], [6, 2]), 1));
      expect(far[0]).toBeCloseTo(0, 5);
      const alike = valuesOf(() => neighbourLoss(tf.ones([6, 2]), 1));
      expect(alike[0]).toBeCloseTo(Math.log(5), 5);
    }));

  test.each(Object.entries(expected.contraction) as [PlainActivation, Expected['contraction'][PlainActivation]][])(
    'contraction through %s units: the Jacobian’s squared norm, and its gradients',
    (activation, { value, kernel, bias }) =>
      expectNoLeak(() => {
        const of = (k: tf.Tensor, b: tf.Tensor): tf.Scalar =>
          contraction({ features: values([3, 4], 11), activation, kernel: k as tf.Tensor2D, bias: b as tf.Tensor1D });
        const at = (): [tf.Tensor, tf.Tensor] => [
          tf.sub(tf.mul(values([4, 3], 40), 2), 1),
          tf.sub(values([3], 60), 0.5),
        ];
        expect(valuesOf(() => of(...at()))[0]! / value).toBeCloseTo(1, 5);
        const found = [0, 1].map((which) => valuesOf(() => tf.grads(of)(at())[which] as tf.Tensor));
        expect(distance(found[0]!, kernel)).toBeLessThan(1e-4);
        // Of piecewise linear units the bias moves nothing.
        const largest = Math.max(...bias.map(Math.abs));
        if (largest > 1e-6) expect(distance(found[1]!, bias)).toBeLessThan(1e-4);
        else expect(found[1]!.every((slope) => slope === 0)).toBe(true);
      }),
  );

  test('each is weighted; one that is not asked for adds nothing', () =>
    expectNoLeak(() => {
      const of = (spec: TrainingSpec['regularisers']): number[] =>
        penaltyValues(spec, () => ({
          code: codes(),
          features: values([5, 4], 11),
          activation: 'sigmoid',
          kernel: values([4, 4], 40),
          bias: values([4], 60),
        }));
      const none = { codeL1: 0, contractive: 0 };
      expect(of(none)).toEqual([]);
      expect(of({ ...none, codeKl: { target: 0.05, weight: 0 } })).toEqual([]);
      const [kl] = of({ ...none, codeKl: { target: 0.05, weight: 3 } });
      expect(kl! / (3 * expected.sparsity.value)).toBeCloseTo(1, 5);
      const [l1] = of({ ...none, codeL1: 2 });
      expect(l1).toBeCloseTo((2 * valuesOf(codes).reduce((sum, value) => sum + value, 0)) / 5, 4);
      const [l2] = of({ ...none, codeL2: 3 });
      expect(l2).toBeCloseTo((1.5 * valuesOf(codes).reduce((sum, value) => sum + value ** 2, 0)) / 5, 4);
      const [one] = of({ ...none, contractive: 1 });
      expect(of({ ...none, contractive: 4 })[0]).toBeCloseTo(4 * one!, 5);
      expect(of({ codeL1: 2, codeKl: { target: 0.05, weight: 3 }, contractive: 1 })).toEqual([l1, kl, one]);
    }));
});

function penaltyValues(spec: TrainingSpec['regularisers'], on: () => Parameters<typeof penalties>[1]): number[] {
  return [
    ...valuesOf(() => tf.concat([tf.zeros([1]), ...penalties(spec, on()).map((term) => tf.reshape(term, [1]))])),
  ].slice(1);
}

describe('what draws codes to their prior, against its definition', () => {
  const mean = (): tf.Tensor2D => tf.sub(tf.mul(values<tf.Tensor2D>([4, 3], 20), 3), 1.5);
  const logVariance = (): tf.Tensor2D => tf.sub(tf.mul(values<tf.Tensor2D>([4, 3], 90), 2), 1.5);
  const noise = (): tf.Tensor2D => tf.sub(tf.mul(values<tf.Tensor2D>([12, 3], 700), 4), 2);
  const drawn = (m: tf.Tensor, v: tf.Tensor, count: number): DrawnCodes =>
    drawCodes(m as tf.Tensor2D, v as tf.Tensor2D, count, () => tf.slice(noise(), 0, 4 * count));
  const sample = (): tf.Tensor2D => drawn(mean(), logVariance(), 1).sample;
  const images = (): tf.Tensor4D => tf.round(values([4, 2, 3, 1], 41));
  const made = (): tf.Tensor4D => tf.add(tf.mul(values<tf.Tensor4D>([12, 2, 3, 1], 511), 0.8), 0.1);

  test('total correlation, and its gradients', () =>
    expectNoLeak(() => {
      const { value, ...gradients } = expected.totalCorrelation;
      const of = (...[z, m, v]: tf.Tensor[]): tf.Scalar =>
        totalCorrelation(z as tf.Tensor2D, m as tf.Tensor2D, v as tf.Tensor2D);
      const at = (): tf.Tensor[] => [sample(), mean(), logVariance()];
      expect(valuesOf(() => of(...at()))[0]).toBeCloseTo(value, 5);
      (['sample', 'mean', 'logVariance'] as const).forEach((name, which) => {
        const found = valuesOf(() => tf.grads(of)(at())[which]!);
        expect(distance(found, gradients[name]), name).toBeLessThan(1e-5);
      });
    }));

  test('total correlation of one image is none', () =>
    expectNoLeak(() => {
      const one = (x: tf.Tensor2D): tf.Tensor2D => tf.slice(x, 0, 1);
      expect(valuesOf(() => totalCorrelation(one(sample()), one(mean()), one(logVariance())))[0]).toBeCloseTo(0, 5);
    }));

  test('mean discrepancy, and its gradient', () =>
    expectNoLeak(() => {
      const draws = (): tf.Tensor2D => tf.slice(noise(), 0, 4);
      expect(valuesOf(() => meanDiscrepancy(mean(), draws()))[0]).toBeCloseTo(expected.mmd.value, 5);
      const found = valuesOf(() => tf.grad((codes) => meanDiscrepancy(codes as tf.Tensor2D, draws()))(mean()));
      expect(distance(found, expected.mmd.gradient)).toBeLessThan(1e-5);
      expect(valuesOf(() => meanDiscrepancy(tf.ones([1, 2]), tf.zeros([1, 2])))[0]).toBeLessThan(0);
    }));

  test('the bound of several codes, by their densities, and its gradients', () =>
    expectNoLeak(() => {
      const of = (beta: number, m: tf.Tensor, v: tf.Tensor): tf.Scalar =>
        importanceBound(images(), made(), drawn(m, v, 3), tf.scalar(beta));
      expect(valuesOf(() => of(1, mean(), logVariance()))[0]).toBeCloseTo(expected.importance.value, 4);
      expect(valuesOf(() => of(0.5, mean(), logVariance()))[0]).toBeCloseTo(expected.importance.half, 4);
      (['mean', 'logVariance'] as const).forEach((name, which) => {
        const found = valuesOf(() => tf.grads((m, v) => of(1, m, v))([mean(), logVariance()])[which]!);
        expect(distance(found, expected.importance[name]), name).toBeLessThan(1e-4);
      });
    }));

  test('free bits: what each number has for nothing', () =>
    expectNoLeak(() => {
      const found = [0, 0.6, 2].map((least) => valuesOf(() => divergence(mean(), logVariance(), least))[0]);
      expect(found).toEqual(expected.freeBits.map((nats) => expect.closeTo(nats, 4)));
      // Where all of it is free, nothing pulls.
      const pull = valuesOf(() => tf.grad((m) => divergence(m, logVariance(), 2))(mean()));
      expect(pull.every((slope) => slope === 0)).toBe(true);
    }));
});

describe('pooling against its definition', () => {
  test.each(Object.entries(expected.pool))(
    '%s: windows at odd edges, and back by blocks',
    (name, { shape, pooled, upsampled }) =>
      expectNoLeak(() => {
        const [method, size] = name.split(' ') as ['max' | 'average', string];
        const network = buildNetwork(modelSpec({ inputShape: [5, 7, 1], encoder: [pool(method, Number(size))] }), 1);
        const small = tf.tidy(() => network.encoderLayers[0]!.apply(values([1, 5, 7, 1], 300)) as tf.Tensor);
        expect(small.shape).toEqual([1, ...shape]);
        expect(distance(small.dataSync(), pooled)).toBeLessThan(1e-6);
        const [first, ...rest] = network.decoderLayers.slice(2);
        const large = valuesOf(() =>
          rest.reduce((x, layer) => layer.apply(x) as tf.Tensor, first!.apply(small) as tf.Tensor),
        );
        expect(distance(large, upsampled)).toBeLessThan(1e-6);
        small.dispose();
        network.dispose();
      }),
  );
});

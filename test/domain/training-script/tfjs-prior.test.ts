import { describe, expect, it } from 'vitest';
import { drawCodes, importanceBound } from '../../../electron/engine/importance.ts';
import { divergence } from '../../../electron/engine/losses.ts';
import { meanDiscrepancy, totalCorrelation } from '../../../electron/engine/prior-match.ts';
import { tf } from '../../../electron/engine/tensorflow.ts';
import { experimentOf, textOf } from './script-samples.ts';

const none = { codeL1: 0, contractive: 0 };

/** A function of a script, by itself. */
function functionOf<T>(text: string, name: string): T {
  const source = /^function [\s\S]*?\n}$/gm;
  const found = text.match(source)?.find((each) => each.startsWith(`function ${name}(`));
  if (found === undefined) throw new Error(`expected ${name} in the script, found none`);
  return new Function('tf', `return ${found}`)(tf) as T;
}

/** What a script's own function `loss` gives, for what it finds around it. */
function lossOf(text: string, around: Readonly<Record<string, unknown>>): tf.Scalar {
  const found = /const loss = \(\) => ({[\s\S]*?\n {6}});?\n/.exec(text)?.[1];
  if (found === undefined) throw new Error('expected a loss in the script, found none');
  return (new Function(...Object.keys(around), found) as (...values: unknown[]) => tf.Scalar)(...Object.values(around));
}

const drawn = (shape: [number, number], seed: number): tf.Tensor2D => tf.randomNormal(shape, 0, 1, 'float32', seed);
const valueOf = (x: tf.Tensor): number => x.dataSync()[0]!;

describe('what a script in TensorFlow.js computes of codes is what the app does', () => {
  const [mean, logVariance] = [drawn([9, 4], 1), drawn([9, 4], 2)];

  it('for the total correlation', () => {
    const text = textOf('tfjs', experimentOf('total-correlation'));
    const own = functionOf<typeof totalCorrelation>(text, 'totalCorrelation');
    const sample = drawn([9, 4], 3);
    expect(valueOf(own(sample, mean, logVariance))).toBeCloseTo(
      valueOf(totalCorrelation(sample, mean, logVariance)),
      4,
    );
  });

  it('for the mean discrepancy, of a single code too', () => {
    const own = functionOf<typeof meanDiscrepancy>(textOf('tfjs', experimentOf('wasserstein')), 'discrepancy');
    for (const count of [9, 1]) {
      const [codes, draws] = [drawn([count, 4], 4), drawn([count, 4], 5)];
      expect(valueOf(own(codes, draws))).toBeCloseTo(valueOf(meanDiscrepancy(codes, draws)), 4);
    }
  });

  /** Gives back pixels that codes make likely, without weights. */
  const decoder = { apply: (codes: tf.Tensor2D) => tf.sigmoid(tf.reshape(codes, [-1, 2, 2, 1])), trainableWeights: [] };
  const clean = tf.tidy(() => tf.sigmoid(tf.reshape(drawn([9, 4], 6), [9, 2, 2, 1]))) as tf.Tensor4D;
  const distribution = { apply: () => [mean, logVariance] };

  it('for several codes an image', () => {
    const changes = { beta: 2, betaWarmupEpochs: 0, importanceSamples: 3 };
    const code = { size: 4, activation: 'linear', variational: true } as const;
    const text = textOf('tfjs', experimentOf('importance-weighted', changes, { code }));
    const noise = drawn([27, 4], 7);
    const app = drawCodes(mean, logVariance, 3, () => noise);
    const bound = importanceBound(clean, decoder.apply(app.sample) as tf.Tensor4D, app, tf.scalar(2));
    const normal = (shape: number[]): tf.Tensor => noise.reshape(shape);
    expect(valueOf(lossOf(text, { tf, clean, decoder, distribution, normal }))).toBeCloseTo(valueOf(bound), 3);
  });

  it('for free bits and short codes', () => {
    const changes = {
      loss: 'mse',
      dynamicBinarisation: false,
      beta: 3,
      betaWarmupEpochs: 0,
      freeBits: 0.8,
      regularisers: { ...none, codeL2: 0.5 },
    } as const;
    const text = textOf('tfjs', experimentOf('variational', changes));
    const noise = drawn([9, 4], 8);
    const { sample } = drawCodes(mean, logVariance, 1, () => noise);
    const expected =
      valueOf(tf.losses.meanSquaredError(clean, decoder.apply(sample))) +
      (3 * valueOf(divergence(mean, logVariance, 0.8))) / 784 +
      0.25 * valueOf(tf.mean(tf.sum(tf.square(mean), 1)));
    const normal = (): tf.Tensor => noise;
    expect(valueOf(lossOf(text, { tf, clean, decoder, distribution, normal }))).toBeCloseTo(expected, 4);
  });
});

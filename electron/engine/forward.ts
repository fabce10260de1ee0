import { statelessNormal, statelessUniform } from './native-ops.ts';
import { Residual } from './residual.ts';
import { tf } from './tensorflow.ts';

/** New values of weights that no gradient moves: the moving statistics of batch normalisation. */
export interface StatisticsUpdate {
  readonly variable: tf.Variable;
  readonly value: tf.Tensor;
}

/** Hands out the step's noise seeds: each asker gets its own stream of the step's seed. */
export class NoiseStreams {
  private next = 0;
  private readonly seed: tf.Tensor1D;

  /** @param seed int32 [2], another one for every step */
  constructor(seed: tf.Tensor1D) {
    this.seed = seed;
  }

  take(): tf.Tensor1D {
    this.next += 1;
    // The offset keeps streams of one step apart; steps differ in the second number.
    return tf.add(this.seed, tf.tensor1d([this.next * 0x10001, 0], 'int32'));
  }
}

/**
 * Runs layers as in training: batch statistics, dropout from the step's seed. Nothing is written: what batch normalisation
 * would update is returned.
 */
export function forwardTraining(
  layers: readonly tf.layers.Layer[],
  input: tf.Tensor,
  noise: NoiseStreams,
): { readonly output: tf.Tensor; readonly updates: readonly StatisticsUpdate[] } {
  const updates: StatisticsUpdate[] = [];
  const output = layers.reduce((x, layer) => {
    if (layer instanceof Residual) {
      const inner = forwardTraining(layer.inner, x, noise);
      const beside = forwardTraining(layer.shortcut, x, noise);
      updates.push(...inner.updates, ...beside.updates);
      return tf.add(beside.output, inner.output);
    }
    switch (layer.getClassName()) {
      case 'Dropout':
        return dropout(x, layer.getConfig() as unknown as DropoutConfig, noise.take());
      case 'GaussianDropout':
        return gaussianDropout(x, (layer.getConfig() as { rate: number }).rate, noise.take());
      case 'LayerNormalization':
        return normaliseChannels(layer, x);
      case 'BatchNormalization': {
        const { output: normalised, update } = normaliseBatch(layer, x);
        updates.push(...update);
        return normalised;
      }
      case 'UpSampling2D':
        return upsample(x as tf.Tensor4D, (layer.getConfig() as { size: [number, number] }).size[0]);
      default:
        return layer.apply(x) as tf.Tensor;
    }
  }, input);
  return { output, updates };
}

/** Runs layers as outside training: moving statistics, no dropout. What is between two layers is freed, so no gradient goes through it. */
export function forwardInference(layers: readonly tf.layers.Layer[], input: tf.Tensor): tf.Tensor {
  return layers.reduce((x, layer) => {
    const output = tf.tidy(() => layer.apply(x, { training: false }) as tf.Tensor);
    if (x !== input && x !== output) x.dispose();
    return output;
  }, input);
}

interface DropoutConfig {
  readonly rate: number;
  /** Where whole channels are silenced: 1 for each axis that they lie along. */
  readonly noiseShape?: readonly (number | null)[] | null;
}

/** Inverted dropout (Srivastava et al. 2014): kept units are scaled up, so that nothing changes outside training. */
function dropout(x: tf.Tensor, { rate, noiseShape }: DropoutConfig, seed: tf.Tensor1D): tf.Tensor {
  const shape = x.shape.map((size, axis) => noiseShape?.[axis] ?? size);
  const kept = tf.cast(tf.greaterEqual(statelessUniform(shape, seed), rate), 'float32');
  return tf.mul(x, tf.mul(kept, 1 / (1 - rate)));
}

/** Every value times noise around 1, as spread as dropout of that rate makes it (Srivastava et al. 2014, §10). */
function gaussianDropout(x: tf.Tensor, rate: number, seed: tf.Tensor1D): tf.Tensor {
  const deviation = Math.sqrt(rate / (1 - rate));
  return tf.mul(x, tf.add(tf.mul(statelessNormal(x.shape, seed), deviation), 1));
}

/** Layer normalisation over the last axis (Ba et al. 2016, eq. 4): tfjs's own tiles its weights over the whole batch. */
function normaliseChannels(layer: tf.layers.Layer, x: tf.Tensor): tf.Tensor {
  const { epsilon } = layer.getConfig() as { epsilon: number };
  const [gamma, beta] = layer.weights.map((weight) => weight.read()) as [tf.Tensor, tf.Tensor];
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), gamma), beta);
}

/** Each value a block of `size` × `size`, as tfjs's layer has it, whose gradient XLA cannot compile: a product with ones can be. */
function upsample(x: tf.Tensor4D, size: number): tf.Tensor {
  const [count, height, width, channels] = x.shape;
  const ones = tf.ones([1, 1, size, 1]);
  const taller = tf.mul(tf.reshape(x, [count, height, 1, width * channels]), ones);
  const wider = tf.mul(tf.reshape(taller, [count * height * size, width, 1, channels]), ones);
  return tf.reshape(wider, [count, height * size, width * size, channels]);
}

/** Batch normalisation with the batch's own statistics (Ioffe & Szegedy 2015, alg. 1), over all axes but the last. */
function normaliseBatch(layer: tf.layers.Layer, x: tf.Tensor): { output: tf.Tensor; update: StatisticsUpdate[] } {
  const { momentum, epsilon } = layer.getConfig() as { momentum: number; epsilon: number };
  const [gamma, beta, movingMean, movingVariance] = layer.weights.map((weight) => weight.read() as tf.Variable) as [
    tf.Variable,
    tf.Variable,
    tf.Variable,
    tf.Variable,
  ];
  const axes = Array.from({ length: x.rank - 1 }, (_, axis) => axis);
  const mean = tf.mean(x, axes);
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), axes);
  const output = tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), gamma), beta);
  const moved = (moving: tf.Variable, now: tf.Tensor): StatisticsUpdate => ({
    variable: moving,
    value: tf.add(tf.mul(moving, momentum), tf.mul(now, 1 - momentum)),
  });
  return { output, update: [moved(movingMean, mean), moved(movingVariance, variance)] };
}

import type { ModelSpec } from '../../../electron/domain/experiment.ts';
import type { ImageColumns } from '../../../electron/domain/words.ts';
import type { Network } from '../../../electron/engine/network.ts';
import { tf } from '../../../electron/engine/tensorflow.ts';
import { normal, randomFrom } from '../../random.ts';
import { onNetwork } from '../../engine/samples.ts';

/** Builds a network for the length of one body, its weights scattered; asserts that nothing is left of it. */
export function onTrained(spec: ModelSpec, body: (network: Network) => Promise<void>): Promise<void> {
  return onNetwork(spec, (network) => {
    scatterWeights(network);
    return body(network);
  });
}

/** Moves every weight away from what it is initially: biases and the statistics of batch normalisation are zeros and ones else. */
export function scatterWeights(network: Network): void {
  const random = randomFrom(7);
  for (const { name, variable } of network.weights) {
    if (name.endsWith('/kernel')) continue;
    const isScale = name.endsWith('/moving_variance') || name.endsWith('/gamma');
    const [centre, spread] = isScale ? [1, 0.2] : [0, 0.3];
    const values = Float32Array.from({ length: variable.size }, () => centre + spread * Math.tanh(normal(random)));
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
}

/** Pixels as the model takes them. */
export function floats({ pixels }: ImageColumns): Float32Array {
  return Float32Array.from(pixels, (pixel) => pixel / 255);
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.NaN;
  let most = 0;
  for (let index = 0; index < a.length; index += 1) most = Math.max(most, Math.abs(a[index]! - b[index]!));
  return most;
}

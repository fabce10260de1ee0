import { StudioError } from '../../electron/domain/errors.ts';
import type { TrainingSpec } from '../../electron/domain/experiment.ts';
import { buildNetwork, type Network } from '../../electron/engine/network.ts';
import { learningRateAt } from '../../electron/engine/schedule.ts';
import { tf } from '../../electron/engine/tensorflow.ts';
import type { Job } from './jobs.ts';
import type { Contender } from './protocol.ts';
import { serve } from './serve.ts';

const ENCODE_BATCH = 1_000;

/** tfjs-node's own way to train: `model.fit` on the images as one float32 tensor. */
class Fit implements Contender {
  notes: readonly string[] = [];
  #job: Job | undefined;
  #network: Network | undefined;
  #optimizer: tf.Optimizer | undefined;
  #images: tf.Tensor4D | undefined;
  #step = 0;

  async prepare(job: Job, pixels: Uint8Array): Promise<void> {
    if (job.model.code.variational) {
      throw new StudioError('bad-spec', `${job.name}: expected a loss that model.fit knows, found a divergence`);
    }
    this.#dispose();
    this.#job = job;
    this.#step = 0;
    this.#network = buildNetwork(job.model, job.training.seed);
    this.#optimizer = optimizerOf(job.training);
    const loss = job.training.loss === 'mse' ? 'meanSquaredError' : 'binaryCrossentropy';
    this.#network.autoencoder.compile({ optimizer: this.#optimizer, loss });
    this.#images = this.#scaled(pixels);
    this.notes = job.training.optimizer.kind === 'adamw' ? ['Adam: tfjs has no AdamW'] : [];
  }

  async steps(count: number): Promise<number> {
    const { job, images, network, optimizer } = this.#ready();
    const { batchSize } = job.training;
    const perEpoch = Math.floor(job.images / batchSize);
    let loss = NaN;
    for (let left = count; left > 0; left -= perEpoch) {
      const steps = Math.min(left, perEpoch);
      const part = images.slice(0, steps * batchSize);
      const options = { batchSize, epochs: 1, shuffle: true, verbose: 0, yieldEvery: 'never' } as const;
      // tfjs's optimizers have no schedule and no setter: the rate is set anew at each epoch's start.
      Object.assign(optimizer, { learningRate: learningRateAt(this.#step, perEpoch, job.training) });
      const history = await network.autoencoder.fit(part, part, options);
      part.dispose();
      loss = Number(history.history['loss']?.at(-1));
      this.#step += steps;
    }
    return loss;
  }

  async encode(pixels: Uint8Array): Promise<Float32Array> {
    const { job, network } = this.#ready();
    const [height, width, channels] = job.model.inputShape;
    const size = height * width * channels;
    const codes = new Float32Array((pixels.length / size) * job.model.code.size);
    for (let at = 0; at * size < pixels.length; at += ENCODE_BATCH) {
      const part = tf.tidy(() => {
        const images = this.#scaled(pixels.subarray(at * size, (at + ENCODE_BATCH) * size));
        return network.encoder.predict(images, { batchSize: ENCODE_BATCH }) as tf.Tensor;
      });
      codes.set(part.dataSync(), at * job.model.code.size);
      part.dispose();
    }
    return codes;
  }

  async validationMse(pixels: Uint8Array): Promise<number> {
    const { network } = this.#ready();
    return tf.tidy(() => {
      const images = this.#scaled(pixels);
      const decoded = network.autoencoder.predict(images, { batchSize: ENCODE_BATCH }) as tf.Tensor;
      return tf.mean(tf.squaredDifference(decoded, images)).dataSync()[0]!;
    });
  }

  /** float32 [count, side, side, 1] in [0, 1]. */
  #scaled(pixels: Uint8Array): tf.Tensor4D {
    const [height, width, channels] = this.#job!.model.inputShape;
    const count = pixels.length / (height * width * channels);
    return tf.tidy(() => tf.div(tf.tensor4d(pixels, [count, height, width, channels], 'int32'), 255));
  }

  #ready() {
    const [job, network, optimizer, images] = [this.#job, this.#network, this.#optimizer, this.#images];
    if (!job || !network || !optimizer || !images) throw new StudioError('bad-request', 'prepare must come first');
    return { job, network, optimizer, images };
  }

  #dispose(): void {
    this.#network?.dispose();
    this.#optimizer?.dispose();
    this.#images?.dispose();
  }
}

function optimizerOf({ optimizer, learningRate }: TrainingSpec): tf.Optimizer {
  switch (optimizer.kind) {
    case 'rmsprop':
      return tf.train.rmsprop(learningRate, optimizer.decay, 0, optimizer.epsilon);
    case 'adam':
    case 'adamw':
      return tf.train.adam(learningRate, optimizer.beta1, optimizer.beta2, optimizer.epsilon);
    default:
      throw new StudioError('bad-spec', `optimizer: expected rmsprop, adam or adamw, found ${optimizer.kind}`);
  }
}

await serve(new Fit());

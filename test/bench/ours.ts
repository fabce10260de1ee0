import { StudioError } from '../../electron/domain/errors.ts';
import { EXPERIMENT_VERSION, type Experiment } from '../../electron/domain/experiment.ts';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { learningRateAt } from '../../electron/engine/schedule.ts';
import { shuffled } from '../../electron/engine/shuffle.ts';
import { breathe } from '../../electron/training/emit.ts';
import { Learner } from '../../electron/training/learner.ts';
import type { Job } from './jobs.ts';
import type { Contender } from './protocol.ts';
import { serve } from './serve.ts';

/** The app's own engine, called as its training run calls it: through the learner, one runner call after another. */
class Ours implements Contender {
  notes: readonly string[] = [];
  #job: Job | undefined;
  #learner: Learner | undefined;
  #order: Int32Array = new Int32Array(0);
  #step = 0;

  async prepare(job: Job, pixels: Uint8Array): Promise<void> {
    await this.#learner?.dispose();
    this.#job = job;
    this.#step = 0;
    const experiment: Experiment = {
      version: EXPERIMENT_VERSION,
      name: job.name,
      imageSet: 'mnist',
      model: job.model,
      training: job.training,
    };
    const { batchSize } = job.training;
    const problems: string[] = [];
    // As a run is trained that is as long as the preset, however few of its steps are measured.
    const plan = { batchSize, lastBatchSize: 0, steps: Infinity };
    this.#learner = await Learner.create(experiment, { images: imagesOf(job, pixels) }, plan, (problem) =>
      problems.push(problem),
    );
    const { kind, stepsPerCall, reason } = this.#learner.runner.path;
    this.notes = [`${kind}, ${stepsPerCall} steps a call`, ...(reason === undefined ? [] : [reason]), ...problems];
  }

  async steps(count: number): Promise<number> {
    const { job, learner } = this.#ready();
    const { batchSize, seed } = job.training;
    const perEpoch = Math.floor(job.images / batchSize);
    let loss = Number.NaN;
    for (let left = count; left > 0;) {
      const inEpoch = this.#step % perEpoch;
      if (inEpoch === 0) this.#order = shuffled(job.images, seed, Math.floor(this.#step / perEpoch) + 1);
      const steps = Math.min(learner.runner.path.stepsPerCall, left, perEpoch - inEpoch);
      const costs = await learner.runner.run({
        indices: this.#order.subarray(inEpoch * batchSize, (inEpoch + steps) * batchSize),
        batchSize,
        learningRates: Float32Array.from({ length: steps }, (_, index) =>
          learningRateAt(this.#step + index, perEpoch, job.training),
        ),
        betas: new Float32Array(steps).fill(job.training.beta),
        firstStep: this.#step,
      });
      loss = costs.at(-1) ?? Number.NaN;
      this.#step += steps;
      left -= steps;
      // As in a run: other messages are answered between two calls.
      await breathe();
    }
    return loss;
  }

  async encode(pixels: Uint8Array): Promise<Float32Array> {
    const { job, learner } = this.#ready();
    return (await learner.inference()).encode(imagesOf(job, pixels), breathe);
  }

  async validationMse(pixels: Uint8Array): Promise<number> {
    const { job, learner } = this.#ready();
    await learner.runner.pull();
    const errors = await (await learner.inference()).errors(imagesOf(job, pixels), breathe);
    return errors.reduce((sum, error) => sum + error, 0) / errors.length;
  }

  #ready() {
    const [job, learner] = [this.#job, this.#learner];
    if (!job || !learner) throw new StudioError('bad-request', 'prepare must come first');
    return { job, learner };
  }
}

function imagesOf({ model }: Job, pixels: Uint8Array): ImageColumns {
  const [height, width, channels] = model.inputShape;
  return { count: pixels.length / (height * width * channels), height, width, channels, pixels };
}

await serve(new Ours());

import { afterEach, describe, expect, it, vi } from 'vitest';
import { StudioError } from '../../electron/domain/errors.ts';
import { EXPERIMENT_VERSION, type ModelSpec, type TrainingSpec } from '../../electron/domain/experiment.ts';
import type { TrainingPath } from '../../electron/domain/words.ts';
import { GraphSession } from '../../electron/engine/graph/session.ts';
import { makeRunner, repaysXla } from '../../electron/engine/make-runner.ts';
import { buildNetwork } from '../../electron/engine/network.ts';
import { makeTrainingStep, type StepInputs, type TrainingStep } from '../../electron/engine/step.ts';
import { EagerRunner } from '../../electron/engine/step-runner.ts';
import { nativeBackend, tf } from '../../electron/engine/tensorflow.ts';
import { threadsInUse } from '../../electron/engine/threads.ts';
import { expectNoLeak } from './no-leak.ts';
import { withCost } from './odd-steps.ts';
import { conv, modelSpec, noiseImages, trainingSpec } from './samples.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const dense = modelSpec();
const convolutional = modelSpec({ encoder: [conv(2, 3, 1)] });
const threads = threadsInUse();

/** An op that TensorFlow has and XLA has not. */
const unknownToXla = ({ images }: StepInputs): tf.Tensor =>
  tf.mean(tf.dilation2d(images, tf.zeros([2, 2, 1]) as tf.Tensor3D, 1, 'same'));

/** An op that is not in the compiler's table. */
const unknownToCompiler = ({ images }: StepInputs): tf.Tensor => {
  const type = { name: 'T', type: nativeBackend().binding.TF_ATTR_TYPE, value: nativeBackend().binding.TF_FLOAT };
  return tf.mean(nativeBackend().executeSingleOutput('Rint', [type], [images]));
};

const random = ({ images }: StepInputs): tf.Tensor => tf.mean(tf.add(images, tf.randomNormal(images.shape)));

interface Options {
  readonly model?: ModelSpec;
  readonly changes?: Partial<TrainingSpec>;
  readonly path?: TrainingPath['kind'];
  /** Of the whole run; by default so many that XLA is tried. */
  readonly steps?: number;
  readonly change?: (step: TrainingStep) => TrainingStep;
}

/** The path that was taken; three steps on it must train as the eager steps do, and leave nothing behind. */
async function pathTaken(options: Options = {}): Promise<TrainingPath> {
  const { model = dense, changes, path, steps = 1_000, change = (step) => step } = options;
  const training = trainingSpec({ learningRate: 0.5, ...changes });
  const experiment = { version: EXPERIMENT_VERSION, name: 'Tiny', imageSet: 'tiny', model, training } as const;
  const images = noiseImages(12, model.inputShape);
  const indices = Int32Array.from({ length: 12 }, (_, index) => index % 4);
  const call = {
    indices,
    batchSize: 4,
    learningRates: new Float32Array(3).fill(0.5),
    betas: new Float32Array(3),
    firstStep: 0,
  };
  let taken: TrainingPath | undefined;
  await expectNoLeak(async () => {
    const costs: Float32Array[] = [];
    for (const compiled of [false, true]) {
      const network = buildNetwork(model, 1);
      const step = makeTrainingStep(network, training);
      const made = { network, step: change(step), images, experiment, batchSize: 4, lastBatchSize: 0, steps };
      const runner = compiled
        ? await makeRunner({ ...made, ...(path === undefined ? {} : { path }) })
        : new EagerRunner(step, images, training.seed);
      costs.push(runner.run(call));
      taken = runner.path;
      runner.dispose();
      network.dispose();
    }
    const [eager, other] = costs as [Float32Array, Float32Array];
    expect(eager[2]).toBeLessThan(eager[0]!);
    eager.forEach((cost, index) => expect(Math.abs(other[index]! - cost) / cost).toBeLessThan(1e-5));
  });
  return taken!;
}

describe('the path that is taken', () => {
  it('is XLA’s loop for dense models, TensorFlow’s own for convolutions, with no reason to give', async () => {
    expect(await pathTaken()).toEqual({ kind: 'xla-loop', stepsPerCall: 50, threads });
    expect(await pathTaken({ model: convolutional })).toEqual({ kind: 'graph-loop', stepsPerCall: 50, threads });
  });

  it('is TensorFlow’s own where each pixel is drawn, unless XLA’s is asked for', async () => {
    const changes: Partial<TrainingSpec> = { inputNoise: { kind: 'gaussian', deviation: 0.01 } };
    expect((await pathTaken({ changes })).kind).toBe('graph-loop');
    expect((await pathTaken({ changes, path: 'xla-loop' })).kind).toBe('xla-loop');
  });

  it('is TensorFlow’s own for few steps, with no reason to give; XLA’s where a run has begun by it', async () => {
    expect(await pathTaken({ steps: 499 })).toEqual({ kind: 'graph-loop', stepsPerCall: 50, threads });
    expect(await pathTaken({ steps: 3, path: 'xla-loop' })).toEqual({ kind: 'xla-loop', stepsPerCall: 50, threads });
  });

  it('is XLA’s from five hundred steps on, from fewer for many weights, and twice as many where a last batch is compiled too', () => {
    const small = [499, 500].map((steps) => repaysXla(steps, 1_000, false));
    const large = [99, 100].map((steps) => repaysXla(steps, 3e6, false));
    const [smallTwice, largeTwice] = [
      [999, 1_000].map((steps) => repaysXla(steps, 1_000, true)),
      [199, 200].map((steps) => repaysXla(steps, 3e6, true)),
    ];
    for (const pays of [small, large, smallTwice, largeTwice]) expect(pays).toEqual([false, true]);
  });

  it('is the one asked for, as a resumed run does', async () => {
    expect(await pathTaken({ path: 'graph-loop' })).toEqual({ kind: 'graph-loop', stepsPerCall: 50, threads });
    expect(await pathTaken({ path: 'eager' })).toEqual({ kind: 'eager', stepsPerCall: 1, threads });
    expect((await pathTaken({ model: convolutional, path: 'xla-loop' })).kind).toBe('graph-loop');
  });
});

describe('a failing compiler', () => {
  it('XLA refuses an op: TensorFlow’s own loop trains, and says why', async () => {
    const { kind, reason } = await pathTaken({ change: (step) => withCost(step, unknownToXla) });
    expect(kind).toBe('graph-loop');
    expect(reason).toMatch(/^xla-loop: TensorFlow could not run the compiled graph: .*Dilation2D/);
  });

  it('an op is not in the table: nothing compiles, the steps run one by one, and both reasons are given', async () => {
    const why = 'The compiler does not know the outputs of the op "Rint".';
    expect(await pathTaken({ change: (step) => withCost(step, unknownToCompiler) })).toEqual({
      kind: 'eager',
      stepsPerCall: 1,
      threads,
      reason: `xla-loop: ${why} graph-loop: ${why}`,
    });
    expect(
      await pathTaken({ model: convolutional, change: (step) => withCost(step, unknownToCompiler) }),
    ).toMatchObject({ kind: 'eager', reason: `graph-loop: ${why}` });
  });

  it('the trace is refused: the steps run one by one', async () => {
    const { kind, reason } = await pathTaken({ change: (step) => withCost(step, random) });
    expect(kind).toBe('eager');
    expect(reason).toMatch(/^xla-loop: The computation cannot be compiled: a constant used by op \d+ \(Add\) differs/);
    expect(reason).toContain(' graph-loop: The computation cannot be compiled:');
  });

  it('the trace itself fails: the steps run one by one', async () => {
    // The first two runs of the step are the traces of the two kinds.
    let runs = 0;
    const change = (step: TrainingStep): TrainingStep => ({
      ...step,
      compute: (inputs) => {
        runs += 1;
        if (runs <= 2) throw new Error('out of memory');
        return step.compute(inputs);
      },
    });
    const path = await pathTaken({ change });
    expect(path).toMatchObject({ kind: 'eager', reason: 'xla-loop: out of memory graph-loop: out of memory' });
  });

  it('TensorFlow does not load the graph: the next kind is tried', async () => {
    const refused = new StudioError('engine-failed', 'TensorFlow refused the compiled graph: too old.');
    vi.spyOn(GraphSession, 'load').mockRejectedValueOnce(refused);
    expect(await pathTaken()).toMatchObject({ kind: 'graph-loop', reason: `xla-loop: ${refused.message}` });
    vi.spyOn(GraphSession, 'load').mockRejectedValue(refused);
    expect(await pathTaken()).toMatchObject({
      kind: 'eager',
      reason: `xla-loop: ${refused.message} graph-loop: ${refused.message}`,
    });
  });
});

describe('a graph that TensorFlow refuses', () => {
  it('is refused in its words, and leaves nothing', () =>
    expectNoLeak(async () => {
      const load = GraphSession.load([{ name: 'odd', op: 'NoSuchOp', inputs: [], attributes: {} }], []);
      await expect(load).rejects.toMatchObject({
        code: 'engine-failed',
        message: expect.stringMatching(/^TensorFlow refused the compiled graph: .*NoSuchOp/) as string,
      });
    }));
});

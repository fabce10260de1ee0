import { StudioError } from '../../domain/errors.ts';
import type { ImageColumns, TrainingPath } from '../../domain/words.ts';
import { statePartsOf, type StatePart, type StepCall, type StepRunner } from '../step-runner.ts';
import type { StepInputs, TrainingStep } from '../step.ts';
import { tf } from '../tensorflow.ts';
import { threadsInUse } from '../threads.ts';
import { checkedTrace } from './check-trace.ts';
import { DataType, NodeList, type GraphFunction } from './graph-def.ts';
import { GraphSession } from './session.ts';
import { SessionState } from './session-state.ts';
import { addVariable, ownedByTensorFlow, type SessionVariable } from './session-variables.ts';
import type { Trace } from './trace.ts';
import type { LoopKind } from './loop-functions.ts';
import { addTrainingLoop, type TrainingLoop } from './training-loop.ts';

export interface CompileOptions {
  readonly kind: LoopKind;
  readonly step: TrainingStep;
  readonly images: ImageColumns;
  /** Each image's class, where the step asks for it. */
  readonly labels?: Uint8Array;
  readonly seed: number;
  readonly batchSize: number;
  readonly stepsPerCall: number;
  /** Size of the epoch's last batch where it is smaller and kept; 0 without one. */
  readonly lastBatchSize: number;
  /** Why a faster kind was not taken. */
  readonly reason?: string;
}

/** Runs training steps inside TensorFlow: the state and the images live there, only indices, rates, betas and a seed are fed. */
export class CompiledRunner implements StepRunner {
  readonly path: TrainingPath;
  readonly state: readonly StatePart[];
  private readonly session: GraphSession;
  private readonly step: TrainingStep;
  private readonly values: SessionState;
  private readonly loops: readonly TrainingLoop[];
  private readonly seed: number;
  private readonly imageCount: number;

  private constructor(
    options: CompileOptions,
    session: GraphSession,
    variables: readonly SessionVariable[],
    loops: readonly TrainingLoop[],
  ) {
    const { kind, reason, stepsPerCall } = options;
    this.path = { kind, stepsPerCall, threads: threadsInUse(), ...(reason === undefined ? {} : { reason }) };
    this.session = session;
    this.step = options.step;
    this.state = statePartsOf(options.step);
    this.values = new SessionState(
      session,
      variables.map((variable, index) => ({ variable, isWeight: this.state[index]!.isWeight })),
    );
    this.loops = loops;
    this.seed = options.seed;
    this.imageCount = options.images.count;
  }

  /**
   * Traces the step, compiles it and brings state and images into the session. The step's variables keep their values; those
   * of the optimizer are freed once all has worked, because the session's are the ones that train.
   * @throws StudioError `engine-failed` where the step cannot be traced, loaded or compiled
   */
  static async compile(options: CompileOptions): Promise<CompiledRunner> {
    const { step, images, labels } = options;
    const nodes = new NodeList({ inFunction: false });
    const functions: GraphFunction[] = [];
    const state = step.variables.map(({ variable }, index) =>
      addVariable(nodes, `state_${index}`, DataType.float32, variable.shape),
    );
    const { count, height, width, channels } = images;
    const resident = addVariable(nodes, 'images', DataType.uint8, [count, height, width, channels], true);
    const classes = labels && addVariable(nodes, 'labels', DataType.uint8, [count]);
    const loop = (batchSize: number, steps: number, name: string): TrainingLoop => {
      const traced = traceStep(step, [batchSize, height, width, channels], labels !== undefined);
      return addTrainingLoop(nodes, functions, {
        kind: options.kind,
        trace: traced,
        state,
        images: resident,
        ...(classes === undefined ? {} : { labels: classes }),
        batchSize,
        steps,
        name,
      });
    };
    const loops = [loop(options.batchSize, options.stepsPerCall, 'batch')];
    if (options.lastBatchSize > 0) loops.push(loop(options.lastBatchSize, 1, 'last_batch'));
    const session = await GraphSession.load(nodes.nodes, functions);
    const runner = new CompiledRunner(options, session, state, loops);
    try {
      const valuesOf = (part: number): Float32Array => step.variables[part]!.variable.dataSync() as Float32Array;
      runner.values.fill(valuesOf, [
        { variable: resident, values: ownedByTensorFlow(images.pixels) },
        ...(classes && labels ? [{ variable: classes, values: labels }] : []),
      ]);
      // No steps: but XLA compiles now, and a failure is met before anything has been trained.
      for (const each of loops) runner.call(each, noSteps(each.batchSize));
    } catch (error) {
      session.dispose();
      throw error;
    }
    step.dispose();
    return runner;
  }

  run(call: StepCall): Float32Array {
    const loop = this.loops.find(({ batchSize }) => batchSize === call.batchSize);
    const steps = call.learningRates.length;
    const whole = call.indices.length === steps * call.batchSize && call.betas.length === steps;
    if (loop === undefined || steps > loop.steps || !whole) {
      const found = `${steps} steps of ${call.batchSize} images, ${call.indices.length} indices, ${call.betas.length} betas`;
      const expected = this.loops
        .map(({ batchSize, steps: most }) => `up to ${most} steps of ${batchSize} images`)
        .join(' or ');
      throw new StudioError('internal', `A training call expected ${expected}, found ${found}.`);
    }
    // TensorFlow would read beyond the images in silence.
    const outside = call.indices.find((index) => index < 0 || index >= this.imageCount);
    if (outside !== undefined) throw new StudioError('internal', `Image ${outside} is not one of ${this.imageCount}.`);
    return this.call(loop, call).subarray(0, steps);
  }

  pull(): void {
    this.values.eachWeight((part, values) => void this.step.variables[part]!.variable.assign(values));
  }

  read(part: number): Float32Array {
    return this.values.read(part);
  }

  write(part: number, values: Float32Array): void {
    this.values.write(part, values);
  }

  dispose(): void {
    this.session.dispose();
    this.step.dispose();
  }

  private call(loop: TrainingLoop, { indices, learningRates, betas, firstStep }: StepCall): Float32Array {
    const { feeds, steps, batchSize, costs } = loop;
    this.values.settle();
    this.values.forget();
    const padded = new Int32Array(steps * batchSize);
    padded.set(indices);
    const each = (values: Float32Array): Float32Array => {
      const whole = new Float32Array(steps);
      whole.set(values);
      return whole;
    };
    const [result] = this.session.run(
      [
        { placeholder: feeds.count, shape: [], values: Int32Array.of(learningRates.length) },
        { placeholder: feeds.indices, shape: [steps, batchSize], values: padded },
        { placeholder: feeds.rates, shape: [steps], values: each(learningRates) },
        { placeholder: feeds.betas, shape: [steps], values: each(betas) },
        { placeholder: feeds.seed, shape: [2], values: Int32Array.of(this.seed, firstStep) },
      ],
      [costs],
    );
    return result as Float32Array;
  }
}

const noSteps = (batchSize: number): StepCall => ({
  indices: new Int32Array(0),
  batchSize,
  learningRates: new Float32Array(0),
  betas: new Float32Array(0),
  firstStep: 0,
});

/** The step's trace for a batch of this shape. */
function traceStep(step: TrainingStep, shape: [number, number, number, number], isLabelled: boolean): Trace {
  const size = shape.reduce((all, length) => all * length, 1);
  const variables = step.variables.map(({ variable }) => variable);
  return checkedTrace(variables, (fill) => {
    const inputs: StepInputs = {
      // Not constant: a trace must not be able to depend on equal pixels.
      images: tf.reshape(tf.linspace(0, fill, size), shape) as tf.Tensor4D,
      ...(isLabelled ? { labels: tf.linspace(0, fill * 8, shape[0]) } : {}),
      learningRate: tf.scalar(fill / 100),
      beta: tf.scalar(fill / 10),
      seed: tf.tensor1d([fill * 1000, fill * 2000], 'int32'),
    };
    return {
      inputs: [inputs.images, ...(inputs.labels ? [inputs.labels] : []), inputs.learningRate, inputs.beta, inputs.seed],
      compute: () => {
        const { cost, next } = step.compute(inputs);
        return [cost, ...next];
      },
    };
  });
}

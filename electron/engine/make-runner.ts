import { toErrorData } from '../domain/errors.ts';
import type { Experiment, TrainingSpec } from '../domain/experiment.ts';
import { layOut } from '../domain/model-layout.ts';
import type { ImageColumns, TrainingPath } from '../domain/words.ts';
import { CompiledRunner, type CompileOptions } from './graph/compiled-runner.ts';
import type { LoopKind } from './graph/loop-functions.ts';
import { isConvolutional, type Network } from './network.ts';
import type { TrainingStep } from './step.ts';
import { EagerRunner, type StepRunner } from './step-runner.ts';
import { OPERATIONS_A_CALL, operationsPerStep } from './operations.ts';

export interface RunnerOptions {
  readonly network: Network;
  readonly step: TrainingStep;
  readonly images: ImageColumns;
  /** Each image's class, where the model's code has classes. */
  readonly labels?: Uint8Array;
  readonly experiment: Experiment;
  readonly batchSize: number;
  /** Size of the epoch's last batch where it is smaller and kept; 0 without one. */
  readonly lastBatchSize: number;
  /** Of the whole run, should it not end early. */
  readonly steps: number;
  /** The fastest path to try (a resumed run keeps its own); by default model and steps decide. */
  readonly path?: TrainingPath['kind'];
}

/** Beyond this the time between two calls no longer matters. */
const MOST_STEPS_A_CALL = 50;

/**
 * The fastest way to execute this experiment's steps that works here: an XLA loop for dense models, TensorFlow's own loop for
 * convolutions (XLA's are slow on a CPU and in a loop may never end), for much noise (XLA's is hardly quicker then, and would
 * hold the noise of all K steps at once) and for few steps (`repaysXla`), step by step where neither can be had. What was not
 * taken though it was tried, and why, is in the runner's path.
 */
export async function makeRunner(options: RunnerOptions): Promise<StepRunner> {
  const { network, step, images, experiment, batchSize, lastBatchSize } = options;
  const { seed, importanceSamples = 1 } = experiment.training;
  // Each image is decoded so many times.
  const stepsPerCall = stepsACall(network, batchSize * importanceSamples);
  const kinds = candidates(options);
  const labels = options.labels === undefined ? {} : { labels: options.labels };
  return firstThatWorks(kinds, { step, images, ...labels, seed, batchSize, stepsPerCall, lastBatchSize });
}

/** Tries these kinds of compiled loop in turn, then goes step by step; the runner's path says what was not taken, and why. */
export async function firstThatWorks(
  kinds: readonly LoopKind[],
  options: Omit<CompileOptions, 'kind' | 'reason'>,
): Promise<StepRunner> {
  const reasons: string[] = [];
  for (const kind of kinds) {
    try {
      const reason = reasons.length === 0 ? {} : { reason: reasons.join(' ') };
      return await CompiledRunner.compile({ ...options, kind, ...reason });
    } catch (error) {
      reasons.push(`${kind}: ${toErrorData(error).message}`);
    }
  }
  const { step, images, seed, labels } = options;
  return new EagerRunner(step, images, seed, reasons.length === 0 ? undefined : reasons.join(' '), labels);
}

function candidates({ network, experiment, lastBatchSize, steps, path }: RunnerOptions): LoopKind[] {
  const all: LoopKind[] =
    isConvolutional(network) || normalisesRows(network) ? ['graph-loop'] : ['xla-loop', 'graph-loop'];
  // What another program has begun goes on here as a new run would.
  if (path === undefined || path === 'torch') {
    const { parameters } = layOut(network.spec);
    const isShort = !repaysXla(steps, parameters, lastBatchSize > 0);
    return isShort || drawsMuch(network, experiment.training) ? ['graph-loop'] : all;
  }
  if (path === 'eager') return [];
  return all.slice(Math.max(0, all.indexOf(path)));
}

/**
 * From either on XLA's quicker steps make up for its compilation. It takes 1.4 to 2.7 s more of the processor's time than TensorFlow's
 * own loop, and saves of a step 4 to 12 ns for each weight, mostly of what the optimizer does to it: in seven dense models of 99,000 to
 * 2.8 million weights, batches of 16 to 256, the two were even after 1.7 to 5.7 · 10⁸ steps × weights, 76 to 1,950 steps
 * (docs/engine.md). Costs that compare images or codes with each other save more, the contractive one 6 ms: so the steps have a bound of
 * their own.
 */
const REPAYING_XLA = { stepsTimesWeights: 3e8, steps: 500 };

/**
 * Whether a run is so long that XLA's compilation pays. Never by timing: a run would not be repeated bit for bit.
 * @param steps of the whole run
 * @param weights of the model
 * @param withLastBatch whether each epoch ends with a smaller batch, whose step is compiled too: 3.9 s in place of 2.1 (modern, 64)
 */
export function repaysXla(steps: number, weights: number, withLastBatch: boolean): boolean {
  const each = steps / (withLastBatch ? 2 : 1);
  return each >= REPAYING_XLA.steps || each * weights >= REPAYING_XLA.stepsTimesWeights;
}

/** Whether rows are normalised each by itself, whose gradients XLA takes long to compile. */
function normalisesRows({ encoderLayers, decoderLayers }: Network): boolean {
  const own = ['LayerNormalization', 'GroupNorm'];
  return [...encoderLayers, ...decoderLayers].some((layer) => own.includes(layer.getClassName()));
}

/** Whether a step draws a random number for each pixel, or for each unit of a layer. */
function drawsMuch({ encoderLayers, decoderLayers }: Network, training: TrainingSpec): boolean {
  const drops = [...encoderLayers, ...decoderLayers].some((layer) =>
    ['Dropout', 'GaussianDropout'].includes(layer.getClassName()),
  );
  return drops || training.inputNoise !== undefined || training.dynamicBinarisation === true;
}

/** Fixed by the model and the batch alone. */
export function stepsACall(network: Network, batchSize: number): number {
  return stepsWithin(operationsPerStep(network, batchSize), isConvolutional(network) ? 'convolutional' : 'dense');
}

/** How many steps of so many multiply-adds one call runs. */
export function stepsWithin(operations: number, kind: keyof typeof OPERATIONS_A_CALL): number {
  return Math.max(1, Math.min(MOST_STEPS_A_CALL, Math.floor(OPERATIONS_A_CALL[kind] / operations)));
}

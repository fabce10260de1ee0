import { toErrorData } from '../domain/errors.ts';
import type { Experiment, TrainingSpec } from '../domain/experiment.ts';
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
  /** The fastest path to try (a resumed run keeps its own); by default the model decides. */
  readonly path?: TrainingPath['kind'];
}

/** Beyond this the time between two calls no longer matters. */
const MOST_STEPS_A_CALL = 50;

/**
 * The fastest way to execute this experiment's steps that works here: an XLA loop for dense models, TensorFlow's own loop for
 * convolutions (XLA's are slow on a CPU and in a loop may never end) and for much noise (XLA's is hardly quicker then, and would
 * hold the noise of all K steps at once), step by step where neither can be had. What was not taken, and why, is in the
 * runner's path.
 */
export async function makeRunner(options: RunnerOptions): Promise<StepRunner> {
  const { network, step, images, experiment, batchSize, lastBatchSize } = options;
  const { seed, importanceSamples = 1 } = experiment.training;
  // Each image is decoded so many times.
  const stepsPerCall = stepsACall(network, batchSize * importanceSamples);
  const kinds = candidates(network, experiment.training, options.path);
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

function candidates(network: Network, training: TrainingSpec, path: TrainingPath['kind'] | undefined): LoopKind[] {
  const all: LoopKind[] =
    isConvolutional(network) || normalisesRows(network) ? ['graph-loop'] : ['xla-loop', 'graph-loop'];
  // What another program has begun goes on here as a new run would.
  if (path === undefined || path === 'torch') return drawsMuch(network, training) ? ['graph-loop'] : all;
  if (path === 'eager') return [];
  return all.slice(Math.max(0, all.indexOf(path)));
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

import type { TrainingSpec } from '../domain/experiment.ts';
import { forwardTraining, NoiseStreams, type StatisticsUpdate } from './forward.ts';
import { addNoise, augment, binarise } from './input-noise.ts';
import { divergence, reconstructionLoss } from './losses.ts';
import { statelessNormal } from './native-ops.ts';
import { neighbourLoss } from './neighbour-embedding.ts';
import { logVarianceOf, type Network } from './network.ts';
import { makeOptimizer, type Optimizer } from './optimizers.ts';
import { penalties } from './regularisers.ts';
import { useNativeReluGradient } from './relu-gradient.ts';
import { tf } from './tensorflow.ts';

export interface StepInputs {
  /** float32 [batch, height, width, channels] in [0, 1]; where neighbours are kept [2 × batch, …]: each one's partner follows. */
  readonly images: tf.Tensor4D;
  readonly learningRate: tf.Scalar;
  /** Weight of a variational code's divergence. */
  readonly beta: tf.Scalar;
  /** int32 [2]: another one for every step of a run */
  readonly seed: tf.Tensor1D;
}

export interface StepOutput {
  /** The batch's loss before the update. */
  readonly cost: tf.Scalar;
  /** The next value of each variable, in the order of `TrainingStep.variables`. */
  readonly next: readonly tf.Tensor[];
}

/**
 * One training step as a pure function of (variables, batch, learning rate, beta, noise seed): it reads its variables and assigns
 * nothing, so that it can be run eagerly or be traced once and compiled.
 */
export interface TrainingStep {
  /** Weights, then optimizer slots, then the optimizer's shared scalars: the whole state that a step changes. */
  readonly variables: readonly StateVariable[];
  compute(inputs: StepInputs): StepOutput;
  /** Frees the optimizer's variables; the network's are its own. A second call does nothing. */
  dispose(): void;
}

export interface StateVariable {
  readonly name: string;
  readonly variable: tf.Variable;
  /** The network's own, moving statistics included; else the optimizer's. */
  readonly isWeight: boolean;
}

export function makeTrainingStep(network: Network, training: TrainingSpec): TrainingStep {
  useNativeReluGradient();
  const optimizer = makeOptimizer(training.optimizer);
  const trainable = network.weights.filter((weight) => weight.trainable);
  const slots = trainable.map(({ variable }) => optimizer.initialSlots.map((value) => filled(variable.shape, value)));
  const powers = optimizer.powers.map(() => filled([], 1));
  const own = [...slots.flat(), ...powers];
  const variables: StateVariable[] = [
    ...network.weights.map(({ name, variable }) => ({ name, variable, isWeight: true })),
    ...trainable.flatMap(({ name }, index) =>
      (slots[index] ?? []).map((variable, slot) => ({ name: `${name}/slot-${slot + 1}`, variable, isWeight: false })),
    ),
    ...powers.map((variable, index) => ({ name: `optimizer/power-${index + 1}`, variable, isWeight: false })),
  ];
  return {
    variables,
    compute: (inputs) => {
      const { cost, gradients, updates } = lossAndGradients(network, training, inputs);
      const next = nextValues(
        optimizer,
        trainable.map((weight) => weight.variable),
        gradients,
        slots,
        powers,
        inputs.learningRate,
      );
      for (const { variable, value } of updates) next.set(variable, value);
      return { cost, next: variables.map(({ variable }) => next.get(variable) ?? variable) };
    },
    dispose: () => own.forEach((variable) => variable.dispose()),
  };
}

function filled(shape: number[], value: number): tf.Variable {
  return tf.tidy(() => tf.variable(tf.fill(shape, value), false));
}

interface LossAndGradients {
  readonly cost: tf.Scalar;
  readonly gradients: readonly tf.Tensor[];
  readonly updates: readonly StatisticsUpdate[];
}

function lossAndGradients(network: Network, training: TrainingSpec, inputs: StepInputs): LossAndGradients {
  const weights = network.weights.filter((weight) => weight.trainable).map((weight) => weight.variable);
  const updates: StatisticsUpdate[] = [];
  const { value, grads } = tf.variableGrads(() => {
    const loss = lossOf(network, training, inputs, updates);
    // The statistics leave this closure beside the loss, and so must be kept from its clean-up.
    updates.forEach((update) => tf.keep(update.value));
    return loss;
  }, weights);
  const gradients = weights.map((weight) => grads[weight.name] ?? tf.zerosLike(weight));
  return { cost: value, gradients: clipped(gradients, training.clipNorm), updates };
}

function lossOf(network: Network, training: TrainingSpec, inputs: StepInputs, updates: StatisticsUpdate[]): tf.Scalar {
  const noise = new NoiseStreams(inputs.seed);
  const { neighbours } = training.regularisers;
  /** Without the partners, which only the neighbours' term knows. */
  const batchOf = <T extends tf.Tensor>(all: T): T =>
    neighbours === undefined ? all : (tf.slice(all, 0, all.shape[0]! / 2) as T);
  const drawn = (images: tf.Tensor4D): tf.Tensor4D =>
    training.dynamicBinarisation === true ? binarise(images, noise) : images;
  const views = drawn(augment(inputs.images, training.augmentation, noise));
  // Codes that keep neighbours are alike for all views of an image: how one was shifted is not in them, nor asked of the decoder.
  const target = neighbours === undefined ? views : drawn(batchOf(inputs.images));
  const seen = training.inputNoise === undefined ? views : addNoise(views, training.inputNoise, noise);
  const run = (layers: readonly tf.layers.Layer[], x: tf.Tensor): tf.Tensor => {
    const { output, updates: moved } = forwardTraining(layers, x, noise);
    updates.push(...moved);
    return output;
  };
  const allFeatures = run(network.encoderLayers, seen);
  const codes = run(network.codeLayers, allFeatures);
  const [features, code] = [batchOf(allFeatures), batchOf(codes)];
  const logVariance = logVarianceOf(network, features);
  const sample =
    logVariance === undefined
      ? code
      : // The reparameterisation of Kingma & Welling 2014, §2.4.
        tf.add(code, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), statelessNormal(code.shape, noise.take())));
  const output = run(network.decoderLayers, sample) as tf.Tensor4D;
  const terms: tf.Scalar[] = [reconstructionLoss(training.loss, target, output, training.huberDelta)];
  if (neighbours !== undefined) {
    terms.push(tf.mul(neighbourLoss(codes as tf.Tensor2D, neighbours.radius), neighbours.weight));
  }
  if (logVariance !== undefined) terms.push(tf.mul(scaledDivergence(training, target, code, logVariance), inputs.beta));
  const [kernel, bias] = (network.codeLayers[0]?.weights ?? []).map((weight) => weight.read());
  const { activation } = network.spec.code;
  const penalised = { code, features, activation, kernel: kernel as tf.Tensor2D, bias: bias as tf.Tensor1D };
  return tf.addN([...terms, ...penalties(training.regularisers, penalised)]);
}

/** Under losses that are means over pixels the divergence is divided by the pixels too: β = 1 then still weighs both an image alike. */
function scaledDivergence(
  training: TrainingSpec,
  images: tf.Tensor4D,
  code: tf.Tensor,
  logVariance: tf.Tensor,
): tf.Scalar {
  const nats = divergence(code, logVariance);
  return training.loss === 'bce' ? nats : tf.div(nats, images.size / images.shape[0]);
}

/** Scales all gradients down to a global norm (Pascanu et al. 2013, alg. 1). */
function clipped(gradients: readonly tf.Tensor[], clipNorm: number): readonly tf.Tensor[] {
  if (clipNorm === 0) return gradients;
  const norm = tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))));
  const factor = tf.div(clipNorm, tf.maximum(norm, clipNorm));
  return gradients.map((gradient) => tf.mul(gradient, factor));
}

function nextValues(
  optimizer: Optimizer,
  weights: readonly tf.Variable[],
  gradients: readonly tf.Tensor[],
  slots: readonly (readonly tf.Variable[])[],
  powers: readonly tf.Variable[],
  rate: tf.Scalar,
): Map<tf.Variable, tf.Tensor> {
  const next = new Map<tf.Variable, tf.Tensor>();
  const powered = powers.map((power, index) => tf.mul(power, optimizer.powers[index] ?? 1));
  powers.forEach((power, index) => next.set(power, powered[index] as tf.Tensor));
  weights.forEach((weight, index) => {
    const own = slots[index] ?? [];
    const updated = optimizer.update(weight, gradients[index] as tf.Tensor, own, powered, rate);
    next.set(weight, updated.weight);
    own.forEach((slot, place) => next.set(slot, updated.slots[place] as tf.Tensor));
  });
  return next;
}

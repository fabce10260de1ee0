import { CODEBOOK_TRAINING } from '../domain/codebook.ts';
import { StudioError } from '../domain/errors.ts';
import type { TrainingSpec } from '../domain/experiment.ts';
import { forwardTraining, NoiseStreams, type StatisticsUpdate } from './forward.ts';
import { classLoss, oneHot, type ConditionalCode } from './conditional-code.ts';
import { drawCodes, importanceBound, type DrawnCodes } from './importance.ts';
import { addNoise, augment, binarise } from './input-noise.ts';
import { divergence, reconstructionLoss } from './losses.ts';
import { statelessNormal } from './native-ops.ts';
import { neighbourLoss } from './neighbour-embedding.ts';
import { conditionalOf, logVarianceOf, type Network } from './network.ts';
import { makeOptimizer, type Optimizer } from './optimizers.ts';
import { meanDiscrepancy, totalCorrelation } from './prior-match.ts';
import { penalties } from './regularisers.ts';
import { useNativeReluGradient } from './relu-gradient.ts';
import { tf } from './tensorflow.ts';
import { VectorQuantiser } from './vector-quantiser.ts';

export interface StepInputs {
  /** float32 [batch, height, width, channels] in [0, 1]; where neighbours are kept [2 × batch, …]: each one's partner follows. */
  readonly images: tf.Tensor4D;
  /** Of a conditional code: each image's class, float32 [batch]. */
  readonly labels?: tf.Tensor1D;
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
      checkLabels(network, inputs);
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
  const asDrawn = (images: tf.Tensor4D): tf.Tensor4D =>
    training.dynamicBinarisation === true ? binarise(images, noise) : images;
  const views = asDrawn(augment(inputs.images, training.augmentation, noise));
  // Codes that keep neighbours are alike for all views of an image: how one was shifted is not in them, nor asked of the decoder.
  const target = neighbours === undefined ? views : asDrawn(batchOf(inputs.images));
  const seen = training.inputNoise === undefined ? views : addNoise(views, training.inputNoise, noise);
  const run = (layers: readonly tf.layers.Layer[], x: tf.Tensor): tf.Tensor => {
    const { output, updates: moved } = forwardTraining(layers, x, noise);
    updates.push(...moved);
    return output;
  };
  const allFeatures = run(network.encoderLayers, seen);
  const given = givenOf(network, allFeatures, inputs);
  const { commitment, codebookDecay: decay } = { ...CODEBOOK_TRAINING, ...training };
  const terms: tf.Scalar[] = [];
  const codes =
    given?.style ??
    network.codeLayers.reduce((x: tf.Tensor, layer) => {
      if (!(layer instanceof VectorQuantiser)) return run([layer], x);
      const quantised = layer.train(x, { decay, seed: noise.take() });
      layer.weights.forEach((weight, index) =>
        updates.push({ variable: weight.read() as tf.Variable, value: quantised.next[index]! }),
      );
      terms.push(besidePixels(training.loss, tf.mul(quantised.distance, commitment), target));
      return quantised.output;
    }, allFeatures);
  const [features, code] = [batchOf(allFeatures), batchOf(codes)];
  const logVariance = logVarianceOf(network, features, given?.classes) as tf.Tensor2D | undefined;
  const draw = (shape: number[]): tf.Tensor => statelessNormal(shape, noise.take());
  const { importanceSamples = 1 } = training;
  const drawn = logVariance && drawCodes(code as tf.Tensor2D, logVariance, importanceSamples, draw);
  const sample = drawn?.sample ?? (code as tf.Tensor2D);
  const told = given === undefined ? sample : tf.concat([sample, tf.tile(given.classes, [importanceSamples, 1])], 1);
  const output = run(network.decoderLayers, told) as tf.Tensor4D;
  if (given !== undefined) terms.push(scaledClassLoss(training, target, given));
  if (drawn && importanceSamples > 1) terms.push(importanceBound(target, output, drawn, inputs.beta));
  else {
    terms.push(reconstructionLoss(training.loss, target, output, training.huberDelta));
    if (drawn) terms.push(tf.mul(scaledDivergence(training, target, drawn), inputs.beta));
  }
  if (neighbours !== undefined) {
    terms.push(tf.mul(neighbourLoss(codes as tf.Tensor2D, neighbours.radius), neighbours.weight));
  }
  const { mmd = 0, decoderL2 = 0 } = training.regularisers;
  if (mmd > 0) {
    const own = tf.slice(sample, 0, code.shape[0]);
    terms.push(tf.mul(meanDiscrepancy(own, draw(code.shape) as tf.Tensor2D), mmd));
  }
  if (decoderL2 > 0) terms.push(tf.mul(squaredWeights(network.decoderLayers), decoderL2));
  const [kernel, bias] = (network.codeLayers[0]?.weights ?? []).map((weight) => weight.read());
  const { activation } = network.spec.code;
  const penalised = { code, features, activation, kernel: kernel as tf.Tensor2D, bias: bias as tf.Tensor1D };
  return tf.addN([...terms, ...penalties(training.regularisers, penalised)]);
}

/** A step's label, and what the code makes of it. */
interface Given {
  readonly conditional: ConditionalCode;
  readonly features: tf.Tensor;
  /** One-hot: float32 [batch, classes] */
  readonly classes: tf.Tensor2D;
  /** The means of the style: float32 [batch, style] */
  readonly style: tf.Tensor2D;
}

/** @throws StudioError `internal` where a code with classes is given no labels: before any gradient is taken */
function checkLabels(network: Network, { labels }: StepInputs): void {
  if (conditionalOf(network) === undefined || labels !== undefined) return;
  throw new StudioError('internal', 'A step on a code with classes expected labels, found none.');
}

/** Of a conditional code, whose label is known. */
function givenOf(network: Network, features: tf.Tensor, { labels }: StepInputs): Given | undefined {
  const conditional = conditionalOf(network);
  if (conditional === undefined || labels === undefined) return undefined;
  const classes = oneHot(labels, network.spec.code.classes ?? 0);
  return { conditional, features, classes, style: conditional.style(features, classes) };
}

/** Nats by which the classes are missed, weighed as the divergence is. */
function scaledClassLoss({ loss, classWeight = 1 }: TrainingSpec, images: tf.Tensor4D, given: Given): tf.Scalar {
  const nats = tf.mul(classLoss(given.conditional.logits(given.features), given.classes), classWeight);
  return besideReconstruction(loss, nats, images);
}

/** Nats an image, beside the reconstruction: under losses that are means over pixels divided by the pixels too, so that both weigh alike. */
function besideReconstruction(loss: TrainingSpec['loss'], nats: tf.Tensor, images: tf.Tensor4D): tf.Scalar {
  return (loss === 'bce' ? nats : tf.div(nats, images.size / images.shape[0])) as tf.Scalar;
}

/** A mean, beside the reconstruction: under losses that are sums over pixels times the pixels. */
function besidePixels(loss: TrainingSpec['loss'], mean: tf.Tensor, images: tf.Tensor4D): tf.Scalar {
  return (loss === 'bce' ? tf.mul(mean, images.size / images.shape[0]) : mean) as tf.Scalar;
}

/** What a variational code costs beside the reconstruction, before it is weighed by β: β = 1 weighs both alike. */
function scaledDivergence(
  { loss, freeBits, regularisers }: TrainingSpec,
  images: tf.Tensor4D,
  { mean, logVariance, sample }: DrawnCodes,
): tf.Scalar {
  const weight = regularisers.totalCorrelation ?? 0;
  const own = divergence(mean, logVariance, freeBits);
  const nats = weight === 0 ? own : tf.add(own, tf.mul(totalCorrelation(sample, mean, logVariance), weight));
  return besideReconstruction(loss, nats, images);
}

/** The sum of the squares of all weights that are trained. */
function squaredWeights(layers: readonly tf.layers.Layer[]): tf.Scalar {
  const squares = layers.flatMap((layer) =>
    layer.trainableWeights.map((weight) => tf.sum(tf.square(weight.read())) as tf.Scalar),
  );
  return tf.addN(squares);
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
  const update = optimizer.updates(rate, powered);
  weights.forEach((weight, index) => {
    const own = slots[index] ?? [];
    const updated = update(weight, gradients[index] as tf.Tensor, own);
    next.set(weight, updated.weight);
    own.forEach((slot, place) => next.set(slot, updated.slots[place] as tf.Tensor));
  });
  return next;
}

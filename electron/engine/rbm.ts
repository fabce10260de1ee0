import type { PretrainingSpec } from '../domain/experiment.ts';
import { forwardInference, NoiseStreams } from './forward.ts';
import { statelessNormal, statelessUniform } from './native-ops.ts';
import type { Network, NetworkWeight } from './network.ts';
import type { StateVariable, StepInputs, StepOutput, TrainingStep } from './step.ts';
import { tf } from './tensorflow.ts';

/** A linear code's machine learns this many times slower than logistic ones: 0.001 against 0.1 in the authors' programs. */
const GAUSSIAN_RATE = 0.01;

/** Initial connections are N(0, 0.1²), biases zero, as in the authors' programs (rbm.m). */
const INITIAL_DEVIATION = 0.1;

/** Machine i draws its initial connections from the seed pair [seed, CONNECTIONS_STREAM + i]. */
const CONNECTIONS_STREAM = 0x60000000;

/** Name of the state's part that holds the momentum; whoever runs the steps sets it. */
export const MOMENTUM = 'rbm/momentum';

/** One restricted Boltzmann machine of the stack: its weights are the network's own. */
export interface Machine {
  /** What comes before it: its visible units are these layers' probabilities. */
  readonly below: readonly tf.layers.Layer[];
  /** [visible, hidden], the encoder layer's kernel */
  readonly connections: NetworkWeight;
  /** The encoder layer's biases. */
  readonly hiddenBiases: NetworkWeight;
  /** Those of the decoder layer that gives the visible units back. */
  readonly visibleBiases: NetworkWeight;
  /** The decoder layer's kernel [hidden, visible]; a network with tied weights has none of its own. */
  readonly transposed: NetworkWeight | undefined;
  /** Gaussian hidden units of variance one, for a linear code; else logistic ones. */
  readonly gaussian: boolean;
}

/** The network as a stack of machines, from the pixels up: one for each encoder layer and one for the code. */
export function machinesOf(network: Network): Machine[] {
  const weights = new Map(network.weights.map((weight) => [weight.name, weight]));
  const encoding = [...network.encoderLayers, ...network.codeLayers];
  const hidden = encoding.filter((layer) => weights.has(`${layer.name}/kernel`));
  const decoding = network.decoderLayers.filter((layer) => weights.has(`${layer.name}/bias`)).reverse();
  return hidden.map((layer, index) => {
    const giving = decoding[index]?.name ?? '';
    return {
      below: encoding.slice(0, encoding.indexOf(layer)),
      connections: weights.get(`${layer.name}/kernel`) as NetworkWeight,
      hiddenBiases: weights.get(`${layer.name}/bias`) as NetworkWeight,
      visibleBiases: weights.get(`${giving}/bias`) as NetworkWeight,
      transposed: weights.get(`${giving}/kernel`),
      gaussian: index === hidden.length - 1 && network.spec.code.activation === 'linear',
    };
  });
}

/** Sets a machine's weights as it begins to learn. */
export function initialMachine(
  { connections, hiddenBiases, visibleBiases }: Machine,
  index: number,
  seed: number,
): void {
  tf.tidy(() => {
    const stream = tf.tensor1d([seed, CONNECTIONS_STREAM + index], 'int32');
    const { variable } = connections;
    variable.assign(tf.mul(statelessNormal(variable.shape, stream), INITIAL_DEVIATION));
    for (const { variable: biases } of [hiddenBiases, visibleBiases]) biases.assign(tf.zeros(biases.shape));
  });
}

/** Turns the stack around: each decoder layer gets its machine's connections, transposed. */
export function unroll(machines: readonly Machine[]): void {
  tf.tidy(() =>
    machines.forEach(({ connections, transposed }) => transposed?.variable.assign(tf.transpose(connections.variable))),
  );
}

/**
 * One update of a machine by contrastive divergence, CD-1 (Hinton 2002; as in Hinton & Salakhutdinov 2006, supporting
 * material, and the authors' rbm.m and rbmhidlinear.m): hidden states are drawn given the data, the visible units
 * reconstructed as probabilities, the hidden ones again as probabilities. Its cost is the squared error per image of that
 * reconstruction. A pure function like every training step, so that it compiles like one.
 */
export function makeMachineStep(machine: Machine, spec: PretrainingSpec): TrainingStep {
  const { connections, hiddenBiases, visibleBiases } = machine;
  const learnt = [connections, hiddenBiases, visibleBiases];
  const slots = learnt.map(({ variable }) => zeros(variable.shape));
  const momentum = zeros([]);
  const variables: StateVariable[] = [
    ...machine.below.flatMap((layer) => layer.weights.map((weight) => frozen(layer, weight))),
    ...learnt.map(({ name, variable }) => ({ name, variable, isWeight: true })),
    ...learnt.map(({ name }, index) => ({
      name: `${name}/slot-1`,
      variable: slots[index] as tf.Variable,
      isWeight: false,
    })),
    { name: MOMENTUM, variable: momentum, isWeight: false },
  ];
  return {
    variables,
    compute: (inputs) => contrastiveDivergence(machine, spec, slots, momentum, variables, inputs),
    dispose: () => [...slots, momentum].forEach((variable) => variable.dispose()),
  };
}

function contrastiveDivergence(
  machine: Machine,
  spec: PretrainingSpec,
  slots: readonly tf.Variable[],
  momentum: tf.Variable,
  variables: readonly StateVariable[],
  { images, learningRate, seed }: StepInputs,
): StepOutput {
  const { gaussian } = machine;
  const connections = machine.connections.variable as tf.Variable<tf.Rank.R2>;
  const [hiddenBiases, visibleBiases] = [machine.hiddenBiases.variable, machine.visibleBiases.variable];
  const count = images.shape[0];
  const hiddenMeans = (visible: tf.Tensor2D): tf.Tensor2D => {
    const input = tf.add<tf.Tensor2D>(tf.matMul(visible, connections), hiddenBiases);
    return gaussian ? input : tf.sigmoid(input);
  };
  const data = tf.reshape(forwardInference(machine.below, images), [count, -1]) as tf.Tensor2D;
  const hidden = hiddenMeans(data);
  const stream = new NoiseStreams(seed).take();
  const states = gaussian
    ? tf.add<tf.Tensor2D>(hidden, statelessNormal(hidden.shape, stream))
    : (tf.cast(tf.greater(hidden, statelessUniform(hidden.shape, stream)), 'float32') as tf.Tensor2D);
  const visible = tf.sigmoid(tf.add<tf.Tensor2D>(tf.matMul(states, connections, false, true), visibleBiases));
  const hiddenAgain = hiddenMeans(visible);

  const mean = (sum: tf.Tensor): tf.Tensor => tf.div(sum, count);
  const correlations = tf.sub(tf.matMul(data, hidden, true), tf.matMul(visible, hiddenAgain, true));
  const directions = [
    // Biases do not decay.
    tf.sub(mean(correlations), tf.mul(connections, spec.weightDecay)),
    mean(tf.sum(tf.sub(hidden, hiddenAgain), 0)),
    mean(tf.sum(tf.sub(data, visible), 0)),
  ];
  const rate = tf.mul(learningRate, gaussian ? GAUSSIAN_RATE : 1);
  const next = new Map<tf.Variable, tf.Tensor>();
  [machine.connections, machine.hiddenBiases, machine.visibleBiases].forEach(({ variable }, index) => {
    const slot = slots[index] as tf.Variable;
    const moved = tf.add(tf.mul(slot, momentum), tf.mul(directions[index] as tf.Tensor, rate));
    next.set(slot, moved).set(variable, tf.add(variable, moved));
  });
  const cost = tf.div(tf.sum(tf.squaredDifference(data, visible)), count) as tf.Scalar;
  return { cost, next: variables.map(({ variable }) => next.get(variable) ?? variable) };
}

/** A weight of a layer below: read by the step, never changed. */
function frozen(layer: tf.layers.Layer, weight: tf.LayerVariable): StateVariable {
  return { name: `${layer.name}/${weight.originalName}`, variable: weight.read() as tf.Variable, isWeight: true };
}

function zeros(shape: number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zeros(shape), false));
}

/** Multiply-adds of one update of a batch: the layers below forward, and five products with the connections. */
export function machineOperations({ below, connections }: Machine, batchSize: number): number {
  const sizes = below.map((layer) => layer.weights[0]?.shape.reduce<number>((all, size) => all * (size ?? 1), 1) ?? 0);
  return batchSize * (sizes.reduce((sum, size) => sum + size, 0) + 5 * connections.variable.size);
}

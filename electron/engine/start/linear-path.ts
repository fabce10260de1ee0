import { StudioError } from '../../domain/errors.ts';
import { PASSES_LINEAR } from '../../domain/linear-path.ts';
import { layOut, type LayoutLayer } from '../../domain/model-layout.ts';
import type { Network } from '../network.ts';
import { tf } from '../tensorflow.ts';

/** A dense layer with weights of its own, as a start by PCA sets it. */
export interface PathLayer {
  /** What its activation makes of a pair of units: see `readPath`. */
  readonly gain: number;
  readonly inputs: number;
  readonly units: number;
  readonly kernel: tf.Variable;
  readonly bias: tf.Variable;
}

/** The dense layers of a network: those before the code, the code, those after it, the output. */
export interface LinearPath {
  readonly encoder: readonly PathLayer[];
  readonly code: PathLayer;
  readonly decoder: readonly PathLayer[];
  readonly output: PathLayer;
}

/** @param network whose spec has no problems with a start by PCA (domain/linear-path.ts) */
export function linearPathOf(network: Network): LinearPath {
  const variables = new Map(network.weights.map(({ name, variable }) => [name, variable]));
  const variableOf = (name: string): tf.Variable => {
    const found = variables.get(name);
    if (found === undefined) throw new StudioError('internal', `Expected the weights "${name}", found none.`);
    return found;
  };
  const layers = layOut(network.spec).layers;
  const layerOf = ({ name, inputShape, shape, ...settings }: LayoutLayer): PathLayer => ({
    gain: settings.kind === 'dense' ? (PASSES_LINEAR[settings.activation] ?? 1) : 1,
    inputs: product(inputShape),
    units: product(shape),
    kernel: variableOf(`${name}/kernel`),
    bias: variableOf(`${name}/bias`),
  });
  const inPart = (part: LayoutLayer['part']): PathLayer[] =>
    layers.filter((layer) => layer.part === part && layer.path !== 'output').map(layerOf);
  return {
    encoder: inPart('encoder'),
    code: inPart('code')[0]!,
    decoder: inPart('decoder'),
    output: layerOf(layers.at(-1)!),
  };
}

/**
 * How a hidden layer carries numbers z through its activation f: as pairs of units f(z), f(-z), whose difference is z over the
 * gain, for ReLU and GELU z itself ("looks linear", Balduzzi et al. 2017, §4). Columns for z, then for -z.
 */
export const writePath = (columns: tf.Tensor2D): tf.Tensor2D => tf.concat([columns, tf.neg(columns)], 1);

/**
 * The kernel that takes z from such pairs: rows for f(z), for f(-z), and zeros for the units beside them.
 * @param rows what z itself would be multiplied by: [size of z, units]
 */
export function readPath(rows: tf.Tensor2D, from: PathLayer): tf.Tensor2D {
  const [size, units] = rows.shape;
  const scaled = tf.mul(rows, from.gain) as tf.Tensor2D;
  const beside = tf.zeros([from.units - 2 * size, units]) as tf.Tensor2D;
  return tf.concat([scaled, tf.neg(scaled), beside], 0);
}

const product = (shape: readonly number[]): number => shape.reduce((all, size) => all * size, 1);

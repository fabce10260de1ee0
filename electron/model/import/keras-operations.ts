import { elu } from './keras-activation-layers.ts';
import { asConfig, type Config } from './keras-entry.ts';
import type { KerasLayer } from './keras-layer.ts';
import { reshape } from './keras-shapes.ts';
import { addRescaling, clipped, type ChainBuilder } from './read-chain.ts';

/**
 * What a function takes that a Keras 3 model has between its layers (`x / 255`, `keras.ops.clip`): its numbers, and a gap for the tensor;
 * nothing for a layer.
 */
export function operandsOf({ module, inbound_nodes: nodes }: Config): readonly (number | undefined)[] | undefined {
  if (typeof module !== 'string' || !/^keras\.(src\.)?ops\b/.test(module) || !Array.isArray(nodes)) return undefined;
  const { args } = asConfig((nodes as unknown[])[0]);
  if (!Array.isArray(args)) return undefined;
  return (args as unknown[]).map((value) => (typeof value === 'number' ? value : undefined));
}

/** Functions that are an activation, by their classes. */
const bending: Readonly<Record<string, string>> = {
  Relu: 'relu',
  Relu6: 'relu6',
  Sigmoid: 'sigmoid',
  HardSigmoid: 'hard_sigmoid',
  Tanh: 'tanh',
  HardTanh: 'hard_tanh',
  Silu: 'silu',
  HardSilu: 'hard_silu',
  Selu: 'selu',
  Softplus: 'softplus',
  Softsign: 'softsign',
};

/** Reads a function of that kind. @returns whether it is known */
export function operation(layer: KerasLayer, operands: readonly (number | undefined)[]): boolean {
  const { builder, name, className, config, options } = layer;
  const known = Object.hasOwn(bending, className) ? bending[className] : undefined;
  if (known !== undefined) {
    layer.activation(known);
    return true;
  }
  const line = lineOf(className, operands);
  if (line !== undefined) {
    addRescaling(builder, name, line.factor, line.summand);
    return true;
  }
  if (className === 'Clip') {
    const [least, most] = [options.number('x_min', Number.NaN), options.number('x_max', Number.NaN)];
    if (!(most > least)) throw layer.bad('two numbers to clip between', `${least} and ${most}: save it with these`);
    clipped(builder, name, { least, most, factor: 1, summand: 0 });
    return true;
  }
  const number = operands.find((value) => value !== undefined);
  if ((className === 'Maximum' || className === 'Minimum') && number !== undefined) {
    cutAt(builder, name, number, className === 'Maximum' ? 1 : -1);
    return true;
  }
  switch (className) {
    case 'LeakyRelu':
      layer.activate('leaky-relu', options.slope('negative_slope', 0.2));
      return true;
    case 'Gelu':
      layer.activation(config['approximate'] === false ? 'gelu' : 'gelu_new');
      return true;
    case 'Elu':
    case 'Celu':
      elu(layer);
      return true;
    case 'StopGradient':
      return true;
    case 'Cast':
      return /^b?float\d+$/.test(String(config['dtype']));
    case 'ExpandDims':
    case 'Squeeze':
      return turnedGrey(layer, className === 'ExpandDims');
    case 'Reshape':
      // The first is the batch's.
      if (!Array.isArray(config['newshape'])) return false;
      reshape(layer, config['newshape'].slice(1));
      return true;
    default:
      return false;
  }
}

/** What is never below a number, or for a sign of −1 never above it: a ReLU of the distance to it. */
function cutAt(builder: ChainBuilder, name: string, number: number, sign: 1 | -1): void {
  addRescaling(builder, name, sign, -sign * number);
  builder.add(name, { kind: 'activation', activation: 'relu' });
  addRescaling(builder, name, sign, number);
}

/** Grey images get their axis of channels, or lose it. @returns whether that is what the function does */
function turnedGrey({ builder, config }: KerasLayer, gets: boolean): boolean {
  const { shape } = builder;
  const isLast = config['axis'] === -1 || config['axis'] === 3;
  if (!isLast || shape.length !== 3 || shape[2] !== 1 || builder.lacksChannels !== gets) return false;
  builder.lacksChannels = !gets;
  return true;
}

/** What a number makes of x: factor · x + summand. */
function lineOf(className: string, [one, other]: readonly (number | undefined)[]) {
  const number = one ?? other;
  if (className === 'Negative') return { factor: -1, summand: 0 };
  if (number === undefined) return undefined;
  switch (className) {
    case 'Multiply':
      return { factor: number, summand: 0 };
    case 'Add':
      return { factor: 1, summand: number };
    case 'Subtract':
      return one === undefined ? { factor: 1, summand: -number } : { factor: -1, summand: number };
    case 'Divide':
    case 'TrueDivide':
      return one === undefined ? { factor: 1 / number, summand: 0 } : undefined;
    default:
      return undefined;
  }
}

import type { PlainOp } from '../plain-model.ts';
import type { Attributes, FloatNodes } from './float-nodes.ts';

type Activation = Extract<PlainOp, { kind: 'activation' }>;

const operators = {
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  relu: 'Relu',
  'leaky-relu': 'LeakyRelu',
  elu: 'Elu',
  softplus: 'Softplus',
  selu: 'Selu',
  softsign: 'Softsign',
} as const;

/** The activation of `x`. @returns its reference */
export function activated(nodes: FloatNodes, { name, activation, slope = 0 }: Activation, x: string): string {
  if (activation === 'gelu') return gelu(nodes, name, x);
  if (activation === 'silu') return nodes.node('Mul', name, [x, nodes.node('Sigmoid', `${name}-gate`, [x])]);
  if (activation === 'clip') {
    const above = nodes.node('Relu', `${name}-above`, [x]);
    return nodes.node('Minimum', name, [above, nodes.floats('one', [], [1])]);
  }
  if (activation === 'gelu-tanh') return geluByTanh(nodes, name, x);
  if (activation === 'hard-silu') {
    const moved = nodes.node('AddV2', `${name}-moved`, [x, nodes.floats('three', [], [3])]);
    const gate = nodes.node('Mul', `${name}-gate`, [
      nodes.node('Relu6', `${name}-relu6`, [moved]),
      nodes.floats('sixth', [], [1 / 6]),
    ]);
    return nodes.node('Mul', name, [x, gate]);
  }
  if (activation === 'mish') {
    const gate = nodes.node('Tanh', `${name}-gate`, [nodes.node('Softplus', `${name}-softplus`, [x])]);
    return nodes.node('Mul', name, [x, gate]);
  }
  const attributes: Attributes = activation === 'leaky-relu' ? { alpha: { kind: 'float', value: slope } } : {};
  return nodes.node(operators[activation], name, [x], attributes);
}

/** x / 2 · (1 + erf(x / √2)) */
function gelu(nodes: FloatNodes, name: string, x: string): string {
  const scaled = nodes.node('Mul', `${name}-scaled`, [x, nodes.floats('sqrt-half', [], [Math.SQRT1_2])]);
  const above = nodes.node('AddV2', `${name}-above`, [
    nodes.node('Erf', `${name}-erf`, [scaled]),
    nodes.floats('one', [], [1]),
  ]);
  const half = nodes.node('Mul', `${name}-half`, [x, nodes.floats('half', [], [0.5])]);
  return nodes.node('Mul', name, [half, above]);
}

/** x / 2 · (1 + tanh(√(2 / π) · (x + 0.044715 x³))) */
function geluByTanh(nodes: FloatNodes, name: string, x: string): string {
  const cube = nodes.node('Mul', `${name}-cube`, [nodes.node('Square', `${name}-square`, [x]), x]);
  const bent = nodes.node('Mul', `${name}-bent`, [cube, nodes.floats('cubic', [], [0.044715])]);
  const steeper = nodes.node('AddV2', `${name}-steeper`, [x, bent]);
  const scaled = nodes.node('Mul', `${name}-scaled`, [steeper, nodes.floats('root', [], [Math.sqrt(2 / Math.PI)])]);
  const above = nodes.node('AddV2', `${name}-above`, [
    nodes.node('Tanh', `${name}-tanh`, [scaled]),
    nodes.floats('one', [], [1]),
  ]);
  const half = nodes.node('Mul', `${name}-half`, [x, nodes.floats('half', [], [0.5])]);
  return nodes.node('Mul', name, [half, above]);
}

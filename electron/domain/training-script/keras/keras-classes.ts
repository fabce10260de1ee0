import { assertNever } from '../../errors.ts';
import type { PlainActivation } from '../../layer-spec.ts';
import { complement, joined, literal } from '../script-text.ts';
import { keptNeighbours, type KeptNeighbours, type ScriptPlan } from '../script-plan.ts';
import { kerasPrior } from './keras-prior.ts';

/** Layers that Keras does not have, before they are used. */
export function kerasClasses(plan: ScriptPlan): string {
  const { model, training, encoder, decoder } = plan;
  const { codeKl, contractive } = training.regularisers;
  const neighbours = keptNeighbours(plan);
  const { activation } = model.code;
  const bent = [activation, ...[...encoder, ...decoder].map((layer) => 'activation' in layer && layer.activation)];
  return joined(2, [
    bent.includes('clip') ? CLIP : undefined,
    bent.includes('gelu-tanh') ? GELU_TANH : undefined,
    [...encoder, ...decoder].some(({ kind }) => kind === 'residual') ? RESIDUAL : undefined,
    model.tiedWeights === true ? tiedLayer(plan) : undefined,
    kerasPrior(plan),
    codeKl !== undefined && codeKl.weight > 0 ? sparsityLayer(codeKl.target, codeKl.weight) : undefined,
    contractive > 0 ? contractiveLayer(model.code.activation, contractive) : undefined,
    neighbours === undefined ? undefined : neighboursLayer(neighbours),
  ]);
}

const CLIP = `def clip(x):
    return ops.clip(x, 0, 1)`;

const GELU_TANH = `def gelu_tanh(x):
    return ops.gelu(x, approximate=True)`;

const RESIDUAL = `class Residual(layers.Layer):
    """Adds what layers make of images to them, or to what others do (He et al. 2016, eq. 2)."""

    def __init__(self, inner, beside=None):
        super().__init__()
        self.inner = keras.Sequential(inner)
        self.beside = keras.Sequential(beside or [layers.Identity()])

    def call(self, images):
        return self.beside(images) + self.inner(images)`;

function tiedLayer({ model }: ScriptPlan): string {
  const bias = model.initialiser === 'standard-normal' ? 'keras.initializers.RandomNormal(stddev=1.0)' : '"zeros"';
  return `class Tied(layers.Layer):
    """A dense layer with another one's kernel, transposed."""

    def __init__(self, dense, activation=None):
        super().__init__()
        self.dense, self.activation = dense, keras.activations.get(activation)

    def build(self, input_shape):
        units = self.dense.kernel.shape[0]
        self.bias = self.add_weight(name="bias", shape=(units,), initializer=${bias})

    def call(self, x):
        return self.activation(ops.matmul(x, ops.transpose(self.dense.kernel)) + self.bias)`;
}

function sparsityLayer(target: number, weight: number): string {
  return `class Sparsity(layers.Layer):
    """Passes a code on; each unit is to be on for ${literal(target)} of the images."""

    def call(self, code):
        activity = ops.clip(ops.mean(code, axis=0), 1e-6, 1 - 1e-6)
        on = ${literal(target)} * ops.log(${literal(target)} / activity)
        off = ${literal(complement(target))} * ops.log(${literal(complement(target))} / (1 - activity))
        self.add_loss(${literal(weight)} * ops.sum(on + off))
        return code`;
}

function contractiveLayer(activation: PlainActivation, weight: number): string {
  return `class Contractive(layers.Dense):
    """Adds the squared Frobenius norm of its Jacobian, an image (Rifai et al. 2011, eq. 7)."""

    def call(self, images):
        x = ops.matmul(images, self.kernel) + self.bias
        slope = ${slope(activation)}
        norms = ops.sum(ops.square(slope) * ops.sum(ops.square(self.kernel), axis=0), axis=1)
        self.add_loss(${literal(weight)} * ops.mean(norms))
        return self.activation(x)`;
}

function neighboursLayer({ weight, radius }: KeptNeighbours): string {
  return `class Neighbours(layers.Layer):
    """Passes codes on; neighbours' are to lie together (InfoNCE, Damrich et al. 2023, eq. 8)."""

    def call(self, codes):
        code, beside = codes[0] / ${literal(radius)}, codes[1] / ${literal(radius)}
        every = ops.concatenate([code, beside])
        distances = ops.sum(ops.square(code[:, None] - every), axis=2)
        others = ops.sum(1 / (1 + distances), axis=1) - 1  # less each one itself
        near = ops.log1p(ops.sum(ops.square(code - beside), axis=1))
        self.add_loss(${literal(weight)} * ops.mean(near + ops.log(others)))
        return codes[0]`;
}

/** A formula of several lines, in a layer's call. */
const lines = (...parts: readonly string[]): string =>
  ['(', ...parts.map((part) => `    ${part}`), ')'].join(`\n        `);

/** The derivative of an activation at x. */
function slope(activation: PlainActivation): string {
  switch (activation) {
    case 'linear':
      return 'ops.ones_like(x)';
    case 'sigmoid':
      return 'ops.sigmoid(x) * (1 - ops.sigmoid(x))';
    case 'tanh':
      return '1 - ops.square(ops.tanh(x))';
    case 'relu':
      return 'ops.cast(x > 0, x.dtype)';
    case 'leaky-relu':
      return 'ops.where(x > 0, 1.0, 0.2)';
    case 'elu':
      return 'ops.exp(ops.minimum(x, 0))';
    case 'gelu':
      return '(1 + ops.erf(x / 2**0.5)) / 2 + x * ops.exp(-ops.square(x) / 2) / (2 * np.pi) ** 0.5';
    case 'softplus':
      return 'ops.sigmoid(x)';
    case 'silu':
      return 'ops.sigmoid(x) * (1 + x * (1 - ops.sigmoid(x)))';
    case 'selu':
      return '1.0507 * ops.where(x > 0, 1.0, 1.67326 * ops.exp(ops.minimum(x, 0)))';
    case 'clip':
      return 'ops.cast((x > 0) & (x < 1), x.dtype)';
    case 'gelu-tanh':
      return lines(
        '(1 + ops.tanh(0.7978846 * (x + 0.044715 * x**3))) / 2',
        '+ 0.3989423 * x * (1 + 0.134145 * x**2)',
        '/ ops.cosh(0.7978846 * (x + 0.044715 * x**3)) ** 2',
      );
    case 'hard-silu':
      return 'ops.where(ops.abs(x) < 3, x / 3 + 0.5, ops.cast(x > 0, x.dtype))';
    case 'mish':
      return lines('ops.tanh(ops.softplus(x))', '+ x * ops.sigmoid(x) * (1 - ops.square(ops.tanh(ops.softplus(x))))');
    case 'softsign':
      return '1 / ops.square(1 + ops.abs(x))';
    default:
      return assertNever(activation);
  }
}

import { assertNever } from '../../errors.ts';
import type { PlainActivation } from '../../layer-spec.ts';
import { LEAKY_SLOPE } from '../../layer-settings.ts';
import { joined, complement, literal } from '../script-text.ts';
import {
  codeL2Weight,
  drawnCodes,
  drops,
  hasCodePenalty,
  keptNeighbours,
  normalisesBatches,
  type ScriptPlan,
} from '../script-plan.ts';
import { tfjsPriorFunctions, tfjsVariationalLoss } from './tfjs-prior.ts';
import { notWritten } from '../script-limits.ts';
import { foreignWords } from './tfjs-elements.ts';

/** Where the Huber loss turns if the experiment does not say, in pixel values. */
const HUBER_DELTA = 0.1;

/** Columns of a loss that is one expression, within the loops. */
const LOSS_WIDTH = 95;

/** Functions that the loss calls: none for most experiments. */
export function tfjsObjective(plan: ScriptPlan): string {
  const { model, training } = plan;
  return joined(1, [
    training.loss === 'ssim' ? similarity(model.inputShape[2]) : undefined,
    training.regularisers.contractive > 0 ? contraction(model.code.activation) : undefined,
    tfjsPriorFunctions(plan),
  ]);
}

/** The lines of the function that gives a batch's loss, from `clean`, and where there is noise from `seen`. */
export function tfjsLoss(plan: ScriptPlan): string[] {
  const { model, training } = plan;
  const { codeL1, codeL2 = 0, codeKl, contractive, decoderL2 = 0, mmd = 0 } = training.regularisers;
  const seen = training.inputNoise === undefined ? 'clean' : 'seen';
  const made = model.code.variational
    ? tfjsVariationalLoss(plan, seen, asTrained(plan), reconstruction(plan))
    : { lines: forward(plan, seen), terms: [reconstruction(plan)] };
  const lines = [...made.lines];
  const terms = [...made.terms];
  const kept = keptNeighbours(plan);
  if (kept !== undefined) terms.push(`parting(code, beside).mul(${literal(kept.weight)})`);
  // Of a variational code the mean is penalised.
  const code = model.code.variational ? 'centre' : 'code';
  if (codeL1 > 0) {
    lines.push('// Few units are to be on for any one image.', `const activity = ${code}.abs().sum(1).mean();`);
    terms.push(`activity.mul(${literal(codeL1)})`);
  }
  if (codeL2 > 0) {
    lines.push('// Codes are to be short (Ghosh et al. 2020).', `const lengths = ${code}.square().sum(1).mean();`);
    terms.push(`lengths.mul(${literal(codeL2Weight(training))})`);
  }
  if (codeKl !== undefined && codeKl.weight > 0) {
    const { target, weight } = codeKl;
    lines.push(
      `// Each unit is to be on for ${literal(target)} of the images.`,
      'const on = code.mean(0).clipByValue(1e-6, 1 - 1e-6);',
      'const off = tf.sub(1, on);',
      `const active = tf.log(tf.div(${literal(target)}, on)).mul(${literal(target)});`,
      `const idle = tf.log(tf.div(${literal(complement(target))}, off)).mul(${literal(complement(target))});`,
    );
    terms.push(`active.add(idle).sum().mul(${literal(weight)})`);
  }
  if (contractive > 0) terms.push(`contraction(encoder.getLayer('code'), ${seen}).mul(${literal(contractive)})`);
  if (mmd > 0) {
    lines.push('// All codes together are to lie as draws from N(0, 1) do.');
    lines.push(`const apart = discrepancy(${ownCodes(plan)}, normal(${code}.shape));`);
    terms.push(`apart.mul(${literal(mmd)})`);
  }
  if (decoderL2 > 0) {
    lines.push('// Small weights make a smooth decoder.');
    lines.push('const squares = decoder.trainableWeights.map((weight) => weight.read().square().sum());');
    terms.push(`tf.addN(squares).mul(${literal(decoderL2)})`);
  }
  const [first = '', ...others] = terms;
  if (others.length === 0) {
    const output = `autoencoder.apply(${seen}${asTrained(plan)})`;
    const whole = `return ${first.replace('output', output)};`;
    return !model.code.variational && lines.length === 1 && whole.length < LOSS_WIDTH
      ? [whole]
      : [...lines, `return ${first};`];
  }
  const name = drawnCodes(plan) > 1 ? 'bound' : 'reconstruction';
  return [...lines, `const ${name} = ${first};`, ...sumOf([name, ...others])];
}

/** One code an image. */
const ownCodes = (plan: ScriptPlan): string => (drawnCodes(plan) > 1 ? 'code.slice(0, 1).squeeze([0])' : 'code');

/** The lines that give back a sum. */
function sumOf(terms: readonly string[]): string[] {
  const line = `return tf.addN([${terms.join(', ')}]);`;
  return line.length < LOSS_WIDTH - 5 ? [line] : ['return tf.addN([', ...terms.map((term) => `  ${term},`), ']);'];
}

/** What layers are told that do otherwise while they are trained; nothing where there are none. */
const asTrained = ({ encoder, code, decoder }: ScriptPlan): string =>
  [...encoder, code, ...decoder].some((layer) => normalisesBatches(layer) || drops(layer))
    ? ', { training: true }'
    : '';

function forward(plan: ScriptPlan, seen: string): string[] {
  const trained = asTrained(plan);
  if (keptNeighbours(plan) !== undefined) {
    const split = `const [code, beside] = tf.split(encoder.apply(seen${trained}), 2); // an image's, its neighbour's`;
    return [split, `const output = decoder.apply(code${trained});`];
  }
  if (hasCodePenalty(plan.training)) {
    return [`const code = encoder.apply(${seen}${trained});`, `const output = decoder.apply(code${trained});`];
  }
  return [`const output = autoencoder.apply(${seen}${trained});`];
}

function reconstruction({ training, values }: ScriptPlan): string {
  switch (training.loss) {
    case 'mse':
      return 'tf.losses.meanSquaredError(clean, output)';
    case 'mae':
      return 'tf.losses.absoluteDifference(clean, output)';
    case 'huber':
      return `tf.losses.huberLoss(clean, output, undefined, ${literal(training.huberDelta ?? HUBER_DELTA)})`;
    case 'ssim':
      return 'tf.sub(1, similarity(clean, output))';
    case 'bce':
      // Summed over an image's pixels.
      return `tf.losses.logLoss(clean, output, undefined, 1e-7).mul(${literal(values)})`;
    default:
      return assertNever(training.loss);
  }
}

function similarity(channels: number): string {
  return `/** Mean structural similarity (Wang et al. 2004, eq. 13) in Gaussian windows of 11 pixels. */
function similarity(a, b) {
  const line = tf.exp(tf.range(-5, 6).square().div(-2 * 1.5 ** 2));
  const square = tf.outerProduct(line, line).div(line.sum().square());
  const window = square.reshape([11, 11, 1, 1]).tile([1, 1, ${channels}, 1]);
  const blur = (x) => tf.depthwiseConv2d(x, window, 1, 'valid');
  const [meanA, meanB] = [blur(a), blur(b)];
  const variances = blur(a.square()).sub(meanA.square()).add(blur(b.square())).sub(meanB.square());
  const both = meanA.mul(meanB);
  const over = both.mul(2).add(0.01 ** 2).mul(blur(a.mul(b)).sub(both).mul(2).add(0.03 ** 2));
  const under = meanA.square().add(meanB.square()).add(0.01 ** 2).mul(variances.add(0.03 ** 2));
  return over.div(under).mean();
}`;
}

function contraction(activation: PlainActivation): string {
  return `/** Squared Frobenius norm of the code's Jacobian, an image (Rifai et al. 2011, eq. 7). */
function contraction(layer, images) {
  const kernel = layer.kernel.read();
  const x = images.reshape([images.shape[0], -1]).matMul(kernel).add(layer.bias.read());
${slopeLines(activation)}
  return slope.square().mul(kernel.square().sum(0)).sum(1).mean();
}`;
}

/** The lines that give `slope`, the derivative of an activation at x. */
function slopeLines(activation: PlainActivation): string {
  if (activation === 'mish') {
    return `  const y = x.softplus().tanh();
  const slope = y.add(x.mul(x.sigmoid()).mul(tf.sub(1, y.square())));`;
  }
  if (activation !== 'gelu') return `  const slope = ${slope(activation)};`;
  return `  const below = x.div(Math.SQRT2).erf().add(1).div(2);
  const density = x.square().div(-2).exp().div(Math.sqrt(2 * Math.PI));
  const slope = below.add(x.mul(density));`;
}

function slope(activation: Exclude<PlainActivation, 'gelu' | 'mish'>): string {
  switch (activation) {
    case 'linear':
      return 'tf.onesLike(x)';
    case 'sigmoid':
      return 'x.sigmoid().mul(tf.sub(1, x.sigmoid()))';
    case 'tanh':
      return 'tf.sub(1, x.tanh().square())';
    case 'relu':
      return 'x.step()';
    case 'leaky-relu':
      return `x.step(${LEAKY_SLOPE})`;
    case 'elu':
      return 'x.minimum(0).exp()';
    case 'softplus':
      return 'x.sigmoid()';
    case 'silu':
      return 'x.sigmoid().mul(tf.sub(1, x.sigmoid()).mul(x).add(1))';
    case 'selu':
      return 'tf.where(x.greater(0), tf.scalar(1.0507), x.minimum(0).exp().mul(1.0507 * 1.67326))';
    case 'clip':
      return 'x.step().mul(tf.sub(1, x).step())';
    case 'gelu-tanh':
    case 'hard-silu':
      throw notWritten(foreignWords[activation]);
    case 'softsign':
      return 'x.abs().add(1).square().reciprocal()';
    default:
      return assertNever(activation);
  }
}

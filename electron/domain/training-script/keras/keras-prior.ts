import { isBetaMoving } from '../beta.ts';
import { classCode, drawnCodes, type ClassCode, type ScriptPlan } from '../script-plan.ts';
import { pythonCall } from '../python/python-call.ts';
import { indented, joined, literal, numberWord } from '../script-text.ts';
import { kerasCodeRegulariser, kerasOptions } from './keras-layers.ts';

/** What a model whose codes are drawn, or are to lie as if they were, has beside Keras's own layers, before it is used. */
export function kerasPrior(plan: ScriptPlan): string {
  const { model, training } = plan;
  const { totalCorrelation = 0, mmd = 0 } = training.regularisers;
  return joined(2, [
    totalCorrelation > 0 ? TOTAL_CORRELATION : undefined,
    mmd > 0 ? DISCREPANCY : undefined,
    mmd > 0 && !model.code.variational ? priorLayer(mmd) : undefined,
    model.code.variational ? (drawnCodes(plan) > 1 ? importanceModel(plan) : samplingLayer(plan)) : undefined,
  ]);
}

/** "self.beta * ", where it moves. */
function betaFactor(plan: ScriptPlan): string {
  if (isBetaMoving(plan)) return 'self.beta * ';
  return plan.training.beta === 1 ? '' : `${literal(plan.training.beta)} * `;
}

/** The line that makes a weight of what changes from step to step. */
const betaMade = (plan: ScriptPlan): string =>
  isBetaMoving(plan)
    ? '        self.beta = self.add_weight(name="beta", shape=(), initializer="zeros", trainable=False)\n'
    : '';

/** The lines that draw what codes are compared with, and weigh by how much they differ. */
const discrepant = (weight: number, codes: string, begin: string): string => `
        draws = keras.random.normal(ops.shape(mean), seed=self.seed)
        ${begin}${literal(weight)} * discrepancy(${codes}, draws)`;

function samplingLayer(plan: ScriptPlan): string {
  const { training, values } = plan;
  const { freeBits = 0, regularisers } = training;
  const { totalCorrelation = 0, mmd = 0 } = regularisers;
  const pixels = training.loss === 'bce' ? '' : ` / ${literal(values)}`;
  const divergence =
    freeBits === 0
      ? '        nats = 0.5 * ops.mean(ops.sum(inner, axis=1))  # an image'
      : `        nats = 0.5 * ops.mean(inner, axis=0)
        nats = ops.sum(ops.maximum(nats, ${literal(freeBits)}))  # free bits (Kingma et al. 2016, eq. 15)`;
  const together =
    totalCorrelation === 0
      ? ''
      : `        nats += ${literal(totalCorrelation)} * total_correlation(code, mean, log_variance)\n`;
  const known = classCode(plan);
  const about =
    known === undefined
      ? 'Draws codes around their means, and adds their divergence (Kingma & Welling 2014).'
      : 'Draws a style given the label, and sets the label behind it (Kingma et al. 2014, M2).';
  const given = known === undefined ? '(self, mean, log_variance, training=False):' : styleGiven(known, pixels);
  const drawn = 'code if training else mean';
  return `class Sampling(layers.Layer):
    """${about}"""

    def __init__(self):
        super().__init__()
${known === undefined ? '' : styleLayers(known, plan)}        self.seed = keras.random.SeedGenerator(SEED)
${betaMade(plan)}
    def call${given}
        noise = keras.random.normal(ops.shape(mean), seed=self.seed)
        code = mean + ops.exp(0.5 * log_variance) * noise
        inner = ops.square(mean) + ops.exp(log_variance) - 1 - log_variance
${divergence}
${together}        self.add_loss(${betaFactor(plan)}nats${pixels})
${mmd === 0 ? '' : `${discrepant(mmd, 'code', 'self.add_loss(').slice(1)})\n`}        return ${known === undefined ? drawn : `ops.concatenate([${drawn}, known], axis=1)`}`;
}

/** The lines that make the layers which tell the classes, and the style given them. */
function styleLayers({ classes, style }: ClassCode, plan: ScriptPlan): string {
  const plain = kerasOptions({ activation: 'linear' }, plan);
  const dense = (name: string, options: readonly (string | number)[]): string =>
    `${indented(8, pythonCall(`self.${name} = layers.Dense`, options))}\n`;
  return [
    dense('classes', [classes, 'activation="softmax"', ...plain]),
    dense('mean', [style, ...plain, ...kerasCodeRegulariser(plan)]),
    dense('log_variance', [style, ...plain]),
  ].join('');
}

/** The arguments, and the lines from them to `mean` and `log_variance`; without a label how likely each is stands for it. */
const styleGiven = (
  { classes, weight }: ClassCode,
  pixels: string,
): string => `(self, features, label=None, training=False):
        likely = self.classes(features)
        if label is not None:
            missed = keras.losses.sparse_categorical_crossentropy(label, likely)
            self.add_loss(${weight === 1 ? '' : `${literal(weight)} * `}ops.mean(missed)${pixels})
        known = ops.one_hot(label, ${classes}) if training else likely
        given = ops.concatenate([features, known], axis=1)
        mean, log_variance = self.mean(given), self.log_variance(given)`;

function importanceModel(plan: ScriptPlan): string {
  const { model, training, values } = plan;
  const { mmd = 0 } = training.regularisers;
  const count = drawnCodes(plan);
  const bound = `np.log(${count}) - ops.mean(ops.logsumexp(log_weights, axis=0))`;
  return `class ImportanceWeighted(keras.Model):
    """${numberWord(count)} codes an image, weighted by how likely they make it (Burda et al. 2016, eq. 8)."""

    def __init__(self, distribution, decoder):
        super().__init__()
        self.distribution, self.decoder = distribution, decoder
        self.seed = keras.random.SeedGenerator(SEED)
${betaMade(plan)}
    def call(self, images):
        return self.decoder(self.distribution(images)[0])  # by the mean

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        mean, log_variance = self.distribution(x, training=training)
        noise = keras.random.normal((${count}, *ops.shape(mean)), seed=self.seed)
        code = mean + ops.exp(0.5 * log_variance) * noise
        output = self.decoder(ops.reshape(code, (-1, ${model.code.size})), training=training)
        clean = ops.tile(y, (${count}, 1, 1, 1))
        unlikely = ${literal(values)} * ops.mean(keras.losses.binary_crossentropy(clean, output), axis=(1, 2))
        prior = 0.5 * ops.sum(ops.square(noise) + log_variance - ops.square(code), axis=2)
        log_weights = ${betaFactor(plan)}prior - ops.reshape(unlikely, (${count}, -1))
        ${mmd === 0 ? 'return' : 'bound ='} ${bound} + sum(self.losses)${mmd === 0 ? '' : discrepant(mmd, 'code[0]', 'return bound + ')}`;
}

function priorLayer(weight: number): string {
  return `class Prior(layers.Layer):
    """Passes codes on; all together are to lie as draws from N(0, 1) do."""

    def __init__(self):
        super().__init__()
        self.seed = keras.random.SeedGenerator(SEED)

    def call(self, code):
        draws = keras.random.normal(ops.shape(code), seed=self.seed)
        self.add_loss(${literal(weight)} * discrepancy(code, draws))
        return code`;
}

const TOTAL_CORRELATION = `def total_correlation(code, mean, log_variance):
    """How far a code’s numbers hang together, in nats, in the batch (Chen et al. 2018, eq. 5)."""
    densities = -0.5 * (ops.square(code[:, None] - mean) * ops.exp(-log_variance) + log_variance)
    gaps = ops.logsumexp(ops.sum(densities, 2), 1) - ops.sum(ops.logsumexp(densities, 1), 1)
    return ops.mean(gaps) + (code.shape[1] - 1) * ops.log(ops.shape(code)[0])`;

const DISCREPANCY = `def discrepancy(codes, draws):
    """Their squared maximum mean discrepancy, unbiased (Tolstikhin et al. 2018, section 4)."""
    n = ops.cast(ops.shape(codes)[0], "float32")

    def alike(a, b):
        squares = ops.sum(ops.square(a[:, None] - b), axis=2)
        widths = [2 * codes.shape[1] * scale for scale in (0.1, 0.2, 0.5, 1, 2, 5, 10)]
        return sum(width / (width + squares) for width in widths)

    own = alike(codes, codes) + alike(draws, draws)
    own = (ops.sum(own) - ops.trace(own)) / ops.maximum(1, n * (n - 1))  # less each one itself
    return own - 2 * ops.mean(alike(codes, draws))`;

import { isBetaMoving } from '../beta.ts';
import { classCode, drawnCodes, type ScriptPlan } from '../script-plan.ts';
import { joined, literal, numberWord } from '../script-text.ts';

/** Functions that measure how codes lie beside N(0, 1), beyond the divergence. */
export function tfjsPriorFunctions({ training: { regularisers } }: ScriptPlan): string {
  return joined(1, [
    (regularisers.totalCorrelation ?? 0) > 0 ? TOTAL_CORRELATION : undefined,
    (regularisers.mmd ?? 0) > 0 ? DISCREPANCY : undefined,
  ]);
}

/**
 * What a variational model's loss is made of: the lines before its terms, and the terms.
 * @param trained the layers' second argument
 * @param reconstruction the cost of `output` beside `clean`
 */
export function tfjsVariationalLoss(
  plan: ScriptPlan,
  seen: string,
  trained: string,
  reconstruction: string,
): { readonly lines: readonly string[]; readonly terms: readonly string[] } {
  const known = classCode(plan);
  const spread =
    known === undefined
      ? `const [centre, spread] = distribution.apply(${seen}${trained});`
      : `const [likely, centre, spread] = distribution.apply([${seen}, known]${trained});`;
  if (drawnCodes(plan) > 1) {
    const bound = `tf.sub(Math.log(${drawnCodes(plan)}), logWeights.logSumExp(0).mean())`;
    return { lines: [spread, ...importanceLines(plan, trained)], terms: [bound] };
  }
  const { training, values } = plan;
  const { freeBits = 0, regularisers } = training;
  const { totalCorrelation = 0 } = regularisers;
  const pixels = training.loss === 'bce' ? '' : `.div(${literal(values)})`;
  const summed =
    freeBits === 0
      ? [`const nats = inner.sum(1).mean().mul(-0.5)${totalCorrelation === 0 ? pixels : ''};`]
      : [
          'const each = inner.mean(0).mul(-0.5); // free bits (Kingma et al. 2016, eq. 15)',
          `const nats = each.maximum(${literal(freeBits)}).sum()${totalCorrelation === 0 ? pixels : ''};`,
        ];
  const together = `totalCorrelation(code, centre, spread).mul(${literal(totalCorrelation)})`;
  return {
    lines: [
      spread,
      '// A code drawn around its mean (Kingma & Welling 2014, section 2.4)',
      'const code = centre.add(spread.mul(0.5).exp().mul(normal(centre.shape)));',
      `const output = decoder.apply(${known === undefined ? 'code' : 'tf.concat([code, known], 1)'}${trained});`,
      '// Kullback-Leibler divergence from N(0, 1), in nats an image',
      'const inner = spread.add(1).sub(centre.square()).sub(spread.exp());',
      ...summed,
      ...(totalCorrelation === 0 ? [] : [`const divergence = nats.add(${together})${pixels};`]),
      ...(known === undefined
        ? []
        : [`const missed = tf.metrics.categoricalCrossentropy(known, likely).mean()${pixels};`]),
    ],
    terms: [
      reconstruction,
      `${totalCorrelation === 0 ? 'nats' : 'divergence'}${times(plan)}`,
      ...(known === undefined ? [] : [`missed.mul(${literal(known.weight)})`]),
    ],
  };
}

/** ".mul(beta)", where it moves. */
function times(plan: ScriptPlan): string {
  if (isBetaMoving(plan)) return '.mul(beta)';
  return plan.training.beta === 1 ? '' : `.mul(${literal(plan.training.beta)})`;
}

/** Several codes an image, weighted by how likely they make it. */
function importanceLines(plan: ScriptPlan, trained: string): string[] {
  const { model } = plan;
  const count = drawnCodes(plan);
  return [
    `// ${numberWord(count)} codes around the mean (Kingma & Welling 2014, section 2.4)`,
    `const noise = normal([${count}, ...centre.shape]);`,
    'const code = centre.add(spread.mul(0.5).exp().mul(noise));',
    `const output = decoder.apply(code.reshape([-1, ${model.code.size}])${trained});`,
    '// Weighted by log p(x|z) + log p(z) - log q(z|x), in nats (Burda et al. 2016, eq. 8)',
    `const again = clean.tile([${count}, 1, 1, 1]);`,
    'const unlikely = tf.losses.logLoss(again, output, undefined, 1e-7, tf.Reduction.NONE);',
    'const prior = noise.square().add(spread).sub(code.square()).sum(2).div(2);',
    `const logWeights = prior${times(plan)}.sub(unlikely.sum([1, 2, 3]).reshape([${count}, -1]));`,
  ];
}

const TOTAL_CORRELATION = `/** How far a code's numbers hang together, in nats, in the batch (Chen et al. 2018, eq. 5). */
function totalCorrelation(code, centre, spread) {
  const squares = code.expandDims(1).sub(centre).square().mul(spread.neg().exp());
  // Of each code under each image's distribution, by number.
  const densities = squares.add(spread).add(Math.log(2 * Math.PI)).div(-2);
  const whole = densities.sum(2).logSumExp(1);
  const each = densities.logSumExp(1).sum(1);
  const [n, units] = code.shape;
  return whole.sub(each).mean().add((units - 1) * Math.log(n));
}`;

const DISCREPANCY = `/** The squared maximum mean discrepancy, unbiased (Tolstikhin et al. 2018, section 4). */
function discrepancy(codes, draws) {
  const [n, units] = codes.shape;
  const alike = (a, b) => {
    const squares = a.expandDims(1).sub(b).square().sum(2);
    const widths = [0.1, 0.2, 0.5, 1, 2, 5, 10].map((scale) => 2 * units * scale);
    return tf.addN(widths.map((width) => tf.div(width, squares.add(width))));
  };
  const others = tf.sub(1, tf.eye(n)); // all but each one itself
  const own = alike(codes, codes).add(alike(draws, draws)).mul(others).sum();
  return own.div(Math.max(1, n * (n - 1))).sub(alike(codes, draws).mean().mul(2));
}`;

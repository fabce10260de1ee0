import { isBetaMoving } from '../beta.ts';
import { classCode, drawnCodes, type ClassCode, type ScriptPlan } from '../script-plan.ts';
import { joined, literal, numberWord } from '../script-text.ts';

/** Functions that measure how codes lie beside N(0, 1), beyond the divergence. */
export function torchPriorFunctions({ training: { regularisers } }: ScriptPlan): string {
  return joined(2, [
    (regularisers.totalCorrelation ?? 0) > 0 ? TOTAL_CORRELATION : undefined,
    (regularisers.mmd ?? 0) > 0 ? DISCREPANCY : undefined,
  ]);
}

/**
 * The lines of a step from what a variational model sees to `loss`.
 * @param reconstruction the cost of `output` beside `clean`
 */
export function torchVariationalLoss(plan: ScriptPlan, seen: string, reconstruction: string): string[] {
  const known = classCode(plan);
  const features =
    known === undefined
      ? [`features = encoder[:-1](${seen})`, 'mean, log_variance = encoder[-1](features), model.log_variance(features)']
      : featuresAndLabel(known, seen);
  if (drawnCodes(plan) > 1) return [...features, ...importanceLoss(plan)];
  const { training, values } = plan;
  const { freeBits = 0, regularisers } = training;
  const { totalCorrelation = 0 } = regularisers;
  const inner = '(1 + log_variance - mean.square() - log_variance.exp())';
  const pixels = training.loss === 'bce' ? '' : ` / ${literal(values)}`;
  return [
    ...features,
    '# A code drawn around its mean (Kingma & Welling 2014, section 2.4)',
    'code = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)',
    known === undefined ? 'output = decoder(code)' : 'output = decoder(torch.cat([code, known], 1))',
    '# Kullback-Leibler divergence from N(0, 1), in nats an image',
    ...(freeBits === 0
      ? [`kl = -0.5 * ${inner}.sum(1).mean()`]
      : [
          `each = -0.5 * ${inner}.mean(0)`,
          `kl = each.clamp(min=${literal(freeBits)}).sum()  # free bits (Kingma et al. 2016, eq. 15)`,
        ]),
    ...(totalCorrelation === 0
      ? []
      : [`kl = kl + ${literal(totalCorrelation)} * total_correlation(code, mean, log_variance)`]),
    `loss = ${reconstruction} + ${betaFactor(plan)}kl${pixels}`,
    ...(known === undefined ? [] : [missed(known, pixels)]),
  ];
}

/** The lines to the distribution of a style, given the label. */
const featuresAndLabel = ({ classes }: ClassCode, seen: string): string[] => [
  `features, known = encoder.features(${seen}), F.one_hot(label, ${classes})`,
  'given = torch.cat([features, known], 1)',
  'mean, log_variance = encoder.mean(given), encoder.log_variance(given)',
];

const missed = ({ weight }: ClassCode, pixels: string): string =>
  `loss = loss + ${weight === 1 ? '' : `${literal(weight)} * `}F.cross_entropy(encoder.classes(features), label)${pixels}`;

/** "beta * ", where it moves. */
function betaFactor(plan: ScriptPlan): string {
  if (isBetaMoving(plan)) return 'beta * ';
  return plan.training.beta === 1 ? '' : `${literal(plan.training.beta)} * `;
}

/** Several codes an image, weighed by how likely they make it. */
function importanceLoss(plan: ScriptPlan): string[] {
  const count = drawnCodes(plan);
  return [
    `# ${numberWord(count)} codes around the mean (Kingma & Welling 2014, section 2.4)`,
    `noise = torch.randn(${count}, *mean.shape, device=DEVICE)`,
    'code = mean + torch.exp(0.5 * log_variance) * noise',
    `output = decoder(code.flatten(0, 1)).unflatten(0, (${count}, -1))`,
    '# Weighted by log p(x|z) + log p(z) - log q(z|x), in nats (Burda et al. 2016, eq. 8)',
    'unlikely = F.binary_cross_entropy(output, clean.expand_as(output), reduction="none")',
    'prior = 0.5 * (noise.square() + log_variance - code.square()).sum(2)',
    `log_weights = ${betaFactor(plan)}prior - unlikely.sum((2, 3, 4))`,
    `loss = math.log(${count}) - log_weights.logsumexp(0).mean()`,
  ];
}

const TOTAL_CORRELATION = `def total_correlation(code, mean, log_variance):
    """How far a code’s numbers hang together, in nats, in the batch (Chen et al. 2018, eq. 5)."""
    distributions = torch.distributions.Normal(mean, torch.exp(0.5 * log_variance))
    densities = distributions.log_prob(code[:, None])  # of each code, under each image’s, by number
    whole, each = densities.sum(2).logsumexp(1), densities.logsumexp(1).sum(1)
    return (whole - each).mean() + (code.shape[1] - 1) * math.log(len(code))`;

const DISCREPANCY = `def discrepancy(codes, draws):
    """Their squared maximum mean discrepancy, unbiased (Tolstikhin et al. 2018, section 4)."""
    n, units = codes.shape

    def alike(a, b):
        squares = (a[:, None] - b).square().sum(2)
        widths = [2 * units * scale for scale in (0.1, 0.2, 0.5, 1, 2, 5, 10)]
        return sum(width / (width + squares) for width in widths)

    own = alike(codes, codes) + alike(draws, draws)
    own = (own.sum() - own.trace()) / max(1, n * (n - 1))  # less each one itself
    return own - 2 * alike(codes, draws).mean()`;

import { assertNever } from '../../errors.ts';
import type { PlainActivation } from '../../layer-spec.ts';
import { LEAKY_SLOPE } from '../../layer-settings.ts';
import { joined, complement, literal } from '../script-text.ts';
import {
  codeL2Weight,
  drawnCodes,
  hasCodePenalty,
  keptNeighbours,
  type KeptNeighbours,
  type ScriptPlan,
} from '../script-plan.ts';
import { torchPriorFunctions, torchVariationalLoss } from './torch-prior.ts';

/** Where the Huber loss turns if the experiment does not say, in pixel values. */
const HUBER_DELTA = 0.1;

/** Functions that the loss calls: none for most experiments. */
export function torchObjective(plan: ScriptPlan): string {
  const { training } = plan;
  const kept = keptNeighbours(plan);
  return joined(2, [
    training.loss === 'ssim' ? similarity(plan) : undefined,
    training.regularisers.contractive > 0 ? contraction(plan.model.code.activation) : undefined,
    kept === undefined ? undefined : parting(kept),
    torchPriorFunctions(plan),
  ]);
}

/** The lines of a step from `clean`, and where there is noise from `seen`, to `loss`. */
export function torchLoss(plan: ScriptPlan): string[] {
  const { model, training } = plan;
  const seen = training.inputNoise === undefined ? 'clean' : 'seen';
  const loss = model.code.variational ? torchVariationalLoss(plan, seen, reconstruction(plan)) : plainLoss(plan, seen);
  return [...loss, ...penalties(plan, seen)];
}

function plainLoss(plan: ScriptPlan, seen: string): string[] {
  const { training } = plan;
  const kept = keptNeighbours(plan);
  const parted = kept === undefined ? '' : ` + ${literal(kept.weight)} * parting(code, beside)`;
  const loss = `loss = ${reconstruction(plan)}${parted}${training.loss === 'bce' ? '  # nats an image' : ''}`;
  if (kept !== undefined) {
    return ['code, beside = encoder(seen).chunk(2)  # an image’s, its neighbour’s', 'output = decoder(code)', loss];
  }
  if (hasCodePenalty(training)) return [`code = encoder(${seen})`, 'output = decoder(code)', loss];
  return [`output = model(${seen})`, loss];
}

/** The lines that add to `loss` what is asked of the code and of the decoder’s weights. */
function penalties(plan: ScriptPlan, seen: string): string[] {
  const { model, training } = plan;
  const { codeL1, codeL2 = 0, codeKl, contractive, decoderL2 = 0, mmd = 0 } = training.regularisers;
  const lines: string[] = [];
  // Of a variational code the mean is penalised.
  const code = model.code.variational ? 'mean' : 'code';
  if (codeL1 > 0) {
    lines.push(
      '# Few units are to be on for any one image.',
      `loss = loss + ${literal(codeL1)} * ${code}.abs().sum(1).mean()`,
    );
  }
  if (codeL2 > 0) {
    lines.push(
      '# Codes are to be short (Ghosh et al. 2020).',
      `loss = loss + ${literal(codeL2Weight(training))} * ${code}.square().sum(1).mean()`,
    );
  }
  if (codeKl !== undefined && codeKl.weight > 0) {
    const { target, weight } = codeKl;
    lines.push(
      `# Each unit is to be on for ${literal(target)} of the images.`,
      'activity = code.mean(0).clamp(1e-6, 1 - 1e-6)',
      `sparsity = ${literal(target)} * torch.log(${literal(target)} / activity)`,
      `sparsity = sparsity + ${literal(complement(target))} * torch.log(${literal(complement(target))} / (1 - activity))`,
      `loss = loss + ${literal(weight)} * sparsity.sum()`,
    );
  }
  if (contractive > 0) lines.push(`loss = loss + ${literal(contractive)} * contraction(encoder[1], ${seen})`);
  if (mmd > 0) {
    lines.push(
      '# All codes together are to lie as draws from N(0, 1) do.',
      `loss = loss + ${literal(mmd)} * discrepancy(${drawnCodes(plan) > 1 ? 'code[0]' : 'code'}, torch.randn_like(${code}))`,
    );
  }
  if (decoderL2 > 0) {
    // Tied kernels are the encoder’s.
    const own = model.tiedWeights === true ? ' if each.dim() == 1' : '';
    lines.push(
      `small = sum(each.square().sum() for each in decoder.parameters()${own})`,
      `loss = loss + ${literal(decoderL2)} * small  # so that the decoder is smooth`,
    );
  }
  return lines;
}

function reconstruction({ training }: ScriptPlan): string {
  switch (training.loss) {
    case 'mse':
      return 'F.mse_loss(output, clean)';
    case 'mae':
      return 'F.l1_loss(output, clean)';
    case 'huber':
      return `F.huber_loss(output, clean, delta=${literal(training.huberDelta ?? HUBER_DELTA)})`;
    case 'ssim':
      return '1 - similarity(output, clean)';
    case 'bce':
      return 'F.binary_cross_entropy(output, clean, reduction="sum") / len(clean)';
    default:
      return assertNever(training.loss);
  }
}

function similarity({ model }: ScriptPlan): string {
  const channels = model.inputShape[2];
  return `def similarity(a, b):
    """Mean structural similarity (Wang et al. 2004, eq. 13) in Gaussian windows of 11 pixels."""
    line = torch.exp(-(torch.arange(11.0, device=a.device) - 5).square() / (2 * 1.5**2))
    window = torch.outer(line, line) / line.sum() ** 2

    def blur(x):
        return F.conv2d(x, window.expand(${channels}, 1, 11, 11), groups=${channels})

    mean_a, mean_b = blur(a), blur(b)
    variances = blur(a * a) - mean_a.square() + blur(b * b) - mean_b.square()
    covariance = blur(a * b) - mean_a * mean_b
    over = (2 * mean_a * mean_b + 0.01**2) * (2 * covariance + 0.03**2)
    under = (mean_a.square() + mean_b.square() + 0.01**2) * (variances + 0.03**2)
    return (over / under).mean()`;
}

function contraction(activation: PlainActivation): string {
  return `def contraction(linear, images):
    """Squared Frobenius norm of the code's Jacobian, an image (Rifai et al. 2011, eq. 7)."""
    x = linear(images.flatten(1))
    slope = ${slope(activation)}
    return (slope.square() * linear.weight.square().sum(1)).sum(1).mean()`;
}

function parting({ radius }: KeptNeighbours): string {
  return `def parting(code, beside):
    """How far codes lie from a neighbour's, in nats (InfoNCE, Damrich et al. 2023, eq. 8)."""
    distances = ((code[:, None] - torch.cat([code, beside])) / ${literal(radius)}).square().sum(2)
    others = (1 / (1 + distances)).sum(1) - 1  # less each one itself
    near = ((code - beside) / ${literal(radius)}).square().sum(1).log1p()
    return (near + others.log()).mean()`;
}

/** Of what has a long formula: PyTorch's own. */
const slopeOf = (bent: string): string => `torch.autograd.grad(${bent}.sum(), x, create_graph=True)[0]`;

/** The derivative of an activation at x. */
function slope(activation: PlainActivation): string {
  switch (activation) {
    case 'linear':
      return 'torch.ones_like(x)';
    case 'sigmoid':
      return 'torch.sigmoid(x) * (1 - torch.sigmoid(x))';
    case 'tanh':
      return '1 - torch.tanh(x).square()';
    case 'relu':
      return '(x > 0).float()';
    case 'leaky-relu':
      return `torch.where(x > 0, 1.0, ${LEAKY_SLOPE})`;
    case 'elu':
      return 'x.clamp(max=0).exp()';
    case 'gelu':
      return '(1 + torch.erf(x / 2**0.5)) / 2 + x * torch.exp(-x.square() / 2) / (2 * torch.pi) ** 0.5';
    case 'softplus':
      return 'torch.sigmoid(x)';
    case 'silu':
      return 'torch.sigmoid(x) * (1 + x * (1 - torch.sigmoid(x)))';
    case 'selu':
      return '1.0507 * torch.where(x > 0, 1.0, 1.67326 * x.clamp(max=0).exp())';
    case 'clip':
      return '((x > 0) & (x < 1)).float()';
    case 'gelu-tanh':
      return slopeOf('F.gelu(x, approximate="tanh")');
    case 'hard-silu':
      return slopeOf('F.hardswish(x)');
    case 'mish':
      return slopeOf('F.mish(x)');
    case 'softsign':
      return '1 / (1 + x.abs()).square()';
    default:
      return assertNever(activation);
  }
}

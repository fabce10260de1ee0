"""The app's losses and penalties (engine/losses.ts, similarity.ts, regularisers.ts), image by image: workers add up their shares."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

LEAST_PROBABILITY = 1e-7
LEAST_ACTIVATION = 1e-6
LEAKY_SLOPE = 0.2
HUBER_DELTA = 0.1
# Multiples of the code's own scale at which codes are compared.
SCALES = (0.1, 0.2, 0.5, 1, 2, 5, 10)


def reconstruction(training: dict, target: Tensor, output: Tensor) -> Tensor:
    """The loss of each image, [n]: all but `bce`, which is summed, are means over its values."""
    difference = output - target
    match training["loss"]:
        case "mse":
            return difference.square().mean((1, 2, 3))
        case "mae":
            return difference.abs().mean((1, 2, 3))
        case "huber":
            delta = training.get("huberDelta", HUBER_DELTA)
            near = difference.abs().clamp(max=delta)
            return (near.square() * 0.5 + (difference.abs() - near) * delta).mean((1, 2, 3))
        case "ssim":
            return 1 - similarity(target, output)
        case "bce":
            probability = output.clamp(LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)
            likelihood = target * probability.log() + (1 - target) * (1 - probability).log()
            return -likelihood.sum((1, 2, 3))
        case other:
            raise ValueError(f"training.loss: expected a known loss, found {other}")


def similarity(a: Tensor, b: Tensor) -> Tensor:
    """Mean structural similarity of each pair of images [n, c, h, w], [n] (Wang et al. 2004, eq. 13)."""
    channels = a.shape[1]
    # In doubles, which not every device has.
    places = torch.arange(11, dtype=torch.float64) - 5
    line = torch.exp(-places.square() / (2 * 1.5**2))
    line = (line / line.sum()).to(a.device, a.dtype)

    def blur(x: Tensor) -> Tensor:
        rows = F.conv2d(x, line.view(1, 1, 11, 1).expand(channels, 1, 11, 1), groups=channels)
        return F.conv2d(rows, line.view(1, 1, 1, 11).expand(channels, 1, 1, 11), groups=channels)

    mean_a, mean_b = blur(a), blur(b)
    square_a, square_b, both = mean_a.square(), mean_b.square(), mean_a * mean_b
    covariance = blur(a * b) - both
    variances = blur(a.square()) - square_a + (blur(b.square()) - square_b)
    over = (2 * both + 0.01**2) * (2 * covariance + 0.03**2)
    under = (square_a + square_b + 0.01**2) * (variances + 0.03**2)
    return (over / under).mean((1, 2, 3))


def divergences(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Kullback-Leibler divergence to N(0, 1) of each number, in nats, [n, units] (Kingma & Welling 2014, appendix B)."""
    return -0.5 * (1 + log_variance - mean.square() - log_variance.exp())


def importance_bounds(
    target: Tensor, output: Tensor, log_variance: Tensor, drawn: Tensor, sample: Tensor, beta: float
) -> Tensor:
    """The importance-weighted bound on -log p(x) of each image in nats, [n] (engine/importance.ts; Burda et al. 2016, eq. 8).

    output, drawn (standard normal) and sample are of k codes an image: all images once, then all again.
    """
    count = len(output) // len(target)
    likelihood = -reconstruction({"loss": "bce"}, target.repeat(count, 1, 1, 1), output)
    prior = -0.5 * sample.square().sum(1)
    posterior = -0.5 * (drawn.square() + log_variance.repeat(count, 1)).sum(1)
    weights = likelihood + beta * (prior - posterior)
    return math.log(count) - weights.view(count, -1).logsumexp(0)


def total_correlation(sample: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(q(z) || product of q(z_j)) in nats within the batch (engine/prior-match.ts; Chen et al. 2018, eq. 5 and S5)."""
    off = (sample[:, None] - mean[None]).square() * (-log_variance).exp()[None]
    densities = -0.5 * (off + log_variance[None] + math.log(2 * math.pi))
    fewer = math.log(len(sample))
    whole = densities.sum(2).logsumexp(1) - fewer
    each = (densities.logsumexp(1) - fewer).sum(1)
    return (whole - each).mean()


def mean_discrepancy(codes: Tensor, draws: Tensor) -> Tensor:
    """Squared maximum mean discrepancy between codes and draws of N(0, 1), [n, units] each (engine/prior-match.ts; Tolstikhin et al.
    2018, section 4)."""
    count, units = codes.shape
    others = 1 - torch.eye(count, dtype=codes.dtype, device=codes.device)

    def between(a: Tensor, b: Tensor) -> Tensor:
        return torch.relu(a.square().sum(1)[:, None] + b.square().sum(1)[None] - 2 * a @ b.T)

    within, across = [between(codes, codes), between(draws, draws)], between(codes, draws)
    total = codes.new_zeros(())
    for scale in SCALES:
        width = 2 * units * scale
        own = sum((width / (squares + width) * others).sum() for squares in within) / max(1, count * (count - 1))
        total = total + own - 2 * (width / (across + width)).mean()
    return total


def sparsity(mean: Tensor, target: float) -> Tensor:
    """Of the units' mean activations over the whole batch, [units] -> nats."""
    kept = mean.clamp(LEAST_ACTIVATION, 1 - LEAST_ACTIVATION)
    on = target * torch.log(target / kept)
    return (on + (1 - target) * torch.log((1 - target) / (1 - kept))).sum()


def neighbours(codes: Tensor, radius: float) -> Tensor:
    """How badly codes [2n, units], of n images and then of their partners, keep them near: nats, averaged over the images
    (engine/neighbour-embedding.ts; Damrich et al. 2023, eq. 8)."""
    pairs = len(codes) // 2
    scaled = (codes - codes.mean(0)) / radius
    own, partners = scaled[:pairs], scaled[pairs:]
    near = torch.log1p((own - partners).square().sum(1))
    squares = scaled.square().sum(1)
    distances = torch.relu(-2 * own @ scaled.T + squares[:pairs, None] + squares[None, :])
    others = torch.arange(pairs, device=codes.device)[:, None] != torch.arange(2 * pairs, device=codes.device)[None, :]
    similarities = others.to(codes.dtype) / (distances + 1)
    return (near + similarities.sum(1).log()).mean()


def contraction(before: Tensor, activation: str, kernel: Tensor) -> Tensor:
    """Squared Frobenius norm of the code's Jacobian for each image, [n] (Rifai et al. 2011, eq. 7).

    before: the code before its activation, [n, units]; kernel: [units, inputs].
    """
    return (_slope(activation, before).square() * kernel.square().sum(1)).sum(1)


def _slope(activation: str, x: Tensor) -> Tensor:
    match activation:
        case "linear":
            return torch.ones_like(x)
        case "sigmoid":
            y = torch.sigmoid(x)
            return y * (1 - y)
        case "tanh":
            return 1 - torch.tanh(x).square()
        case "relu":
            return (x > 0).to(x.dtype)
        case "leaky-relu":
            return torch.where(x > 0, 1.0, LEAKY_SLOPE)
        case "elu":
            return torch.exp(x.clamp(max=0))
        case "gelu":
            below = (torch.erf(x / math.sqrt(2)) + 1) * 0.5
            return below + x * torch.exp(-0.5 * x.square()) / math.sqrt(2 * math.pi)
        case "softplus":
            return torch.sigmoid(x)
        case other:
            raise ValueError(f"model.code.activation: expected a known activation, found {other}")

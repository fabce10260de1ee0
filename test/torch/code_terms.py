"""What the app's terms of drawn codes cost, and how they move what they are of: python code_terms.py ARRAYS.json -> JSON on stdout.

Each array is its shape and its values.
"""

import json
import sys
from pathlib import Path

import torch

from studio import losses

given = json.loads(Path(sys.argv[1]).read_text())


def array(name: str) -> torch.Tensor:
    return torch.tensor(given[name]["values"]).view(given[name]["shape"]).requires_grad_()


def told(cost: torch.Tensor, *moved: torch.Tensor) -> list[float]:
    """The cost, then its gradients."""
    gradients = torch.autograd.grad(cost, moved)
    return [cost.item(), *(value for gradient in gradients for value in gradient.flatten().tolist())]


mean, log_variance, noise = array("mean"), array("logVariance"), array("noise")
first = noise[: len(mean)].detach()
sample = mean + torch.exp(0.5 * log_variance) * first
samples = mean.repeat(3, 1) + torch.exp(0.5 * log_variance).repeat(3, 1) * noise.detach()
# Channels come first here.
target, output = (array(name).permute(0, 3, 1, 2) for name in ("target", "output"))
bounds = losses.importance_bounds(target.detach(), output, log_variance, noise.detach(), samples, given["beta"])
print(
    json.dumps(
        {
            "totalCorrelation": told(losses.total_correlation(sample, mean, log_variance), mean, log_variance),
            "meanDiscrepancy": told(losses.mean_discrepancy(mean, first), mean),
            "importanceBound": told(bounds.mean(), mean, log_variance),
        }
    )
)

"""Batch normalisation as the app trains it: by the statistics of the whole batch, whichever worker holds which images.

PyTorch's own takes each worker's share for itself on processors, and keeps the unbiased variance.
"""

import torch
from torch import Tensor, nn

MOMENTUM = 0.99


class BatchNorm(nn.Module):
    """Over all axes but the second (Ioffe & Szegedy 2015, alg. 1)."""

    def __init__(self, like: nn.BatchNorm1d | nn.BatchNorm2d, total) -> None:
        """like: the module in whose place it stands; total: adds a tensor up over all workers, gradients included."""
        super().__init__()
        self.weight, self.bias, self.eps = like.weight, like.bias, like.eps
        self.register_buffer("running_mean", like.running_mean)
        self.register_buffer("running_var", like.running_var)
        self._total = total

    def forward(self, x: Tensor) -> Tensor:
        shape = [1, -1, *([1] * (x.dim() - 2))]
        if self.training:
            mean, variance = self._measure(x, shape)
        else:
            mean, variance = self.running_mean, self.running_var
        centred = x - mean.view(shape)
        return centred * torch.rsqrt(variance + self.eps).view(shape) * self.weight.view(shape) + self.bias.view(shape)

    def _measure(self, x: Tensor, shape: list[int]) -> tuple[Tensor, Tensor]:
        axes = [axis for axis in range(x.dim()) if axis != 1]
        count, _ = self._total(x.new_tensor(float(x.numel() // x.shape[1])))
        sums, _ = self._total(x.sum(axes))
        mean = sums / count
        squares, _ = self._total((x - mean.view(shape)).square().sum(axes))
        variance = squares / count
        with torch.no_grad():
            self.running_mean.lerp_(mean, 1 - MOMENTUM)
            self.running_var.lerp_(variance, 1 - MOMENTUM)
        return mean, variance


def replace_norms(module: nn.Module, total) -> None:
    """Puts it in place of every batch normalisation of a module."""
    for name, child in module.named_children():
        if isinstance(child, (nn.BatchNorm1d, nn.BatchNorm2d)):
            setattr(module, name, BatchNorm(child, total))
        else:
            replace_norms(child, total)

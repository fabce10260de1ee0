"""Randomness of a step, from the run's seed, the step and the worker: the same again after a restart.

The app draws from the same distributions by another generator, so that a run with noise follows another path of the same kind.
"""

import hashlib

import torch
from torch import Generator, Tensor


def generator_of(seed: int, step: int, rank: int, device: torch.device) -> Generator:
    digest = hashlib.sha256(f"{seed} {step} {rank}".encode()).digest()
    return Generator(device).manual_seed(int.from_bytes(digest[:8], "little") >> 1)


def normal(like: Tensor, generator: Generator) -> Tensor:
    return torch.randn(like.shape, generator=generator, device=like.device, dtype=like.dtype)


def augment(images: Tensor, spec: dict, generator: Generator) -> Tensor:
    """Moves each image [c, h, w] by up to `shiftPixels` (edges are repeated) and mirrors half of them left to right."""
    most = spec["shiftPixels"]
    if most > 0:
        count, _, height, width = images.shape
        padded = torch.nn.functional.pad(images, (most, most, most, most), mode="replicate")
        starts = torch.randint(0, 2 * most + 1, (2, count), generator=generator, device=images.device)
        rows = starts[0].view(-1, 1) + torch.arange(height, device=images.device)
        columns = starts[1].view(-1, 1) + torch.arange(width, device=images.device)
        each = torch.arange(count, device=images.device).view(-1, 1, 1)
        # Indexed axes come first: [n, h, w, c].
        images = padded[each, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
    if spec["flip"]:
        chosen = _uniform(images[:, :1, :1, :1], generator) >= 0.5
        images = torch.where(chosen, images.flip(3), images)
    return images


def binarise(images: Tensor, generator: Generator) -> Tensor:
    """Each pixel as 0 or 1, its value being the probability of 1."""
    return (_uniform(images, generator) < images).to(images.dtype)


def corrupt(images: Tensor, spec: dict, generator: Generator) -> Tensor:
    """What a denoising autoencoder gets to see (Vincent et al. 2010, section 3.3)."""
    match spec["kind"]:
        case "gaussian":
            return (images + normal(images, generator) * spec["deviation"]).clamp(0, 1)
        case "masking":
            return images * (_uniform(images, generator) >= spec["fraction"])
        case "salt-and-pepper":
            untouched = _uniform(images, generator) >= spec["fraction"]
            salt = (_uniform(images, generator) >= 0.5).to(images.dtype)
            return torch.where(untouched, images, salt)
        case other:
            raise ValueError(f"training.inputNoise: expected a known noise, found {other}")


def _uniform(like: Tensor, generator: Generator) -> Tensor:
    return torch.rand(like.shape, generator=generator, device=like.device, dtype=like.dtype)

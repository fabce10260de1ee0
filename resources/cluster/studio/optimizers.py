"""The app's optimizers, formula by formula (engine/optimizers.ts): PyTorch's own differ in where epsilon stands."""

import math

import torch
from torch import Tensor


class Optimizer:
    """Moves weights against their gradients; its slots are of the weights' shapes."""

    def __init__(self, spec: dict, weights: list[Tensor]) -> None:
        self.spec = spec
        self.weights = weights
        initial = {
            "sgd": [],
            "momentum": [0.0],
            "adagrad": [spec.get("initialAccumulator", 0.0)],
            "rmsprop": [spec.get("initialMeanSquare", 0.0)],
            "adam": [0.0, 0.0],
            "adamw": [0.0, 0.0],
        }[spec["kind"]]
        self.slots = [[torch.full_like(weight, value) for weight in weights] for value in initial]
        self.steps = 0

    @torch.no_grad()
    def step(self, rate: float) -> None:
        self.steps += 1
        gradients = [
            torch.zeros_like(weight) if weight.grad is None else weight.grad for weight in self.weights
        ]
        for index, (weight, gradient) in enumerate(zip(self.weights, gradients)):
            self._move(weight, gradient, [slot[index] for slot in self.slots], rate)

    def _move(self, weight: Tensor, gradient: Tensor, slots: list[Tensor], rate: float) -> None:
        spec = self.spec
        match spec["kind"]:
            case "sgd":
                weight.sub_(gradient * rate)
            case "momentum":
                velocity = slots[0].mul_(spec["momentum"]).add_(gradient)
                step = gradient + velocity * spec["momentum"] if spec["nesterov"] else velocity
                weight.sub_(step * rate)
            case "adagrad":
                total = slots[0].add_(gradient.square())
                weight.sub_(rate * (gradient / (total + 1e-7).sqrt()))
            case "rmsprop":
                mean = slots[0].mul_(spec["decay"]).add_(gradient.square() * (1 - spec["decay"]))
                weight.sub_(gradient * rate / (mean + spec["epsilon"]).sqrt())
            case _:
                self._adam(weight, gradient, slots, rate)

    def _adam(self, weight: Tensor, gradient: Tensor, slots: list[Tensor], rate: float) -> None:
        spec = self.spec
        first, second = slots
        first.mul_(spec["beta1"]).add_(gradient * (1 - spec["beta1"]))
        second.mul_(spec["beta2"]).add_(gradient.square() * (1 - spec["beta2"]))
        corrected = rate * math.sqrt(1 - spec["beta2"] ** self.steps) / (1 - spec["beta1"] ** self.steps)
        # Decoupled decay, of kernels only, of the weight as it was.
        decay = spec.get("weightDecay", 0) * rate if weight.dim() > 1 else 0
        moved = corrected * (first / (second.sqrt() + spec["epsilon"]))
        weight.sub_(moved + weight * decay if decay > 0 else moved)


@torch.no_grad()
def clip(weights: list[Tensor], most: float) -> None:
    """Scales all gradients down to a global norm (Pascanu et al. 2013, alg. 1)."""
    gradients = [weight.grad for weight in weights if weight.grad is not None]
    if most == 0 or not gradients:
        return
    norm = torch.sqrt(sum(gradient.square().sum() for gradient in gradients))
    factor = most / torch.clamp(norm, min=most)
    for gradient in gradients:
        gradient.mul_(factor)

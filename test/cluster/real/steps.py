"""Trains the cases of a folder by the cluster job's own program, without a cluster: each case.json gets a found.json beside it."""

import importlib
import json
import sys
from pathlib import Path

import numpy as np
import torch


def run(case: Path) -> dict:
    sys.path.insert(0, str(case))
    for name in ("model", "studio.trainee"):
        sys.modules.pop(name, None)
    try:
        trainee_module = importlib.import_module("studio.trainee")
    finally:
        sys.path.pop(0)
    from studio import noise
    from studio.optimizers import Optimizer, clip
    from studio.schedule import EpochPlan

    spec = json.loads((case / "case.json").read_text())
    training, rates = spec["training"], spec["rates"]
    pixels = np.fromfile(case / "images.u8", np.uint8).reshape(-1, *spec["shape"])
    trainee = trainee_module.Trainee(spec)
    trainee.load_initial()
    weights = list(trainee.parameters())
    optimizer = Optimizer(training["optimizer"], weights)
    objective = trainee_module.Objective(spec, lambda part: (part, 1))
    device = torch.device("cpu")
    size = len(pixels) // len(rates)
    costs = []
    for step, rate in enumerate(rates):
        batch = trainee_module.to_float(pixels[step * size : (step + 1) * size], device)
        kernel = trainee.autoencoder.encoder.code.weight
        generator = noise.generator_of(1, step, 0, device)
        for weight in weights:
            weight.grad = None
        cost = objective.cost(trainee, kernel, batch, size, training["beta"], generator)
        cost.backward()
        clip(weights, training["clipNorm"])
        optimizer.step(rate)
        costs.append(cost.item())
    from safetensors.torch import save_file

    save_file(trainee.weights(), case / "found.safetensors")
    plan = EpochPlan(training, spec["imageCount"])
    steps = range(plan.steps_per_epoch * plan.epochs)
    return {
        "costs": costs,
        "parameters": sum(weight.numel() for weight in weights),
        "order": plan.order_of(3).tolist(),
        "rates": [plan.rate_of(step) for step in steps],
        "betas": [plan.beta_of(step) for step in steps],
    }


for folder in sorted(Path(sys.argv[1]).iterdir()):
    (folder / "found.json").write_text(json.dumps(run(folder)))

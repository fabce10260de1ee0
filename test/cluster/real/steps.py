"""Trains the cases of a folder by the cluster job's own program, without a cluster: each case.json gets a found.json beside it.

python steps.py FOLDER WORKERS
"""

import importlib
import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as processes
from torch.nn.parallel import DistributedDataParallel


def run(case: Path, rank: int, workers: int) -> dict:
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
    trainee = trainee_module.Trainee(spec, lambda part: total(part, workers))
    trainee.load_initial()
    weights = list(trainee.parameters())
    optimizer = Optimizer(training["optimizer"], weights)
    objective = trainee_module.Objective(spec, lambda part: total(part, workers))
    model = DistributedDataParallel(trainee) if workers > 1 else trainee
    device = torch.device("cpu")
    size = len(pixels) // len(rates)
    costs = []
    for step, rate in enumerate(rates):
        mine = np.array_split(pixels[step * size : (step + 1) * size], workers)[rank]
        images = trainee_module.to_float(mine, device)
        network = trainee.autoencoder
        generator = noise.generator_of(1, step, 0, device)
        for weight in weights:
            weight.grad = None
        # Where codes keep neighbours, half of a batch are partners.
        own = size // 2 if trainee.pairs else size
        cost = objective.cost(model, network, images, own, training["beta"], generator)
        (cost * workers).backward()
        clip(weights, training["clipNorm"])
        optimizer.step(rate)
        whole = cost.detach()
        if workers > 1:
            dist.all_reduce(whole)
        costs.append(whole.item())
    from safetensors.torch import save_file

    if rank == 0:
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


def total(part: torch.Tensor, workers: int) -> tuple[torch.Tensor, int]:
    from torch.distributed.nn.functional import all_reduce

    return (all_reduce(part) if workers > 1 else part), workers


def run_all(rank: int, folder: str, workers: int) -> None:
    torch.set_num_threads(1)
    if workers > 1:
        meeting = f"file://{Path(folder).resolve()}.meeting"
        dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=workers)
    for case in sorted(Path(folder).iterdir()):
        found = run(case, rank, workers)
        if rank == 0:
            (case / "found.json").write_text(json.dumps(found))


if __name__ == "__main__":
    folder, workers = sys.argv[1], int(sys.argv[2])
    if workers > 1:
        processes.spawn(run_all, (folder, workers), workers)
    else:
        run_all(0, folder, 1)

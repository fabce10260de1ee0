"""A plain PyTorch loop, as a person would write it for one device: python plain_loop.py '{"folder": …}' prints images a second.

The same model from the same file, its images on the device as bytes, Adam and the squared error; nothing is compiled. -> one JSON line
"""

import json
import sys
import time

told = json.loads(sys.argv[1])
sys.path.insert(0, told["folder"])

import model
import numpy as np
import torch
import torch.nn.functional as F


def wait(device: torch.device) -> None:
    if device.type != "cpu":
        getattr(torch, device.type).synchronize()


def main() -> None:
    device = torch.device(told["device"])
    if told["threads"]:
        torch.set_num_threads(told["threads"])
    shape = (told["count"], told["height"], told["width"], told["channels"])
    images = torch.from_numpy(np.fromfile(told["images"], np.uint8).reshape(shape)).to(device)
    network = model.Autoencoder().to(device)
    optimizer = torch.optim.Adam(network.parameters(), 1e-3, fused=device.type == "cuda")
    mixed = told["precision"] == "mixed"

    def epoch() -> None:
        order = torch.randperm(len(images), device=device)
        for indices in order.split(told["batch"])[: told["steps"]]:
            batch = images[indices].permute(0, 3, 1, 2).float() / 255
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast(device.type, torch.bfloat16, enabled=mixed):
                loss = F.mse_loss(network(batch), batch)
            loss.backward()
            optimizer.step()
        wait(device)

    epoch()
    best = 0.0
    for _ in range(told["rounds"]):
        began = time.perf_counter()
        epoch()
        best = max(best, told["steps"] * told["batch"] / (time.perf_counter() - began))
    peak = torch.cuda.max_memory_reserved(device) if device.type == "cuda" else 0
    print(json.dumps({"imagesPerSecond": best, "deviceBytes": peak}))


main()

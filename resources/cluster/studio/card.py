"""Trains on one device of this computer, a graphics card or the processor, as the app asks: one JSON object a line on stdin, each
answered by one message on stdout (protocol.py). The app keeps the order of the images, the schedule, the checkpoints and the end.

python -u -m studio.card spec.json
"""

import base64
import contextlib
import errno
import json
import os
import signal
import sys
from pathlib import Path

from .protocol import tell

# Of a batch that the memory has no room for, so many halves are tried.
MOST_HALVES = 12
EVALUATED_AT_ONCE = 500


def main() -> int:
    # Ctrl-C in a terminal reaches every process of it: the app decides, and ends this one by closing its stdin.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    spec = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    try:
        import numpy  # noqa: F401
        import safetensors.torch  # noqa: F401
        import torch  # noqa: F401
    except ImportError as error:
        name = (error.name or str(error)).split(".")[0]
        tell("FAILED", kind="package", message=f"{name}: {error}")
        return 1
    try:
        session = Session(spec)
        tell("READY", **session.described())
        for line in sys.stdin:
            session.answer(json.loads(line))
    except BrokenPipeError:
        # The app is gone.
        os._exit(0)
    except Exception as error:
        tell("FAILED", **failure(error))
        return 1
    return 0


def failure(error: Exception) -> dict:
    from .images import ImagesProblem

    if isinstance(error, ImagesProblem):
        return {"kind": "images", "message": str(error)}
    if is_of_memory(error):
        return {"kind": "memory", "message": str(error).split("\n")[0]}
    if is_of_device(error):
        return {"kind": "lost", "message": str(error).split("\n")[0][:2_000]}
    return {"kind": "error", "message": f"{type(error).__name__}: {error}"[:2_000]}


def is_of_memory(error: Exception) -> bool:
    import torch

    # Apple's and Intel's devices have no error of their own for it.
    return isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "out of memory" in str(error).lower()


# What drivers say where the card itself no longer answers: CUDA and ROCm, Level Zero under SYCL.
OF_DEVICE = (
    *("cuda error", "hip error", "cudnn_status_", "cublas_status_"),
    *("ur_result_error_", "level_zero backend failed", "device lost"),
)
# The card is there; its PyTorch has nothing for it.
OF_BUILD = ("no kernel image", "invalid device function")


def is_of_device(error: Exception) -> bool:
    import torch

    # torch has an error of its own for it from 2.8 on.
    own = getattr(torch, "AcceleratorError", None)
    message = str(error).lower()
    if any(words in message for words in OF_BUILD):
        return False
    return (own is not None and isinstance(error, own)) or any(words in message for words in OF_DEVICE)


def alone(part):
    """In place of a sum over workers: there is one."""
    return part, 1


class Session:
    """The trainee on its device, and its images."""

    def __init__(self, spec: dict) -> None:
        import torch

        from .device import Device, Scaler
        from .device_images import DeviceImages
        from .images import Images
        from .optimizers import Optimizer
        from .trainee import Objective, Trainee

        self.spec, self.training = spec, spec["training"]
        self.device = Device(spec["device"], spec["precision"], spec.get("threads"))
        self.held_out = self.training["validationCount"]
        self.images = DeviceImages(Images(spec["images"]), self.device)
        self.trainee = Trainee(spec, alone).to(self.device.torch)
        self.trainee.load_initial()
        named = [(name, weight) for name, weight in self.trainee.named_parameters() if weight.requires_grad]
        self.names = [name.removeprefix("autoencoder.") for name, _ in named]
        self.weights = [weight for _, weight in named]
        self.optimizer = Optimizer(self.training["optimizer"], self.weights)
        self.objective = Objective(spec, alone)
        self.scaler = Scaler(self.device.torch) if self.device.dtype is torch.float16 else None

    def described(self) -> dict:
        return {**self.device.described(), "imagesOnDevice": self.images.on_device}

    def answer(self, asked: dict) -> None:
        match asked["do"]:
            case "steps":
                self.answer_steps(asked)
            case "validate":
                tell("VALIDATED", mse=self.validation_mse())
            case "weights":
                self.write(asked["file"], self.trainee.weights())
            case "state":
                self.write(asked["file"], self.state())
            case "load":
                self.load(asked["file"])
                tell("LOADED")
            case other:
                raise ValueError(f"do: expected a known command, found {other}")

    # Training

    def answer_steps(self, asked: dict) -> None:
        import torch

        batch = asked["batch"]
        try:
            costs = self.steps(asked)
        except Exception as error:
            if not is_of_memory(error):
                raise
            message = str(error).split("\n")[0]
        else:
            tell("STEPS", costs=torch.stack(costs).float().tolist())
            return
        # Only out here is the error, with all that its frames hold, gone.
        tell("FAILED", kind="memory", message=message, batch=batch, fits=self.largest_that_fits(batch), **self.device.memory())
        raise SystemExit(1)

    def steps(self, asked: dict) -> list:
        import numpy as np

        indices = np.frombuffer(base64.b64decode(asked["indices"]), "<i4").astype(np.int64) + self.held_out
        batches = indices.reshape(-1, asked["batch"])
        costs = []
        rates = zip(asked["rates"], asked["betas"], strict=True)
        for place, (images, (rate, beta)) in enumerate(zip(self.images.each(batches), rates, strict=True)):
            costs.append(self.step(images, asked["first"] + place, rate, beta))
        return costs

    def step(self, images, number: int, rate: float, beta: float):
        """-> the batch's cost before the update"""
        from .optimizers import clip

        cost = self.gradients(images, number, beta)
        if self.scaler is not None and not self.scaler.unscale(self.weights):
            return cost
        clip(self.weights, self.training["clipNorm"])
        # All that is shared between weights follows from the number of steps.
        self.optimizer.steps = number
        self.optimizer.step(rate)
        return cost

    def gradients(self, images, number: int, beta: float):
        from . import noise

        generator = noise.generator_of(self.training["seed"], number, 0, self.device.torch)
        network = self.trainee.autoencoder
        for weight in self.weights:
            weight.grad = None
        # Where codes keep neighbours, half of them are partners.
        count = len(images) // 2 if self.trainee.pairs else len(images)
        cost = self.objective.cost(self.forward, network, images, count, beta, generator)
        (cost if self.scaler is None else cost * self.scaler.scale).backward()
        return cost.detach()

    def forward(self, seen, generator):
        """The trainee in the device's precision; losses are of full precision."""
        import torch

        if self.device.dtype is None:
            return self.trainee(seen, generator)
        with torch.autocast(self.device.torch.type, self.device.dtype):
            found = self.trainee(seen, generator)
        return type(found)(*(None if each is None else each.float() for each in found))

    def largest_that_fits(self, batch: int) -> int:
        """The largest half, quarter, ... of a batch that a step really has room for; 0 where none has."""
        import numpy as np

        for _ in range(MOST_HALVES):
            batch //= 2
            if batch == 0:
                return 0
            self.device.let_go(self.weights)
            with contextlib.suppress(Exception):
                indices = np.arange(batch).reshape(1, -1) % self.images.count
                for images in self.images.each(indices):
                    self.gradients(images, 0, self.training["beta"])
                return batch
        return 0

    # Measuring

    def validation_mse(self) -> float | None:
        """MSE per pixel of the images held out, None where there are none; in full precision."""
        import numpy as np
        import torch

        if self.held_out == 0:
            return None
        autoencoder = self.trainee.autoencoder.eval()
        total = 0.0
        try:
            with torch.inference_mode():
                for first in range(0, self.held_out, EVALUATED_AT_ONCE):
                    places = np.arange(first, min(self.held_out, first + EVALUATED_AT_ONCE)).reshape(1, -1)
                    for images in self.images.each(places):
                        # Apple's devices have no doubles.
                        errors = (autoencoder(images) - images).square().mean((1, 2, 3)).cpu()
                        total += errors.double().sum().item()
        finally:
            autoencoder.train()
        return total / self.held_out

    # What is kept

    def state(self) -> dict:
        found = dict(self.trainee.weights())
        for number, slots in enumerate(self.optimizer.slots, 1):
            for name, slot in zip(self.names, slots, strict=True):
                found[f"slot-{number}/{name}"] = slot.detach().cpu().contiguous()
        return found

    def load(self, file: str) -> None:
        from safetensors.torch import load_file

        found = load_file(file)
        self.trainee.load({name: value for name, value in found.items() if not name.startswith("slot-")})
        for number, slots in enumerate(self.optimizer.slots, 1):
            for name, slot in zip(self.names, slots, strict=True):
                slot.copy_(found[f"slot-{number}/{name}"])

    def write(self, file: str, tensors: dict) -> None:
        from safetensors.torch import save

        content = save(tensors, {"format": "pt"})
        try:
            Path(file).write_bytes(content)
        except OSError as error:
            with contextlib.suppress(OSError):
                Path(file).unlink(missing_ok=True)
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            tell("UNWRITTEN", full=full, message=str(error))
            return
        tell("WRITTEN", bytes=len(content))


if __name__ == "__main__":
    sys.exit(main())

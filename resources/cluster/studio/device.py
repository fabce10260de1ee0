"""One device of this computer, and how it computes."""

import contextlib
import os
import platform

import torch
from torch import Tensor

# Loss scaling for half precision: first scale, and steps without an overflow after which it doubles (Micikevicius et al. 2018, 3.2).
FIRST_SCALE = 2.0**16
STEPS_TO_DOUBLE = 2_000


class Device:
    def __init__(self, name: str, precision: str, threads: int | None) -> None:
        """name: "cpu", "cuda:0", "mps", "xpu:0"; precision: "float32", in which a run repeats itself where the device can, or "mixed"."""
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        self.torch = torch.device(name)
        if threads:
            torch.set_num_threads(threads)
        self.dtype = None
        exact = precision == "float32"
        if not exact:
            self.dtype = torch.bfloat16 if self._has_bfloat16() else torch.float16
        # What has no way that repeats itself is computed all the same.
        torch.use_deterministic_algorithms(exact, warn_only=True)
        if self.torch.type == "cuda":
            torch.cuda.set_device(self.torch)
            torch.backends.cuda.matmul.allow_tf32 = not exact
            torch.backends.cudnn.allow_tf32 = not exact
            torch.backends.cudnn.benchmark = not exact
        torch.zeros(1, device=self.torch)

    def _has_bfloat16(self) -> bool:
        match self.torch.type:
            case "cuda":
                return torch.cuda.is_bf16_supported(including_emulation=False)
            case "mps":
                return False
            case _:
                return True

    def described(self) -> dict:
        precision = "float32" if self.dtype is None else str(self.dtype).removeprefix("torch.")
        return {
            "torch": torch.__version__,
            "python": platform.python_version(),
            "device": str(self.torch),
            "name": name_of(self.torch),
            "precision": precision,
            "threads": torch.get_num_threads(),
            **self.memory(),
        }

    def memory(self) -> dict:
        """Bytes in all and free of a card; nothing where it does not say, or is the processor."""
        with contextlib.suppress(Exception):
            if self.torch.type in ("cuda", "xpu"):
                module = torch.cuda if self.torch.type == "cuda" else torch.xpu
                free, total = module.mem_get_info(self.torch)
                return {"totalBytes": total, "freeBytes": free}
            if self.torch.type == "mps":
                total = torch.mps.recommended_max_memory()
                return {"totalBytes": total, "freeBytes": max(0, total - torch.mps.driver_allocated_memory())}
        return {}

    def let_go(self, weights: list[Tensor]) -> None:
        """Gives back what the last step has left."""
        for weight in weights:
            weight.grad = None
        module = {"cuda": torch.cuda, "mps": torch.mps, "xpu": getattr(torch, "xpu", None)}.get(self.torch.type)
        if module is not None:
            module.empty_cache()


def name_of(device: torch.device) -> str:
    match device.type:
        case "cuda":
            return torch.cuda.get_device_name(device)
        case "xpu":
            return torch.xpu.get_device_name(device)
        case "mps":
            return "Apple graphics"
        case _:
            return platform.processor() or platform.machine()


class Scaler:
    """Keeps half precision's small gradients from vanishing: the cost is scaled up, the gradients down again."""

    def __init__(self, device: torch.device) -> None:
        self.scale = FIRST_SCALE
        self.good = 0
        self.device = device

    @torch.no_grad()
    def unscale(self, weights: list[Tensor]) -> bool:
        """-> whether the gradients are numbers; where not, the step is to be left out."""
        gradients = [weight.grad for weight in weights if weight.grad is not None]
        for gradient in gradients:
            gradient.div_(self.scale)
        if not all(bool(torch.isfinite(gradient).all()) for gradient in gradients):
            self.scale, self.good = max(1.0, self.scale / 2), 0
            return False
        self.good += 1
        if self.good % STEPS_TO_DOUBLE == 0:
            self.scale *= 2
        return True

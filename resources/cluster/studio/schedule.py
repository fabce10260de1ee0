"""Order of the images, learning rate and beta of every step: the app's own rules (engine/shuffle.ts, engine/schedule.ts)."""

import math

import numpy as np


class EpochPlan:
    """How the training images fall into batches, steps and epochs."""

    def __init__(self, training: dict, image_count: int) -> None:
        self.training = training
        self.image_count = image_count
        # A set smaller than one batch is one batch.
        self.batch_size = min(training["batchSize"], image_count)
        whole = image_count // self.batch_size
        kept = training["lastPartialBatch"] == "keep" and image_count % self.batch_size > 0
        self.steps_per_epoch = whole + (1 if kept else 0)
        self.epochs = training["epochs"]

    def order_of(self, epoch: int) -> np.ndarray:
        return shuffled(self.image_count, self.training["seed"], epoch)

    def batch(self, order: np.ndarray, done: int) -> np.ndarray:
        return order[done * self.batch_size : (done + 1) * self.batch_size]

    def step_of(self, epoch: int, done: int) -> int:
        """Steps of the run before this one."""
        return (epoch - 1) * self.steps_per_epoch + done

    def rate_of(self, step: int) -> float:
        training = self.training
        rate = training["learningRate"]
        schedule = training["schedule"]
        warmup = _rounded(training["warmupEpochs"] * self.steps_per_epoch)
        if step < warmup:
            return rate * (step + 1) / warmup
        if schedule["kind"] == "constant":
            return rate
        if schedule["kind"] == "step":
            return rate * schedule["factor"] ** math.floor(step / self.steps_per_epoch / schedule["everyEpochs"])
        # Loshchilov & Hutter 2017, eq. 5, without restarts.
        done = min(1.0, (step - warmup) / max(1, self.epochs * self.steps_per_epoch - warmup))
        final = schedule["finalFraction"]
        return rate * (final + (1 - final) * (1 + math.cos(math.pi * done)) / 2)

    def beta_of(self, step: int) -> float:
        beta = self.training["beta"]
        cycles = self.training.get("betaCycles")
        if cycles is not None:
            # Fu et al. 2019, eq. 6 and 7.
            cycle = self.epochs * self.steps_per_epoch / cycles["count"]
            return beta * min(1.0, (step % math.ceil(cycle)) / (cycles["rise"] * cycle))
        warmup = _rounded(self.training.get("betaWarmupEpochs", 0) * self.steps_per_epoch)
        return beta * (step + 1) / warmup if step < warmup else beta


class Patience:
    """Early stopping (Prechelt 1998, section 2)."""

    def __init__(self, spec: dict | None, standard: tuple[float, int] | None = None) -> None:
        self.spec = spec
        self.standard = standard

    def tell(self, epoch: int, error: float) -> None:
        least = math.inf if self.standard is None else self.standard[0]
        improvement = (self.spec or {}).get("minimumImprovement", 0) * abs(least) if math.isfinite(least) else 0
        if error < least - improvement:
            self.standard = (error, epoch)

    def is_out_after(self, epoch: int) -> bool:
        return self.spec is not None and self.standard is not None and epoch - self.standard[1] >= self.spec["patience"]


def shuffled(count: int, seed: int, epoch: int) -> np.ndarray:
    """A permutation of 0 ... count - 1: Fisher-Yates over splitmix32, number for number as the app shuffles."""
    state = ((seed * 0x9E3779B1) ^ ((epoch + 1) * 0x85EBCA6B)) & 0xFFFFFFFF
    draws = _splitmix32(state, 2 * max(0, count - 1)).astype(np.float64).reshape(-1, 2)
    unit = (draws[:, 0] * 2**21 + np.floor(draws[:, 1] / 2**11)) / 2**53
    lasts = np.arange(count - 1, 0, -1)
    others = np.floor(unit * (lasts + 1)).astype(np.int64).tolist()
    order = list(range(count))
    for last, other in zip(lasts.tolist(), others):
        order[last], order[other] = order[other], order[last]
    return np.array(order, dtype=np.int64)


def _splitmix32(seed: int, count: int) -> np.ndarray:
    """Steele, Lea & Flood 2014 in 32 bits; products and sums wrap around."""
    state = (np.arange(1, count + 1, dtype=np.uint64) * 0x9E3779B9 + seed).astype(np.uint32)
    mixed = (state ^ (state >> np.uint32(16))) * np.uint32(0x21F0AAAD)
    mixed = (mixed ^ (mixed >> np.uint32(15))) * np.uint32(0x735A2D97)
    return mixed ^ (mixed >> np.uint32(15))


def _rounded(value: float) -> int:
    """As JavaScript rounds: halves go up."""
    return math.floor(value + 0.5)

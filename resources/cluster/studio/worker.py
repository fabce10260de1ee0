"""One worker's training: the same program on each, told apart by its rank."""

import io
import math
import time

import numpy as np
import ray
import ray.train
import ray.train.torch
import torch
import torch.distributed as dist
from safetensors.torch import save
from torch.nn.parallel import DistributedDataParallel

from . import noise
from .images import Images, ImagesProblem
from .optimizers import Optimizer, clip
from .schedule import EpochPlan, Patience
from .trainee import Objective, Trainee, to_float

# Steps between two looks at the clock, which all workers must take together.
STEPS_TOGETHER = 16
PROGRESS_SECONDS = 5
EVALUATED_AT_ONCE = 1_000


def train(config: dict) -> None:
    """Ray Train's loop for one worker."""
    keeper = ray.get_actor(config["keeper"], namespace=config["namespace"])
    try:
        Worker(config["spec"], keeper).train()
    except ImagesProblem as problem:
        # Another attempt would find the same: the driver ends the job.
        ray.get(keeper.failed.remote("images", str(problem)))
        raise
    except Diverged as problem:
        ray.get(keeper.failed.remote("diverged", str(problem)))
        raise
    except Exception as error:
        # Most often another worker was lost; it is told where attempts come to nothing.
        ray.get(keeper.raised.remote(f"{type(error).__name__}: {error}"))
        raise


class Diverged(Exception):
    """What was learnt is no longer numbers."""


class Worker:
    def __init__(self, spec: dict, keeper) -> None:
        context = ray.train.get_context()
        self.rank, self.workers = context.get_world_rank(), context.get_world_size()
        self.spec, self.keeper = spec, keeper
        training = spec["training"]
        self.device = ray.train.torch.get_device()
        torch.set_num_threads(max(1, spec["workers"]["cpus"]))
        self.images = Images(spec["images"])
        self.held_out = training["validationCount"]
        self.plan = EpochPlan(training, self.images.count - self.held_out)
        self.trainee = Trainee(spec, self.total).to(self.device)
        self.trainee.load_initial()
        self.weights = [weight for weight in self.trainee.parameters() if weight.requires_grad]
        self.optimizer = Optimizer(training["optimizer"], self.weights)
        self.patience = Patience(training.get("earlyStopping"))
        self.best: tuple[float, int] | None = None
        self.epoch, self.done = 1, 0
        self.cost_sum, self.last_cost = 0.0, math.nan
        self.seconds_before = self.epoch_seconds = 0.0
        self.take_up()
        self.model = DistributedDataParallel(self.trainee) if self.workers > 1 else self.trainee
        self.objective = Objective(spec, self.total)
        self.began = time.monotonic()
        self.kept_at = self.told_at = self.began
        self.sent_at = -math.inf

    # Where the run stands

    def take_up(self) -> None:
        """Goes on from the checkpoint of an earlier attempt."""
        if self.rank == 0:
            ray.get(self.keeper.begin.remote())
        if self.workers > 1:
            dist.barrier()
        kept = ray.get(self.keeper.checkpoint.remote())
        if kept is None:
            return
        state = torch.load(io.BytesIO(kept["state"]), map_location=self.device)
        self.trainee.load(state["weights"])
        for slots, values in zip(self.optimizer.slots, state["slots"]):
            for slot, value in zip(slots, values):
                slot.copy_(value)
        self.optimizer.steps = state["steps"]
        self.epoch, self.done = state["epoch"], state["done"]
        self.cost_sum, self.last_cost = state["costs"]
        self.seconds_before, self.epoch_seconds = state["seconds"]
        self.best, self.patience.standard = state["best"], state["patience"]

    def checkpoint(self) -> dict:
        buffer = io.BytesIO()
        state = {
            "weights": self.trainee.weights(),
            "slots": [[slot.cpu() for slot in slots] for slots in self.optimizer.slots],
            "steps": self.optimizer.steps,
            "epoch": self.epoch,
            "done": self.done,
            "costs": (self.cost_sum, self.last_cost),
            "seconds": (self.seconds, self.epoch_seconds),
            "best": self.best,
            "patience": self.patience.standard,
        }
        torch.save(state, buffer)
        place = {"epoch": self.epoch, "step": self.plan.step_of(self.epoch, self.done)}
        return {"place": place, "state": buffer.getvalue()}

    @property
    def seconds(self) -> float:
        return self.seconds_before + time.monotonic() - self.began

    # Training

    def train(self) -> None:
        while self.epoch <= self.plan.epochs and not self.patience.is_out_after(self.epoch - 1):
            self.train_epoch()
            self.end_epoch()

    def train_epoch(self) -> None:
        order = self.plan.order_of(self.epoch)
        started = time.monotonic() - self.epoch_seconds
        costs: list[torch.Tensor] = []
        while self.done < self.plan.steps_per_epoch:
            costs.append(self.step(self.plan.batch(order, self.done)))
            self.done += 1
            if self.done % STEPS_TOGETHER == 0 or self.done == self.plan.steps_per_epoch:
                self.epoch_seconds = time.monotonic() - started
                self.together(costs)
                costs = []

    def step(self, batch: np.ndarray) -> torch.Tensor:
        """-> this worker's part of the batch's cost, before the update"""
        training = self.spec["training"]
        step = self.plan.step_of(self.epoch, self.done)
        mine = np.array_split(batch, self.workers)[self.rank] + self.held_out
        images = to_float(self.images.take(mine), self.device)
        generator = noise.generator_of(training["seed"], step, self.rank, self.device)
        network = self.trainee.autoencoder
        for weight in self.weights:
            weight.grad = None
        cost = self.objective.cost(self.model, network, images, len(batch), self.plan.beta_of(step), generator)
        # The workers' gradients are averaged; their parts of the cost add up.
        (cost * self.workers).backward()
        clip(self.weights, training["clipNorm"])
        self.optimizer.step(self.plan.rate_of(step))
        return cost.detach()

    def together(self, costs: list[torch.Tensor]) -> None:
        """Adds up the costs of all workers; the first of them says whether it is time for a checkpoint."""
        now = time.monotonic()
        due = self.rank == 0 and now - self.kept_at >= self.spec["checkpointSeconds"]
        values = torch.stack([*costs, torch.tensor(float(due), device=self.device)]).double()
        if self.workers > 1:
            dist.all_reduce(values)
        *parts, is_due = values.tolist()
        self.cost_sum += sum(parts)
        self.last_cost = parts[-1]
        if self.rank != 0:
            return
        if is_due > 0 and self.done < self.plan.steps_per_epoch and math.isfinite(self.cost_sum):
            self.kept_at = now
            ray.get(self.keeper.keep.remote(self.checkpoint()))
        if now - self.told_at >= PROGRESS_SECONDS:
            self.told_at = now
            step = self.plan.step_of(self.epoch, self.done)
            rate = self.done / max(self.epoch_seconds, 1e-9)
            place = {"epoch": self.epoch, "step": step, "stepsPerEpoch": self.plan.steps_per_epoch}
            self.keeper.progressed.remote({**place, "cost": self.last_cost, "stepsPerSecond": rate})

    def end_epoch(self) -> None:
        epoch, plan = self.epoch, self.plan
        mean = self.cost_sum / plan.steps_per_epoch
        validation = self.validation_mse()
        error = mean if validation is None else validation
        metrics = {
            "epoch": epoch,
            "step": plan.step_of(epoch, plan.steps_per_epoch),
            "secondsSinceStart": self.seconds,
            "lastBatchCost": self.last_cost,
            "trainingCost": mean,
            "stepsPerSecond": plan.steps_per_epoch / max(self.epoch_seconds, 1e-9),
            "learningRate": plan.rate_of(plan.step_of(epoch, plan.steps_per_epoch) - 1),
        }
        if validation is not None:
            metrics["validationMse"] = validation
        diverged = not (math.isfinite(mean) and math.isfinite(error))
        is_best = not diverged and (self.best is None or error < self.best[0])
        if is_best:
            self.best = (error, epoch)
        self.patience.tell(epoch, error)
        self.epoch, self.done = epoch + 1, 0
        self.cost_sum, self.last_cost, self.epoch_seconds = 0.0, math.nan, 0.0
        if self.rank == 0:
            weights = {} if diverged else self.weights_to_send(epoch, is_best)
            ray.get(self.keeper.epoch_ended.remote(metrics, None if diverged else self.checkpoint(), weights))
            self.kept_at = time.monotonic()
        if diverged:
            raise Diverged(f"The cost became {mean + error} in epoch {epoch}. Try a smaller learning rate.")

    def weights_to_send(self, epoch: int, is_best: bool) -> dict[str, bytes]:
        content = save(self.trainee.weights(), {"format": "pt", "epoch": str(epoch)})
        kinds = ["last", *(["best"] if is_best else [])]
        is_last = epoch == self.plan.epochs or self.patience.is_out_after(epoch)
        now = time.monotonic()
        if is_last or now - self.sent_at >= self.spec["weightsSeconds"]:
            self.sent_at = now
            kinds.append("epoch")
        return {kind: content for kind in kinds}

    @torch.inference_mode()
    def validation_mse(self) -> float | None:
        """MSE per pixel of the images held out, each worker measuring its share; None where there are none."""
        if self.held_out == 0:
            return None
        mine = np.array_split(np.arange(self.held_out), self.workers)[self.rank]
        total = torch.zeros(1, dtype=torch.float64, device=self.device)
        autoencoder = self.trainee.autoencoder.eval()
        for first in range(0, len(mine), EVALUATED_AT_ONCE):
            images = to_float(self.images.take(mine[first : first + EVALUATED_AT_ONCE]), self.device)
            total += (autoencoder(images) - images).square().mean((1, 2, 3)).double().sum()
        autoencoder.train()
        if self.workers > 1:
            dist.all_reduce(total)
        return total.item() / self.held_out

    def total(self, part: torch.Tensor) -> tuple[torch.Tensor, int]:
        """The sum over all workers, through which gradients flow, and how many they are."""
        if self.workers == 1:
            return part, 1
        from torch.distributed.nn.functional import all_reduce

        return all_reduce(part), self.workers

"""The driver: starts the workers and prints what happens, for the app to read (protocol.py)."""

import errno
import hashlib
import json
import os
import re
import signal
import sys
import threading
import time
from pathlib import Path

import ray
from ray.util import placement_group_table
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from .protocol import tell

NAMESPACE = "autoencoder-studio"
# Workers lost before the job gives up.
MOST_LOSSES = 10
# Weights of earlier epochs that stay on this node while the app may be fetching them.
KEPT_WEIGHTS = 3
WAITING_SECONDS = 15
LOOK_SECONDS = 0.25
DISK_RETRY_SECONDS = 10
DISK_PATIENCE_SECONDS = 600


class Driver:
    def __init__(self, spec: dict) -> None:
        self.spec = spec
        self.name = spec["submission"]
        ray.init(namespace=NAMESPACE, log_to_driver=False)
        self.node = ray.get_runtime_context().get_node_id()
        from .keeper import Keeper

        here = NodeAffinitySchedulingStrategy(self.node, soft=False)
        self.keeper = Keeper.options(name=self.name, scheduling_strategy=here).remote()
        self.logs = logs_folder()
        self.sent: list[Path] = []
        self.started = self.ended = False
        self.failure: dict | None = None
        self.asked_to_stop = threading.Event()
        self.said_at = time.monotonic()

    def run(self) -> int:
        signal.signal(signal.SIGTERM, lambda *_: self.asked_to_stop.set())
        teller = threading.Thread(target=self.tell_on, daemon=True)
        teller.start()
        problem = None
        try:
            self.fit()
        except Exception as error:  # Ray Train wraps whatever a worker has raised.
            problem = f"{type(error).__name__}: {error}"
        self.ended = True
        teller.join()
        if problem is not None:
            tell("FAILED", **(self.failure or {"kind": "workers", "message": problem[-2_000:]}))
            return 1
        for kind in ("best", "last"):
            self.send_patiently(kind)
        tell("DONE")
        return 0

    def fit(self) -> None:
        from ray.train import FailureConfig, RunConfig, ScalingConfig
        from ray.train.torch import TorchConfig, TorchTrainer

        from .worker import train

        workers = self.spec["workers"]
        TorchTrainer(
            train,
            train_loop_config={"spec": self.spec, "keeper": self.name, "namespace": NAMESPACE},
            torch_config=TorchConfig(backend="nccl" if workers["gpu"] else "gloo"),
            scaling_config=ScalingConfig(
                num_workers=workers["count"],
                use_gpu=workers["gpu"],
                resources_per_worker=resources_of(workers),
            ),
            run_config=RunConfig(name=self.name, failure_config=FailureConfig(max_failures=MOST_LOSSES)),
        ).fit()

    # What is told

    def tell_on(self) -> None:
        while not self.ended:
            self.look()
            if self.failure is not None and not self.ended:
                # Another attempt would come to the same end.
                tell("FAILED", **self.failure)
                os._exit(1)
            if self.asked_to_stop.is_set():
                self.look()
                self.send("last")
                tell("STOPPED")
                os._exit(143)
            time.sleep(LOOK_SECONDS)
        self.look()

    def look(self) -> None:
        for kind, fields in ray.get(self.keeper.drain.remote()):
            if kind == "WEIGHTS":
                self.send(fields["kind"])
            elif kind == "FAILED":
                self.failure = fields
            else:
                self.started = True
                tell(kind, **fields)
        if not self.started and time.monotonic() - self.said_at >= WAITING_SECONDS:
            self.said_at = time.monotonic()
            if not is_waiting():
                return
            workers = self.spec["workers"]
            tell(
                "WAITING",
                workers=workers["count"],
                each=resources_of(workers),
                free=plain_resources(ray.available_resources()),
                total=plain_resources(ray.cluster_resources()),
            )

    def send(self, kind: str) -> bool:
        """Puts weights where the app fetches them: in the log folder of this node, which Ray serves."""
        found = ray.get(self.keeper.weights.remote(kind))
        if found is None:
            return True
        epoch, content = found
        path = self.logs / f"{self.name}-{kind}-{epoch:06d}.safetensors"
        try:
            path.write_bytes(content)
        except OSError as error:
            path.unlink(missing_ok=True)
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            tell("PROBLEM", kind="disk-full" if full else "disk", message=str(error))
            return False
        digest = hashlib.sha256(content).hexdigest()
        tell("ARTIFACT", weights=kind, epoch=epoch, file=path.name, bytes=len(content), sha256=digest, node=self.node)
        if kind == "epoch":
            self.sent.append(path)
            while len(self.sent) > KEPT_WEIGHTS:
                self.sent.pop(0).unlink(missing_ok=True)
        return True

    def send_patiently(self, kind: str) -> None:
        """The end of hours of work: it waits for room on the disk."""
        until = time.monotonic() + DISK_PATIENCE_SECONDS
        while not self.send(kind) and time.monotonic() < until:
            time.sleep(DISK_RETRY_SECONDS)


def resources_of(workers: dict) -> dict[str, float]:
    return {"CPU": workers["cpus"], **({"GPU": 1} if workers["gpu"] else {})}


def is_waiting() -> bool:
    """Whether workers have been asked for that the cluster has no room for."""
    return any(group["state"] == "PENDING" for group in placement_group_table().values())


def plain_resources(found: dict) -> dict[str, float]:
    return {name: found.get(name, 0) for name in ("CPU", "GPU")}


def logs_folder() -> Path:
    # Ray has no public name for it; the log endpoint of its REST API serves this folder.
    from ray._private.worker import global_worker

    return Path(global_worker.node.get_logs_dir_path())


def missing_package(error: ImportError) -> str:
    name = error.name or re.sub(r".*named '?([\w.]+).*", r"\1", str(error))
    return name.split(".")[0]


def main() -> int:
    spec = json.loads(Path(sys.argv[1]).read_text())
    try:
        import safetensors.torch  # noqa: F401  Missing packages are told before any worker starts.
        import torch  # noqa: F401
        import ray.train.torch  # noqa: F401
    except ImportError as error:
        tell("FAILED", kind="package", message=missing_package(error))
        return 1
    return Driver(spec).run()


if __name__ == "__main__":
    sys.exit(main())

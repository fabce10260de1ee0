"""Holds what must outlive a worker: the latest checkpoint, the weights to be fetched, and what has happened."""

import ray

# Attempts that begin from the same checkpoint, after which another would come to the same end.
MOST_FRUITLESS = 3


@ray.remote(num_cpus=0)
class Keeper:
    """Lives on the driver's node, so that no storage need be shared between nodes."""

    def __init__(self) -> None:
        self._checkpoint = None
        self._messages: list[tuple[str, dict]] = []
        self._weights: dict[str, tuple[int, bytes]] = {}
        self._starts = 0
        self._fruitless = 0
        self._raised = ""

    def begin(self):
        """Called by the first worker of each attempt. -> the checkpoint to go on from, if there is one"""
        self._starts += 1
        self._fruitless += 1
        if self._fruitless > MOST_FRUITLESS:
            self.failed("workers", self._raised or "They ended before they had done anything.")
        if self._starts > 1:
            place = {"epoch": 1, "step": 0} if self._checkpoint is None else self._checkpoint["place"]
            self._messages.append(("RESTARTED", {"attempt": self._starts, **place}))
        else:
            self._messages.append(("STARTED", {}))
        return self._checkpoint

    def checkpoint(self):
        return self._checkpoint

    def keep(self, checkpoint) -> None:
        self._checkpoint = checkpoint
        self._fruitless = 0

    def raised(self, error: str) -> None:
        self._raised = error

    def progressed(self, fields: dict) -> None:
        self._messages.append(("PROGRESS", fields))

    def epoch_ended(self, metrics: dict, checkpoint, weights: dict) -> None:
        """One call, so that an epoch is told exactly when its checkpoint is kept.

        weights: by what they are ("epoch", "best", "last"), as the bytes of a safetensors file
        """
        for kind, content in weights.items():
            self._weights[kind] = (metrics["epoch"], content)
        if "epoch" in weights:
            self._messages.append(("WEIGHTS", {"kind": "epoch"}))
        self._messages.append(("METRIC", metrics))
        self.keep(checkpoint)

    def failed(self, kind: str, message: str) -> None:
        self._messages.append(("FAILED", {"kind": kind, "message": message}))

    def drain(self) -> list[tuple[str, dict]]:
        messages, self._messages = self._messages, []
        return messages

    def weights(self, kind: str):
        """-> (epoch, content), or None"""
        return self._weights.get(kind)

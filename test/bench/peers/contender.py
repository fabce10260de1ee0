"""What every Python peer shares: the images, the shuffled batches, and the JSON-lines protocol of contender.ts."""

import argparse
import json
import math
import os
import sys
import time

HELD_OUT = 5_000  # the first training images, kept for validation as the article does
FIRST_STEPS = 20  # after which the first loss is told; whoever compiles a longer loop runs that
ENCODED = 70_000  # MNIST's training and test images together


def arguments():
    """Reads the command line and confines this process, before any framework starts its threads."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--images", required=True, help="folder with MNIST's idx files")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.threads])
    return options


class Images:
    """MNIST as uint8 rows [count, side * side * channels]; larger sides and three channels repeat pixels."""

    def __init__(self, folder):
        self.folder = folder

    def training(self, count, side, channels=1):
        return _resized(self._read("train")[HELD_OUT : HELD_OUT + count], side, channels)

    def held_out(self):
        return self._read("train")[:HELD_OUT].reshape(HELD_OUT, -1)

    def everything(self, side, channels):
        import numpy as np

        return _resized(np.concatenate([self._read("train"), self._read("t10k")]), side, channels)[:ENCODED]

    def _read(self, part):
        import numpy as np

        return np.fromfile(os.path.join(self.folder, f"{part}-images-idx3-ubyte"), np.uint8)[16:].reshape(-1, 28, 28)


def _resized(images, side, channels):
    import numpy as np

    if side != 28:
        rows = np.arange(side) * 28 // side
        images = images[:, rows][:, :, rows]
    return np.ascontiguousarray(np.repeat(images.reshape(len(images), side * side), channels, axis=1))


class Batches:
    """Endless int32 indices [count, batch]: each epoch freshly shuffled, its last partial batch dropped."""

    def __init__(self, images, batch, seed):
        import numpy as np

        self.random = np.random.default_rng(seed)
        self.images, self.batch = images, batch
        self.per_epoch = images // batch
        self.left = np.empty((0, batch), np.int32)

    def take(self, count):
        import numpy as np

        parts = []
        while count > 0:
            if len(self.left) == 0:
                order = self.random.permutation(self.images)[: self.per_epoch * self.batch]
                self.left = order.astype(np.int32).reshape(self.per_epoch, self.batch)
            part, self.left = self.left[:count], self.left[count:]
            parts.append(part)
            count -= len(part)
        return np.concatenate(parts)


class Layers:
    """The job's model as plain numbers: what to build, layer by layer, decoder included."""

    def __init__(self, model):
        self.side, _, self.channels = model["inputShape"]
        assert model["decoder"] == "mirror"
        encoder, code = model["encoder"], model["code"]
        self.convolutional = encoder[0]["kind"] == "conv"
        self.variational = code["variational"]
        self.initialiser = model["initialiser"]
        self.code = code["size"]
        self.code_activation = code["activation"]
        self.output = model["outputActivation"]
        self.pixels = self.side * self.side * self.channels
        if self.convolutional:
            self.filters = [layer["filters"] for layer in encoder]
            assert all(layer["kernel"] == 3 and layer["stride"] == 2 for layer in encoder)
            self.small = math.ceil(self.side / 2 ** len(encoder))
            self.hidden = [self.small * self.small * self.filters[-1]]
        else:
            self.hidden = [layer["units"] for layer in encoder]
        self.activation = encoder[-1]["activation"]


def learning_rate(training, per_epoch):
    """Step (from 0) -> learning rate; the cosine runs over the job's epochs."""
    rate = training["learningRate"]
    assert training["warmupEpochs"] == 0
    if training["schedule"]["kind"] == "constant":
        return lambda step: rate
    total = training["epochs"] * per_epoch
    return lambda step: rate * 0.5 * (1 + math.cos(math.pi * min(step / total, 1)))


def peak_memory():
    """Bytes this process has had resident at most."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def _prepare(peer, images, command):
    began = time.perf_counter()
    job = command["job"]
    peer.encoded = False
    side, _, channels = job["model"]["inputShape"]
    training = images.training(job["images"], side, channels)
    peer.prepare(job, Layers(job["model"]), training, quality=False)
    first = peer.steps(max(peer.block, min(FIRST_STEPS, job["block"])))
    return {"prepareSeconds": time.perf_counter() - began, "lastLoss": first, "notes": peer.notes}


def _encode(peer, images, command):
    pixels = images.everything(command["side"], command["channels"])
    if not peer.encoded:
        peer.encode(pixels)  # compiles
        peer.encoded = True
    began = time.perf_counter()
    codes = peer.encode(pixels)
    seconds = time.perf_counter() - began
    assert len(codes) == ENCODED
    return {"seconds": seconds, "count": len(codes)}


def _steps(peer, _images, command):
    began = time.perf_counter()
    loss = peer.steps(command["count"])
    return {"seconds": time.perf_counter() - began, "lastLoss": loss}


def _import(peer, _images, command):
    began = time.perf_counter()
    count = peer.import_pictures(command["folder"], command["side"], command["channels"])
    return {"seconds": time.perf_counter() - began, "count": count}


def _time_to_quality(peer, images, command):
    job = command["job"]
    held_out = images.held_out()
    peer.prepare(job, Layers(job["model"]), images.training(job["images"], 28), quality=True)
    per_epoch = job["images"] // job["training"]["batchSize"]
    validation = math.inf
    for epoch in range(1, job["training"]["epochs"] + 1):
        peer.steps(per_epoch)
        validation = peer.validation_mse(held_out)
        if validation <= command["target"]:
            break
    return {"reached": validation <= command["target"], "epoch": epoch, "validationMse": validation, "notes": peer.notes}


COMMANDS = {
    "prepare": _prepare,
    "steps": _steps,
    "encode": _encode,
    "memory": lambda _peer, _images, _command: {"peakBytes": peak_memory()},
    "timeToQuality": _time_to_quality,
    "import": _import,
}


def serve(peer, images):
    """Answers commands, one JSON object a line, until quit or the end of stdin; what libraries print goes to stderr."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        command = json.loads(line)
        if command["cmd"] == "quit":
            return
        try:
            reply = {"ok": True, **COMMANDS[command["cmd"]](peer, images, command)}
            line = json.dumps(reply, allow_nan=False)
        except Exception as problem:  # reported to the benchmark, which names the peer and goes on
            line = json.dumps({"ok": False, "message": f"{type(problem).__name__}: {problem}"[:2_000]})
        answers.write(line + "\n")
        answers.flush()

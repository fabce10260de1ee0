"""Runs generated training scripts with the app's first weights and orders: on stdin a folder and the images' folder, tab between.

One JSON object a line on stdout: the costs that the script printed, or what went wrong.
"""

import contextlib
import io
import json
import os
import re
import sys
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")


def first_weights(begin):
    """The weights in the app's order and layout."""
    values, at = np.fromfile("weights.f32", np.float32), 0
    for weight in begin["weights"]:
        size = int(np.prod(weight["shape"]))
        yield weight, values[at : at + size].reshape(weight["shape"])
        at += size


def begin_keras(script, begin):
    encoder, decoder, autoencoder = (script[name] for name in ("encoder", "decoder", "autoencoder"))
    own = {id(each) for each in (*encoder.weights, *decoder.weights)}
    spread = [each for each in autoencoder.weights if id(each) not in own]
    every = unique([*encoder.weights, *spread, *decoder.weights])
    weights = [each for each in every if each.path.split("/")[-1] != "beta" or each.trainable]
    found = list(first_weights(begin))
    assert len(weights) == len(found), f"expected {len(found)} weights, found {len(weights)}"
    for variable, (_, value) in zip(weights, found):
        variable.assign(value)


def begin_torch(script, begin):
    import torch

    weights = []
    for module in script["model"].modules():
        weights += module.parameters(recurse=False)
        weights += [each for name, each in module.named_buffers(recurse=False) if name != "num_batches_tracked"]
    weights = unique(weights)
    found = list(first_weights(begin))
    assert len(weights) == len(found), f"expected {len(found)} weights, found {len(weights)}"
    with torch.no_grad():
        for parameter, (weight, value) in zip(weights, found):
            parameter.copy_(torch.from_numpy(as_torch(weight, value)))


def as_torch(weight, value):
    """Channels first, outputs first."""
    if "imageIn" in weight and value.ndim == 2:
        value = value.reshape(*weight["imageIn"], -1).transpose(2, 0, 1, 3).reshape(value.shape)
    if "imageOut" in weight:
        value = np.moveaxis(value.reshape(*value.shape[:-1], *weight["imageOut"]), -1, -3).reshape(value.shape)
    if weight["name"].endswith("/depthwise_kernel"):
        return np.ascontiguousarray(value.transpose(2, 3, 0, 1))
    value = value.T if value.ndim == 2 else value.transpose(3, 2, 0, 1) if value.ndim == 4 else value.ravel()
    return np.ascontiguousarray(value)


def unique(values):
    return list({id(value): value for value in values}.values())


@contextlib.contextmanager
def app_orders(begin, dialect):
    """Random permutations of the training images are the app's, in turn."""
    orders = [np.array(order) for order in begin["orders"]]
    count = len(orders[0])
    if dialect == "pytorch":
        import torch

        usual = torch.randperm
        torch.randperm = lambda n: torch.from_numpy(orders.pop(0)) if n == count and orders else usual(n)
        yield
        torch.randperm = usual
        return

    import tensorflow as tf

    def shuffle(self, *_):
        elements = list(self.as_numpy_iterator())
        epoch = lambda: (elements[at] for at in orders.pop(0))
        return tf.data.Dataset.from_generator(epoch, output_signature=self.element_spec).apply(
            tf.data.experimental.assert_cardinality(count)
        )

    usual = tf.data.Dataset.shuffle
    tf.data.Dataset.shuffle = shuffle
    yield
    tf.data.Dataset.shuffle = usual


def run(folder, images):
    os.chdir(folder)
    begin = json.loads(Path("begin.json").read_text())
    dialect = begin["dialect"]
    source = Path("train.py").read_text(encoding="utf8")
    # Where the script has made its model and not yet trained it.
    marker = {"keras": "\nbatches = ", "pytorch": "\noptimizer = "}[dialect]
    assert source.count(marker) == 1, "the place where the weights are set"
    at = source.index(marker)
    script = {"__name__": "__main__"}
    arguments, sys.argv = sys.argv, ["train.py", images]
    output = io.StringIO()
    orders = app_orders(begin, dialect) if begin["equal"] else contextlib.nullcontext()
    try:
        with contextlib.redirect_stdout(output), orders:
            exec(compile(source[:at], "train.py", "exec"), script)
            if begin["equal"]:
                (begin_keras if dialect == "keras" else begin_torch)(script, begin)
            exec(compile("\n" * source[:at].count("\n") + source[at:], "train.py", "exec"), script)
    finally:
        sys.argv = arguments
        matplotlib.pyplot.close("all")
    return [float(cost) for cost in re.findall(r"^Epoch: \d{4} cost= ([\d.]+)$", output.getvalue(), re.MULTILINE)]


for line in sys.stdin:
    folder, images = line.rstrip("\n").split("\t")
    try:
        answer = {"costs": run(folder, images)}
    except BaseException as error:  # whatever a script throws is a finding; it may end itself too
        answer = {"problem": f"{type(error).__name__}: {error}"}
    print(json.dumps({"folder": folder, **answer}), flush=True)

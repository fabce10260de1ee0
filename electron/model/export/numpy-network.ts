/** network.py: runs the steps of network.json with numpy alone; slow, but it says exactly what each step is. */
export const numpyNetwork = `"""Runs the steps of network.json. Needs numpy alone: slow, but it says exactly what each step computes."""

import json
from math import erf
from pathlib import Path

import numpy as np

PARTS = json.loads((Path(__file__).resolve().parent / "network.json").read_text(encoding="utf-8"))["parts"]


def run_network(part, weights, x):
    """Images float32 [n, height, width, channels] or codes [n, size] through a part; weights: arrays by name."""
    for step in PARTS[part]["steps"]:
        x = STEPS[step["kind"]](step, weights, x)
    return x


def reshape(step, weights, x):
    return x.reshape(len(x), *step["shape"])


def dense(step, weights, x):
    return x @ weights[step["kernel"]] + bias_of(step, weights)


def conv(step, weights, x):
    kernel = weights[step["kernel"]]  # [height, width, in, out]
    stride, (height, width, _) = step["stride"], step["shape"]
    x = padded(step, x, 0.0)
    out = bias_of(step, weights)
    for row in range(kernel.shape[0]):
        for column in range(kernel.shape[1]):
            seen = x[:, row : row + height * stride : stride, column : column + width * stride : stride]
            out = out + seen[:, :height, :width] @ kernel[row, column]
    return out


def conv_transpose(step, weights, x):
    kernel = weights[step["kernel"]]  # [height, width, out, in]
    stride, (height, width, channels) = step["stride"], step["shape"]
    rows, columns = x.shape[1] * stride, x.shape[2] * stride
    whole = np.zeros((len(x), rows + kernel.shape[0], columns + kernel.shape[1], channels), np.float32)
    for row in range(kernel.shape[0]):
        for column in range(kernel.shape[1]):
            whole[:, row : row + rows : stride, column : column + columns : stride] += x @ kernel[row, column].T
    top, left = step["top"], step["left"]
    return whole[:, top : top + height, left : left + width] + bias_of(step, weights)


def batch_norm(step, weights, x):
    mean, variance = weights[step["mean"]], weights[step["variance"]]
    centred = (x - mean) / np.sqrt(variance + np.float32(step["epsilon"]))
    return centred * weights[step["scale"]] + weights[step["shift"]]


def activation(step, weights, x):
    kind = step["activation"]
    if kind == "sigmoid":
        return 1 / (1 + np.exp(-x))
    if kind == "tanh":
        return np.tanh(x)
    if kind == "relu":
        return np.maximum(x, 0)
    if kind == "leaky-relu":
        return np.where(x < 0, x * np.float32(step["slope"]), x)
    if kind == "elu":
        return np.where(x < 0, np.expm1(np.minimum(x, 0)), x)
    if kind == "gelu":
        return x * 0.5 * (1 + np.vectorize(erf, otypes=[np.float32])(x / np.sqrt(2)))
    if kind == "softplus":
        return np.logaddexp(x, 0)
    raise ValueError(f"unknown activation {kind}")


def pool(step, weights, x):
    size, (height, width, _) = step["size"], step["shape"]
    x = padded(step, x, np.nan)
    windows = x.reshape(len(x), height, size, width, size, -1)
    return (np.nanmax if step["method"] == "max" else np.nanmean)(windows, axis=(2, 4))


def upsample(step, weights, x):
    height, width, _ = step["shape"]
    return x.repeat(step["size"], axis=1).repeat(step["size"], axis=2)[:, :height, :width]


def bias_of(step, weights):
    return weights[step["bias"]] if "bias" in step else np.float32(0)


def padded(step, x, value):
    pad = step["padding"]
    sides = ((0, 0), (pad["top"], pad["bottom"]), (pad["left"], pad["right"]), (0, 0))
    return np.pad(x, sides, constant_values=value)


STEPS = {
    "flatten": reshape,
    "reshape": reshape,
    "dense": dense,
    "conv": conv,
    "conv-transpose": conv_transpose,
    "batch-norm": batch_norm,
    "activation": activation,
    "pool": pool,
    "upsample": upsample,
}
`;

/** network.py: runs the steps of network.json with numpy alone; slow, but it says exactly what each step is. */
export const numpyNetwork = `"""Runs the steps of network.json. Needs numpy alone: slow, but it says exactly what each step computes."""

import json
from math import erf
from pathlib import Path

import numpy as np

PARTS = json.loads((Path(__file__).resolve().parent / "network.json").read_text(encoding="utf-8"))["parts"]


def run_network(part, weights, x):
    """Images float32 [n, height, width, channels] or codes [n, size] through a part; weights: arrays by name."""
    return run_steps(PARTS[part]["steps"], weights, x)


def run_steps(steps, weights, x):
    for step in steps:
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
    reach = rows + kernel.shape[0] + step["top"], columns + kernel.shape[1] + step["left"]
    whole = np.zeros((len(x), max(reach[0], height), max(reach[1], width), channels), np.float32)
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
    if kind == "silu":
        return x / (1 + np.exp(-x))
    if kind == "selu":
        below = np.float32(1.6732632423543772) * np.expm1(np.minimum(x, 0))
        return np.float32(1.0507009873554805) * np.where(x < 0, below, x)
    if kind == "clip":
        return np.clip(x, 0, 1)
    if kind == "gelu-tanh":
        return x * 0.5 * (1 + np.tanh(np.float32(np.sqrt(2 / np.pi)) * (x + np.float32(0.044715) * x**3)))
    if kind == "hard-silu":
        return x * np.clip(x / 6 + np.float32(0.5), 0, 1)
    if kind == "mish":
        return x * np.tanh(np.logaddexp(x, 0))
    if kind == "softsign":
        return x / (1 + np.abs(x))
    raise ValueError(f"unknown activation {kind}")


def depthwise(step, weights, x):
    kernel = weights[step["kernel"]]  # [height, width, channels, 1]
    stride, (height, width, channels) = step["stride"], step["shape"]
    x = padded(step, x, 0.0)
    out = np.zeros((len(x), height, width, channels), np.float32)
    for row in range(kernel.shape[0]):
        for column in range(kernel.shape[1]):
            seen = x[:, row : row + height * stride : stride, column : column + width * stride : stride]
            out = out + seen[:, :height, :width] * kernel[row, column, :, 0]
    return out


def layer_norm(step, weights, x):
    return normal(x, -1, step) * weights[step["scale"]] + weights[step["shift"]]


def group_norm(step, weights, x):
    parted = x.reshape(len(x), -1, step["groups"], x.shape[-1] // step["groups"])
    return normal(parted, (1, 3), step).reshape(x.shape) * weights[step["scale"]] + weights[step["shift"]]


def normal(x, axes, step):
    centred = x - x.mean(axes, keepdims=True)
    return centred / np.sqrt(np.square(centred).mean(axes, keepdims=True) + np.float32(step["epsilon"]))


def prelu(step, weights, x):
    return np.where(x < 0, x * weights[step["alpha"]], x)


def pool(step, weights, x):
    size, stride, (height, width, _) = step["size"], step["stride"], step["shape"]
    x = padded(step, x, np.nan)
    windows = [
        x[:, row : row + height * stride : stride, column : column + width * stride : stride][:, :height, :width]
        for row in range(size)
        for column in range(size)
    ]
    return (np.nanmax if step["method"] == "max" else np.nanmean)(windows, axis=0)


def global_pool(step, weights, x):
    return x.max(axis=(1, 2)) if step["method"] == "max" else x.mean(axis=(1, 2))


def upsample(step, weights, x):
    height, width, _ = step["shape"]
    if step["method"] == "nearest":
        x = x.repeat(step["size"], axis=1).repeat(step["size"], axis=2)
    else:
        corners = step["method"] == "bilinear-corners"
        x = between(between(x, 1, step["size"], corners), 2, step["size"], corners)
    return x[:, :height, :width]


def between(x, axis, size, corners):
    """Places (i + 1/2) / size - 1/2 along an axis, whose edge is repeated; or evenly from its first to its last."""
    longer = x.shape[axis] * size
    place = (np.arange(longer) + 0.5) / size - 0.5
    if corners:
        place = np.arange(longer) * ((x.shape[axis] - 1) / (longer - 1))
    first = np.floor(place).astype(int)
    share = (place - first).astype(np.float32).reshape([-1 if each == axis else 1 for each in range(x.ndim)])
    before, after = (np.take(x, np.clip(at, 0, x.shape[axis] - 1), axis) for at in (first, first + 1))
    return before * (1 - share) + after * share


def pad(step, weights, x):
    return padded(step, x, 0.0)


def crop(step, weights, x):
    (top, left), (height, width, _) = (step["padding"]["top"], step["padding"]["left"]), step["shape"]
    return x[:, top : top + height, left : left + width]


def rescale(step, weights, x):
    return x * np.float32(step["scale"]) + np.float32(step["offset"])


def residual(step, weights, x):
    return run_steps(step["shortcut"], weights, x) + run_steps(step["ops"], weights, x)


def conditional(step, weights, x):
    """Style and classes: what the style sees has the classes behind it."""
    logits = dense(step["classes"], weights, x)
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    classes = exponents / exponents.sum(axis=1, keepdims=True)
    style = dense(step["style"], weights, np.concatenate([x, classes], axis=1))
    return np.concatenate([style, classes], axis=1)


def quantise(step, weights, x):
    """Each place becomes the nearest vector of the codebook."""
    codebook = weights[step["codebook"]]  # [vectors, channels]
    distances = (codebook**2).sum(axis=1) - 2 * (x @ codebook.T)  # and |x|^2, the same for all
    return codebook[distances.argmin(axis=-1)]


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
    "depthwise": depthwise,
    "layer-norm": layer_norm,
    "group-norm": group_norm,
    "prelu": prelu,
    "global-pool": global_pool,
    "pad": pad,
    "crop": crop,
    "rescale": rescale,
    "residual": residual,
    "conditional": conditional,
    "quantise": quantise,
}
`;

import type { ImageOrder } from '../exported-model.ts';
import { LINES_SOURCE } from './lines-python.ts';

/** inspection.py: the app's scores in NumPy, whatever the format; `run` is what verify.py calls too. */
export function inspectionPython(order: ImageOrder): string {
  return SOURCE.replace('IMAGE_ORDER = None', `IMAGE_ORDER = "${order}"`);
}

const SOURCE = `"""Tells odd pictures from normal ones as Autoencoder Studio does: what scores above THRESHOLD is odd.

The rule and what is normal lie in the folder inspection. \`run(part, values)\` is the model: verify.py has one.
"""

import json
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent / "inspection"
RULE = json.loads((FOLDER / "rule.json").read_text())
THRESHOLD = RULE["threshold"]
IMAGE_ORDER = None


def known(name):
    return np.load(FOLDER / f"{name}.npy").astype(np.float64)


def evened(pictures):
    """Each picture brought to the brightness and contrast that normal ones have in the mean."""
    own = pictures.reshape(len(pictures), -1)
    mean = own.mean(1).reshape(-1, 1, 1, 1)
    factor = RULE["level"]["deviation"] / np.maximum(own.std(1), 0.02).reshape(-1, 1, 1, 1)
    return (pictures - mean) * factor + RULE["level"]["mean"]


def smoothed(planes, deviation):
    reach = max(1, int(np.ceil(3 * deviation)))
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * deviation**2))
    for axis in (1, 2):
        sides = [(reach, reach) if each == axis else (0, 0) for each in range(3)]
        padded = np.pad(planes, sides, mode="symmetric")
        places = np.arange(planes.shape[axis])
        planes = sum(weight * np.take(padded, places + tap, axis) for tap, weight in enumerate(weights / weights.sum()))
    return planes


def resized(planes, height, width):
    for axis, length in ((1, height), (2, width)):
        most = planes.shape[axis] - 1
        place = np.clip((np.arange(length) + 0.5) * (most + 1) / length - 0.5, 0, most)
        first = np.floor(place).astype(int)
        share = (place - first).reshape([-1 if each == axis else 1 for each in range(3)])
        after = np.take(planes, np.minimum(first + 1, most), axis)
        planes = np.take(planes, first, axis) * (1 - share) + after * share
    return planes


def dissimilarity(one, other):
    """1 - SSIM in Gaussian windows, by channel."""
    mean, second = smoothed(one, 1.5), smoothed(other, 1.5)
    variance = np.maximum(0, smoothed(one * one, 1.5) - mean**2)
    spread = np.maximum(0, smoothed(other * other, 1.5) - second**2)
    both = smoothed(one * other, 1.5) - mean * second
    top = (2 * mean * second + 0.01**2) * (2 * both + 0.03**2)
    return 1 - top / ((mean**2 + second**2 + 0.01**2) * (variance + spread + 0.03**2))


def nearest(rows, rows_known):
    """Mean distance to the three nearest known rows."""
    distances = np.sqrt(((rows[:, None] - rows_known[None]) ** 2).sum(2))
    return np.sort(distances, 1)[:, :3].mean(1)


def piece_map(pictures, about):
    side, stride, columns, rows = (about[name] for name in ("side", "stride", "columns", "rows"))
    mean, filters, pieces = known("pieces-mean"), known("pieces-filters"), known("pieces-known")
    usual, deviation = known("pieces-distance-mean"), known("pieces-distance-deviation")
    planes = np.empty((len(pictures), rows, columns))
    for row in range(rows):
        for column in range(columns):
            top, left = row * stride, column * stride
            piece = pictures[:, top : top + side, left : left + side].reshape(len(pictures), -1)
            if about["local"]:
                piece = (piece - piece.mean(1, keepdims=True)) / (piece.std(1, keepdims=True) + 0.02)
            distance = nearest((piece - mean) @ filters.T, pieces[row, column])
            planes[:, row, column] = 1 + (distance - usual[row, column]) / deviation[row, column] / 4
    return smoothed(np.maximum(0.01, planes), 1)


def evened_around(pictures):
    """Each pixel in deviations from the mean around it, by channel."""
    reach = max(1, min(pictures.shape[1:3]) / 8)
    out = np.empty_like(pictures)
    for channel in range(pictures.shape[3]):
        centred = pictures[..., channel] - smoothed(pictures[..., channel], reach)
        out[..., channel] = centred / (np.sqrt(np.maximum(0, smoothed(centred**2, reach))) + 0.02)
    return out


def variation_parts(pictures, view):
    """Coordinates along the principal components, and what they leave: squared, smoothed, 1 is usual."""
    mean, components = known(f"variations.{view}.mean"), known(f"variations.{view}.components")
    centred = pictures.reshape(len(pictures), -1) - mean
    codes = centred @ components.T
    left = ((centred - codes @ components) ** 2).reshape(pictures.shape).mean(3)
    return codes, smoothed(left, max(1, min(pictures.shape[1:3]) / 25)) / known(f"variations.{view}.usual")


${LINES_SOURCE}def variation_score(pictures):
    codes, whole = variation_parts(pictures, "whole")
    _, around = variation_parts(evened_around(pictures), "around")
    normal, variances = known("variations.known"), known("variations.whole.variances")
    code = codes[:, : normal.shape[1]]
    spreads = min(8, code.shape[1])
    parts = [nearest(code, normal), (code[:, :spreads] ** 2 / variances[:spreads]).mean(1)]
    parts += [worst(inside(planes)) for planes in (whole, around)]
    parts.append(worst(inside(line_map(pictures)), 0.1))
    logs = np.log(np.maximum(np.stack(parts, 1), 1e-12))
    above = np.maximum(0, 2 + (logs - known("variations.parts.mean")) / known("variations.parts.deviation"))
    return np.maximum(0.05, np.sqrt((above**2).mean(1)))


def inside(planes):
    """The values of the part that counts: [n, values]."""
    part = RULE.get("window")
    if part is not None:
        down, across = part["top"] + part["height"], part["left"] + part["width"]
        planes = planes[:, part["top"] : down, part["left"] : across]
    return planes.reshape(len(planes), -1)


def worst(values, share=0.01):
    """The mean of the worst share."""
    return np.sort(values, 1)[:, -max(1, int(values.shape[1] * share + 0.5)) :].mean(1)


def score_map(kind, about, pictures, outputs):
    """Where pictures are odd: [n, height, width]."""
    height, width = pictures.shape[1:3]
    if kind == "pieces":
        return resized(piece_map(pictures, about["pieces"]), height, width)
    if kind == "lines":
        return line_map(pictures)
    if kind == "structure":
        channels = range(pictures.shape[3])
        return sum(dissimilarity(pictures[..., each], outputs[..., each]) for each in channels) / len(channels)
    errors = ((pictures - outputs) ** 2).mean(3)
    if kind == "squared-error":
        return errors
    errors = errors / known(f"{kind}-spread") ** 2
    return errors if kind == "spread-error" else smoothed(errors, max(1, min(height, width) / 48))


def one_score(kind, about, pictures, run):
    seen = evened(pictures) if about["evening"] == "picture" else pictures
    given = (seen.transpose(0, 3, 1, 2) if IMAGE_ORDER == "nchw" else seen).astype(np.float32)
    if kind == "variations":
        return variation_score(seen)
    if kind.startswith("code"):
        codes = np.asarray(run("encoder", np.ascontiguousarray(given)), np.float64)
        if kind == "code-neighbours":
            return nearest(codes, known("known").reshape(-1, codes.shape[1]))
        return (((codes - known("code-mean")) @ known("code-whitening").T) ** 2).mean(1)
    outputs = None if kind in ("pieces", "lines") else np.asarray(run("autoencoder", np.ascontiguousarray(given)), np.float64)
    values = inside(score_map(kind, about, seen, outputs))
    if kind in ("squared-error", "spread-error"):
        return values.mean(1)
    if kind == "structure":
        return worst(values)
    if kind == "lines":
        return worst(values, 0.1)
    return values.max(1)


def score(pictures, run):
    """How odd pictures are: uint8 [n, height, width, channels] to float [n]."""
    pictures = np.asarray(pictures, np.float64) / 255
    about = {each["kind"]: each for each in RULE["statistics"]}
    if RULE["score"] != "combined":
        return one_score(RULE["score"], about[RULE["score"]], pictures, run)
    places = []
    for part in RULE["parts"]:
        values = one_score(part["kind"], about[part["kind"]], pictures, run)
        places.append((np.log(np.maximum(values, 1e-12)) - part["mean"]) / part["deviation"])
    return np.mean(places, 0)
`;

"""Writes the image sets of the benchmark on people's own pictures: FOLDER/NAME.train.u8, NAME.test.u8 and sets.json with their shapes.

Solar cells come from the package elpv-dataset (CC BY-NC-SA 4.0: for measuring only), photographs and textures from scikit-image and
scikit-learn. Of photographs and textures, the right quarter is for testing. MNIST is read by the benchmark itself.
"""

import json
import pathlib
import sys

import elpv_dataset.utils
import numpy as np
import skimage.data
from PIL import Image
from sklearn.datasets import load_sample_images

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
random = np.random.RandomState(0)
shapes = {}


def save(name, train, test):
    shapes[name] = {"train": [*train.shape[:3], train.size // np.prod(train.shape[:3])]}
    shapes[name]["test"] = [*test.shape[:3], test.size // np.prod(test.shape[:3])]
    train.astype(np.uint8).tofile(folder / f"{name}.train.u8")
    test.astype(np.uint8).tofile(folder / f"{name}.test.u8")


def resized(image, width, height):
    return np.asarray(Image.fromarray(image).resize((width, height), Image.LANCZOS))


def patches(pictures, side, step):
    train, test = [], []
    for picture in pictures:
        height, width = picture.shape[:2]
        edge = int(width * 0.75)
        for top in range(0, height - side + 1, step):
            for left in range(0, width - side + 1, step):
                patch = picture[top : top + side, left : left + side]
                if left + side <= edge:
                    train.append(patch)
                elif left >= edge:
                    test.append(patch)
    return np.stack(train)[random.permutation(len(train))], np.stack(test)


images, _, types = elpv_dataset.utils.load_dataset()
for kind in ("mono", "poly"):
    cells = images[types == kind]
    cells = cells[random.permutation(len(cells))]
    for side in (64, 128):
        small = np.stack([resized(cell, side, side) for cell in cells])
        cut = int(len(small) * 0.75)
        save(f"solar-{kind}-{side}", small[:cut], small[cut:])

data = skimage.data
photographs = [data.astronaut(), data.coffee(), data.chelsea(), data.rocket(), *load_sample_images().images]
halves = [resized(picture, picture.shape[1] // 2, picture.shape[0] // 2) for picture in photographs]
save("photographs-32", *patches(halves, 32, 20))
save("photographs-64", *patches(photographs, 64, 48))
save("textures-48", *patches([data.brick(), data.grass(), data.gravel()], 48, 24))
(folder / "sets.json").write_text(json.dumps(shapes, default=int))

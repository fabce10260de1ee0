"""Biharmonic inpainting of scikit-image (Damelin & Hoang 2018) on many small images.

    python inpainting.py COUNT HEIGHT WIDTH < kept-and-gappy.u8 > filled.u8

Reads COUNT grey images as bytes that are 0 where the image of the same place has a gap, then COUNT images with gaps; writes
these with what the equation puts into the gaps, in the same order.
"""

import sys

import numpy as np
from skimage.restoration import inpaint_biharmonic


def main():
    count, height, width = map(int, sys.argv[1:4])
    kept, images = np.frombuffer(sys.stdin.buffer.read(), np.uint8).reshape(2, count, height, width)
    for mask, image in zip(kept == 0, images / 255):
        filled = np.clip(inpaint_biharmonic(image, mask), 0, 1)
        sys.stdout.buffer.write(np.rint(255 * filled).astype(np.uint8).tobytes())
    print(f"{(kept == 0).mean():.1%} of the pixels filled in", file=sys.stderr)


main()

"""Non-local means of scikit-image (Buades, Coll & Morel 2005) on many small images.

    python non_local_means.py COUNT HEIGHT WIDTH DEVIATION < noisy.u8 > denoised.u8

Reads COUNT clean and then COUNT noisy grey images as bytes. The filter's strength and patch are those that come nearest to
the first clean images, which favours it; all noisy images are then filtered by them and written in the same order.
"""

import sys

import numpy as np
from skimage.restoration import denoise_nl_means

TRIED = 200
STRENGTHS = (0.05, 0.1, 0.2, 0.4, 0.8)
PATCHES = (3, 5)


def denoised(images, deviation, strength, patch):
    options = dict(patch_size=patch, patch_distance=9, h=strength * deviation, sigma=deviation, fast_mode=True)
    return np.stack([np.clip(denoise_nl_means(image, **options), 0, 1) for image in images])


def gain(before, after, clean):
    errors = [np.square(images - clean).mean((1, 2)) for images in (before, after)]
    return float(np.mean(10 * np.log10(errors[0] / np.maximum(errors[1], 1e-12))))


def main():
    count, height, width = map(int, sys.argv[1:4])
    deviation = float(sys.argv[4])
    pixels = np.frombuffer(sys.stdin.buffer.read(), np.uint8).reshape(2, count, height, width) / 255
    clean, noisy = pixels[0][:TRIED], pixels[1]
    settings = [(strength, patch) for strength in STRENGTHS for patch in PATCHES]
    best = max(settings, key=lambda one: gain(noisy[:TRIED], denoised(noisy[:TRIED], deviation, *one), clean))
    print(f"strength {best[0]} of the deviation, patch {best[1]}", file=sys.stderr)
    sys.stdout.buffer.write(np.rint(255 * denoised(noisy, deviation, *best)).astype(np.uint8).tobytes())


main()

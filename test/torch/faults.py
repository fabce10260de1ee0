"""The trainee on a computer where things go wrong: python faults.py KIND, in the folder that it was made for.

no-room LIMIT: the device has no room for more images at a time. full-disk FILE: the disk is full while that file is there.
"""

import errno
import sys
from pathlib import Path

sys.path.insert(0, ".")
kind, argument = sys.argv[1:3]

import torch
from studio import card

if kind == "no-room":
    gradients = card.Session.gradients

    def limited(self, images, number, beta):
        if len(images) > int(argument):
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return gradients(self, images, number, beta)

    card.Session.gradients = limited
else:
    write_bytes = Path.write_bytes

    def refused(self, content):
        if Path(argument).exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_bytes(self, content)

    Path.write_bytes = refused

sys.argv = ["card", "spec.json"]
sys.exit(card.main())

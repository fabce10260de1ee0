"""The trainee on another computer than this: python faults.py KIND ARGUMENT, in the folder that it was made for.

no-room LIMIT: the device has no room for more images at a time. full-disk FILE: the disk is full while that file is there.
lost FILE: the card is lost as soon as that file is there. card whole|fetched: the images reach the device as they do a card, all of
them before the first step or each batch while another is trained. half -: it computes in float16, not in bfloat16.
"""

import errno
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, ".")
kind, argument = sys.argv[1:3]

import numpy as np
import torch
from studio import card, device, device_images

match kind:
    case "no-room" | "lost":
        gradients = card.Session.gradients

        def limited(self, images, number, beta):
            if kind == "lost" and Path(argument).exists():
                raise RuntimeError("CUDA error: unspecified launch failure\nCUDA kernel errors might be reported later.")
            if kind == "no-room" and len(images) > int(argument):
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
            return gradients(self, images, number, beta)

        card.Session.gradients = limited
    case "full-disk":
        write_bytes = Path.write_bytes

        def refused(self, content):
            if Path(argument).exists():
                raise OSError(errno.ENOSPC, "No space left on device")
            return write_bytes(self, content)

        Path.write_bytes = refused
    case "card":
        begin = device_images.DeviceImages.__init__

        def as_on_a_card(self, images, device):
            begin(self, images, device)
            if argument == "whole":
                self.whole = torch.from_numpy(images.take(np.arange(images.count)))
            else:
                self.pool = ThreadPoolExecutor(1)

        device_images.DeviceImages.__init__ = as_on_a_card
    case "half":
        device.Device._has_bfloat16 = lambda self: False

sys.argv = ["card", "spec.json"]
sys.exit(card.main())

"""Batches of images on a device: the whole set lies there as bytes where it fits, else each batch is fetched while another is trained."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from torch import Tensor

from .device import Device
from .images import Images
from .trainee import as_float

# Of a card's free memory: the rest is for the model and its activations.
MOST_SHARE = 0.4


class DeviceImages:
    def __init__(self, images: Images, device: Device) -> None:
        self.images, self.device = images, device.torch
        self.count = images.count
        self.whole: Tensor | None = None
        self.pool: ThreadPoolExecutor | None = None
        if self.device.type == "cpu":
            return
        size = images.count * int(np.prod(images.shape))
        if size <= MOST_SHARE * device.memory().get("freeBytes", 0):
            self.whole = torch.from_numpy(images.take(np.arange(images.count))).to(self.device)
        else:
            self.pool = ThreadPoolExecutor(1)

    @property
    def on_device(self) -> bool:
        return self.whole is not None

    def each(self, batches: np.ndarray) -> Iterator[Tensor]:
        """batches: int64 [batches, images], places in the file -> float32 [images, c, h, w] in [0, 1], batch after batch"""
        if self.whole is not None:
            places = torch.from_numpy(batches).to(self.device)
            for own in places:
                yield as_float(self.whole[own])
        elif self.pool is None:
            for own in batches:
                yield as_float(torch.from_numpy(self.images.take(own)))
        else:
            yield from self._fetched(self.pool, batches)

    def _fetched(self, pool: ThreadPoolExecutor, batches: np.ndarray) -> Iterator[Tensor]:
        coming = pool.submit(self._fetch, batches[0])
        for following in [*batches[1:], None]:
            images = coming.result()
            if following is not None:
                coming = pool.submit(self._fetch, following)
            yield as_float(images.to(self.device, non_blocking=True))

    def _fetch(self, places: np.ndarray) -> Tensor:
        images = torch.from_numpy(self.images.take(places))
        return images.pin_memory() if self.device.type == "cuda" else images

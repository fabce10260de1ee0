"""The training images, as the app has sent them or where a person has put them: uint8 [count, height, width, channels]."""

import hashlib
import importlib.util
import os
import tempfile
import urllib.request
from pathlib import Path

import numpy as np


class ImagesProblem(Exception):
    """What is wrong with the images, naming where they were looked for."""


class Images:
    """Images in one or several files, read from the disk as they are needed."""

    def __init__(self, spec: dict) -> None:
        self.shape = (spec["height"], spec["width"], spec["channels"])
        self.count = spec["count"]
        size = int(np.prod(self.shape))
        paths = _paths(spec, size)
        self.parts = [_mapped(path, size).reshape(-1, *self.shape) for path in paths]
        self.starts = np.cumsum([0, *(len(part) for part in self.parts)])
        if self.starts[-1] < self.count:
            raise ImagesProblem(f"{paths[0]}: expected {self.count} images, found {self.starts[-1]}.")

    def take(self, indices: np.ndarray) -> np.ndarray:
        """The images at these places, copied."""
        if len(self.parts) == 1:
            return self.parts[0][indices]
        taken = np.empty((len(indices), *self.shape), np.uint8)
        part_of = np.searchsorted(self.starts, indices, side="right") - 1
        for number, part in enumerate(self.parts):
            mine = part_of == number
            taken[mine] = part[indices[mine] - self.starts[number]]
        return taken


def _mapped(path: Path, size: int) -> np.ndarray:
    """Whole images only: what else may follow them."""
    pixels = np.memmap(path, np.uint8, "r")
    return pixels[: len(pixels) // size * size]


def _paths(spec: dict, size: int) -> list[Path]:
    if "pieces" in spec:
        return [_sent(piece) for piece in spec["pieces"]]
    if "path" not in spec:
        return [_named(spec, size)]
    # The app's own file, on this computer.
    path, wanted = Path(spec["path"]), spec["count"] * size
    found = path.stat().st_size if path.is_file() else 0
    if found < wanted:
        raise ImagesProblem(f"{path}: expected at least {wanted} bytes of images, found {found}.")
    return [path]


def _sent(module: str) -> Path:
    """A package that came with the job."""
    found = importlib.util.find_spec(module)
    if found is None or not found.submodule_search_locations:
        raise ImagesProblem(f"{module}: expected the package of images on this node, found none.")
    return Path(found.submodule_search_locations[0]) / "images.u8"


def _named(spec: dict, size: int) -> Path:
    """A path or an address that a person has named; what is fetched is kept on the node, by its content."""
    source = spec["source"]
    wanted = spec["count"] * size
    path = _local(source)
    if path is None:
        path = Path(tempfile.gettempdir()) / f"studio-images-{spec['sha256'][:16]}.u8"
        if not path.exists():
            _fetch(source, path, wanted)
    if not path.is_file():
        raise ImagesProblem(f"{source}: expected a file of images on node {os.uname().nodename}, found none.")
    if path.stat().st_size < wanted:
        raise ImagesProblem(f"{source}: expected at least {wanted} bytes, found {path.stat().st_size}.")
    found = _digest(path, wanted)
    if found != spec["sha256"]:
        raise ImagesProblem(
            f"{source}: expected the images of this run (SHA-256 {spec['sha256'][:16]}...), found others ({found[:16]}...)."
        )
    return path


def _local(source: str) -> Path | None:
    if "://" not in source:
        return Path(source)
    return Path(source.removeprefix("file://")) if source.startswith("file://") else None


def _fetch(source: str, path: Path, wanted: int) -> None:
    beside = path.with_suffix(f".{os.getpid()}")
    try:
        with _opened(source) as stream, open(beside, "wb") as file:
            left = wanted
            while left > 0 and (chunk := stream.read(min(left, 1 << 22))):
                left -= file.write(chunk)
        beside.rename(path)
    except OSError as error:
        raise ImagesProblem(f"{source}: the images cannot be fetched: {error}") from error
    finally:
        beside.unlink(missing_ok=True)


def _opened(source: str):
    if source.startswith(("http://", "https://")):
        return urllib.request.urlopen(source, timeout=60)
    # Comes with Ray's own data packages; reads s3, gs and hdfs.
    from pyarrow import fs

    system, path = fs.FileSystem.from_uri(source)
    return system.open_input_stream(path)


def _digest(path: Path, count: int) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while count > 0 and (chunk := file.read(min(count, 1 << 22))):
            digest.update(chunk)
            count -= len(chunk)
    return digest.hexdigest()

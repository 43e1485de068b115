"""Part files: the journal of a run. A unit that has a part is done.

The name of a part depends on everything that its result depends on: the image's name, size and time of change, the
model, the tiling. So a changed photo or setting finds no part and is searched again, and nothing else is. A part
appears by rename, complete or not at all. An image that could not be read has a *failure* instead of parts. Its name
depends only on the image's name, size and time of change, because a broken file is broken for every model.
"""

import contextlib
import hashlib
import json
import math
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.models.precision import MOST_SHIFT, PRECISIONS, SCORE, Precision
from detector.search import lock
from detector.search.infer import Result
from detector.search.smaller_tiles import Again
from detector.search.storage import Folder, LocalFolder
from geo.errors import Remark

# Parts of another layout are ignored.
FORMAT = 3
PART, FAILURE = ".part", ".failed"
STRETCHES, PRECISION = "stretches.json", "precision.json"
# A part file: a check sum of the rest, the length of the JSON, the names and shapes in JSON, the bytes of the arrays.
_HEAD = struct.Struct("<II")


class Part(NamedTuple):
    """The result of a unit, like `infer.Result`: the boxes of a detector, or the probabilities of a classifier."""

    detections: Detections
    chips: list[bytes | None]
    tiles: int
    skipped: int
    gated: NDArray[np.int32]
    probabilities: NDArray[np.float32]
    again: Again = Again()


def of(result: Result) -> Part:
    """The part for a result without an error."""
    return Part(*(getattr(result, name) for name in Part._fields))


def key(**depends_on: Any) -> str:
    """The name of a part whose result depends on these values (anything that JSON can hold)."""
    text = json.dumps({"format": FORMAT, **depends_on}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Journal:
    """The parts of one output, in a folder of their own."""

    def __init__(self, folder: Path | Folder) -> None:
        self._folder: Folder = LocalFolder(folder) if isinstance(folder, Path) else folder

    @staticmethod
    def _name(key: str, suffix: str = PART) -> str:
        # Two levels of folders, because a survey has a hundred thousand parts and folders of that size are slow to
        # list.
        return f"{key[:2]}/{key}{suffix}"

    def done(self) -> set[str]:
        """The keys of the units that are done."""
        return self._keys(PART)

    def failures(self) -> dict[str, Remark]:
        """The images that could not be read: the reason by key."""
        found = {key: self._folder.read(self._name(key, FAILURE)) for key in self._keys(FAILURE)}
        return {key: _failure(text.decode("utf-8", "replace")) for key, text in found.items() if text}

    def _keys(self, suffix: str) -> set[str]:
        return {name.rpartition("/")[2].removesuffix(suffix) for name in self._folder.names() if name.endswith(suffix)}

    def write(self, key: str, part: Part) -> None:
        """Record a unit as done. Raises OSError if the folder cannot be written."""
        sizes = np.array([len(c) if c is not None else 0 for c in part.chips], np.int64)
        arrays = {f.name: getattr(part.detections, f.name) for f in fields(Detections)}
        arrays["chip_sizes"] = sizes
        arrays["chips"] = np.frombuffer(b"".join(c or b"" for c in part.chips), np.uint8)
        arrays["unit_tiles"] = np.array([part.tiles, part.skipped, *part.again], np.int64)
        arrays["gated"], arrays["probabilities"] = part.gated, part.probabilities
        self._folder.write(self._name(key), packed(arrays))

    def write_failure(self, key: str, reason: str) -> None:
        """Record an image as one that cannot be read. Raises OSError if the folder cannot be written."""
        about = getattr(reason, "about", None)
        text = " ".join(reason.splitlines()) + (f"\n{about}" if about else "")
        self._folder.write(self._name(key, FAILURE), text.encode("utf-8", "replace"))

    def read(self, key: str) -> Part | None:
        """The part of a unit; None if it is missing or damaged (then the unit must be searched again)."""
        name = self._name(key)
        try:
            data = self._folder.read(name)
        except OSError:
            return None
        if data is None:
            return None
        try:
            arrays = unpacked(data)
            # Parts of earlier versions have no angles.
            arrays.setdefault("angles", np.full(len(arrays["boxes"]), np.nan, np.float32))
            detections = Detections(*(arrays[f.name] for f in fields(Detections)))
            sizes, chips = arrays["chip_sizes"], arrays["chips"].tobytes()
            tiles, skipped, *again = arrays["unit_tiles"].tolist()  # parts of version 0.1 do not say what was again
            gated, probabilities = arrays["gated"], arrays["probabilities"]
            searched_again = Again(*again)
        except (ValueError, TypeError, KeyError, struct.error):
            self._folder.remove(name)
            return None
        ends = np.cumsum(sizes)
        cut = [chips[end - size : end] or None for size, end in zip(sizes.tolist(), ends.tolist(), strict=True)]
        chips_of = cut or [None] * len(detections)
        return Part(detections, chips_of, tiles, skipped, gated, probabilities, searched_again)

    def stretches(self) -> dict[str, tuple[float, float]]:
        """By type of pixels, the values (low, high) with which the run's images are shown; {} if none is recorded."""
        try:
            recorded = json.loads(self._folder.read(STRETCHES) or b"{}")
            return {str(dtype): (float(low), float(high)) for dtype, (low, high) in recorded.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def write_stretches(self, stretches: Mapping[str, tuple[float, float]]) -> None:
        """Record the stretches, so that later photos are shown in the same way. Raises OSError like `write`."""
        if stretches:
            self._folder.write(STRETCHES, json.dumps(dict(stretches)).encode())

    def precision(self, model: str) -> Precision | None:
        """How the run's tiles are searched by the model of this digest; None if it is not recorded."""
        try:
            found = json.loads(self._folder.read(PRECISION) or b"null")
            if found["model"] != model:
                return None
            name, thresholds = str(found["name"]), tuple(float(one) for one in found["thresholds"])
            # Earlier versions had this margin alone, and no shift.
            margin, shift = float(found.get("margin", SCORE)), float(found.get("shift", 0.0))
            if name not in PRECISIONS[1:] or not 0 < margin <= SCORE or not abs(shift) <= MOST_SHIFT:
                return None
            return Precision(name, thresholds, str(found["check"]), margin, shift)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def write_precision(self, precision: Precision, model: str) -> None:
        """Record how the run's tiles are searched by this model, so that later ones are too. Raises OSError like
        `write`.
        """
        self._folder.write(PRECISION, json.dumps({"model": model, **precision.record()}).encode())

    def clear(self) -> None:
        """Forget every part and every failure."""
        for name in list(self._folder.names()):
            if name.endswith((PART, FAILURE)):
                self._folder.remove(name)

    def clear_failures(self) -> None:
        """Forget every failure, so that those images are tried again."""
        for key in self._keys(FAILURE):
            self._folder.remove(self._name(key, FAILURE))


def _failure(text: str) -> Remark:
    """A stored failure as a remark: the reason, and on a second line what it is about."""
    reason, _, about = text.partition("\n")
    return Remark(reason, about=about or None)


def packed(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays of numbers as bytes. A survey reads a hundred thousand parts, and NumPy's own format takes ten times as
    long.
    """
    names = json.dumps([[name, array.dtype.str, array.shape] for name, array in arrays.items()]).encode()
    body = b"".join([names, *(np.ascontiguousarray(array).tobytes() for array in arrays.values())])
    return _HEAD.pack(zlib.crc32(body), len(names)) + body


def unpacked(data: bytes) -> dict[str, NDArray[Any]]:
    """The arrays, read-only. Raises ValueError, TypeError or struct.error for bytes that `packed` did not make."""
    check, length = _HEAD.unpack_from(data)
    if zlib.crc32(memoryview(data)[_HEAD.size :]) != check:
        raise ValueError("the check sum is wrong")
    arrays = {}
    at = _HEAD.size + length
    for name, kind, shape in json.loads(data[_HEAD.size : at]):
        dtype = np.dtype(kind)
        count = math.prod(shape)
        arrays[name] = np.frombuffer(data, dtype, count, at).reshape(shape)
        at += count * dtype.itemsize
    return arrays


@contextlib.contextmanager
def writing(folder: Path, output: Path) -> Iterator[None]:
    """Keep other runs away from `output` while the block runs, by a lock in `folder`, which holds its parts.

    If the folder stays empty, it is removed again. Raises InputError if another run holds the lock.
    """
    refusal = f"{output}: another run is writing this output; wait for it, or choose another output"
    with lock.locked(folder / "lock", refusal):
        LocalFolder(folder).sweep()
        yield

"""Part files: the journal of a run. A unit that has a part is done.

A part is named by everything its result depends on (the image's name, size and time of change, the model, the tiling),
so a changed photo or setting finds no part and is run again, and nothing else is. It appears by rename, whole or not at
all.
"""

import contextlib
import hashlib
import io
import json
import os
import secrets
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import InputError
from detector.infer import Result

# A part of another layout is no part.
FORMAT = 2


class Part(NamedTuple):
    """What a unit gave, as `detector.infer.Result` has it: of a detector boxes, of a classifier probabilities."""

    detections: Detections
    chips: list[bytes | None]
    tiles: int
    skipped: int
    gated: NDArray[np.int32]
    probabilities: NDArray[np.float32]


def of(result: Result) -> Part:
    """The part that records a result without an error."""
    return Part(*(getattr(result, name) for name in Part._fields))


def key(**depends_on: Any) -> str:
    """The name of a part whose result depends on these values (what JSON can hold)."""
    text = json.dumps({"format": FORMAT, **depends_on}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Journal:
    """The parts of one output, in a folder of their own. One process at a time, from `lock` on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, key: str) -> Path:
        # Two levels, since a survey has a hundred thousand parts and folders that large are slow to list.
        return self._folder / key[:2] / f"{key}.npz"

    def has(self, key: str) -> bool:
        """Whether the unit of this key is done."""
        return self._path(key).is_file()

    def write(self, key: str, part: Part) -> None:
        """Record a unit as done. Raises OSError where the folder cannot be written."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        sizes = np.array([len(c) if c is not None else 0 for c in part.chips], np.int64)
        arrays = {f.name: getattr(part.detections, f.name) for f in fields(Detections)}
        arrays["chip_sizes"] = sizes
        arrays["chips"] = np.frombuffer(b"".join(c or b"" for c in part.chips), np.uint8)
        arrays["unit_tiles"] = np.array([part.tiles, part.skipped], np.int64)
        arrays["gated"], arrays["probabilities"] = part.gated, part.probabilities
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        partial = path.with_name(f"{path.stem}.{secrets.token_hex(4)}.partial")
        try:
            with partial.open("wb") as file:
                file.write(buffer.getbuffer())
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def read(self, key: str) -> Part | None:
        """A unit's part; None where it is not there, or not whole (then the unit has to run again)."""
        path = self._path(key)
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                detections = Detections(*(arrays[f.name] for f in fields(Detections)))
                sizes, chips = arrays["chip_sizes"], arrays["chips"].tobytes()
                tiles, skipped = arrays["unit_tiles"].tolist()
                gated, probabilities = arrays["gated"], arrays["probabilities"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            return None
        ends = np.cumsum(sizes)
        cut = [chips[end - size : end] or None for size, end in zip(sizes.tolist(), ends.tolist(), strict=True)]
        return Part(detections, cut or [None] * len(detections), tiles, skipped, gated, probabilities)

    def clear(self) -> None:
        """Forget every part."""
        for path in self._folder.glob("??/*"):
            path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def lock(self, output: Path) -> Iterator[None]:
        """Keep other runs off this output while the block runs. The system drops the lock when a process dies.

        Raises InputError where another run holds it.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("a+b") as file:
            if not _locked(file):
                raise InputError(f"{output}: another run is writing this output; wait for it, or choose another -o")
            for partial in self._folder.glob("??/*.partial"):
                partial.unlink(missing_ok=True)
            yield


def _locked(file: Any) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def best_chips(parts: list[Part], best_view: NDArray[np.int64]) -> list[bytes | None]:
    """The chips of the best views, `best_view` indexing the parts' detections one after another."""
    chips = [chip for part in parts for chip in part.chips]
    return [chips[i] for i in best_view.tolist()]

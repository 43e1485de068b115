"""Models: what every backend offers, and how a file finds its backend.

One file a framework (`onnx.py`, ...), each with the same verb: `load(path, ...) -> Model`. Nothing heavy is imported
until a model is loaded.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import InputError, ModelError

BUNDLED = Path(__file__).parent / "bundled"
MAX_MODEL_BYTES = 4 << 30


@dataclass(frozen=True)
class ModelInfo:
    """What a model file says of itself (the `herdmap` metadata of the model file contract).

    classes: names by label. tile_size, overlap: px at the model's GSD. batch_size: the one size it takes, None for any.
    gsd_m: metres a pixel it was trained at, None where no scale is known.
    score_threshold: one number, or class to number.
    Raises ModelError where a value cannot be.
    """

    kind: Literal["detector", "classifier"]
    name: str
    classes: tuple[str, ...]
    tile_size: int
    overlap: int = 0
    version: str = ""
    batch_size: int | None = None
    gsd_m: float | None = None
    score_threshold: float | Mapping[str, float] = 0.5
    trained_on: str = ""
    licence: str = ""
    metrics: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("name", "version", "trained_on", "licence"):
            _check(name, getattr(self, name), str, "text")
        for name in ("tile_size", "overlap", "batch_size"):
            _check(name, getattr(self, name), (int, type(None)), "a whole number")
        _check("gsd_m", self.gsd_m, (int, float, type(None)), "a number")
        _check("metrics", self.metrics, Mapping, "a mapping")
        if self.kind not in ("detector", "classifier"):
            raise ModelError(f"model kind {self.kind!r}: expected 'detector' or 'classifier'")
        if not self.classes or not all(isinstance(c, str) and c for c in self.classes):
            raise ModelError(f"model classes {self.classes!r}: expected one or more names")
        for name in self.classes:
            # What no file can hold as text.
            if "\0" in name or name.encode("utf-8", "replace").decode() != name:
                raise ModelError(f"model class name {name!r}: expected text that is UTF-8 and has no NUL")
        if len(set(self.classes)) != len(self.classes):
            raise ModelError(f"model classes {self.classes!r}: expected each name once")
        if not 16 <= self.tile_size <= 16384:
            raise ModelError(f"model tile size {self.tile_size} px: expected 16 to 16384")
        if not 0 <= self.overlap < self.tile_size:
            raise ModelError(f"model overlap {self.overlap} px: expected 0 to {self.tile_size - 1}")
        if self.batch_size is not None and not 1 <= self.batch_size <= 4096:
            raise ModelError(f"model batch size {self.batch_size}: expected 1 to 4096, or null for any")
        if self.gsd_m is not None and not 1e-4 <= self.gsd_m <= 100:
            raise ModelError(f"model GSD {self.gsd_m} m a pixel: expected 0.0001 to 100, or null")
        thresholds = self.thresholds()
        if not ((thresholds >= 0) & (thresholds <= 1)).all():
            raise ModelError(f"model score threshold {self.score_threshold!r}: expected 0 to 1")

    @classmethod
    def from_json(cls, text: str) -> "ModelInfo":
        """From the `herdmap` metadata. Keys that are not known are left alone: newer files add some."""
        try:
            data = json.loads(text)
            known = {k: data[k] for k in cls.__dataclass_fields__ if data.get(k) is not None}
            known["classes"] = tuple(known["classes"])
            return cls(**known)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            said = str(error) if isinstance(error, ModelError) else repr(error)
            raise ModelError(f"the model's 'herdmap' metadata cannot be used: {said}") from error

    def to_json(self) -> str:
        """The `herdmap` metadata."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def thresholds(self, override: float | None = None) -> NDArray[np.float32]:
        """(C,) float32 score threshold by label; `override` is one number for all."""
        if override is not None:
            return np.full(len(self.classes), override, np.float32)
        if isinstance(self.score_threshold, Mapping):
            default = min(self.score_threshold.values(), default=0.5)
            return np.array([self.score_threshold.get(c, default) for c in self.classes], np.float32)
        return np.full(len(self.classes), self.score_threshold, np.float32)


def _check(name: str, value: object, kinds: type | tuple[type, ...], wanted: str) -> None:
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise ModelError(f"model {name} {value!r}: expected {wanted}")


class Model(Protocol):
    """A detector, loaded. `detect` may be called from `calls_at_once` threads at a time."""

    @property
    def info(self) -> ModelInfo:
        """What the model says of itself."""
        ...

    @property
    def device(self) -> str:
        """Where it runs, as a user would say it: 'cpu', 'cuda:0'."""
        ...

    @property
    def calls_at_once(self) -> int:
        """How many calls of `detect` at a time make it fastest; no more are allowed."""
        ...

    def detect(self, tiles: NDArray[np.uint8]) -> Detections:
        """Detections of a batch, in tile px, `tiles` being the index in the batch.

        tiles: (B, H, W, 3) uint8 RGB, C-contiguous. The model's own duplicates within a class are suppressed already.
        """
        ...


def resolve(model: str | Path | None) -> Path:
    """The file of a model given as a path, as a bundled model's name, or not at all (the bundled default).

    Raises InputError where there is no such file, naming the bundled ones.
    """
    text = str(model) if model is not None else "sheep"
    path = Path(text)
    if path.is_file():
        return path
    bundled = {p.stem: p for p in sorted(BUNDLED.glob("*.onnx"))}
    if text in bundled:
        return bundled[text]
    found = "is a folder" if path.is_dir() else "does not exist"
    raise InputError(
        f"model {text!r} {found}: expected a model file, or the name of a bundled one ({', '.join(bundled)})"
    )


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load(
    model: str | Path | None = None, device: str = "auto", threads: int | None = None, calls_at_once: int = 1
) -> Model:
    """A model ready to run, from a path or a bundled model's name.

    device: 'auto', 'cpu', 'cuda' or 'cuda:N'. threads: CPU threads of the model, None for all.
    calls_at_once: at most so many calls of `detect` at a time, which share the threads; a backend may take fewer.
    Raises InputError for a missing file, ModelError for one that cannot be used.
    """
    path = resolve(model)
    size = path.stat().st_size
    if size > MAX_MODEL_BYTES:
        raise ModelError(f"{path.name} has {size} bytes: expected a model of at most {MAX_MODEL_BYTES}")
    if path.suffix.lower() != ".onnx":
        raise ModelError(f"{path.name} is not an .onnx file: export the model to ONNX first (herdmap export-model)")
    from detector.models import onnx

    return onnx.load(path, device, threads, calls_at_once)

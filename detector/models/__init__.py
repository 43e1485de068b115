"""Models: what every model offers, and how the backend for a file is found.

Each framework has one file (`onnx.py`, `torchvision.py`, ...) with the same function, `load(files, device, threads,
trust, calls_at_once)`. It returns a detector (`Model`) or a `TileClassifier`. Nothing heavy is imported before a model
is loaded.
"""

import hashlib
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import InputError, ModelError
from detector.models.info import ModelInfo
from detector.models.libraries import need
from detector.models.other_formats import answer_for
from geo.paths import StrPath, as_paths

__all__ = [
    "BUNDLED",
    "Loaded",
    "Model",
    "ModelInfo",
    "TileClassifier",
    "first_card",
    "load",
    "load_classifier",
    "open_model",
    "own_folder",
    "resolve",
    "sha256_of",
]

BUNDLED = Path(__file__).parent / "bundled"
MAX_MODEL_BYTES = 4 << 30
# The libraries that each backend needs, in addition to the core installation.
LIBRARIES = {
    "onnx": (),
    "light_head": (),
    "torchvision": ("torch", "torchvision"),
    "detectron2": ("torch", "torchvision", "detectron2"),
    "fastai": ("torch", "torchvision", "fastai"),
}


class Loaded(Protocol):
    """What every model offers once it is loaded."""

    @property
    def info(self) -> ModelInfo:
        """What the model says about itself."""
        ...

    @property
    def device(self) -> str:
        """Where it runs, as a user would write it: 'cpu' or 'cuda:0'."""
        ...

    @property
    def calls_at_once(self) -> int:
        """How many calls of `detect` or `classify` at once make it fastest. More calls are not allowed."""
        ...

    @property
    def files(self) -> tuple[Path, ...]:
        """All files of the model, in a fixed order. The model's digest is made of their digests."""
        ...

    @property
    def about(self) -> Mapping[str, str]:
        """More about the model for a person: the framework, the network that was built, the limit of detections."""
        ...

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the user should know after the tiles seen so far, such as tiles that reached the limit of detections."""
        ...


@runtime_checkable
class Model(Loaded, Protocol):
    """A detector. `detect` may be called from `calls_at_once` threads at a time."""

    def detect(self, tiles: NDArray[np.uint8]) -> Detections:
        """The detections in a batch, in tile px.

        The model removes duplicates within a class itself.

        Args:
            tiles: (B, H, W, 3) uint8 RGB, C-contiguous.

        Returns:
            The detections; their `tiles` are indices in the batch.

        Raises:
            ModelError: The model fails on these tiles.
        """
        ...


@runtime_checkable
class Interruptible(Protocol):
    """A model with calls that can be ended from outside. Those of others end by themselves."""

    def limit(self, seconds: float) -> None:
        """From now on, a call that takes longer raises ModelError."""
        ...

    def stop(self) -> None:
        """End the calls that are running in other threads. They raise ModelError."""
        ...


@runtime_checkable
class TileClassifier(Loaded, Protocol):
    """A classifier of whole tiles. `classify` may be called from `calls_at_once` threads at a time."""

    def classify(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The probability of each class for each tile, (B, C) float32.

        A row sums to 1, unless the model is `multilabel`: then each class has a probability of its own.

        Args:
            tiles: (B, H, W, 3) uint8 RGB, C-contiguous.

        Raises:
            ModelError: The model fails on these tiles.
        """
        ...


def own_folder() -> Path:
    """The folder of a user's own models. It need not exist.

    It is `herdmap/models` where this system keeps the data of programs, or the folder in HERDMAP_MODELS.
    """
    if named := os.environ.get("HERDMAP_MODELS"):
        return Path(named)
    home = Path.home()
    if sys.platform == "win32":
        data = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        data = home / "Library" / "Application Support"
    else:
        data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return data / "herdmap" / "models"


def resolve(model: StrPath | None) -> Path:
    """The file of a model.

    Args:
        model: A path, the name of a bundled model or of one in the user's own folder, or None for the default bundled
            model.

    Raises:
        InputError: There is no such file. The message names the models that have names.
        ModelError: It is a folder with a model of another runtime.
    """
    text = os.fspath(model) if model is not None else "sheep"
    path = Path(text)
    if path.is_file():
        return path
    # A name means the bundled model, whatever lies in the folder.
    named = {p.stem: p for folder in (own_folder(), BUNDLED) for p in sorted(folder.glob("*.onnx"))}
    if text in named:
        return named[text]
    if path.is_dir() and (answer := answer_for(path)) is not None:
        raise ModelError(answer)
    found = "is a folder" if path.is_dir() else "does not exist"
    raise InputError(f"model {text!r} {found}: expected a model file, or the name of one ({', '.join(sorted(named))})")


def first_card(model: StrPath) -> str:
    """What an .onnx file without metadata and without a card seems to be, and a card to begin with. Several lines.

    Raises:
        InputError: There is no such file.
        ModelError: It is none of the layouts that Herdmap knows.
    """
    return cast("str", import_module("detector.models.onnx").draft(resolve(model)))


def sha256_of(*files: StrPath) -> str:
    """The SHA-256 of a file in hex. For several files, the SHA-256 of their digests one after another."""
    digests = []
    for path in as_paths(files):
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").digest())
    return digests[0].hex() if len(digests) == 1 else hashlib.sha256(b"".join(digests)).hexdigest()


def load(
    model: StrPath | None = None,
    device: str = "auto",
    threads: int | None = None,
    trust: bool = False,
    calls_at_once: int = 1,
) -> Model:
    """Load a detector.

    Args:
        model: A path, the name of a bundled model, or None for the default bundled model.
        device: 'auto', 'cpu', 'cuda' or 'cuda:N'.
        threads: CPU threads of the model; None for all.
        trust: Run code in a pickle or in a config written in Python.
        calls_at_once: How many calls of `detect` may run at once; they share the threads. A backend may allow fewer.

    Raises:
        InputError: There is no such file.
        MissingLibraryError: The framework is not installed.
        ModelError: The model cannot be used, or is not a detector.
    """
    loaded = open_model(model, device, threads, trust, calls_at_once)
    if not isinstance(loaded, Model):
        raise ModelError(f"{loaded.files[0].name} is a {loaded.info.kind}: expected a detector")
    return loaded


def load_classifier(
    model: StrPath,
    device: str = "auto",
    threads: int | None = None,
    trust: bool = False,
    calls_at_once: int = 1,
) -> TileClassifier:
    """Load a tile classifier. The arguments and the errors are those of `load`."""
    loaded = open_model(model, device, threads, trust, calls_at_once)
    if not isinstance(loaded, TileClassifier):
        raise ModelError(f"{loaded.files[0].name} is a {loaded.info.kind}: expected a tile classifier")
    return loaded


def open_model(
    model: StrPath | None = None,
    device: str = "auto",
    threads: int | None = None,
    trust: bool = False,
    calls_at_once: int = 1,
) -> Model | TileClassifier:
    """Load a model of either kind. The arguments and the errors are those of `load`."""
    from detector.models.files import recognise

    files = recognise(resolve(model))
    for path in files.all:
        if (size := path.stat().st_size) > MAX_MODEL_BYTES:
            raise ModelError(f"{path.name} has {size} bytes: expected a model of at most {MAX_MODEL_BYTES}")
    need(*LIBRARIES[files.framework], purpose=files.path.name)
    backend = import_module(f"detector.models.{files.framework}")
    return cast("Model | TileClassifier", backend.load(files, device, threads, trust, calls_at_once))

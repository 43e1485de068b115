"""Batches that fit into memory: if a model runs out of memory, the batch is halved and tried again."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import ModelError
from detector.models import Interruptible, Loaded, Model, ModelInfo, TileClassifier
from detector.models.cap import Capped
from detector.models.precision import SeveralPrecisions
from detector.search.smaller_tiles import Again, SmallerTiles
from detector.search.timing import Profile
from geo.errors import Remark

# How libraries say that memory ran out: torch's class, and the texts of ONNX Runtime, CUDA, cuDNN and cuBLAS.
_CLASSES = frozenset({"OutOfMemoryError", "MemoryError", "_ArrayMemoryError"})
_PHRASES = (
    "out of memory",
    "failed to allocate memory",
    "bfcarena",
    "bad_alloc",
    "cudnn_status_alloc_failed",
    "cublas_status_alloc_failed",
    "cudnn_status_not_supported_workspace",
)

T = TypeVar("T")


def is_out_of_memory(error: BaseException | None) -> bool:
    """Whether an error, or its cause, says that memory ran out, in the words of any library."""
    while error is not None:
        if type(error).__name__ in _CLASSES or any(phrase in str(error).lower() for phrase in _PHRASES):
            return True
        error = error.__cause__ or error.__context__
    return False


class Fitting:
    """Calls a model with as many tiles as fit into memory.

    Attributes:
        most: How many tiles fit; None as long as every batch has fitted.

    Args:
        whole: The smallest batch that the model takes.
    """

    def __init__(self, whole: int | None) -> None:
        self.most: int | None = None
        self._whole = whole or 1
        self._lock = threading.Lock()

    def calls(self, call: Callable[[NDArray[np.uint8]], T], tiles: NDArray[np.uint8]) -> Iterator[tuple[int, T]]:
        """(index of the first tile, answer) of the calls, in order. Together they have all tiles.

        Raises:
            ModelError: The smallest batch does not fit.
        """
        start = 0
        while start < len(tiles):
            some = tiles[start : start + (self.most or len(tiles))]
            answer = self._try(call, some)
            if answer is None:
                self._halve(some)
                continue
            yield start, answer[0]
            start += len(some)

    def _try(self, call: Callable[[NDArray[np.uint8]], T], tiles: NDArray[np.uint8]) -> tuple[T] | None:
        # The error keeps the allocated memory: it must be gone before the next try.
        try:
            return (call(tiles),)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            return None

    def _halve(self, tiles: NDArray[np.uint8]) -> None:
        count, height, width = tiles.shape[:3]
        if count <= self._whole:
            raise ModelError(
                f"the model ran out of memory with {count} tiles of {width} x {height} px, which is its smallest "
                "batch: use smaller tiles or another device, or close other programs",
                about="tile_size",
            )
        with self._lock:
            half = max(self._whole, count // 2 // self._whole * self._whole)
            self.most = min(half, self.most or half)


M = TypeVar("M", bound=Loaded)


class _Fitted(Generic[M]):
    """A model with batches that fit into memory. Its time is measured as a stage. See `detector.models.Loaded`."""

    def __init__(self, model: M, profile: Profile, stage: str = "forward") -> None:
        self._model = model
        self._profile = profile
        self._stage = stage
        self._fitting = Fitting(model.info.batch_size)

    @property
    def info(self) -> ModelInfo:
        """The info of the model."""
        return self._model.info

    @property
    def device(self) -> str:
        """The device of the model."""
        return self._model.device

    @property
    def calls_at_once(self) -> int:
        """As the model allows."""
        return self._model.calls_at_once

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of the model."""
        return self._model.files

    @property
    def about(self) -> Mapping[str, str]:
        """What the model says about itself."""
        return self._model.about

    def stop(self) -> None:
        """End the model's calls that are running, if it is `detector.models.Interruptible`."""
        model: object = self._model
        if isinstance(model, Interruptible):
            model.stop()

    @property
    def remarks(self) -> tuple[str, ...]:
        """The remarks of the model, and how small its batches had to be."""
        most = self._fitting.most
        if most is None:
            return self._model.remarks
        tiles = "1 tile" if most == 1 else f"{most} tiles"
        said = (
            f"too little memory for the batches: the model gets {tiles} a call from now on; start with that many next "
            "time"
        )
        return (*self._model.remarks, Remark(said, about="batch_size"))


class FittedModel(_Fitted[Model]):
    """A detector with batches that fit into memory. See `detector.models.Model`."""

    def __init__(self, model: Model, profile: Profile, stage: str = "forward") -> None:
        super().__init__(model, profile, stage)
        told: object = model
        overlap, point_size = model.info.overlap, model.info.point_size
        self.smaller = SmallerTiles(told, overlap, point_size) if isinstance(told, Capped) else None

    @property
    def several_precisions(self) -> SeveralPrecisions | None:
        """The model, if it can search in another precision than float32."""
        told: object = self._model
        return told if isinstance(told, SeveralPrecisions) else None

    @property
    def remarks(self) -> tuple[str, ...]:
        """As every model's; but what reached the model's cap was searched again, which `detect_and_count` says."""
        if self.smaller is None:
            return super().remarks
        return tuple(said for said in super().remarks if getattr(said, "about", None) != "cap_per_tile")

    def detect(self, tiles: NDArray[np.uint8]) -> Detections:
        """The model's detections. Tiles with more animals than it can give at once are searched in smaller ones."""
        return self.detect_and_count(tiles)[0]

    def detect_and_count(self, tiles: NDArray[np.uint8]) -> tuple[Detections, Again]:
        """As `detect`, and how many of the tiles were searched in smaller ones."""
        with self._profile.measure(self._stage):
            found = list(self._fitting.calls(self._call, tiles))
        again = sum((one for _, (_, one) in found), Again())
        return Detections.concatenate([replace(f, tiles=f.tiles + i) for i, (f, _) in found]), again

    def _call(self, tiles: NDArray[np.uint8]) -> tuple[Detections, Again]:
        if self.smaller is None:
            return self._model.detect(tiles), Again()
        return self.smaller.detect_and_count(tiles)


class FittedClassifier(_Fitted[TileClassifier]):
    """A tile classifier with batches that fit into memory. See `detector.models.TileClassifier`."""

    def classify(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The classifier's probabilities."""
        with self._profile.measure(self._stage):
            return np.concatenate([found for _, found in self._fitting.calls(self._model.classify, tiles)])

"""Searches units and writes the results to the journal. Every engine does this with its share of a survey."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.models import Model, TileClassifier
from detector.search import infer, parts
from detector.search.devices import batch_size
from detector.search.gate import Gate
from detector.search.parts import Journal
from detector.search.read_ahead import PixelReader
from detector.search.timing import Profile
from detector.search.units import Unit
from detector.survey.chips import chip_maker
from detector.survey.guarded_reader import CancelledReadError, Reading
from detector.survey.headers import reason
from detector.survey.planning import PlannedImage

# The number of decoding threads. A model on the CPU needs the cores itself; one on a GPU needs all pixels it can get.
CPU_READERS = 2
GPU_READERS = 8
# How many calls a model on several cores gets at once. Each has its part of the batch, so this takes no more memory.
CALLS_AT_ONCE = 4

# An image, and the units of it that one open handle reads in order.
Group = tuple[PlannedImage, Sequence[Unit]]


@dataclass(frozen=True)
class Search:
    """The settings with which units are searched.

    Attributes:
        thresholds: (C,) float32, the score threshold by class.
        tile_size: Px of the grid.
        overlap: Px of the grid.
        chips: Whether to make chips.
        batch_size: None: as the machine allows.
        readers: None: as the machine allows.
    """

    thresholds: NDArray[np.float32]
    tile_size: int
    overlap: int
    chips: bool
    batch_size: int | None = None
    readers: int | None = None


@dataclass(frozen=True)
class Searched:
    """A unit that is done, with its boxes in its part; or a unit of an image that failed.

    Attributes:
        image: The index of the image in the survey.
        key: The key of the unit.
        tiles: The number of tiles.
        detections: The number of raw boxes above the threshold.
        error: Why the image failed, or None.
    """

    image: int
    key: str
    tiles: int
    detections: int
    error: str | None = None


def search(
    how: Search,
    groups: Iterable[Group],
    model: Model | TileClassifier,
    gate: Gate | None,
    journal: Journal,
    reading: Reading,
    cancelled: Callable[[], bool],
    profile: Profile,
) -> Iterator[Searched]:
    """Search units and write their parts. Yields each unit when its part is written. Ends early if cancelled.

    Raises:
        ModelError: The model fails.
        OSError: A part cannot be written.
    """
    on_the_way = _OnTheWay(reading)
    results = _results(how, on_the_way.units(groups), on_the_way, model, gate, cancelled, profile)
    for result in results:
        unit = result.unit
        if result.error is not None:
            # A read that was given up because the run ends says nothing about its image.
            if result.error == CancelledReadError.__name__ or cancelled():
                return
            why = reason(result.error, on_the_way.image(unit.image).path)
            on_the_way.done(unit)
            yield Searched(unit.image, unit.key, result.tiles, 0, why)
            continue
        with profile.measure("journal"):
            journal.write(unit.key, parts.of(result))
        on_the_way.done(unit)
        profile.tiles += result.tiles
        counts = result.detections.scores >= how.thresholds[result.detections.labels]
        yield Searched(unit.image, unit.key, result.tiles, int(counts.sum()))


class _OnTheWay:
    """The images of the units that are in work, for several threads.

    A worker of a cluster must not keep every image that it has seen.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._images: dict[int, PlannedImage] = {}
        self._left: Counter[int] = Counter()
        self._changing = threading.Lock()

    def units(self, groups: Iterable[Group]) -> Iterator[Sequence[Unit]]:
        """The units of the groups. From then on, the image of a group is in work."""
        for image, of_image in groups:
            index = of_image[0].image
            with self._changing:
                self._images[index] = image
                self._left[index] += len(of_image)
            yield of_image

    def image(self, index: int) -> PlannedImage:
        """An image by its index in the survey."""
        return self._images[index]

    def open(self, index: int) -> AbstractContextManager[PixelReader]:
        """Open an image for reading."""
        return self._reading.image(self._images[index])

    def begun(self, unit: Unit) -> None:
        """Note that a unit is at the model."""
        self._reading.begun(self._images[unit.image], unit.key)

    def done(self, unit: Unit) -> None:
        """Note that a unit is searched, or has failed."""
        self._reading.done(self._images[unit.image], unit.key)
        with self._changing:
            self._left[unit.image] -= 1
            if not self._left[unit.image]:
                del self._left[unit.image], self._images[unit.image]


def tiles_at_once(given: int | None, tile_size: int, model: Model | TileClassifier) -> int:
    """How many tiles of `tile_size` px are at a model at once: as given, as the model wants, or as fit in memory."""
    return given or model.info.batch_size or batch_size(model.device, tile_size)


def _results(
    how: Search,
    units: Iterable[Sequence[Unit]],
    on_the_way: _OnTheWay,
    model: Model | TileClassifier,
    gate: Gate | None,
    cancelled: Callable[[], bool],
    profile: Profile,
) -> Iterator[infer.Result]:
    """The model's answers for each unit."""
    tiles_a_call = tiles_at_once(how.batch_size, how.tile_size, model)
    readers = how.readers or (CPU_READERS if model.device == "cpu" else GPU_READERS)
    if isinstance(model, TileClassifier):
        return infer.classify(
            units,
            on_the_way.open,
            model,
            batch_size=tiles_a_call,
            readers=readers,
            begun=on_the_way.begun,
            cancelled=cancelled,
        )
    return infer.detect(
        units,
        on_the_way.open,
        model,
        gate=gate,
        batch_size=tiles_a_call,
        readers=readers,
        chip=chip_maker(how.thresholds, profile) if how.chips else None,
        begun=on_the_way.begun,
        cancelled=cancelled,
    )

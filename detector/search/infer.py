"""Runs pixels through a model: reads ahead in threads, cuts tiles, makes batches, and puts every box back into its
image.

    reader threads:  open an image, read a block of tiles     (bounded by bytes, not by count)
    model threads:   cut tiles out of the block -> a batch -> model -> boxes in px of the grid
    this thread:     a block's boxes in one order, and their chips, while the model has the next block

`detect` runs a detector, with a gate or without. `classify` runs a tile classifier instead.

The model never waits for pixels that could have been decoded before, and memory does not grow with the image.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.models import Model, TileClassifier
from detector.search.gate import Gate
from detector.search.in_grid import in_grid
from detector.search.model_calls import answered, calls
from detector.search.read_ahead import Opener, ReadAhead, ReadBlock
from detector.search.smaller_tiles import Again, Counting
from detector.search.units import Unit

# How many decoded pixels, for each reader, may wait for the model or be in reading. One block of any size may always be
# read while the model has another. On the CPU the model is slower than the readers, so less is enough.
CPU_AHEAD_BYTES, GPU_AHEAD_BYTES = 48 << 20, 64 << 20
# A gate is smaller than its detector and sees every tile, so it takes this many of the detector's batches at once.
GATE_BATCHES = 4

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Result:
    """The result of a unit: boxes in px of the grid, or probabilities of its tiles, or the reason why there are none.

    Attributes:
        unit: The unit.
        detections: The boxes, px of the grid.
        chips: A JPEG for each detection, or None.
        tiles: The number of tiles in the unit.
        skipped: How many tiles have no data. The model did not see them.
        gated: The indices in the grid of the tiles that the gate held back.
        probabilities: (tiles, C) float32 of a classifier, with rows of NaN for tiles without data; (0, 0) for a
            detector.
        error: Why there is no result, or None.
        again: How many of the tiles were searched in smaller ones.
    """

    unit: Unit
    detections: Detections
    chips: list[bytes | None]
    tiles: int
    skipped: int = 0
    gated: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    probabilities: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    error: str | None = None
    again: Again = field(default_factory=Again)


# Small pictures: (unit, pixels of its block, its detections in px of the grid) -> a JPEG for each, or None for none.
ChipMaker = Callable[[Unit, NDArray[np.uint8], Detections], list[bytes | None]]


def detect(
    groups: Iterable[Sequence[Unit]],
    open_image: Opener,
    model: Model,
    *,
    gate: Gate | None = None,
    batch_size: int = 4,
    readers: int = 2,
    chip: ChipMaker | None = None,
    begun: Callable[[Unit], None] = lambda unit: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Result]:
    """Run the model over units and yield a result for each, in the order in which reads finish. Reading runs ahead.

    groups: units that are read through one open file, in order (all units of an image if its storage is sequential).
    open_image: opens an image by its index; if it or a read raises, the image fails, not the run. gate: sees every tile
    first, in its own batches; the model sees only tiles that pass. batch_size: how many tiles are at the model at once;
    if the model takes several calls at once, they share them. chip: makes the pictures of detections while their pixels
    are in memory. begun: called with each unit before the model sees any of it. cancelled: asked before every batch, in
    any thread; if it says yes, the units in work are dropped and the iteration ends.

    Raises ModelError if the model itself fails.
    """
    look = _counting(model)
    with calls(model) as pool, calls(gate.classifier if gate else None) as gate_pool:

        def hand_over(read: ReadBlock) -> _AtModel | None:
            tiles = shown = _Tiles.of(read)
            if gate is not None:
                at_once = share(GATE_BATCHES * batch_size, gate.classifier)
                made = tiles.submit(gate.passes, at_once, gate_pool, cancelled)
                answers = [answered(call, cancelled) for _, call in made]
                passes = [answer for answer in answers if answer is not None]
                if len(passes) < len(answers):
                    return None
                shown = tiles.only(np.concatenate([*passes, np.zeros(0, bool)]))
            return _AtModel(read, tiles, shown, shown.submit(look, share(batch_size, model), pool, cancelled))

        def result(at: _AtModel, answers: list[tuple[Detections, Again]]) -> Result:
            unit = at.read.unit
            size = model.info.point_size
            calls = zip(at.calls, answers, strict=True)
            parts = [in_grid(found, index, unit.tiling, size) for (index, _), (found, _) in calls]
            found = _shown(Detections.concatenate(parts), at.read).in_canonical_order()
            chips: list[bytes | None] = [None] * len(found)
            if chip is not None and at.read.pixels is not None:
                chips = chip(unit, at.read.pixels, found)
            gated = np.setdiff1d(at.tiles.index, at.shown.index, assume_unique=True)
            again = sum((one for _, one in answers), Again())
            return Result(unit, found, chips, at.tiles.total, at.tiles.skipped, gated, error=at.read.error, again=again)

        ahead = _read_ahead(groups, open_image, readers, model)
        yield from _in_turn(ahead, begun, hand_over, result, cancelled)


def classify(
    groups: Iterable[Sequence[Unit]],
    open_image: Opener,
    classifier: TileClassifier,
    *,
    batch_size: int = 4,
    readers: int = 2,
    begun: Callable[[Unit], None] = lambda unit: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Result]:
    """Run a tile classifier over units, as `detect` runs a detector. The results have probabilities and no boxes."""
    with calls(classifier) as pool:

        def hand_over(read: ReadBlock) -> _AtModel:
            tiles = _Tiles.of(read)
            return _AtModel(
                read, tiles, tiles, tiles.submit(classifier.classify, share(batch_size, classifier), pool, cancelled)
            )

        def result(at: _AtModel, answers: list[NDArray[np.float32]]) -> Result:
            unit = at.read.unit
            found = np.full((at.tiles.total, len(classifier.info.classes)), np.nan, np.float32)
            if answers:
                found[np.isin(unit.grid.tiles_of(unit.block), at.tiles.index)] = np.concatenate(answers)
            empty = Detections.empty()
            return Result(unit, empty, [], at.tiles.total, at.tiles.skipped, probabilities=found, error=at.read.error)

        ahead = _read_ahead(groups, open_image, readers, classifier)
        yield from _in_turn(ahead, begun, hand_over, result, cancelled)


def _counting(model: Model) -> Callable[[NDArray[np.uint8]], tuple[Detections, Again]]:
    """The model's detections, and how many tiles it searched in smaller ones, if it says so."""
    told: object = model
    if isinstance(told, Counting):
        return told.detect_and_count
    return lambda tiles: (model.detect(tiles), Again())


def share(batch_size: int, model: Model | TileClassifier) -> int:
    """Tiles per call. The tiles at the model at one time are a batch, however many calls it is divided into."""
    whole = model.info.batch_size or 1
    return whole * -(-batch_size // (whole * model.calls_at_once))


@dataclass(frozen=True)
class _Tiles:
    """Tiles of a block that was read.

    Attributes:
        index: (T,) the index in the grid.
        corners: (T, 2) the top left corner, px of the block.
        total: How many tiles the block has, as in `Result`.
        skipped: How many tiles have no data, as in `Result`.
    """

    read: ReadBlock
    index: NDArray[np.int32]
    corners: NDArray[np.int64]
    total: int
    skipped: int = 0

    @classmethod
    def of(cls, read: ReadBlock) -> "_Tiles":
        """The tiles with data; none if the block could not be read."""
        grid, block, valid = read.unit.tiling, read.unit.block, read.valid
        index = grid.tiles_of(block)
        corners = grid.boxes[index, :2] - np.array([block.x, block.y])
        tiles = cls(read, index, corners, len(index))
        if read.pixels is None:
            return tiles.only(np.zeros(len(index), bool))
        if valid is None:
            return tiles
        held = np.array([valid[y : y + grid.tile_height, x : x + grid.tile_width].any() for x, y in corners], bool)
        return replace(tiles.only(held), skipped=int((~held).sum()))

    def only(self, chosen: NDArray[np.bool_]) -> "_Tiles":
        return replace(self, index=self.index[chosen], corners=self.corners[chosen])

    def submit(
        self,
        call: Callable[[NDArray[np.uint8]], _Answer],
        share: int,
        pool: ThreadPoolExecutor,
        cancelled: Callable[[], bool],
    ) -> "list[tuple[NDArray[np.int32], Future[_Answer | None]]]":
        """Give the tiles to a model, `share` of them per call. Returns their indices and its answers (None if
        cancelled).
        """
        pixels, height, width = self.read.pixels, self.read.unit.grid.tile_height, self.read.unit.grid.tile_width
        if pixels is None:
            return []

        def answer(corners: NDArray[np.int64]) -> _Answer | None:
            if cancelled():
                return None
            shown = [pixels[y : y + height, x : x + width] for x, y in corners]
            # A block that is one tile is shown as it lies in memory.
            return call(np.ascontiguousarray(shown[0])[None] if len(shown) == 1 else np.stack(shown))

        starts = range(0, len(self.index), share)
        return [(self.index[i : i + share], pool.submit(answer, self.corners[i : i + share])) for i in starts]


@dataclass(frozen=True)
class _AtModel:
    """A block, its tiles, the tiles that the model sees, and the calls that they were divided into."""

    read: ReadBlock
    tiles: _Tiles
    shown: _Tiles
    calls: list[tuple[NDArray[np.int32], "Future[Any]"]]


def _read_ahead(
    groups: Iterable[Sequence[Unit]], open_image: Opener, readers: int, model: Model | TileClassifier
) -> ReadAhead:
    """The readers of a model's blocks."""
    each = CPU_AHEAD_BYTES if model.device == "cpu" else GPU_AHEAD_BYTES
    return ReadAhead(groups, open_image, readers, readers * each)


def _in_turn(
    ahead: ReadAhead,
    begun: Callable[[Unit], None],
    hand_over: Callable[[ReadBlock], _AtModel | None],
    result: Callable[[_AtModel, list[Any]], Result],
    cancelled: Callable[[], bool],
) -> Iterator[Result]:
    """Blocks are read ahead and given to the model; the result of each is made while the model has the next.

    hand_over: returns None if the run was cancelled meanwhile. result: makes a result of a block and the answers to its
    calls.
    """
    at_model: deque[_AtModel] = deque()

    def finished() -> Result | None:
        first = at_model.popleft()
        answers = [answered(call, cancelled) for _, call in first.calls]
        if any(answer is None for answer in answers):
            return None
        made = result(first, answers)
        ahead.give_back(first.read)
        return made

    try:
        for read in ahead:
            begun(read.unit)
            if (handed := hand_over(read)) is None:
                return
            at_model.append(handed)
            if len(at_model) > 1:
                if (made := finished()) is None:
                    return
                yield made
        while at_model:
            if (made := finished()) is None:
                return
            yield made
    finally:
        ahead.stop()


def _shown(found: Detections, read: ReadBlock) -> Detections:
    """The detections (px of the grid) with a centre that no mask, alpha or nodata hides."""
    if read.valid is None or not len(found):
        return found
    block = read.unit.block
    centres = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2 - np.array([block.x, block.y], np.float32)
    x, y = np.floor(centres).astype(np.int64).T
    inside = (x >= 0) & (y >= 0) & (x < block.width) & (y < block.height)
    held = np.zeros(len(found), bool)
    held[inside] = read.valid[y[inside], x[inside]]
    return found[held]

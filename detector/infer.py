"""Pixels through a model: read ahead in threads, cut into tiles, batched, and every box put back into its image.

    reader threads:  open an image, read a block of tiles     (bounded by bytes, not by count)
    model threads:   cut tiles out of the block -> a batch -> model -> boxes in px of the grid
    this thread:     a block's boxes in one order, and their chips, while the model has the next block

The model never waits for a decode that could have been done, and memory does not grow with the image.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.models import Model
from detector.tiles import Block, TileGrid

# Decoded pixels that may wait for the model or be in reading, for each reader; whatever a block's size, one may
# always be read while the model has another.
READ_AHEAD_BYTES = 64 << 20
LEAST_BLOCKS = 2


@dataclass(frozen=True)
class Unit:
    """The work of one read: a block of an image's tiles.

    image: index of the image in the survey. grid: the tiles of the whole image. block: which of them.
    scale: px of the grid for one px of the image; 1 unless the image is resampled to the model's GSD.
    key: names the unit's part, from everything its result depends on.
    """

    image: int
    grid: TileGrid
    block: Block
    scale: float = 1.0
    key: str = ""

    @property
    def pixels(self) -> int:
        """Pixels that the read yields."""
        return self.block.width * self.block.height


@dataclass(frozen=True)
class Result:
    """What came of a unit: boxes in px of the grid, or the reason why there are none.

    chips: a JPEG for each detection, or None. tiles: how many tiles the unit has; skipped: how many of them hold no
    data and were not shown to the model.
    """

    unit: Unit
    detections: Detections
    chips: list[bytes | None]
    tiles: int
    skipped: int = 0
    error: str | None = None


class PixelReader(Protocol):
    """One image, open. Used by one thread at a time."""

    def read(
        self, x: float, y: float, width: float, height: float, out_shape: tuple[int, int] | None = None
    ) -> tuple[NDArray[np.uint8], NDArray[np.bool_] | None]:
        """A window in image px, resampled to `out_shape` (rows, columns) where given.

        Returns (rows, columns, 3) uint8 RGB and a (rows, columns) mask of pixels that hold data, None where all do.
        """
        ...


Opener = Callable[[int], AbstractContextManager[PixelReader]]
# Small pictures: (pixels of a block, detections in px of the block) -> a JPEG for each, or None for none.
ChipMaker = Callable[[NDArray[np.uint8], Detections], list[bytes | None]]


@dataclass(frozen=True)
class _Block:
    """A block that was read, or the reason why not; `held` bytes of the budget go back when it is done with."""

    unit: Unit
    pixels: NDArray[np.uint8] | None
    valid: NDArray[np.bool_] | None
    held: int
    error: str | None = None


class _ReadAhead:
    """Reader threads that stay ahead of one consumer, by at most `limit` bytes of pixels."""

    def __init__(self, groups: Iterable[Sequence[Unit]], open_image: Opener, readers: int, limit: int) -> None:
        self._groups = iter(groups)
        self._open = open_image
        self._limit = limit
        self._held = self._blocks = 0
        self._room = threading.Condition()
        self._stopped = False
        self._take = threading.Lock()
        self._ready: queue.SimpleQueue[_Block | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"read-{i}", daemon=True) for i in range(max(1, readers))
        ]
        for thread in self._threads:
            thread.start()

    def __iter__(self) -> Iterator[_Block]:
        running = len(self._threads)
        while running:
            block = self._ready.get()
            if block is None:
                running -= 1
                continue
            yield block

    def give_back(self, block: _Block) -> None:
        """A block is done with: there is room for another."""
        self._give_back(block.held)

    def stop(self) -> None:
        """End the threads; what they have read is dropped."""
        with self._room:
            self._stopped = True
            self._room.notify_all()
        for thread in self._threads:
            thread.join()

    def _wait_for_room(self, size: int) -> bool:
        with self._room:
            while not self._stopped and self._blocks >= LEAST_BLOCKS and self._held + size > self._limit:
                self._room.wait()
            self._held += size
            self._blocks += 1
            return not self._stopped

    def _give_back(self, size: int) -> None:
        with self._room:
            if size:
                self._held -= size
                self._blocks -= 1
                self._room.notify_all()

    def _next_group(self) -> Sequence[Unit] | None:
        with self._take:
            return next(self._groups, None)

    def _work(self) -> None:
        try:
            while not self._stopped and (group := self._next_group()) is not None:
                self._read_group(group)
        finally:
            self._ready.put(None)

    def _read_group(self, group: Sequence[Unit]) -> None:
        done = 0
        try:
            with self._open(group[0].image) as reader:
                for unit in group:
                    size = 3 * unit.pixels
                    if not self._wait_for_room(size):
                        return
                    try:
                        pixels, valid = _read(reader, unit)
                    except BaseException:
                        self._give_back(size)
                        raise
                    self._ready.put(_Block(unit, pixels, valid, size))
                    done += 1
        # Whatever a decoder raises is the reason why this image failed; the other images go on.
        except Exception as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            for unit in group[done:]:
                self._ready.put(_Block(unit, None, None, 0, reason))


def _read(reader: PixelReader, unit: Unit) -> tuple[NDArray[np.uint8], NDArray[np.bool_] | None]:
    block = unit.block
    if unit.scale == 1:
        return reader.read(block.x, block.y, block.width, block.height)
    x, y, width, height = (v / unit.scale for v in (block.x, block.y, block.width, block.height))
    return reader.read(x, y, width, height, (block.height, block.width))


def detect(
    groups: Iterable[Sequence[Unit]],
    open_image: Opener,
    model: Model,
    *,
    batch_size: int = 4,
    readers: int = 2,
    chip: ChipMaker | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Result]:
    """Run the model over units, read ahead; yields a result a unit, in the order in which reads finish.

    groups: units that are read through one open handle, in order (all of an image whose storage is sequential).
    open_image: opens an image by its index; what it or the read raises is that image's failure, not the run's.
    chip: makes the detections' pictures while their pixels are at hand.
    batch_size: tiles at the model at a time; a model that takes several calls gets a share of them in each.
    cancelled: asked before every batch, in any thread; the units in work are then dropped and the iteration ends.
    Raises ModelError where the model itself fails.
    """
    # Tiles that are at the model at a time are a batch, however many calls it is cut into.
    whole = model.info.batch_size or 1
    share = whole * -(-batch_size // (whole * model.calls_at_once))
    ahead = _ReadAhead(groups, open_image, readers, readers * READ_AHEAD_BYTES)
    pool = ThreadPoolExecutor(model.calls_at_once, thread_name_prefix="model")
    at_model: deque[_AtModel] = deque()

    def finished() -> Result | None:
        first = at_model.popleft()
        result = first.result(chip)
        ahead.give_back(first.read)
        return result

    try:
        for read in ahead:
            at_model.append(_at_model(read, model, share, pool, cancelled))
            if len(at_model) > 1:
                if (result := finished()) is None:
                    return
                yield result
        while at_model:
            if (result := finished()) is None:
                return
            yield result
    finally:
        pool.shutdown(cancel_futures=True)
        ahead.stop()


@dataclass(frozen=True)
class _AtModel:
    """A block and the batches that it was cut into: (tiles, what the model makes of them; None once cancelled)."""

    read: _Block
    total: int
    batches: list[tuple[NDArray[np.int32], "Future[Detections | None]"]]

    def result(self, chip: ChipMaker | None) -> Result | None:
        """What came of the block, when all its batches are done; None where the run was cancelled meanwhile."""
        unit, pixels = self.read.unit, self.read.pixels
        if pixels is None:
            return Result(unit, Detections.empty(), [], self.total, error=self.read.error)
        parts = []
        for tiles, answer in self.batches:
            found = answer.result()
            if found is None:
                return None
            parts.append(_in_grid(found, tiles, unit.grid))
        found = Detections.concatenate(parts).in_canonical_order()
        chips: list[bytes | None] = [None] * len(found)
        if chip is not None:
            in_block = found.boxes - np.array([unit.block.x, unit.block.y] * 2, np.float32)
            chips = chip(pixels, replace(found, boxes=in_block))
        shown = sum(len(tiles) for tiles, _ in self.batches)
        return Result(unit, found, chips, self.total, self.total - shown)


def _at_model(
    read: _Block, model: Model, share: int, pool: ThreadPoolExecutor, cancelled: Callable[[], bool]
) -> _AtModel:
    """Hand a block's tiles to the model, `share` of them a call."""
    grid, block = read.unit.grid, read.unit.block
    tiles = grid.tiles_of(block)
    pixels, total = read.pixels, len(tiles)
    if pixels is None:
        return _AtModel(read, total, [])
    # (T, 2) top left corners in px of the block.
    corners = grid.boxes[tiles, :2] - np.array([block.x, block.y])
    if read.valid is not None:
        valid = read.valid
        held = [valid[y : y + grid.tile_height, x : x + grid.tile_width].any() for x, y in corners]
        tiles, corners = tiles[held], corners[held]

    def detect_at(corners: NDArray[np.int64]) -> Detections | None:
        if cancelled():
            return None
        cut = [pixels[y : y + grid.tile_height, x : x + grid.tile_width] for x, y in corners]
        return model.detect(np.stack(cut))

    starts = range(0, len(tiles), share)
    batches = [(tiles[i : i + share], pool.submit(detect_at, corners[i : i + share])) for i in starts]
    return _AtModel(read, total, batches)


def _in_grid(found: Detections, tiles: NDArray[np.int32], grid: TileGrid) -> Detections:
    """Boxes of a batch (tile px) as boxes of the grid, knowing their tile and the sides that it cuts."""
    tile = tiles[found.tiles]
    boxes = found.boxes + np.tile(grid.boxes[tile, :2], 2).astype(np.float32)
    return replace(found, boxes=boxes, tiles=tile, edges=grid.edges(boxes, tile))

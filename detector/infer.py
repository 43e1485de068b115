"""Pixels through a model: read ahead in threads, cut into tiles, batched, and every box put back into its image.

    reader threads:  open an image, read a block of tiles     (bounded by bytes, not by count)
    this thread:     cut the block into tiles -> batches -> model -> boxes in px of the grid

The model never waits for a decode that could have been done, and memory does not grow with the image.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
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
    cancelled: asked before every batch; the unit in work is then dropped and the iteration ends.
    Raises ModelError where the model itself fails.
    """
    ahead = _ReadAhead(groups, open_image, readers, readers * READ_AHEAD_BYTES)
    try:
        for read in ahead:
            if read.pixels is None:
                count = len(read.unit.grid.tiles_of(read.unit.block))
                yield Result(read.unit, Detections.empty(), [], count, error=read.error)
                continue
            result = _detect_block(read.unit, read.pixels, read.valid, model, batch_size, chip, cancelled)
            if result is None:
                return
            yield result
    finally:
        ahead.stop()


def _detect_block(
    unit: Unit,
    pixels: NDArray[np.uint8],
    valid: NDArray[np.bool_] | None,
    model: Model,
    batch_size: int,
    chip: ChipMaker | None,
    cancelled: Callable[[], bool],
) -> Result | None:
    grid, block = unit.grid, unit.block
    tiles = grid.tiles_of(block)
    # (T, 2) top left corners in px of the block.
    corners = grid.boxes[tiles, :2] - np.array([block.x, block.y])
    total = len(tiles)
    if valid is not None:
        held = [valid[y : y + grid.tile_height, x : x + grid.tile_width].any() for x, y in corners]
        tiles, corners = tiles[held], corners[held]
    parts = []
    for start in range(0, len(tiles), batch_size):
        if cancelled():
            return None
        batch = np.stack(
            [pixels[y : y + grid.tile_height, x : x + grid.tile_width] for x, y in corners[start : start + batch_size]]
        )
        parts.append(_in_grid(model.detect(batch), tiles[start : start + batch_size], grid))
    found = Detections.concatenate(parts).in_canonical_order()
    chips: list[bytes | None] = [None] * len(found)
    if chip is not None:
        in_block = found.boxes - np.array([block.x, block.y] * 2, np.float32)
        chips = chip(pixels, replace(found, boxes=in_block))
    return Result(unit, found, chips, total, total - len(tiles))


def _in_grid(found: Detections, tiles: NDArray[np.int32], grid: TileGrid) -> Detections:
    """Boxes of a batch (tile px) as boxes of the grid, knowing their tile and the sides that it cuts."""
    tile = tiles[found.tiles]
    boxes = found.boxes + np.tile(grid.boxes[tile, :2], 2).astype(np.float32)
    return replace(found, boxes=boxes, tiles=tile, edges=grid.edges(boxes, tile))

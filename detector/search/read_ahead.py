"""Reads the pixels of units ahead of a model, in threads and within a bound of bytes."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from detector.search.units import Unit
from geo.errors import one_line

# One block of any size may always be read while the model has another.
LEAST_BLOCKS = 2


class PixelReader(Protocol):
    """One image, open. Used by one thread at a time."""

    def read(
        self, x: float, y: float, width: float, height: float, out_shape: tuple[int, int] | None = None
    ) -> tuple[NDArray[np.uint8], NDArray[np.bool_] | None]:
        """A window in image px, resampled to `out_shape` (rows, columns) if given.

        Returns (rows, columns, 3) uint8 RGB and a (rows, columns) mask of pixels that hold data, None if all do.
        """
        ...


Opener = Callable[[int], AbstractContextManager[PixelReader]]


@dataclass(frozen=True)
class ReadBlock:
    """A block that was read, or the reason why it could not be.

    When it is finished, `held` bytes of the budget become free.
    """

    unit: Unit
    pixels: NDArray[np.uint8] | None
    valid: NDArray[np.bool_] | None
    held: int
    error: str | None = None


class ReadAhead:
    """Threads that read ahead of one consumer, by at most `limit` bytes of pixels."""

    def __init__(self, groups: Iterable[Sequence[Unit]], open_image: Opener, readers: int, limit: int) -> None:
        self._groups = iter(groups)
        self._open = open_image
        self._limit = limit
        self._held = self._blocks = 0
        self._room = threading.Condition()
        self._stopped = False
        self._take = threading.Lock()
        self._ready: queue.SimpleQueue[ReadBlock | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"read-{i}", daemon=True) for i in range(max(1, readers))
        ]
        for thread in self._threads:
            thread.start()

    def __iter__(self) -> Iterator[ReadBlock]:
        running = len(self._threads)
        while running:
            block = self._ready.get()
            if block is None:
                running -= 1
                continue
            yield block

    def give_back(self, block: ReadBlock) -> None:
        """Call this when a block is finished: its bytes become free for another."""
        self._give_back(block.held)

    def stop(self) -> None:
        """End the threads and drop the blocks that they have read."""
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
                        pixels, valid = read_unit(reader, unit)
                    except BaseException:
                        self._give_back(size)
                        raise
                    self._ready.put(ReadBlock(unit, pixels, valid, size))
                    done += 1
        # An error of the decoder makes this image fail; the other images continue.
        except Exception as error:
            reason = one_line(error)
            for unit in group[done:]:
                self._ready.put(ReadBlock(unit, None, None, 0, reason))


def read_unit(reader: PixelReader, unit: Unit) -> tuple[NDArray[np.uint8], NDArray[np.bool_] | None]:
    """A unit's block in px of its grid, and a mask of where it has data.

    Pixels without data are black for the model.
    """
    block = unit.block
    across, down = unit.scale
    if across == down == 1:
        pixels, valid = reader.read(block.x, block.y, block.width, block.height)
    else:
        window = (block.x / across, block.y / down, block.width / across, block.height / down)
        pixels, valid = reader.read(*window, (block.height, block.width))
    if valid is not None:
        pixels[~valid] = 0
    return pixels, valid

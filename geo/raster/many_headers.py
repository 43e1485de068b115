"""Reads the headers of many images ahead, in processes beside this one.

They only read ahead. What cannot be read in this way, or takes too long, is left to whoever asks: it is read again
where errors are told, and where a file that crashes a decoder is found out.
"""

import contextlib
import os
import pickle  # nosec B403
import queue
import subprocess  # nosec B404
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from geo.errors import GeoError
from geo.machine import cores
from geo.paths import StrPath
from geo.process_tree import ProcessTree
from geo.raster.gdal import settled
from geo.raster.header import RasterInfo, inspect

# A process takes a second to start, as long as the headers of a thousand photos.
AT_LEAST = 4_000
# Images that a process is asked for at once, and how often each is asked ahead.
_AT_ONCE, _AHEAD = 64, 3
# The time for starting Python and GDAL, seconds.
_START_S = 30.0
# While waiting for headers, how often to check whether the run was cancelled: seconds.
_POLL_S = 0.2
_CHILD = """
from geo.process_tree import end_with_parent
end_with_parent({})
from geo.raster.many_headers import child
child()
"""

Read = RasterInfo | None


def headers_ahead(
    paths: Sequence[StrPath], limit_s: float, cancelled: Callable[[], bool] = lambda: False
) -> Generator[Read, None, None]:
    """The header of each image, in their order; None for one that is left to the caller.

    Where there are few images or the machine has one core, all are. Close it to end the processes.

    Args:
        paths: The images.
        limit_s: How long the images that a process is asked for at once may take; after that all are left.
        cancelled: Whether to stop waiting; then too all are left.
    """
    if len(paths) < AT_LEAST or cores() < 2:
        yield from [None] * len(paths)
        return
    pieces = [paths[start : start + _AT_ONCE] for start in range(0, len(paths), _AT_ONCE)]
    helpers = [_Helper() for _ in range(min(cores(), len(pieces)))]
    idle: queue.SimpleQueue[_Helper] = queue.SimpleQueue()
    for helper in helpers:
        idle.put(helper)

    def ask(piece: Sequence[StrPath]) -> list[Read]:
        helper = idle.get()
        try:
            return helper.ask(piece)
        finally:
            idle.put(helper)

    asked: deque[tuple[Sequence[StrPath], Future[list[Read]]]] = deque()
    left = iter(pieces)
    with ThreadPoolExecutor(len(helpers)) as pool:
        try:
            while True:
                while len(asked) < _AHEAD * len(helpers) and (piece := next(left, None)) is not None:
                    asked.append((piece, pool.submit(ask, piece)))
                if not asked:
                    return
                piece, answer = asked.popleft()
                until = time.monotonic() + _START_S + limit_s
                while not answer.done() and not cancelled() and time.monotonic() < until:
                    wait([answer], _POLL_S)
                if not answer.done():
                    for helper in helpers:
                        helper.end()
                yield from answer.result() if answer.done() else [None] * len(piece)
        finally:
            for helper in helpers:
                helper.end()


class _Helper:
    """A process that reads headers for a thread that asks for them. After a failure it reads none."""

    def __init__(self) -> None:
        self._tree: ProcessTree | None = None
        with contextlib.suppress(OSError, ValueError):
            # -P: without it, Python would first look for modules in the current folder, where the photos may be.
            command = [sys.executable, "-P", "-c", _CHILD.format(os.getpid())]
            self._tree = ProcessTree(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def ask(self, paths: Sequence[StrPath]) -> list[Read]:
        """The header of each image; None for those that it does not read."""
        if self._tree is not None:
            given, answered = self._tree.process.stdin, self._tree.process.stdout
            assert given is not None
            assert answered is not None
            with contextlib.suppress(OSError, ValueError, EOFError, pickle.UnpicklingError):
                given.write(pickle.dumps([os.fspath(path) for path in paths]))
                given.flush()
                # What this process started wrote it.
                found: list[Read] = pickle.load(answered)  # noqa: S301 # nosec B301
                return found
            self.end()
        return [None] * len(paths)

    def end(self) -> None:
        """End the process. A thread that waits for its answer gets none."""
        tree, self._tree = self._tree, None
        if tree is not None:
            tree.end()
            tree.process.wait()
            for pipe in (tree.process.stdin, tree.process.stdout):
                with contextlib.suppress(OSError):
                    assert pipe is not None
                    pipe.close()


def child() -> None:
    """The other process: answer until nothing more is asked."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints would spoil the answers
    with contextlib.suppress(EOFError, OSError), settled():
        while True:
            paths = pickle.load(sys.stdin.buffer)  # noqa: S301 (the process that started this one wrote it) # nosec B301
            pickle.dump([_header(path) for path in paths], answers)
            answers.flush()


def _header(path: str) -> Read:
    try:
        return inspect(path)
    except (GeoError, OSError):
        return None

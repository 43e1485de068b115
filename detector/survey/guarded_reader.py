"""Opens images so that a bad image fails alone: it must not change after the plan, reads have a time limit, and what is
in work is noted.

A decoder or a model in native code may crash the process, or never return. What is in work is noted in a file that
survives, for `crash_retry.blame` in the next run. A read that takes longer than the limit is given up, and its thread
is abandoned. In both cases the image fails, and the failure is remembered.
"""

import contextlib
import json
import os
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from detector.errors import DetectorError, InputError
from detector.search.parts import Journal, key
from detector.search.timing import Profile
from detector.survey.headers import reason
from detector.survey.planning import PlannedImage
from geo import raster
from geo.errors import GeoError, RasterError, Remark

# While waiting for a read: how often it is checked whether the run was cancelled, seconds.
_POLL_S = 0.2
# How much of a file is read as bytes, to tell a damaged file from a disk that does not answer.
_PROBE_MB = 64

T = TypeVar("T")
Window = tuple[float, float, float, float, tuple[int, int] | None]
BORDER = ("border",)  # what is noted where the edges of an image are read
SAMPLE = ("sample",)  # what is noted where values from all over an image are read


class CancelledReadError(InputError):
    """A read was given up because the run must end."""


class _TooLongError(InputError):
    """A read took longer than the limit."""


def failure_key(relative: str, size: int, mtime_ns: int) -> str:
    """The key of an image's failure.

    It depends on the file's time and size, so a file that has changed is tried again.
    """
    return key(failed=relative, size=size, mtime_ns=mtime_ns)


class Reading:
    """Opens the images of one run. Use it as a context manager: an orderly end leaves no notes.

    `remembered` counts the known failures.

    Args:
        journal: Where to record failures that another try would not mend.
        limit_s: How long one read may take.
        notes: The file that says what is in work; None for no notes.
        cancelled: Whether to stop waiting.
        known: The failures of earlier runs, by key. Those images are not tried again.
        profile: Gets the time of the reads.
    """

    def __init__(
        self,
        journal: Journal,
        limit_s: float,
        notes: Path | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        known: Mapping[str, Remark] | None = None,
        profile: Profile | None = None,
    ) -> None:
        self._profile = profile or Profile()
        self.remembered = 0
        self._known = known or {}
        self._journal = journal
        self._limit_s = limit_s
        self._notes = notes
        self._file: int | None = None
        self._cancelled = cancelled
        self._lock = threading.Lock()
        self._idle: list[_Hand] = []

    def __enter__(self) -> "Reading":
        if self._notes is not None:
            # A new file: a link of that name, in a folder that somebody sent, could lead to any file.
            self._notes.unlink(missing_ok=True)
            self._file = os.open(self._notes, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o666)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None and self._notes is not None:
            os.close(self._file)
            self._file = None
            self._notes.unlink(missing_ok=True)
        while self._idle:
            self._idle.pop().end()

    def headers(self, named: Sequence[tuple[Path, str]]) -> Generator[raster.RasterInfo | Exception, None, None]:
        """The header of each image, from `raster.inspect`, or its error. Of many images they are read ahead.

        An InputError: that takes too long, or the image is known to fail.
        """
        known = [self._known_failure(path, relative) for path, relative in named]
        to_read = [path for (path, _), why in zip(named, known, strict=True) if why is None]
        with contextlib.closing(raster.headers_ahead(to_read, self._limit_s, self._cancelled)) as ahead:
            for (path, relative), why in zip(named, known, strict=True):
                found = next(ahead) if why is None else None
                try:
                    yield found or self._header(path, relative, why)
                except (GeoError, DetectorError, OSError) as error:
                    yield error

    def _header(self, path: Path, relative: str, why: Remark | None) -> raster.RasterInfo:
        """One header. why: it is known to fail."""
        if why is not None:
            self.remembered += 1
            raise InputError(why, about=why.about)
        return self._of_plan(path, relative, None, lambda: raster.inspect(path))

    def _known_failure(self, path: Path, relative: str) -> Remark | None:
        """Why an image failed in an earlier run and has not changed since; None if it did not."""
        if self._known:
            with contextlib.suppress(OSError):
                status = path.stat()
                return self._known.get(failure_key(relative, status.st_size, status.st_mtime_ns))
        return None

    def sample(self, path: Path, relative: str) -> raster.Sample:
        """Do `raster.sample`.

        Raises:
            InputError: It takes too long.
        """
        return self._of_plan(path, relative, SAMPLE, lambda: raster.sample(path))

    def border(self, path: Path) -> raster.Border | None:
        """Do `raster.undeclared_border`; None if it takes too long: nothing but a warning depends on it.

        Raises:
            GeoError: The image cannot be read.
        """
        with self._hand() as hand, contextlib.suppress(_TooLongError):
            return self._do(hand, path, BORDER, lambda: raster.undeclared_border(path))
        return None

    def _of_plan(self, path: Path, relative: str, what: tuple[str] | None, call: Callable[[], T]) -> T:
        """Do a call that a plan needs. One that takes too long is remembered as the image's failure."""
        with self._hand() as hand:
            try:
                return self._do(hand, path, what, call)
            except _TooLongError as error:
                status = path.stat()
                self._journal.write_failure(
                    failure_key(relative, status.st_size, status.st_mtime_ns), reason(error, path)
                )
                raise

    @contextlib.contextmanager
    def image(self, image: PlannedImage) -> Iterator["_ImageReader"]:
        """The image, open, for one thread.

        Raises:
            GeoError: The image cannot be read.
            InputError: It has changed since the plan, or takes too long.
        """
        assert image.info is not None
        try:
            with self._hand() as hand:
                reader = _ImageReader(self, image, hand)
                try:
                    reader.open()
                    yield reader
                finally:
                    reader.close()
        except (RasterError, _TooLongError) as error:
            if isinstance(error, _TooLongError) or _is_the_files_fault(error, image):
                info = image.info
                name = failure_key(image.relative, info.file_size, info.mtime_ns)
                self._journal.write_failure(name, reason(error, image.path))
            raise

    @contextlib.contextmanager
    def _hand(self) -> Iterator["_Hand"]:
        with self._lock:
            hand = self._idle.pop() if self._idle else _Hand()
        try:
            yield hand
        finally:
            if hand.busy:
                hand.end()
            else:
                with self._lock:
                    self._idle.append(hand)

    def begun(self, image: PlannedImage, key: str) -> None:
        """Note that a unit is in work, from after its read until `done`."""
        self._note("+", image.path, key)

    def done(self, image: PlannedImage, key: str) -> None:
        """Note that the unit is recorded."""
        self._note("-", image.path, key)

    def _do(self, hand: "_Hand", path: Path, window: Window | tuple[str] | None, call: Callable[[], T]) -> T:
        self._note("+", path, window)
        deadline = time.monotonic() + self._limit_s
        answer = hand.ask(call)
        while True:
            with contextlib.suppress(queue.Empty):
                value, error = answer.get(timeout=min(_POLL_S, self._limit_s))
                break
            if self._cancelled():
                raise CancelledReadError
            if time.monotonic() > deadline:
                raise _TooLongError(too_long(self._limit_s))
        self._note("-", path, window)
        if error is not None:
            raise error
        return value

    def _note(self, sign: str, path: Path, what: Window | tuple[str] | str | None) -> None:
        """Write a note. what: the window that is read, None for the header, SAMPLE, or the key of a unit."""
        if self._file is not None:
            with contextlib.suppress(OSError):  # an image must not fail because the disk is full
                os.write(self._file, (sign + json.dumps([str(path), what]) + "\n").encode())


def in_hand(notes: Path) -> Iterator[tuple[Path, Any]]:
    """(path, what) of everything that had begun and not ended, from the notes of a run that died.

    See `Reading._note` for `what`.
    """
    try:
        lines = notes.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    begun: dict[str, None] = {}
    for line in lines:
        if line.startswith("+"):
            begun[line[1:]] = None
        else:
            begun.pop(line[1:], None)
    for text in begun:
        with contextlib.suppress(ValueError, TypeError):  # a line that a power cut damaged
            path, what = json.loads(text)
            yield Path(path), what


class _ImageReader:
    """One open image with a time limit for its reads. See `infer.PixelReader`."""

    def __init__(self, reading: Reading, image: PlannedImage, hand: "_Hand") -> None:
        self._reading = reading
        self._image = image
        self._hand = hand
        self._reader: raster.RasterReader | None = None

    def open(self) -> None:
        """Open the file and compare it with its header in the plan."""
        path = self._image.path
        stretch = None if self._image.info is None else self._image.info.stretch
        with self._reading._profile.measure("decode"):
            self._reader = self._reading._do(self._hand, path, None, lambda: raster.RasterReader(path, stretch))
        self._check(self._reader.info.file_size, self._reader.info.mtime_ns)

    def read(
        self, x: float, y: float, width: float, height: float, out_shape: tuple[int, int] | None = None
    ) -> tuple[NDArray[np.uint8], NDArray[np.bool_] | None]:
        """See `RasterReader.read`."""
        reader, path = self._reader, self._image.path
        assert reader is not None
        window = (x, y, width, height, out_shape)
        with self._reading._profile.measure("decode"):
            found = self._reading._do(self._hand, path, window, lambda: reader.read(*window))
        status = path.stat()
        self._check(status.st_size, status.st_mtime_ns)
        return found

    def close(self) -> None:
        """Close the file. If its thread is stuck, the thread closes the file itself, once it can."""
        if self._reader is not None:
            stuck = self._hand.busy
            done = self._hand.ask(self._reader.close)
            if not stuck:
                with contextlib.suppress(queue.Empty):
                    done.get(timeout=self._reading._limit_s)

    def _check(self, size: int, mtime_ns: int) -> None:
        info = self._image.info
        if info is None or (size, mtime_ns) != (info.file_size, info.mtime_ns):
            raise InputError("the file changed during the run; search it again")


class _Hand:
    """A thread that does one task after another for a caller that may stop waiting."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], queue.SimpleQueue[Any]] | None] = queue.SimpleQueue()
        self.busy = False
        threading.Thread(target=self._work, name="decode", daemon=True).start()

    def ask(self, call: Callable[[], T]) -> "queue.SimpleQueue[tuple[T, BaseException | None]]":
        """Do the call in the thread. Returns the queue that will get (result, error)."""
        answer: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.busy = True
        self._jobs.put((call, answer))
        return answer

    def end(self) -> None:
        """Let the thread end after its current task."""
        self._jobs.put(None)

    def _work(self) -> None:
        with raster.settled():
            self._jobs_done()

    def _jobs_done(self) -> None:
        while (job := self._jobs.get()) is not None:
            call, answer = job
            found: tuple[Any, BaseException | None]
            try:
                found = call(), None
            except BaseException as error:
                found = None, error
            self.busy = False
            answer.put(found)
            # Drop the pixels of the last read while waiting for the next one: they may take a hundred megabytes.
            del job, call, answer, found


def too_long(limit_s: float) -> Remark:
    """The reason for an image that took longer to read than the limit."""
    return Remark(
        f"reading it took more than {limit_s:g} s and was given up; copy it again from its source, or allow more time "
        "and try it again",
        about="time_limit_s",
    )


def _is_the_files_fault(error: Exception, image: PlannedImage) -> bool:
    """Whether the file is unchanged and can be read as bytes, so that its content must be wrong."""
    if isinstance(error.__cause__, MemoryError):
        return False
    try:
        with image.path.open("rb", buffering=0) as file:
            for _ in range(_PROBE_MB):
                if not file.read(1 << 20):
                    break
            status = os.fstat(file.fileno())
    except OSError:
        return False
    info = image.info
    return info is not None and (status.st_size, status.st_mtime_ns) == (info.file_size, info.mtime_ns)

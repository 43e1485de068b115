"""Searches again what a run had in work when it died, in separate processes. What kills such a process too fails.

Reads are tried one by one. If units of an image were at the model, the image is searched alone, by a process that loads
the model itself. The results are kept. So if somebody killed the run, no image is blamed and nothing is lost.

A crash in native code is recognised by its signal. SIGKILL does not mean a crash: a person sends it, or the system when
memory runs out. But if it ends two such processes in a row for one image, and not this process, the image fails.
"""

import contextlib
import os
import pickle  # nosec B403
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detector.errors import InputError
from detector.models.precision import FLOAT32
from detector.search import storage
from detector.search.batches import FittedModel
from detector.search.parts import Journal
from detector.search.timing import Profile
from detector.survey.engine import local_engine, search_of
from detector.survey.guarded_reader import BORDER, SAMPLE, Reading, failure_key, in_hand, too_long
from detector.survey.headers import relative_to
from detector.survey.listing import Listing
from detector.survey.opening import open_models
from detector.survey.planning import Settings, plan, work_folder
from detector.survey.seam_search import parts_of
from geo import raster
from geo.errors import Remark
from geo.process_tree import ProcessTree

# How much more time a read gets in another process, which must first start Python and GDAL.
_START_S = 30.0
# While waiting for a process, how often to check whether the run was cancelled: seconds.
_POLL_S = 0.2
# The signals that end a process after a crash in native code.
_CRASHES = ("SIGSEGV", "SIGBUS", "SIGABRT", "SIGILL", "SIGFPE", "SIGTRAP", "SIGSYS")
# On Windows, a crashed process has an exit code from here on. The second code means Ctrl-C.
_WINDOWS_CRASH, _WINDOWS_CTRL_C = 0x8000_0000, 0xC000_013A
_TOO_LONG = "too long"
# What the other process runs. It watches this process first, as the libraries of a search take a while to load.
_CHILD = """
from geo.process_tree import end_with_parent
end_with_parent({})
from detector.survey.crash_retry import child
child()
"""


@dataclass(frozen=True)
class Asked:
    """The settings of a run on which its parts depend. See `detector.survey.detect`."""

    output: Path
    model: str | None
    trust: bool
    gate: str | None
    device: str
    settings: Settings

    @property
    def parts(self) -> str:
        """The place of its parts."""
        return self.settings.parts or str(work_folder(self.output) / "parts")


def blame(notes: Path, journal: Journal, asked: Asked, search: bool, cancelled: Callable[[], bool]) -> bool:
    """Search again what was in work when the run that wrote `notes` died. Record as failed what kills the process
    again.

    Args:
        notes: The notes of that run.
        journal: Where failures are recorded.
        asked: The settings of the run.
        search: Also search units again, and not only repeat reads.
        cancelled: Whether the run was cancelled.

    Returns:
        Whether all is done. If the run was cancelled, it is not, and the notes stay.
    """
    units: dict[Path, list[str]] = {}
    for path, what in in_hand(notes):
        if isinstance(what, str):
            if search:
                units.setdefault(path, []).append(what)
            continue
        limit_s = asked.settings.time_limit_s
        died = _died((_read, path, what), _START_S + limit_s, cancelled)
        if cancelled():
            return False
        if died:
            crashed = f"reading it crashed ({died}); the file is damaged, copy it again from its source"
            _fail(path, too_long(limit_s) if died == _TOO_LONG else crashed, journal, asked)
    for path, keys in units.items():
        died = _died((_search, asked, path, keys), None, cancelled)
        if cancelled():
            return False
        if died:
            why = Remark(
                f"the process died while it searched this photo ({died}), twice, the second time with no other photo; "
                "another model, another device or smaller batches may work",
                about="retry_failed",
            )
            _fail(path, why, journal, asked)
    notes.unlink(missing_ok=True)
    return True


def _fail(path: Path, why: str, journal: Journal, asked: Asked) -> None:
    with contextlib.suppress(OSError, InputError):
        status = path.stat()
        relative = relative_to(path, asked.output.parent)
        journal.write_failure(failure_key(relative, status.st_size, status.st_mtime_ns), why)


def _died(job: tuple[Any, ...], limit_s: float | None, cancelled: Callable[[], bool]) -> str | None:
    """Why a process that did `job`, a function and its arguments, died. None if it ended in any other way."""
    for last in (False, True):
        code = _code(job, limit_s, cancelled)
        if code is None:
            return _TOO_LONG
        if code >= _WINDOWS_CRASH and code != _WINDOWS_CTRL_C:
            return f"code {code:#x}"
        if code >= 0:
            return None
        with contextlib.suppress(ValueError):
            name = signal.Signals(-code).name
            if name in _CRASHES or (name == "SIGKILL" and last):
                return name
            if name == "SIGKILL":
                continue
        return None
    return None


def _code(job: tuple[Any, ...], limit_s: float | None, cancelled: Callable[[], bool]) -> int | None:
    """The exit code of a process that does `job`. None if it did not get enough time."""
    until = None if limit_s is None else time.monotonic() + limit_s
    text: bytes | None = pickle.dumps(job)
    tree = ProcessTree(
        # -P: without it, Python would first look for modules in the current folder, where the photos may be.
        [sys.executable, "-P", "-c", _CHILD.format(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    with tree.process as process:
        try:
            while process.returncode is None and not cancelled():
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.communicate(text, timeout=_POLL_S)
                text = None
                if until is not None and process.returncode is None and time.monotonic() > until:
                    return None
            return process.returncode or 0
        finally:
            tree.end()


def child() -> None:
    """The other process: do the job from stdin.

    An error that the job raises does not matter, because the run would have survived it.
    """
    job, *arguments = pickle.load(sys.stdin.buffer)  # noqa: S301 (the process that started this one wrote it) # nosec B301
    with contextlib.suppress(Exception):
        job(*arguments)


def _read(path: Path, window: Any) -> None:
    if window == [*SAMPLE]:  # as JSON has it
        raster.sample(path)
        return
    if window == [*BORDER]:
        raster.undeclared_border(path)
        return
    with raster.RasterReader(path) as reader:
        if window is not None:
            x, y, width, height, out_shape = window
            reader.read(x, y, width, height, None if out_shape is None else (out_shape[0], out_shape[1]))


def _search(asked: Asked, path: Path, keys: list[str]) -> None:
    """Search the units of an image that are not done."""
    profile, journal = Profile(), Journal(storage.folder(asked.parts))
    opened = open_models(asked.model, asked.gate, asked.device, asked.trust, asked.settings, profile)
    precision = journal.precision(opened.sha256) or FLOAT32
    if isinstance(opened.model, FittedModel) and (engine_of := opened.model.several_precisions) is not None:
        engine_of.use(precision)
    with Reading(journal, asked.settings.time_limit_s, profile=profile) as reading:
        work = plan(
            Listing((path,)),
            asked.output,
            opened.model.info,
            opened.sha256,
            asked.settings,
            gate=opened.planned_gate,
            stretches=journal.stretches(),
            precision=lambda images: precision,
        )
        assert work is not None
        (image,) = work.images
        found = parts_of(work, image)
        units = [unit for unit in (*image.units, *(found.units if found else ())) if unit.key in keys]
        units = [unit for unit in units if journal.read(unit.key) is None]
        if units:
            engine = local_engine(work, opened.model, opened.gate, reading, profile)
            for _ in engine(search_of(work), [(image, units)], lambda: False):
                pass

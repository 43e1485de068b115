"""The runs of this QGIS that write a survey, so that nobody is warned of what they started themselves."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .survey_file import SurveyError, SurveyFile, when_changed

_lock = threading.Lock()  # a run works in a thread of its own
_running: Counter[Path] = Counter()
_left: dict[Path, tuple[object, ...]] = {}  # the state of a survey in which the last run left it


@contextmanager
def writing(arguments: Sequence[str]) -> Iterator[None]:
    """While a command with these arguments runs: the surveys that it names are written by us."""
    paths = {Path(one).absolute() for one in arguments if one.lower().endswith(".gpkg")}
    with _lock:
        _running.update(paths)
    before = {path: _state(path) for path in paths}
    try:
        yield
    finally:
        after = {path: _state(path) for path in paths}
        with _lock:
            _running.subtract(paths)
            _left.update({path: state for path, state in after.items() if state and state != before[path]})


def wrote(path: Path, state: tuple[object, ...]) -> bool:
    """Whether a run of this QGIS wrote the survey last, as it is in this state, or writes it now.

    state: which file it is, and when a command last wrote it, see `SurveyFile.which` and `when_changed`.
    """
    with _lock:
        return _running[path.absolute()] > 0 or _left.get(path.absolute()) == state


def _state(path: Path) -> tuple[object, ...]:
    """Empty where there is no survey that can be read."""
    try:
        file = SurveyFile(path)
        with file.open("ro") as db:
            return (file.which(), when_changed(db)[0])
    except (SurveyError, OSError):
        return ()

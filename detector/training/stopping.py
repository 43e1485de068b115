"""Lets a run that is asked to stop finish its step and keep a checkpoint first."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from detector.stop_signals import stop_signals
from detector.training.processes import Processes


@contextmanager
def stopping(team: Processes) -> Iterator[Callable[[], bool]]:
    """Inside the `with`, Ctrl-C, SIGTERM and their like are noted instead of obeyed. A second one is obeyed at once.

    Yields a function that says whether the run is to stop now, the same in all processes of the run. Only the main
    thread of a program gets signals, so in another thread nothing is noted.
    """
    asked = threading.Event()
    before: dict[signal.Signals, object] = {}

    def note(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    if threading.current_thread() is threading.main_thread():
        before = {number: signal.signal(number, note) for number in stop_signals()}
    try:
        yield lambda: team.any(asked.is_set())
    finally:
        for number, handler in before.items():
            signal.signal(number, handler if callable(handler) or isinstance(handler, int) else signal.SIG_DFL)

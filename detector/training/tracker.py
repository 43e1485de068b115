"""Defines what a run reports while it trains, and who gets it.

The trainer of a framework reports to one tracker. `Trackers` passes each report on to several trackers, each in its own
thread. So if a tracker fails or waits for a server, it neither stops nor slows the training.
"""

import queue
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo.errors import one_line

SLOW_S = 20.0  # numbers are reported when the last ones are so old, so that a log has them once a minute
PATIENCE_S = 60.0  # how long a finished run waits for trackers that are behind
LONGEST_REASON = 300  # characters
STOPPED = "stopped"  # the error of a run that a person or the system stopped
MOST_WAITING = 10_000  # calls; a tracker that is farther behind misses some


@dataclass(frozen=True)
class Start:
    """The start of a run, or of its continuation.

    Attributes:
        name: The name of the model.
        folder: The folder of the run's files.
        first_step: How many steps earlier calls did.
        steps: Steps of the whole run.
        epoch_steps: Steps in which as many tiles are drawn as an epoch has.
        parameters: Every setting by its dotted name.
        environment: Versions, device and host.
    """

    name: str
    folder: Path
    first_step: int
    steps: int
    epoch_steps: float
    parameters: Mapping[str, str | float | int | bool] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


class Pace:
    """Says when the numbers of a step are due: every so many steps, at the last one, and sooner if steps are slow.

    Args:
        every_steps: Steps between two points of a curve.
        steps: Steps of the whole run; None if they are not known.
    """

    def __init__(self, every_steps: int, steps: int | None) -> None:
        self._every, self._steps = every_steps, steps
        self._told: float | None = (
            None  # since the first step: the start of a run may be slow although its steps are not
        )

    def due(self, done: int) -> bool:
        """Whether the numbers are reported now. done: how many steps are done."""
        now = time.monotonic()
        if self._told is None:
            self._told = now
        due = done % self._every == 0 or done == self._steps or now - self._told >= SLOW_S
        if due:
            self._told = now
        return due


class Tracker:
    """Gets the reports of a run. This one ignores them; a tracker overrides the methods that it needs.

    A step is the number of optimiser steps done. The metrics of one step may come in several calls.
    """

    in_folder = False
    """Whether it writes into the run's own folder: a checkpoint waits until it has, so that a kill loses no line."""

    def keep_up(self) -> None:
        """A checkpoint follows: wait, for a limited time, until what was reported is in the run's folder."""

    def started(self, start: Start) -> None:
        """The run begins, or continues after a kill."""

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        """Numbers by name: `loss` and its parts, `learning_rate`, `validation/f1` and similar ones."""

    def picture(self, step: int, name: str, pixels: NDArray[np.uint8]) -> None:
        """A sample prediction, (H, W, 3) uint8 RGB. A newer picture of the same name replaces it."""

    def text(self, name: str, text: str) -> None:
        """A table or a note about the whole run, such as what is frozen."""

    def model(self, path: Path) -> None:
        """The model file is written."""

    def ended(self, error: str | None) -> None:
        """The run is over. `error` says why if it did not end well; it is `STOPPED` if the run was asked to end."""

    def why(self, error: BaseException) -> str:
        """Why a report failed with `error`, in one line for a person."""
        return one_line(error, LONGEST_REASON)


class Trackers(Tracker):
    """Several trackers as one that never raises. It waits before a checkpoint and at the end alone, for a limited time.

    `warn` gets the first failure of each tracker, and at the end the number of its failures. A tracker that fails to
    start gets no more reports. Texts from before the start, such as what a run starts from, follow it. A run that ends
    before its start is reported to nobody.
    """

    def __init__(self, trackers: Sequence[Tracker], warn: Callable[[str], None] | None = None) -> None:
        self.warn = warn or (lambda text: print(f"herdmap: {text}", file=sys.stderr))
        self._outlets = [_Outlet(tracker, self.warn) for tracker in trackers]
        self._early: list[Callable[[Tracker], None]] | None = []  # None once the run has started

    def started(self, start: Start) -> None:
        early, self._early = self._early, None
        for outlet in self._outlets:
            outlet.put(lambda tracker: tracker.started(start), needed=True)
        for call in early or ():
            self._all(call)

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        kept = dict(values)
        self._all(lambda tracker: tracker.metrics(step, kept))

    def picture(self, step: int, name: str, pixels: NDArray[np.uint8]) -> None:
        kept = pixels.copy()
        self._all(lambda tracker: tracker.picture(step, name, kept))

    def text(self, name: str, text: str) -> None:
        if self._early is None:
            self._all(lambda tracker: tracker.text(name, text))
        else:
            self._early.append(lambda tracker: tracker.text(name, text))

    def model(self, path: Path) -> None:
        self._all(lambda tracker: tracker.model(path))

    def keep_up(self) -> None:
        for outlet in self._outlets:
            outlet.keep_up(PATIENCE_S)

    def ended(self, error: str | None) -> None:
        """Report the end to all, and wait until they have written everything, but only for a limited time."""
        if self._early is None:
            self._all(lambda tracker: tracker.ended(error))
        for outlet in self._outlets:
            outlet.close(PATIENCE_S)

    def _all(self, call: Callable[[Tracker], None]) -> None:
        for outlet in self._outlets:
            outlet.put(call)


class _Outlet:
    """One tracker, its thread, and the reports that it has not received yet."""

    def __init__(self, tracker: Tracker, warn: Callable[[str], None]) -> None:
        self._tracker, self._warn = tracker, warn
        self._name = type(tracker).__name__
        self._failures = self._missed = 0
        self._lost = False  # True if it did not start: then it gets no more reports
        self._waiting: queue.Queue[tuple[Callable[[Tracker], None], bool] | None] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._work, name=f"tracker-{self._name}", daemon=True)
        self._thread.start()

    def put(self, call: Callable[[Tracker], None], needed: bool = False) -> None:
        """Pass a report on. needed: if this call fails, the tracker gets no more reports."""
        try:
            self._waiting.put_nowait((call, needed))
        except queue.Full:
            self._missed += 1

    def keep_up(self, patience_s: float) -> None:
        """Wait until the reports so far have been received, if they go into the run's folder."""
        if self._tracker.in_folder and not self._lost and not self._waiting.full():
            received = threading.Event()
            self.put(lambda _: received.set())
            received.wait(patience_s)

    def close(self, patience_s: float) -> None:
        try:
            self._waiting.put(None, timeout=patience_s)
            self._thread.join(patience_s)
        except queue.Full:
            pass
        if self._thread.is_alive():
            self._warn(f"{self._name} has not received everything after {patience_s:.0f} s; the run ends without it")
        if self._failures > 1 or self._missed:
            self._warn(
                f"{self._name} failed {self._failures} times and missed {self._missed} messages; the model is complete"
            )

    def _work(self) -> None:
        while (waiting := self._waiting.get()) is not None:
            call, needed = waiting
            if self._lost:
                continue
            try:
                call(self._tracker)
            # No error of a tracker may end hours of training, not even SystemExit.
            except BaseException as error:
                self._failures += 1
                self._lost = needed
                if self._failures == 1:
                    said = one_line(self._tracker.why(error), LONGEST_REASON)
                    self._warn(f"{self._name} failed ({said}); training goes on{' without it' if needed else ''}")

"""What a run tells somebody who works in Python: warnings, log lines, and a progress bar."""

import contextlib
import inspect
import logging
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from detector.progress import Progress, Watcher

LOG = logging.getLogger("herdmap")
LOG.addHandler(logging.NullHandler())
_OURS = ("herdmap", "detector", "geo", "contextlib")


class HerdmapWarning(UserWarning):
    """Something that the user of a result should know."""


def warn(*texts: str) -> None:
    """Warn of each text at the line, outside Herdmap, that is being run."""
    frame, level = inspect.currentframe(), 1
    while frame is not None and frame.f_globals.get("__name__", "").split(".")[0] in _OURS:
        frame, level = frame.f_back, level + 1
    for text in texts:
        warnings.warn(text, HerdmapWarning, stacklevel=level)


def shows_bar(progress: bool | None) -> bool:
    """Whether to show a progress bar; None: in a terminal or a notebook."""
    return sys.stderr.isatty() or in_notebook() if progress is None else progress


def in_notebook() -> bool:
    """Whether this code runs in a notebook's kernel."""
    get_ipython: Callable[[], Any] | None = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get_ipython is not None and hasattr(get_ipython(), "kernel")


def progress_bar(progress: bool | None, **how: Any) -> Any:
    """A tqdm bar that goes when it is done, or one that shows nothing."""
    if in_notebook() and find_spec("ipywidgets") is not None:
        from tqdm.notebook import tqdm
    else:
        from tqdm import tqdm
    return tqdm(disable=not shows_bar(progress), leave=False, **how)


@contextlib.contextmanager
def share_done(progress: bool | None, label: str) -> Iterator[Callable[[float], None]]:
    """A bar for work that says which share of it is done, from 0 to 1."""
    with progress_bar(progress, total=100, desc=label, bar_format="{l_bar}{bar}| {elapsed}") as bar:

        def update(share: float) -> None:
            bar.update(max(0.0, 100 * min(share, 1.0) - bar.n))

        yield update


@contextlib.contextmanager
def watching(progress: bool | None) -> Iterator[Watcher]:
    """A watcher that warns, logs, and shows a bar."""
    with contextlib.closing(_Watching(progress)) as watcher:
        yield watcher


class _Watching(Watcher):
    def __init__(self, progress: bool | None) -> None:
        self._progress = progress
        self._bar: Any = None
        self._label: str | None = None

    def _new_bar(self, total: int, unit: str, label: str | None = None) -> None:
        self.close()
        self._label = label
        self._bar = progress_bar(self._progress, total=total, unit=unit, desc=label)

    def planned(self, images: int, tiles: int, tiles_done: int) -> None:
        LOG.info("%d images, %d tiles, of which an earlier run searched %d", images, tiles, tiles_done)
        self._new_bar(tiles, "tile")
        self._bar.update(tiles_done)

    def further(self, images: int, tiles: int) -> None:
        if self._bar is not None:
            self._bar.total = tiles

    def progress(self, progress: Progress) -> None:
        if self._bar is not None:
            self._bar.set_postfix_str(f"{progress.detections} detections", refresh=False)
            self._bar.update(progress.tiles_done - self._bar.n)

    def image_failed(self, image: str, reason: str) -> None:
        LOG.info("%s failed: %s", image, reason)

    def warning(self, text: str) -> None:
        warn(text)

    def matching(self, pairs_done: int, pairs: int) -> None:
        self._stage("matching photos", "pair", pairs_done, pairs)

    def step(self, doing: Literal["headers", "chips"], images_done: int, images: int) -> None:
        self._stage("reading images" if doing == "headers" else "making pictures", "image", images_done, images)

    def _stage(self, label: str, unit: str, done: int, of: int) -> None:
        """Show work that is no search: each stage has a new bar."""
        if self._bar is None or self._label != label or done < self._bar.n:
            self._new_bar(of, unit, label)
        self._bar.update(done - self._bar.n)

    def gated(self, skipped: int, tiles: int) -> None:
        LOG.info("the gate skipped %d of %d tiles", skipped, tiles)

    def labelled(self, tiles: Mapping[str, int]) -> None:
        LOG.info("labelled tiles: %s", ", ".join(f"{number} {name}" for name, number in tiles.items()))

    def done(self, output: Path, images: int, failed: int, detections: int) -> None:
        LOG.info("%s: %d detections in %d images, %d failed", output, detections, images, failed)

    def close(self) -> None:
        """End the bar."""
        if self._bar is not None:
            self._bar.close()


def log(lines: Iterable[str]) -> None:
    """Log lines that a person may want to read."""
    for line in lines:
        LOG.info("%s", line)

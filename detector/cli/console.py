"""What the command line prints: progress as a bar or as JSON lines, and the description of a model."""

import contextlib
import json
import math
import os
import signal
import stat
import sys
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Literal

import click

from detector.cli.group import CancelledError
from detector.cli.mends import with_mend
from detector.models import Loaded, ModelInfo
from detector.progress import Progress, Watcher
from detector.stop_signals import stop_signals
from detector.training.tracker import Start, Tracker
from geo.short_number import short_number

if TYPE_CHECKING:
    from detector.models.at_hand import ModelAtHand

# At most this many progress lines a second: a promise to programs that read them.
LINES_PER_S = 4
_LOOKS_EVERY_S = 0.2


def plain(text: str) -> str:
    """Text for one line of a terminal: control characters and characters that cannot be written become escapes.

    File names and the texts in a model file come from outside, and could move the cursor.
    """
    return "".join(
        c.encode("unicode_escape").decode() if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in text
    )


def say(text: str) -> None:
    """A line on stderr for the person who runs the command: a remark of the library, with its mend."""
    click.echo(f"herdmap: {plain(with_mend(text))}", err=True)


@contextlib.contextmanager
def bar(label: str) -> Iterator[Callable[[float], None]]:
    """A progress bar on stderr, given shares from 0 to 1. Shows nothing if stderr is not a terminal."""
    from tqdm import tqdm

    with tqdm(total=100, desc=label, disable=not sys.stderr.isatty(), bar_format="{l_bar}{bar}| {elapsed}") as shown:

        def update(share: float) -> None:
            shown.update(max(0.0, 100 * min(share, 1.0) - shown.n))

        yield update


TRAINING_LINE_S = 30.0  # at most so often, a training run writes a line into a log
MOST_NUMBERS = 24  # of a validation, in a line


class TrainingShown(Tracker):
    """Shows a training run on stderr: its tables; a bar if stderr is a terminal, else a line now and then."""

    def __init__(self) -> None:
        from tqdm import tqdm

        self._lines = not sys.stderr.isatty()
        self._bar = tqdm(unit="step", disable=self._lines, dynamic_ncols=True)
        self._steps = self._first = 0
        self._began = self._told = time.monotonic()

    def started(self, start: Start) -> None:
        self._bar.reset(total=start.steps)
        self._bar.update(start.first_step)
        self._steps, self._first = start.steps, start.first_step
        self._began = self._told = time.monotonic()
        if start.first_step:
            self._say(f"resuming, {start.first_step} of {start.steps} steps are done")

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        if "loss" in values:
            self._bar.set_postfix_str(f"loss {values['loss']:.4g}", refresh=False)
            self._bar.update(step - self._bar.n)
            if self._lines and time.monotonic() - self._told >= TRAINING_LINE_S:
                self._tell(step, values)
        elif any(name.startswith("validation/") for name in values):
            named = {name.removeprefix("validation/"): value for name, value in values.items()}
            if len(named) > MOST_NUMBERS:  # of many classes: the record and the trackers have all of them
                named = {name: value for name, value in named.items() if name.startswith(("mean/", "all/", "f1/"))}
            self._say(f"step {step}: {', '.join(f'{name} {value:.3f}' for name, value in named.items())}")

    def _tell(self, step: int, values: Mapping[str, float]) -> None:
        """A line for a log: loss, rate, and the time that is left at the pace so far, validations included."""
        self._told = time.monotonic()
        left_s = (self._told - self._began) / max(1, step - self._first) * (self._steps - step)
        rate = f", rate {values['learning_rate']:.3g}" if "learning_rate" in values else ""
        left = f"{left_s / 60:.0f} min" if left_s >= 60 else f"{left_s:.0f} s"
        self._say(f"step {step} of {self._steps}: loss {values['loss']:.4g}{rate}, {left} left")

    def text(self, name: str, text: str) -> None:
        for line in text.splitlines():
            self._say(line)

    def close(self) -> None:
        """End the bar."""
        self._bar.close()

    def _say(self, text: str) -> None:
        self._bar.write(plain(text), file=sys.stderr)


@contextlib.contextmanager
def training_shown() -> Iterator[TrainingShown]:
    """What `herdmap train` shows."""
    with contextlib.closing(TrainingShown()) as shown:
        yield shown


@contextlib.contextmanager
def watching(progress: str) -> Iterator[Watcher]:
    """A watcher that shows a run as `--progress` says. Ctrl-C, the other signals that ask it to stop, and (json) the
    end of stdin cancel the run.
    """
    cancel = threading.Event()
    with _cancelled_by_signals(cancel), _shown(progress) as watcher:
        if progress == "json":
            _at_end_of_stdin(cancel.set)
        watcher.cancelled = cancel.is_set  # type: ignore[method-assign]
        yield watcher


@contextlib.contextmanager
def watching_whole(progress: str) -> Iterator[Watcher]:
    """Like `watching`, for a run that keeps nothing of its work: a cancel ends it at once, wherever it is.

    Once the output is being written, the run finishes; only a second cancel ends it then. Raises CancelledError.
    """
    at_once = _AtOnce()
    with _shown(progress) as watcher, _handled_by(at_once.ask):
        watcher.writing = at_once.writing  # type: ignore[method-assign]
        if progress == "json":
            _at_end_of_stdin(at_once.ask_from_thread)
        try:
            yield watcher
        except KeyboardInterrupt as error:
            if at_once.is_writing:
                raise
            raise CancelledError("cancelled; nothing was written") from error
        finally:
            at_once.is_over = True


class _AtOnce:
    """What a cancel does to a run that keeps nothing of its work."""

    # A program that closes stdin and then sends a signal asks once. What it asked for is not disturbed by it.
    _SAME_S = 1.0

    def __init__(self) -> None:
        self.is_writing = self.is_over = False
        self._asked_at: float | None = None

    def writing(self) -> None:
        self.is_writing = True

    def ask(self, number: int, frame: FrameType | None) -> None:
        before, now = self._asked_at, time.monotonic()
        if before is not None and now - before < self._SAME_S:
            return
        self._asked_at = now
        if before is not None or not self.is_writing:
            raise KeyboardInterrupt

    def ask_from_thread(self) -> None:
        if not self.is_over:
            signal.raise_signal(signal.SIGINT)  # its handler runs in the main thread


@contextlib.contextmanager
def _shown(progress: str) -> Iterator[Watcher]:
    """A watcher that shows a run as `--progress` says."""
    if progress == "json":
        yield JsonLines()
    elif progress == "bar" or (progress == "auto" and sys.stderr.isatty()):
        with contextlib.closing(Bar()) as bar_shown:
            yield bar_shown
    else:
        lines = Lines()
        lines.quiet = progress == "none"
        yield lines


@contextlib.contextmanager
def _cancelled_by_signals(cancel: threading.Event) -> Iterator[None]:
    """The first signal lets the run finish the tiles in hand; the second ends it at once."""

    def ask(number: int, frame: FrameType | None) -> None:
        cancel.set()
        for signum, handler in before.items():
            signal.signal(signum, handler)

    with _handled_by(ask) as before:
        yield


@contextlib.contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None]) -> Iterator[Mapping[signal.Signals, Any]]:
    """The signals that ask a run to stop go to `handler` inside the `with`. Yields what handled them before."""
    before: dict[signal.Signals, Any] = {}
    try:
        for signum in stop_signals():
            before[signum] = signal.signal(signum, handler)
        yield before
    finally:
        for signum, was in before.items():
            signal.signal(signum, was)


def _at_end_of_stdin(cancel: Callable[[], None]) -> None:
    def wait() -> None:
        # os.read, because sys.stdin has a lock, which this thread would still hold when the interpreter ends.
        with contextlib.suppress(OSError):
            while _can_be_read() and os.read(0, 4096):
                pass
        cancel()

    threading.Thread(target=wait, daemon=True).start()


def _can_be_read() -> bool:
    """Wait until stdin has something to read. On Windows, a read that waits would block every start of a process.

    Raises OSError at the end of a pipe.
    """
    if sys.platform == "win32" and stat.S_ISFIFO(os.fstat(0).st_mode):
        import ctypes
        import msvcrt

        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        pipe, waiting = ctypes.c_void_p(msvcrt.get_osfhandle(0)), ctypes.c_uint32(0)
        while not waiting.value:
            if not kernel.PeekNamedPipe(pipe, None, 0, None, ctypes.byref(waiting), None):
                raise ctypes.WinError(ctypes.get_last_error())
            time.sleep(_LOOKS_EVERY_S)
    return True


class Lines(Watcher):
    """Prints each warning and failure as a line on stderr."""

    quiet = False

    def warning(self, text: str) -> None:
        if not self.quiet:
            say(text)

    def image_failed(self, image: str, reason: str) -> None:
        if not self.quiet:
            say(f"{image} failed: {with_mend(reason)}")


_DOING = {"headers": "reading images", "chips": "making pictures of animals"}


class Bar(Watcher):
    """Shows a progress bar on stderr."""

    def __init__(self) -> None:
        from tqdm import tqdm

        self._bar = tqdm(unit="tile", dynamic_ncols=True, smoothing=0.05)
        self._doing = ""

    def planned(self, images: int, tiles: int, tiles_done: int) -> None:
        self._bar.reset(total=tiles)
        self._bar.update(tiles_done)
        if tiles_done:
            self._bar.write(f"herdmap: resuming, {tiles_done} of {tiles} tiles are done", file=sys.stderr)

    def further(self, images: int, tiles: int) -> None:
        self._bar.total = tiles
        self._bar.refresh()

    def progress(self, progress: Progress) -> None:
        self._bar.set_postfix_str(f"{progress.detections} detections", refresh=False)
        self._bar.update(progress.tiles_done - self._bar.n)

    def warning(self, text: str) -> None:
        self._bar.write(f"herdmap: {plain(with_mend(text))}", file=sys.stderr)

    def image_failed(self, image: str, reason: str) -> None:
        self._bar.write(f"herdmap: {plain(f'{image} failed: {with_mend(reason)}')}", file=sys.stderr)

    def matching(self, pairs_done: int, pairs: int) -> None:
        self._stage("matching photos", "pair", pairs_done, pairs)

    def step(self, doing: Literal["headers", "chips"], images_done: int, images: int) -> None:
        self._stage(_DOING[doing], "image", images_done, images)

    def _stage(self, doing: str, unit: str, done: int, of: int) -> None:
        """Show work that is no search: the bar begins anew with each stage."""
        if self._doing != doing or done < self._bar.n:
            self._doing, self._bar.unit = doing, unit
            self._bar.set_postfix_str(doing, refresh=False)
            self._bar.reset(total=of)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        self._bar.close()


class JsonLines(Watcher):
    """Prints one JSON object per line on stdout, for the program that started this one."""

    def __init__(self) -> None:
        self._last = 0.0

    def planned(self, images: int, tiles: int, tiles_done: int) -> None:
        self._print(event="plan", images=images, tiles=tiles)

    def further(self, images: int, tiles: int) -> None:
        self._print(event="plan", images=images, tiles=tiles)

    def progress(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._last >= 1 / LINES_PER_S:
            self._last = now
            self._print(
                event="progress",
                tiles_done=progress.tiles_done,
                images_done=progress.images_done,
                detections=progress.detections,
                tiles_per_s=round(progress.tiles_per_s, 2),
                eta_s=round(progress.eta_s, 1),
            )

    def warning(self, text: str) -> None:
        self._print(event="warning", text=with_mend(text))

    def image_failed(self, image: str, reason: str) -> None:
        self._print(event="image_failed", image=image, reason=with_mend(reason))

    def matching(self, pairs_done: int, pairs: int) -> None:
        now = time.monotonic()
        if now - self._last >= 1 / LINES_PER_S or pairs_done == pairs:
            self._last = now
            self._print(event="matching", pairs_done=pairs_done, pairs=pairs)

    def step(self, doing: Literal["headers", "chips"], images_done: int, images: int) -> None:
        now = time.monotonic()
        if now - self._last >= 1 / LINES_PER_S or images_done == images:
            self._last = now
            self._print(event="step", doing=doing, images_done=images_done, images=images)

    def gated(self, skipped: int, tiles: int) -> None:
        self._print(event="gate", tiles_skipped=skipped, tiles=tiles)

    def labelled(self, tiles: Mapping[str, int]) -> None:
        self._print(event="tile_labels", tiles=dict(tiles))

    def taught(
        self,
        numbers: Mapping[str, float],
        photos: int,
        fit_to_count: bool,
        page: Path,
        beside_find: Mapping[str, int | str],
    ) -> None:
        rounded = {name: round(value, 4) for name, value in numbers.items() if math.isfinite(value)}
        more = {"beside_find": dict(beside_find)} if beside_find else {}
        self._print(event="taught", held_out=photos, **rounded, fit_to_count=fit_to_count, **more, page=str(page))

    def done(self, output: Path, images: int, failed: int, detections: int) -> None:
        self._print(event="done", output=str(output), images=images, failed=failed, detections=detections)

    def _print(self, **fields: Any) -> None:
        print(json.dumps(fields, ensure_ascii=True), flush=True)


def describe(model: Loaded, sha256: str) -> str:
    """The description of a model, one property per line. sha256: of all files of the model together."""
    info = model.info
    gsd = f"{short_number(100 * info.gsd_m, 3)} cm per pixel" if info.gsd_m else "unknown scale"
    metrics = info.metrics if not isinstance(info.metrics, Mapping) else dict(info.metrics)
    rows = {
        "file": ", ".join(map(str, model.files)),
        "sha256": sha256,
        "name": f"{info.name} {info.version}".strip(),
        "kind": info.kind,
        **model.about,
        "classes": ", ".join(info.classes),
        "tiles": f"{info.tile_size} px, overlap {info.overlap} px, batch {info.batch_size or 'any'}",
        "trained at": gsd,
        "threshold": info.score_threshold,
        "trained on": info.trained_on or "unknown",
        "licence": info.licence or "unknown",
        "metrics": json.dumps(metrics, ensure_ascii=False) if metrics else "none",
    }
    return "\n".join(f"{name + ':':12} {plain(str(value))}" for name, value in rows.items())


def describe_at_hand(model: "ModelAtHand") -> str:
    """The card of a model at hand: what to give for it, what it finds, from what imagery, and how right."""
    title = f"{plain(model.name)}  ({model.place})"
    if model.info is None:
        return f"{title}\n  cannot be used here: {plain(model.problem)}"
    info = model.info
    rows = {
        "finds": ", ".join(info.classes) if info.kind == "detector" else f"tiles of {', '.join(info.classes)}",
        "fits": _scale(info),
        "how right": _how_right(info.metrics) or "not measured, or its file does not say",
        "learnt from": info.trained_on or "its file does not say",
        **({"picture": str(model.picture)} if model.picture else {}),
        **({"file": str(model.path)} if model.place != "given" else {}),
    }
    return "\n".join([title, *(f"  {name + ':':13}{plain(str(value))}" for name, value in rows.items())])


def _scale(info: ModelInfo) -> str:
    fits = info.fits_gsd_m
    if fits is None:
        return "imagery of unknown scale: its file does not say"
    return f"imagery of {short_number(100 * fits[0], 2)} to {short_number(100 * fits[1], 2)} cm a pixel"


def _how_right(metrics: Mapping[str, Any]) -> str:
    """The F1 of each data set, or the numbers that a file gives instead."""
    said = []
    for name, value in list(metrics.items())[:6] if isinstance(metrics, Mapping) else ():
        if isinstance(value, Mapping) and isinstance(value.get("f1"), int | float):
            said.append(f"F1 {value['f1']:.2f} on {name}")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            said.append(f"{name} {short_number(value, 3)}")
    return "; ".join(said)

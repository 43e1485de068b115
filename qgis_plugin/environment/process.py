"""Programs that the plugin runs: apart from QGIS's own environment, cancelled within two seconds, never orphans."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import subprocess  # nosec B404
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

from ..process_tree import ProcessTree
from ..translation import tr
from . import qgis_own

_POLL_S = 0.1
# After a cancel the program may end by itself for so long, then it is asked to end, then it is killed.
_TERMINATE_AFTER_S, _KILL_AFTER_S = 1.2, 1.6
_LAST_LINES = 200
# So long the streams of a program that has ended may stay open: what left the tree may still hold them.
_STREAMS_CLOSE_S = 5.0
# Variables that point a Python, GDAL, PROJ or Qt at QGIS's own files.
_QGIS_OWN = re.compile(
    r"(PYTHON|PROJ_|GDAL_|OGR_|VSI_|QGIS_|QT_|OSGEO4W|O4W_|GRASS|GISBASE|SAGA|VIRTUAL_ENV|CONDA|LD_LIBRARY_PATH|LD_PRELOAD"
    r"|DYLD_)",
    re.I,
)


class ProcessError(Exception):
    """A program could not be started. The message tells the user why."""


@dataclass(frozen=True)
class Ended:
    """How a program ended. code: its exit code, negative for a signal. last_lines: the end of its stderr."""

    code: int
    cancelled: bool
    last_lines: tuple[str, ...]


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without what QGIS put there for itself, and with `extra`."""
    kept = {name: value for name, value in os.environ.items() if not _QGIS_OWN.match(name)}
    # For the Pythons that the program starts: QGIS's current folder may be that of a project that somebody sent.
    return {**qgis_own.cleaned(kept), "PYTHONSAFEPATH": "1", **(extra or {})}


def python_command(python: str, *arguments: str) -> list[str]:
    """`python` without the user's or QGIS's Python settings, its output unbuffered and in UTF-8."""
    return [python, "-I", "-u", "-X", "utf8", *arguments]


def guarded(python: str, module: str, *arguments: str) -> list[str]:
    """`python -m module arguments` that ends when QGIS ends, for a module that does not do this itself."""
    guard = str(Path(__file__).with_name("guard.py"))
    return python_command(python, guard, str(os.getpid()), module, *arguments)


def run(
    command: Sequence[str],
    *,
    on_line: Callable[[str], None] = lambda line: None,
    on_error_line: Callable[[str], None] = lambda line: None,
    cancelled: Callable[[], bool] = lambda: False,
    extra_environment: Mapping[str, str] | None = None,
    folder: str | None = None,
) -> Ended:
    """Run a program to its end. Blocks, so call it from a background thread.

    on_line, on_error_line: called in this thread with each line of its stdout and stderr. cancelled: called ten times a
    second. Once it returns True, stdin is closed, which asks the program to end; after two seconds it is killed.
    Otherwise stdin stays open, and closes by itself when QGIS dies.
    What the program started and left running is ended with it.

    Raises ProcessError if the program cannot be started.
    """
    tree = _start(command, extra_environment, folder)
    process = tree.process
    last_lines: deque[str] = deque(maxlen=_LAST_LINES)

    def show(is_error: bool, line: str) -> None:
        if is_error:
            last_lines.append(line)
            on_error_line(line)
        else:
            on_line(line)

    try:
        was_cancelled = _follow(tree, show, cancelled)
        code = process.wait()
    finally:
        _close(process.stdin)
        tree.end()
        process.wait()
    return Ended(code, was_cancelled, tuple(last_lines))


def _start(command: Sequence[str], extra: Mapping[str, str] | None, folder: str | None) -> ProcessTree:
    try:
        return ProcessTree(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=clean_environment(extra),
            cwd=folder,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ProcessError(tr("{}: cannot be started ({})").format(command[0], reason)) from error


def _follow(tree: ProcessTree, show: Callable[[bool, str], None], cancelled: Callable[[], bool]) -> bool:
    """Show the program's lines until it ends, or end it when it is cancelled. Returns whether it was cancelled."""
    process = tree.process
    lines: queue.Queue[tuple[bool, str] | None] = queue.Queue()
    for stream, is_error in ((process.stdout, False), (process.stderr, True)):
        threading.Thread(target=_read, args=(stream, is_error, lines), daemon=True).start()
    cancelled_at: float | None = None
    ended_at: float | None = None
    open_streams = 2
    while open_streams:
        if cancelled_at is None and cancelled():
            cancelled_at = time.monotonic()
            _close(process.stdin)
        elif cancelled_at is not None:
            _press(tree, time.monotonic() - cancelled_at)
        try:
            item = lines.get(timeout=_POLL_S)
        except queue.Empty:
            if ended_at is not None and time.monotonic() - ended_at > _STREAMS_CLOSE_S:
                break
            if ended_at is None and process.poll() is not None:
                # What it started may hold the streams open. Once that has ended too, they close after the last line.
                ended_at = time.monotonic()
                tree.end()
            continue
        if item is None:
            open_streams -= 1
        else:
            show(*item)
    return cancelled_at is not None


def _read(stream: Any, is_error: bool, lines: queue.Queue[tuple[bool, str] | None]) -> None:
    with stream:
        for line in iter(stream.readline, b""):
            lines.put((is_error, line.decode("utf-8", "replace").rstrip("\r\n")))
    lines.put(None)


def _press(tree: ProcessTree, waited_s: float) -> None:
    if waited_s >= _KILL_AFTER_S:
        tree.end()
    elif waited_s >= _TERMINATE_AFTER_S and tree.process.poll() is None:
        tree.ask()


def _close(stream: Any) -> None:
    with contextlib.suppress(OSError):
        stream.close()

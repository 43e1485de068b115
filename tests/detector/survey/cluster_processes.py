"""The processes of a Ray cluster on this machine."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


def workers(of: int) -> list[int]:
    """The processes of the actors that search, in the cluster that a process has started."""
    return [process for process, (worker, _) in below(of).items() if worker]


def seconds_of(process: int) -> tuple[float, float, float]:
    """Seconds of the processor: by a process itself, by the workers below it, and by what else is below it."""
    _, own = _stat(Path(f"/proc/{process}"))
    every = below(process).values()
    return own, sum(took for worker, took in every if worker), sum(took for worker, took in every if not worker)


def below(process: int) -> dict[int, tuple[bool, float]]:
    """Of every process below this one: whether it is a worker, and its seconds of the processor."""
    parents: dict[int, int] = {}
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)], seconds = _stat(entry)
                found[int(entry.name)] = ((entry / "cmdline").read_bytes().startswith(b"ray::Worker"), seconds)

    def above(process: int) -> Iterator[int]:
        while process := parents.get(process, 0):
            yield process

    return {number: of for number, of in found.items() if process in above(number)}


def _stat(entry: Path) -> tuple[int, float]:
    """(parent, seconds of the processor) of a process in /proc."""
    values = (entry / "stat").read_text().rpartition(")")[2].split()
    return int(values[1]), (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")

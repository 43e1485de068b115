"""The processes of a Ray cluster on this machine."""

import contextlib
from collections.abc import Iterator
from pathlib import Path


def workers(of: int) -> list[int]:
    """The processes of the actors that search, in the cluster that a process has started."""
    parents: dict[int, int] = {}
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if (entry / "cmdline").read_bytes().startswith(b"ray::Worker"):
                    found.append(int(entry.name))

    def above(process: int) -> Iterator[int]:
        while process := parents.get(process, 0):
            yield process

    return [process for process in found if of in above(process)]

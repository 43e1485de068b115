"""The cores and the memory that this process may use, on Linux, Windows and macOS."""

import contextlib
import os
from pathlib import Path

import psutil

_GROUP = Path("/sys/fs/cgroup")


def cores() -> int:
    """The cores that this process may use, 1 or more. A scheduler may allow fewer than the machine has."""
    try:
        return len(psutil.Process().cpu_affinity()) or 1
    except (AttributeError, OSError, psutil.Error):  # macOS ties no process to a core
        return psutil.cpu_count() or os.cpu_count() or 1


def free_memory() -> int | None:
    """The memory that is free for this process, in bytes; None where the system does not say.

    A container may allow less than the machine has.
    """
    found = []
    with contextlib.suppress(OSError, psutil.Error):
        found.append(int(psutil.virtual_memory().available))
    with contextlib.suppress(OSError, ValueError):
        limit = (_GROUP / "memory.max").read_text(encoding="ascii").strip()
        if limit != "max":
            found.append(max(0, int(limit) - int((_GROUP / "memory.current").read_text(encoding="ascii"))))
    return min(found, default=None)

"""Gives each process cores of its own, so that processes on one machine do not compete for cores."""

import contextlib
import os
import socket
import time
from pathlib import Path

# The name of a core's token.
NAME = "herdmap core"
_POLL_S = 0.1
# The tokens are held as long as this process lives.
_tokens: list[socket.socket] = []


def keep(count: int, patience_s: float = 5.0) -> tuple[int, ...]:
    """Limit this process, with all its threads, to `count` cores that no other process has taken with this function.

    The system frees them when the process ends, in whatever way it ends.

    Args:
        count: How many cores.
        patience_s: How long to wait for another process that is about to end.

    Returns:
        The cores. Empty if this is not Linux or too few cores are left; then the process is not limited.
    """
    if not hasattr(os, "sched_setaffinity"):
        return ()
    until = time.monotonic() + patience_s
    while not (taken := _taken(count)):
        if time.monotonic() >= until:
            return ()
        time.sleep(_POLL_S)
    for thread in Path("/proc/self/task").iterdir():
        with contextlib.suppress(ProcessLookupError):  # the thread has ended
            os.sched_setaffinity(int(thread.name), taken)
    _tokens.extend(taken.values())
    return tuple(taken)


def _taken(count: int) -> dict[int, socket.socket]:
    """The tokens of `count` cores; empty if too few are left."""
    taken: dict[int, socket.socket] = {}
    for core in sorted(os.sched_getaffinity(0)):
        if len(taken) == count:
            break
        # The name of an abstract socket of Linux has one owner, needs no file, and is free again when its owner dies.
        token = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            token.bind(f"\0{NAME} {core}")
        except OSError:
            token.close()
        else:
            taken[core] = token
    if len(taken) < count:
        for token in taken.values():
            token.close()
        return {}
    return taken

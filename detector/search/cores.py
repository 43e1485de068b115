"""Gives each process cores of its own, so that processes on one machine do not compete for cores."""

import contextlib
import os
import socket
import time
from pathlib import Path

# What a core is called among the names that stand for it.
NAME = "herdmap core"
_POLL_S = 0.1
# Held for as long as this process lives.
_tokens: list[socket.socket] = []


def keep(count: int, patience_s: float = 5.0) -> tuple[int, ...]:
    """Hold this process, every thread of it, to `count` cores that no other process has taken by this function.

    The system gives them back when the process ends, however it ends. patience_s: how long to wait for one that is
    about to end. Returns the cores; none, and the process stays as it is, where the system has no such thing (it is
    Linux's) or so many are not left.
    """
    if not hasattr(os, "sched_setaffinity"):
        return ()
    until = time.monotonic() + patience_s
    while not (taken := _taken(count)):
        if time.monotonic() >= until:
            return ()
        time.sleep(_POLL_S)
    for thread in Path("/proc/self/task").iterdir():
        with contextlib.suppress(ProcessLookupError):  # it ended meanwhile
            os.sched_setaffinity(int(thread.name), taken)
    _tokens.extend(taken.values())
    return tuple(taken)


def _taken(count: int) -> dict[int, socket.socket]:
    """The tokens of `count` cores; none where so many are not left."""
    taken: dict[int, socket.socket] = {}
    for core in sorted(os.sched_getaffinity(0)):
        if len(taken) == count:
            break
        # A name of Linux's abstract sockets has one owner, needs no file and is free again when its owner dies.
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

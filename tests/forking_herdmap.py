"""Runs in a Python that has herdmap, has loaded it, and divides for each command that is asked for.

    python -I forking_herdmap.py SOCKET

Each connection to the socket is one command: a JSON text with the streams that the command gets, answered with the
number of its process and, when it has ended, with its exit code. Who closes the connection kills the command. When its
stdin ends and the commands have ended, this ends too. `loaded_herdmap` asks.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import traceback
from typing import Any, NoReturn

LARGEST = 1 << 17  # bytes of a command with its environment


def main(path: str) -> None:
    """Serve until nobody can ask any more."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(path)
        listening.listen(32)
        print("ready", flush=True)
        while listening in select.select([listening, sys.stdin], [], [])[0]:
            connection, _ = listening.accept()
            if not os.fork():
                _one(connection)
            connection.close()
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
    with contextlib.suppress(ChildProcessError):
        while True:  # so that what they took is among what this process took
            os.waitpid(-1, 0)


def _one(connection: socket.socket) -> NoReturn:
    text, streams, *_ = socket.recv_fds(connection, LARGEST, 3)
    command = os.fork()
    if not command:
        connection.close()
        _run(json.loads(text), streams)
    for stream in streams:
        os.close(stream)
    connection.send(str(command).encode())
    ends = os.pidfd_open(command)
    if ends not in select.select([ends, connection.fileno()], [], [])[0]:
        os.killpg(command, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])
    with contextlib.suppress(OSError):
        connection.send(str(code).encode())
    os._exit(0)


def _run(asked: dict[str, Any], streams: list[int]) -> NoReturn:
    """Be the command. `before` is run first; `guard`, if there is one, is the program that runs it."""
    code: object = 0
    try:
        os.setsid()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        # As a terminal starts it: what starts in the background ignores Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.stdout.reconfigure(encoding="utf-8", write_through=True)  # type: ignore[union-attr]
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        sys.path[:0] = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
        exec(asked["before"], {})
        if asked["guard"]:
            sys.argv = [asked["guard"], str(os.getppid()), "detector", *asked["arguments"]]
            runpy.run_path(asked["guard"], run_name="__main__")
        else:
            sys.argv = ["herdmap", *asked["arguments"]]
            runpy.run_module("detector", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))  # what is loaded need not be taken down


if __name__ == "__main__":
    from geo.pyogrio_start import without_tables

    without_tables()  # as each command does that is a process of its own
    for name in ("detector.cli", "detector.evaluation", "detector.survey", "geo.vector"):
        importlib.import_module(name)  # not ONNX Runtime: its threads would be missing in the others
    gc.freeze()
    main(sys.argv[1])

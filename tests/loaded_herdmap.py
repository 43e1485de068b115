"""`herdmap ...` without the wait until Python has loaded it: a process that has loaded it divides for each command.

Each command is a process of its own, as at a terminal, with its own environment, streams and end, but begins at once,
which takes a core a fifth of the time. Where the start itself is tested, a command is started as people start it.
"""

import functools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.forking_herdmap import LARGEST

_ROOT = Path(__file__).resolve().parents[1]
# With it, the plugin starts commands that do not watch their stdin.
_GUARD = _ROOT / "qgis_plugin" / "environment" / "guard.py"
# A program that stands for a Python: what is a command of herdmap is asked of the process that has loaded it.
_LAUNCHER = """#!/usr/bin/python3 -IS
import json, os, signal, socket, sys
options, rest = sys.argv[1:5], sys.argv[5:]
guard = {guard!r} if rest[:1] == [{guard!r}] and rest[2:3] == ["detector"] else ""
if options != ["-I", "-u", "-X", "utf8"] or not (guard or rest[:2] == ["-m", "detector"]):
    os.execv({python!r}, [{python!r}, *sys.argv[1:]])
arguments = rest[3 if guard else 2:]
asked = {{"folder": os.getcwd(), "environment": dict(os.environ), "before": "", "guard": guard, "arguments": arguments}}
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
    connection.connect({path!r})
    socket.send_fds(connection, [json.dumps(asked).encode()], [0, 1, 2])
    for stream in (0, 1, 2):
        os.close(stream)
    command = int(connection.recv(99))
    for passed_on in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(passed_on, lambda number, _: os.kill(command, number))
    code = int(connection.recv(99))
if code < 0:
    signal.signal(-code, signal.SIG_DFL) if -code != signal.SIGKILL else None
    os.kill(os.getpid(), -code)
os._exit(code)
"""


def herdmap(python: str, *arguments: object) -> str:
    """Run a command of the detector that this Python has, and get what it prints.

    Raises CalledProcessError if it fails.
    """
    command = [str(argument) for argument in arguments]
    done = ended(python, command, os.environ)
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return done.stdout


def ended(
    python: str, command: list[str], environment: Mapping[str, str], before: str = ""
) -> "subprocess.CompletedProcess[str]":
    """How a command ended, in this environment. before: a program that its process runs first."""
    asked = {"folder": str(Path.cwd()), "environment": dict(environment), "arguments": command}
    text = json.dumps({**asked, "before": before, "guard": ""}).encode()
    assert len(text) < LARGEST
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        Path(os.devnull).open("rb") as nothing,
    ):
        connection.connect(str(_started(python)))
        socket.send_fds(connection, [text], [nothing.fileno(), out.fileno(), err.fileno()])
        connection.recv(99)
        code = int(connection.recv(99))
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(command, code, out.read().decode(), err.read().decode())


@functools.cache
def quick_python(python: str) -> str:
    """A program that does what this Python does, but `-I -u -X utf8 -m detector ...` begins at once.

    So does what the plugin's guard runs. A signal to it reaches the command; SIGKILL ends that too.
    """
    path = _started(python)
    program = path.with_name("python")
    program.write_text(_LAUNCHER.format(python=python, guard=str(_GUARD), path=str(path)), encoding="utf-8")
    program.chmod(0o755)
    return str(program)


@functools.cache
def _started(python: str) -> Path:
    """The socket of a process that has loaded this Python's herdmap."""
    path = Path(tempfile.mkdtemp(prefix="herdmap-")) / "asked"
    command = [python, "-I", "-X", "utf8", str(Path(__file__).with_name("forking_herdmap.py")), str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    _PROCESSES.append((process, path.parent))
    return path


_PROCESSES: "list[tuple[subprocess.Popen[bytes], Path]]" = []


def end() -> None:
    """End what was started, so that its seconds are counted as those of the tests."""
    for process, folder in _PROCESSES:
        process.communicate()
        shutil.rmtree(folder)
    _PROCESSES.clear()
    _started.cache_clear()
    quick_python.cache_clear()

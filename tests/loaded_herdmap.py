"""`herdmap ...` without the wait until Python has loaded it: a process that has loaded it divides for each command.

Each command is a process of its own, as at a terminal, but begins at once, which takes a core a fifth of the time.
"""

import functools
import json
import subprocess
import sys
from pathlib import Path

# Answers each line with the exit code of the command in it, and with what that printed, until nobody can ask any more.
_SERVES = """
import gc, json, os, sys, tempfile
from geo.pyogrio_start import without_tables
without_tables()  # as each command does that is a process of its own
import detector.evaluation, detector.survey, geo.vector  # not ONNX Runtime: its threads would be missing in the others
from detector.cli import main
gc.freeze()
for line in sys.stdin:
    folder, arguments = json.loads(line)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if not child:
            os.chdir(folder)
            for stream, file in enumerate((os.open(os.devnull, os.O_RDONLY), out.fileno(), err.fileno())):
                os.dup2(file, stream)
            sys.argv = ["herdmap", *arguments]
            try:
                main()
            except SystemExit as end:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(end.code or 0)  # what is loaded need not be taken down
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said = [file.seek(0) or file.read().decode() for file in (out, err)]
    print(json.dumps([code, *said]), flush=True)
"""


def herdmap(python: str, *arguments: object) -> str:
    """Run a command of the detector that this Python has, and get what it prints.

    Raises CalledProcessError if it fails.
    """
    server = _started(python)
    assert server.stdin is not None
    assert server.stdout is not None
    command = [str(argument) for argument in arguments]
    print(json.dumps([str(Path.cwd()), command]), file=server.stdin, flush=True)
    code: int
    out: str
    code, out, err = json.loads(server.stdout.readline())
    if code:
        sys.stderr.write(err)
        raise subprocess.CalledProcessError(code, command, out, err)
    return out


@functools.cache
def _started(python: str) -> "subprocess.Popen[str]":
    command = [python, "-I", "-c", _SERVES]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

"""The processes that the plugin runs: what they say arrives, a cancel ends them, and none outlives QGIS."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qgis_plugin.environment import process
from tests import ROOT
from tests.plugin.waiting import alive, wait_until

GUARD = Path(process.__file__).with_name("guard.py")


def test_lines_and_the_exit_code_arrive(program):
    said, errors = [], []
    command = program(
        "import sys; print('Löwe 獅子'); print('wrong: ' + sys.argv[1], file=sys.stderr); sys.exit(2)", "a b"
    )
    ended = process.run(command, on_line=said.append, on_error_line=errors.append)
    assert (ended.code, ended.cancelled) == (2, False)
    assert said == ["Löwe 獅子"]
    assert errors == list(ended.last_lines) == ["wrong: a b"]


def test_a_program_that_writes_much_does_not_block(program):
    said = []
    code = "import sys\nfor i in range(20000):\n    print(i); print('x' * 50, file=sys.stderr)"
    ended = process.run(program(code), on_line=said.append)
    assert ended.code == 0
    assert said == [str(i) for i in range(20000)]
    assert len(ended.last_lines) == 200


def test_a_program_that_is_not_there_is_told_in_one_line():
    with pytest.raises(process.ProcessError, match=r"^/nowhere/python: cannot be started"):
        process.run(["/nowhere/python", "-c", "pass"])


def test_qgis_own_settings_do_not_reach_the_program(program, monkeypatch):
    for name in (
        "PYTHONHOME",
        "PYTHONPATH",
        "PROJ_LIB",
        "GDAL_DATA",
        "QT_PLUGIN_PATH",
        "LD_LIBRARY_PATH",
        "VIRTUAL_ENV",
    ):
        monkeypatch.setenv(name, "/wrong")
    monkeypatch.setenv("PIP_CERT", "/right.pem")
    said = []
    process.run(program("import os\nfor item in os.environ.items(): print(*item)"), on_line=said.append)
    assert "PIP_CERT /right.pem" in said
    assert "PYTHONSAFEPATH 1" in said, "the Pythons that it starts look for modules in QGIS's current folder"
    assert not [line for line in said if "/wrong" in line]


@pytest.mark.parametrize(
    ("stubborn", "code"),
    [
        ("import os\nwhile os.read(0, 1): pass\nraise SystemExit(3)", 3),
        ("import time\ntime.sleep(60)", -signal.SIGTERM),
        ("import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)", -signal.SIGKILL),
    ],
    ids=["ends in order", "needs to be asked", "needs force"],
)
def test_a_cancel_ends_it_within_two_seconds(program, stubborn, code):
    pids = []
    asked = []

    def cancelled():
        if pids and not asked:
            asked.append(time.monotonic())
        return bool(asked)

    ended = process.run(
        program(f"import os\nprint(os.getpid(), flush=True)\n{stubborn}"),
        on_line=lambda line: pids.append(int(line)),
        cancelled=cancelled,
    )
    assert time.monotonic() - asked[0] < 2
    assert ended.cancelled
    assert ended.code == code
    assert not alive(pids[0])


PARENT = """
import sys
from qgis_plugin.environment import process
process.run(eval(sys.argv[1]), on_line=lambda line: print(line, flush=True))
"""


def orphans_of(command):
    """Start `command` in another process as QGIS would, kill that with force, and return the pids that were said."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, repr(command)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert pids
    assert all(map(alive, pids))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    return pids


def test_a_guarded_program_and_its_children_end_when_qgis_is_killed(tmp_path, monkeypatch):
    (tmp_path / "children.py").write_text(
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(os.getpid(), child.pid, flush=True)\ntime.sleep(60)\n"
    )
    start = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); sys.argv[:1] = []; exec(open(sys.argv[0]).read())"
    command = [sys.executable, "-c", start, str(GUARD), str(os.getpid()), "children"]
    for pid in orphans_of(command):
        wait_until(lambda pid=pid: not alive(pid))


def test_a_run_of_the_detector_ends_when_qgis_is_killed(herdmap_python, practice, tmp_path):
    output = tmp_path / "out.gpkg"
    start = "import os; print(os.getpid(), flush=True); from detector.cli import main; main()"
    arguments = [
        "detect",
        str(practice / "orthomosaic.tif"),
        "-o",
        str(output),
        "--progress",
        "json",
        "--tile-size",
        "96",
    ]
    (pid,) = orphans_of(process.python_command(herdmap_python, "-c", start, *arguments, "--overlap", "32"))
    wait_until(lambda: not alive(pid), 20)
    assert not output.exists()

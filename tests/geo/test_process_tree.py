"""Programs that are started end together with all that they start, whatever ends them."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from geo.process_tree import ProcessTree
from tests import ROOT

SLEEPS = "import time; time.sleep(60)"
# Starts a child, says the numbers of both, and stays.
WITH_CHILD = f"""
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {SLEEPS!r}])
print(os.getpid(), child.pid, flush=True)
time.sleep(float(sys.argv[1]))
"""
# What is killed: it starts a program as a search after a crash does, says its number, and stays.
KILLED = """
import os, subprocess, sys, time
from geo.process_tree import ProcessTree
code = f"from geo.process_tree import end_with_parent; end_with_parent({os.getpid()}); import time; time.sleep(60)"
print(ProcessTree([sys.executable, "-c", code]).process.pid, flush=True)
time.sleep(60)
"""


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def ended(pid: int) -> bool:
    until = time.monotonic() + 10
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not alive(pid)


@pytest.mark.parametrize("stays_s", [60, 0], ids=["it runs", "it has ended"])
def test_the_end_of_a_tree_is_the_end_of_its_children(stays_s: int) -> None:
    tree = ProcessTree([sys.executable, "-c", WITH_CHILD, str(stays_s)], stdout=subprocess.PIPE, text=True)
    assert tree.process.stdout is not None
    pids = [int(pid) for pid in tree.process.stdout.readline().split()]
    if not stays_s:
        assert tree.process.wait(10) == 0
        assert alive(pids[1]), "its child goes on"
    tree.end()
    tree.end()  # nothing is left
    tree.process.wait(10)
    tree.process.stdout.close()
    assert len(pids) == 2
    assert all(map(ended, pids))


def test_the_tree_of_a_process_that_is_killed_ends() -> None:
    with subprocess.Popen([sys.executable, "-c", KILLED], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        assert alive(pid)
        process.kill()
    assert ended(pid)


def test_a_program_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ProcessTree([str(tmp_path / "nothing")])

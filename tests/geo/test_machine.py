"""What the machine offers, here against what Linux itself says."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from geo import machine

_COUNTS = "import os, sys; os.sched_setaffinity(0, {int(sys.argv[1])}); from geo.machine import cores; print(cores())"


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system ties no process to a core")
def test_a_process_that_may_use_one_core_has_one() -> None:
    one = str(min(os.sched_getaffinity(0)))
    done = subprocess.run([sys.executable, "-c", _COUNTS, one], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
    assert 1 <= machine.cores() <= (os.cpu_count() or 1)


def test_a_system_that_ties_no_process_to_a_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(psutil.Process, "cpu_affinity")  # as on macOS
    assert machine.cores() == (psutil.cpu_count() or os.cpu_count() or 1)  # under Wine, nobody knows a number


def test_the_memory_that_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_GROUP", tmp_path)
    free = machine.free_memory()
    assert free is not None
    assert 1 << 20 < free <= psutil.virtual_memory().total
    (tmp_path / "memory.current").write_text("9000000\n")
    for limit, expected in (("9500000", 500_000), ("8000000", 0)):
        (tmp_path / "memory.max").write_text(f"{limit}\n")
        assert machine.free_memory() == expected

"""A core is kept by one process at a time."""

import json
import os
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="holding processes to cores is Linux's")
# Keeps so many cores; says which, and where each of its threads may run, one of them older than the call.
PROCESS = """
import json, os, sys, threading
threading.Thread(target=threading.Event().wait, daemon=True).start()
from detector.search import cores
cores.NAME = sys.argv[2]  # other programs on this machine may keep cores
kept = cores.keep(int(sys.argv[1]), patience_s=0)
threads = [sorted(os.sched_getaffinity(int(thread))) for thread in os.listdir("/proc/self/task")]
print(json.dumps([kept, threads]), flush=True)
sys.stdin.read()
"""


def start(count: int) -> tuple[subprocess.Popen[str], list[int], list[list[int]]]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROCESS, str(count), f"test {os.getpid()}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert process.stdout is not None
    kept, threads = json.loads(process.stdout.readline())
    return process, kept, threads


def test_each_process_keeps_cores_of_its_own_until_it_dies() -> None:
    every = sorted(os.sched_getaffinity(0))
    assert len(every) > 1
    started = [start(1) for _ in every]
    try:
        assert sorted(core for _, kept, _ in started for core in kept) == every
        assert all(threads == [kept] * len(threads) and len(threads) > 1 for _, kept, threads in started)
        late, kept, threads = start(1)
        started.append((late, kept, threads))
        assert (kept, threads) == ([], [every] * len(threads)), "it stays as it was"
        started[0][0].send_signal(signal.SIGKILL)
        started[0][0].wait()
        started.append(start(1))
        assert started[-1][1] == started[0][1], "what a killed process had is free again"
    finally:
        for process, *_ in started:
            process.communicate()


def test_cores_that_are_too_few_are_left_to_others() -> None:
    every = sorted(os.sched_getaffinity(0))
    first, kept, _ = start(len(every))
    try:
        assert kept == every
    finally:
        first.communicate()
    greedy, kept, _ = start(len(every) + 1)
    other, kept_by_other, _ = start(len(every))
    greedy.communicate()
    other.communicate()
    assert (kept, kept_by_other) == ([], every)

"""Every test, for `make test`: python scripts/run_tests.py --qgis PYTHON [PYTEST_OPTION ...]

With --coverage, how much of the code the tests run, without those of the plugin.

A folder of tests is a process of its own, and so is each file of `ALONE`; some run at once on all cores. So what a
library leaves in its process reaches no other tests: Ray takes over the signal handlers (a crash after it says
nothing any more), OpenVINO, torch and Ray keep threads and memory. Folders that are named together in `TOGETHER` share
a process. A process that crashes or hangs is named, with all that it said, and the others go on. The plugin's tests run
in QGIS's own Python. They, Ray's and those of killed runs wait as much as they compute, so that two more processes run
than there are cores.

Each process says how long it took, and how many seconds of a core: those do not depend on what else the machine does.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COVERED = ROOT / "build" / "coverage"  # a file for each group
# The plugin's tests: those of the review, and the others, which take three times as long.
PLUGIN = {
    "plugin, other": ["tests/plugin", "--ignore", "tests/plugin/review"],
    "plugin/review": ["tests/plugin/review"],
}
# Tests whose libraries leave threads and memory behind that the others of their folder do not use.
ALONE = (
    "tests/detector/survey/test_ray.py",
    "tests/detector/models/test_openvino.py",
    "tests/detector/survey/test_precision.py",
    "tests/detector/training/test_trained_gate.py",
)
# Folders that share a process: they use the same libraries, which leave nothing behind that reaches the others' tests,
# and to load these takes longer than some folder's tests. torch takes a core five seconds and more; its threads sleep.
TOGETHER = (
    ("tests/geo", "tests/geo/exports", "tests/geo/geopackage", "tests/geo/report", "tests/geo/reviews"),
    ("tests/geo/photos", "tests/geo/estimates", "tests/geo/raster"),
    ("tests/detector/models", "tests/detector/teaching", "tests/field"),
    ("tests/detector/evaluation", "tests/detector/labels", "tests/detector/search", "tests/detector"),
)
# The processes that take longest: they begin first, the longest before the others, so that no core waits at the end for
# the last of them. "seconds of a core" in the output say when the order is no longer right.
LONGEST = (
    "tests/detector/models",
    "tests/detector/training",
    "tests/detector/survey",
    "tests/detector/cli",
    "tests/geo",
    "tests/geo/photos",
    "tests/herdmap",
    "tests",
    "tests/geo/overlaps",
    "tests/detector/evaluation",
    "tests/detector/survey/test_ray.py",
    "tests/detector/training/test_trained_gate.py",
    "tests/geo/share",
    "tests/attack",
)
# pytest ends a test after 600 s; this ends a process that no longer obeys it.
LIMIT_S = 1800
NO_TESTS = 5  # pytest's exit code where no test is collected
_running: set[subprocess.Popen[str]] = set()


def groups() -> dict[str, list[str]]:
    """The files of each process by the names of its folders, or its own, in the order in which they start."""
    every = {entry: [entry] for entry in ALONE}
    folders: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        file = path.relative_to(ROOT)
        if file.parts[1] != "plugin" and file.as_posix() not in ALONE:
            folders.setdefault(file.parent.as_posix(), []).append(file.as_posix())
    for together in TOGETHER:
        folders[" ".join(together)] = [file for folder in together for file in folders.pop(folder)]
    every |= dict(sorted(folders.items(), key=lambda group: -len(group[1])))
    place = {one: number for number, one in enumerate(LONGEST)}
    return dict(sorted(every.items(), key=lambda group: place.get(group[0].split()[0], len(place))))


def run(name: str, command: Sequence[str], environment: dict[str, str]) -> bool:
    """Run a process of tests and say how it went, all of it where it went wrong. Whether all passed."""
    began = time.monotonic()
    # In a session of its own, so that a process that hangs is ended with all that it started.
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, encoding="utf-8", errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    _running.add(process)
    too_long = threading.Timer(LIMIT_S, os.killpg, (process.pid, signal.SIGKILL))
    too_long.start()
    assert process.stdout is not None
    with process.stdout:
        said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)  # with what it started and waited for
    process.returncode = os.waitstatus_to_exitcode(status)
    too_long.cancel()
    if time.monotonic() - began >= LIMIT_S:
        said += f"\n{name} did not end within {LIMIT_S} s and was killed\n"
    _running.discard(process)
    last = next((line for line in reversed(said.splitlines()) if line.strip()), "it said nothing")
    # Files that skip themselves whole, as Detectron2's do where it is missing, are fine; a folder without tests is not.
    good = process.returncode == 0 or (process.returncode == NO_TESTS and "skipped" in last)
    if process.returncode < 0:
        last = f"ended by {signal.Signals(-process.returncode).name}"
    took, core = time.monotonic() - began, used.ru_utime + used.ru_stime
    end = f"{took:.0f} s in all, {core:.0f} seconds of a core"
    print(f"{'' if good else said}{name}: {last.strip('= ')} ({end})", flush=True)
    return good


def report_coverage() -> None:
    """Print what the groups' processes, and those that they started, ran of the code."""
    coverage = [sys.executable, "-m", "coverage"]
    subprocess.run([*coverage, "combine", "--quiet", *map(str, COVERED.iterdir())], cwd=ROOT, check=True)
    subprocess.run([*coverage, "report", "--skip-covered"], cwd=ROOT, check=True)


def main() -> int:
    """Run all groups. 0 where all passed, 1 otherwise."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--qgis", metavar="PYTHON", help="the Python of QGIS; without it, the plugin is left out")
    asked.add_argument("--coverage", action="store_true")
    args, options = asked.parse_known_args()
    if args.coverage:
        shutil.rmtree(COVERED, ignore_errors=True)
        COVERED.mkdir(parents=True)
    # The other cores have tests of their own, and threads that wait for one another take them all. torch starts as many
    # as there are cores all the same: they sleep while they wait.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
    # Each of some hundred commands would compile the whole program anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    pytest = ["-m", "pytest", "--quiet", "--no-header", "-p", "no:cacheprovider", *options]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    every = groups()
    assert set(LONGEST) <= {name.split()[0] for name in every}, "LONGEST names tests that are not there"
    assert len(set(LONGEST)) == len(LONGEST), "LONGEST names a process twice"
    runs = {}
    with ThreadPoolExecutor(cores + 2) as pool:
        for half, files in PLUGIN.items() if args.qgis else ():
            # Under this name pytest-qgis gives each its own settings of QGIS, which the tests change.
            own = {**environment, "QT_QPA_PLATFORM": "offscreen", "PYTEST_XDIST_WORKER": half.replace("/", "-")}
            command = [args.qgis, *pytest, "-c", "tests/plugin/pytest.ini", *files]
            runs[half] = pool.submit(run, half, command, own)
        for name, files in every.items():
            command, own = [sys.executable, *pytest, *files], environment
            if args.coverage:
                command += ["--cov", "--cov-report="]
                own = {**environment, "COVERAGE_FILE": str(COVERED / name.replace("/", "-"))}
            runs[name] = pool.submit(run, name, command, own)
        try:
            failed = [which for which, of in runs.items() if not of.result()]
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in set(_running):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    if args.coverage:
        report_coverage()
    print(f"not all passed: {', '.join(failed)}" if failed else f"all {len(runs)} groups of tests passed")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())

"""Every test file of the core, on any system: python scripts/core_tests.py [--table FILE] [--python COMMAND] [FILE ...]

The core is what a person installs without torch and QGIS. Each file is a process of its own, one after the other on
every core of the machine: a file that crashes or hangs is named, and costs no other. At the end a table says how many
tests of each file passed, failed and were skipped, and why. CONTRIBUTING.md says how to run it with a Windows Python on
Linux.
"""

import argparse
import os
import re
import shlex
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# QGIS and a browser have jobs of their own.
CHOSEN = ("-m", "not qgis and not browser")
NO_TESTS = 5  # pytest's exit code where no test is collected


@dataclass(frozen=True)
class Result:
    """What became of a file of tests.

    why: the reasons why tests were skipped. said: the output of a file that has failed; empty if all is well.
    """

    file: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    why: tuple[str, ...]
    said: str


def files(tests: Path) -> list[str]:
    """Each file of tests, relative to `tests`. The plugin's are not among them: they run in QGIS's own Python."""
    every = sorted(path.relative_to(tests).as_posix() for path in tests.rglob("test_*.py"))
    return [file for file in every if not file.startswith("plugin/")]


def run(file: str, python: list[str], limit_s: float) -> Result:
    """Run a file of tests and count what became of them. A file that crashes or hangs has failed."""
    command = [*python, "-m", "pytest", "--quiet", "--no-header", "-p", "no:cacheprovider", *CHOSEN, f"tests/{file}"]
    began = time.monotonic()
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}  # the other cores have tests of their own
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, timeout=limit_s, check=False, text=True, encoding="utf-8",
            errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        code, said = done.returncode, done.stdout
    except subprocess.TimeoutExpired as late:
        said = late.stdout.decode("utf-8", "replace") if isinstance(late.stdout, bytes) else late.stdout or ""
        code, said = -1, f"{said}\nit did not end within {limit_s:.0f} s\n"
    last = next((line for line in reversed(said.splitlines()) if re.search(r" in \d[\d.]*s", line)), "")
    passed, failed, errors, skipped = (
        int(found[1]) if (found := re.search(rf"(\d+) {word}", last)) else 0
        for word in ("passed", "failed", "error", "skipped")
    )
    good = code == 0 or (code == NO_TESTS and not failed + errors)
    if not good and not failed + errors:
        failed, said = 1, f"{said}\nit ended with code {code}\n"
    why = tuple(dict.fromkeys(re.findall(r"^SKIPPED \[\d+\] .+?:(?:\d+:)? (.+)$", said, re.MULTILINE)))
    return Result(file, passed, failed + errors, skipped, time.monotonic() - began, why, "" if good else said)


def table(results: list[Result]) -> str:
    """The results in Markdown, and their sums."""
    rows = [
        f"| {r.file} | {r.passed} | {r.failed} | {r.skipped} | {r.seconds:.0f} | {'; '.join(r.why)} |" for r in results
    ]
    sums = [sum(getattr(r, name) for r in results) for name in ("passed", "failed", "skipped", "seconds")]
    all_of_them = f"| all {len(results)} | {' | '.join(f'{value:.0f}' for value in sums)} |"
    head = "| file | passed | failed | skipped | s | why skipped |"
    return "\n".join([head, "|---|---|---|---|---|---|", *rows, f"{all_of_them} |", ""])


def main() -> int:
    """Run the files that are named, or all. 0 where all passed, 1 otherwise."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default="", help="command that runs another Python (this one)")
    parser.add_argument("--table", type=Path, help="file for the table; it grows with each file of tests")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once (all cores)")
    parser.add_argument("--limit", type=float, default=900.0, help="seconds that a file of tests may take")
    parser.add_argument("files", nargs="*", help="files relative to tests/ (all of the core)")
    asked = parser.parse_args()
    python = shlex.split(asked.python) or [sys.executable]
    results: list[Result] = []
    with ThreadPoolExecutor(asked.jobs) as pool:
        for result in pool.map(lambda file: run(file, python, asked.limit), asked.files or files(ROOT / "tests")):
            results.append(result)
            counted = f"{result.passed} passed, {result.failed} failed, {result.skipped} skipped"
            print(f"{result.said}{result.file}: {counted} ({result.seconds:.0f} s)", flush=True)
            if asked.table:
                asked.table.write_text(table(results), encoding="utf-8")
    failed = [result.file for result in results if result.said]
    print(f"not all passed: {', '.join(failed)}" if failed else f"all {len(results)} files passed")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())

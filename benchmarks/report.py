"""How the benchmarks say what they found, and the children they measure."""

import importlib.util
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# What the peers are, and how to get them into an environment of their own.
PEERS = {"lsnms": "lsnms==0.5.0", "sahi": "sahi==0.12.8", "supervision": "supervision==0.31.2"}
VERDICT = {True: "met", False: "**missed**", None: ""}


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, the target ('' for none), the value, and whether the target is met."""

    what: str
    target: str
    measured: str
    met: bool | None = None


def missing(*modules: str) -> bool:
    """Whether a peer is not installed; then says how to install it."""
    absent = [m for m in modules if importlib.util.find_spec(m) is None]
    if absent:
        wanted = " ".join(f"'{PEERS.get(m, m)}'" for m in absent)
        print(f"{', '.join(absent)} not installed, left out: {sys.executable} -m pip install {wanted}", flush=True)
    return bool(absent)


def table(rows: Sequence[Row]) -> str:
    """A Markdown table."""
    cells = [("what", "target", "measured", "")] + [(r.what, r.target, r.measured, VERDICT[r.met]) for r in rows]
    widths = [max(len(c[i]) for c in cells) for i in range(4)]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |" for row in cells]
    return "\n".join([lines[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *lines[1:]])


def finish(rows: Sequence[Row], json_file: Path | None) -> None:
    """Print the table, and leave the rows for `run_all.py` where it asked for them."""
    print("\n" + table(rows), flush=True)
    if json_file is not None:
        json_file.write_text(json.dumps([asdict(row) for row in rows]), encoding="utf-8")


def machine() -> str:
    """The processor, its cores, the memory and the versions, in one line."""
    model, memory = platform.processor() or platform.machine(), ""
    cpuinfo, meminfo = Path("/proc/cpuinfo"), Path("/proc/meminfo")
    if cpuinfo.is_file():
        names = [
            line.split(":", 1)[1].strip()
            for line in cpuinfo.read_text(encoding="utf-8").splitlines()
            if "model name" in line
        ]
        model = names[0] if names else model
    if meminfo.is_file():
        memory = f", {int(meminfo.read_text(encoding='utf-8').split()[1]) / 2**20:.0f} GB"
    return f"{model}, {cores()} cores{memory}, Python {platform.python_version()}"


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load() -> float:
    """How many processes want to run, over the last minute; 0 where the system does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def peak_bytes() -> int:
    """The most memory this process has held (resident)."""
    status = Path("/proc/self/status")
    if status.is_file():
        # Not ru_maxrss where there is a choice: that one remembers what the parent held when it forked.
        peak = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) << 10
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def cpu_seconds() -> float:
    """Processor time of this process so far, all threads."""
    return time.process_time()


def in_child(module: str, *arguments: str) -> dict[str, Any]:
    """Run a module in a process of its own; what it prints last is its answer, in JSON."""
    command = [sys.executable, "-m", module, *arguments]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {answer.returncode}:\n{answer.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(answer.stdout.strip().splitlines()[-1])
    return found

"""All benchmarks, one after another, and one table: target, measured, met or missed.

Peers that are not installed are left out, and the line that installs them is printed. All of them:

    python -m venv /tmp/peers
    /tmp/peers/bin/pip install . onnx lsnms==0.5.0 sahi==0.12.8 supervision==0.31.2 geopandas==1.2.0
    /tmp/peers/bin/python -m benchmarks.run_all

It takes some 30 minutes on two quiet cores; --quick takes smaller sizes and one round, to see that all runs. The last
lines are Markdown, with the machine and with what other processes took of it meanwhile. A benchmark that fails is
said, and the others still run. The exit status is 1 where a target is missed or a benchmark failed.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.report import Row, cores, load, machine, missing, table

MAX_WRITE_RATIO = 1.3
MAX_COUNT_RATIO = 1.0
# Other processes that took more than this many cores on average make the times doubtful.
BUSY_CORES = 0.2
PACKAGES = ("numpy", "onnxruntime", "rasterio", "pyogrio", "shapely", "lsnms", "sahi", "supervision", "geopandas")


def rows_of_writing(text: str) -> list[Row]:
    """What `geopackage_write.py` printed."""
    found = re.search(r"(\d+) detections: herdmap / pyogrio = ([\d.]+)", text)
    if found is None:
        raise ValueError("no ratio in its output")
    ratio = float(found[2])
    what = f"GeoPackage of {int(found[1]):,} detections, time / pyogrio's bare write"
    return [Row(what, f"<= {MAX_WRITE_RATIO:g}", f"{ratio:.2f}", ratio <= MAX_WRITE_RATIO)]


def rows_of_counting(text: str) -> list[Row]:
    """What `region_counts.py` printed."""
    size = re.search(r"(\d+) points, (\d+) regions", text)
    ratios = re.findall(r"^sjoin (\w+)\s.*Herdmap / this: ([\d.]+)", text, re.MULTILINE)
    if size is None or not ratios:
        raise ValueError("no ratio in its output")
    what = f"counts of {int(size[1]):,} points x {int(size[2]):,} regions, time / geopandas sjoin"
    return [
        Row(f"{what} ({predicate})", f"<= {MAX_COUNT_RATIO:.1f}", ratio, float(ratio) <= MAX_COUNT_RATIO)
        for predicate, ratio in ratios
    ]


# name: (options, options with --quick, modules it cannot do without, how to read its output; None: it writes --json)
Reader = Callable[[str], list[Row]]
BENCHMARKS: dict[str, tuple[list[str], list[str], list[str], Reader | None]] = {
    "merge": ([], ["--boxes", "1000", "10000", "--rounds", "3"], [], None),
    "overlapping_boxes": ([], ["--boxes", "1000", "10000"], [], None),
    "end_to_end": (["--rounds", "5"], ["--rounds", "1", "--width", "4000", "--height", "3000"], [], None),
    "memory": ([], ["--sides", "4000", "8000"], ["onnx"], None),
    "steady_memory": ([], ["--photos", "150", "--engines", "local"], [], None),
    "whole_survey": ([], ["--photos", "2000"], [], None),
    "matched_photos": ([], ["--photos", "20"], ["cv2"], None),
    "placed_anew": ([], ["--photos", "2000"], [], None),
    "ray_workers": ([], ["--rounds", "1", "--kills", "2", "--photos", "24"], ["ray"], None),
    "gate": ([], ["--quick"], ["fastai", "torchvision", "onnx"], None),
    "kill": ([], ["--kills", "5"], [], None),
    "review_step": ([], ["--detections", "10000", "--steps", "50"], [], None),
    "survey_in_qgis": ([], ["--photos", "2000", "--pans", "4"], [], None),
    "torch_models": (
        ["--tiles", "4", "--rounds", "2"],
        ["--architectures", "ssdlite320_mobilenet_v3_large", "--tile-size", "320", "--tiles", "4", "--rounds", "1"],
        ["torch", "torchvision", "onnx", "safetensors"],
        None,
    ),
    "geopackage_write": ([], ["--detections", "50000", "--rounds", "1"], [], rows_of_writing),
    "region_counts": ([], ["--points", "50000", "--regions", "100", "--rounds", "1"], ["geopandas"], rows_of_counting),
}


def run(name: str, arguments: list[str], reader: Reader | None, folder: Path) -> list[Row]:
    """Run one benchmark, showing what it prints; its rows, or one that says how it failed."""
    json_file = folder / f"{name}.json"
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
    if reader is None:
        command += ["--json", str(json_file)]
    lines = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print("  " + line, end="", flush=True)
            lines.append(line)
    if process.returncode:
        return [Row(f"{name}.py", "", f"failed with exit status {process.returncode}", False)]
    try:
        if reader is not None:
            return reader("".join(lines))
        return [Row(**row) for row in json.loads(json_file.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError) as error:
        return [Row(f"{name}.py", "", f"its result cannot be read: {error}", False)]


def busy_seconds() -> float | None:
    """Processor seconds that all processes of the machine have used; None where the system does not say."""
    stat = Path("/proc/stat")
    if not stat.is_file():
        return None
    user, nice, system, _idle, _iowait, irq, softirq = (int(v) for v in stat.read_text(encoding="utf-8").split()[1:8])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def own_seconds() -> float:
    """Processor seconds of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def versions() -> str:
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes, one round")
    parser.add_argument("--only", nargs="+", choices=list(BENCHMARKS), default=list(BENCHMARKS))
    parser.add_argument("-o", "--output", type=Path, help="write the Markdown here too")
    options = parser.parse_args()

    load_before = load()
    start, busy_start, own_start = time.monotonic(), busy_seconds(), own_seconds()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in options.only:
            full, quick, needed, reader = BENCHMARKS[name]
            print(f"\n{name}", flush=True)
            if missing(*needed):
                continue
            rows += run(name, quick if options.quick else full, reader, Path(folder))
    wall = time.monotonic() - start
    said = [f"Machine: {machine()}.", f"Versions: {versions()}."]
    said += [f"{time.strftime('%Y-%m-%d', time.gmtime())}, {wall / 60:.0f} minutes, load {load_before:.1f} before."]
    busy_end = busy_seconds()
    if busy_start is not None and busy_end is not None:
        others = max(0.0, busy_end - busy_start - (own_seconds() - own_start)) / wall
        doubt = "" if others <= BUSY_CORES else ": **the machine was busy, take the times with care**"
        said.append(f"Other processes took {others:.2f} of {cores()} cores meanwhile{doubt}.")
    if options.quick:
        said.append("**--quick: small sizes and one round; the targets are for the full run.**")
    with_target = sorted(rows, key=lambda row: row.met is None)
    text = "\n\n".join([" ".join(said), table(with_target)])
    print("\n" + text)
    if options.output is not None:
        options.output.write_text(text + "\n", encoding="utf-8")
    return int(any(row.met is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())

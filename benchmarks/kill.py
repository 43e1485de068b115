"""Runs that are killed: is anything lost?

A simulated survey of posed photos, the bundled detector on the CPU. `herdmap detect` is started with an empty output,
killed at an instant drawn at random over as long as an undisturbed run takes, and given again. Every value of the final
GeoPackage's detections and images, geometries and chips too, is held against the undisturbed run's; the id of the run
alone may differ. So 100 times with SIGKILL, and a tenth as often with SIGTERM and with Ctrl-C's SIGINT, which end a run
in order. Nothing of an earlier round is left for the next; an instant at which the run had ended is drawn anew.

    python -m benchmarks.kill --kills 100
"""

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.report import Row, finish

ROOT = Path(__file__).resolve().parents[1]

COMMAND = [sys.executable, "-c", "from detector.cli import main; main()"]


def make_survey(folder: Path) -> Path:
    """Some 40 photos of a simulated flight; returns their folder."""
    from geo.simulation import SurveySettings, simulate

    settings = SurveySettings(
        seed=5, width_m=70, height_m=40, animals=120, photos=True, photo_width_px=640, photo_height_px=480
    )
    simulate(folder, settings)
    return folder / "photos"


def start(photos: Path, output: Path, *more: str) -> subprocess.Popen[bytes]:
    """`herdmap detect`, which stdin does not cancel."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [*COMMAND, "detect", str(photos), "-o", str(output), "--progress", "none", *more],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
    )


def content(output: Path) -> list[Any]:
    """Every value of the layers detections and images, but which run it was."""
    db = sqlite3.connect(output)
    found: list[Any] = []
    for table in ("detections", "images"):
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[1] != "run_id"]
        found.append(db.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY fid").fetchall())
    db.close()
    return found


def where(output: Path, parts: int) -> str:
    """How far a run was that ended now."""
    if output.exists():
        return "after the map"
    written = len(list(output.with_suffix(".herdmap").glob("parts/??/*.part")))
    return "before the first part" if written == 0 else "at the photos" if written < parts else "at the map"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--detect", nargs=argparse.REMAINDER, default=[], help="options for detect, last on the line")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        photos = make_survey(folder / "survey")
        calm = folder / "calm" / "out.gpkg"
        calm.parent.mkdir()
        took = []
        for _ in range(2):  # the first one warms the disk's cache
            shutil.rmtree(calm.with_suffix(".herdmap"), ignore_errors=True)
            calm.unlink(missing_ok=True)
            began = time.monotonic()
            if start(photos, calm, *options.detect).wait() != 0:
                raise SystemExit("the undisturbed run failed")
            took.append(time.monotonic() - began)
        expected = content(calm)
        parts = len(list(calm.with_suffix(".herdmap").glob("parts/??/*.part")))
        print(f"undisturbed: {took[-1]:.1f} s, {parts} photos, {len(expected[0])} detections", flush=True)
        few = max(1, options.kills // 10)
        for signum, kills in ((signal.SIGKILL, options.kills), (signal.SIGTERM, few), (signal.SIGINT, few)):
            equal, places = 0, Counter[str]()
            for kill in range(kills):
                output = folder / "killed" / "out.gpkg"
                shutil.rmtree(output.parent, ignore_errors=True)
                output.parent.mkdir()
                while (process := start(photos, output, *options.detect)).poll() is None:
                    time.sleep(rng.uniform(0, took[-1]))
                    if process.poll() is None:
                        process.send_signal(signum)
                        process.wait()
                        break
                    shutil.rmtree(output.parent)
                    output.parent.mkdir()
                places[where(output, parts)] += 1
                code = start(photos, output, *options.detect).wait()
                same = code == 0 and content(output) == expected
                equal += same
                if not same:
                    print(f"{signum.name} {kill}: NOT equal (exit code {code})", flush=True)
            name = signum.name
            found = f"{equal} of {kills} ({', '.join(f'{n} {place}' for place, n in places.most_common())})"
            print(f"{name}: {found}", flush=True)
            rows.append(Row(f"{name} at a random instant, resumed: detections equal", "all", found, equal == kills))
    finish(rows, options.json)


if __name__ == "__main__":
    main()

"""Planning 100,000 photos, against another version of Herdmap: processor time of all that comes before the first pixel.

The photos are the files of `whole_survey.py`, headers without pixels. For each version a process of its own lists them,
reads their headers as `detect` does, cuts them into units, and finds their poses. The versions take turns, so that
other processes disturb both alike; the better of the rounds counts.

    git worktree add /tmp/other VERSION
    python -m benchmarks.planning --against /tmp/other [--photos 100000] [--rounds 2]
"""

import argparse
import contextlib
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MAX_RATIO = 1.10
# Where this version and the one of 2026-11-25 have what is measured: what, and the module in each.
PLAN = ("plan", ("detector.survey.planning", "detector.survey.plan"))
READING = ("Reading", ("detector.survey.guarded_reader", "detector.survey.reading"))
JOURNAL = ("Journal", ("detector.search.parts", "detector.parts"))
POSES = ("poses_of", ("detector.survey.poses", "detector.survey.placing"))


def one_of(what: str, modules: tuple[str, ...]) -> Any:
    """What the first of these modules that has it calls so."""
    for module in modules:
        with contextlib.suppress(ImportError, AttributeError):
            return getattr(importlib.import_module(module), what)
    raise SystemExit(f"this version has no {what} in {' or '.join(modules)}")


def measure(photos: Path, tree: Path) -> dict[str, float]:
    """Processor seconds of the version in `tree` for the two steps, its tiles and placed photos. Run in a process of
    its own, which has that version."""
    import detector
    from detector import models, survey

    if not Path(detector.__file__).resolve().is_relative_to(tree):
        raise SystemExit(f"{detector.__file__} was imported, and not {tree}")
    plan, reading, journal, poses_of = (one_of(*what) for what in (PLAN, READING, JOURNAL, POSES))
    model = models.load(None, "cpu")
    settings = survey.Settings(tile_size=800, overlap=100)
    output = photos.parent / "survey.gpkg"
    with tempfile.TemporaryDirectory() as folder, reading(journal(Path(folder)), 600.0) as read:
        began = time.process_time()
        # The versions before 2026-11-30 read one header at a time.
        how = {"headers": read.headers} if hasattr(read, "headers") else {"header": read.header}
        work = plan([photos], output, model.info, models.sha256_of(*model.files), settings, **how)
        planned = time.process_time()
        poses = poses_of(work.images, settings)
        ended = time.process_time()
    return {"plan": planned - began, "poses": ended - planned, "tiles": work.tiles, "placed": poses.placed}


def measured(tree: Path, photos: Path) -> dict[str, float]:
    """`measure` of the version in a folder."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, str(Path(__file__).resolve()), "--measure", str(photos), "--against", str(tree)]
    answer = subprocess.run(command, env=environment, cwd=tree, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise SystemExit(f"{tree}: {answer.stderr[-2000:]}")
    found: dict[str, float] = json.loads(answer.stdout.strip().splitlines()[-1])
    return found


def compare(photos: int, against: Path | None, rounds: int, json_file: Path | None) -> None:
    from benchmarks.report import Row, finish, machine
    from benchmarks.whole_survey import make_photos

    trees = {"this version": ROOT} if against is None else {"this version": ROOT, "the other": against.resolve()}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in trees}
    with tempfile.TemporaryDirectory() as folder:
        make_photos(Path(folder) / "photos", photos)
        for _ in range(rounds):
            for name, tree in trees.items():
                found[name].append(measured(tree, Path(folder) / "photos"))
                print(f"{name}: {found[name][-1]}", flush=True)
    what = f"planning {photos:,} photos"
    best = {name: min(each["plan"] + each["poses"] for each in every) for name, every in found.items()}
    steps = {
        name: f"{best[name]:.1f} s (plan {min(each['plan'] for each in every):.1f}, poses "
        f"{min(each['poses'] for each in every):.1f})"
        for name, every in found.items()
    }
    rows = [Row(f"{what}, processor time, {name}", "", text) for name, text in steps.items()]
    if against is not None:
        ratio = best["this version"] / best["the other"]
        rows.append(Row(f"{what}, time / the other version's", f"<= {MAX_RATIO:g}", f"{ratio:.2f}", ratio <= MAX_RATIO))
    print(machine())
    finish(rows, json_file)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--against", type=Path, metavar="DIR", help="a checkout of the version to compare with")
    parser.add_argument("--measure", type=Path, metavar="PHOTOS", help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.measure is not None:
        print(json.dumps(measure(options.measure, options.against)))
        return
    compare(options.photos, options.against, options.rounds, options.json)


if __name__ == "__main__":
    main()

"""Memory over time: what `detect` holds after thousands of photos beside what it held after the first.

Photos of a simulated scene, 1000 px a side (4 tiles of the bundled detector), each a file of its own; the whole run in
a child, on the local engine and on Ray with two workers. Twice a second the resident memory of the child and of all
processes below it is summed, with the number of photos that are done. The slope is a least-squares line through the
samples of the last two thirds of the photos, when every thread has been at work, and before the map is written, which
holds all detections at once.

    python -m benchmarks.steady_memory [--photos 3000] [--plot memory.png]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.ray_workers import make_photos
from benchmarks.report import Row, finish, missing
from tests.detector.survey.cluster_processes import below

MAX_SLOPE_MB = 1.0
SIDE, DIFFERENT = 1000, 50
SAMPLE_S = 0.5
ENGINES = ("local", "ray")


def survey_of(folder: Path, photos: int) -> Path:
    """A folder of `photos` files, of which DIFFERENT differ."""
    make_photos(folder, DIFFERENT, SIDE)
    originals = sorted(folder.iterdir())
    for n in range(DIFFERENT, photos):
        os.link(originals[n % DIFFERENT], folder / f"photo {n:05d}.jpg")
    return folder


def resident_bytes(process: int) -> int:
    """Of a process and all below it. What several share is counted for each."""
    total = 0
    for number in (process, *below(process)):
        try:
            total += int(Path(f"/proc/{number}/statm").read_text(encoding="utf-8").split()[1])
        except OSError:
            continue
    return total * os.sysconf("SC_PAGE_SIZE")


def run_one(photos: Path, engine: str) -> None:
    """In the child: a line for each photo that is done, once the search has begun."""
    from detector import survey

    class Telling(survey.Watcher):
        def progress(self, progress: survey.Progress) -> None:
            print(progress.images_done, flush=True)

    cluster = survey.Cluster(workers=2, cpus=1) if engine == "ray" else None
    survey.detect([photos], photos.parent / f"{engine}.gpkg", device="cpu", cluster=cluster, watcher=Telling())


def sampled(photos: Path, engine: str, count: int) -> NDArray[np.float64]:
    """(N, 2) photos done and MB held."""
    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.steady_memory", "--one", str(photos), engine],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    done, samples = [0], []

    def listen() -> None:
        assert child.stdout is not None
        for line in child.stdout:
            done[0] = int(line)

    threading.Thread(target=listen, daemon=True).start()
    while child.poll() is None:
        if 0 < done[0] < count:
            samples.append((done[0], resident_bytes(child.pid) / 1e6))
        time.sleep(SAMPLE_S)
    if child.returncode:
        assert child.stderr is not None
        raise SystemExit(child.stderr.read()[-3000:])
    return np.array(samples)


def plot(found: dict[str, NDArray[np.float64]], path: Path) -> None:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 3), layout="constrained")
    for engine, samples in found.items():
        axes.plot(samples[:, 0], samples[:, 1], label=engine)
    axes.set(xlabel="photos done", ylabel="resident memory, MB", ylim=(0, None))
    axes.legend()
    figure.savefig(path, dpi=100)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=3000)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--plot", type=Path, help="a picture of it, PNG or SVG")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.one:
        run_one(Path(options.one[0]), options.one[1])
        return
    if "ray" in options.engines and missing("ray"):
        options.engines.remove("ray")
    rows, found = [], {}
    with tempfile.TemporaryDirectory() as folder:
        photos = survey_of(Path(folder) / "photos", options.photos)
        for engine in options.engines:
            samples = found[engine] = sampled(photos, engine, options.photos)
            late = samples[samples[:, 0] > options.photos / 3]
            slope = 1000 * float(np.polyfit(late[:, 0], late[:, 1], 1)[0])
            at = [
                float(samples[(samples[:, 0] > lo) & (samples[:, 0] <= hi), 1].mean())
                for lo, hi in thirds(options.photos)
            ]
            means = ", ".join(f"{mean:.0f}" for mean in at)
            text = f"{slope:+.2f} MB (mean of each third of {options.photos:,} photos: {means} MB)"
            what = f"memory held over time, {engine} engine, growth by 1,000 photos"
            rows.append(Row(what, f"< {MAX_SLOPE_MB:g} MB", text, slope < MAX_SLOPE_MB))
            print(json.dumps({"engine": engine, "slope": slope, "thirds": at}), flush=True)
    if options.plot:
        plot(found, options.plot)
    finish(rows, options.json)


def thirds(count: int) -> list[tuple[float, float]]:
    return [(count * n / 3, count * (n + 1) / 3) for n in range(3)]


if __name__ == "__main__":
    main()

"""The engine on Ray, on this machine: how it scales from one worker to two, and whether killed workers lose anything.

Photos of a simulated scene, the bundled detector, workers that the engine holds to one core each, on a machine of two.
The rate of the search is that over the last two thirds of the photos, so that starting processes and loading the model
are left out; the whole is from the call to the finished map, all of it. Rounds of one and two workers take turns, and
the median is given. The same is worked out from processor time, which other programs disturb less than the clock:
what a lone worker takes for a photo, beside half of what two workers, the run's own process and Ray's take for one
together, which is what two cores cannot be faster than. Then runs with two workers, of which one is killed (SIGKILL)
after a number of photos drawn at random; every value of the detections and images is held against the local engine's.

    python -m benchmarks.ray_workers --rounds 3 --kills 20
"""

import argparse
import logging
import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.kill import content
from benchmarks.report import Row, finish, missing
from detector import survey
from tests.detector.survey.cluster_processes import seconds_of, workers

MIN_SCALING = 1.8


def make_photos(folder: Path, count: int, side: int) -> None:
    """Crops of one scene, `side` px square."""
    from geo.raster import encode_jpeg
    from geo.simulation import SurveySettings, render_scene

    scene = render_scene(SurveySettings(seed=3, width_m=75, height_m=75, gsd_m=0.025, animals=180))[0]
    rng = np.random.default_rng(7)
    folder.mkdir()
    for n in range(count):
        x, y = rng.integers(0, scene.shape[1] - side), rng.integers(0, scene.shape[0] - side)
        (folder / f"photo {n:03d}.jpg").write_bytes(encode_jpeg(scene[y : y + side, x : x + side], 92))


class Watching(survey.Watcher):
    """When each photo was reported, what the processes took by then, and one moment to meddle."""

    def __init__(self, photos: int, after: int = 0, meddle: Callable[[], None] = lambda: None) -> None:
        self.seen: list[tuple[float, int]] = []
        self.took: list[tuple[float, float, float]] = []
        self._photos, self._after, self._meddle = photos, after, meddle

    def progress(self, progress: survey.Progress) -> None:
        """Of each photo."""
        self.seen.append((time.perf_counter(), progress.tiles_done))
        if len(self.seen) in (self._photos // 3 + 1, self._photos):
            self.took.append(seconds_of(os.getpid()))
        if len(self.seen) == self._after:
            self._meddle()

    @property
    def rate(self) -> float:
        """Tiles a second."""
        # Not from the first: by then not all workers have begun.
        (began, first), (ended, last) = self.seen[len(self.seen) // 3], self.seen[-1]
        return (last - first) / (ended - began)

    @property
    def seconds(self) -> tuple[float, float, float]:
        """Of the processor for each photo of the rate: by this process, by the workers, by Ray's own processes."""
        photos = len(self.seen) - len(self.seen) // 3 - 1
        own, searching, rays = ((b - a) / photos for a, b in zip(*self.took, strict=True))
        return own, searching, rays


class Runs:
    """Runs over one folder of photos."""

    def __init__(self, folder: Path, photos: int) -> None:
        self.folder, self.photos = folder, photos
        self.expected = content(self.detect("local", None, survey.Watcher()))

    def detect(self, name: str, workers: int | None, watcher: survey.Watcher) -> Path:
        """Search with so many workers, or without Ray. Returns the survey."""
        output = self.folder / name / "out.gpkg"
        shutil.rmtree(output.parent, ignore_errors=True)
        output.parent.mkdir()
        cluster = None if workers is None else survey.Cluster(workers=workers, cpus=1)
        survey.detect([self.folder / "photos"], output, cluster=cluster, device="cpu", watcher=watcher)
        return output

    def equal(self, output: Path) -> bool:
        """Whether a survey has the local engine's rows."""
        return content(output) == self.expected


def scaling(runs: Runs, rounds: int) -> list[Row]:
    """One worker and two in turn."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    wholes: dict[int, list[float]] = {1: [], 2: []}
    # Seconds of the cores for a photo: that bound a lone worker, and that bound two.
    bounds: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for number in rates:
            watcher, began = Watching(runs.photos), time.perf_counter()
            output = runs.detect("ray", number, watcher)
            wholes[number].append(time.perf_counter() - began)
            rates[number].append(watcher.rate)
            own, searching, rays = watcher.seconds
            bounds[number].append(searching if number == 1 else (own + searching + rays) / 2)
            print(
                f"{number} workers: {watcher.rate:.1f} tiles/s, {wholes[number][-1]:.1f} s in all, rows "
                f"{'equal' if runs.equal(output) else 'NOT equal'}; of the processor for a photo "
                f"{1000 * searching:.1f} ms by workers, {1000 * own:.1f} by the run, {1000 * rays:.1f} by Ray",
                flush=True,
            )
    scaled = median(b / a for a, b in zip(rates[1], rates[2], strict=True))
    bound = median(a / b for a, b in zip(bounds[1], bounds[2], strict=True))
    whole = median(a / b for a, b in zip(wholes[1], wholes[2], strict=True))
    by_clock = f"{scaled:.2f} ({median(rates[1]):.1f} and {median(rates[2]):.1f} tiles/s)"
    by_processor = f"{bound:.2f} ({1000 * median(bounds[1]):.0f} and {1000 * median(bounds[2]):.0f} ms a photo)"
    in_all = f"{whole:.2f} ({median(wholes[1]):.1f} and {median(wholes[2]):.1f} s, {runs.photos} photos)"
    return [
        Row("Ray, two workers of a core each / one", f">= {MIN_SCALING}", by_clock, scaled >= MIN_SCALING),
        Row("the same by processor time", f">= {MIN_SCALING}", by_processor, bound >= MIN_SCALING),
        Row("the same from the call to the finished map", "", in_all),
    ]


def killed(runs: Runs, kills: int) -> list[Row]:
    """Two workers, of which one is killed."""
    rng = random.Random(1)
    equal = 0

    def kill() -> None:
        os.kill(rng.choice(workers(os.getpid())), signal.SIGKILL)

    for _ in range(kills):
        watcher = Watching(runs.photos, rng.randrange(1, runs.photos - 2), kill)
        equal += runs.equal(runs.detect("killed", 2, watcher))
    return [Row("Ray, a worker killed: the local engine's rows", "all", f"{equal} of {kills}", equal == kills)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=300)
    parser.add_argument("--side", type=int, default=1500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if missing("ray"):
        finish([], options.json)
        return
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray

    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        make_photos(folder / "photos", options.photos, options.side)
        ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
        runs = Runs(folder, options.photos)
        if options.rounds:
            rows += scaling(runs, options.rounds)
        if options.kills:
            rows += killed(runs, options.kills)
        ray.shutdown()
    finish(rows, options.json)


if __name__ == "__main__":
    main()

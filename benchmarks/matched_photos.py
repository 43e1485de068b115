"""What it takes to match the photos of a survey by their pixels: a photo's features, a pair of photos, and headers.

The photos are cut from simulated pasture: 1200 x 800 px of 10 cm, 80 % forward overlap and 60 % beside, with the pose
tags of a drone. `survey.begin` places them; then `survey.georeference` matches all that overlap. Processor time, of all
threads and processes; and what ten thousand such photos would take.

    python -m benchmarks.matched_photos [--photos 200]
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Row, cores, cpu_seconds, finish, load, machine, peak_bytes

WIDTH, HEIGHT, GSD_M = 1200, 800, 0.1
# Metres between photos along a line, between lines, and photos a line.
STEP_M, LINE_M, A_LINE = 16.0, 48.0, 20
ORIGIN, CRS = (600_000.0, 9_600_000.0), "EPSG:32736"
MANY = 10_000


def make_photos(folder: Path, photos: int) -> None:
    """Write the photos."""
    from geo.georeference import reproject
    from geo.raster import encode_jpeg
    from geo.simulation import SurveySettings
    from geo.simulation.noise import Window
    from geo.simulation.pose_tags import PoseTags, with_pose_tags
    from geo.simulation.scene import build_scene

    lines = -(-photos // A_LINE)
    size = (LINE_M * (lines - 1) + WIDTH * GSD_M, STEP_M * (A_LINE - 1) + HEIGHT * GSD_M)
    ground = build_scene(SurveySettings(seed=1, width_m=size[0], height_m=size[1], gsd_m=GSD_M, animals=0)).renderer()
    n = np.arange(photos)
    corners = np.column_stack([LINE_M * (n // A_LINE), STEP_M * (n % A_LINE)])
    centres = corners + np.array([WIDTH, HEIGHT]) * GSD_M / 2
    north_up = np.column_stack([centres[:, 0], size[1] - centres[:, 1]])
    lonlat = reproject(north_up + ORIGIN, CRS, "EPSG:4326").tolist()
    start = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
    folder.mkdir()
    for number, ((x, y), (lon, lat)) in enumerate(zip(corners.tolist(), lonlat, strict=True)):
        pixels = ground.render(Window(round(x / GSD_M), round(y / GSD_M), WIDTH, HEIGHT))
        tags = PoseTags(
            lon=lon, lat=lat, altitude_m=1400.0, relative_altitude_m=80.0, gimbal_yaw_deg=0.0, gimbal_pitch_deg=-90.0,
            gimbal_roll_deg=0.0, flight_yaw_deg=0.0, taken_at=start + timedelta(seconds=2 * number),
            focal_length_mm=24.0, sensor_width_mm=36.0, width_px=WIDTH, height_px=HEIGHT,
        )  # fmt: skip
        (folder / f"IMG_{number:05d}.jpg").write_bytes(with_pose_tags(encode_jpeg(pixels), tags))


def spent(call: Callable[[], object]) -> tuple[float, float]:
    """Processor seconds of this process and of those that ended in it, and seconds by the clock."""

    def now() -> float:
        others = resource.getrusage(resource.RUSAGE_CHILDREN)
        return cpu_seconds() + others.ru_utime + others.ru_stime

    began, clock = now(), time.perf_counter()
    call()
    return now() - began, time.perf_counter() - clock


def measure(folder: Path, photos: int) -> list[Row]:
    from detector import survey
    from detector.models import ModelInfo
    from detector.survey.matching import pairs_to_match
    from detector.survey.planning import Settings, plan
    from detector.survey.poses import poses_of
    from geo import raster
    from geo.overlaps.pixels import LONGER_SIDE_PX, Features, find_features, match_pixels

    make_photos(folder / "photos", photos)
    output = folder / "survey.gpkg"
    survey.begin([folder / "photos"], output)
    placed, _ = spent(lambda: survey.georeference(output, Settings()))
    matched, clock = spent(lambda: survey.georeference(output, Settings(match_images=True)))
    files = sorted((folder / "photos").iterdir())
    nobody = ModelInfo("detector", "nobody", ("animal",), 1024)
    work = plan([folder / "photos"], output, nobody, "", Settings())
    assert work is not None
    pairs = pairs_to_match(poses_of(work.images, work.settings).georeferences({}))
    some = files[: min(40, photos)]
    previews: list[NDArray[np.uint8]] = []
    read, _ = spent(lambda: previews.extend(raster.read_preview(file, LONGER_SIDE_PX) for file in some))
    features: list[Features] = []
    found, _ = spent(lambda: features.extend(find_features(one, WIDTH) for one in previews))
    few = [(a, b) for a, b in pairs if b < len(some)][:200]
    compared, _ = spent(lambda: [match_pixels(features[a], features[b]) for a, b in few])
    one, pair = (matched - placed) / photos, len(pairs) / photos
    minutes = one * MANY / cores() / 60
    return [
        Row(f"{photos} photos placed anew, processor time", "", f"{placed:.1f} s"),
        Row("the same, matched by their pixels", "", f"{matched:.1f} s, {clock:.0f} s by the clock"),
        Row("pairs a photo", "", f"{pair:.1f}"),
        Row("a photo read and reduced", "", f"{1000 * read / len(some):.0f} ms"),
        Row("its features", "", f"{1000 * found / len(some):.0f} ms"),
        Row("a pair compared", "", f"{1000 * compared / max(len(few), 1):.0f} ms"),
        Row(f"{MANY:,} photos on {cores()} cores that nobody else uses, by that", "", f"{minutes:.0f} min"),
        Row("peak memory", "", f"{peak_bytes() / 1e6:.0f} MB"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=200)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    print(f"{machine()}; load {load():.0f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Path(folder), options.photos)
    finish(rows, options.json)


if __name__ == "__main__":
    main()

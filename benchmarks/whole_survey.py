"""A whole survey without its pixels: 100,000 photos through plan, journal, assembly, matching and counts.

Each photo is a real JPEG file of 2 kB: the header of a 6000 x 4000 px photo with the pose tags of a drone, cut off
where the pixels would begin. They lie along flight lines with 20 % forward overlap. Animals stand at known places on
the ground; what a detector would see of them in each photo's tiles is written as the photo's part (without waiting for
the disk, which would take most of the time here and none beside a model). Then `survey.detect` finds nothing left to
search and does the rest as always: it lists and reads the headers, merges, places, matches and writes the GeoPackage;
`survey.count` counts in 400 regions. Peak memory is that of the whole process.

    python -m benchmarks.whole_survey --photos 100000 [--keep DIR]

--keep leaves the survey in DIR, to open it in QGIS.
"""

import argparse
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Row, finish, peak_bytes

if TYPE_CHECKING:
    from detector.survey.engine import Engine
    from detector.survey.planning import Plan

WIDTH, HEIGHT, GSD_M = 6000, 4000, 0.02
# Metres between photos along a line (a footprint is 80 m long), between lines, and photos a line.
STEP_M, LINE_M, A_LINE = 64.0, 260.0, 320
ORIGIN = (600_000.0, 9_600_000.0)
CRS = "EPSG:32736"
ANIMALS_A_PHOTO = 2.0
ANIMAL_M = 1.2
MAX_MINUTES, MAX_BYTES = 10.0, 4e9


def centres(photos: int) -> NDArray[np.float64]:
    """(N, 2) where the photos' centres are on the ground, metres from the origin."""
    n = np.arange(photos)
    return np.column_stack([LINE_M * (n // A_LINE), STEP_M * (n % A_LINE)])


def make_photos(folder: Path, photos: int) -> None:
    """Write the headers, a thousand photos a folder."""
    from geo.georeference import reproject
    from geo.raster import encode_jpeg
    from geo.simulation.pose_tags import PoseTags, with_pose_tags

    small = bytearray(encode_jpeg(np.zeros((64, 64, 3), np.uint8)))
    at = small.index(b"\xff\xc0") + 5
    small[at : at + 4] = HEIGHT.to_bytes(2, "big") + WIDTH.to_bytes(2, "big")
    head = bytes(small[: small.index(b"\xff\xda") + 16])
    lonlat = reproject(centres(photos) + ORIGIN, CRS, "EPSG:4326")
    start = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
    for n, (lon, lat) in enumerate(lonlat.tolist()):
        if n % 1000 == 0:
            (folder / f"{n // 1000:04d}").mkdir(parents=True)
        tags = PoseTags(
            lon=lon, lat=lat, altitude_m=1400.0, relative_altitude_m=80.0, gimbal_yaw_deg=0.0, gimbal_pitch_deg=-90.0,
            gimbal_roll_deg=0.0, flight_yaw_deg=0.0, taken_at=start + timedelta(seconds=2 * n),
            focal_length_mm=24.0, sensor_width_mm=36.0, width_px=WIDTH, height_px=HEIGHT,
        )  # fmt: skip
        (folder / f"{n // 1000:04d}" / f"IMG_{n:07d}.jpg").write_bytes(with_pose_tags(head, tags))


def known_boxes(photos: int) -> list[NDArray[np.float32]]:
    """Of each photo, the (K, 4) boxes in image px of the animals that it sees."""
    rng = np.random.default_rng(1)
    middle = centres(photos)
    size = np.array([WIDTH, HEIGHT]) * GSD_M
    # Animals stand where the lines look, so that none is drawn in vain.
    count = round(ANIMALS_A_PHOTO * photos * STEP_M / size[1])
    near = middle[rng.integers(0, photos, count)]
    animals = near + rng.uniform(-0.5, 0.5, (count, 2)) * [size[0], STEP_M]
    by_line: dict[int, list[int]] = {}
    for i, line in enumerate(np.round(animals[:, 0] / LINE_M).astype(int).tolist()):
        by_line.setdefault(line, []).append(i)
    along = {line: animals[np.array(of)][np.argsort(animals[of, 1])] for line, of in by_line.items()}
    found = []
    half = ANIMAL_M / 2 / GSD_M
    for n in range(photos):
        of_line = along.get(n // A_LINE, np.zeros((0, 2)))
        low, high = np.searchsorted(of_line[:, 1], middle[n, 1] + np.array([-0.5, 0.5]) * size[1])
        px = ((of_line[low:high] - middle[n]) * [1, -1] / GSD_M + [WIDTH / 2, HEIGHT / 2]).astype(np.float32)
        boxes = np.concatenate([px - half, px + half], axis=1)
        boxes = np.clip(boxes, 0, [WIDTH, HEIGHT, WIDTH, HEIGHT]).astype(np.float32)
        found.append(boxes[(boxes[:, 2:] - boxes[:, :2] > half).all(axis=1)])
    return found


def known_engine(work: "Plan", boxes: list[NDArray[np.float32]], chip: bytes) -> "Engine":
    """An engine that writes what every tile would see of the known boxes, with a picture each."""
    from dataclasses import replace

    from detector.detections import Detections
    from detector.search import parts
    from detector.search.infer import Result
    from detector.survey.searching import Group, Searched

    journal = work.journal

    def engine(how: object, groups: Iterable[Group], cancelled: object) -> Iterator[Searched]:
        for _, units in groups:
            for unit in units:
                grid, own = unit.grid, boxes[unit.image]
                tiles = grid.boxes.astype(np.float32)
                low = np.maximum(own[:, None, :2], tiles[None, :, :2])
                high = np.minimum(own[:, None, 2:], tiles[None, :, 2:])
                which, tile = np.nonzero((high - low > 8).all(axis=2))
                seen = np.concatenate([low[which, tile], high[which, tile]], axis=1)
                found = Detections.of(seen, np.full(len(seen), 0.9), np.zeros(len(seen)), tile)
                found = replace(found, edges=grid.edges(found.boxes, found.tiles)).in_canonical_order()
                journal.write(unit.key, parts.of(Result(unit, found, [chip] * len(found), len(grid))))
                yield Searched(unit.image, unit.key, len(grid), len(found))

    return engine


def write_regions(path: Path, photos: int) -> None:
    """20 x 20 rectangles over all of it."""
    from geo.georeference import crs_to_wkt
    from geo.vector import write_polygons

    reach = centres(photos).max(axis=0) + 200.0
    xs, ys = (np.linspace(-200.0, r, 21) + o for r, o in zip(reach, ORIGIN, strict=True))
    rings = [
        np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]])
        for x0, x1 in pairwise(xs)
        for y0, y1 in pairwise(ys)
    ]
    write_polygons(path, "regions", rings, {"name": [f"block {n}" for n in range(len(rings))]}, crs_to_wkt(CRS))


def survey_in(folder: Path, photos: int) -> list[Row]:
    from detector import models, survey
    from detector.survey.engine import run
    from detector.survey.planning import plan
    from geo.raster import encode_jpeg

    rows: list[Row] = []

    def told(what: str, began: float, more: str = "") -> float:
        took = time.perf_counter() - began
        text = f"{took:.1f} s ({1000 * took / photos:.2f} ms a photo), peak {peak_bytes() / 1e9:.2f} GB{more}"
        print(f"{what}: {text}", flush=True)
        rows.append(Row(f"{photos:,} photos: {what}", "", text))
        return took

    began = time.perf_counter()
    make_photos(folder / "photos", photos)
    boxes = known_boxes(photos)
    told("photos made", began)
    rows.clear()
    output = folder / "survey.gpkg"
    model = models.load(None, "cpu")
    sha256 = models.sha256_of(*model.files)
    settings = survey.Settings(tile_size=800, overlap=100)
    began = time.perf_counter()
    work = plan([folder / "photos"], output, model.info, sha256, settings)
    assert work is not None
    told("plan", began, f", {work.tiles:,} tiles")
    noise = np.random.default_rng(2).integers(60, 160, (96, 96, 3), np.uint8)
    began = time.perf_counter()
    with mock.patch("os.fsync"):
        failures, cancelled = run(work, known_engine(work, boxes, encode_jpeg(noise, 80)), survey.Watcher())
    assert not failures
    assert not cancelled
    told("journal", began)
    del work
    began = time.perf_counter()
    outcome = survey.detect([folder / "photos"], output, device="cpu", settings=settings)
    seconds = outcome.profile.seconds
    each = f"plan {seconds['plan']:.0f} s, merge {seconds['merge']:.0f} s, all of the map {seconds['assemble']:.0f} s"
    told("detect with nothing left to search", began, f"; {each}; {outcome.detections:,} detections")
    assert outcome.failed == 0
    write_regions(folder / "regions.gpkg", photos)
    began = time.perf_counter()
    survey.count(output, folder / "regions.gpkg")
    told("count in 400 regions", began)
    parts = sum(p.stat().st_size for p in (folder / "survey.herdmap" / "parts").glob("??/*.part"))
    what = f"{photos:,} photos"
    rows.append(
        Row(f"{what}: size", "", f"GeoPackage {output.stat().st_size / 1e6:.0f} MB, parts {parts / 1e6:.0f} MB")
    )
    minutes, peak = seconds["assemble"] / 60, peak_bytes()
    rows.append(Row(f"{what}: assembled", "<= 10 min", f"{minutes:.1f} min", minutes <= MAX_MINUTES))
    rows.append(Row(f"{what}: peak memory", "<= 4 GB", f"{peak / 1e9:.2f} GB", peak <= MAX_BYTES))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, metavar="DIR")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory() as folder:
        Path(folder).mkdir(exist_ok=True)
        rows = survey_in(Path(folder), options.photos)
    finish(rows, options.json)


if __name__ == "__main__":
    main()

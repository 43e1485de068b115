"""A whole survey without its pixels, at several sizes: plan, assembly, matching and counts, up to a million photos.

Each photo is a real JPEG file of 2 kB: the header of a 6000 x 4000 px photo with the pose tags of a drone, cut off
where the pixels would begin. They lie along flight lines with 20 % forward overlap. Animals stand at known places on
the ground; what a detector would see of them in each photo's tiles is written as the photo's part (without waiting for
the disk, which would take most of the time here and none beside a model). Then `survey.detect`, in a process of its
own, finds nothing left to search and does the rest as always: it lists and reads the headers, merges, places, matches
and writes the GeoPackage; `survey.count` counts in 400 regions, in another process. Of both: processor time, with that
of the processes that they start, and peak memory.

    python -m benchmarks.whole_survey --photos 1000 10000 100000 1000000 [--keep DIR]

--keep leaves each survey in a folder of DIR, to open it in QGIS. If the photos and parts are there already, they are
used again; if they were not finished, they are continued. A million photos take 30 GB.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Row, cpu_seconds, finish, in_child, load, machine, peak_bytes

if TYPE_CHECKING:
    from detector.search.parts import Journal
    from detector.survey.engine import Engine
    from geo.raster import RasterInfo

WIDTH, HEIGHT, GSD_M = 6000, 4000, 0.02
# Metres between photos along a line (a footprint is 80 m long), between lines, and photos a line. After so many lines,
# the next lie north of them: a million photos stay in one UTM zone.
STEP_M, LINE_M, A_LINE, A_BAND = 64.0, 260.0, 320, 400
ORIGIN = (600_000.0, 9_600_000.0)
CRS = "EPSG:32736"
ANIMALS_A_PHOTO = 2.0
ANIMAL_M = 1.2
MAX_BYTES = 8e9
# Photos that are made at once; a thousand are in a folder.
AT_ONCE, A_FOLDER = 20_000, 1000


def centres(photos: int) -> NDArray[np.float64]:
    """(N, 2) where the photos' centres are on the ground, metres from the origin."""
    n = np.arange(photos)
    line = n // A_LINE
    north = (line // A_BAND) * (A_LINE + 4) + n % A_LINE
    return np.column_stack([LINE_M * (line % A_BAND), STEP_M * north])


def make_photos(folder: Path, photos: int, first: int = 0) -> None:
    """Write the headers from the photo `first` on, up to that number; a thousand photos a folder."""
    from geo.georeference import reproject
    from geo.raster import encode_jpeg
    from geo.simulation.pose_tags import PoseTags, with_pose_tags

    small = bytearray(encode_jpeg(np.zeros((64, 64, 3), np.uint8)))
    at = small.index(b"\xff\xc0") + 5
    small[at : at + 4] = HEIGHT.to_bytes(2, "big") + WIDTH.to_bytes(2, "big")
    head = bytes(small[: small.index(b"\xff\xda") + 16])
    lonlat = reproject(centres(photos)[first:] + ORIGIN, CRS, "EPSG:4326")
    start = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
    for n, (lon, lat) in enumerate(lonlat.tolist(), first):
        (folder / f"{n // A_FOLDER:04d}").mkdir(parents=True, exist_ok=True)
        tags = PoseTags(
            lon=lon, lat=lat, altitude_m=1400.0, relative_altitude_m=80.0, gimbal_yaw_deg=0.0, gimbal_pitch_deg=-90.0,
            gimbal_roll_deg=0.0, flight_yaw_deg=0.0, taken_at=start + timedelta(seconds=2 * n),
            focal_length_mm=24.0, sensor_width_mm=36.0, width_px=WIDTH, height_px=HEIGHT,
        )  # fmt: skip
        (folder / f"{n // A_FOLDER:04d}" / f"IMG_{n:07d}.jpg").write_bytes(with_pose_tags(head, tags))


def known_boxes(photos: int, first: int = 0, last: int | None = None) -> list[NDArray[np.float32]]:
    """Of each photo, the (K, 4) boxes in image px of the animals that it sees. first, last: of these photos alone."""
    rng = np.random.default_rng(1)
    middle = centres(photos)
    size = np.array([WIDTH, HEIGHT]) * GSD_M
    # Animals stand where the lines look, so that none is drawn in vain.
    count = round(ANIMALS_A_PHOTO * photos * STEP_M / size[1])
    photo = rng.integers(0, photos, count)
    animals = middle[photo] + rng.uniform(-0.5, 0.5, (count, 2)) * [size[0], STEP_M]
    order = np.lexsort((animals[:, 1], photo // A_LINE))
    animals, line = animals[order], photo[order] // A_LINE
    found = []
    half = ANIMAL_M / 2 / GSD_M
    for n in range(first, photos if last is None else last):
        start, end = np.searchsorted(line, [n // A_LINE, n // A_LINE + 1])
        of_line = animals[start:end]
        low, high = np.searchsorted(of_line[:, 1], middle[n, 1] + np.array([-0.5, 0.5]) * size[1])
        px = ((of_line[low:high] - middle[n]) * [1, -1] / GSD_M + [WIDTH / 2, HEIGHT / 2]).astype(np.float32)
        boxes = np.concatenate([px - half, px + half], axis=1)
        boxes = np.clip(boxes, 0, [WIDTH, HEIGHT, WIDTH, HEIGHT]).astype(np.float32)
        found.append(boxes[(boxes[:, 2:] - boxes[:, :2] > half).all(axis=1)])
    return found


def journal_of(folder: Path) -> "Journal":
    """The parts in a folder, written without waiting for the disk and without the folder that each is made in."""
    from detector.search.parts import Journal
    from detector.search.storage import LocalFolder

    class Hasty(LocalFolder):
        def write(self, name: str, data: bytes) -> None:
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    return Journal(Hasty(folder))


def alike(named: Sequence[tuple[Path, str]]) -> Generator["RasterInfo", None, None]:
    """The headers of photos that differ by their tags alone, on which no part depends."""
    from geo import raster

    first = raster.inspect(named[0][0])
    for path, _ in named:
        status = path.stat()
        yield replace(first, path=path, file_size=status.st_size, mtime_ns=status.st_mtime_ns)


def known_engine(journal: "Journal", boxes: list[NDArray[np.float32]], chip: bytes) -> "Engine":
    """An engine that writes what every tile would see of the known boxes, with a picture each."""
    from detector.detections import Detections
    from detector.search import parts
    from detector.search.infer import Result
    from detector.survey.searching import Group, Searched

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


def settings() -> Any:
    from detector import survey

    return survey.Settings(tile_size=800, overlap=100)


def make(folder: Path, photos: int) -> dict[str, float]:
    """Make the photos and their parts, so many at once. Continues where an earlier call ended."""
    from detector import models, survey
    from detector.survey.engine import run
    from detector.survey.planning import plan
    from geo.raster import encode_jpeg

    model = models.load(None, "cpu")
    sha256 = models.sha256_of(*model.files)
    chip = encode_jpeg(np.random.default_rng(2).integers(60, 160, (96, 96, 3), np.uint8), 80)
    note = folder / "made.txt"
    made = int(note.read_text(encoding="ascii")) if note.exists() else 0
    began = cpu_seconds()
    for first in range(made, photos, AT_ONCE):
        last = min(first + AT_ONCE, photos)
        make_photos(folder / "photos", last, first)
        folders = [folder / "photos" / f"{n:04d}" for n in range(first // A_FOLDER, -(-last // A_FOLDER))]
        work = plan(folders, folder / "survey.gpkg", model.info, sha256, settings(), headers=alike)
        assert work is not None
        engine = known_engine(journal_of(Path(work.parts_place)), known_boxes(photos, first, last), chip)
        failures, cancelled = run(work, engine, survey.Watcher())
        assert not failures
        assert not cancelled
        note.write_text(str(last), encoding="ascii")
    return {"seconds": cpu_seconds() - began}


def detect(folder: Path) -> dict[str, float]:
    """Run `detect` where nothing is left to search."""
    from detector import survey

    def measured() -> tuple[dict[str, float], int]:
        outcome = survey.detect([folder / "photos"], folder / "survey.gpkg", device="cpu", settings=settings())
        assert outcome.failed == 0
        return outcome.profile.seconds, outcome.detections

    (folder / "survey.gpkg").unlink(missing_ok=True)
    found, (stages, detections) = _measured(measured)
    return found | {stage: stages[stage] for stage in ("plan", "merge", "assemble")} | {"detections": detections}


def count(folder: Path, photos: int) -> dict[str, float]:
    """Run `count` in 400 regions."""
    from detector import survey

    write_regions(folder / "regions.gpkg", photos)
    return _measured(lambda: survey.count(folder / "survey.gpkg", folder / "regions.gpkg"))[0]


def _measured(call: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """Processor seconds of this process and of those that it starts, seconds by the clock, peak memory; the answer."""
    began, clock = cpu_seconds(), time.perf_counter()
    answer = call()
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "own": cpu_seconds() - began,
        "others": others.ru_utime + others.ru_stime,
        "clock": time.perf_counter() - clock,
        "peak": peak_bytes(),
    }, answer


STEPS: dict[str, Callable[[Path, int], dict[str, float]]] = {
    "make": make,
    "detect": lambda folder, photos: detect(folder),
    "count": count,
}


def survey_in(folder: Path, photos: int) -> tuple[list[Row], str]:
    """The rows of one size, and its line of the curve."""
    folder.mkdir(exist_ok=True)

    def step(name: str) -> dict[str, float]:
        found = in_child("benchmarks.whole_survey", "--photos", str(photos), "--keep", str(folder), "--step", name)
        print(f"{photos:,} photos, {name}: {', '.join(f'{k} {v:,.1f}' for k, v in found.items())}", flush=True)
        return found

    step("make")
    found, counted = step("detect"), step("count")
    parts = sum(
        entry.stat().st_size
        for piece in os.scandir(folder / "survey.herdmap" / "parts")
        if piece.is_dir()
        for entry in os.scandir(piece)
    )
    size = (folder / "survey.gpkg").stat().st_size
    both = found["own"] + found["others"]
    what = f"{photos:,} photos"
    rows = [
        Row(
            f"{what}: planned, merged, placed, matched, written; processor time",
            "",
            f"{both:.1f} s ({1000 * both / photos:.2f} ms a photo), {found['own']:.1f} s of them in one process",
        ),
        Row(f"{what}: the same by the clock", "", f"{found['clock']:.0f} s"),
        Row(f"{what}: peak memory", "<= 8 GB", f"{found['peak'] / 1e9:.2f} GB", found["peak"] <= MAX_BYTES),
        Row(f"{what}: count in 400 regions", "", f"{counted['own']:.1f} s, {counted['peak'] / 1e9:.2f} GB"),
        Row(f"{what}: sizes", "", f"GeoPackage {size / 1e6:,.0f} MB, parts {parts / 1e6:,.0f} MB"),
    ]
    line = (
        f"| {photos:,} | {found['own']:,.1f} | {found['others']:,.1f} | {1000 * both / photos:.2f} | "
        f"{found['peak'] / 1e6:,.0f} | {counted['own']:,.1f} | {size / 1e6:,.0f} |"
    )
    return rows, line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, nargs="+", default=[100_000])
    parser.add_argument("--keep", type=Path, metavar="DIR")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(STEPS[options.step](options.keep, options.photos[0])))
        return
    rows: list[Row] = []
    lines = [
        "| photos | processor, s | of processes that read headers, s | ms a photo | peak memory, MB | count, s "
        "| GeoPackage, MB |",
        "|---|---|---|---|---|---|---|",
    ]
    print(f"{machine()}; load {load():.0f}", flush=True)
    with nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory() as folder:
        Path(folder).mkdir(exist_ok=True)
        for photos in options.photos:
            of_one, line = survey_in(Path(folder) / str(photos), photos)
            rows += of_one
            lines.append(line)
    print("\n" + "\n".join(lines), flush=True)
    finish(rows, options.json)


if __name__ == "__main__":
    main()

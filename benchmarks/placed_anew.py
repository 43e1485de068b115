"""A survey of overlapping photos placed anew: 100,000 photos and 500,000 detections through `herdmap georeference`.

Each photo is a real JPEG file of 2 kB, the header of a 6000 x 4000 px photo with a drone's pose tags, cut off where the
pixels would begin. They lie along flight lines with 80 % forward and 30 % side overlap; the tags are off by 3 m along
each axis, 1 m in height and half a degree about each axis. Herds at 2 m and single animals stand at known places, so
that a photo shows five on average; each photo's box of an animal is off by 0.1 m. `survey.georeference` then does all
that it does for anybody: it reads the headers, poses the photos, registers and matches the animals, and writes the
GeoPackage.

    python -m benchmarks.placed_anew --photos 100000

The time is also given in processor seconds, since other processes disturb them less.
"""

import argparse
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.report import Row, finish, peak_bytes

WIDTH, HEIGHT, GSD_M, AGL_M = 6000, 4000, 0.02, 80.0
A_LINE = 500
FORWARD, SIDE = 0.8, 0.3
POSITION_M, HEIGHT_M, ATTITUDE_DEG, BOX_M = 3.0, 1.0, 0.5, 0.1
ANIMALS_A_PHOTO, HERD, SPACING_M, ANIMAL_M = 7.0, 34, 2.0, 1.8
ORIGIN = (600_000.0, 9_600_000.0)
CRS = "EPSG:32736"
MAX_MINUTES, MAX_BYTES = 10.0, 4e9

Floats = np.ndarray


def flight(photos: int) -> tuple[Floats, Floats]:
    """(N, 2) true places of the cameras, metres from the origin, and (N,) yaw: lines flown north and south in turn."""
    n = np.arange(photos)
    line, nth = n // A_LINE, n % A_LINE
    nth = np.where(line % 2, A_LINE - 1 - nth, nth)
    size = np.array([WIDTH, HEIGHT]) * GSD_M
    return np.column_stack([line * size[0] * (1 - SIDE), nth * size[1] * (1 - FORWARD)]), np.where(line % 2, 180.0, 0.0)


def animals_on(places: Floats, rng: np.random.Generator) -> Floats:
    """(A, 2) where animals stand: herds about random photos, and as many alone as there are herds."""
    seen_in = 1 / (1 - FORWARD) / (1 - SIDE)
    herds = max(1, round(len(places) * ANIMALS_A_PHOTO / seen_in / (HERD + 1)))
    middle = places[rng.integers(0, len(places), (2, herds))] + rng.uniform(-20, 20, (2, herds, 2))
    side = int(np.ceil(np.sqrt(HERD)))
    row, column = np.divmod(np.arange(HERD), side)
    lattice = SPACING_M * np.column_stack([column + row % 2 / 2, row * np.sqrt(3) / 2])
    grown = middle[0][:, None] + lattice + rng.normal(0, 0.4, (herds, HERD, 2))
    return np.concatenate([grown.reshape(-1, 2), middle[1]])


def boxes_of(
    places: Floats, yaw: Floats, animals: Floats, rng: np.random.Generator
) -> tuple[list[Floats], list[Floats], list[Floats]]:
    """Of each photo the boxes of the animals that it shows (image px), its number for each, and which animals."""
    by_line: dict[int, Floats] = {}
    size, half = np.array([WIDTH, HEIGHT]), ANIMAL_M / 2 / GSD_M
    boxes, image, which = [], [], []
    for n, ((x, y), angle) in enumerate(zip(places.tolist(), yaw.tolist(), strict=True)):
        near = by_line.get(n // A_LINE)
        if near is None:
            by_line.clear()
            near = np.flatnonzero(np.abs(animals[:, 0] - x) < WIDTH * GSD_M / 2)
            by_line[n // A_LINE] = near
        low, high = np.searchsorted(animals[near, 1], [y - HEIGHT * GSD_M / 2, y + HEIGHT * GSD_M / 2])
        there = near[low:high]
        ahead = 1.0 if angle == 0 else -1.0
        off = animals[there] - (x, y) + rng.normal(0, BOX_M, (len(there), 2))
        px = off * (ahead, -ahead) / GSD_M + size / 2
        inside = ((px > 1) & (px < size - 1)).all(axis=1)
        boxes.append(np.clip(np.hstack([px - half, px + half])[inside], 0, [*size, *size]))
        image.append(np.full(int(inside.sum()), n))
        which.append(there[inside])
    return boxes, image, which


def write_photos(folder: Path, names: list[str], places: Floats, yaw: Floats, rng: np.random.Generator) -> None:
    """Headers of photos, whose tags are off."""
    from geo.georeference import reproject
    from geo.raster import encode_jpeg
    from geo.simulation.pose_tags import PoseTags, with_pose_tags

    photos = len(names)
    small = bytearray(encode_jpeg(np.zeros((64, 64, 3), np.uint8)))
    at = small.index(b"\xff\xc0") + 5
    small[at : at + 4] = HEIGHT.to_bytes(2, "big") + WIDTH.to_bytes(2, "big")
    head = bytes(small[: small.index(b"\xff\xda") + 16])
    tagged = places + ORIGIN + rng.normal(0, POSITION_M, places.shape)
    lonlat = reproject(tagged, CRS, "EPSG:4326")
    up, turned = rng.normal(0, HEIGHT_M, photos), rng.normal(0, ATTITUDE_DEG, (photos, 3))
    # Grid north is not true north.
    north = reproject(tagged + np.array([0.0, 100.0]), CRS, "EPSG:4326") - lonlat
    grid = np.degrees(np.arctan2(north[:, 0] * np.cos(np.radians(lonlat[:, 1])), north[:, 1]))
    start = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
    for n, name in enumerate(names):
        if n % 1000 == 0:
            (folder / name).parent.mkdir()
        tags = PoseTags(
            lon=float(lonlat[n, 0]), lat=float(lonlat[n, 1]),
            altitude_m=1400.0 + up[n], relative_altitude_m=AGL_M + up[n],
            gimbal_yaw_deg=float((yaw[n] + grid[n] + turned[n, 0] + 180) % 360 - 180),
            gimbal_pitch_deg=-90 + turned[n, 1], gimbal_roll_deg=turned[n, 2], flight_yaw_deg=float(yaw[n]),
            taken_at=start + timedelta(seconds=2 * n), focal_length_mm=24.0, sensor_width_mm=36.0,
            width_px=WIDTH, height_px=HEIGHT,
        )  # fmt: skip
        (folder / name).write_bytes(with_pose_tags(head, tags))


def make_survey(folder: Path, photos: int) -> tuple[Path, int, int]:
    """Write the photos and the survey as it was before; returns it, its detections, and how many animals those are."""
    from geo.geopackage import write_survey
    from geo.georeference import crs_to_wkt
    from geo.tables import DetectionRows, Images, Run

    rng = np.random.default_rng(1)
    places, yaw = flight(photos)
    animals = animals_on(places, rng)
    animals = animals[np.argsort(animals[:, 1])]
    boxes, image, which = boxes_of(places, yaw, animals, rng)
    names = [f"{n // 1000:04d}/IMG_{n:07d}.jpg" for n in range(photos)]
    write_photos(folder, names, places, yaw, rng)

    unknown, count = np.full(photos, np.nan), sum(map(len, boxes))
    images = Images(
        path=names, width=np.full(photos, WIDTH), height=np.full(photos, HEIGHT), captured_at=[None] * photos,
        lon=unknown, lat=unknown, altitude_m=unknown, agl_m=unknown, heading_deg=unknown, gsd_m=unknown,
        georeference=["none"] * photos, status=["done"] * photos, reason=[None] * photos,
        detections=np.zeros(photos, np.int64), tiles=np.ones(photos, np.int64), footprints=[None] * photos,
    )  # fmt: skip
    rows = DetectionRows(
        paths=names, image=np.concatenate(image), classes=("animal",), label=np.zeros(count, np.int64),
        score=np.full(count, 0.9, np.float32), boxes_px=np.concatenate(boxes).astype(np.float32),
        polygons_map=np.full((count, 5, 2), np.nan), run_id="r1",
    )  # fmt: skip
    run = Run(
        "r1", "2026-03-01T06:00:00Z", None, "0", "known", "0" * 64, ("animal",), {}, "cpu", photos, 0, photos, count
    )
    survey = folder / "survey.gpkg"
    write_survey(survey, images, rows, [run], crs_to_wkt(CRS))
    return survey, count, len(np.unique(np.concatenate(which)))


def measured(folder: Path, photos: int) -> list[Row]:
    """The lines of the table."""
    from detector import survey
    from geo import geopackage

    path, detections, animals = make_survey(folder, photos)
    print(
        f"{photos:,} photos, {detections:,} detections of {animals:,} animals; peak {peak_bytes() / 1e9:.1f} GB",
        flush=True,
    )

    class Told(survey.Watcher):
        def warning(self, text: str) -> None:
            print(f"  {text}", flush=True)

    start, busy = time.perf_counter(), time.process_time()
    survey.georeference(path, survey.PoseSettings(), Told())
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    peak = peak_bytes()
    counted = int(geopackage.read_detections(path).counted.sum())
    what = f"{photos:,} overlapping photos, {detections:,} detections placed anew"
    off = counted / animals - 1
    taken = f"{seconds / 60:.1f} min ({busy:.0f} s of the processor)"
    return [
        Row(f"{what}: time", f"<= {MAX_MINUTES:g} min", taken, seconds / 60 <= MAX_MINUTES),
        Row(f"{what}: memory", f"<= {MAX_BYTES / 1e9:g} GB", f"{peak / 1e9:.1f} GB", peak <= MAX_BYTES),
        Row(f"{what}: animals counted", "<= 2 %", f"{off:+.2%}", abs(off) <= 0.02),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        finish(measured(Path(folder), options.photos), options.json)


if __name__ == "__main__":
    main()

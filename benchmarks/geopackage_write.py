"""A million detections into a GeoPackage: Herdmap's write against pyogrio's bare write of the same table.

    python -m benchmarks.geopackage_write [--detections N] [--rounds N]

Herdmap's write has what the bare one has not: two more layers, indexes, styles and a QGIS project. The two take
turns, and the ratio is that of the fastest of each.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import pyogrio
import pyproj

from geo.geopackage import write_survey
from geo.tables import DetectionRows, Images, Run

CRS = pyproj.CRS.from_epsg(32736).to_wkt()


def survey(count: int) -> tuple[Images, DetectionRows, list[Run]]:
    """A survey of `count` detections in photos of 50 each."""
    rng = np.random.default_rng(0)
    photos = max(1, count // 50)
    paths = tuple(f"photos/RR19_RKE_20181001A_RSOL_{i:05d}.jpg" for i in range(photos))
    unknown = np.full(photos, np.nan)
    image = np.sort(rng.integers(0, photos, count))
    corner = rng.uniform((0, 0), (5900, 3900), (count, 2))
    boxes = np.hstack([corner, corner + rng.uniform(10, 100, (count, 2))])
    place = np.stack(np.divmod(np.arange(photos), 200), axis=1) * (120.0, 80.0) + (500_000, 9_700_000)
    polygons = place[image, None] + boxes[:, [[0, 1], [0, 3], [2, 3], [2, 1], [0, 1]]] * (0.02, -0.02)
    frame = np.array([[0, 0], [6000, 0], [6000, 4000], [0, 4000], [0, 0]]) * (0.02, -0.02)
    images = Images(
        path=paths,
        width=np.full(photos, 6000),
        height=np.full(photos, 4000),
        captured_at=["2018-10-01T08:00:00Z"] * photos,
        lon=unknown,
        lat=unknown,
        altitude_m=unknown,
        agl_m=unknown,
        heading_deg=unknown,
        gsd_m=np.full(photos, 0.02),
        georeference=["camera pose"] * photos,
        status=["done"] * photos,
        reason=[None] * photos,
        detections=np.zeros(photos, np.int64),
        tiles=np.full(photos, 54),
        footprints=list(place[:, None] + frame),
    )
    classes = ("buffalo", "cow", "wildebeest", "zebra")
    rows = DetectionRows(
        paths=paths,
        image=image,
        classes=classes,
        label=rng.integers(0, 4, count),
        score=rng.random(count).astype(np.float32),
        boxes_px=boxes.astype(np.float32),
        polygons_map=polygons,
        runner_up=rng.integers(-1, 4, count),
        runner_up_score=rng.random(count).astype(np.float32),
        run_id="20181001T080000Z",
    )
    run = Run("20181001T080000Z", "", "", "0", "sheep", "", classes, {}, "cpu", photos, 0, 54 * photos, count)
    return images, rows, [run]


def write_bare(path: Path, rows: DetectionRows) -> None:
    """The detections alone, as one calls pyogrio: WKB and a column each."""
    wkb = np.zeros(len(rows), [("o", "u1"), ("t", "<u4"), ("r", "<u4"), ("n", "<u4"), ("xy", "<f8", (5, 2))])
    wkb["o"], wkb["t"], wkb["r"], wkb["n"], wkb["xy"] = 1, 3, 1, 5, rows.polygons_map
    names = np.array([*rows.classes, None], object)
    nothing = np.full(len(rows), None, object)
    columns = {
        "image": np.array(rows.paths, object)[rows.image],
        "class": names[rows.label],
        "score": rows.score.astype(np.float64),
        **{name: rows.boxes_px[:, i].astype(np.float64) for i, name in enumerate(("xmin", "ymin", "xmax", "ymax"))},
        "animal_id": np.arange(1, len(rows) + 1),
        "counted": rows.counted.astype(np.int32),
        "review": np.full(len(rows), "unreviewed", object),
        **dict.fromkeys(("reviewed_class", "reviewer", "reviewed_at", "note"), nothing),
        "run_id": np.full(len(rows), rows.run_id, object),
        "runner_up": names[rows.runner_up],
        "runner_up_score": rows.runner_up_score.astype(np.float64),
    }
    pyogrio.raw.write(
        path,
        np.array(np.frombuffer(wkb.tobytes(), f"V{wkb.itemsize}").tolist(), object),
        list(columns.values()),
        list(columns),
        layer="detections",
        driver="GPKG",
        geometry_type="Polygon",
        crs=CRS,
        dataset_options={"VERSION": "1.2"},
    )


def main() -> None:
    """Print seconds and sizes of both, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--detections", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    images, rows, runs = survey(arguments.detections)
    seconds: dict[str, list[float]] = {"herdmap": [], "pyogrio": []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(arguments.rounds):
            for name, times in seconds.items():
                path = Path(folder) / f"{name}.gpkg"
                path.unlink(missing_ok=True)
                start = time.perf_counter()
                if name == "herdmap":
                    write_survey(path, images, rows, runs, CRS)
                else:
                    write_bare(path, rows)  # without the fsync that herdmap's has
                times.append(time.perf_counter() - start)
                print(f"{name:8} {times[-1]:6.2f} s {path.stat().st_size / 1e6:7.1f} MB", flush=True)
    ratio = min(seconds["herdmap"]) / min(seconds["pyogrio"])
    print(f"{arguments.detections} detections: herdmap / pyogrio = {ratio:.2f} (target <= 1.3)")


if __name__ == "__main__":
    main()

"""A survey in memory, small and with every kind of value, for the tests of what is written."""

import os
import subprocess
from pathlib import Path

import numpy as np
import pyproj
import shapely

from geo.geopackage import write_survey
from geo.geopackage.imagery import ImageryLayer
from geo.tables import Counts, DetectionRows, Images, Run

UTM = pyproj.CRS.from_epsg(32736).to_wkt()
ORIGIN, GSD = np.array([500_000.0, 9_700_000.0]), 0.02
# What a model file may call its classes.
HOSTILE = (
    "sheep",
    "a'b\"c",
    "x'); DROP TABLE detections;--",
    "<img src=x onerror=alert(1)>&amp;",
    "Löwe 獅子 🦁",
    "a|b\\c%d",
)


def to_map(xy_px: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Where the px of these images lie: photos side by side, 130 m apart."""
    return ORIGIN + xy_px * (GSD, -GSD) + np.stack([image * 130.0, image * 0.0], axis=-1)


def detections(count: int = 200, photos: int = 4, classes: tuple[str, ...] = HOSTILE, seed: int = 0) -> DetectionRows:
    rng = np.random.default_rng(seed)
    image = np.sort(rng.integers(0, photos, count))
    corner = rng.uniform((0, 0), (5900, 3900), (count, 2))
    boxes = np.hstack([corner, corner + rng.uniform(10, 100, (count, 2))]).round(2).astype(np.float32)
    corners = boxes[:, [[0, 1], [2, 1], [2, 3], [0, 3], [0, 1]]].astype(np.float64)
    return DetectionRows(
        paths=tuple(f"photos/{i} 'é'.jpg" for i in range(photos)),
        image=image,
        classes=classes,
        label=rng.integers(0, len(classes), count),
        score=rng.random(count).round(4).astype(np.float32),
        boxes_px=boxes,
        polygons_map=to_map(corners, image[:, None]),
        review=rng.choice(["unreviewed", "confirmed", "rejected"], count).tolist(),
        note=[f"note {i} <b>" if i % 7 == 0 else None for i in range(count)],
        runner_up=rng.integers(-1, len(classes), count),
        runner_up_score=rng.random(count).round(4).astype(np.float32),
        run_id="r1",
        chip=[b"\xff\xd8 chip %d" % i if i % 3 == 0 else None for i in range(count)],
    )


def images(photos: int = 4, placed: bool = True) -> Images:
    frame = np.array([[0, 0], [6000, 0], [6000, 4000], [0, 4000], [0, 0]], float)
    unknown = np.full(photos, np.nan)
    return Images(
        path=[f"photos/{i} 'é'.jpg" for i in range(photos)],
        width=np.full(photos, 6000),
        height=np.full(photos, 4000),
        captured_at=["2018-10-01T08:00:00Z", *[None] * (photos - 1)],
        lon=np.linspace(33, 34, photos),
        lat=unknown,
        altitude_m=unknown,
        agl_m=np.full(photos, 100.0),
        heading_deg=unknown,
        gsd_m=np.full(photos, GSD),
        georeference=["camera pose"] * photos,
        status=[*["done"] * (photos - 1), "failed"],
        reason=[*[None] * (photos - 1), "truncated JPEG"],
        detections=np.zeros(photos, np.int64),
        tiles=np.full(photos, 54),
        footprints=[to_map(frame, np.full(5, i)) if placed and i != 1 else None for i in range(photos)],
    )


def run(classes: tuple[str, ...] = HOSTILE) -> Run:
    return Run(
        "r1",
        "2026-01-01T00:00:00Z",
        None,
        "0.1",
        "sheep",
        "ab" * 32,
        classes,
        {"tile": 640, "ü": None},
        "cpu",
        4,
        1,
        216,
        200,
    )


def counts(classes: tuple[str, ...] = HOSTILE[:2]) -> Counts:
    """Two regions side by side and what is outside."""
    names, kinds, polygons = [], [], []
    for i, name in enumerate(("North <i>", 'South "x"')):
        square = shapely.box(*(ORIGIN + np.array([[i * 200, -100], [i * 200 + 150, 20]])).ravel())
        for kind in classes:
            names.append(name)
            kinds.append(kind)
            polygons.append(shapely.to_wkb(square))
    count = len(names) + 1
    density = np.array([*[120.0] * (count - 1), np.nan])
    return Counts(
        [*names, "outside"], [*kinds, classes[0]], np.arange(count), density / 1e4, density, [*polygons, None], UTM
    )


def write(
    path: Path, crs_wkt: str | None = UTM, imagery: tuple[ImageryLayer, ...] = (), with_counts: bool = False
) -> Path:
    write_survey(path, images(), detections(), [run()], crs_wkt, imagery, counts() if with_counts else None)
    return path


def in_qgis(script: str, *arguments: object) -> str:
    """What `script` prints in a real QGIS without a window, with nothing of this Python's environment."""
    python = os.environ.get("HERDMAP_QGIS_PYTHON", "/usr/bin/python3")
    kept = {name: value for name, value in os.environ.items() if name in ("HOME", "LANG", "PATH", "TMPDIR")}
    environment = {**kept, "LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": "/tmp"}
    start = (
        "import sys, json\nfrom qgis.core import *\nfrom qgis.PyQt.QtCore import QSize\n"
        "QgsApplication.setPrefixPath('/usr', True)\napp = QgsApplication([], False)\napp.initQgis()\n"
    )
    done = subprocess.run(
        [python, "-c", start + script, *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def left_in(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}

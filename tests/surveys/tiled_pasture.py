"""A simulated pasture in tiles, as if each were a photo, with what the bundled model finds in them; and its review."""

import csv
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from geo import geopackage
from geo.geopackage import schema
from geo.raster import RasterReader, write_geotiff
from geo.simulation import SurveySettings, simulate

ANIMALS = 24
TILE = (440, 480)  # px
SETTINGS = SurveySettings(
    seed=3,
    width_m=44,
    height_m=36,
    animals=ANIMALS,
    photos=True,
    photo_width_px=240,
    photo_height_px=180,
    strips=3,
    side_overlap=0.0,
)
AREA_KM2 = 44 * 36 / 1e6
ZONE = SETTINGS.crs


def write(folder: Path, simulated_in: Path) -> None:
    """The survey as detect leaves it, its transects and strata, and the truth."""
    from detector import survey

    simulated = simulate(simulated_in, SETTINGS)
    (folder / "photos").mkdir()
    with RasterReader(simulated.orthomosaic) as mosaic:
        transform = mosaic.info.georeference.transform
        assert transform is not None
        a, b, c, d, e, f = transform
        wkt = mosaic.info.georeference.crs_wkt
        for y in range(0, SETTINGS.height_px, TILE[1]):
            for x in range(0, SETTINGS.width_px, TILE[0]):
                pixels, _ = mosaic.read(x, y, *TILE)
                there = (a, b, c + a * x, d, e, f + e * y)
                write_geotiff(folder / f"photos/{x:04d}-{y:04d}.tif", [pixels], *TILE, there, wkt, overviews=False)
    survey.detect([str(folder / "photos")], folder / "survey.gpkg")
    assert simulated.transects is not None
    assert simulated.transects_csv is not None
    for file in (simulated.transects, simulated.transects_csv, simulated.truth):
        shutil.copy(file, folder)
    (folder / "strata.csv").write_text(f"stratum,area_km2\nsimulated,{AREA_KM2}\n", encoding="utf-8")
    shutil.rmtree(folder / "survey.herdmap")


def centres(survey: Path) -> NDArray[np.float64]:
    """(N, 2) of the detections, on the map, in the file's order."""
    middles: NDArray[np.float64] = geopackage.read_detections(survey).polygons_map[:, :4].mean(axis=1)
    return middles


def edit(survey: Path, *statements: tuple[str, tuple[Any, ...]]) -> None:
    """Write into a survey as QGIS does."""
    db = sqlite3.connect(survey)
    with db:
        schema.allow_edits(db)
        for statement, values in statements:
            db.execute(statement, values)
    db.close()


def say(survey: Path, fid: int, review: str, reviewer: str = "Ann", at: str = "2026-01-01T08:00:00Z") -> None:
    edit(
        survey,
        ("UPDATE detections SET review = ?, reviewer = ?, reviewed_at = ? WHERE fid = ?", (review, reviewer, at, fid)),
    )


def review_all(survey: Path) -> tuple[int, int, int]:
    """Confirm what is an animal by the truth, reject the rest, draw what is missing. Numbers of each."""
    geometries = pyogrio.raw.read(survey.with_name("truth.gpkg"), layer="animals")[2]
    left = dict(enumerate(shapely.from_wkb(geometries)))
    numbers = {"confirmed": 0, "rejected": 0}
    for fid, centre in enumerate(shapely.points(centres(survey)), start=1):
        found = next((name for name, box in left.items() if box.buffer(0.2).covers(centre)), None)
        said = "rejected"
        if found is not None:
            del left[found]
            said = "confirmed"
        say(survey, fid, said)
        numbers[said] += 1
    for box in left.values():
        x, y = box.centroid.x - SETTINGS.origin[0], SETTINGS.origin[1] - box.centroid.y
        column, row = (int(v / SETTINGS.gsd_m // size) * size for v, size in zip((x, y), TILE, strict=True))
        low = np.array(box.bounds)[[0, 3]] - SETTINGS.origin
        high = np.array(box.bounds)[[2, 1]] - SETTINGS.origin
        px = np.concatenate([low, high]) * (1, -1, 1, -1) / SETTINGS.gsd_m - (column, row, column, row)
        blob = b"GP\0\1" + np.int32(int(ZONE.removeprefix("EPSG:"))).tobytes() + shapely.to_wkb(box)
        insert = (
            "INSERT INTO detections (geom, image, class, xmin, ymin, xmax, ymax, review, reviewer, run_id) "
            "VALUES (?, ?, 'sheep', ?, ?, ?, ?, 'confirmed', 'Ann', 'manual')"
        )
        edit(survey, (insert, (blob, f"photos/{column:04d}-{row:04d}.tif", *px.tolist())))
    return numbers["confirmed"], numbers["rejected"], len(left)


def mark(sample: Path, some: Callable[[dict[str, str]], bool]) -> None:
    """Write yes into the column reviewed of these rows."""
    with sample.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with sample.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "reviewed": "yes" if some(row) else row["reviewed"]} for row in rows)

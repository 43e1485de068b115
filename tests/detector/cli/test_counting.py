"""`count` counts as `detect` does, and counts what a review says."""

import csv
import io
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from geo import geopackage
from tests.command_line import Ended, HerdmapHere, write_model
from tests.detector.cli.runs import review, rows


def table(end: Ended) -> dict[tuple[str, str], int]:
    """(region, class) to count of a CSV on stdout."""
    assert end.code == 0, end
    return {(row["region"], row["class"]): int(row["count"]) for row in csv.DictReader(io.StringIO(end.out))}


def test_count_is_what_detect_counts(mosaic: Path, here: HerdmapHere, check_gpkg: Callable[..., None]) -> None:
    output, regions = mosaic.with_name("out.gpkg"), mosaic.with_name("regions.geojson")

    def layer() -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(output)) as db, db:
            return db.execute("SELECT * FROM counts ORDER BY fid").fetchall()

    assert here("detect", mosaic, "-o", output, "--regions", regions).code == 0
    by_detect = layer()
    printed = here("count", output, "--regions", regions)
    check_gpkg(output)
    assert layer() == by_detect
    end = here("count", output, "--regions", regions, "--region-field", "NAME", "-o", mosaic.with_name("c.csv"))
    assert (end.code, end.err) == (0, "")
    assert "c.csv" in end.out
    assert mosaic.with_name("c.csv").read_text(encoding="utf-8") == printed.out
    counts = table(printed)
    assert set(counts) == {("west", "sheep"), ("east", "sheep"), ("outside", "sheep")}
    assert sum(counts.values()) == len(rows(output))
    centres = geopackage.read_detections(output).boxes_px.reshape(-1, 2, 2).mean(axis=1)
    assert counts["west", "sheep"] == int((centres[:, 0] < 360).sum())
    header, first = list(csv.reader(io.StringIO(printed.out)))[:2]
    assert header == ["region", "class", "count", "area_km2", "density_per_km2"]
    # UTM's scale there is 1.0003: 9 m x 30 m of grid on the ellipsoid.
    assert float(first[3]) == pytest.approx(9 * 30 / 1e6, rel=1e-3)
    assert float(first[4]) == pytest.approx(int(first[2]) / float(first[3]), rel=1e-6)


@pytest.mark.parametrize("names", [["cow"], []])
def test_count_keeps_the_zeros_of_classes_that_were_not_found(
    mosaic: Path, here: HerdmapHere, names: list[str]
) -> None:
    output, regions = mosaic.with_name("out.gpkg"), mosaic.with_name("regions.geojson")
    model = write_model(mosaic.with_name("m.onnx"), names, classes=["zebra", "cow"])
    assert here("detect", mosaic, "-o", output, "--regions", regions, "--model", model).code == 0
    with closing(sqlite3.connect(output)) as db, db:
        by_detect = {(a, b): c for a, b, c in db.execute("SELECT region, class, count FROM counts")}
    assert table(here("count", output, "--regions", regions)) == by_detect


def test_count_after_the_review(mosaic: Path, here: HerdmapHere) -> None:
    output, regions = mosaic.with_name("out.gpkg"), mosaic.with_name("regions.geojson")
    assert here("detect", mosaic, "-o", output).code == 0
    total = len(rows(output))
    review(
        output,
        {
            1: {"review": "confirmed"},
            2: {"review": "confirmed", "reviewed_class": "goat"},
            3: {"review": "rejected"},
        },
    )

    def classes(*more: object) -> dict[str, int]:
        sums: dict[str, int] = {}
        for (_, name), number in table(here("count", output, "--regions", regions, *more)).items():
            sums[name] = sums.get(name, 0) + number
        return sums

    assert classes() == classes("--review", "not-rejected") == {"sheep": total - 2, "goat": 1}
    assert classes("--review", "confirmed") == {"sheep": 1, "goat": 1}
    # Whatever a person said of it, an animal that was relabelled is of its new class.
    assert sum(classes("--review", "all").values()) == total

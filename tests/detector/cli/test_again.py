"""A run again, with the same or with other settings: what is searched again, and what stays."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from geo import geopackage
from tests.command_line import HerdmapHere, write_photos
from tests.detector.cli.runs import parts, review, rows


def test_again_with_another_threshold_or_regions_nothing_is_inferred(
    mosaic: Path, here: HerdmapHere, check_gpkg: Callable[..., None]
) -> None:
    output = mosaic.with_name("out.gpkg")
    assert here("detect", mosaic, "-o", output).code == 0
    first, made = len(rows(output)), parts(output)
    assert first > 5
    found = {}
    for score in (0.1, 0.6, 0.9):
        assert here("detect", mosaic, "-o", output, "--score", score).code == 0
        assert parts(output) == made
        check_gpkg(output)
        found[score] = len(rows(output))
    assert found[0.1] >= first >= found[0.6] >= found[0.9]
    assert found[0.1] > found[0.9]
    assert here("detect", mosaic, "-o", output, "--regions", mosaic.with_name("regions.geojson")).code == 0
    assert parts(output) == made
    assert len(rows(output)) == first
    runs = geopackage.read_runs(output)
    assert len(runs) == 5
    assert [run.settings["score"] for run in runs] == [None, 0.1, 0.6, 0.9, None]


def test_fresh_starts_over(mosaic: Path, here: HerdmapHere) -> None:
    output = mosaic.with_name("out.gpkg")
    assert here("detect", mosaic, "-o", output).code == 0
    made, found = parts(output), rows(output)
    assert here("detect", mosaic, "-o", output, "--fresh").code == 0
    again = parts(output)
    assert again.keys() == made.keys()
    assert all(again[name] != made[name] for name in made)
    assert rows(output) == found


def test_a_changed_photo_is_run_again_and_only_it(tmp_path: Path, here: HerdmapHere, wide_scene: np.ndarray) -> None:
    photos = write_photos(tmp_path / "photos", wide_scene, 4)
    output = tmp_path / "out.gpkg"
    assert here("detect", tmp_path / "photos", "-o", output).code == 0
    made, before = parts(output), rows(output)
    Image.fromarray(wide_scene[-320:, -320:]).save(photos[1], quality=90)
    assert here("detect", tmp_path / "photos", "-o", output).code == 0
    assert len(parts(output).items() - made.items()) == 1
    assert made.items() <= parts(output).items()

    def found(where: list[tuple[Any, ...]], changed: bool) -> list[tuple[Any, ...]]:
        # From the path on, without the number of the animal: the ones before may have become more or fewer.
        return [(*row[2:9], *row[10:]) for row in where if (row[2] == "photos/photo 001.jpg") == changed]

    assert len(found(before, False)) > 0
    assert found(rows(output), False) == found(before, False)
    assert found(rows(output), True) != found(before, True)


@pytest.mark.parametrize("option", [("--tile-size", 400), ("--overlap", 64), ("--no-chips",)])
def test_another_tiling_is_another_run(mosaic: Path, here: HerdmapHere, option: tuple[object, ...]) -> None:
    output = mosaic.with_name("out.gpkg")
    assert here("detect", mosaic, "-o", output).code == 0
    made = parts(output)
    assert here("detect", mosaic, "-o", output, *option, "--batch-size", 2).code == 0
    assert made.items() < parts(output).items()
    if option == ("--no-chips",):
        assert not any(geopackage.read_detections(output, chips=True).chip or [])


def test_what_a_person_did_survives_every_run(mosaic: Path, here: HerdmapHere, check_gpkg: Callable[..., None]) -> None:
    output = mosaic.with_name("out.gpkg")
    assert here("detect", mosaic, "-o", output).code == 0
    said = {
        1: {"review": "confirmed", "reviewed_class": "goat", "reviewer": "Ana", "reviewed_at": "2026-01-01T00:00:00Z"},
        2: {"review": "rejected", "reviewer": "Ana", "note": "a stone; not <b>"},
    }
    review(output, said)

    def kept() -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(output)) as db, db:
            query = "SELECT xmin, ymin, xmax, ymax, review, reviewed_class, reviewer, reviewed_at, note"
            return sorted(db.execute(f"{query} FROM detections WHERE review != 'unreviewed'").fetchall())

    before = kept()
    assert len(before) == 2
    for more in ((), ("--score", 0.99), ("--fresh",), ("--tile-size", 500)):
        assert here("detect", mosaic, "-o", output, *more).code == 0
        check_gpkg(output)
        after = kept()
        assert [row[4:] for row in after] == [row[4:] for row in before], more
        np.testing.assert_allclose([row[:4] for row in after], [row[:4] for row in before], atol=4)

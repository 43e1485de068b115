"""A survey that the last version wrote, with reviews, and a search of two more photos that was killed half-way."""

import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import herdmap
from detector import survey
from geo import geopackage
from tests import ROOT
from tests.geopackage_checker import check_geopackage

REVIEWED = {
    # box: review, class that a person gave, reviewer, when, note
    ("photos/SIM_0004.jpg", 2): ("confirmed", None, "Asha", "2026-11-20T08:00:00Z", "by the water"),
    ("photos/SIM_0004.jpg", 4): ("rejected", None, "Asha", "2026-11-20T08:00:05Z", "a stone"),
    ("photos/SIM_0004.jpg", 6): ("confirmed", "goat", "Baraka", "2026-11-20T08:01:00Z", None),
}
SAID = "review, reviewed_class, reviewer, reviewed_at, note"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with tarfile.open(ROOT / "tests" / "surveys" / "version_0.1.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


def rows(path: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        return db.execute(query).fetchall()


def reviews(path: Path) -> dict[Any, Any]:
    """What people said, by the photo and by the number of the detection in it."""
    found = rows(path, f"SELECT image, row_number() OVER (PARTITION BY image ORDER BY fid), {SAID} FROM detections")
    return {row[:2]: row[2:] for row in found if row[2] != "unreviewed"}


class Heard(survey.Watcher):
    def __init__(self) -> None:
        self.said: list[str] = []

    def warning(self, text: str) -> None:
        self.said.append(text)


def test_it_opens_as_it_was_left(folder: Path) -> None:
    path = folder / "survey.gpkg"
    check_geopackage(path)
    read = geopackage.read_detections(path)
    assert len(read.score) == 10
    assert reviews(path) == REVIEWED
    assert [run.herdmap_version for run in geopackage.read_runs(path)] == ["0.1.0"]
    assert sum(count for (count,) in rows(path, "SELECT count FROM counts")) == 8
    counts = herdmap.open(path).counts
    assert counts is not None
    assert counts.count.sum() == 8


def test_it_is_searched_again_and_its_reviews_are_kept(folder: Path) -> None:
    path, heard = folder / "survey.gpkg", Heard()
    outcome = survey.detect([folder / "photos"], path, device="cpu", watcher=heard)
    assert (outcome.images, outcome.failed, outcome.pending) == (4, 0, 0)
    assert outcome.profile.tiles == 4, "three of the four photos had been searched, with another file of the model"
    assert not [text for text in heard.said if "changed" in text or "anew" in text]
    check_geopackage(path)
    assert reviews(path) == REVIEWED
    counts = herdmap.open(path).counts
    assert counts is not None, "in the regions that it had"
    assert counts.count.sum() == len(herdmap.open(path).animals()) > 8
    assert [text for text in heard.said if "the counts are made again" in text]
    fresh = folder / "fresh.gpkg"
    survey.detect([folder / "photos"], fresh, device="cpu")
    columns = "image, class, score, xmin, ymin, xmax, ymax"
    kept, searched = (rows(file, f"SELECT {columns} FROM detections ORDER BY fid") for file in (path, fresh))
    assert [row[:2] for row in kept] == [row[:2] for row in searched]
    np.testing.assert_allclose([row[2:] for row in kept], [row[2:] for row in searched], atol=0.01)
    assert len({image for image, *_ in kept}) == 4


def test_another_search_of_it_with_fresh_settings_keeps_the_reviews(folder: Path) -> None:
    path = folder / "survey.gpkg"
    survey.detect([folder / "photos"], path, device="cpu", fresh=True)
    assert reviews(path) == REVIEWED

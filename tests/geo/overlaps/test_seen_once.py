"""Animals that one photo of many shows: how many there are, and the counts and estimates without them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detector import survey as searched
from geo import geopackage, vector
from geo.counting_rule import doubtful_from, missed_share
from geo.estimate import estimate
from geo.overlaps.seen_once import seen_once
from geo.report import write_report
from geo.standing import after_review
from geo.tables import DetectionRows
from tests.geo.estimates import test_correction
from tests.surveys import small


def rows_of(count: int, seen: np.ndarray, looks: np.ndarray) -> DetectionRows:
    """So many sightings, each of an animal of its own."""
    rows = small.detections(count, classes=("cow",))
    return replace(rows, seen=seen, looks=looks, review="unreviewed", score=np.full(count, 0.9, np.float32))


def test_what_a_person_reviewed_is_not_in_doubt() -> None:
    seen, looks = np.repeat([5, 1], [100, 40]), np.full(140, 5)
    rows = rows_of(140, seen, looks)
    half = replace(rows, review=["confirmed" if i % 2 else "unreviewed" for i in range(140)])
    assert (int(seen_once(rows).which.sum()), int(seen_once(half).which.sum())) == (40, 20)
    assert seen_once(half).false_alarms == pytest.approx(seen_once(rows).false_alarms / 2, abs=1)
    assert not seen_once(replace(rows, review="rejected"))
    none = replace(rows, seen=np.full(140, -1), looks=np.full(140, -1))
    assert (bool(seen_once(none)), seen_once(none).line(*after_review(none, "all"))) == (False, "")


def test_how_many_looks_make_an_animal_in_one_photo_doubtful() -> None:
    assert missed_share(100, 80) == pytest.approx(0.2)
    assert [doubtful_from(share) for share in (None, 0.001, 0.05, 0.2, 0.5)] == [None, 2, 2, 3, 6]
    assert missed_share(29, 29) is missed_share(100, 0) is None
    for missed in (0.1, 0.3, 0.7):
        least = doubtful_from(missed)
        assert least is not None
        assert missed ** (least - 1) <= 0.05 < missed ** (least - 2)


def test_counts_estimates_and_the_report_say_the_numbers_with_and_without_them(tmp_path: Path) -> None:
    path, transects, strata = test_correction.survey(tmp_path)
    found = geopackage.read_detections(path)
    alone = np.arange(len(found)) % 4 == 0
    rows = replace(found, seen=np.where(alone, 1, 5), looks=np.full(len(found), 5), review="unreviewed")
    geopackage.write_survey(path, geopackage.read_images(path), rows, geopackage.read_runs(path), small.UTM)
    region = small.to_map(
        np.array([[-1e6, -1e6], [1e6, -1e6], [1e6, 1e6], [-1e6, 1e6], [-1e6, -1e6]], float), np.zeros(5)
    )
    vector.write_polygons(tmp_path / "park.gpkg", "park", [region], {"name": ["park"]}, small.UTM)
    counts, warnings = searched.count(path, tmp_path / "park.gpkg")
    assert counts.count.sum() == 120
    said = "30 of 120 animals that count are in one photo only, though others look at the same places"
    assert any(text.startswith(said) and "90 animals (cow 90)" in text for text in warnings)
    row = estimate(path, transects, strata).estimates.row("all", "cow")
    less = rows.take(~alone)
    other = tmp_path / "less.gpkg"
    geopackage.write_survey(other, geopackage.read_images(path), less, geopackage.read_runs(path), small.UTM)
    without = estimate(other, transects, strata).estimates.row("all", "cow").estimate
    assert "30 of 120 animals are in one photo only" in str(row.audit("remarks"))
    assert f"without them the estimate is {without:.0f}" in str(row.audit("remarks"))
    assert without < 0.8 * row.estimate
    write_report(path, tmp_path / "report.html")
    assert said in (tmp_path / "report.html").read_text(encoding="utf-8")

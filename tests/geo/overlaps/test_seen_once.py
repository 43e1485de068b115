"""Animals that one photo of many shows: how many there are, and the counts and estimates without them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detector import survey as searched
from geo import geopackage, vector
from geo.estimate import estimate
from geo.overlaps.seen_once import seen_once
from geo.report import write_report
from geo.standing import after_review
from geo.tables import DetectionRows
from tests.geo.estimates import test_correction
from tests.surveys import small


def rows_of(count: int, seen: np.ndarray, looks: np.ndarray) -> DetectionRows:
    """So many sightings, each of an animal of its own, spread over four photos."""
    rows = small.detections(count, classes=("cow",))
    image, score = np.arange(count) // 2 % 4, np.full(count, 0.9, np.float32)
    return replace(rows, image=image, seen=seen, looks=looks, review="unreviewed", score=score)


def test_what_a_person_reviewed_is_not_in_doubt() -> None:
    seen, looks = np.repeat([5, 1], [100, 40]), np.full(140, 5)
    rows = rows_of(140, seen, looks)
    half = replace(rows, review=["confirmed" if i % 2 else "unreviewed" for i in range(140)])
    assert (int(seen_once(rows).which.sum()), int(seen_once(half).which.sum())) == (40, 20)
    ((said,),) = ([*seen_once(half).lines(*after_review(half, "all"))],)
    assert said.startswith("20 of 140 animals are in one photo only, though others look at the same places: about 20 ")
    assert not seen_once(replace(rows, review="rejected")).lines(*after_review(rows, "all"))
    none = replace(rows, seen=np.full(140, -1), looks=np.full(140, -1))
    assert seen_once(none).lines(*after_review(none, "all")) == []


def test_as_many_as_chance_explains_are_not_in_doubt() -> None:
    """Each photo finds 70 %. If no place has three looks, misses and false alarms cannot be told apart."""
    two = np.repeat([2, 1], [2 * 490, 420])  # the animals at which two photos look
    rng = np.random.default_rng(0)
    five = rng.binomial(5, 0.7, 200)
    five = np.repeat(five, five)
    for seen, looks, alone in (
        (two, np.full(len(two), 2), 0),
        (np.append(two, five), np.repeat([2, 5], [len(two), len(five)]), 0),
        (np.concatenate([two, np.ones(300, int), five]), np.repeat([2, 5], [len(two) + 300, len(five)]), 720),
    ):
        assert seen_once(rows_of(len(seen), seen, looks)).which.sum() == pytest.approx(alone, abs=10)


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
    said = "30 of 120 animals are in one photo only, though others look at the same places"
    assert any(text.startswith(said) and "about 90 animals count (cow 90)" in text for text in warnings)
    row = estimate(path, transects, strata).estimates.row("all", "cow")
    less = rows.take(~alone)
    other = tmp_path / "less.gpkg"
    geopackage.write_survey(other, geopackage.read_images(path), less, geopackage.read_runs(path), small.UTM)
    without = estimate(other, transects, strata).estimates.row("all", "cow").estimate
    assert "30 of 120 animals are in one photo only" in str(row.audit("remarks"))
    assert f"the estimate is {without:.0f}" in str(row.audit("remarks"))
    assert without < 0.8 * row.estimate
    write_report(path, tmp_path / "report.html")
    assert said in (tmp_path / "report.html").read_text(encoding="utf-8")

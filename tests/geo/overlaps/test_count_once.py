"""Which sightings count: an animal in several images once, whatever was reviewed."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo import geopackage
from geo.georeference import reproject
from geo.overlaps.count_once import count_once, drawn_since
from geo.standing import after_review, standing
from geo.tables import DetectionRows, Images, TableError
from tests.surveys.flown import flown_survey
from tests.surveys.small import UTM, run


def rasters(*corners: tuple[float, float], kind: str = "geotransform", crs: str = UTM, size: float = 100.0) -> Images:
    """Square images of `size` metres, 1000 px, whose upper left corners are these."""
    n = len(corners)
    unknown = np.full(n, np.nan)
    square = np.array([(0, 0), (0, -1), (1, -1), (1, 0), (0, 0)], float) * size
    rings = [np.array([500_000.0, 9_700_000.0]) + corner + square for corner in corners]
    return Images(
        path=[f"{i}.tif" for i in range(n)],
        width=np.full(n, 1000), height=np.full(n, 1000), captured_at=[None] * n,
        lon=unknown, lat=unknown, altitude_m=unknown, agl_m=unknown, heading_deg=unknown, gsd_m=np.full(n, size / 1000),
        georeference=[kind] * n, status=["done"] * n, reason=[None] * n,
        detections=np.zeros(n, int), tiles=np.ones(n, int),
        footprints=[ring if crs == UTM else reproject(ring, UTM, crs) for ring in rings],
    )  # fmt: skip


def seen(images: Images, *sightings: tuple[int, float, float], length: float = 1.2, **columns: Any) -> DetectionRows:
    """Animals (image, x, y) in metres from 500000, 9700000, cut at their image's edge."""
    corners, boxes = [], []
    for image, x, y in sightings:
        ring = images.footprints[image]
        assert ring is not None
        left, top = ring[0] - (500_000.0, 9_700_000.0)
        gsd = float(images.gsd_m[image])
        box = np.array([x - length / 2 - left, top - y - length / 2, x + length / 2 - left, top - y + length / 2]) / gsd
        box = np.clip(box, 0, 1000)
        boxes.append(box)
        px = box[[0, 1, 0, 3, 2, 3, 2, 1, 0, 1]].reshape(5, 2)
        corners.append(ring[0] + px * (gsd, -gsd))
    n = len(sightings)
    return DetectionRows(
        paths=images.path, image=np.array([s[0] for s in sightings], int), classes=("cow", "eland"),
        **{
            "label": np.zeros(n, int), "score": np.full(n, 0.5), "boxes_px": np.array(boxes).reshape(-1, 4),
            "polygons_map": np.array(corners).reshape(-1, 5, 2), "run_id": "r1", **columns,
        },
    )  # fmt: skip


def groups(animal: NDArray[np.int64]) -> list[list[int]]:
    return [np.flatnonzero(animal == number).tolist() for number in np.unique(animal)]


# ---- photos as they are flown -----------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize(
    "flight",
    [
        {"position_m": 3.0, "height_m": 1.2, "attitude_deg": 1.0},
        {"position_m": 3.0, "height_m": 1.2, "attitude_deg": 1.0, "forward_overlap": 0.8, "found": 0.9, "jitter_px": 1},
        {"position_m": 3.0, "height_m": 1.2, "attitude_deg": 1.0, "flocks": 0, "animals": 300},
        {"flocks": 0, "animals": 60},
    ],
    ids=["herds", "80 % overlap, some missed", "scattered", "exact"],
)
def test_each_animal_of_a_flight_counts_once(seed: int, flight: dict[str, float]) -> None:
    """Photos of 60 x 45 m whose tags are off as a drone's are: a camera turned about all its axes."""
    survey = flown_survey(seed, **flight)
    once = count_once(survey.images, survey.rows, survey.crs_wkt)
    assert len(survey.rows) > 1.8 * survey.animals
    assert abs(int(once.rows.counted.sum()) / survey.animals - 1) <= 0.02
    assert f"{len(survey.rows):,} sightings are" in once.lines[0]


def test_cells_count_what_lies_in_its_own_photo() -> None:
    survey = flown_survey(1)
    once = count_once(survey.images, survey.rows, survey.crs_wkt, "cells")
    assert int(once.rows.counted.sum()) == survey.animals
    assert (np.bincount(survey.animal, weights=once.rows.counted) <= 1).all()
    # Nothing is taken for one animal, so a review is of one sighting alone.
    assert (once.rows.animal_id == -1).all()
    assert "lie in the cell of their photo" in once.lines[0]


def test_a_review_changes_nothing_of_what_is_matched() -> None:
    survey = flown_survey(2, position_m=1.0)
    rng = np.random.default_rng(0)
    reviewed = replace(
        survey.rows, review=rng.choice(["unreviewed", "confirmed", "rejected"], len(survey.rows)).tolist()
    )
    plain, other = (count_once(survey.images, rows, survey.crs_wkt).rows for rows in (survey.rows, reviewed))
    assert np.array_equal(plain.animal_id, other.animal_id)
    assert np.array_equal(plain.counted, other.counted)


def test_all_counts_every_sighting_and_says_so() -> None:
    survey = flown_survey(1)
    once = count_once(survey.images, survey.rows, survey.crs_wkt, "all")
    assert once.rows.counted.all()
    assert once.lines == (
        "16 images show ground that another image shows too: an animal in several images counts in each",
    )
    with pytest.raises(TableError, match="expected animals, cells, all"):
        count_once(survey.images, survey.rows, survey.crs_wkt, "some")  # type: ignore[arg-type]


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:32735"])
def test_metres_are_metres_in_any_crs(crs: str) -> None:
    """Degrees, Mercator's stretched metres, the next zone: the same animals come out."""
    survey = flown_survey(3, position_m=2.0)
    wkt = pyproj.CRS(crs).to_wkt()
    across = reproject(survey.rows.polygons_map.reshape(-1, 2), survey.crs_wkt, wkt).reshape(-1, 5, 2)
    rings = [reproject(ring, survey.crs_wkt, wkt) for ring in survey.images.footprints if ring is not None]
    once = count_once(replace(survey.images, footprints=rings), replace(survey.rows, polygons_map=across), wkt)
    here = count_once(survey.images, survey.rows, survey.crs_wkt)
    assert groups(once.rows.animal_id) == groups(here.rows.animal_id)


def test_what_has_no_place_counts() -> None:
    survey = flown_survey(1)
    polygons, rings = survey.rows.polygons_map.copy(), list(survey.images.footprints)
    polygons[0] = np.nan
    rings[3] = None
    rows = replace(survey.rows, polygons_map=polygons)
    once = count_once(replace(survey.images, footprints=rings), rows, survey.crs_wkt)
    lonely = (survey.rows.image == 3) | (np.arange(len(rows)) == 0)
    assert once.rows.counted[lonely].all()
    assert any(f"{int(lonely.sum())} sightings have no place" in line for line in once.lines)
    # Without a CRS on the ground nobody knows what overlaps.
    local = 'LOCAL_CS["here",LOCAL_DATUM["here",0],UNIT["metre",1]]'
    for wkt in (None, pyproj.CRS(local).to_wkt()):
        once = count_once(survey.images, survey.rows, wkt)
        assert once.rows.counted.all()
        assert once.lines == ()


def test_animals_drawn_by_a_person_are_matched_too() -> None:
    """A person draws in one photo what the detector found in another: that is one animal."""
    survey = flown_survey(1)
    animal, count = np.unique(survey.animal, return_counts=True)
    row = int(np.flatnonzero(survey.animal == animal[count == 3][0])[0])
    rows = survey.rows
    boxes, error, score = rows.boxes_px.copy(), rows.error_m.copy(), rows.score.copy()
    boxes[row], error[row], score[row] = np.nan, np.nan, np.nan
    drawn = replace(
        rows,
        boxes_px=boxes,
        error_m=error,
        score=score,
        run_id=["manual" if i == row else "r1" for i in range(len(rows))],
    )
    once = count_once(survey.images, drawn, survey.crs_wkt)
    assert int(once.rows.counted.sum()) == survey.animals
    assert (once.rows.animal_id == once.rows.animal_id[row]).sum() == 3


def test_drawn_animals_that_nobody_matched_are_said() -> None:
    survey = flown_survey(1)
    assert drawn_since(survey.images, survey.rows) == ()
    score, animal_id = survey.rows.score.copy(), np.arange(len(survey.rows))
    score[:3] = np.nan
    drawn = replace(survey.rows, score=score, animal_id=animal_id)
    assert drawn_since(survey.images, drawn) == (), "a run has numbered them since"
    animal_id[1:3] = -1
    (said,) = drawn_since(survey.images, replace(drawn, animal_id=animal_id))
    assert said.startswith("2 animals were drawn in overlapping photos and count in each")
    alone = rasters((0, 0), (500, 0))
    assert drawn_since(alone, seen(alone, (0, 50, -50), score=[np.nan], run_id="manual")) == ()


def test_photos_on_one_spot_by_the_thousand_cost_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from geo.overlaps import cells

    monkeypatch.setattr(cells, "_MOST_PAIRS", 5)
    survey = flown_survey(1)
    once = count_once(survey.images, survey.rows, survey.crs_wkt)
    assert once.rows.counted.all()
    assert once.lines[0].startswith("animals in several images count in each: more than 5 pairs")


# ---- orthomosaics -----------------------------------------------------------------------------


def test_of_two_pieces_of_one_orthomosaic_only_what_the_edge_cuts_is_one() -> None:
    images = rasters((0, 0), (100, 0))
    rows = seen(images, (0, 99.8, -50), (1, 100.2, -50), (0, 99.2, -20), (1, 100.8, -20), (0, 60, -60), (1, 140, -60))
    once = count_once(images, rows, UTM)
    assert groups(once.rows.animal_id) == [[0, 1], [2], [3], [4], [5]]
    assert once.rows.counted.sum() == 5


def test_an_elephant_cut_by_the_edge_counts_once() -> None:
    images = rasters((0, 0), (100, 0))
    halves = seen(images, (0, 99.5, -50), (1, 99.5, -50), (0, 50, -50), (1, 150, -50), length=5.0)
    assert groups(count_once(images, halves, UTM).rows.animal_id) == [[0, 1], [2], [3]]


def test_orthomosaics_that_overlap_share_their_animals() -> None:
    """The second lies a metre beside the first, as two flights of one place do."""
    images = rasters((0, 0), (50, 0))
    rng = np.random.default_rng(1)
    herd = rng.uniform((55, -95), (95, -5), (30, 2))
    rows = seen(
        images, *((0, x, y) for x, y in herd), *((1, x + 0.8, y - 0.5) for x, y in herd), (0, 20, -20), (1, 140, -20)
    )
    once = count_once(images, rows, UTM)
    assert once.rows.counted.sum() == 32
    assert groups(once.rows.animal_id)[:30] == [[i, 30 + i] for i in range(30)]
    cells = count_once(images, rows, UTM, "cells")
    assert abs(int(cells.rows.counted.sum()) - 32) <= 2
    assert "the cell of an orthomosaic is its whole rectangle, also where the rectangle is empty" in cells.lines


def test_orthomosaics_apart_are_left_alone() -> None:
    images = rasters((0, 0), (300, 0))
    once = count_once(images, seen(images, (0, 99.9, -50), (1, 301, -50)), UTM)
    assert once.rows.counted.all()
    assert once.lines == ()


# ---- after the review -------------------------------------------------------------------------


def table(*sightings: tuple[int, int, str], **columns: Any) -> DetectionRows:
    """Sightings (animal, counted, review), each in a photo of its own."""
    images = rasters(*((200.0 * i, 0.0) for i in range(len(sightings))))
    return seen(
        images, *((i, 200.0 * i + 50, -50.0) for i in range(len(sightings))),
        animal_id=[s[0] for s in sightings], counted=[s[1] for s in sightings], review=[s[2] for s in sightings],
        **columns,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sightings", "expected"),
    [
        # (animal, counted, review): which rows count, not-rejected and confirmed
        ([(1, 1, "rejected"), (1, 0, "confirmed")], ([0, 1], [0, 1])),
        ([(1, 1, "unreviewed"), (1, 0, "confirmed")], ([0, 1], [0, 1])),
        ([(1, 1, "confirmed"), (1, 0, "confirmed")], ([1, 0], [1, 0])),
        ([(1, 1, "confirmed"), (1, 0, "rejected")], ([1, 0], [1, 0])),
        # What was rejected where it counts is no animal, in none of its photos: else a stone would count in the next.
        ([(1, 1, "rejected"), (1, 0, "unreviewed")], ([0, 0], [0, 0])),
        ([(1, 1, "unreviewed"), (1, 0, "rejected")], ([1, 0], [0, 0])),
        ([(1, 0, "confirmed"), (1, 1, "rejected"), (1, 0, "confirmed")], ([1, 0, 0], [1, 0, 0])),
        # Another animal's rows have no part in it, nor has a row of which a person said that it does not count.
        ([(1, 1, "rejected"), (2, 0, "confirmed")], ([0, 0], [0, 0])),
        ([(-1, 0, "confirmed"), (-1, 1, "unreviewed")], ([0, 1], [0, 0])),
    ],
)
def test_an_animal_counts_once_whatever_was_reviewed(
    sightings: list[tuple[int, int, str]], expected: tuple[list[int], list[int]]
) -> None:
    rows = table(*sightings)
    for which, wanted in zip(("not-rejected", "confirmed"), expected, strict=True):
        assert after_review(rows, which)[0].astype(int).tolist() == wanted  # type: ignore[arg-type]
    assert int(after_review(rows, "all")[0].sum()) == sum(s[1] for s in sightings)


def test_the_sighting_that_stands_for_an_animal_says_what_it_is() -> None:
    rows = table(
        (1, 1, "rejected"), (1, 0, "confirmed"), (1, 0, "confirmed"),
        score=[0.9, 0.4, 0.6], reviewed_class=[None, "cow", "eland"],
    )  # fmt: skip
    mask, classes = after_review(rows, "confirmed")
    assert classes[mask].tolist() == ["eland"], "of several the one with the highest score"


REVIEWS = st.sampled_from(["unreviewed", "confirmed", "rejected"])


@given(st.lists(st.tuples(st.integers(0, 3), REVIEWS), min_size=1, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_what_stands_is_one_an_animal_and_a_confirmed_one_where_there_is_one(
    sightings: list[tuple[int, str]], random: Any
) -> None:
    first: dict[int, int] = {}
    for row in random.sample(range(len(sightings)), len(sightings)):
        first.setdefault(sightings[row][0], row)
    rows = table(*((animal, int(first[animal] == i), said) for i, (animal, said) in enumerate(sightings)))
    stands = standing(rows)
    assert np.bincount(rows.animal_id, weights=stands)[np.unique(rows.animal_id)].tolist() == [1] * len(first)
    sure = {animal for animal, said in sightings if said == "confirmed"}
    chosen = [sightings[i] for i in np.flatnonzero(stands)]
    assert {animal for animal, said in chosen if said == "confirmed"} == sure
    for i in np.flatnonzero(stands):
        assert sightings[i][0] in sure or rows.counted[i]


# ---- the file ---------------------------------------------------------------------------------


def test_the_columns_come_back_from_the_file(tmp_path: Path) -> None:
    survey = flown_survey(1)
    once = count_once(survey.images, survey.rows, survey.crs_wkt)
    path = tmp_path / "survey.gpkg"
    geopackage.write_survey(path, survey.images, once.rows, [run()], survey.crs_wkt)
    back = geopackage.read_detections(path)
    assert np.array_equal(back.counted, once.rows.counted)
    assert np.array_equal(back.animal_id, once.rows.animal_id)
    assert np.abs(back.error_m - once.rows.error_m).max() < 0.006
    # Read back, the tables alone give the same again.
    again = count_once(geopackage.read_images(path), back, geopackage.read_crs(path))
    assert np.array_equal(again.rows.animal_id, once.rows.animal_id)


def test_a_file_without_the_columns_of_our_own_is_read(tmp_path: Path) -> None:
    survey = flown_survey(1)
    path = tmp_path / "survey.gpkg"
    geopackage.write_survey(path, survey.images, survey.rows, [run()], survey.crs_wkt)
    with closing(sqlite3.connect(path)) as db, db:
        for column in ("runner_up", "runner_up_score", "error_m"):
            db.execute(f"ALTER TABLE detections DROP COLUMN {column}")
    back = geopackage.read_detections(path)
    assert np.isnan(back.error_m).all()
    assert (back.runner_up == -1).all()
    assert np.abs(back.boxes_px - survey.rows.boxes_px).max() < 0.011

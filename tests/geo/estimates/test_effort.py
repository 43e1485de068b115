from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import VectorError
from geo.estimates.effort import photo_effort, split_track, track_bearings, transect_table
from geo.estimates.strips import read_strips
from geo.estimates.transects import read_transects
from geo.overlaps.cells import Photos, cells, overlapping_pairs, owns
from geo.overlaps.sightings import match
from geo.tables import TableError
from tests.surveys.strip import strip_survey

UTM = "EPSG:32736"
SEEDS = st.integers(0, 2**32 - 1)


def scattered(seed: int, photos: int = 9) -> Photos:
    """Photos of any shape that lie on one another in any way, some of one centre."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, 150, (photos, 2)).round(rng.integers(-1, 3))
    footprints = np.empty(photos, object)
    for i in range(photos):
        angle = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 8)))
        ring = np.column_stack([np.cos(angle), np.sin(angle)]) * rng.uniform(20, 80, (len(angle), 1))
        footprints[i] = shapely.Polygon(ring + centres[i]).buffer(1.0, quad_segs=2)
    return Photos(centres, footprints)


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_cells_part_the_ground_that_photos_see(seed: int) -> None:
    photos = scattered(seed)
    cell = cells(photos)
    seen = shapely.union_all(photos.footprints)
    assert shapely.area(cell).sum() == pytest.approx(seen.area, rel=1e-6), "nothing twice"
    assert shapely.union_all(cell, grid_size=1e-6).area == pytest.approx(seen.area, rel=1e-6), "nothing left out"
    outside = shapely.area(shapely.difference(cell, photos.footprints))
    assert outside.max() < 1e-6 * seen.area, "a photo owns only what it sees"


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_points_belong_to_the_nearest_photo_that_sees_them(seed: int) -> None:
    """The rule for points against the rule for areas, and against the plain definition."""
    photos = scattered(seed)
    rng = np.random.default_rng(seed)
    xy = rng.uniform(-50, 200, (200, 2))
    sees = np.array([shapely.contains_xy(shape, *xy.T) for shape in photos.footprints]).T
    point, photo = np.nonzero(sees)
    own = owns(xy[point], photo, photos)
    assert np.array_equal(np.bincount(point[own], minlength=200), sees.any(axis=1)), "one photo each"
    far = np.where(sees, np.hypot(*(xy[:, None] - photos.centres).T).T, np.inf)
    assert (far[point[own], photo[own]] == far[point[own]].min(axis=1)).all()
    margin = shapely.distance(shapely.boundary(cells(photos)[photo]), shapely.points(xy[point]))
    clear = margin > 1e-6
    inside = shapely.contains_xy(cells(photos)[photo], *xy[point].T)
    assert np.array_equal(inside[clear], own[clear])


def test_a_strip_is_parted_half_way_between_its_photos() -> None:
    footprints = np.array([shapely.box(x, 0, x + 100, 60) for x in (0, 20, 40)])
    photos = Photos(np.array([[50.0, 30], [70, 30], [90, 30]]), footprints)
    assert shapely.bounds(cells(photos)).tolist() == [[0, 0, 60, 60], [60, 0, 80, 60], [80, 0, 140, 60]]
    assert [pair.tolist() for pair in overlapping_pairs(photos)] == [[0, 0, 1], [1, 2, 2]]
    effort = photo_effort(photos, UTM)
    assert effort.area_km2.sum() == pytest.approx(140 * 60 / 1e6, rel=0.01), "geodesic, and far from the zone's middle"
    assert effort.strip_width_m == pytest.approx(60)
    assert effort.along_m == pytest.approx(100)


def test_photos_of_one_centre_share_nothing() -> None:
    footprints = np.array([shapely.box(0, 0, 10, 10)] * 3)
    photos = Photos(np.full((3, 2), 5.0), footprints)
    assert shapely.area(cells(photos)).tolist() == [100, 0, 0]
    assert owns(np.full((3, 2), 2.0), np.arange(3), photos).tolist() == [True, False, False]


def test_photos_without_a_place_have_no_ground() -> None:
    footprints = [[[0, 0], [10, 0], [10, 10], [0, 10]], None, [[0, 0], [9, 0], [9, 9]]]
    photos = Photos(np.array([[5.0, 5], [6, 6], [np.nan, 1]]), np.array(footprints, object))
    assert photos.placed.tolist() == [True, False, False]
    effort = photo_effort(photos, UTM)
    assert effort.area_km2[0] > 0
    assert effort.area_km2[1:].tolist() == [0, 0]


@pytest.mark.parametrize("footprint", [[[0, 0], [1, 1]], [[0, 0], [1, 0], [np.nan, 1]], [[0, 0, 0]]])
def test_bad_footprints_are_refused(footprint: Any) -> None:
    bad = np.empty(1, object)
    bad[0] = np.array(footprint)
    with pytest.raises(TableError, match="footprint 0"):
        Photos(np.zeros((1, 2)), bad)


def test_thousands_of_photos_on_one_spot_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.overlaps.cells._MOST_PAIRS", 1000)
    photos = Photos(np.zeros((200, 2)), np.array([shapely.box(-1, -1, 1, 1)] * 200))
    with pytest.raises(TableError, match="positions"):
        overlapping_pairs(photos)


# ---- transects ------------------------------------------------------------------------------


def test_the_strip_width_is_across_the_flight() -> None:
    """A photo that is turned, and a side view: a trapezoid from its near to its far edge."""
    square = shapely.box(-40, -60, 40, 60)
    side_view = shapely.Polygon([(-30, 100), (30, 100), (60, 300), (-60, 300)])
    east = [[x, 0.0] for x in (0, 20, 40)]
    shapes = [shapely.affinity.translate(square, x, 0) for x in (0, 20, 40)]
    assert photo_effort(Photos(np.array(east), np.array(shapes)), UTM).strip_width_m == pytest.approx(120)
    shapes = [shapely.affinity.translate(side_view, x, 0) for x in (0, 20, 40)]
    assert photo_effort(Photos(np.array(east), np.array(shapes)), UTM).strip_width_m == pytest.approx(200)
    assert track_bearings(Photos(np.array(east), np.array(shapes))) == pytest.approx(np.array([[1.0, 0]] * 3))


@pytest.mark.parametrize("turns", ["none", "flown"])
@pytest.mark.parametrize("noise", [0.0, 4.0])
def test_a_track_to_and_fro_is_parted_at_its_turns(turns: str, noise: float) -> None:
    rng = np.random.default_rng(3)
    track, true = [], []
    for line in range(5):
        x = np.arange(0, 1000, 20.0)
        track.append(np.column_stack([x if line % 2 == 0 else x[::-1], np.full(len(x), line * 100.0)]))
        true += [line] * len(x)
        if turns == "flown" and line < 4:
            angle = np.linspace(-np.pi / 2, np.pi / 2, 10)[1:-1]
            side = 1 if line % 2 == 0 else -1
            end = track[-1][-1] + [0, 50]
            track.append(np.column_stack([end[0] + side * 50 * np.cos(angle), end[1] + 50 * np.sin(angle)]))
            true += [-1] * len(angle)
    xy = np.concatenate(track) + rng.normal(0, noise, (len(true), 2)) if noise else np.concatenate(track)
    shuffled = rng.permutation(len(xy))
    photos = Photos(xy[shuffled], np.full(len(xy), None, object), np.arange(len(xy), dtype=np.float64)[shuffled] * 2.0)
    found, true_of = split_track(photos, tolerance_m=30.0, min_photos=8), np.array(true)[shuffled]
    assert len(np.unique(found[found >= 0])) == 5
    on = true_of >= 0
    assert (found[on] == true_of[on]).mean() > 0.97
    if turns == "flown":
        assert (found[~on] == -1).mean() > 0.5


def test_a_track_is_parted_at_gaps_and_bends_gently() -> None:
    x = np.concatenate([np.arange(0, 500, 10.0), np.arange(900, 1400, 10.0)])
    bent = np.column_stack([x, 40 * np.sin(x / 400)])
    found = split_track(Photos(bent, np.full(len(x), None, object)))
    assert found.tolist() == [0] * 50 + [1] * 50
    assert split_track(Photos(np.empty((0, 2)), np.empty(0, object))).tolist() == []
    assert split_track(Photos(np.zeros((2, 2)), np.full(2, None, object))).tolist() == [-1, -1]


@pytest.mark.parametrize("rule", ["animals", "cells"])
def test_counts_and_areas_of_transects_make_the_true_density(rule: str, tmp_path: Path) -> None:
    survey = strip_survey(2, pose_noise_m=0, yaw_noise_deg=0, height_noise=0, jitter_m=0)
    utm = np.array([260_000.0, 9_700_000.0])
    photos = Photos(
        survey.photos.centres + utm,
        np.array([shapely.affinity.translate(shape, *utm) for shape in survey.photos.footprints]),
        survey.photos.seconds,
    )
    found = match(survey.xy + utm, *survey.sightings[1:], photos, rule=rule)  # type: ignore[arg-type]
    kinds = [("zebra", "cow")[label] for label in survey.label]
    stratum = ["north, <b>" if line > 1 else "south" for line in survey.line]
    table = transect_table(
        photos,
        [f"T{line}" for line in survey.line],
        UTM,
        stratum=stratum,
        image=survey.image,
        class_name=kinds,
        counted=found.counted,
    )
    assert table.counts.sum() == survey.animals
    for kind, c in zip(table.classes, table.counts.T, strict=True):
        label = ("zebra", "cow").index(kind)
        assert c.sum() == len(np.unique(survey.animal[survey.label == label]))
    whole = shapely.union_all(photos.footprints)
    assert shapely.area(table.polygons).sum() == pytest.approx(whole.area, rel=1e-9)
    assert table.area_km2.sum() == pytest.approx(whole.area / 1e6, rel=2e-3)
    assert table.length_km == pytest.approx(29 * 16 / 1000 + 0.08, rel=2e-3)
    assert table.photos.tolist() == [30] * 4
    assert table.strip_width_m == pytest.approx(120, rel=2e-3)

    table.write(tmp_path / "transects.csv")
    read = read_transects(tmp_path / "transects.csv")
    assert read.counts.sum() == survey.animals
    assert read.stratum == table.stratum
    assert read.area_km2 == pytest.approx(table.area_km2)
    table.write(tmp_path / "layer.gpkg")
    strips = read_strips(tmp_path / "layer.gpkg", layer="transects")
    assert strips.names == table.names
    assert strips.area_km2 == pytest.approx(table.area_km2, rel=1e-6)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["layer.gpkg", "transects.csv"]


def test_a_transect_without_animals_is_a_row_of_zero(tmp_path: Path) -> None:
    photos = Photos(np.array([[5.0, 5], [205, 5]]), np.array([shapely.box(0, 0, 10, 10), shapely.box(200, 0, 210, 10)]))
    table = transect_table(photos, [1, 2.0], UTM, image=[1, 1], class_name=["cow", "cow"], counted=[1, 0])
    rows = [row.rsplit(",", 1)[0] for row in table.csv().splitlines()]
    assert rows == ["stratum,transect,class,count", "survey,1,,0", "survey,2,cow,1"]
    table.write(tmp_path / "t.csv")
    assert read_transects(tmp_path / "t.csv").counts.tolist() == [[0], [1]]


def test_photos_on_no_transect_take_no_ground() -> None:
    shapes = np.array([shapely.box(0, 0, 10, 10), shapely.box(2, 0, 12, 10)])
    photos = Photos(np.array([[5.0, 5], [7, 5]]), shapes)
    table = transect_table(photos, ["A", None], UTM, image=[0, 1], class_name=["cow", "cow"])
    assert shapely.area(table.polygons).tolist() == [100]
    assert table.counts.tolist() == [[1]]
    assert "on no transect" in table.warnings[0]


def test_what_makes_no_transects_is_refused(tmp_path: Path) -> None:
    photos = Photos(np.array([[5.0, 5]]), np.array([shapely.box(0, 0, 10, 10)]))
    with pytest.raises(VectorError, match="no photo"):
        transect_table(photos, [None], UTM)
    with pytest.raises(TableError, match="each of 1 photos"):
        transect_table(photos, [], UTM)
    with pytest.raises(TableError, match="index"):
        transect_table(photos, ["A"], UTM, image=[1], class_name=["cow"])
    with pytest.raises(VectorError, match="CRS"):
        transect_table(photos, ["A"], "")
    with pytest.raises(VectorError, match=r"\.csv"):
        transect_table(photos, ["A"], UTM).write(tmp_path / "t.xls")

"""The photos of a survey as its transects: names, ground, animals, and the estimate through the command line."""

import csv
import io
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely

from geo import geopackage
from geo.areas import geodesic_areas_km2
from geo.errors import VectorError
from geo.estimates.photo_transects import OnTransects, PhotoStrips, by_name, by_table, by_track, photo_strips
from geo.overlaps.count_once import count_once
from geo.standing import after_review
from geo.tables import DetectionRows, Images
from tests.command_line import HerdmapHere
from tests.surveys.flown import FlownSurvey, flown_survey
from tests.surveys.small import run


@pytest.fixture(scope="module")
def flown() -> FlownSurvey:
    """Two strips, exact tags, each animal's sighting that counts known."""
    survey = flown_survey(3)
    return replace(survey, rows=count_once(survey.images, survey.rows, survey.crs_wkt).rows)


def strip_of(survey: FlownSurvey) -> OnTransects:
    names = tuple(f"T{e.strip}" for e in survey.exposures)
    return OnTransects(names, (None,) * len(names))


def made(survey: FlownSurvey, on: OnTransects) -> PhotoStrips:
    return photo_strips(survey.images, survey.rows, survey.crs_wkt, on, lambda rows: after_review(rows, "not-rejected"))


def test_the_ground_is_what_photos_saw_and_each_animal_is_on_one_transect(flown: FlownSurvey) -> None:
    found = made(flown, strip_of(flown))
    assert found.strips.names == ("T1", "T2")
    seen = shapely.union_all([shapely.Polygon(ring) for ring in flown.images.footprints if ring is not None])
    area = geodesic_areas_km2(np.array([seen]), flown.crs_wkt)[0]
    assert found.strips.area_km2.sum() == pytest.approx(area, rel=1e-3)
    assert found.effort.area_km2.sum() == pytest.approx(area, rel=1e-3)
    assert found.counts.sum() == flown.animals == found.animals.sum()
    for k, name in enumerate(found.strips.names):
        inside = [int(found.animals[row]) for row, there in enumerate(strip_of(flown).transect) if there == name]
        assert found.counts[k].sum() == sum(inside)
    # The strip is as wide as a photo, 60 m, its track as long as what its photos show of it.
    assert found.strips.photos is not None
    assert found.strips.length_km is not None
    assert found.strips.strip_width_m is not None
    assert found.strips.photos.tolist() == [8, 8]
    np.testing.assert_allclose(found.strips.strip_width_m, 60, atol=1.5)
    np.testing.assert_allclose(found.strips.length_km, 0.1405, atol=0.004)


def test_an_animal_of_a_photo_on_no_transect_counts_in_one_that_is(flown: FlownSurvey) -> None:
    """As if every other photo were a turn: 70 % overlap shows nearly all of its animals in the next."""
    names = tuple(None if i % 2 else "T" for i in range(len(flown.images)))
    found = made(flown, OnTransects(names, (None,) * len(names)))
    there = np.array([name is not None for name in names])[flown.rows.image]
    assert found.counts.sum() == len(np.unique(flown.animal[there]))
    assert found.animals[1::2].sum() == 0
    assert np.isclose(found.effort.area_km2[1::2], 0).all()


def test_photos_that_were_not_searched_add_nothing(flown: FlownSurvey) -> None:
    status = ["failed" if i < 4 else "done" for i in range(len(flown.images))]
    reason = ["broken" if i < 4 else None for i in range(len(flown.images))]
    survey = replace(flown, images=replace(flown.images, status=status, reason=reason))
    found = made(survey, strip_of(flown))
    assert found.counts.sum() == len(np.unique(flown.animal[flown.rows.image >= 4]))
    assert found.strips.area_km2[0] < 0.7 * made(flown, strip_of(flown)).strips.area_km2[0]
    assert any("4 photos were not searched" in text for text in found.strips.warnings)


def test_cells_count_by_the_cells_of_the_photos_that_are_left(flown: FlownSurvey) -> None:
    survey = replace(flown, rows=count_once(flown.images, flown.rows, flown.crs_wkt, "cells").rows)
    assert made(survey, strip_of(flown)).counts.sum() == flown.animals
    names = tuple(None if i % 2 else "T" for i in range(len(flown.images)))
    there = np.array([name is not None for name in names])[flown.rows.image]
    found = made(survey, OnTransects(names, (None,) * len(names)))
    assert found.counts.sum() == pytest.approx(len(np.unique(flown.animal[there])), abs=1)


def test_a_survey_in_which_every_sighting_counts_is_said(flown: FlownSurvey) -> None:
    rows = count_once(flown.images, flown.rows, flown.crs_wkt, "all").rows
    found = made(replace(flown, rows=rows), strip_of(flown))
    assert found.counts.sum() == len(rows)
    assert any("the estimate is too high" in text for text in found.strips.warnings)
    assert not any("too high" in text for text in made(flown, strip_of(flown)).strips.warnings)


# ---- which photo is on which transect ---------------------------------------------------------


def test_the_track_is_parted_where_it_turns(flown: FlownSurvey) -> None:
    on = by_track(flown.images, flown.crs_wkt)
    assert [(name, e.strip) for name, e in zip(on.transect, flown.exposures, strict=True)] == [
        (str(e.strip), e.strip) for e in flown.exposures
    ]
    with pytest.raises(VectorError, match="no photo has a place"):
        by_track(flown.images, None)


def test_a_table_names_the_transects(flown: FlownSurvey, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    lines = [f"PHOTOS\\{e.name.upper()};x;{e.strip} A;{'north' if e.strip == 1 else 'south'}" for e in flown.exposures]
    file.write_text("\n".join(["File Name;note;Transect_No;Stratum", *lines[1:]]), encoding="utf-8")
    on = by_table(flown.images, file)
    assert on.transect == (None, *(f"{e.strip} A" for e in flown.exposures[1:]))
    assert on.stratum[-1] == "south"
    assert on.warnings == ("1 photos are not in log.csv, so they are on no transect",)
    # The name alone, without its ending, is enough.
    file.write_text("\n".join(["image,line", *(f"{e.name[:-4]},{e.strip}" for e in flown.exposures)]))
    assert by_table(flown.images, file).transect == tuple(str(e.strip) for e in flown.exposures)
    for text, told in (
        ("", "empty"),
        ("photo,area\na,1\n", "no column 'transect'"),
        ("transect\na\n", "no column 'photo'"),
        ("photo,transect\nnobody.jpg,1\n", "no row has the name"),
        ("photo,transect\nSIM_0001.jpg,1\nsim_0001.jpg,2\n", "on two transects"),
        ("photo,transect\nSIM_0001.jpg\n", "1 values for 2 columns"),
    ):
        file.write_text(text)
        with pytest.raises(VectorError, match=told):
            by_table(flown.images, file)
    with pytest.raises(VectorError, match="cannot be read"):
        by_table(flown.images, tmp_path / "none.csv")


def test_names_name_the_transects(flown: FlownSurvey) -> None:
    paths = [f"RR19_{'RSO' if e.strip == 1 else 'RKE'}_2018/T{e.strip}/{e.name}" for e in flown.exposures]
    images = replace(flown.images, path=paths)
    on = by_name(images, r"_(?P<stratum>[A-Z]+)_.*/(?P<transect>T\d)/")
    assert (on.transect[0], on.stratum[0], on.transect[-1], on.stratum[-1]) == ("T1", "RSO", "T2", "RKE")
    assert by_name(images, r"/T(1)/").transect[-1] is None
    for pattern, told in (("(", "not a regular expression"), ("T1", "has no group"), ("X(.)X", "fits none")):
        with pytest.raises(VectorError, match=told):
            by_name(images, pattern)


# ---- the command ------------------------------------------------------------------------------


@pytest.fixture
def here(capfd: pytest.CaptureFixture[str]) -> HerdmapHere:
    return HerdmapHere(capfd)


@pytest.fixture
def survey(flown: FlownSurvey, tmp_path: Path) -> Path:
    path = tmp_path / "survey.gpkg"
    geopackage.write_survey(path, flown.images, flown.rows, [run()], flown.crs_wkt)
    (tmp_path / "strata.csv").write_text("stratum,area_km2\nnorth,0.02\n")
    return path


@pytest.mark.parametrize("how", ["track", "table", "name"])
def test_an_estimate_from_the_photos_themselves(
    flown: FlownSurvey, survey: Path, here: HerdmapHere, tmp_path: Path, check_gpkg: Callable[..., None], how: str
) -> None:
    table = tmp_path / "photos.csv"
    table.write_text("\n".join(["photo,transect", *(f"{e.name},{e.strip}" for e in flown.exposures)]))
    more = {
        "track": (),
        "table": ("--transect-table", table),
        "name": ("--transect-name", r"SIM_00(0[1-8]|09|1\d)"),
    }[how]
    effort = tmp_path / "effort.csv"
    end = here(
        "estimate", survey, "--transects", "photos", "--strata", tmp_path / "strata.csv", *more, "--effort", effort
    )
    assert end.code == 0, end.err
    check_gpkg(survey)
    (row, _) = csv.DictReader(io.StringIO(end.out))
    searched = list(csv.DictReader(effort.read_text().splitlines()))
    area = sum(float(photo["area_km2"]) for photo in searched)
    assert len(searched) == len(flown.images)
    assert sum(int(photo["animals"]) for photo in searched) == flown.animals
    assert float(row["estimate"]) == pytest.approx(flown.animals / area * 0.02, rel=1e-6)
    with closing(sqlite3.connect(survey)) as db, db:
        strips = db.execute("SELECT count, photos, length_km, strip_width_m, area_km2 FROM transects").fetchall()
    assert sum(strip[0] for strip in strips) == flown.animals
    assert sum(strip[1] for strip in strips) == len(flown.images)
    assert sum(strip[4] for strip in strips) == pytest.approx(area, rel=1e-6)
    if how != "name":
        assert [strip[1] for strip in strips] == [8, 8]
        assert int(row["n"]) == 2


def test_the_effort_says_from_where_each_photo_looked_and_why_one_was_left_out(
    flown: FlownSurvey, survey: Path, here: HerdmapHere, tmp_path: Path
) -> None:
    images = flown.images
    status, reason = list(images.status), list(images.reason)
    status[0], reason[0] = "failed", "truncated"
    status[1] = "pending"
    images = replace(images, status=status, reason=reason, agl_m=np.full(len(images), 80.25))
    geopackage.write_survey(survey, images, flown.rows, [run()], flown.crs_wkt)
    table, effort = tmp_path / "photos.csv", tmp_path / "effort.csv"
    table.write_text("\n".join(["photo,transect", *(f"{e.name},{e.strip}" for e in flown.exposures[:8])]))
    asked = ("estimate", survey, "--transects", "photos", "--strata", tmp_path / "strata.csv")
    assert here(*asked, "--transect-table", table, "--effort", effort).code == 0
    rows = list(csv.DictReader(effort.read_text().splitlines()))
    assert [row["left_out"] for row in rows[:3]] == ["failed: truncated", "not searched, or only in part", ""]
    assert {row["left_out"] for row in rows[8:]} == {"not in photos.csv, or without a transect there"}
    assert {(row["area_km2"], row["animals"]) for row in rows if row["left_out"]} == {("0", "0")}
    assert {row["agl_m"] for row in rows} == {"80.2"}
    assert [row["captured_at"] for row in rows] == [text or "" for text in images.captured_at]
    stored = geopackage.read_estimates(survey)
    assert stored is not None
    row = stored.row("all", stored.rows[0].class_name)
    assert (row.photos, row.photos_failed, row.photos_left_out) == (6, 1, 9)
    assert (row.correction, row.review_rule) == ("uncorrected", "detections that nobody rejected")


def test_photos_as_transects_are_asked_for_as_such(survey: Path, here: HerdmapHere, tmp_path: Path) -> None:
    strata = ("--strata", tmp_path / "strata.csv")
    both = ("--transect-name", "(.)", "--transect-table", "a.csv")
    for arguments, told in (
        (("--transects", "photos", *strata), "give FILE.gpkg too"),
        ((survey, "--transects", "some.gpkg", *strata, "--transect-name", "(.)"), "give --transects photos"),
        ((survey, "--transects", "photos", *strata, *both), "one of the two"),
        ((survey, "--transects", "photos", *strata, "--transect-table", tmp_path / "none.csv"), "cannot be read"),
    ):
        end = here("estimate", *arguments)
        assert (end.code, len(end.problems)) == (2, 1), end.err
        assert told in end.err


def test_a_colony_needs_no_layer(
    flown: FlownSurvey, survey: Path, here: HerdmapHere, tmp_path: Path, check_gpkg: Callable[..., None]
) -> None:
    """All ground that the photos show is the stratum, and all photos count, also one that lies alone."""
    images = flown.images
    ring = images.footprints[0]
    assert ring is not None
    alone = replace(images, footprints=[ring + np.array([5000.0, 0.0]), *images.footprints[1:]])
    rows, first = flown.rows, np.asarray(flown.rows.image) == 0
    polygons = rows.polygons_map.copy()
    polygons[first] += (5000.0, 0.0)
    rows = replace(rows, polygons_map=polygons)
    rows = count_once(alone, rows, flown.crs_wkt).rows
    geopackage.write_survey(survey, alone, rows, [run()], flown.crs_wkt)
    end = here("estimate", survey, "--transects", "photos", "--strata", "photos")
    assert end.code == 0, end.err
    (row, both) = csv.DictReader(io.StringIO(end.out))
    assert (row["stratum"], both["stratum"]) == ("photos", "all")
    assert row["design"] == "full count"
    assert int(row["photos"]) == len(images)
    assert "the areas searched are" not in end.err
    assert float(row["estimate"]) == int(rows.counted.sum()) == float(row["ci_low"]) == float(row["ci_high"])
    seen = shapely.union_all([shapely.Polygon(ring) for ring in alone.footprints if ring is not None])
    assert float(row["area_km2"]) == pytest.approx(geodesic_areas_km2(np.array([seen]), flown.crs_wkt)[0], rel=0.01)
    assert float(row["searched_share"]) == 1
    check_gpkg(survey)
    drawn = here("sample", survey, "-o", tmp_path / "sample.csv", "--strata", "photos", "--positive", 5, "--empty", 5)
    assert "photos called positive" in drawn.out
    for arguments, told in (
        (("--transects", tmp_path / "counts.csv"), "the survey, which is missing"),
        ((survey, "--transects", "photos"), "no searched photo has a place on the map"),
    ):
        (tmp_path / "counts.csv").write_text("stratum,transect,count,area_km2\nphotos,1,2,0.1\n")
        nowhere = replace(images, footprints=[None] * len(images))
        geopackage.write_survey(survey, nowhere, rows, [run()], flown.crs_wkt)
        end = here("estimate", *arguments, "--strata", "photos")
        assert (end.code, len(end.problems)) == (2, 1), end.err
        assert told in end.err


@pytest.mark.realdata
def test_a_real_surveys_transects(realdata: Path) -> None:
    """A stratum of the Serengeti count of 2015: the experts' counts, and the table's areas less what overlaps."""
    table = realdata / "jolly" / "CompletePhotoCount2015.csv"
    with table.open() as file:
        photos = [row for row in csv.DictReader(file) if row["strata"] == "1"]
    n, square = len(photos), np.array([(-1, 1), (-1, -1), (1, -1), (1, 1), (-1, 1)]) / 2
    middle = np.array([(float(row["coords.x1.1"]), float(row["coords.x2.1"])) for row in photos])
    size = np.array([(float(row["FieldX"]), float(row["FieldY"])) for row in photos])
    unknown = np.full(n, np.nan)
    images = Images(
        path=[f"photos/{row['SWC_image']}.JPG" for row in photos],
        width=np.full(n, 6000), height=np.full(n, 4000), captured_at=[row["DateTimeOriginal"] for row in photos],
        lon=unknown, lat=unknown, altitude_m=unknown, agl_m=unknown, heading_deg=unknown, gsd_m=unknown,
        georeference=["flight log"] * n, status=["done"] * n, reason=[None] * n,
        detections=np.zeros(n, int), tiles=np.ones(n, int), footprints=list(middle[:, None] + square * size[:, None]),
    )  # fmt: skip
    image = np.repeat(np.arange(n), [int(float(row["expert"])) for row in photos])
    px = np.random.default_rng(0).uniform(50, (5950, 3950), (len(image), 2))
    place = middle[image] + (px / (6000, 4000) - 0.5) * (1, -1) * size[image]
    rows = DetectionRows(
        paths=images.path, image=image, classes=("wildebeest",), label=np.zeros(len(image), int),
        score=np.full(len(image), 0.9), boxes_px=np.hstack([px - 20, px + 20]),
        polygons_map=place[:, None] + 1.4 * square, run_id="r1",
    )  # fmt: skip
    wkt = pyproj.CRS("EPSG:32736").to_wkt()
    found = photo_strips(images, rows, wkt, by_table(images, table), lambda r: after_review(r, "not-rejected"))
    with (realdata / "jolly" / "transects_stratum_1.csv").open() as file:
        golden = {row["transect_no"]: (float(row["y"]), float(row["z"])) for row in csv.DictReader(file)}
    assert set(found.strips.names) == set(golden)
    of = np.array([row["transect_no"] for row in photos])
    boxes = np.array([shapely.Polygon(ring) for ring in images.footprints if ring is not None])
    whole = 0
    for name, counts, area in zip(found.strips.names, found.counts, found.strips.area_km2, strict=True):
        count, flown = golden[name]
        assert counts.sum() == count
        shared = shapely.union_all(boxes[of == name]).area / shapely.area(boxes[of == name]).sum()
        assert area == pytest.approx(flown * shared, rel=2e-3)
        whole += shared > 0.9999
    assert whole >= 10, "of most transects no photos overlap"

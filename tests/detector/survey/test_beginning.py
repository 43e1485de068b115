"""A survey without a model: its images lie where a search would put them, and every later command copes with it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from PIL import Image

from detector import survey
from detector.errors import InputError, ModelError
from geo import geopackage
from geo.searches import Searches
from tests.command_line import HerdmapHere
from tests.detector.survey.test_placing import Listening
from tests.detector.survey.test_within import write_area
from tests.geopackage_checker import check_geopackage
from tests.surveys.simulated_flight import Flown, TruthModel


def test_each_image_lies_where_a_search_puts_it_and_is_pending(
    tmp_path: Path, truth: TruthModel, photos: Path, here: HerdmapHere
) -> None:
    searched, begun = tmp_path / "searched.gpkg", tmp_path / "begun.gpkg"
    survey.detect(photos, searched)
    ended = here("survey", photos, "-o", begun, "--class", "elephant", "--class", "zebra")
    assert (ended.code, truth.calls) == (0, len(list(photos.iterdir())))
    check_geopackage(begun)
    expected, found = geopackage.read_images(searched), geopackage.read_images(begun)
    assert set(found.status) == {"pending"}
    for name in ("path", "width", "height", "captured_at", "georeference", "reason"):
        assert list(getattr(found, name)) == list(getattr(expected, name))
    for name in ("lon", "lat", "agl_m", "gsd_m", "heading_deg"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    for one, other in zip(found.footprints, expected.footprints, strict=True):
        np.testing.assert_array_equal(one, other)
    (run,) = geopackage.read_runs(begun)
    assert list(run.classes) == ["elephant", "zebra"]
    assert (run.model, run.tiles, run.detections) == ("by hand", 0, 0)
    assert len(geopackage.read_searches(begun)) == 0


def test_photos_without_position_are_on_a_contact_sheet(tmp_path: Path, here: HerdmapHere) -> None:
    for name in "abc":
        Image.new("RGB", (60, 40), "green").save(tmp_path / f"{name}.png")
    (tmp_path / "d.png").write_bytes(b"no image")
    ended = here("survey", tmp_path, "-o", tmp_path / "s.gpkg")
    assert ended.code == 1
    assert "3 with a place on the map, 1 failed" in ended.out
    check_geopackage(tmp_path / "s.gpkg", positioned=False)
    images = geopackage.read_images(tmp_path / "s.gpkg")
    assert sorted(images.status) == ["failed", "pending", "pending", "pending"]
    assert list((tmp_path / "s.herdmap").rglob("*.vrt"))
    assert geopackage.read_crs(tmp_path / "s.gpkg") is None


LATER = {
    "count": (["count", "SURVEY", "--regions", "REGIONS"], 0, "images are not searched yet"),
    "estimate": (
        ["estimate", "SURVEY", "--transects", "photos", "--strata", "REGIONS"], 2, "no photo was searched yet",
    ),
    "estimate in strips": (
        ["estimate", "SURVEY", "--transects", "TRANSECTS", "--strata", "REGIONS"], 2, "no photo was searched yet",
    ),
    "sample": (["sample", "SURVEY", "-o", "OUT.csv"], 2, "no photo was searched yet"),
    "share": (["share", "SURVEY", "-o", "OUT", "--max-size", "9MB"], 0, "0 detections"),
    "export": (["export", "SURVEY", "-o", "OUT.csv"], 0, "0 animals"),
    "export for GIS": (["export", "SURVEY", "-o", "OUT.geojson"], 0, "0 animals"),
    "export-data": (["export-data", "SURVEY", "-o", "OUT.json"], 2, "no photo is reviewed completely"),
    "georeference": (["georeference", "SURVEY", "--agl", "40"], 0, "images placed"),
    "merge-reviews": (["merge-reviews", "SURVEY", "SURVEY", "-o", "OUT.gpkg"], 0, "0 detections"),
    "survey": (["survey", "PHOTOS", "-o", "SURVEY"], 0, "to search"),
}  # fmt: skip


@pytest.mark.parametrize("case", LATER)
def test_later_commands_cope_with_it(case: str, flown: Flown, photos: Path, tmp_path: Path, here: HerdmapHere) -> None:
    words, code, said = LATER[case]
    output = tmp_path / "s.gpkg"
    survey.begin(photos, output)
    regions, transects = (flown.folder / name for name in ("regions.gpkg", "transects.gpkg"))
    places = {"SURVEY": output, "PHOTOS": photos, "REGIONS": regions, "TRANSECTS": transects}
    arguments = [places.get(word, str(tmp_path / word) if word.startswith("OUT") else word) for word in words]
    ended = here(*arguments)
    assert (ended.code, said in ended.out + ended.err) == (code, True), ended
    check_geopackage(output)


def test_a_search_by_a_model_keeps_what_people_searched_and_marked(
    tmp_path: Path, flown: Flown, truth: TruthModel, photos: Path
) -> None:
    output = tmp_path / "s.gpkg"
    survey.begin(photos, output)
    images = geopackage.read_images(output)
    first, last = images.path[0], images.path[-1]
    width, height = int(images.width[0]), int(images.height[0])
    halves = np.array([[0, 0, width / 2, height], [width / 2, 0, width, height], [0, 0, 9, 9]], float)
    searches = Searches([first, first, last], np.array([1, 2, 1]), halves, ["Ann"] * 3, ["2026-01-01T00:00:00Z"] * 3)
    rows = geopackage.read_detections(output)
    crs, runs = geopackage.read_crs(output), geopackage.read_runs(output)
    geopackage.write_survey(output, images, rows, runs, crs, searches=searches)
    mark(output, first)
    survey.begin(photos, output)
    assert geopackage.read_images(output).status[0] == "done"
    (photos / Path(last).name).unlink()
    survey.detect(photos, output)
    check_geopackage(output, positioned=False)  # the mark has none
    kept = geopackage.read_searches(output)
    assert list(kept.image) == [first, first, last]
    np.testing.assert_array_equal(kept.boxes_px, halves)
    found = geopackage.read_detections(output)
    assert found.text("run_id").count("manual") == 1
    assert len(found) == 1 + sum(len(flown.seen(Path(path).name)[0]) for path in images.path[:-1])
    status = dict(zip(*(getattr(geopackage.read_images(output), name) for name in ("path", "status")), strict=True))
    assert status == {**dict.fromkeys(images.path, "done"), last: "pending"}
    with pytest.raises(InputError, match="detections of a model, which"):
        survey.begin(photos, output)


def mark(path: Path, image: str) -> None:
    """An animal that a person drew where there is none, as another program writes it."""
    with closing(sqlite3.connect(path)) as db, db:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            db.create_function(name, 1, lambda _: 1)
        db.execute(
            "INSERT INTO detections (image, class, xmin, ymin, xmax, ymax, review, reviewer, run_id, uuid)"
            " VALUES (?, 'zebra', 1, 1, 2, 2, 'confirmed', 'Ann', 'manual', 'm')",
            (image,),
        )


def test_images_outside_an_area_are_left_out(tmp_path: Path, flown: Flown, photos: Path) -> None:
    output = tmp_path / "s.gpkg"
    survey.begin(photos, output)
    placed = geopackage.read_images(output)
    rings = [shapely.Polygon(ring) for ring in placed.footprints]
    alone = rings[0].difference(shapely.union_all(rings[1:])).representative_point().buffer(0.2)
    crs = geopackage.read_crs(output)
    area = tmp_path / "area.gpkg"
    write_polygon(area, alone, str(crs))
    listening = Listening()
    begun = survey.begin(photos, output, within=area, watcher=listening)
    assert begun.outside == len(rings) - 1
    assert any("need not be searched" in text for text in listening.said)
    reasons = geopackage.read_images(output).reason
    assert [bool(r and r.startswith("outside area")) for r in reasons] == [False] + [True] * (len(rings) - 1)
    far = write_area(tmp_path / "far.geojson", [shapely.box(0, 0, 1, 1)])
    with pytest.raises(InputError, match="no image reaches into its polygons"):
        survey.begin(photos, output, within=far)


def write_polygon(path: Path, polygon: object, crs: str) -> None:
    geopandas.GeoDataFrame(geometry=[polygon], crs=crs).to_file(path)


@pytest.mark.parametrize(("classes", "said"), [(("a", "a"), "each name once"), (("a" * 300,), "at most 200")])
def test_classes_that_cannot_be_are_refused(tmp_path: Path, photos: Path, classes: tuple[str, ...], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        survey.begin(photos, tmp_path / "s.gpkg", classes=classes)

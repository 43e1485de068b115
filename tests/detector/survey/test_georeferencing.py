"""A finished survey placed again, and where on the ground a pixel is."""

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detector import survey
from geo import geopackage, raster, vector
from geo.georeference import reproject
from geo.raster import many_headers
from tests.command_line import HerdmapHere, write_regions
from tests.detector.models.spots import scene
from tests.detector.survey.test_placing import UTM, centres_of, farthest_from_truth, review, tagged
from tests.surveys.simulated_flight import Flown, TruthModel


@pytest.fixture
def done(photos: Path, tmp_path: Path, truth: TruthModel) -> Iterator[Path]:
    """A finished survey, counted, with one review; no model is called on it again."""
    output = tmp_path / "out.gpkg"
    everywhere = write_regions(tmp_path / "r.geojson", {"all": (-100, -100, 200, 200)})
    survey.detect([photos], output, region_file=everywhere)
    review(output, review="confirmed", reviewer="Ana", note="by the tree")
    calls = truth.calls
    yield output
    assert truth.calls == calls


def test_placing_anew_moves_polygons_and_keeps_everything_else(
    flown: Flown, done: Path, here: HerdmapHere, check_gpkg: Callable[..., None]
) -> None:
    before, images = geopackage.read_detections(done, chips=True), geopackage.read_images(done)
    runs = geopackage.read_runs(done)
    shutil.rmtree(done.with_name("out.herdmap"))
    end = here("georeference", done, "--agl", "20")
    assert end.code == 0
    check_gpkg(done)
    after = geopackage.read_detections(done, chips=True)
    assert len(after) == len(before)
    for name in ("review", "reviewer", "note", "run_id"):
        assert after.text(name) == before.text(name)
    assert after.text("reviewer").count("Ana") == 1
    np.testing.assert_array_equal(after.boxes_px, before.boxes_px)
    assert after.chip == before.chip
    now = geopackage.read_runs(done)
    placed = dict(now[-1].settings)
    assert placed.pop("placed")["count_overlaps"] == "animals", "what it was placed with since is in the last run"
    assert [*now[:-1], replace(now[-1], settings=placed)] == runs
    assert geopackage.read_images(done).agl_m.tolist() == [20.0] * len(images)
    # At another height the same photo is larger on the ground, about the point below the camera.
    for row, (path, was, now) in enumerate(
        zip(before.image_paths(), before.polygons_map, after.polygons_map, strict=True)
    ):
        exposure = flown.exposures[Path(path).name]
        below = np.array([exposure.x, exposure.y])
        np.testing.assert_allclose(now - below, (was - below) * 20.0 / exposure.agl_m, atol=0.02, err_msg=str(row))
    counts = vector.read_polygons(done, layer="counts").columns
    assert sum(counts["count"]) == after.counted.sum()
    # And back again to the metre, from the photos' own tags.
    assert here("georeference", done, "--forget").code == 0
    assert farthest_from_truth(flown, done) < 0.1
    np.testing.assert_allclose(geopackage.read_detections(done).polygons_map, before.polygons_map, atol=1e-3)


def test_a_photo_that_is_gone_keeps_its_place(done: Path, photos: Path, here: HerdmapHere) -> None:
    gone = sorted(photos.iterdir())[0]
    gone.unlink()
    before = geopackage.read_detections(done)
    end = here("georeference", done, "--agl", "20")
    assert gone.name in end.err
    assert "that cannot be read keep their place" in end.err
    after = geopackage.read_detections(done)
    of_gone = np.array([path.endswith(gone.name) for path in before.image_paths()])
    np.testing.assert_allclose(after.polygons_map[of_gone], before.polygons_map[of_gone], atol=1e-6)
    assert (np.abs(after.polygons_map[~of_gone] - before.polygons_map[~of_gone]).max(axis=(1, 2)) > 0.01).all()


def test_headers_that_are_read_ahead_place_photos_as_those_read_one_by_one(
    done: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, other, *_ = sorted(photos.iterdir())
    gone.unlink()
    Image.new("RGB", (30, 20)).save(other)
    said: list[list[str]] = []
    placed = []
    for at_least in (10**6, 1):
        monkeypatch.setattr(many_headers, "AT_LEAST", at_least)
        monkeypatch.setattr(many_headers, "_AT_ONCE", 2)
        monkeypatch.setattr(many_headers, "cores", lambda: 2)
        watcher = Warned()
        survey.georeference(done, survey.Settings(agl=20.0), watcher)
        said.append(watcher.said)
        placed.append(geopackage.read_images(done))
    assert said[0] == said[1]
    assert any("2 images" in text for text in said[0]), said
    for field in fields(placed[0]):
        np.testing.assert_array_equal(getattr(placed[0], field.name), getattr(placed[1], field.name), field.name)


def test_a_survey_does_not_change_if_it_is_cancelled_while_headers_are_read(done: Path) -> None:
    before = done.read_bytes()
    watcher = Warned()
    watcher.cancelled = lambda: True  # type: ignore[method-assign]
    assert survey.georeference(done, survey.Settings(agl=20.0), watcher).cancelled
    assert done.read_bytes() == before


class Warned(survey.Watcher):
    """Notes the warnings."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def warning(self, text: str) -> None:
        self.said.append(text)


@pytest.mark.usefixtures("truth")
def test_a_contact_sheet_comes_onto_the_map_with_what_a_person_drew_on_it(
    flown: Flown, tmp_path: Path, here: HerdmapHere
) -> None:
    (tmp_path / "photos").mkdir()
    for name in flown.exposures:
        with raster.RasterReader(flown.folder / "photos" / name) as photo:
            pixels, _ = photo.read(0, 0, 320, 240)
        Image.fromarray(pixels).save(tmp_path / "photos" / name.replace(".jpg", ".png"))
    output = tmp_path / "out.gpkg"
    survey.detect([tmp_path / "photos"], output)
    assert geopackage.read_crs(output) is None
    # As if a person had drawn the first one: no box, only the polygon.
    review(output, run_id="manual", reviewer="Ben", xmin=None, ymin=None, xmax=None, ymax=None)
    (tmp_path / "poses.csv").write_text((flown.folder / "photos.csv").read_text().replace(".jpg", ".png"))
    focal = 320 * flown.settings.focal_length_mm / flown.settings.sensor_width_mm
    (tmp_path / "camera.json").write_text(
        json.dumps({"camera_matrix": [[focal, 0, 159.5], [0, focal, 119.5], [0, 0, 1]], "image_width": 320,
                    "distortion_coefficients": [0, 0, 0, 0, 0], "image_height": 240})
    )  # fmt: skip
    end = here("georeference", output, "--position", tmp_path / "poses.csv", "--camera", tmp_path / "camera.json",
               "--position-crs", "EPSG:4326")  # fmt: skip
    assert end.code == 0
    assert geopackage.read_crs(output) == UTM
    paths, centres = centres_of(output)
    assert geopackage.read_detections(output).text("reviewer").count("Ben") == 1
    for path, centre in zip(paths, centres, strict=True):
        true = flown.seen(Path(path).stem + ".jpg")[1]
        assert np.linalg.norm(true - centre, axis=1).min() < 0.1


@pytest.mark.usefixtures("truth")
def test_a_survey_that_cannot_be_placed_stays_as_it_was(tmp_path: Path, here: HerdmapHere) -> None:
    Image.fromarray(scene(100, 80, 3)[0]).save(tmp_path / "a.png")
    survey.detect([tmp_path / "a.png"], tmp_path / "out.gpkg")
    before = (tmp_path / "out.gpkg").read_bytes()
    end = here("georeference", tmp_path / "out.gpkg", "--agl", "50")
    assert end.code == 2
    assert len(end.problems) == 1
    assert "no image can be placed" in end.err
    assert (tmp_path / "out.gpkg").read_bytes() == before


@pytest.mark.usefixtures("truth")
def test_another_run_with_other_positions_moves_the_reviews_that_found_no_partner(
    flown: Flown, photos: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.gpkg"
    survey.detect([photos], output)
    review(output, review="confirmed", reviewer="Ana")
    survey.detect([photos], output, settings=survey.Settings(score=0.99, agl=20.0))
    (kept,) = geopackage.read_detections(output).polygons_map
    survey.detect([photos], output, settings=survey.Settings(score=0.99))
    (back,) = geopackage.read_detections(output).polygons_map
    assert np.abs(kept - back).max() > 0.01
    (path,) = geopackage.read_detections(output).image_paths()
    assert np.linalg.norm(flown.seen(Path(path).name)[1] - back[:4].mean(axis=0), axis=1).min() < 0.1


# --- locate -----------------------------------------------------------------------------------------------------


def test_locate_prints_where_pixels_are(flown: Flown, here: HerdmapHere) -> None:
    name = next(iter(flown.exposures))
    px, ground = flown.seen(name)
    end = here("locate", flown.folder / "photos" / name, *(f"{v:.4f}" for v in px.ravel()))
    assert end.code == 0
    table = list(csv.DictReader(io.StringIO(end.out)))
    assert list(table[0]) == ["x_px", "y_px", "x", "y", "z", "error_m"]
    np.testing.assert_allclose([(float(r["x"]), float(r["y"])) for r in table], ground, atol=0.01)
    assert all(0 < float(r["error_m"]) < 10 for r in table)
    assert all(float(r["z"]) == pytest.approx(flown.settings.ground_elevation_m, abs=0.1) for r in table)
    end = here("locate", flown.folder / "photos" / name, px[0, 0], px[0, 1], "--crs", "EPSG:4326")
    (row,) = csv.DictReader(io.StringIO(end.out))
    lonlat = reproject(ground[:1], UTM, "EPSG:4326")[0]
    np.testing.assert_allclose([float(row["x"]), float(row["y"])], lonlat, atol=1e-7)


def test_locate_refuses_what_has_no_place(flown: Flown, here: HerdmapHere, tmp_path: Path) -> None:
    photo = flown.folder / "photos" / next(iter(flown.exposures))
    Image.fromarray(scene(100, 80, 3)[0]).save(tmp_path / "a.png")
    tagged(tmp_path / "horizon.jpg", -10.0)
    for arguments, told in (
        ((photo, 1, 2, 3), "pair X Y"),
        ((photo, 400, 2), "outside"),
        ((tmp_path / "a.png", 1, 2), "no position in its tags"),
        ((tmp_path / "horizon.jpg", 160, 1), "at or above the horizon"),
        ((photo, 1, 2, "--crs", "EPSG:none"), "unknown CRS"),
        ((photo, 1, 2, "--position", tmp_path / "none.csv"), "none.csv"),
    ):
        end = here("locate", *arguments)
        assert (end.code, len(end.problems)) == (2, 1), end.err
        assert told in end.err

"""The whole main line: imagery in, one GeoPackage out, with the truth known."""

import json
import os
import shutil
import sqlite3
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PureWindowsPath

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from detector import models, survey
from detector.detections import Detections
from detector.errors import InputError
from detector.search.timing import Profile
from detector.survey.engine import search_of
from detector.survey.guarded_reader import Reading
from detector.survey.headers import relative_to
from detector.survey.planning import PlannedImage, plan
from detector.survey.searching import Group, search
from geo import geopackage, raster
from geo.georeference import crs_to_wkt, reproject
from tests.detector.models.spots import SpotModel, scene
from tests.systems import posix

UTM = "EPSG:32737"
NORTH_UP = (0.1, 0.0, 263400.0, 0.0, -0.1, 9701600.0)


@pytest.fixture
def spots(monkeypatch: pytest.MonkeyPatch) -> SpotModel:
    """The survey with a model whose answers are known; its file is the bundled one's, for the record alone."""
    model = SpotModel()
    monkeypatch.setattr(models, "open_model", lambda *_, **__: model)
    return model


def write_tif(
    path: Path,
    pixels: NDArray[np.uint8],
    transform: tuple[float, float, float, float, float, float] = NORTH_UP,
    crs: str | None = UTM,
) -> Path:
    height, width = pixels.shape[:2]
    wkt = None if crs is None else crs_to_wkt(crs)
    raster.write_geotiff(path, iter([pixels]), width, height, transform, wkt, compress="deflate", overviews=False)
    return path


def write_png(path: Path, pixels: NDArray[np.uint8]) -> Path:
    Image.fromarray(pixels).save(path)
    return path


def sorted_rows(boxes: NDArray[np.float32]) -> list[list[float]]:
    return sorted(boxes.tolist())


@pytest.mark.usefixtures("spots")
def test_an_orthomosaic_becomes_animals_on_the_map(tmp_path: Path, check_gpkg: Callable[..., None]) -> None:
    pixels, true = scene(300, 220, 25)
    write_tif(tmp_path / "mosaic.tif", pixels)
    outcome = survey.detect([tmp_path / "mosaic.tif"], tmp_path / "out.gpkg")
    check_gpkg(tmp_path / "out.gpkg")
    rows = geopackage.read_detections(tmp_path / "out.gpkg", chips=True)
    assert outcome.detections == len(true) == len(rows)
    assert sorted_rows(rows.boxes_px) == sorted_rows(true)
    assert rows.chip is not None
    assert all(c is not None and c[:3] == b"\xff\xd8\xff" for c in rows.chip)
    # The top left corner of each box, on the ground by hand.
    corners = np.stack([263400 + 0.1 * rows.boxes_px[:, 0], 9701600 - 0.1 * rows.boxes_px[:, 1]], axis=1)
    np.testing.assert_allclose(rows.polygons_map[:, 0], corners, atol=1e-4)
    images = geopackage.read_images(tmp_path / "out.gpkg")
    assert (images.path, images.status, images.georeference) == (["mosaic.tif"], ["done"], ["geotransform"])
    lonlat = reproject([(263415.0, 9701589.0)], crs_to_wkt(UTM), "EPSG:4326")[0]
    np.testing.assert_allclose([images.lon[0], images.lat[0]], lonlat, atol=1e-9)
    assert images.gsd_m[0] == pytest.approx(0.1, rel=1e-3)


@pytest.mark.usefixtures("spots")
def test_photos_without_position_lie_on_a_contact_sheet(tmp_path: Path, check_gpkg: Callable[..., None]) -> None:
    photos = [scene(150, 100, 6, seed) for seed in range(5)]
    (tmp_path / "in").mkdir()
    for n, (pixels, _) in enumerate(photos):
        write_png(tmp_path / "in" / f"photo {n}.png", pixels)
    survey.detect([tmp_path / "in"], tmp_path / "out.gpkg")
    check_gpkg(tmp_path / "out.gpkg", positioned=False)
    rows = geopackage.read_detections(tmp_path / "out.gpkg")
    assert geopackage.read_crs(tmp_path / "out.gpkg") is None
    assert not np.isnan(rows.polygons_map).any()
    # What the sheet shows under each box is the animal: the VRT read at the box's place has its colour.
    with raster.RasterReader(tmp_path / "out.herdmap" / "contact-sheet.vrt") as sheet:
        for path, box, ring in zip(rows.image_paths(), rows.boxes_px, rows.polygons_map, strict=True):
            pixels = photos[int(path[-5])][0]
            x, y = ring[:4].mean(axis=0)
            shown, _ = sheet.read(int(x), int(-y), 1, 1)
            centre = (box[:2] + box[2:]) / 2
            assert shown[0, 0].tolist() == pixels[int(centre[1]), int(centre[0])].tolist()


@pytest.mark.usefixtures("spots")
def test_one_bad_photo_costs_only_itself(tmp_path: Path, check_gpkg: Callable[..., None]) -> None:
    for n in range(3):
        write_png(tmp_path / f"{n}.png", scene(150, 100, 6, n)[0])
    whole = (tmp_path / "1.png").read_bytes()
    (tmp_path / "1.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "2.jpg").write_bytes(b"")
    outcome = survey.detect([tmp_path], tmp_path / "out.gpkg")
    check_gpkg(tmp_path / "out.gpkg", positioned=False)
    images = geopackage.read_images(tmp_path / "out.gpkg")
    status = dict(zip(images.path, images.status, strict=True))
    assert status == {"0.png": "done", "1.png": "failed", "2.jpg": "failed", "2.png": "done"}
    assert outcome.failed == 2
    assert all((reason is not None) == (s == "failed") for reason, s in zip(images.reason, images.status, strict=True))


def test_resuming_infers_nothing_twice_and_another_threshold_nothing_at_all(tmp_path: Path, spots: SpotModel) -> None:
    for n in range(3):
        write_png(tmp_path / f"{n}.png", scene(150, 100, 6, n)[0])
    survey.detect([tmp_path], tmp_path / "out.gpkg")
    first = len(spots.batches)
    assert first > 0
    survey.detect([tmp_path], tmp_path / "out.gpkg")
    assert survey.detect([tmp_path], tmp_path / "out.gpkg", settings=survey.Settings(score=0.95)).detections == 0
    assert len(spots.batches) == first
    write_png(tmp_path / "1.png", scene(150, 100, 9, 77)[0])
    survey.detect([tmp_path], tmp_path / "out.gpkg")
    assert len(spots.batches) == first + first // 3
    survey.detect([tmp_path], tmp_path / "out.gpkg", fresh=True)
    assert len(spots.batches) == 2 * first + first // 3


def test_a_cancelled_run_keeps_what_is_done(tmp_path: Path, spots: SpotModel) -> None:
    for n in range(6):
        write_png(tmp_path / f"{n}.png", scene(150, 100, 6, n)[0])

    class Impatient(survey.Watcher):
        units = 0

        def progress(self, progress: survey.Progress) -> None:
            self.units += 1

        def cancelled(self) -> bool:
            return self.units >= 2

    outcome = survey.detect([tmp_path], tmp_path / "out.gpkg", watcher=Impatient())
    assert outcome.cancelled
    assert not (tmp_path / "out.gpkg").exists()
    batches = len(spots.batches)
    whole = survey.detect([tmp_path], tmp_path / "out.gpkg")
    assert 0 < len(spots.batches) - batches < 3 * batches
    again = survey.detect([tmp_path], tmp_path / "again.gpkg")
    assert whole.detections == again.detections
    np.testing.assert_array_equal(
        geopackage.read_detections(tmp_path / "out.gpkg").boxes_px,
        geopackage.read_detections(tmp_path / "again.gpkg").boxes_px,
    )


@pytest.mark.usefixtures("spots")
def test_a_review_outlives_another_run_also_of_photos_that_are_gone(
    tmp_path: Path, check_gpkg: Callable[..., None]
) -> None:
    for n in range(3):
        write_png(tmp_path / f"{n}.png", scene(150, 100, 6, n)[0])
    output = tmp_path / "out.gpkg"
    survey.detect([tmp_path], output)
    rows = geopackage.read_detections(output)
    wanted = {"0.png": "confirmed", "2.png": "rejected"}
    chosen = {path: rows.image_paths().index(path) for path in wanted}
    db = sqlite3.connect(output)
    for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        db.create_function(name, 1, lambda _: 0)
    fids = [fid for (fid,) in db.execute("SELECT fid FROM detections ORDER BY fid")]
    with db:
        for path, review in wanted.items():
            db.execute("UPDATE detections SET review = ?, reviewer = 'Ana' WHERE fid = ?", (review, fids[chosen[path]]))
    db.close()
    boxes = {path: rows.boxes_px[row].tolist() for path, row in chosen.items()}
    (tmp_path / "2.png").unlink()
    # A threshold that no detection reaches, and an image that is gone: both reviews must still be there.
    survey.detect([tmp_path], output, settings=survey.Settings(score=0.95), fresh=True)
    check_gpkg(output, positioned=False)
    rows = geopackage.read_detections(output)
    kept = {
        path: (review, box)
        for path, review, box in zip(rows.image_paths(), rows.text("review"), rows.boxes_px.tolist(), strict=True)
    }
    assert kept == {path: (review, boxes[path]) for path, review in wanted.items()}
    assert set(rows.text("reviewer")) == {"Ana"}
    assert len(geopackage.read_runs(output)) == 2


@pytest.mark.usefixtures("spots")
def test_counts_and_outside_are_the_total(tmp_path: Path) -> None:
    pixels, true = scene(400, 300, 60)
    write_tif(tmp_path / "mosaic.tif", pixels)
    x0, y0 = 263400.0, 9701600.0
    half = {"type": "Polygon", "coordinates": [[[x0, y0], [x0 + 20, y0], [x0 + 20, y0 - 25], [x0, y0 - 25], [x0, y0]]]}
    feature = {"type": "Feature", "properties": {"name": "west"}, "geometry": half}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32737"}}
    (tmp_path / "r.geojson").write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}))
    outcome = survey.detect([tmp_path / "mosaic.tif"], tmp_path / "out.gpkg", region_file=tmp_path / "r.geojson")
    centres = (true[:, :2] + true[:, 2:]) / 2
    west = int(((centres[:, 0] < 200) & (centres[:, 1] < 250)).sum())
    assert outcome.counts is not None
    table: dict[str, int] = {}
    for region, number in zip(outcome.counts.region, outcome.counts.count.tolist(), strict=True):
        table[region] = table.get(region, 0) + number
    assert table == {"west": west, "outside": len(true) - west}
    counts, _ = survey.count(tmp_path / "out.gpkg", tmp_path / "r.geojson")
    assert counts.count.tolist() == outcome.counts.count.tolist()


@pytest.mark.usefixtures("spots")
def test_images_of_two_crs_meet_on_one_map(tmp_path: Path, check_gpkg: Callable[..., None]) -> None:
    pixels, true = scene(200, 150, 12)
    write_tif(tmp_path / "a.tif", pixels)
    write_tif(tmp_path / "b.tif", pixels, (1e-6, 0, 36.87, 0, -1e-6, -2.69), "EPSG:4326")
    write_tif(tmp_path / "c.tif", pixels, (0.1, 0.0, 263500.0, 0.0, -0.1, 9701600.0))
    write_png(tmp_path / "nowhere.png", pixels)
    said: list[str] = []

    class Listening(survey.Watcher):
        def warning(self, text: str) -> None:
            said.append(text)

    survey.detect([tmp_path], tmp_path / "out.gpkg", watcher=Listening())
    check_gpkg(tmp_path / "out.gpkg", positioned=False)
    rows = geopackage.read_detections(tmp_path / "out.gpkg")
    crs = geopackage.read_crs(tmp_path / "out.gpkg")
    assert crs is not None
    assert "zone 37S" in crs
    of = np.array(rows.image_paths())
    expected = reproject(
        [(36.87 + 1e-6 * x, -2.69 - 1e-6 * y) for x, y in rows.boxes_px[of == "b.tif", :2].tolist()], "EPSG:4326", crs
    )
    np.testing.assert_allclose(rows.polygons_map[of == "b.tif", 0], expected, atol=1e-3)
    assert np.isnan(rows.polygons_map[of == "nowhere.png"]).all()
    assert (of == "nowhere.png").sum() == len(true)
    assert any("without a position: nowhere.png" in text for text in said)


def test_an_image_is_resampled_to_the_models_gsd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = SpotModel(gsd_m=0.2)
    monkeypatch.setattr(models, "open_model", lambda *_, **__: model)
    # 0.1 m a pixel for a model of 0.2 m: every second pixel. Even corners and sizes survive that exactly.
    small, true = scene(150, 110, 10, extent=(6, 14))
    write_tif(tmp_path / "m.tif", small.repeat(2, axis=0).repeat(2, axis=1))
    survey.detect([tmp_path / "m.tif"], tmp_path / "out.gpkg")
    rows = geopackage.read_detections(tmp_path / "out.gpkg")
    assert sorted_rows(rows.boxes_px) == sorted_rows(2 * true)


@pytest.mark.parametrize("size", [(301, 223), (223, 301), (97, 1003)])
def test_an_image_whose_sides_round_differently_at_the_models_gsd_is_searched_to_its_edges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    class Bright(SpotModel):
        """One box around all that is bright in a tile, whatever resampling made of the edges."""

        def detect(self, tiles: NDArray[np.uint8]) -> Detections:
            return super().detect(np.where(tiles > 85, 150, 0).astype(np.uint8))

    monkeypatch.setattr(models, "open_model", lambda *_, **__: Bright(gsd_m=0.07))
    pixels = np.full((size[1], size[0], 3), 20, np.uint8)
    pixels[-12:, -9:] = 150
    write_tif(tmp_path / "m.tif", pixels)
    survey.detect([tmp_path / "m.tif"], tmp_path / "out.gpkg")
    assert geopackage.read_images(tmp_path / "out.gpkg").status == ["done"]
    box = geopackage.read_detections(tmp_path / "out.gpkg").boxes_px
    np.testing.assert_allclose(box, [[size[0] - 9, size[1] - 12, *size]], atol=0.8)


def test_imagery_too_coarse_for_the_model_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = SpotModel(gsd_m=0.02)
    monkeypatch.setattr(models, "open_model", lambda *_, **__: model)
    write_tif(tmp_path / "m.tif", scene(100, 100, 3)[0])
    said: list[str] = []

    class Listening(survey.Watcher):
        def warning(self, text: str) -> None:
            said.append(text)

    survey.detect([tmp_path / "m.tif"], tmp_path / "out.gpkg", watcher=Listening())
    assert any("5.0 times coarser" in text for text in said)


@pytest.mark.usefixtures("spots")
def test_the_output_can_lie_elsewhere_and_the_whole_can_move(tmp_path: Path) -> None:
    (tmp_path / "one" / "imagery").mkdir(parents=True)
    (tmp_path / "one" / "maps").mkdir()
    write_tif(tmp_path / "one" / "imagery" / "m.tif", scene(100, 100, 3)[0])
    survey.detect([tmp_path / "one" / "imagery"], tmp_path / "one" / "maps" / "out.gpkg")
    shutil.move(tmp_path / "one", tmp_path / "two")
    output = tmp_path / "two" / "maps" / "out.gpkg"
    (path,) = geopackage.read_images(output).path
    assert (output.parent / path).resolve() == (tmp_path / "two" / "imagery" / "m.tif").resolve()


@pytest.mark.usefixtures("spots")
@posix
def test_a_file_name_that_is_not_utf8_is_recorded_not_fatal(tmp_path: Path, check_gpkg: Callable[..., None]) -> None:
    write_png(tmp_path / "good.png", scene(100, 100, 3)[0])

    shutil.copy(tmp_path / "good.png", os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.png"))
    outcome = survey.detect([tmp_path], tmp_path / "out.gpkg")
    check_gpkg(tmp_path / "out.gpkg", positioned=False)
    assert (outcome.images, outcome.failed) == (2, 1)


def test_a_search_lets_go_of_images_that_are_done(tmp_path: Path) -> None:
    """A worker of a cluster is handed a survey piece by piece, and must not keep all that it ever saw."""
    pixels, _ = scene(64, 48, 2)
    paths = [str(write_png(tmp_path / f"{n:02d}.png", pixels)) for n in range(40)]
    model = SpotModel()
    work = plan(paths, tmp_path / "out.gpkg", model.info, "", survey.Settings(chips=False))
    assert work is not None
    kept: list[weakref.ref[PlannedImage]] = []

    def groups() -> Iterator[Group]:
        for image in work.images:
            copy = replace(image)
            kept.append(weakref.ref(copy))
            yield copy, list(copy.units)

    with Reading(work.journal, 60.0) as reading:
        found = search(search_of(work), groups(), model, None, work.journal, reading, lambda: False, Profile())
        alive = [sum(ref() is not None for ref in kept) for _ in found]
    assert len(alive) == 40
    assert alive[-1] <= 2


@pytest.mark.parametrize(
    ("image", "folder", "said"),
    [
        (r"E:\DCIM\a.jpg", r"C:\Users\Ann", r"write the output on E:, beside the imagery, or copy the imagery to C:"),
        (r"\\nas\flights\a.jpg", r"C:\Users\Ann", r"write the output on \\nas\flights, beside the imagery"),
        (r"\\nas\flights\a.jpg", r"\\nas\maps", r"copy the imagery to \\nas\maps"),
    ],
)
def test_imagery_on_another_drive_of_windows_is_refused_with_both(image: str, folder: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        relative_to(PureWindowsPath(image), PureWindowsPath(folder))
    assert str(refused.value).startswith(image)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("image", "folder", "name"),
    [
        (r"C:\flights\a b\1.jpg", r"c:\Flights\maps", "../a b/1.jpg"),
        (r"\\nas\flights\a\1.jpg", r"\\NAS\flights\maps", "../a/1.jpg"),
    ],
)
def test_imagery_on_the_same_drive_of_windows_is_named_from_the_survey_on(image: str, folder: str, name: str) -> None:
    assert relative_to(PureWindowsPath(image), PureWindowsPath(folder)) == name

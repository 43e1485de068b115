"""A search that is held to polygons: against the same search of everything."""

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC as UTC_TIME
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from numpy.typing import NDArray

from detector import models, survey
from detector.detections import Detections
from detector.errors import InputError
from detector.progress import Watcher
from detector.survey import planning
from geo import geopackage, raster, vector
from geo.errors import VectorError
from geo.exports import coco
from geo.georeference import crs_to_wkt, reproject
from geo.simulation.pose_tags import PoseTags, with_pose_tags
from geo.tables import DetectionRows
from tests.detector.models.spots import SpotModel, scene
from tests.detector.survey.test_survey import NORTH_UP, UTM, write_png, write_tif
from tests.surveys import small

WIDTH, HEIGHT, SPOTS = 600, 400, 90


@pytest.fixture
def spots(monkeypatch: pytest.MonkeyPatch) -> SpotModel:
    """Known answers, and blocks of a few tiles, so that a small image has many."""
    model = SpotModel()
    monkeypatch.setattr(models, "open_model", lambda *_, **__: model)
    monkeypatch.setattr(planning, "BLOCK_PIXELS", 20_000)
    return model


def on_map(xy_px: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(xy_px) * (NORTH_UP[0], NORTH_UP[4]) + (NORTH_UP[2], NORTH_UP[5])


def write_area(path: Path, shapes: list[shapely.Geometry], crs: str = UTM) -> Path:
    """Polygons whose corners are px of the mosaic, as GeoJSON in `crs`."""
    to = pyproj.Transformer.from_crs(UTM, crs, always_xy=True)
    moved = [shapely.transform(s, lambda xy: np.column_stack(to.transform(*on_map(xy).T))) for s in shapes]
    features = [{"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(s))} for s in moved]
    name = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{crs.replace(':', '::')}"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": name, "features": features}), encoding="utf-8")
    return path


def boxes_of(path: Path) -> list[tuple[object, ...]]:
    """Each detection with all that a search gives it."""
    rows = geopackage.read_detections(path, chips=True)
    chips = rows.chip or [None] * len(rows)
    each = zip(rows.image_paths(), rows.class_names(), rows.boxes_px.tolist(), rows.score.tolist(), chips, strict=True)
    return sorted((path, kind, tuple(box), score, chip) for path, kind, box, score, chip in each)


def inside(boxes: list[tuple[object, ...]], area: shapely.Geometry) -> list[tuple[object, ...]]:
    middles = np.array([[(b[0] + b[2]) / 2, (b[1] + b[3]) / 2] for *_, b, _, _ in boxes])  # type: ignore[index]
    return [box for box, yes in zip(boxes, shapely.contains_xy(area, middles), strict=True) if yes]


# A ring around a lake, and a block that overlaps it.
RING = shapely.box(60.3, 50.3, 330.3, 260.3).difference(shapely.box(130.3, 110.3, 250.3, 200.3))
BLOCK = shapely.Polygon([(300.3, 200.3), (420.3, 230.3), (380.3, 330.3), (280.3, 300.3)])


@pytest.mark.parametrize("crs", [UTM, "EPSG:4326", "EPSG:3857"])
def test_within_polygons_the_search_finds_what_it_finds_of_all(
    tmp_path: Path, spots: SpotModel, crs: str, check_gpkg: Callable[..., None]
) -> None:
    write_tif(tmp_path / "mosaic.tif", scene(WIDTH, HEIGHT, SPOTS)[0])
    area = write_area(tmp_path / "park.geojson", [RING, BLOCK], crs)
    survey.detect([tmp_path / "mosaic.tif"], tmp_path / "all.gpkg")
    everything, tiles = boxes_of(tmp_path / "all.gpkg"), sum(batch[0] for batch in spots.batches)
    assert len(everything) == SPOTS
    spots.batches.clear()

    outcome = survey.detect([tmp_path / "mosaic.tif"], tmp_path / "park.gpkg", within=area)
    check_gpkg(tmp_path / "park.gpkg")
    found = boxes_of(tmp_path / "park.gpkg")
    assert found == inside(everything, RING | BLOCK)
    assert 10 < len(found) < SPOTS
    assert outcome.detections == len(found)
    shown = sum(batch[0] for batch in spots.batches)
    assert shown < 0.75 * tiles
    images = geopackage.read_images(tmp_path / "park.gpkg")
    assert (images.status, images.reason) == (["done"], ["searched in part: within park.geojson"])
    assert images.tiles.tolist() == [shown]
    assert images.detections.tolist() == [len(found)]
    assert images.searched.tolist() == [False]
    (run,) = geopackage.read_runs(tmp_path / "park.gpkg")
    assert (run.settings["within"], run.tiles) == ("park.geojson", shown)

    # What was searched for one area is not searched again for another, nor for all.
    survey.detect([tmp_path / "mosaic.tif"], tmp_path / "park.gpkg")
    assert sum(batch[0] for batch in spots.batches) == tiles
    assert boxes_of(tmp_path / "park.gpkg") == everything
    assert geopackage.read_images(tmp_path / "park.gpkg").searched.tolist() == [True]


@pytest.mark.usefixtures("spots")
def test_images_outside_are_not_searched_and_say_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(3):
        place = (0.1, 0.0, NORTH_UP[2] + 40.0 * n, 0.0, -0.1, NORTH_UP[5])
        write_tif(tmp_path / f"{n}.tif", scene(300, 200, 20, n)[0], place)
    write_png(tmp_path / "nowhere.png", scene(100, 100, 5)[0])
    # All of the first, half of the second; the third lies 20 m off.
    area = write_area(tmp_path / "park.geojson", [shapely.box(-10, -10, 550, 300)])
    said: list[str] = []
    watcher = survey.Watcher()
    monkeypatch.setattr(watcher, "warning", said.append)
    outcome = survey.detect([tmp_path], tmp_path / "out.gpkg", within=area, region_file=area, watcher=watcher)
    images = geopackage.read_images(tmp_path / "out.gpkg")
    assert dict(zip(images.path, zip(images.status, images.reason, strict=True), strict=True)) == {
        "0.tif": ("done", None),
        "1.tif": ("done", "searched in part: within park.geojson"),
        "2.tif": ("pending", "outside park.geojson"),
        "nowhere.png": ("pending", "it has no position, so it may lie outside park.geojson"),
    }
    assert images.searched.tolist() == [True, False, False, False]
    assert (images.tiles > 0).tolist() == [True, True, False, False]
    assert (outcome.failed, outcome.pending) == (0, 0)
    assert "not searched, since they lie outside park.geojson or have no position: 2 of 4 images" in said
    assert "searched in part, since they reach over the edge of park.geojson: 1 images" in said
    assert not any("reach outside" in text for text in said)  # the regions are the area
    assert outcome.counts is not None
    beyond = [n for name, n in zip(outcome.counts.region, outcome.counts.count, strict=True) if name == "outside"]
    assert sum(beyond) == 0

    larger = write_area(tmp_path / "larger.geojson", [shapely.box(0, 0, 500, 300), shapely.box(500, 0, 900, 300)])
    survey.detect([tmp_path], tmp_path / "out.gpkg", within=area, region_file=larger, watcher=watcher)
    assert any("1 of 2 regions reach outside park.geojson" in text for text in said)
    _, later = survey.count(tmp_path / "out.gpkg", larger)
    assert any("only the ground within park.geojson was searched" in text for text in later)


@pytest.mark.usefixtures("spots")
def test_what_cannot_be_an_area(tmp_path: Path) -> None:
    mosaic = write_tif(tmp_path / "mosaic.tif", scene(WIDTH, HEIGHT, 10)[0])
    photo = write_png(tmp_path / "photo.png", scene(100, 100, 5)[0])

    def refused(within: Path, image: Path = mosaic) -> str:
        with pytest.raises((InputError, VectorError)) as caught:
            survey.detect([image], tmp_path / "out.gpkg", within=within)
        assert not (tmp_path / "out.gpkg").exists()
        return str(caught.value)

    area = write_area(tmp_path / "far.geojson", [shapely.box(5000, 0, 6000, 100)])
    assert "no image reaches into its polygons" in refused(area)
    assert "positions where the images have none" in refused(write_area(tmp_path / "park.geojson", [RING]), photo)
    assert "no such file" in refused(tmp_path / "none.gpkg")
    ring = shapely.get_coordinates(shapely.box(0, 0, 100, 100))
    vector.write_polygons(tmp_path / "bare.gpkg", "a", [ring], {"a": ["x"]}, None)
    assert "has no CRS" in refused(tmp_path / "bare.gpkg")


def middles(rows: DetectionRows) -> NDArray[np.float64]:
    centres: NDArray[np.float64] = rows.polygons_map[:, :4].mean(axis=1)
    return centres


class LatticeModel(SpotModel):
    """Sees at most one spot in each cell of 40 px, through the noise of a JPEG too; photos are one tile."""

    def __init__(self) -> None:
        super().__init__(tile_size=320, overlap=80)

    def detect(self, tiles: NDArray[np.uint8]) -> Detections:
        found = []
        for i, tile in enumerate(tiles):
            for top, left in itertools.product(range(0, tile.shape[0], 40), range(0, tile.shape[1], 40)):
                rows, columns = np.nonzero(tile[top : top + 40, left : left + 40, 0] > 128)
                if len(rows):
                    box = (left + columns.min(), top + rows.min(), left + columns.max() + 1, top + rows.max() + 1)
                    found.append((i, box))
        index = np.array([i for i, _ in found], np.int32)
        return Detections.of([box for _, box in found], np.full(len(found), 0.9), np.zeros(len(found)), index)


def write_photos(folder: Path, photos: int) -> None:
    """Photos of 320 x 240 px, 60 m x 45 m on the ground, 20 m apart on a line; the camera is turned by 30 degrees."""
    folder.mkdir()
    rng = np.random.default_rng(5)
    places = np.array([(263_410.0 + 20.0 * n, 9_701_590.0) for n in range(photos)])
    start = datetime(2026, 3, 1, 6, 0, tzinfo=UTC_TIME)
    for n, (lon, lat) in enumerate(reproject(places, crs_to_wkt(UTM), "EPSG:4326").tolist()):
        pixels = np.full((240, 320, 3), 20, np.uint8)
        for top, left in itertools.product(range(0, 240, 40), range(0, 320, 40)):
            y, x = top + rng.integers(4, 24), left + rng.integers(4, 24)
            pixels[y : y + 10, x : x + 8] = 250
        tags = PoseTags(
            lon=lon, lat=lat, altitude_m=1360.0, relative_altitude_m=40.0, gimbal_yaw_deg=30.0, gimbal_pitch_deg=-90.0,
            gimbal_roll_deg=0.0, flight_yaw_deg=30.0, taken_at=start + timedelta(seconds=2 * n),
            focal_length_mm=8.8, sensor_width_mm=13.2, width_px=320, height_px=240,
        )  # fmt: skip
        (folder / f"{n}.jpg").write_bytes(with_pose_tags(raster.encode_jpeg(pixels), tags))


def test_photos_over_the_edge_keep_what_is_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "open_model", lambda *_, **__: LatticeModel())
    write_photos(tmp_path / "photos", 9)
    photos = [tmp_path / "photos"]
    survey.detect(photos, tmp_path / "all.gpkg", settings=survey.Settings(count_overlaps="all"))
    everything = geopackage.read_detections(tmp_path / "all.gpkg")
    wkt = geopackage.read_crs(tmp_path / "all.gpkg")
    assert wkt is not None
    # The western half, cut through the photos.
    rings = [ring for ring in geopackage.read_images(tmp_path / "all.gpkg").footprints if ring is not None]
    low, high = np.concatenate(rings).min(axis=0), np.concatenate(rings).max(axis=0)
    west = shapely.box(*low, low[0] + (high[0] - low[0]) / 2, high[1])
    vector.write_polygons(tmp_path / "w.gpkg", "w", [shapely.get_coordinates(west)], {"name": ["west"]}, wkt)

    how = survey.Settings(count_overlaps="all")
    outcome = survey.detect(photos, tmp_path / "west.gpkg", within=tmp_path / "w.gpkg", settings=how)
    rows = geopackage.read_detections(tmp_path / "west.gpkg")
    wanted = everything.take(np.flatnonzero(shapely.contains_xy(west, middles(everything))))
    assert 0 < len(wanted) < len(everything)
    assert rows.image_paths() == wanted.image_paths()
    assert rows.boxes_px.tolist() == wanted.boxes_px.tolist()
    assert outcome.detections == len(wanted)
    images = geopackage.read_images(tmp_path / "west.gpkg")
    for ring, status, whole in zip(images.footprints, images.status, images.searched.tolist(), strict=True):
        assert ring is not None
        assert (status == "done") == shapely.intersects(west, shapely.Polygon(ring))
        assert whole == shapely.covers(west, shapely.Polygon(ring))
    assert 0 < images.searched.sum() < images.status.count("done") < len(images)

    # Placed anew it is still known what was not looked at.
    survey.georeference(tmp_path / "west.gpkg", how)
    anew = geopackage.read_images(tmp_path / "west.gpkg")
    assert anew.status == images.status
    assert anew.searched.tolist() == images.searched.tolist()
    assert [(reason or "").split(";")[0] for reason in anew.reason] == [
        (reason or "").split(";")[0] for reason in images.reason
    ]


def test_a_photo_that_was_searched_in_part_is_no_training_data_unless_a_person_searched_it() -> None:
    images, rows = small.images(), small.detections()
    rows = replace(rows, review="confirmed")
    part = replace(images, reason=["searched in part: within a.gpkg", *images.reason[1:]])
    _, numbers, _ = coco.training_data(images, rows)
    _, fewer, _ = coco.training_data(part, rows)
    assert fewer["left_out"] == numbers["left_out"] + 1
    _, again, _ = coco.training_data(part, rows, checked=[images.path[0]])
    assert again["left_out"] == numbers["left_out"]


@pytest.mark.usefixtures("spots")
def test_regions_that_touch_no_image_are_said(tmp_path: Path) -> None:
    write_tif(tmp_path / "mosaic.tif", scene(WIDTH, HEIGHT, SPOTS)[0])
    away = shapely.box(9_000, 9_000, 9_300, 9_260)
    regions = write_area(tmp_path / "parks.geojson", [RING, away], "EPSG:4326")
    said: list[str] = []
    survey.detect([tmp_path / "mosaic.tif"], tmp_path / "a.gpkg", region_file=regions, watcher=Noting(said))
    assert [text for text in said if "1 of 2 regions touches no image: '2'" in text]
    _, warnings = survey.count(tmp_path / "a.gpkg", regions)
    assert [text for text in warnings if "1 of 2 regions touches no image: '2'" in text]
    collection = json.loads(write_area(tmp_path / "swapped.geojson", [RING], "EPSG:4326").read_text())
    for feature in collection["features"]:
        geometry = feature["geometry"]
        geometry["coordinates"] = [[point[::-1] for point in ring] for ring in geometry["coordinates"]]
    (tmp_path / "swapped.geojson").write_text(json.dumps(collection))
    _, warnings = survey.count(tmp_path / "a.gpkg", tmp_path / "swapped.geojson")
    assert [text for text in warnings if "no region touches an image: '1'; their latitude and longitude are" in text]
    with pytest.raises(InputError, match="latitude and longitude are exchanged"):
        survey.detect([tmp_path / "mosaic.tif"], tmp_path / "b.gpkg", within=tmp_path / "swapped.geojson")


class Noting(Watcher):
    """Keeps what is said."""

    def __init__(self, said: list[str]) -> None:
        self.said = said

    def warning(self, text: str) -> None:
        self.said.append(text)

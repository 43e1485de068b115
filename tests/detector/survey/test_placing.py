"""Photos on the map through the whole survey."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio
from numpy.typing import NDArray
from PIL import Image

from detector import models, survey
from detector.detections import Detections
from detector.errors import InputError
from detector.models import ModelInfo
from detector.survey import shown_imagery
from geo import geopackage, raster
from geo.errors import GeoreferenceError
from geo.georeference import crs_to_wkt, reproject
from geo.photos.poses import poses_for
from geo.simulation import SurveySettings
from geo.simulation.flight import plan_flight, to_photo_px
from geo.simulation.pose_tags import PoseTags, with_pose_tags
from tests.command_line import write_regions
from tests.detector.models.spots import scene
from tests.surveys.simulated_flight import Flown, TruthModel

UTM = crs_to_wkt("EPSG:32737")


class Listening(survey.Watcher):
    """Keeps what a run warns of."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def warning(self, text: str) -> None:
        self.said.append(text)


def centres_of(output: Path) -> tuple[list[str], NDArray[np.float64]]:
    rows = geopackage.read_detections(output)
    return rows.image_paths(), rows.polygons_map[:, :4].mean(axis=1)


def farthest_from_truth(flown: Flown, output: Path) -> float:
    """The largest distance of a detection from the animal that it is, each animal of each photo found once, metres."""
    paths, centres = centres_of(output)
    worst = 0.0
    for name in flown.exposures:
        found = centres[[Path(path).name == name for path in paths]]
        true = flown.seen(name)[1]
        assert len(found) == len(true)
        apart = np.linalg.norm(found[:, None] - true[None], axis=2)
        assert sorted(apart.argmin(axis=1).tolist()) == list(range(len(true)))
        worst = max(worst, float(apart.min(axis=1).max(initial=0.0)))
    return worst


def review(path: Path, **columns: str | None) -> int:
    """Set columns of a survey's first detection, as QGIS does; its fid."""
    with closing(sqlite3.connect(path)) as db, db:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            db.create_function(name, 1, lambda _: 0)
        (fid,) = db.execute("SELECT min(fid) FROM detections").fetchone()
        for name, value in columns.items():
            db.execute(f'UPDATE detections SET "{name}" = ? WHERE fid = ?', (value, fid))
    return int(fid)


def tagged(path: Path, pitch: float = -90.0, pixels: NDArray[np.uint8] | None = None) -> Path:
    """A photo 40 m over the simulated place that looks north at `pitch`."""
    lon, lat = reproject([(263_410.0, 9_701_590.0)], UTM, "EPSG:4326")[0].tolist()
    tags = PoseTags(
        lon=lon, lat=lat, altitude_m=1360.0, relative_altitude_m=40.0, gimbal_yaw_deg=0.0, gimbal_pitch_deg=pitch,
        gimbal_roll_deg=0.0, flight_yaw_deg=0.0, taken_at=next(iter(plan_flight(SurveySettings())[0])).taken_at,
        focal_length_mm=8.8, sensor_width_mm=13.2, width_px=320, height_px=240,
    )  # fmt: skip
    pixels = np.zeros((240, 320, 3), np.uint8) if pixels is None else pixels
    path.write_bytes(with_pose_tags(raster.encode_jpeg(pixels), tags))
    return path


@pytest.mark.usefixtures("truth")
def test_animals_in_posed_photos_land_where_they_are(
    flown: Flown, photos: Path, tmp_path: Path, check_gpkg: Callable[..., None]
) -> None:
    output = tmp_path / "out.gpkg"
    outcome = survey.detect([photos], output)
    check_gpkg(output)
    assert outcome.detections > 10
    assert geopackage.read_crs(output) == UTM
    assert farthest_from_truth(flown, output) < 0.1
    images = geopackage.read_images(output)
    assert images.georeference == ["camera pose"] * len(flown.exposures)
    for row, path in enumerate(images.path):
        exposure = flown.exposures[Path(path).name]
        pose = (images.lon[row], images.lat[row], images.altitude_m[row], images.agl_m[row])
        assert pose == pytest.approx((exposure.lon, exposure.lat, exposure.altitude_m, exposure.agl_m), abs=1e-3)
        assert images.lon[row] == pytest.approx(exposure.lon, abs=1e-7)
        assert images.gsd_m[row] == pytest.approx(flown.settings.gsd_m, rel=0.15)
        assert 0 <= images.heading_deg[row] < 360
        ring = images.footprints[row]
        assert ring is not None
        px = to_photo_px(ring, exposure, flown.settings)
        np.testing.assert_allclose(px, [(0, 0), (0, 240), (320, 240), (320, 0), (0, 0)], atol=0.1)


@pytest.mark.usefixtures("truth")
def test_the_photos_are_seen_under_their_boxes(flown: Flown, photos: Path, tmp_path: Path) -> None:
    survey.detect([photos], tmp_path / "out.gpkg")
    vrts = sorted((tmp_path / "out.herdmap" / "photos").glob("*.vrt"))
    assert len(vrts) == len(flown.exposures)
    for vrt in vrts:
        px, ground = flown.seen(vrt.name.split("-")[0] + ".jpg")
        shown = raster.inspect(vrt).georeference
        assert shown.crs_wkt is not None
        assert pyproj.CRS(shown.crs_wkt).to_epsg() == 32737
        if "VRTWarpedDataset" in vrt.read_text(encoding="utf-8"):
            continue
        # Laid flat, a tilted photo is off by some px towards its edges.
        assert np.linalg.norm(shown.to_px(ground) - px, axis=1).max() <= shown_imagery.MISFIT_PX


@pytest.mark.usefixtures("truth")
@pytest.mark.parametrize("pitch", [-75.0, -50.0])
def test_a_photo_that_looks_aslant_is_warped_under_its_boxes(tmp_path: Path, pitch: float) -> None:
    """A camera's marks are seen where its pose puts them, in colour, and nothing beside the photo."""
    marks = np.array(
        [(20, 20), (160, 30), (300, 25), (30, 120), (160, 120), (295, 130), (25, 220), (170, 215), (300, 220)]
    )
    pixels = np.full((240, 320, 3), 30, np.uint8)
    for x, y in marks.tolist():
        pixels[y - 4 : y + 4, x - 4 : x + 4] = (250, 200, 20)
    photo = tagged(tmp_path / "aslant.jpg", pitch, pixels)
    heard = Listening()
    survey.detect([photo], tmp_path / "out.gpkg", watcher=heard)
    (vrt,) = (tmp_path / "out.herdmap" / "photos").glob("*.vrt")
    pose = poses_for([raster.inspect(photo)]).photos[0].georeference
    assert pose is not None
    ring = geopackage.read_images(tmp_path / "out.gpkg").footprints[0]
    assert ring is not None
    # The whole can move: paths are relative.
    moved = shutil.move(tmp_path / "out.herdmap", tmp_path / "elsewhere.herdmap")
    with rasterio.open(Path(moved) / "photos" / vrt.name) as shown:
        assert max(shown.width, shown.height) <= 2 * 320
        assert np.allclose(shown.bounds, (*ring.min(axis=0), *ring.max(axis=0)), atol=2 * shown.res[0])
        seen = np.array(list(shown.sample(pose.to_map(marks))))
        assert (np.abs(seen[:, :3].astype(int) - (250, 200, 20)).max(axis=1) < 60).all()
        between = np.array(list(shown.sample(pose.to_map((marks[:-1] + marks[1:]) / 2))))
        assert (between[:, :3] < 80).all()
        assert (between[:, 3] == 255).all()
        corner = np.array(list(shown.sample([shown.xy(0, 0)])))
        assert corner[0, 3] == 0
    assert not any("beside them" in text for text in heard.said)


@pytest.mark.usefixtures("truth")
def test_of_many_photos_those_with_most_detections_are_shown(
    flown: Flown, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown_imagery, "MOST_PHOTO_LAYERS", 1)
    heard = Listening()
    survey.detect([photos], tmp_path / "out.gpkg", watcher=heard)
    (vrt,) = (tmp_path / "out.herdmap" / "photos").glob("*.vrt")
    most = max(flown.exposures, key=lambda name: len(flown.seen(name)[0]))
    assert len(flown.seen(vrt.name.split("-")[0] + ".jpg")[0]) == len(flown.seen(most)[0])
    assert sum("with the most detections" in text for text in heard.said) == 1


@pytest.mark.usefixtures("truth")
def test_a_table_of_poses_places_photos_without_tags(flown: Flown, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    for name in flown.exposures:
        # The pixels as they are, so that the model knows them; no tags.
        with raster.RasterReader(flown.folder / "photos" / name) as photo:
            pixels, _ = photo.read(0, 0, 320, 240)
        Image.fromarray(pixels).save(tmp_path / "photos" / name.replace(".jpg", ".png"))
    table = (flown.folder / "photos.csv").read_text().replace(".jpg", ".png")
    (tmp_path / "poses.csv").write_text(table)
    focal = flown.settings.focal_length_mm / flown.settings.sensor_width_mm
    camera = {"camera_matrix": [[focal * 320, 0, 159.5], [0, focal * 320, 119.5], [0, 0, 1]],
              "distortion_coefficients": [0, 0, 0, 0, 0], "image_width": 320, "image_height": 240}  # fmt: skip
    (tmp_path / "camera.json").write_text(json.dumps(camera))
    output = tmp_path / "out.gpkg"
    wanted = survey.Settings(
        position=tmp_path / "poses.csv", calibration=tmp_path / "camera.json", position_crs="EPSG:4326"
    )
    survey.detect([tmp_path / "photos"], output, settings=wanted)
    paths, centres = centres_of(output)
    for path, centre in zip(paths, centres, strict=True):
        true = flown.seen(Path(path).stem + ".jpg")[1]
        assert np.linalg.norm(true - centre, axis=1).min() < 0.1
    (run,) = geopackage.read_runs(output)
    assert run.settings["position"] == str(tmp_path / "poses.csv")


@pytest.mark.usefixtures("truth")
def test_a_dem_says_how_high_the_cameras_were(flown: Flown, photos: Path, tmp_path: Path) -> None:
    ground = flown.settings.ground_elevation_m + 3.0
    with rasterio.open(
        tmp_path / "dem.tif", "w", driver="GTiff", width=40, height=40, count=1, dtype="float32", crs="EPSG:32737",
        transform=rasterio.Affine(50, 0, 262_400, 0, -50, 9_702_600),
    ) as dem:  # fmt: skip
        dem.write(np.full((1, 40, 40), ground, np.float32))
    survey.detect([photos], tmp_path / "out.gpkg", settings=survey.Settings(dem=tmp_path / "dem.tif"))
    images = geopackage.read_images(tmp_path / "out.gpkg")
    np.testing.assert_allclose(images.agl_m, images.altitude_m - ground, atol=1e-3)
    assert images.reason == [None] * len(flown.exposures)
    rows = geopackage.read_detections(tmp_path / "out.gpkg")
    for path, centre in zip(rows.image_paths(), rows.polygons_map[:, :4].mean(axis=1), strict=True):
        exposure = flown.exposures[Path(path).name]
        below = np.array([exposure.x, exposure.y])
        true = below + (flown.seen(exposure.name)[1] - below) * (exposure.agl_m - 3.0) / exposure.agl_m
        assert np.linalg.norm(true - centre, axis=1).min() < 0.1


@pytest.mark.usefixtures("truth")
def test_photos_without_position_stay_on_the_contact_sheet_and_nobody_is_bothered(tmp_path: Path) -> None:
    for n in range(3):
        Image.fromarray(scene(100, 80, 3, n)[0]).save(tmp_path / f"{n}.png")
    heard = Listening()
    survey.detect([tmp_path], tmp_path / "out.gpkg", watcher=heard)
    assert geopackage.read_crs(tmp_path / "out.gpkg") is None
    assert (tmp_path / "out.herdmap" / "contact-sheet.vrt").exists()
    assert geopackage.read_images(tmp_path / "out.gpkg").reason == [None] * 3
    assert heard.said == []


@pytest.mark.usefixtures("truth")
def test_a_photo_that_sees_the_horizon_has_no_footprint_and_one_of_the_sky_no_place(
    tmp_path: Path, check_gpkg: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Corners:
        """One box at the top, one at the bottom of every photo."""

        device = "cpu"
        calls_at_once = 1
        files = (models.BUNDLED / "sheep.onnx",)
        remarks: tuple[str, ...] = ()
        about: Mapping[str, str] = {}
        info = ModelInfo("detector", "corners", ("sheep",), 320, 16)

        def detect(self, tiles: NDArray[np.uint8]) -> Detections:
            n = len(tiles)
            boxes = np.tile([[100.0, 5, 120, 25], [100, 210, 120, 230]], (n, 1))
            index = np.repeat(np.arange(n), 2).astype(np.int32)
            return Detections.of(boxes, np.full(2 * n, 0.9), np.zeros(2 * n), index)

    monkeypatch.setattr(models, "open_model", lambda *_, **__: Corners())
    for name, pitch in (("down", -90.0), ("horizon", -10.0), ("sky", 45.0)):
        tagged(tmp_path / f"{name}.jpg", pitch)
    heard = Listening()
    survey.detect([tmp_path], tmp_path / "out.gpkg", watcher=heard)
    check_gpkg(tmp_path / "out.gpkg", positioned=False)
    images = geopackage.read_images(tmp_path / "out.gpkg")
    rows = {Path(path).stem: row for row, path in enumerate(images.path)}
    assert images.footprints[rows["down"]] is not None
    assert images.footprints[rows["horizon"]] is None
    assert images.footprints[rows["sky"]] is None
    kinds = {name: images.georeference[row] for name, row in rows.items()}
    assert kinds == {"down": "camera pose", "horizon": "camera pose", "sky": "none"}
    assert "shows the horizon" in (images.reason[rows["horizon"]] or "")
    assert "looks at the sky" in (images.reason[rows["sky"]] or "")
    assert images.status == ["done"] * 3
    paths, centres = centres_of(tmp_path / "out.gpkg")
    on_map = {
        name: [bool(np.isfinite(c).all()) for p, c in zip(paths, centres, strict=True) if name in p] for name in rows
    }
    assert {name: sorted(found) for name, found in on_map.items()} == {
        "down": [True, True],
        "horizon": [False, True],
        "sky": [False, False],
    }
    for word in ("horizon", "sky", "without a position: sky.jpg"):
        assert any(word in text for text in heard.said)


@pytest.mark.usefixtures("truth")
def test_photos_beside_an_orthomosaic_lie_in_its_crs(flown: Flown, photos: Path, tmp_path: Path) -> None:
    pixels, _ = scene(100, 80, 3)
    wkt = crs_to_wkt("EPSG:21037")  # another datum, Arc 1960
    raster.write_geotiff(tmp_path / "mosaic.tif", iter([pixels]), 100, 80, (0.1, 0, 263400, 0, -0.1, 9701600), wkt)
    survey.detect([photos, tmp_path / "mosaic.tif"], tmp_path / "out.gpkg")
    assert geopackage.read_crs(tmp_path / "out.gpkg") == wkt
    paths, centres = centres_of(tmp_path / "out.gpkg")
    assert len(paths) > 10
    for path, centre in zip(paths, reproject(centres, wkt, UTM), strict=True):
        assert np.linalg.norm(flown.seen(Path(path).name)[1] - centre, axis=1).min() < 0.1
    kinds = geopackage.read_images(tmp_path / "out.gpkg").georeference
    assert sorted(kinds) == ["camera pose"] * len(flown.exposures) + ["geotransform"]


def test_a_wrong_file_of_positions_ends_the_run_before_any_work(
    truth: TruthModel, photos: Path, tmp_path: Path
) -> None:
    (tmp_path / "other.csv").write_text("photo,lon,lat\nnobody.jpg,36.9,-2.7\n")
    with pytest.raises(GeoreferenceError, match="no row has the name of a photo"):
        survey.detect([photos], tmp_path / "out.gpkg", settings=survey.Settings(position=tmp_path / "other.csv"))
    with pytest.raises(InputError, match="above ground"):
        survey.Settings(agl=-3)
    assert truth.calls == 0


def test_regions_are_counted_in_photos(flown: Flown, photos: Path, tmp_path: Path, truth: TruthModel) -> None:
    everywhere = write_regions(tmp_path / "r.geojson", {"all": (-100, -100, 200, 200)})
    every = survey.Settings(count_overlaps="all")
    outcome = survey.detect([photos], tmp_path / "out.gpkg", region_file=everywhere, settings=every)
    assert outcome.counts is not None
    assert truth.calls > 0
    assert int(outcome.counts.count[0]) == sum(len(flown.seen(name)[0]) for name in flown.exposures)


@pytest.mark.realdata
@pytest.mark.usefixtures("truth")
def test_the_real_photos_are_placed(realdata: Path, tmp_path: Path) -> None:
    heard = Listening()
    survey.detect([realdata / "photos"], tmp_path / "out.gpkg", watcher=heard)
    images = geopackage.read_images(tmp_path / "out.gpkg")
    assert images.georeference == ["camera pose"] * 6
    assert all(ring is not None for ring in images.footprints)
    assert "32615" in str(geopackage.read_crs(tmp_path / "out.gpkg"))
    stale = [Path(p).name for p, why in zip(images.path, images.reason, strict=True) if "yaw is wrong" in (why or "")]
    assert stale == ["DJI_0024.JPG"]
    assert any("DJI_0024" in text for text in heard.said)

"""The simulated survey: the same whenever and however it is drawn, and its truth is true of the pixels."""

import csv
import itertools
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import geo.simulation
from geo.errors import GeoError
from geo.georeference import crs_to_wkt, reproject
from geo.raster import encode_jpeg
from geo.simulation import SurveySettings, build_scene, render_scene, simulate
from geo.simulation.flight import ground_homography, plan_flight, to_photo_px
from geo.simulation.noise import CoarseGrid, Window, fractal_noise, tile_texture
from geo.simulation.pose_tags import PoseTags, with_pose_tags
from geo.simulation.settings import SimulationError
from geo.vector import read_polygons

# A photo has no geotransform; its position is in its tags.
pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")

SMALL = SurveySettings(seed=5, width_m=30.0, height_m=22.0, animals=40, lamb_share=0.2)
# Small photos from low down: 20 m x 15 m on the ground, two strips.
WITH_PHOTOS = SurveySettings(
    seed=9, width_m=50.0, height_m=40.0, animals=60, photos=True, photo_width_px=800, photo_height_px=600
)


@pytest.fixture(scope="module")
def small_scene() -> geo.simulation.Scene:
    return build_scene(SMALL)


@pytest.fixture(scope="module")
def whole_image(small_scene: geo.simulation.Scene) -> np.ndarray:
    return small_scene.renderer().render(Window(0, 0, SMALL.width_px, SMALL.height_px))


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> geo.simulation.Survey:
    return simulate(tmp_path_factory.mktemp("survey"), WITH_PHOTOS)


# --- the scene ---------------------------------------------------------------------------------------------------


def test_same_settings_same_scene(whole_image):
    pixels, boxes, is_lamb = render_scene(SMALL)
    again, boxes_again, _ = render_scene(SMALL)
    assert np.array_equal(pixels, again)
    assert np.array_equal(boxes, boxes_again)
    assert np.array_equal(pixels, whole_image)
    assert pixels.shape == (SMALL.height_px, SMALL.width_px, 3)
    assert pixels.dtype == np.uint8
    assert boxes.shape == (40, 4)
    assert boxes.dtype == np.float32
    assert is_lamb.sum() == 8


def test_other_systems_draw_the_same_pixels(whole_image):
    """The sums were taken on Linux. Where sines differ in their last digit, a value may differ by 1."""
    sums = whole_image.astype(np.int64).sum(axis=(0, 1))
    assert np.abs(sums - [182_689_580, 174_743_187, 122_949_701]).max() <= 20  # of a million pixels


def test_other_seeds_are_other_places(whole_image):
    other = render_scene(SurveySettings(seed=6, width_m=30.0, height_m=22.0, animals=40))[0]
    assert np.abs(other.astype(int) - whole_image).mean() > 10


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_window_is_that_part_of_the_whole(small_scene, whole_image, data):
    x = data.draw(st.integers(0, SMALL.width_px - 1))
    y = data.draw(st.integers(0, SMALL.height_px - 1))
    width = data.draw(st.integers(1, min(300, SMALL.width_px - x)))
    height = data.draw(st.integers(1, min(300, SMALL.height_px - y)))
    part = small_scene.renderer().render(Window(x, y, width, height))
    assert np.array_equal(part, whole_image[y : y + height, x : x + width])


@pytest.mark.parametrize("rows", [97, 256, 10_000])
def test_bands_join_to_the_same_image(small_scene, whole_image, rows):
    assert np.array_equal(np.concatenate(list(small_scene.renderer().bands(rows))), whole_image)


def test_a_scene_has_no_edge_where_its_parts_meet():
    """Drawn in parts of 256 rows: the step across a joint is no larger than the steps between other rows."""
    scene = build_scene(SurveySettings(seed=3, width_m=12.0, height_m=26.0, animals=0))
    image = scene.renderer().render(Window(0, 0, 480, 1040), sensor_noise=False).astype(float).mean(axis=2)
    steps = np.abs(np.diff(image, axis=0)).mean(axis=1)
    joints = [255, 511, 767]
    assert steps[joints].max() < steps.mean() + 5 * steps.std()


def test_boxes_hold_the_animals_and_nothing_else_is_animal(small_scene, whole_image):
    """Against the same place without animals: each box holds its changed pixels; outside boxes only shade differs."""
    empty = small_scene.without_animals().renderer().render(Window(0, 0, SMALL.width_px, SMALL.height_px))
    change = whole_image.astype(int) - empty
    changed = np.abs(change).max(axis=2) > 12
    inside = np.zeros(changed.shape, bool)
    for x0, y0, x1, y1 in small_scene.boxes_px():
        box = np.s_[int(np.floor(y0)) : int(np.ceil(y1)), int(np.floor(x0)) : int(np.ceil(x1))]
        inside[box] = True
        assert changed[box].mean() > 0.4  # an ellipse that lies askew fills about half of its box
    # What the animals' coats brighten lies in a box (the lens spreads it by a pixel); shadows only darken.
    grown = inside.copy()
    for axis in (0, 1):
        grown |= np.roll(grown, 1, axis) | np.roll(grown, -1, axis)
    brighter = (change > 12).all(axis=2)
    assert brighter.any()
    assert not (brighter & ~grown).any()
    assert (change[changed & ~grown].sum(axis=1) < 0).mean() > 0.99


def test_boxes_are_tight(small_scene):
    """The animal alone, found where the height buffer is an animal's: its box to within two pixels a side."""
    from geo.simulation.solids import Solids

    scene = small_scene
    boxes = scene.boxes_px()
    for i in range(0, len(scene.animals), 5):
        own = scene.lobes[scene.lobes["owner"] == i]
        solids = Solids(own, SMALL.gsd_m, scene.style.sun, scene.surfaces)
        rows, columns = np.nonzero(solids.draw(Window(0, 0, SMALL.width_px, SMALL.height_px))[3] >= 0)
        found = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
        assert np.abs(found - boxes[i]).max() <= 2.5
        sides = np.sort(boxes[i, 2:] - boxes[i, :2]) * SMALL.gsd_m
        assert 0.15 < sides[0] <= sides[1] < 1.6


def test_no_two_animals_stand_in_one_place_and_some_lambs_lie_in_their_mothers_box():
    scene = build_scene(SurveySettings(seed=2, width_m=80.0, height_m=60.0, animals=300, lamb_share=0.25))
    animals, boxes = scene.animals, scene.boxes_px()
    assert len(animals) == 300
    apart = np.hypot(animals.x[:, None] - animals.x, animals.y[:, None] - animals.y)
    np.fill_diagonal(apart, np.inf)
    assert apart.min() > 0.25
    lambs, adults = boxes[animals.is_lamb], boxes[~animals.is_lamb]
    low, high = np.maximum(lambs[:, None, :2], adults[:, :2]), np.minimum(lambs[:, None, 2:], adults[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2) / np.prod(lambs[:, 2:] - lambs[:, :2], axis=1)[:, None]
    assert (shared.max(axis=1) > 0.8).sum() >= 3


def test_animals_stand_on_tile_seams():
    scene = build_scene(SurveySettings(seed=4))
    boxes = scene.boxes_px()
    for stride in (512, 544, 640, 700):
        cut = np.floor(boxes[:, 0] / stride) != np.floor(boxes[:, 2] / stride)
        cut |= np.floor(boxes[:, 1] / stride) != np.floor(boxes[:, 3] / stride)
        assert cut.sum() >= 5


@pytest.mark.parametrize(
    "wrong", [{"gsd_m": 0.5}, {"animals": -1}, {"sun_elevation_deg": 5.0}, {"width_m": float("nan")}, {"season": 2.0}]
)
def test_settings_out_of_range_are_refused_by_name(wrong):
    with pytest.raises(SimulationError, match=next(iter(wrong))) as caught:
        SurveySettings(**wrong)
    assert isinstance(caught.value, GeoError)
    assert "\n" not in str(caught.value)


def test_too_many_pixels_are_refused_before_any_is_drawn():
    with pytest.raises(SimulationError, match="pixels"):
        SurveySettings(width_m=20_000, height_m=20_000)


# --- noise -------------------------------------------------------------------------------------------------------


def test_noise_is_centred_and_of_unit_strength():
    at = np.arange(400, dtype=np.float64)
    noise = fractal_noise(3, [9.0, 4.0], 0.6, at, at)
    assert abs(noise.mean()) < 0.1
    assert 0.7 < noise.std() < 1.4


def test_coarse_grid_interpolates_linearly():
    window = Window(-13, 5, 37, 22)
    grid = CoarseGrid(window, 8)
    nodes = (2.0 * grid.x[None, :] - 3.0 * grid.y[:, None]).astype(np.float32)
    x = np.arange(window.x, window.x + window.width) + 0.5
    y = np.arange(window.y, window.y + window.height) + 0.5
    assert np.allclose(grid.to_pixels(nodes), 2.0 * x[None, :] - 3.0 * y[:, None], atol=1e-3)


def test_tile_texture_repeats_without_a_seam():
    texture = tile_texture(np.random.default_rng(0), 128, 0.025, (0.05, 0.4), 1.0)
    wrapped = np.abs(texture[0] - texture[-1]).mean()
    assert wrapped < 2.0 * np.abs(np.diff(texture, axis=0)).mean()


# --- the survey's files ------------------------------------------------------------------------------------------


def test_orthomosaic_is_the_scene_on_the_map(survey):
    scene = build_scene(WITH_PHOTOS)
    with rasterio.open(survey.orthomosaic) as dataset:
        assert dataset.crs.to_epsg() == 32737
        assert dataset.transform.to_gdal() == (263_400.0, 0.025, 0.0, 9_701_600.0, 0.0, -0.025)
        assert dataset.profile["tiled"]
        assert dataset.overviews(1)
        assert "imulated" in dataset.tags()["TIFFTAG_IMAGEDESCRIPTION"]
        stored = dataset.read().transpose(1, 2, 0)
    drawn = scene.renderer().render(Window(0, 0, WITH_PHOTOS.width_px, WITH_PHOTOS.height_px))
    assert stored.shape == drawn.shape
    assert np.abs(stored.astype(int) - drawn).mean() < 8  # JPEG
    assert "simulated" in (survey.folder / "README.txt").read_text()


def test_regions_share_edges_and_leave_ground_uncovered(survey):
    table = read_polygons(survey.regions)
    shapes = list(table.geometries)
    assert len(set(table.columns["region"])) == 3
    assert all(shape.is_valid for shape in shapes)
    total = WITH_PHOTOS.width_m * WITH_PHOTOS.height_m
    assert 0.5 * total < shapely.union_all(shapes).area < 0.9 * total
    for i in range(3):
        a, b = shapes[i], shapes[(i + 1) % 3]
        assert a.intersection(b).area == 0
        assert a.intersection(b).length > 5  # an edge in common, corner for corner


def test_true_counts_of_regions(survey):
    """By shapely over the files alone, against what `simulate` says."""
    animals, regions = read_polygons(survey.truth, layer="animals"), read_polygons(survey.truth, layer="regions")
    assert len(animals.geometries) == len(survey.boxes_px) == WITH_PHOTOS.animals
    centres = [shape.envelope.centroid for shape in animals.geometries]
    counts = [sum(bool(region.covers(point)) for point in centres) for region in regions.geometries]
    assert counts == list(regions.columns["count"])
    assert survey.counts == dict(zip(regions.columns["region"], counts, strict=True)) | {
        "outside": WITH_PHOTOS.animals - sum(counts)
    }
    assert survey.counts["outside"] > 0
    lambs = np.array(animals.columns["lamb"]) == 1
    assert np.array_equal(lambs, survey.is_lamb)


def test_truth_json_is_coco_of_mosaic_and_photos(survey):
    truth = json.loads(survey.truth_json.read_text())
    assert [image["file_name"] for image in truth["images"]] == [
        "orthomosaic.tif",
        *(f"photos/{photo.name}" for photo in survey.photos),
    ]
    assert [category["name"] for category in truth["categories"]] == ["sheep"]
    assert len({a["id"] for a in truth["annotations"]}) == len(truth["annotations"])
    mosaic = np.array([a["bbox"] for a in truth["annotations"] if a["image_id"] == 1])
    mosaic[:, 2:] += mosaic[:, :2]
    assert np.abs(mosaic - survey.boxes_px).max() < 0.01
    sizes = {image["id"]: (image["width"], image["height"]) for image in truth["images"]}
    for annotation in truth["annotations"]:
        x, y, width, height = annotation["bbox"]
        assert x >= 0
        assert y >= 0
        assert x + width <= sizes[annotation["image_id"]][0] + 0.01
        assert y + height <= sizes[annotation["image_id"]][1] + 0.01
        assert isinstance(annotation["lamb"], bool)


def _tags_as_gdal_reads_them(photo: Path) -> tuple[dict[str, str], dict[str, float]]:
    with rasterio.open(photo) as dataset:
        exif = dataset.tags()
        xmp = dataset.tags(ns="xml:XMP")["xml:XMP"]
    return exif, {name: float(value) for name, value in re.findall(r'drone-dji:(\w+)="([^"]+)"', xmp)}


def _dms(text: str, reference: str) -> float:
    degrees, minutes, seconds = (float(part) for part in re.findall(r"[\d.]+", text))
    return (degrees + minutes / 60 + seconds / 3600) * (-1 if reference in "SW" else 1)


@pytest.mark.parametrize("position", ["exif", "xmp"])
def test_truth_projected_through_the_written_tags_lands_on_its_box(survey, position):
    """An independent nadir camera: outline on the map -> geodesic bearing and distance -> pixel, tags alone."""
    geod = pyproj.Geod(ellps="WGS84")
    wkt, wgs84 = crs_to_wkt(WITH_PHOTOS.crs), crs_to_wkt("EPSG:4326")
    truth = json.loads(survey.truth_json.read_text())
    outlines = read_polygons(survey.truth, layer="outlines")
    by_animal = dict(zip(outlines.columns["animal_id"], outlines.geometries, strict=True))
    ids = {image["file_name"]: image["id"] for image in truth["images"]}
    compared = 0
    for photo in survey.photos[::3]:
        exif, pose = _tags_as_gdal_reads_them(photo)
        assert pose["GimbalPitchDegree"] == -90
        if position == "exif":
            lat = _dms(exif["EXIF_GPSLatitude"], exif["EXIF_GPSLatitudeRef"])
            lon = _dms(exif["EXIF_GPSLongitude"], exif["EXIF_GPSLongitudeRef"])
            agl = float(exif["EXIF_GPSAltitude"].strip("()")) - WITH_PHOTOS.ground_elevation_m
        else:
            lat, lon, agl = pose["GpsLatitude"], pose["GpsLongitude"], pose["RelativeAltitude"]
        f = float(exif["EXIF_FocalLengthIn35mmFilm"]) / 36 * 800
        for annotation in truth["annotations"]:
            x, y, width, height = annotation["bbox"]
            if annotation["image_id"] != ids[f"photos/{photo.name}"]:
                continue
            lonlat = reproject(shapely.get_coordinates(by_animal[annotation["animal_id"]]), wkt, wgs84)
            bearing, _, distance = geod.inv(
                np.full(len(lonlat), lon), np.full(len(lonlat), lat), lonlat[:, 0], lonlat[:, 1]
            )
            turned = np.radians(bearing - pose["GimbalYawDegree"])
            px = 400 + f * distance * np.sin(turned) / agl
            py = 300 - f * distance * np.cos(turned) / agl
            expected = np.array([px.min(), py.min(), px.max(), py.max()])
            expected = np.clip(expected, 0, [800, 600, 800, 600])
            assert np.abs(expected - [x, y, x + width, y + height]).max() < 1.0
            compared += 1
    assert compared >= 10


def test_photos_show_the_orthomosaics_ground_to_the_pixel(survey):
    """Photo pixels against the orthomosaic where the pose puts them: alike there, less alike two pixels beside."""
    exposures, _ = plan_flight(WITH_PHOTOS)
    with rasterio.open(survey.orthomosaic) as dataset:
        mosaic = dataset.read().mean(axis=0)
    for number in (3, 12):
        with rasterio.open(survey.photos[number]) as dataset:
            photo = dataset.read().mean(axis=0)
        column, row = (np.random.default_rng(number).integers(0, [800, 600], (6000, 2))).T
        homogeneous = ground_homography(exposures[number], WITH_PHOTOS) @ [column + 0.5, row + 0.5, np.ones(6000)]
        x = (exposures[number].x + homogeneous[0] / homogeneous[2] - WITH_PHOTOS.origin[0]) / WITH_PHOTOS.gsd_m
        y = (WITH_PHOTOS.origin[1] - exposures[number].y - homogeneous[1] / homogeneous[2]) / WITH_PHOTOS.gsd_m
        inner = (x > 5) & (x < WITH_PHOTOS.width_px - 5) & (y > 5) & (y < WITH_PHOTOS.height_px - 5)
        column, row, x, y = column[inner], row[inner], x[inner].astype(int), y[inner].astype(int)
        assert inner.sum() > 3000

        def alike(dx: int, dy: int) -> float:
            return float(np.corrcoef(photo[row, column], mosaic[y + dy, x + dx])[0, 1])  # noqa: B023

        assert alike(0, 0) > 0.85
        assert all(alike(0, 0) > alike(dx, dy) + 0.05 for dx, dy in ((2, 0), (-2, 0), (0, 2), (0, -2)))


def test_flight_has_overlap_cadence_and_antiparallel_strips(survey):
    with survey.photos_csv.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["photo"] for row in rows] == [f"photos/{photo.name}" for photo in survey.photos]
    assert {row["transect"] for row in rows} == {"1", "2"}
    exposures, strips = plan_flight(WITH_PHOTOS)
    assert len(strips) == 2
    for a, b in itertools.pairwise(exposures):
        if a.strip == b.strip:
            assert (b.taken_at - a.taken_at).total_seconds() == WITH_PHOTOS.photo_interval_s
            assert abs(np.hypot(b.x - a.x, b.y - a.y) - 0.3 * 15.0) < 1.5
    headings = np.radians([next(e.flight_yaw_deg for e in exposures if e.strip == strip) for strip in (1, 2)])
    assert np.cos(headings[0] - headings[1]) < -0.999
    assert len(read_polygons(survey.transects).geometries) == 2
    exif, pose = _tags_as_gdal_reads_them(survey.photos[0])
    assert exif["EXIF_DateTimeOriginal"] == exposures[0].taken_at.strftime("%Y:%m:%d %H:%M:%S")
    assert float(rows[0]["yaw_deg"]) == pose["GimbalYawDegree"]


@settings(max_examples=30, deadline=None)
@given(tilt=st.floats(0, 12), seed=st.integers(0, 50))
def test_camera_goes_to_the_ground_and_back(tilt, seed):
    flown = SurveySettings(seed=seed, tilt_deg=tilt)
    exposure = plan_flight(flown)[0][seed % 5]
    px = np.random.default_rng(seed).uniform([0, 0], [2400, 1800], (50, 2))
    ground = ground_homography(exposure, flown) @ np.column_stack([px, np.ones(50)]).T
    xy_map = (ground[:2] / ground[2]).T + np.array([exposure.x, exposure.y])
    assert np.abs(to_photo_px(xy_map, exposure, flown) - px).max() < 1e-5


def test_noise_in_the_tags_leaves_photos_and_truth_alone(tmp_path):
    few = replace(
        WITH_PHOTOS, width_m=24.0, height_m=16.0, animals=8, photo_width_px=400, photo_height_px=300, strips=1
    )
    survey = simulate(tmp_path / "exact", few)
    noisy = simulate(tmp_path / "noisy", replace(few, position_noise_m=2.0, attitude_noise_deg=1.0))
    assert noisy.photos_csv is not None
    assert survey.photos_csv is not None
    assert noisy.photos_csv.read_text() == survey.photos_csv.read_text()
    assert noisy.truth_json.read_text() == survey.truth_json.read_text()
    assert len(survey.photos) > 2
    for mine, exact in zip(noisy.photos, survey.photos, strict=True):
        with rasterio.open(mine) as a, rasterio.open(exact) as b:
            assert np.array_equal(a.read(), b.read())
        assert _tags_as_gdal_reads_them(mine)[1] != _tags_as_gdal_reads_them(exact)[1]


def test_pose_tags_need_a_jpeg():
    with pytest.raises(SimulationError, match="not a JPEG"):
        with_pose_tags(b"II*\x00", None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lon", "lat", "altitude"), [(-71.25, 46.8, 12.0), (36.9, -2.7, -3.5), (179.9999999, 0.0, 0.0)]
)
def test_pose_tags_in_every_hemisphere(tmp_path, lon, lat, altitude):
    tags = PoseTags(
        lon=lon, lat=lat, altitude_m=altitude, relative_altitude_m=40, gimbal_yaw_deg=-12.5, gimbal_pitch_deg=-90,
        gimbal_roll_deg=0, flight_yaw_deg=0, taken_at=datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC),
        focal_length_mm=8.8, sensor_width_mm=13.2, width_px=64, height_px=48,
    )  # fmt: skip
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(with_pose_tags(encode_jpeg(np.full((48, 64, 3), 90, np.uint8)), tags))
    exif, pose = _tags_as_gdal_reads_them(photo)
    assert abs(_dms(exif["EXIF_GPSLatitude"], exif["EXIF_GPSLatitudeRef"]) - lat) < 1e-7
    assert abs(_dms(exif["EXIF_GPSLongitude"], exif["EXIF_GPSLongitudeRef"]) - lon) < 1e-7
    below = exif["EXIF_GPSAltitudeRef"] == "0x01"
    assert float(exif["EXIF_GPSAltitude"].strip("()")) * (-1 if below else 1) == pytest.approx(altitude)
    assert pose["GpsLatitude"] == pytest.approx(lat)
    assert exif["EXIF_DateTimeOriginal"] == "2024:02:29 23:59:59"
    assert exif["EXIF_OffsetTimeOriginal"] == "+00:00"


def test_progress_rises_to_one_and_a_second_run_replaces_the_first(tmp_path):
    seen: list[float] = []
    tiny = SurveySettings(width_m=8, height_m=6, animals=4)
    first = simulate(tmp_path / "new" / "folder", tiny, seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    before = first.orthomosaic.read_bytes()
    second = simulate(first.folder, tiny)
    assert second.orthomosaic.read_bytes() == before
    assert sorted(path.name for path in first.folder.iterdir()) == [
        "README.txt", "orthomosaic.tif", "regions.gpkg", "truth.gpkg", "truth.json",
    ]  # fmt: skip


def test_no_animals_is_a_survey_too(tmp_path):
    empty = simulate(tmp_path, SurveySettings(width_m=8, height_m=6, animals=0))
    assert empty.boxes_px.shape == (0, 4)
    assert set(empty.counts.values()) == {0}

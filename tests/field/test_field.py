"""Files as people have them, beside this test: each gives its right value, or is refused in a line that says why."""

import contextlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import rasterio

from detector import survey
from detector.errors import InputError
from detector.labels.formats import read_labels
from detector.labels.labelled import LabelledImage
from geo import geopackage, raster
from geo.errors import GeoreferenceError, RasterError
from geo.georeference import crs_to_wkt, reproject
from geo.photos.poses import SurveyPoses, poses_for
from geo.photos.terrain import Terrain
from geo.region_reach import untouched
from geo.regions import assign, count, read_regions
from tests.command_line import HerdmapHere
from tests.detector.cli.conftest import here
from tests.detector.evaluation.test_label_cases import ANSWER, model
from tests.systems import on_drive_of

__all__ = ["here"]  # a fixture

FIELD = Path(__file__).parent
WGS84 = crs_to_wkt("EPSG:4326")


@dataclass(frozen=True)
class Places:
    """A file of positions with photos, and where they were: the camera of the first, degrees north from photo to photo,
    its altitude; and where a pixel of one photo lies."""

    file: str
    photos: str
    lon: float = 0.0
    lat: float = 0.0
    step: float = 0.0002
    altitude: float = 0.0
    options: Mapping[str, Any] = field(default_factory=dict)
    said: str = ""
    error: str = ""
    heading: float | None = None


KENYA: dict[str, Any] = {"lon": 36.8219, "lat": -1.2921, "altitude": 1760.0, "options": {"ground": 1660.0}}
ALPS: dict[str, Any] = {"lon": 7.41, "lat": 46.52, "altitude": 760.0, "options": {"ground": 660.0}}
LOG: dict[str, Any] = {
    "lon": 5.0,
    "lat": 52.00089874,
    "step": 0.00044937,
    "altitude": 120.0,
    "options": {"ground": 20.0},
}
POSITIONS: dict[str, Places] = {
    "Mission Planner, no header": Places("positions/location.csv", "mp", **KENYA, heading=0.0, said="Mission Planner"),
    "Mission Planner, #name": Places("positions/location7.txt", "mp", **KENYA, heading=0.0, said="Mission Planner"),
    "OpenDroneMap": Places("positions/geo.txt", "mp", **KENYA, heading=0.0, said="OpenDroneMap"),
    "WingtraHub": Places("positions/wingtra7.csv", "pt", **ALPS, heading=330.0, said="WingtraHub"),
    "Pix4D": Places("positions/pix4d7.csv", "pt", **ALPS, heading=330.0, said="Pix4D"),
    "Pix4D, offsets": Places("positions/pix4d_calib.txt", "pt", error="offsets from a place"),
    "exchanged": Places("positions/swapped.csv", "pt", 46.52, 7.41, 0.0, 760.0, {"ground": 660.0}, said="are swapped"),
    "Metashape without a CRS": Places("positions/metashape_opk.txt", "pt", error="say their CRS"),
    "DJI's .MRK of other photos": Places("positions/mrk.MRK", "pt", error="number in a photo's name"),
    "Emlid": Places("positions/emlid.pos", "pt", **ALPS, said="RTKLIB"),
    "exiftool": Places("positions/exiftool.csv", "pt", **ALPS, said="exiftool"),
    "Airdata": Places("logs/airdata.csv", "ad", **LOG, said="Airdata"),
    "way points in a GPX": Places("logs/wpt.gpx", "ad", **LOG),
    "a plain GPX": Places("logs/plain.gpx", "ad", **LOG),
}  # fmt: skip


def placed(file: str, *photos: Path, **options: Any) -> SurveyPoses:
    return poses_for([raster.inspect(photo) for photo in photos], FIELD / file, **options)


def pixel(result: SurveyPoses, photo: int, x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a pixel."""
    georeference, crs = result.photos[photo].georeference, result.crs_wkt
    assert georeference is not None
    assert crs is not None
    lon, lat = reproject(georeference.to_map([(x, y)]), crs, WGS84)[0].tolist()
    return lon, lat


@pytest.mark.parametrize("name", POSITIONS)
def test_positions(name: str) -> None:
    case = POSITIONS[name]
    photos = sorted((FIELD / "photos" / case.photos).iterdir())
    if case.error:
        with pytest.raises(GeoreferenceError, match=case.error) as error:
            placed(case.file, *photos)
        assert Path(case.file).name in str(error.value)
        return
    found = placed(case.file, *photos, **case.options)
    for i, photo in enumerate(found.photos):
        if name == "exchanged":  # as the table has it, and said
            assert (photo.lon, photo.lat) == pytest.approx((case.lon + 2e-4 * i, case.lat), abs=2e-6)
            continue
        assert (photo.lon, photo.lat) == pytest.approx((case.lon, case.lat + case.step * i), abs=2e-6)
        assert photo.altitude_m == pytest.approx(case.altitude, abs=0.01)
    if case.heading is not None:
        assert found.photos[0].heading_deg == pytest.approx(case.heading, abs=2.5)
    assert case.said in "\n".join(found.warnings)


def test_metashape_with_its_crs() -> None:
    photos = sorted((FIELD / "photos/pt").iterdir())
    found = placed("positions/metashape_opk.txt", *photos, position_crs="EPSG:32632", ground=660.0)
    places = reproject(np.array([(p.lon, p.lat) for p in found.photos]), WGS84, crs_to_wkt("EPSG:32632"))
    assert places == pytest.approx(np.array([(378000 + i, 5152000 + 20 * i) for i in range(4)]), abs=0.01)


def test_names_in_two_folders() -> None:
    photos = [photo for folder in ("ad", "am") for photo in sorted((FIELD / "photos" / folder).iterdir())]
    with pytest.raises(GeoreferenceError, match="fit photos of several folders, or occur more than once"):
        placed("positions/t.csv", *photos)


def test_us_survey_feet() -> None:
    found = placed("positions/opk.csv", FIELD / "photos/ft/IMG_0001.JPG", position_crs="EPSG:2227", ground=91.44)
    at = [reproject(np.array([pixel(found, 0, 300, y)]), WGS84, crs_to_wkt("EPSG:2227"))[0] for y in (200, 0)]
    assert at[0] == pytest.approx((6126548.244, 2008012.813), abs=0.1)
    assert np.hypot(*(at[1] - at[0])) == pytest.approx(200, rel=1e-3)
    assert at[1][1] > at[0][1]


@pytest.mark.parametrize("log", ["airdata.csv", "wpt.gpx", "plain.gpx"])
def test_pixels_of_a_photo_in_a_log(log: str) -> None:
    found = placed(f"logs/{log}", FIELD / "photos/ad/DJI_0002.JPG", ground=20.0)
    assert pixel(found, 0, 300, 200) == pytest.approx((5.0, 52.001348), abs=1e-6)
    assert (pixel(found, 0, 300, 0)[1] - 52.001348) * 111_260 == pytest.approx(50, abs=0.3)


def test_a_flight_across_180_degrees() -> None:
    photos = sorted((FIELD / "photos/am").iterdir())
    found = poses_for([raster.inspect(photo) for photo in photos])
    assert all(photo.georeference is not None for photo in found.photos)
    assert "UTM zone 60S" in str(found.crs_wkt) or "UTM zone 1S" in str(found.crs_wkt)
    assert not any("100 km" in line for line in found.warnings)


# ---- tags ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tagged:
    """A photo placed by its own tags: where the camera was, its altitude and height above ground, metres from the
    middle of the picture to pixel (0, 0); said: a part of the reason why it has no place (none: it has one)."""

    photo: str
    altitude: float = 1700.0
    agl: float = 100.0
    corner: float | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    said: str = ""


TAGS: dict[str, Tagged] = {
    "EXIF of a PNG": Tagged("exif.png", corner=72.11),
    "JPEG of senseFly": Tagged("sensefly.jpg", options={"ground": 1600.0}),
    "TIFF of senseFly": Tagged("sensefly.tif", options={"ground": 1600.0}),
    "nested angles of Skydio": Tagged("skydio_old.JPG"),
    "altitude 0/0": Tagged("zero_alt.JPG", math.nan, said="no altitude in its tags"),
    "a position in XMP": Tagged("xmpgps.JPG"),
    "a panorama": Tagged("pano.JPG", said="it is a panorama (equirectangular)"),
    "a fisheye": Tagged("sequoia.JPG", corner=96.25),
}


@pytest.mark.parametrize("name", TAGS)
def test_tags(name: str) -> None:
    case = TAGS[name]
    info = raster.inspect(FIELD / "photos" / case.photo)
    found = poses_for([info], **case.options)
    photo = found.photos[0]
    assert (photo.lon, photo.lat) == pytest.approx((36.82, -1.29), abs=1e-9)
    assert photo.altitude_m == pytest.approx(case.altitude, nan_ok=True)
    assert case.said in "; ".join(photo.reasons)
    assert (photo.georeference is None) == bool(case.said)
    if not case.said:
        assert photo.agl_m == pytest.approx(case.agl)
    if case.corner is not None:
        ends = [pixel(found, 0, 0, 0), pixel(found, 0, info.width / 2, info.height / 2)]
        assert pyproj.Geod(ellps="WGS84").inv(*ends[0], *ends[1])[2] == pytest.approx(case.corner, abs=0.02)


def test_one_photo_as_jpeg_and_as_tiff() -> None:
    found = [poses_for([raster.inspect(FIELD / f"photos/sensefly.{kind}")], ground=1600.0) for kind in ("jpg", "tif")]
    assert pixel(found[0], 0, 20, 30) == pytest.approx(pixel(found[1], 0, 20, 30), abs=1e-9)
    # Roll 10 degrees, which senseFly counts the other way: the middle lies to the right of the flight, to the east.
    assert pixel(found[0], 0, 300, 200)[0] == pytest.approx(36.82 + 100 * np.tan(np.radians(10)) / 111_290, abs=1e-6)


def test_skydio_looks_straight_down() -> None:
    found = poses_for([raster.inspect(FIELD / "photos/skydio_old.JPG")])
    assert found.photos[0].heading_deg % 360 == pytest.approx(0.0, abs=1e-6)
    assert pixel(found, 0, 300, 200) == pytest.approx((36.82, -1.29), abs=1e-7)


# Each photo, and its place as its tags say it: longitude, latitude, altitude, height above ground, yaw; part of a line.
NAN = float("nan")
PHOTOS: dict[str, tuple[tuple[float, float, float, float, float], str]] = {
    "skydio_old.JPG": ((36.82, -1.29, 1700.0, 100.0, 0.0), ""),
    "zero_alt.JPG": ((36.82, -1.29, NAN, NAN, NAN), "no altitude in its tags"),
    "xmpgps.JPG": ((36.82, -1.29, 1700.0, 100.0, 0.0), ""),
    "pano.JPG": ((36.82, -1.29, 1700.0, NAN, NAN), "panorama"),
    "sequoia.JPG": ((36.82, -1.29, 1700.0, 100.0, 0.0), ""),
    "exif.png": ((36.82, -1.29, 1700.0, 100.0, 0.0), ""),
}


@pytest.mark.parametrize("name", PHOTOS)
def test_the_place_of_a_photo(name: str) -> None:
    expected, said = PHOTOS[name]
    found = poses_for([raster.inspect(FIELD / "photos" / name)])
    photo = found.photos[0]
    values = (photo.lon, photo.lat, photo.altitude_m, photo.agl_m, photo.heading_deg)
    assert values == pytest.approx(expected, abs=1e-6, nan_ok=True)
    assert said in "\n".join(found.warnings)
    assert (photo.georeference is None) == bool(said)


def test_the_corner_of_a_fisheye() -> None:
    photo = poses_for([raster.inspect(FIELD / "photos/sequoia.JPG")]).photos[0]
    assert photo.georeference is not None
    corner, centre = photo.georeference.to_map([(0, 0), (640, 480)])
    assert np.hypot(*(corner - centre)) == pytest.approx(96.2, abs=0.1)


def test_one_place_for_a_photo_as_jpeg_and_as_tiff() -> None:
    photos = [raster.inspect(FIELD / "photos" / f"sensefly.{ending}") for ending in ("jpg", "tif")]
    first, second = poses_for(photos, ground=1600.0).photos
    assert (first.lon, first.lat, first.altitude_m) == (second.lon, second.lat, second.altitude_m)
    corners = [(0, 0), (600, 0), (600, 400), (0, 400)]
    assert first.georeference is not None
    assert second.georeference is not None
    assert second.georeference.to_map(corners) == pytest.approx(first.georeference.to_map(corners), abs=0.01)


def test_the_preview_of_a_raw_photo_is_not_its_picture() -> None:
    pytest.importorskip("rawpy", reason="the photos extra is not installed: pip install 'herdmap[photos]'")
    path = FIELD / "photos/DJI_0001.DNG"
    size: tuple[int, int] | None = None
    with contextlib.suppress(RasterError):  # or it is refused
        info = raster.inspect(path)
        size = info.width, info.height
    assert size in (None, (600, 400))


# ---- rasters -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "animals"), [("base_small.tif", 11), ("u16_times40.tif", 11), ("mask_hides_half.tif", None)]
)
def test_animals_of_a_raster(file: str, animals: int | None, tmp_path: Path) -> None:
    output = tmp_path / "out.gpkg"
    survey.detect(on_drive_of(tmp_path, FIELD / "rasters" / file), output, settings=survey.Settings(chips=False))
    boxes = geopackage.read_detections(output).boxes_px
    if animals is not None:
        assert len(boxes) == animals
        return
    assert 3 <= len(boxes) <= 8
    assert ((boxes[:, 0] + boxes[:, 2]) / 2 >= 210).all()


def test_nodata_as_gdal_has_it() -> None:
    with raster.RasterReader(FIELD / "rasters/f32_esri_nodata.tif") as reader:
        info = reader.info
        _, valid = reader.read(0, 0, info.width, info.height)
    assert valid is not None
    assert (~valid).sum() == 20_000
    assert not valid[:, : info.width // 2].any()


@pytest.mark.parametrize(("file", "heights"), [("dem_ft_comp.tif", (91.44018, 91.44018)), ("slope_m.tif", None)])
def test_heights(file: str, heights: tuple[float, float] | None) -> None:
    path = FIELD / "rasters" / file
    with rasterio.open(path) as dem:
        stored, place, crs = dem.read(1), dem.xy(dem.height // 2, dem.width // 2), dem.crs.to_wkt()
    found = Terrain(path).heights(np.array([place]), crs)[0]
    expected = stored[stored.shape[0] // 2, stored.shape[1] // 2] if heights is None else heights[0]
    assert found == pytest.approx(float(expected), abs=0.01)


# ---- regions -------------------------------------------------------------------------------------------------------


def test_folders_of_a_kml() -> None:
    regions = read_regions(FIELD / "regions/folders.kml")
    assert regions.names == ("Køge west", "Ñandú east")
    animals = np.array([[36.87257, -2.698], [36.87274, -2.698]])
    assert count(animals, ["sheep", "sheep"], regions, WGS84).count.tolist() == [1, 1, 0]


def test_a_region_of_two_parts_at_180_degrees() -> None:
    regions = read_regions(FIELD / "regions/am_rfc.geojson")
    assert regions.names == ("Taveuni",)
    assert assign([[179.95, -16.8], [-179.95, -16.8], [179.8, -16.8]], WGS84, regions).tolist() == [0, 0, -1]


def test_exchanged_latitude_and_longitude_of_regions() -> None:
    regions = read_regions(FIELD / "regions/swapped.geojson")
    with rasterio.open(FIELD / "rasters/base_small.tif") as image:
        left, bottom, right, top = image.bounds
        wkt = image.crs.to_wkt()
    ring = np.array([[left, bottom], [left, top], [right, top], [right, bottom], [left, bottom]])
    (line,) = untouched(regions, "swapped.geojson", [ring], wkt)
    assert "latitude and longitude are exchanged" in line


# ---- labels --------------------------------------------------------------------------------------------------------

CLASSES = ("sheep", "goat")
# What a model finds: sheep .9, sheep .04, goat .5; as centre x, centre y, width, height, score of sheep, of goat.
LOW: list[list[float]] = [[100, 100, 40, 20, 0.9, 0], [295, 295, 50, 50, 0.04, 0], [200, 200, 30, 30, 0, 0.5]]


def labels(name: str, images: str = "labels/img", classes: tuple[str, ...] = CLASSES) -> list[LabelledImage]:
    return read_labels(FIELD / "labels" / name, FIELD / images, classes)


# Each file, and how many animals it has in each of its photos, or the words of the line that refuses it.
LABELS: dict[str, tuple[dict[str, int], str]] = {
    "points0.json": ({"a/DSC1.png": 3, "a/DSC2.png": 3}, ""),
    "bom.json": ({"a/DSC1.png": 3, "a/DSC2.png": 3}, ""),
    "samename.json": ({"a/DSC1.png": 3, "b/DSC1.png": 0}, ""),
    "fn_win.json": ({"a/DSC1.png": 3, "a/DSC2.png": 3}, ""),
    "outside.json": ({"rot.jpg": 2}, "outside"),
    "dupann.json": ({"a/DSC1.png": 3, "a/DSC2.png": 3}, "has twice"),
}
REFUSED = {
    "dupid.json": ("dupid.json", "1"),
    "comma.json": ("annotation", "bbox", "80,5"),
    "strcat.json": ("annotation", "category_id"),
}


@pytest.mark.parametrize("name", LABELS)
def test_labels(name: str) -> None:
    photos, said = LABELS[name]
    found = labels(name)
    assert {photo.name: len(photo.labels) for photo in found} == photos
    assert said in " ".join(kind for photo in found for kind, _ in photo.odd)
    boxes = found[0].boxes_px[:2].tolist()
    if name == "points0.json":
        assert boxes == [[100, 100, 100, 100], [200, 200, 200, 200]]
    else:
        assert boxes == [[80, 90, 120, 110], [185, 185, 215, 215]]


@pytest.mark.parametrize("name", REFUSED)
def test_labels_that_are_refused(name: str) -> None:
    with pytest.raises(InputError) as error:
        labels(name)
    assert all(word in str(error.value) for word in REFUSED[name])
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["point0.json", "keyp.json"])
def test_animals_as_points_without_their_photos(name: str) -> None:
    document = json.loads((FIELD / "labels" / name).read_text())
    found = labels(name, classes=("sheep",))
    assert sum(len(photo.labels) for photo in found) == len(document["annotations"])
    first = document["annotations"][0]
    x, y = first.get("bbox", first.get("keypoints"))[:2]
    assert found[0].boxes_px[0].tolist() == pytest.approx([x, y, x, y])


def test_a_name_from_another_computer() -> None:
    """`..\\..\\media\\DSC1.png` may be either of two photos, and nothing outside the folder is read."""
    with pytest.raises(InputError, match="no photo there has that name"):
        labels("fn_winup.json")


def test_points_of_herdnet() -> None:
    (photo,) = labels("herdnet.csv", classes=("elephant",))
    assert photo.boxes_px.tolist() == [[100, 200, 100, 200]]


def test_pascal_voc() -> None:
    first, second = read_labels(FIELD / "labels/voc_points", FIELD / "labels/img/a", CLASSES)
    assert first.boxes_px.tolist() == [[99, 99, 100, 100], [79, 89, 120, 110]] or first.without_area.tolist() == [
        True,
        False,
    ]
    assert second.without_area.tolist() == [True]
    (turned,) = read_labels(FIELD / "labels/voc_rot", FIELD / "labels/img/a", CLASSES)
    left, top, right, bottom = turned.boxes_px[0].tolist()
    assert (right - left, bottom - top) == pytest.approx((20, 40), abs=1.1)
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx((100, 100), abs=1.1)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    model(folder / "constant.onnx", ANSWER)
    model(folder / "low.onnx", LOW)
    return folder


def evaluated(
    here: HerdmapHere, model_file: Path, name: str, output: Path, *more: object
) -> tuple[dict[str, Any], str]:
    data, images = FIELD / "labels" / name, on_drive_of(output.parent, FIELD / "labels/img")
    done = here("evaluate", "--model", model_file, "--data", data, "--images", images, "-o", output, *more)
    assert done.code == 0, done.err
    return json.loads((output / "metrics.json").read_text()), done.err


def test_a_true_positive_of_a_low_score(here: HerdmapHere, models: Path, tmp_path: Path) -> None:
    pytest.importorskip("pycocotools", reason="the evaluate extra is not installed: pip install 'herdmap[evaluate]'")
    metrics, _ = evaluated(here, models / "low.onnx", "apfloor.json", tmp_path / "out")
    assert metrics["classes"]["sheep"]["average_precision"]["ap50"] == pytest.approx(1.0)


def test_equal_names_leak_nothing(here: HerdmapHere, models: Path, tmp_path: Path) -> None:
    train = FIELD / "labels/train_b.json"
    metrics, _ = evaluated(here, models / "constant.onnx", "leakname.json", tmp_path / "out", "--trained-on", train)
    assert metrics["classes"]["sheep"]["counts"]["true"] == 2


def test_a_recall_that_one_class_cannot_reach(here: HerdmapHere, models: Path, tmp_path: Path) -> None:
    _, said = evaluated(here, models / "constant.onnx", "recallrule.json", tmp_path / "out", "--rule", "recall:0.9")
    assert "goat" in said


def test_one_photo_gives_no_interval(here: HerdmapHere, models: Path, tmp_path: Path) -> None:
    metrics, _ = evaluated(here, models / "constant.onnx", "one_iv.json", tmp_path / "out")
    assert metrics["classes"]["sheep"]["centre"]["recall_interval"] == [None, None]


def test_a_16_bit_picture_is_trained_as_it_is_searched() -> None:
    path = FIELD / "labels/gray16.png"
    with raster.RasterReader(path, raster.common_stretch([path])) as reader:
        searched, _ = reader.read(0, 0, reader.info.width, reader.info.height)
        assert reader.info.dtype == "uint16"
    pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")
    from detector.training.data import read_pixels

    pixels = read_pixels(path, raster.common_stretch([path])).permute(1, 2, 0).numpy()
    assert np.array_equal(pixels, searched)
    assert len(np.unique(searched)) > 60

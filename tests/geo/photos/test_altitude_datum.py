"""Altitudes above the ellipsoid and above sea level on elevation models of either, with PROJ's grids and without."""

import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio

from geo.photos.geoid import exact_heights, rough_heights
from geo.photos.pose_table import read_table
from geo.photos.poses import SurveyPoses, poses_for
from geo.photos.terrain import Terrain
from geo.raster import inspect
from tests.surveys.tagged_photos import (
    ALT,
    ALT_REF,
    FILM_MM,
    VERSION,
    Value,
    attributes,
    byte,
    jpeg,
    place,
    rational,
    rdf,
    short,
    undefined,
)  # fmt: skip
from tests.surveys.tagged_photos import block as exif_block
from tests.systems import symbolic_link

GEOID = -20.0  # of the grid that the test writes: sea level lies 20 m below the ellipsoid
GROUND = 1600.0
LON, LAT = 36.82, -1.29
DOWN: Mapping[str, str | float] = {"Camera__Yaw": 0, "Camera__Pitch": 0, "Camera__Roll": 0}


@pytest.fixture
def grid(tmp_path: Path) -> Iterator[None]:
    """A level geoid in PROJ's own format, by the name of its EGM96 grid."""
    before = pyproj.datadir.get_data_dir()
    folder = tmp_path / "proj"
    folder.mkdir()
    head = struct.pack(">4d2i", -90.0, -180.0, 10.0, 10.0, 19, 36)
    (folder / "egm96_15.gtx").write_bytes(head + np.full(19 * 36, GEOID, ">f4").tobytes())
    pyproj.datadir.append_data_dir(str(folder))
    yield
    pyproj.datadir.set_data_dir(before)


def dem(folder: Path, crs: str | None) -> Path:
    """A level model around the place, of a UTM zone, or in degrees where the CRS is."""
    path = folder / "dem.tif"
    degrees = crs is not None and pyproj.CRS(crs).is_geographic
    at = (LON, LAT) if degrees else pyproj.Transformer.from_crs(4326, 32737, always_xy=True).transform(LON, LAT)
    cell = 1e-3 if degrees else 100.0
    where = rasterio.Affine(cell, 0, at[0] - 20 * cell, 0, -cell, at[1] + 20 * cell)
    with rasterio.open(
        path, "w", driver="GTiff", width=40, height=40, count=1, dtype="float32", crs=crs, transform=where
    ) as file:
        file.write(np.full((40, 40), GROUND, np.float32), 1)
    return path


def hgt(folder: Path) -> Path:
    path = folder / "S02E036.hgt"
    path.write_bytes(np.full((1201, 1201), GROUND, ">i2").tobytes())
    return path


@pytest.fixture
def no_grid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """PROJ with its database alone."""
    before = pyproj.datadir.get_data_dir()
    folder = tmp_path / "proj"
    folder.mkdir()
    symbolic_link(folder / "proj.db", Path(before.split(os.pathsep)[0]) / "proj.db")
    monkeypatch.setenv("PROJ_USER_WRITABLE_DIRECTORY", str(folder))
    pyproj.datadir.set_data_dir(str(folder))
    yield
    pyproj.datadir.set_data_dir(before)


SEA, ELLIPSOID, UNKNOWN = "EPSG:32737+5773", "EPSG:4979", "EPSG:32737"
EXIF_3: Mapping[int, Value] = {VERSION: undefined(b"0300")}


@dataclass(frozen=True)
class Case:
    """A photo at an altitude, and its height above the ground of each model, with a geoid grid and without one.

    xmp, gps, photo: its tags; table: of positions, in `crs`. On a model whose datum it shares, its height is 100 m.
    above: what its altitude is above
    """

    above: str | None
    xmp: Mapping[str, str | float] = field(default_factory=dict)
    gps: Mapping[int, Value] = field(default_factory=dict)
    photo: Mapping[int, Value] = field(default_factory=dict)
    table: str = ""
    crs: str | None = None


def altitude(reference: int) -> dict[int, Value]:
    return {ALT_REF: byte(reference), ALT: rational(1700, 1)}


DJI: Mapping[str, str | float] = {"drone_dji__AbsoluteAltitude": "+1700.00"}
CASES = {
    "DJI with RTK": Case("ellipsoid", {**DJI, "drone_dji__RtkFlag": 50}),
    "DJI with an RTK receiver alone": Case("ellipsoid", {**DJI, "drone_dji__RtkFlag": 16}),
    "DJI, its kind of altitude": Case("ellipsoid", {**DJI, "drone_dji__AltitudeType": "RtkAlt"}),
    "DJI for surveys, RTK off": Case("ellipsoid", {**DJI, "drone_dji__AltitudeType": "GpsFusionAlt"}),
    "DJI without RTK": Case(None, DJI),
    "DJI, RTK off": Case(None, {**DJI, "drone_dji__RtkFlag": 0}),
    "EXIF 3.0, 0": Case("ellipsoid", gps=altitude(0), photo=EXIF_3),
    "EXIF 3.0, 2": Case("sea level", gps=altitude(2), photo=EXIF_3),
    "EXIF 2.3, 0": Case(None, gps=altitude(0)),
    "EXIF 2.3, 2": Case("sea level", gps=altitude(2)),
    "XMP, 2": Case("sea level", {"exif__GPSLatitude": "1,17.4S", "exif__GPSLongitude": "36,49.2E",
                                 "exif__GPSAltitude": "1700/1", "exif__GPSAltitudeRef": 2}),
    "Pix4D, ellipsoidal": Case("ellipsoid", {"Camera__VertCS": "ellipsoidal"}, altitude(0)),
    "Pix4D, EGM96": Case("sea level", {"Camera__VertCS": "EPSG:5773"}, altitude(0)),
    "a table of ellipsoidal heights": Case("ellipsoid", table="name,lon,lat,ellipsoidal height"),
    "a table above sea level": Case("sea level", table="name,lon,lat,altitude MSL [m]"),
    "a table that does not say": Case(None, table="name,lon,lat,altitude"),
    "a table in a CRS of three dimensions": Case("ellipsoid", table="name,lon,lat,altitude", crs="EPSG:4979"),
    "a table in a CRS with EGM96": Case("sea level", table="name,lon,lat,altitude", crs="EPSG:4326+5773"),
    "a table over tags": Case(None, {**DJI, "drone_dji__RtkFlag": 50}, table="name,lon,lat,altitude"),
}  # fmt: skip


def poses(case: Case, model: Path, folder: Path) -> SurveyPoses:
    tags = exif_block(photo={FILM_MM: short(24), **case.photo}, gps=place(LON, LAT) | dict(case.gps))
    photo = jpeg(folder / "photo.jpg", tags, rdf(attributes(**DOWN, **case.xmp)))
    position = None
    if case.table:
        position = folder / "positions.csv"
        position.write_text(f"{case.table}\nphoto.jpg,{LON},{LAT},1700\n")
    return poses_for([inspect(photo)], position, model, position_crs=case.crs)


ONE_OF_EACH = ("DJI with RTK", "EXIF 3.0, 2", "DJI without RTK")


@pytest.mark.parametrize(
    ("model", "name"),
    [(model, name) for model in (SEA, ELLIPSOID) for name in CASES] + [(UNKNOWN, name) for name in ONE_OF_EACH],
)
def test_altitudes_are_moved_by_the_geoid_where_its_grid_is(model: str, name: str, tmp_path: Path, grid: None) -> None:
    case = CASES[name]
    found = poses(case, dem(tmp_path, model), tmp_path)
    right = 100.0
    if model == SEA and case.above == "ellipsoid":
        right -= GEOID
    elif model == ELLIPSOID and case.above == "sea level":
        right += GEOID
    assert found.photos[0].agl_m == pytest.approx(right, abs=0.01)
    assert found.photos[0].altitude_m == 1700  # as its source has it
    said = "\n".join(found.warnings)
    assert ("are moved by" in said) == (right != 100.0)
    unsure = {ELLIPSOID: None, UNKNOWN: "ellipsoid"}.get(model, "never") == case.above
    assert ("if sea level, heights above ground are off by about" in said) == unsure


@pytest.mark.parametrize("name", ONE_OF_EACH)
@pytest.mark.parametrize("model", [SEA, ELLIPSOID])
def test_without_a_grid_the_likely_error_is_said(model: str, name: str, tmp_path: Path, no_grid: None) -> None:
    case = CASES[name]
    found = poses(case, dem(tmp_path, model), tmp_path)
    assert found.photos[0].agl_m == pytest.approx(100, abs=0.01)
    said = [line for line in found.warnings if "us_nga_egm96_15.tif" in line]
    differs = case.above is not None and (case.above == "ellipsoid") == (model == SEA)
    assert len(said) == differs
    if differs:
        where = found.photos[0].georeference
        assert where is not None
        assert where.error_m([(0, 0)])[0] > 10  # type: ignore[union-attr]


def test_a_format_that_lays_its_datum_down(tmp_path: Path, grid: None) -> None:
    found = poses(CASES["DJI with RTK"], hgt(tmp_path), tmp_path)
    assert found.photos[0].agl_m == pytest.approx(100 - GEOID, abs=0.01)


def test_a_take_off_that_fits_after_the_move_is_not_moved_again(tmp_path: Path, grid: None) -> None:
    case = Case("ellipsoid", {"drone_dji__AbsoluteAltitude": 1700 + GEOID, "drone_dji__RtkFlag": 50,
                              "drone_dji__RelativeAltitude": 100})  # fmt: skip
    found = poses(case, dem(tmp_path, SEA), tmp_path)
    assert found.photos[0].agl_m == pytest.approx(100, abs=0.01)
    assert "as if the flight took off" not in "\n".join(found.warnings)


def test_a_height_above_ground_needs_no_datum(tmp_path: Path) -> None:
    model = dem(tmp_path, SEA)
    laser = Case("ellipsoid", {**DJI, "drone_dji__RtkFlag": 50, "Camera__AboveGroundAltitude": 80})
    assert not [line for line in poses(laser, model, tmp_path).warnings if "ellipsoid" in line]
    tags = exif_block(photo={FILM_MM: short(24)}, gps=place(LON, LAT))
    photo = jpeg(tmp_path / "photo.jpg", tags, rdf(attributes(**DOWN, **DJI, drone_dji__RtkFlag=50)))
    assert not [line for line in poses_for([inspect(photo)], dem=model, agl=80).warnings if "ellipsoid" in line]


@pytest.mark.parametrize(
    ("crs", "above"),
    [(SEA, "sea level"), (ELLIPSOID, "ellipsoid"), (UNKNOWN, None), ("EPSG:4326+3855", "sea level"),
     ("EPSG:26912+5703", "sea level")],
)  # fmt: skip
def test_what_a_models_heights_are_above(crs: str, above: str | None, tmp_path: Path) -> None:
    assert Terrain(dem(tmp_path, crs)).above == above


@pytest.mark.parametrize(
    ("file", "above"),
    [
        ("positions/mrk.MRK", "ellipsoid"),
        ("positions/emlid.pos", "ellipsoid"),
        ("logs/airdata.csv", "sea level"),
        ("positions/geo.txt", None),
        ("positions/pix4d7.csv", None),
    ],
)
def test_what_altitudes_of_known_formats_are_above(file: str, above: str | None) -> None:
    assert read_table(Path(__file__).parents[2] / "field" / file, angles="nadir").above == above


# NGA's EGM96 at some places, metres.
EGM96 = (
    (36.82, -1.29, -16.1), (78.0, 4.5, -104.4), (147.0, -4.0, 79.0), (-25.0, 65.0, 64.3), (-179.9, 0.0, 21.1),
    (179.9, 0.0, 21.2), (0.0, 90.0, 13.6), (15.0, -90.0, -29.5), (7.4, 46.5, 50.0), (-105.0, 40.0, -17.2),
)  # fmt: skip


def test_the_rough_geoid_is_near_the_right_one() -> None:
    lon, lat, right = np.array(EGM96).T
    assert np.abs(rough_heights(lon, lat) - right).max() < 12
    everywhere = np.column_stack([np.random.default_rng(1).uniform(-180, 180, 500), np.linspace(-90, 90, 500)])
    assert np.isfinite(rough_heights(*everywhere.T)).all()


def test_a_grid_is_used_as_it_is(grid: None) -> None:
    found = exact_heights(np.array([LON, -105.0]), np.array([LAT, 40.0]), "EPSG:5773")
    assert found == pytest.approx(np.full(2, GEOID), abs=1e-3)

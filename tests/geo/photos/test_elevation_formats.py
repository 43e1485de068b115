"""Elevation models as people have them: each format and unit gives the right height. A case is a way to write one."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio
import rasterio.shutil
from numpy.typing import NDArray

from geo.errors import GeoreferenceError, RasterError
from geo.georeference import crs_to_wkt
from geo.photos.terrain import Terrain
from geo.raster import elevation_formats, inspect

ROOT = Path(__file__).parents[3]
WGS84 = crs_to_wkt("EPSG:4326")
WKT1 = pyproj.CRS("EPSG:4326").to_wkt("WKT1_ESRI")
WEST, NORTH, CELL = 7.0, 47.0, 1 / 120
ROWS, COLUMNS = np.mgrid[:121, :121]
HEIGHTS = (300 + ROWS + 2 * COLUMNS).astype(np.int16)  # at (lon, lat): 300 + 120 (north - lat) + 240 (lon - west)
PLACE, HEIGHT = np.array([[7.3, 46.6]]), 300 + 120 * 0.4 + 240 * 0.3


def geotiff(path: Path, crs: str = "EPSG:4326", unit: str | None = None, values: NDArray[np.int16] = HEIGHTS) -> Path:
    """A model of which pixel centres are whole 120ths of a degree."""
    place = rasterio.Affine(CELL, 0, WEST - CELL / 2, 0, -CELL, NORTH + CELL / 2)
    with rasterio.open(
        path, "w", driver="GTiff", width=121, height=121, count=1, dtype="int16", crs=crs, transform=place
    ) as file:
        file.write(values, 1)
        if unit is not None:
            file.set_band_unit(1, unit)
    return path


def copied(name: str, driver: str, prj: bool = False) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        rasterio.shutil.copy(geotiff(folder / "source.tif"), folder / name, driver=driver)
        if prj:
            (folder / name).with_suffix(".prj").write_text(WKT1)
        (folder / "source.tif").unlink()
        return folder / name

    return write


def srtm(folder: Path) -> Path:
    rows, columns = np.mgrid[:1201, :1201]
    (folder / "N46E007.hgt").write_bytes((300 + (rows + 2 * columns) / 10).round().astype(">i2").tobytes())
    return folder / "N46E007.hgt"


def ascii_grid(text: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        body = "\n".join(" ".join(map(str, row)) for row in HEIGHTS.tolist())
        (folder / "dem.asc").write_text(f"{text}\n{body}\n")
        (folder / "dem.prj").write_text(WKT1)
        return folder / "dem.asc"

    return write


def grass(folder: Path) -> Path:
    half = CELL / 2
    head = f"north: {NORTH + half}\nsouth: {NORTH - 1 - half}\neast: {WEST + 1 + half}\nwest: {WEST - half}"
    body = "\n".join(" ".join(map(str, row)) for row in HEIGHTS.tolist())
    (folder / "dem.txt").write_text(f"{head}\nrows: 121\ncols: 121\n{body}\n")
    (folder / "dem.prj").write_text(WKT1)
    return folder / "dem.txt"


CELLS = f"cellsize {CELL}\nNODATA_value -9999"
FILES: dict[str, Callable[[Path], Path]] = {
    "GeoTIFF": lambda folder: geotiff(folder / "dem.tif"),
    "ASCII grid": copied("dem.asc", "AAIGrid"),
    "ASCII grid by centres": ascii_grid(f"ncols 121\nnrows 121\nxllcenter {WEST}\nyllcenter {NORTH - 1}\n{CELLS}"),
    "ASCII grid in capitals": ascii_grid(
        f"NCOLS 121\nNROWS 121\nXLLCENTER {WEST}\nYLLCENTER {NORTH - 1}\n{CELLS.upper()}"
    ),
    "SRTM": srtm,
    "BIL": copied("dem.bil", "EHdr"),
    "FLT": copied("dem.flt", "EHdr"),
    "DTED 0": copied("dem.dt0", "DTED"),
    "netCDF": copied("dem.nc", "netCDF"),
    "GRASS ASCII": grass,
    "Surfer text": copied("dem.grd", "GSAG", prj=True),
    "Surfer 6": copied("dem.grd", "GSBG", prj=True),
    "Surfer 7": copied("dem.grd", "GS7BG", prj=True),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_every_format_gives_the_height(tmp_path: Path, name: str) -> None:
    path = FILES[name](tmp_path)
    assert Terrain(path).heights(PLACE, WGS84)[0] == pytest.approx(HEIGHT, abs=0.5 if name == "SRTM" else 1e-3)
    if name != "GeoTIFF":
        with pytest.raises(RasterError, match="not an image"):  # it is no picture to search
            inspect(path)


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith(("GRASS", "Surfer"))])
def test_a_vrt_over_it_too(tmp_path: Path, name: str) -> None:
    path = FILES[name](tmp_path)
    rasterio.shutil.copy(path, tmp_path / "all.vrt", driver="VRT")
    assert Terrain(tmp_path / "all.vrt").heights(PLACE, WGS84)[0] == pytest.approx(HEIGHT, abs=0.5)


FOOT, US_FOOT = 0.3048, 1200 / 3937
UNITS = {
    "none": (None, "EPSG:4326", 1.0),
    "m": ("m", "EPSG:4326", 1.0),
    "metre": ("metre", "EPSG:4326", 1.0),
    "ft": ("ft", "EPSG:4326", FOOT),
    "feet": ("Feet", "EPSG:4326", FOOT),
    "survey feet": ("US survey foot", "EPSG:4326", US_FOOT),
    "ftUS": ("ftUS", "EPSG:4326", US_FOOT),
    "us-ft": ("us-ft", "EPSG:4326", US_FOOT),
    "centimetres": ("cm", "EPSG:4326", 0.01),
    "feet by the CRS": (None, "EPSG:4326+6360", US_FOOT),
    "international feet by the CRS": (None, "EPSG:4326+8228", FOOT),
    "metres by the CRS": (None, "EPSG:4326+5773", 1.0),
}


@pytest.mark.parametrize("case", UNITS)
def test_every_unit_gives_metres(tmp_path: Path, case: str) -> None:
    unit, crs, metres = UNITS[case]
    terrain = Terrain(geotiff(tmp_path / "dem.tif", crs, unit))
    assert terrain.heights(PLACE, WGS84)[0] == pytest.approx(HEIGHT * metres, rel=1e-6)
    low, high = terrain.range_near(PLACE, WGS84, 1e6) or (0, 0)
    assert (low, high) == pytest.approx((300 * metres, 660 * metres), rel=1e-6)
    assert any("are read as" in note for note in terrain.notes()) == (metres != 1.0)


def test_the_datum_is_named(tmp_path: Path) -> None:
    (note,) = Terrain(geotiff(tmp_path / "a.tif", "EPSG:4326+5773")).notes()
    assert note == "a.tif: heights are of the datum EGM96 height"
    (note,) = Terrain(srtm(tmp_path)).notes()
    assert "EGM96" in note
    assert Terrain(geotiff(tmp_path / "b.tif")).notes() == ()
    (note,) = Terrain(geotiff(tmp_path / "c.tif", "EPSG:4326+6360")).notes()
    assert "US survey foot are read as 0.304800610 m each" in note or "0.30480061 m each" in note
    assert "NAVD88" in note


def test_what_cannot_be_an_elevation_model(tmp_path: Path) -> None:
    with pytest.raises(GeoreferenceError, match="'Kelvin', which is no unit of height"):
        Terrain(geotiff(tmp_path / "a.tif", unit="Kelvin"))
    (tmp_path / "dem.hgt").write_bytes(bytes(2 * 1201 * 1201))
    with pytest.raises(RasterError, match="by its name alone"):
        Terrain(tmp_path / "dem.hgt")
    (tmp_path / "dem.bil").write_bytes(bytes(100))
    with pytest.raises(RasterError, match=r"dem\.hdr is not beside it"):
        Terrain(tmp_path / "dem.bil")
    (tmp_path / "dem.xyz").write_text("1 2 3\n")
    with pytest.raises(RasterError, match=r"not an elevation model .* ASCII grid"):
        Terrain(tmp_path / "dem.xyz")
    ascii_grid(f"ncols 121\nnrows 121\nxllcenter 7\nyllcenter 46\n{CELLS}")(tmp_path)
    (tmp_path / "dem.prj").unlink()
    with pytest.raises(GeoreferenceError, match=r"put a \.prj beside it"):
        Terrain(tmp_path / "dem.asc")


@pytest.mark.parametrize(
    "content", [b"ncols x", b"CDF\x01" + bytes(50), b"\x89HDF\r\n\x1a\n", b"DSBB", b"UHL1" + bytes(90)]
)
def test_a_damaged_model_is_an_error_of_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "dem").write_bytes(content)
    with pytest.raises((RasterError, GeoreferenceError)) as caught:
        Terrain(tmp_path / "dem")
    assert "\n" not in str(caught.value)


def test_every_format_is_on_the_page() -> None:
    page = (ROOT / "docs/formats.md").read_text(encoding="utf-8")
    assert elevation_formats.table() in page, f"write this table into docs/formats.md:\n{elevation_formats.table()}"

"""The formats of elevation models beside those of imagery. The documentation has them in a table made of `FORMATS`.

They are read as elevation models only: what names them is a text or two bytes, which a picture could have as well.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from geo.errors import RasterError


@dataclass(frozen=True)
class ElevationFormat:
    """made_by, file: for the documentation. driver: GDAL's name of it. what: what is used of it."""

    made_by: str
    file: str
    driver: str
    what: str


FORMATS = (
    ElevationFormat("Esri, most GIS", "ASCII grid (.asc)", "AAIGrid", "heights, nodata; the CRS from a .prj beside it"),
    ElevationFormat("GRASS GIS", "ASCII grid (.txt, .asc)", "GRASSASCIIGrid", "heights; the CRS from a .prj beside it"),
    ElevationFormat(
        "NASA, USGS", "SRTM (.hgt)", "SRTMHGT", "heights above EGM96; the place from the name, N46E007.hgt"
    ),
    ElevationFormat("Esri, USGS", "BIL, BIP, BSQ, FLT with .hdr", "EHdr", "heights, nodata; the CRS from a .prj"),
    ElevationFormat("NGA, Airbus", "DTED (.dt0, .dt1, .dt2)", "DTED", "heights above mean sea level, WGS 84"),
    ElevationFormat("GEBCO, NOAA", "netCDF (.nc)", "netCDF", "one variable of heights, its unit and its CRS"),
    ElevationFormat("Golden Software Surfer", "grid (.grd), text", "GSAG", "heights; the CRS from a .prj beside it"),
    ElevationFormat("Golden Software Surfer", "grid (.grd), 6", "GSBG", "heights; the CRS from a .prj beside it"),
    ElevationFormat("Golden Software Surfer", "grid (.grd), 7", "GS7BG", "heights; the CRS from a .prj beside it"),
)
_MAGIC = (
    (b"CDF\x01", "netCDF"),
    (b"CDF\x02", "netCDF"),
    (b"CDF\x05", "netCDF"),
    (b"\x89HDF\r\n\x1a\n", "netCDF"),
    (b"DSAA", "GSAG"),
    (b"DSBB", "GSBG"),
    (b"DSRB", "GS7BG"),
)
_RAW = (".bil", ".bip", ".bsq", ".flt")
WITH_PRJ = ("AAIGrid", "GRASSASCIIGrid", "GSAG", "GSBG", "GS7BG")
"""Drivers of formats that have no CRS of their own."""
DATUMS = {"SRTMHGT": "EGM96 height", "DTED": "mean sea level"}
"""The vertical datum that a format lays down, by driver."""
VERTICAL_CRS = dict.fromkeys(DATUMS, "EPSG:5773")
"""Its CRS: EGM96, which stands for mean sea level too."""


def driver_of(path: Path, head: bytes) -> str | None:
    """The driver that reads an elevation model with these first bytes; None for none of them.

    Raises `RasterError` where a file's companion or name, which says where it lies, is missing.
    """
    for magic, driver in _MAGIC:
        if head.startswith(magic):
            return driver
    if any(head[at : at + 4] == b"UHL1" for at in (0, 80, 160)):
        return "DTED"
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if re.match(rb"(ncols|nrows|xll(corner|center)|yll(corner|center)|dx|cellsize)\s", first):
        return "AAIGrid"
    if re.match(rb"(north|south|east|west|rows|cols):", first):
        return "GRASSASCIIGrid"
    suffix = path.suffix.lower()
    if suffix == ".hgt":
        if re.match(r"[NS]\d{2}[EW]\d{3}", path.name, re.IGNORECASE) is None:
            raise RasterError(
                f"{path.name}: an .hgt file says where it lies by its name alone, as N46E007.hgt; rename it"
            )
        return "SRTMHGT"
    if suffix in _RAW:
        if not any(path.with_suffix(end).is_file() for end in (".hdr", ".HDR")):
            raise RasterError(f"{path.name}: its header {path.stem}.hdr is not beside it; copy it there")
        return "EHdr"
    return None


def table() -> str:
    """All formats as a table in Markdown, for the documentation."""
    rows = [f"| {one.made_by} | {one.file} | {one.what} |" for one in FORMATS]
    return "\n".join(["| made by | file | what is used |", "|---|---|---|", *rows])

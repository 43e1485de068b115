"""Files of positions as the programs of the trade write them: which program wrote a file, and what its columns mean.

A file is recognised by what it says: its header, or lines that only one program writes. What is recognised becomes
`Cells`: text cells under headers that `geo.photos.pose_table` knows. `FORMATS` lists every format; the documentation's
list is made from it. Whatever is not recognised is read by the names of its columns.

Sources: Mission Planner, Utilities/GeoRefImageBase.cs; OpenDroneMap's documentation of geo.txt, and opendm/shots.py;
DJI, "Phantom 4 RTK: timestamp file"; RTKLIB 2.4.3 manual, B.1 "Positioning solution file"; Pix4D, "Image geolocation
and orientation import format"; Metashape Professional manual, "Exporting reference data" and "Omega Phi Kappa format".
"""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Any

import numpy as np

from geo.errors import GeoreferenceError

MAX_JSON_BYTES = 64 << 20
FOOT_M = 0.3048
UNITS: Mapping[str, float] = {
    "m": 1.0, "metre": 1.0, "metres": 1.0, "meter": 1.0, "meters": 1.0, "deg": 1.0, "degrees": 1.0, "degree": 1.0,
    "dd": 1.0, "msl": 1.0, "ft": FOOT_M, "feet": FOOT_M, "foot": FOOT_M, "rad": math.degrees(1.0),
    "radians": math.degrees(1.0), "gon": 0.9, "grad": 0.9, "km": 1000.0, "mm": 0.001, "cm": 0.01,
}  # fmt: skip
# As exiftool writes before a name with -G.
_TAG_GROUP = re.compile(r"^(EXIF|ExifIFD|IFD0|GPS|XMP|XMP-[\w-]+|Composite|MakerNotes|File|System):")
_NO_UNITS = ("dd", "msl")  # words that stand where a unit does, and leave the unit open


@dataclass(frozen=True)
class Cells:
    """A table of text cells.

    header      one name for each column
    rows        the cells, without the header; lines: the line of the file that each row stands in
    format      the format that was recognised, or "" for a table that is read by the names of its columns
    columns     by a header's plain name (`plain_name`) the field that it is, "" for none
    angles      how its angles turn a camera: 'gimbal', 'nadir', 'aircraft', 'opk'; None: by their values
    crs         of x and y, as the file says it (WKT, PROJ text or a code); None where it does not
    angle_grid  whether its angles are against the grid of the UTM zone that the positions lie in
    local       whether x and y are offsets from a place that the file does not say
    gps_time    whether its times are GPS time, which has no leap seconds
    numbered    whether its column 'number' is the number in each photo's name
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    lines: Sequence[int]
    format: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    angles: str | None = None
    crs: str | None = None
    angle_grid: bool = False
    local: bool = False
    gps_time: bool = False
    numbered: bool = False


@dataclass(frozen=True)
class Format:
    """A format of the trade.

    maker, files  whose it is, and the files' usual names; used: what is used of it
    signature     plain names that its header has; () for a format that `read` recognises
    only          whether its header has no other names
    columns, angles, local  as in `Cells`
    """

    maker: str
    files: str
    used: str
    signature: tuple[str, ...] = ()
    only: bool = False
    written: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    angles: str | None = None
    local: bool = False
    read: Callable[[str, str], Cells | None] | None = None

    @property
    def name(self) -> str:
        return f"{self.maker} ({self.files})"


def plain_name(header: str) -> tuple[str, float, bool]:
    """A header without case, units and punctuation; its unit's factor to metres or degrees; whether it names a unit.

    'Radar_alt_ft' -> ('radaralt', 0.3048, True); 'latitude [decimal degrees]' -> ('latitude', 1.0, True)
    """
    scale, said = 1.0, False
    header = _TAG_GROUP.sub("", header)
    words = re.findall(r"[a-z]+|\d+", re.sub(r"([a-z])([A-Z])", r"\1 \2", header).lower())
    while len(words) > 1 and words[-1] in UNITS:
        unit = words.pop()
        scale, said = UNITS[unit], said or unit not in _NO_UNITS
        if len(words) > 1 and words[-1] in ("decimal", "us", "survey", "international"):
            words.pop()
    return "".join(words), scale, said


# ---- formats that a reader of their own knows --------------------------------------------------------------------


def _mission_planner_csv(name: str, text: str) -> Cells | None:
    """location.csv of Mission Planner has no header: name, latitude, longitude, altitude, yaw, pitch, roll."""
    if not re.match(r"(log)?location", name, re.IGNORECASE):
        return None
    numbered = [(n, line.split(",")) for n, line in _data_lines(text)]
    if not numbered or any(len(cells) not in (7, 8) or not _numeric(cells[1:7]) for _, cells in numbered):
        return None
    header = ("name", "lat", "lon", "alt", "yaw", "pitch", "roll")
    rows = [[cell.strip() for cell in cells[:7]] for _, cells in numbered]
    return Cells(header, rows, [n for n, _ in numbered], angles="aircraft")


_ODM_CRS = re.compile(r"(EPSG:\d{4,6}|\+proj=.+|WGS ?84 UTM \d{1,2} ?[NS]|\d{4,6})", re.IGNORECASE)


def _odm_geo(name: str, text: str) -> Cells | None:
    """OpenDroneMap's geo.txt: a line with the CRS, then name, x, y, z, yaw, pitch, roll and accuracies."""
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines or not _ODM_CRS.fullmatch(lines[0][1]) or len(lines) < 2:
        return None
    crs = lines[0][1]
    utm = re.fullmatch(r"WGS ?84 UTM (\d{1,2}) ?([NS])", crs, re.IGNORECASE)
    if utm is not None:
        crs = f"EPSG:{(32600 if utm[2].upper() == 'N' else 32700) + int(utm[1])}"
    elif crs.isdigit():
        crs = f"EPSG:{crs}"
    header = ("name", "x", "y", "z", "yaw", "pitch", "roll", "horizontalaccuracy", "verticalaccuracy")
    rows = [line.split() for _, line in lines[1:]]
    width = min(max(len(row) for row in rows), len(header))
    if width < 3:
        return None
    rows = [(row + [""] * width)[:width] for row in rows]
    if width >= 7 and not any(number_of(cell) for row in rows for cell in row[4:7]):
        # "Camera angles can be set to 0 if they are not available."
        rows = [[*row[:4], "", "", "", *row[7:]] for row in rows]
    return Cells(header[:width], rows, [n for n, _ in lines[1:]], crs=crs)


_MRK = re.compile(
    r"(\d+)\s+([\d.]+)\s+\[(\d+)\]\s+(-?[\d.]+),N\s+(-?[\d.]+),E\s+(-?[\d.]+),V\s+"
    r"(-?[\d.]+),Lat\s+(-?[\d.]+),Lon\s+(-?[\d.]+),Ellh\s+([\d.]+),\s*([\d.]+),\s*([\d.]+)\s+\d+,Q"
)


def _dji_mrk(name: str, text: str) -> Cells | None:
    """DJI's Timestamp.MRK: the number of each exposure, GPS week and second, the antenna, and from it to the camera."""
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines or _MRK.fullmatch(lines[0][1]) is None:
        return None
    rows = []
    for n, line in lines:
        match = _MRK.fullmatch(line)
        if match is None:
            raise GeoreferenceError(f"{name}: line {n} is not a line of a DJI .MRK file: {line[:60]!r}")
        number, second, week = match[1], float(match[2]), int(match[3])
        north, east, down = (float(match[i]) / 1000.0 for i in (4, 5, 6))
        lat, lon, height = float(match[7]), float(match[8]), float(match[9])
        lat += north / 111_132.0
        lon += east / (111_320.0 * max(math.cos(math.radians(lat)), 1e-6))
        moment = datetime(1980, 1, 6, tzinfo=UTC) + timedelta(weeks=week, seconds=second)
        sigma = math.hypot(float(match[10]), float(match[11])) / math.sqrt(2.0)
        numbers = (f"{lat:.9f}", f"{lon:.9f}", f"{height - down:.4f}", f"{sigma:.4f}", match[12])
        rows.append([number, moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), *numbers])
    header = ("number", "time", "lat", "lon", "ellipsoidal height", "horizontal accuracy", "vertical accuracy")
    return Cells(header, rows, [n for n, _ in lines], gps_time=True, numbered=True)


def _rtklib_pos(name: str, text: str) -> Cells | None:
    """A solution of RTKLIB or Emlid Studio: comments with %, then date, time, latitude, longitude, height, quality."""
    heads = [line for line in text.splitlines() if line.startswith("%")]
    head = next((line for line in reversed(heads) if re.search(r"GPST|UTC|JST", line)), "")
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("%")]
    if not head or not lines:
        return None
    scale = re.search(r"GPST|UTC|JST", head)
    if "latitude(deg)" not in head.replace(" ", ""):
        raise GeoreferenceError(
            f"{name}: an RTKLIB solution without latitude and longitude in degrees; save it again as "
            "'Lat/Lon/Height' with times as hh:mm:ss"
        )
    rows = []
    for n, line in lines:
        cells = [cell.strip() for cell in re.split(r"[,;\s]+", line.strip())]
        if len(cells) < 5 or not re.fullmatch(r"\d{4}/\d{1,2}/\d{1,2}", cells[0]):
            raise GeoreferenceError(
                f"{name}: line {n}: {line.strip()[:40]!r}; expected date, time, latitude, longitude and height. Save "
                "the solution again with times as yyyy/mm/dd hh:mm:ss"
            )
        zone = {"GPST": "Z", "UTC": "Z", "JST": "+09:00"}[scale[0]] if scale else "Z"
        sigma = ["", ""]
        if len(cells) >= 10 and _numeric(cells[7:10]):
            sigma = [f"{math.hypot(float(cells[7]), float(cells[8])) / math.sqrt(2.0):.4f}", cells[9]]
        rows.append([f"{cells[0]} {cells[1]}{zone}", *cells[2:5], *sigma])
    header = ("time", "lat", "lon", "ellipsoidal height", "horizontal accuracy", "vertical accuracy")
    return Cells(header, rows, [n for n, _ in lines], gps_time=bool(scale and scale[0] == "GPST"))


def _odm_shots(name: str, text: str) -> Cells | None:
    """OpenDroneMap's shots.geojson: each photo's place, and its rotation as an axis with an angle."""
    features = _json(name, text, ".geojson")
    features = features.get("features") if isinstance(features, dict) else None
    if not isinstance(features, list) or not features or "rotation" not in _properties(features[0]):
        return None
    rows = []
    for i, feature in enumerate(features, 1):
        said = _properties(feature)
        place = feature.get("geometry", {}).get("coordinates") if isinstance(feature.get("geometry"), dict) else None
        turn = said.get("rotation")
        place, turn = _three(place), _three(turn)
        if place is None or turn is None or not isinstance(said.get("filename"), str):
            raise GeoreferenceError(
                f"{name}: feature {i} has no filename, rotation of 3 numbers and point of 3 numbers, as OpenDroneMap's "
                "shots.geojson has"
            )
        rows.append([said["filename"], *(f"{value:.10f}" for value in (*place, *_opk_of(turn)))])
    header = ("name", "lon", "lat", "alt", "omega", "phi", "kappa")
    return Cells(header, rows, list(range(1, len(rows) + 1)), angles="opk", angle_grid=True)


def _odm_images(name: str, text: str) -> Cells | None:
    """OpenDroneMap's images.json: what it read of each photo's tags."""
    photos = _json(name, text, ".json")
    if not isinstance(photos, list) or not photos or not isinstance(photos[0], dict):
        return None
    if not {"filename", "latitude", "longitude"} <= set(photos[0]):
        return None
    fields = ("filename", "latitude", "longitude", "altitude", "yaw", "pitch", "roll")
    rows = []
    for i, photo in enumerate(photos, 1):
        if not isinstance(photo, dict) or not isinstance(photo.get("filename"), str):
            raise GeoreferenceError(f"{name}: entry {i} has no filename, as OpenDroneMap's images.json has")
        values = (photo.get(name) for name in fields[1:])
        rows.append([photo["filename"], *("" if _no_number(value) else repr(value) for value in values)])
    return Cells(fields, rows, list(range(1, len(rows) + 1)))


def _json(name: str, text: str, ending: str) -> Any:
    if not name.lower().endswith((".json", ".geojson")) or text.lstrip()[:1] not in ("{", "["):
        return None
    if len(text) > MAX_JSON_BYTES:
        raise GeoreferenceError(f"{name}: {len(text) >> 20} MB; expected JSON of at most {MAX_JSON_BYTES >> 20} MB")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise GeoreferenceError(f"{name}: not JSON ({error}); export it again") from error


def _properties(feature: object) -> dict[str, Any]:
    said = feature.get("properties") if isinstance(feature, dict) else None
    return said if isinstance(said, dict) else {}


def _three(values: object) -> list[float] | None:
    whole = isinstance(values, list) and len(values) >= 3 and not any(map(_no_number, values[:3]))
    return [float(value) for value in values[:3]] if whole and isinstance(values, list) else None


def _no_number(value: object) -> bool:
    return not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value)


def _opk_of(turn: Sequence[float]) -> tuple[float, float, float]:
    """Omega, phi, kappa (degrees) of a rotation from the world to camera axes (x right, y down, z forward), given as an
    axis whose length is the angle in radians (Rodrigues)."""
    axis = np.array(turn[:3], np.float64)
    angle = float(np.linalg.norm(axis))
    x, y, z = axis / angle if angle > 0 else axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    to_camera = np.eye(3) + math.sin(angle) * cross + (1.0 - math.cos(angle)) * (cross @ cross)
    to_world = to_camera.T @ np.diag([1.0, -1.0, -1.0])
    omega = math.atan2(-to_world[1, 2], to_world[2, 2])
    phi = math.asin(float(np.clip(to_world[0, 2], -1.0, 1.0)))
    kappa = math.atan2(-to_world[0, 1], to_world[0, 0])
    return math.degrees(omega), math.degrees(phi), math.degrees(kappa)


def _data_lines(text: str) -> list[tuple[int, str]]:
    return [
        (n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.lstrip().startswith("#")
    ]


def _numeric(cells: Sequence[str]) -> bool:
    return all(number_of(cell) is not None for cell in cells)


def number_of(cell: str, decimal_comma: bool = False) -> float | None:
    """A cell's finite number, or None. decimal_comma: whether a comma stands where English has a point."""
    cell = cell.strip()
    if decimal_comma and "." not in cell:
        cell = cell.replace(",", ".")
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in cell else None


# ---- the list ----------------------------------------------------------------------------------------------------

FORMATS: tuple[Format, ...] = (
    Format("OpenDroneMap", "shots.geojson", "longitude, latitude, altitude, rotation", read=_odm_shots),
    Format("OpenDroneMap", "images.json", "latitude, longitude, altitude, yaw, pitch, roll", read=_odm_images),
    Format("OpenDroneMap", "geo.txt", "the CRS, x, y, z, yaw, pitch, roll, accuracies", read=_odm_geo),
    Format(
        "DJI", ".MRK", "the exposure's number and time, the camera's latitude, longitude and ellipsoidal height (the "
        "antenna's, moved by the offsets), accuracies", read=_dji_mrk,
    ),
    Format(
        "RTKLIB, Emlid Studio", ".pos", "time, latitude, longitude, ellipsoidal height, standard deviations; photos "
        "are found by time", read=_rtklib_pos,
    ),
    Format(
        "Mission Planner", "location.csv", "latitude, longitude, altitude; the aircraft's yaw, pitch, roll",
        read=_mission_planner_csv,
    ),
    Format(
        "Mission Planner", "location.txt", "latitude, longitude, altitude; the aircraft's yaw, pitch, roll",
        signature=("name", "latitudey", "longitudex", "heightz"),
        columns={"latitudey": "lat", "longitudex": "lon", "heightz": "z", "salt": ""}, angles="aircraft",
    ),
    Format(
        "WingtraHub", "CSV", "latitude, longitude, altitude, omega, phi, kappa or yaw, pitch, roll, accuracies",
        signature=("imagename", "latitude", "longitude", "altitude"), written="image name",
    ),
    Format(
        "Pix4D", "geolocation CSV", "latitude, longitude, altitude, omega, phi, kappa or yaw, pitch, roll, accuracies",
        signature=("imagename", "latitude", "longitude", "altitude"),
    ),
    Format(
        "Pix4D", "geolocation and orientation CSV", "coordinates in the order of the CRS's axes, yaw, pitch, roll",
        signature=("imagename", "coordinate1", "coordinate2"), columns={"coordinate1": "axis1", "coordinate2": "axis2"},
        angles="nadir",
    ),
    Format(
        "Pix4D", "calibrated external parameters", "x, y, z, omega, phi, kappa; they are offsets, so the CRS must be "
        "given", signature=("imagename", "x", "y", "z", "omega", "phi", "kappa"), only=True, angles="opk", local=True,
    ),
    Format(
        "Metashape", "reference CSV", "the CRS, x or longitude, y or latitude, z or altitude, yaw, pitch, roll",
        signature=("label", "xlongitude", "ylatitude", "zaltitude"),
        columns={"xlongitude": "x", "ylatitude": "y", "zaltitude": "z"}, angles="nadir",
    ),
    Format(
        "Metashape", "reference CSV", "the CRS, x, y, z, yaw, pitch, roll",
        signature=("label", "xeast", "ynorth", "zaltitude"),
        columns={"xeast": "x", "ynorth": "y", "zaltitude": "z"}, angles="nadir",
    ),
    Format(
        "Metashape", "omega phi kappa", "x, y, z, omega, phi, kappa",
        signature=("photoid", "x", "y", "z", "omega", "phi", "kappa", "r11"), columns={"photoid": "name"}, angles="opk",
    ),
    Format(
        "Airdata", "flight log CSV", "UTC time to the millisecond, latitude, longitude, altitude above sea level, the "
        "gimbal's angles",
        signature=("timemillisecond", "datetimeutc", "latitude", "longitude", "heightabovetakeoff"),
        columns={
            "timemillisecond": "milliseconds", "datetimeutc": "time", "altitudeabovesealevel": "z",
            "heightabovetakeoff": "relative", "altitude": "", "heightabovegroundatdronelocation": "",
            "groundelevationatdronelocation": "ground", "gimbalheading": "yaw", "gimbalpitch": "pitch",
            "gimbalroll": "roll", "compassheading": "", "pitch": "", "roll": "", "heightsonar": "",
        }, angles="gimbal",
    ),
    Format(
        "DJI", "flight record CSV", "date and time, latitude, longitude, altitude above sea level, the gimbal's angles",
        signature=("osdlatitude", "osdlongitude"),
        columns={
            "osdlatitude": "lat", "osdlongitude": "lon", "osdaltitude": "z", "osdheight": "relative",
            "gimbalyaw": "yaw", "gimbalyaw360": "", "gimbalpitch": "pitch", "gimbalroll": "roll",
            "customdatelocal": "date", "customupdatetimelocal": "time", "customdateutc": "date",
            "customupdatetimeutc": "time", "osdyaw": "", "osdpitch": "", "osdroll": "",
        }, angles="gimbal",
    ),
    Format(
        "exiftool", "CSV (-csv)", "latitude, longitude, altitude with their references, gimbal angles, date and time",
        signature=("sourcefile",), columns={"gpslatituderef": "lat_ref", "gpslongituderef": "lon_ref",
                                            "gpsaltituderef": "z_ref"},
    ),
)  # fmt: skip


def read_by_maker(name: str, text: str) -> Cells | None:
    """The cells of a file that one of the readers knows, or None. Raises `GeoreferenceError` for a damaged one."""
    for known in FORMATS:
        if known.read is not None:
            cells = known.read(PurePath(name).name, text)
            if cells is not None:
                return replace(cells, format=known.name)
    return None


def by_header(header: Sequence[str]) -> Format | None:
    """The format whose header this is, or None."""
    plain = [plain_name(cell)[0] for cell in header]
    for known in FORMATS:
        if known.signature and set(known.signature) <= set(plain) and not (known.only and len(set(plain)) > 7):
            if known.written and known.written not in " ".join(header).lower():
                continue
            return known
    return None


def table() -> str:
    """All formats as a table in Markdown, for the documentation."""
    rows = [
        f"| {known.maker} | {known.files} | {known.used} |" for known in sorted(FORMATS, key=lambda f: f.maker.lower())
    ]
    return "\n".join(("| made by | file | what is used |", "|---|---|---|", *rows))

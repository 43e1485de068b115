"""Readers of files of positions that are no plain tables: Mission Planner, OpenDroneMap, DJI.

Each takes a file's name and text, and gives its cells, or None for a file of another kind.

Sources: Mission Planner, Utilities/GeoRefImageBase.cs; OpenDroneMap's documentation of geo.txt, and opendm/shots.py;
DJI, "Phantom 4 RTK: timestamp file".
"""

import json
import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from geo.errors import GeoreferenceError
from geo.photos.cells import Cells, all_numbers, number_of

MAX_JSON_BYTES = 64 << 20


def mission_planner_csv(name: str, text: str) -> Cells | None:
    """location.csv of Mission Planner has no header: name, latitude, longitude, altitude, yaw, pitch, roll."""
    if not re.match(r"(log)?location", name, re.IGNORECASE):
        return None
    numbered = [(n, line.split(",")) for n, line in _data_lines(text)]
    if not numbered or any(len(cells) not in (7, 8) or not all_numbers(cells[1:7]) for _, cells in numbered):
        return None
    header = ("name", "lat", "lon", "alt", "yaw", "pitch", "roll")
    rows = [[cell.strip() for cell in cells[:7]] for _, cells in numbered]
    return Cells(header, rows, [n for n, _ in numbered], angles="aircraft")


_ODM_CRS = re.compile(
    r"(EPSG:\d{4,6}|\+proj=.+|WGS ?84( ?/? ?UTM( zone)? ?\d{1,2} ?[NS])?|\d{4,6}"
    r"|(GEOGCS|PROJCS|COMPD_CS|GEOGCRS|PROJCRS|COMPOUNDCRS)\[.+\])",
    re.IGNORECASE,
)


def odm_geo(name: str, text: str) -> Cells | None:
    """OpenDroneMap's geo.txt: a line with the CRS, then name, x, y, z, yaw, pitch, roll and accuracies."""
    lines = [(n, line.strip()) for n, line in _data_lines(text)]
    if not lines or not _ODM_CRS.fullmatch(lines[0][1]) or len(lines) < 2:
        return None
    header = ("name", "x", "y", "z", "yaw", "pitch", "roll", "horizontalaccuracy", "verticalaccuracy")
    rows = [re.split(r"[,;\t]\s*", line) if re.search("[,;\t]", line) else line.split() for _, line in lines[1:]]
    for (n, line), row in zip(lines[1:], rows, strict=True):
        if len(row) < 3:
            raise GeoreferenceError(f"{name}: line {n}: {line[:40]!r}; expected a photo's name, x and y")
    width = min(max(len(row) for row in rows), len(header))
    rows = [(row + [""] * width)[:width] for row in rows]
    if width >= 7 and not any(number_of(cell) for row in rows for cell in row[4:7]):
        # "Camera angles can be set to 0 if they are not available."
        rows = [[*row[:4], "", "", "", *row[7:]] for row in rows]
    return Cells(header[:width], rows, [n for n, _ in lines[1:]], crs=_crs_of(lines[0][1]))


def _crs_of(said: str) -> str:
    """The CRS in the first line of a geo.txt, for `crs_to_wkt`."""
    utm = re.fullmatch(r"WGS ?84 ?/? ?UTM(?: zone)? ?(\d{1,2}) ?([NS])", said, re.IGNORECASE)
    if utm is not None:
        return f"EPSG:{(32600 if utm[2].upper() == 'N' else 32700) + int(utm[1])}"
    if re.fullmatch(r"WGS ?84", said, re.IGNORECASE):
        return "EPSG:4326"
    return f"EPSG:{said}" if said.isdigit() else said


_N, _SIGMA = r"(-?\d{1,7}(?:\.\d*)?)", r"(\d{1,7}(?:\.\d*)?|nan)"
_MRK = re.compile(
    rf"(\d{{1,9}})\s+{_N}\s+\[(\d{{1,4}})\]\s+{_N},N\s+{_N},E\s+{_N},V\s+"
    rf"{_N},Lat\s+{_N},Lon\s+{_N},Ellh\s+{_SIGMA},\s*{_SIGMA},\s*{_SIGMA}\s+\d+,Q"
)


def dji_mrk(name: str, text: str) -> Cells | None:
    """DJI's Timestamp.MRK: the number of each exposure, GPS week and second, the antenna, and from it to the camera."""
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines or (_MRK.fullmatch(lines[0][1]) is None and not name.lower().endswith(".mrk")):
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


def odm_shots(name: str, text: str) -> Cells | None:
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
        rows.append([said["filename"], *(f"{value:.10f}" for value in (*place, *opk_of(turn)))])
    header = ("name", "lon", "lat", "alt", "omega", "phi", "kappa")
    return Cells(header, rows, list(range(1, len(rows) + 1)), angles="opk", angle_grid=True)


def odm_images(name: str, text: str) -> Cells | None:
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


def opk_of(turn: Sequence[float]) -> tuple[float, float, float]:
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

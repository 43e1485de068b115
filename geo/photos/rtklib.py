"""Solutions of RTKLIB and Emlid Studio (.pos). Source: RTKLIB 2.4.3 manual, B.1 "Positioning solution file"."""

import functools
import math
import re
from datetime import UTC, datetime, timedelta

import pyproj

from geo.errors import GeoreferenceError
from geo.photos.cells import Cells, all_numbers

_HEADER = ("time", "lat", "lon", "ellipsoidal height", "horizontal accuracy", "vertical accuracy")
_ZONES = {"GPST": "Z", "UTC": "Z", "JST": "+09:00"}
_EARTH_CENTRED = "EPSG:4978"


def rtklib_pos(name: str, text: str) -> Cells | None:
    """A solution: comments with %, then the time, the place and its quality. Times as dates or as GPS week and second;
    places as latitude, longitude, height in degrees or degrees, minutes and seconds, or earth-centred."""
    heads = [line for line in text.splitlines() if line.startswith("%")]
    head = next((line for line in reversed(heads) if re.search(r"GPST|UTC|JST", line)), "")
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("%")]
    zone = re.search(r"GPST|UTC|JST", head)
    if zone is None or not lines:
        return None
    plain = head.replace(" ", "").lower()
    widths = {"latitude(deg)": 3, "latitude(d'\")": 7, "x-ecef(m)": 3}
    kind = next((said for said in widths if said in plain), None)
    if kind is None:
        raise GeoreferenceError(
            f"{name}: an RTKLIB solution with neither latitude and longitude nor earth-centred x, y and z; save it "
            "again as 'Lat/Lon/Height'"
        )
    rows = []
    for n, line in lines:
        cells = [cell.strip() for cell in re.split(r"[,;\s]+", line.strip())]
        moment = _moment(cells, _ZONES[zone[0]])
        numbers = cells[2 : 2 + widths[kind] + 5]
        if moment is None or len(numbers) < widths[kind] or not all_numbers(numbers[: widths[kind]]):
            raise GeoreferenceError(
                f"{name}: line {n}: {line.strip()[:40]!r}; expected a date, a time and the place as the header has it: "
                f"{head.lstrip('% ')[:60]}"
            )
        place = numbers[: widths[kind]]
        if kind == "x-ecef(m)":
            place = _from_earth_centred(place)
            numbers = []  # their deviations are along other axes
        elif widths[kind] == 7:
            place = [*(f"{_degrees(place[i : i + 3]):.10f}" for i in (0, 3)), place[6]]
        rows.append([moment, *place, *_sigmas(numbers[widths[kind] :])])
    return Cells(_HEADER, rows, [n for n, _ in lines], gps_time=zone[0] == "GPST")


def _moment(cells: list[str], zone: str) -> str | None:
    """The time in the first two cells: yyyy/mm/dd hh:mm:ss, or GPS week and second of the week."""
    if len(cells) < 5:
        return None
    if re.fullmatch(r"\d{4}/\d{1,2}/\d{1,2}", cells[0]):
        return f"{cells[0]} {cells[1]}{zone}"
    if not re.fullmatch(r"\d{1,4}", cells[0]) or not re.fullmatch(r"\d{1,6}(\.\d+)?", cells[1]):
        return None
    moment = datetime(1980, 1, 6, tzinfo=UTC) + timedelta(weeks=int(cells[0]), seconds=float(cells[1]))
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _degrees(cells: list[str]) -> float:
    """Degrees of cells with degrees, minutes and seconds; the sign is that of the degrees, also of -0."""
    degrees, minutes, seconds = map(float, cells)
    return math.copysign(abs(degrees) + minutes / 60.0 + seconds / 3600.0, degrees)


def _sigmas(cells: list[str]) -> list[str]:
    """The horizontal and vertical standard deviation of the cells Q, ns, sdn, sde, sdu; empty where not all stand."""
    if len(cells) < 5 or not all_numbers(cells[2:5]):
        return ["", ""]
    return [f"{math.hypot(float(cells[2]), float(cells[3])) / math.sqrt(2.0):.4f}", cells[4]]


def _from_earth_centred(cells: list[str]) -> list[str]:
    """Latitude, longitude (degrees) and height (m) above the ellipsoid of earth-centred x, y, z in metres."""
    x, y, z = map(float, cells)
    lon, lat, height = _to_degrees().transform(x, y, z)
    return [f"{lat:.9f}", f"{lon:.9f}", f"{height:.4f}"]


@functools.cache
def _to_degrees() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(_EARTH_CENTRED, "EPSG:4979", always_xy=True)

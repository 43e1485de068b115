"""GeoJSON according to RFC 7946: longitude and latitude on WGS 84, no `crs` member."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

DEGREE_DECIMALS = 7  # 1 cm on the ground; RFC 7946 (11.2) recommends no more


class Feature(NamedTuple):
    """One feature.

    Attributes:
        geometry: None if the place is unknown.
        properties: What JSON can hold, without NaN.
    """

    geometry: Mapping[str, Any] | None
    properties: Mapping[str, Any]
    id: str | None = None


def point(lon: float, lat: float) -> dict[str, Any]:
    """A point in degrees, rounded to DEGREE_DECIMALS."""
    return {"type": "Point", "coordinates": [round(float(lon), DEGREE_DECIMALS), round(float(lat), DEGREE_DECIMALS)]}


def polygons(rings: Iterable[list[list[float]]]) -> dict[str, Any] | None:
    """Outer rings, closed and counter-clockwise in degrees, as a Polygon or a MultiPolygon; None without rings."""
    coordinates = [[ring] for ring in rings]
    if len(coordinates) > 1:
        return {"type": "MultiPolygon", "coordinates": coordinates}
    return {"type": "Polygon", "coordinates": coordinates[0]} if coordinates else None


def write_features(path: Path, features: Iterable[Feature]) -> None:
    """Write a feature collection, one feature on each line, directly to `path` (see `geo.output.whole`)."""
    # A name from a model's JSON may contain half a surrogate pair, which UTF-8 cannot hold.
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        comma = "\n"
        for feature in features:
            known = {} if feature.id is None else {"id": feature.id}
            whole = {"type": "Feature", **known, "geometry": feature.geometry, "properties": feature.properties}
            file.write(comma + json.dumps(whole, ensure_ascii=False, allow_nan=False))
            comma = ",\n"
        file.write("\n]}\n")

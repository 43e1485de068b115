"""What another program reads in a file that was exported."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pyogrio
import pyproj
import shapely


def layers(path: Path) -> list[str]:
    """The names of the layers."""
    return [str(name) for name, _ in pyogrio.list_layers(path)]


def features(path: Path) -> list[dict[str, Any]]:
    """Every feature, its properties and its geometry in the file's own coordinates: by GDAL's own ogr2ogr.

    Without GDAL's programs by pyogrio's GDAL, which reads what was written without it just as independently.
    """
    if shutil.which("ogr2ogr"):
        found = []
        for name in layers(path):
            srs = ["-a_srs", "EPSG:4326"] if path.suffix != ".csv" else []
            options = ["-lco", "COORDINATE_PRECISION=12"]
            command = ["ogr2ogr", "-f", "GeoJSONSeq", *srs, *options, "/vsistdout/", str(path), name]
            done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
            assert "ERROR" not in done.stderr, done.stderr
            found += [json.loads(line) for line in done.stdout.splitlines() if line]
        return found
    found = []
    for name in layers(path):
        encoding = "utf-8" if path.suffix == ".csv" else None  # nothing in it says so
        meta, _, wkb, columns = pyogrio.raw.read(path, layer=name, encoding=encoding)
        for row in range(len(columns[0])):
            blob = None if wkb is None else wkb[row]  # a table has no shapes
            values = {field: column[row] for field, column in zip(meta["fields"], columns, strict=True)}
            known = {k: (None if v != v else v.item() if hasattr(v, "item") else v) for k, v in values.items()}
            shape = None if blob is None else json.loads(shapely.to_geojson(shapely.from_wkb(blob)))
            found.append({"properties": known, "geometry": shape})
    return found


def summary(path: Path) -> str:
    """What `ogrinfo` says of a file, or pyogrio where it is not there: with the CRS and the fields."""
    if shutil.which("ogrinfo"):
        done = subprocess.run(["ogrinfo", "-ro", "-al", "-so", str(path)], capture_output=True, text=True, check=True)
        assert "ERROR" not in done.stderr, done.stderr
        return done.stdout
    info = pyogrio.read_info(path)
    return f"{pyproj.CRS(info['crs']).to_wkt() if info['crs'] else ''}\n{list(info['fields'])}\n{info['features']}"

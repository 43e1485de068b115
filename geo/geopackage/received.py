"""What is checked in a survey before it is read: it may be damaged, or somebody may have made it to harm.

Each file is checked once, as long as it does not change.
"""

import contextlib
import sqlite3
import struct
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely

from geo import foreign_database
from geo.errors import GeoError, VectorError, one_line
from geo.geopackage import schema

_TABLES = {
    "images": schema.IMAGES,
    "detections": schema.DETECTIONS,
    "runs": schema.RUNS,
    "searches": schema.SEARCHES,
    "counts": schema.COUNTS,
    "estimates": schema.ESTIMATES,
    "tile_labels": schema.TILE_LABELS,
}
_STANDARD = ("gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys", "qgis_projects", "layer_styles")
# Reading takes at most so long, and a second more for every 2 MB of the file.
_SECONDS, _BYTES_A_SECOND = 20.0, 2e6
_MOST_KNOWN = 64
_known: OrderedDict[tuple[object, ...], None] = OrderedDict()


def admit(db: sqlite3.Connection, path: Path) -> None:
    """Limit what reading the survey may cost, and check it. db: a new connection to the file `path`.

    Raises VectorError for a survey that is damaged, or has queries in the place of tables; sqlite3.DatabaseError for
    what is no database.
    """
    found = path.stat()
    foreign_database.guard(db, _SECONDS + found.st_size / _BYTES_A_SECOND)
    (version,) = db.execute("PRAGMA data_version").fetchone()
    key = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, version)
    if key in _known:
        return
    if problem := foreign_database.problem_of(db, [*_TABLES, *_STANDARD]):
        raise VectorError(f"{path} is not the GeoPackage of a survey: it {problem}")
    (said,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        raise VectorError(
            f"{path} is damaged ({one_line(said, 80)}); restore it from a copy, or open it with `sqlite3 {path.name} "
            "'.recover'`"
        )
    _known[key] = None
    while len(_known) > _MOST_KNOWN:
        _known.popitem(last=False)


@contextlib.contextmanager
def told_in_one_line(path: Path) -> Iterator[None]:
    """While rows of the survey are read: values that cannot be are a VectorError, whichever library finds them."""
    try:
        yield
    except GeoError:
        raise
    except (
        *(ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError, MemoryError),
        *(shapely.errors.ShapelyError, pyproj.exceptions.ProjError, struct.error),
    ) as error:
        raise VectorError(
            f"{path}: it holds values that no survey has ({one_line(error, 120)}); restore it from a copy"
        ) from error


def check_values(table: str, columns: dict[str, list[Any]]) -> None:
    """Raise ValueError for a value that its column cannot have: text in the place of a number, or the other way round.

    columns: those of `table` that were read, by name.
    """
    for name, values in columns.items():
        declared = _TABLES[table].get(name, "").partition(" ")[0]
        allowed = _KINDS.get(declared)
        if allowed is None:
            continue
        for kind in set(map(type, values)) - allowed:
            row = next(row for row, value in enumerate(values) if type(value) is kind)
            expected = "text" if declared == "TEXT" else "a number"
            said = one_line(repr(values[row])[:60], 40)
            raise ValueError(f"row {row + 1} of {table} has {said} as its {name}, not {expected}")
        if declared not in ("TEXT", "BLOB"):
            large = np.abs(np.array(values, np.float64)) > _LARGEST.get(name, 1e12)
            if large.any():
                row = int(large.argmax())
                raise ValueError(f"row {row + 1} of {table} has {values[row]:.4g} as its {name}, which cannot be")


_LARGEST = dict.fromkeys(("xmin", "ymin", "xmax", "ymax"), 1e8)  # px
_KINDS: dict[str, set[type]] = {
    "TEXT": {str, type(None)},
    "REAL": {float, int, type(None)},
    "INTEGER": {int, type(None)},
    "MEDIUMINT": {int, type(None)},
    "BLOB": {bytes, type(None)},
}

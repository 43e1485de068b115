"""Converts estimates, with their strata and transects, to rows of a GeoPackage and back."""

import dataclasses
import math
import sqlite3
from collections.abc import Sequence
from typing import Any

import shapely

from geo.estimates.population import AUDIT, AUDIT_TEXT, UNCORRECTED, Estimate, Estimates
from geo.estimates.strips import Strips
from geo.estimates.transects import Strata, Transects
from geo.geopackage import schema
from geo.geopackage.table_rows import add_rows, columns_of, has_columns


def put_estimates(db: sqlite3.Connection, estimates: Estimates) -> None:
    """The rows of estimates; what is undefined is null."""
    columns: dict[str, Any] = {}
    for column in schema.ESTIMATES:
        if column in AUDIT:
            columns[column] = [None if (value := _known(row.audit(column))) == "" else value for row in estimates.rows]
        elif column != "method":
            field = {"class": "class_name"}.get(column, column)
            columns[column] = [_known(getattr(row, field)) for row in estimates.rows]
    columns["method"] = estimates.method
    schema.add_layer(
        db,
        "estimates",
        schema.ESTIMATES,
        columns,
        len(estimates),
        identifier="estimates",
        description="Population estimates per stratum and class; `all` is the sum over strata",
    )


def put_strata(db: sqlite3.Connection, estimates: Estimates, strata: Strata) -> None:
    """The layer `strata`: the estimates of each stratum that has a polygon; what is undefined is null."""
    assert strata.polygons is not None
    srs_id = schema.add_srs(db, strata.polygons.crs_wkt)
    ground = dict(zip(strata.polygons.names, strata.polygons.polygons, strict=True))
    rows = [row for row in estimates.rows if row.stratum in ground]
    wkb: list[bytes | None] = [shapely.to_wkb(ground[row.stratum]) for row in rows]
    fields = {column: {"class": "class_name"}.get(column, column) for column in schema.STRATA}
    totals: list[float | None] = [None] * len(rows)
    labels: list[str | None] = [None] * len(rows)
    for name in dict.fromkeys(row.stratum for row in rows):
        of = [n for n, row in enumerate(rows) if row.stratum == name]
        known = [density for n in of if (density := _known(rows[n].density_per_km2)) is not None]
        totals[of[0]] = sum(known) if known else None
        labels[of[0]] = _estimates_label(name, [rows[n] for n in of])
    columns: dict[str, list[Any]] = {
        column: [_known(getattr(row, field)) for row in rows]
        for column, field in fields.items()
        if column not in ("total_per_km2", "label")
    }
    columns |= {"total_per_km2": totals, "label": labels}
    add_rows(db, "strata", schema.STRATA, columns, len(rows), ("MULTIPOLYGON", srs_id, *schema.wkb_blobs(wkb, srs_id)))


def _estimates_label(stratum: str, rows: Sequence[Estimate]) -> str:
    """What the map writes on a stratum: its name and the estimate, or a line for each class."""
    said = []
    for row in rows:
        interval = (
            f"{row.ci_low:.0f} to {row.ci_high:.0f}" if math.isfinite(row.ci_low + row.ci_high) else "SE undefined"
        )
        of = f", {UNCORRECTED}" if row.correction == UNCORRECTED else ""
        said.append(f"{row.estimate:.0f} ({interval}{of})" if math.isfinite(row.estimate) else "no estimate")
    if len(rows) == 1:
        return f"{stratum}: {said[0]}"
    return "\n".join([stratum, *(f"{row.class_name}: {text}" for row, text in zip(rows, said, strict=True))])


def put_transects(db: sqlite3.Connection, strips: Strips, transects: Transects) -> None:
    """The layer `transects`: the ground of each with what was counted there, all classes together."""
    srs_id = schema.add_srs(db, strips.crs_wkt)
    wkb: list[bytes | None] = [shapely.to_wkb(polygon) for polygon in strips.polygons]
    columns = {
        "stratum": transects.stratum,
        "transect": transects.names,
        "count": [round(number) for number in transects.counts.sum(axis=1).tolist()],
        "area_km2": transects.area_km2.tolist(),
        **{
            name: None if (column := getattr(strips, name)) is None else [_known(value) for value in column.tolist()]
            for name in ("photos", "length_km", "strip_width_m")
        },
    }
    geometry = ("MULTIPOLYGON", srs_id, *schema.wkb_blobs(wkb, srs_id))
    add_rows(db, "transects", schema.TRANSECTS, columns, len(wkb), geometry)


def highest_density(db: sqlite3.Connection) -> float:
    """Animals per km2, all classes together, of the densest stratum of the layer `strata`; 0 where it has no row."""
    sums = "SELECT sum(density_per_km2) AS density FROM strata GROUP BY stratum"
    (highest,) = db.execute(f"SELECT max(density) FROM ({sums})").fetchone()  # noqa: S608 # nosec B608
    return float(highest or 0)


def get_estimates(db: sqlite3.Connection) -> Estimates | None:
    """The estimates, in the file's order; None where the file has no table of that name that Herdmap made.

    A file of an older version does not say how much ground was searched, for example: then that is NaN, and the
    interval is by t.
    """
    first = ("stratum", "class", "n", "n_possible", "area_km2", "estimate", "se", "df")
    names = [*first, "bootstrap_low", "bootstrap_high", "method"]
    if not has_columns(db, "estimates", names):
        return None
    fields = {field.name for field in dataclasses.fields(Estimate)}
    stored = [name for name in AUDIT if name in fields and name not in names and has_columns(db, "estimates", [name])]
    read = columns_of(db, "estimates", [*names, *stored])
    found = []
    for row in range(len(read["stratum"])):
        value = {name: column[row] for name, column in read.items() if name not in ("class", "method")}
        known: dict[str, Any] = {
            name: _stored(name, value[name]) for name in value if value[name] is not None or name not in stored
        }
        if "interval" in stored and value["interval"] is None:
            known["interval"] = ""
        found.append(Estimate(**{"class_name": read["class"][row], "searched_km2": math.nan, **known}))
    return Estimates(tuple(found), next(iter(read["method"]), None) or "")


def _stored(name: str, value: Any) -> Any:
    """The value of a field of an estimate, as the file has it."""
    if name == "remarks":
        return tuple(str(value).split("; "))
    return math.nan if value is None and name not in AUDIT_TEXT else value


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value

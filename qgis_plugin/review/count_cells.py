"""Writes the numbers of the layer `counts` that a review changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

Cells = Mapping[tuple[str, str], int]
"""(region, class) -> animals: what the layer `counts` shall say."""


def write(db: sqlite3.Connection, cells: Cells, totals: bool) -> None:
    """Write cells of the layer. A new class gets a row in each region, as in `herdmap count`.

    totals: whether the layer has the sum over the classes in the first row of each region.
    """
    for (region, name), number in cells.items():
        _write_cell(db, region, name, number)
    if totals:
        sums = "SELECT sum(other.count) FROM counts AS other WHERE other.region = counts.region"
        for region in {region for region, _ in cells}:
            db.execute(
                f"UPDATE counts SET total = ({sums}) WHERE fid = (SELECT min(fid) FROM counts WHERE region = ?)",  # noqa: S608 # nosec B608
                (region,),
            )


def _write_cell(db: sqlite3.Connection, region: str, name: str, number: int) -> None:
    density = "CASE WHEN area_km2 > 0 THEN ?1 / area_km2 END"
    written = db.execute(
        f"UPDATE counts SET count = ?1, density_per_km2 = {density} WHERE region = ?2 AND class = ?3",  # noqa: S608 # nosec B608
        (number, region, name),
    ).rowcount
    if written:
        return
    if not db.execute("SELECT 1 FROM counts WHERE region = ?", (region,)).fetchone():
        db.execute("INSERT INTO counts (region, class, count) VALUES (?, ?, 0)", (region, name))
    db.execute(
        "INSERT INTO counts (geom, region, class, count, area_km2, density_per_km2)"
        " SELECT geom, region, ?1, 0, area_km2, CASE WHEN area_km2 > 0 THEN 0 END FROM counts"
        " WHERE fid IN (SELECT min(fid) FROM counts GROUP BY region)"
        " AND region NOT IN (SELECT region FROM counts WHERE class = ?1)",
        (name,),
    )
    _write_cell(db, region, name, number)

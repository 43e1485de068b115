"""Counts as a table for a person at a terminal."""

import math
from collections.abc import Mapping

from geo.short_number import short_number
from geo.tables import Counts


def region_table(counts: Counts, true: Mapping[str, int] | None = None) -> str:
    """A table with a line for each region and class. With `true` (numbers by region), it has a column to compare."""
    head = ["region", "class", "count", *(["true"] if true is not None else []), "km2", "per km2"]
    rows = [head]
    each = zip(counts.region, counts.class_name, counts.count, counts.area_km2, counts.density_per_km2, strict=True)
    for region, name, number, area, density in each:
        truth = [] if true is None else [str(true.get(region, 0))]
        size = "" if math.isnan(area) else short_number(area, 4)
        rows.append([region, name, str(number), *truth, size, "" if math.isnan(density) else _plain(density)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    lines = []
    for row in rows:
        texts = [cell.ljust(width) for cell, width in zip(row[:2], widths[:2], strict=True)]
        numbers = [cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]
        lines.append("  ".join([*texts, *numbers]).rstrip())
    return "\n".join(lines)


def _plain(value: float) -> str:
    """A number with three significant digits, without an exponent."""
    return f"{value:,.0f}" if value >= 100 else short_number(value, 3)

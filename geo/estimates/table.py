"""Writes the table of estimates: as CSV for programs, and as text for people."""

import math
from typing import TextIO

from geo.csv_table import write_rows
from geo.estimates.population import AUDIT, Estimate, Estimates
from geo.estimates.transects import ALL
from geo.paths import StrPath
from geo.short_number import short_number

__all__ = ["CSV_COLUMNS", "table", "write_csv"]

CSV_COLUMNS = (
    "stratum",
    "class",
    "n",
    "N",
    "area_km2",
    "density_per_km2",
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "cv",
    *AUDIT,
)
_HEAD = (
    *("stratum", "class", "n", "N", "km2", "searched %", "counted", "per km2", "estimate", "SE", "95 % CI", "interval"),
    *("CV %", "PRP %", "bootstrap 95 %", "correction", "boxes reviewed"),
)
_TEXT = {"stratum", "class", "interval", "correction"}


def write_csv(estimates: Estimates, destination: StrPath | TextIO, *, raw: bool = False) -> None:
    """Write the rows as CSV (UTF-8, `CSV_COLUMNS`). What is undefined is empty.

    Args:
        estimates: The estimates.
        destination: A path, which appears complete or not at all, or an open text stream.
        raw: Write names as they are. By default those that a spreadsheet would run as formulas get an apostrophe first.

    Raises:
        OutputError: The file cannot be written.
    """
    rows = (
        (
            *(row.stratum, row.class_name, row.n),
            *map(_decimal, (row.n_possible, row.area_km2, row.density_per_km2, row.estimate)),
            *map(_decimal, (row.se, row.ci_low, row.ci_high, row.cv)),
            *(_cell(row.audit(column)) for column in AUDIT),
        )
        for row in estimates.rows
    )
    write_rows(destination, CSV_COLUMNS, rows, raw=raw)


def _cell(value: float | str) -> str:
    return value if isinstance(value, str) else _decimal(value)


def _decimal(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.15g}"


def table(estimates: Estimates) -> list[str]:
    """The rows as lines of text for a person, with the bootstrap and the percent relative precision."""
    cells = [_HEAD, *map(_cells, estimates.rows)]
    used = [i for i in range(len(_HEAD)) if i < 2 or any(line[i] != "-" for line in cells[1:])]
    widths = {i: max(len(line[i]) for line in cells) for i in used}
    lines = [
        "  ".join(line[i].ljust(widths[i]) if _HEAD[i] in _TEXT else line[i].rjust(widths[i]) for i in used).rstrip()
        for line in cells
    ]
    return [*lines, *_notes(estimates)]


def _notes(estimates: Estimates) -> list[str]:
    """What the intervals leave out, and remarks, each with the rows that it is of."""
    notes: dict[str, list[str]] = {}
    for row in estimates.rows:
        said = [f"the interval leaves out {row.leaves_out}"] if row.leaves_out and row.interval else []
        for text in (*said, *(row.remarks if row.stratum != ALL else ())):
            notes.setdefault(text, []).append(f"{row.class_name} in {row.stratum}")
    return [
        f"  {'all rows' if len(rows) == len(estimates) else ', '.join(rows[:4])}"
        f"{' and others' if len(rows) > 4 and len(rows) < len(estimates) else ''}: {text}"
        for text, rows in notes.items()
    ]


def _cells(row: Estimate) -> tuple[str, ...]:
    return (
        row.stratum,
        row.class_name,
        str(row.n),
        _short(row.n_possible, 1),
        short_number(row.area_km2, 4),
        _short(100 * row.searched_share, 1),
        _short(row.counted),
        _significant(row.density_per_km2),
        _short(row.estimate),
        _short(row.se),
        _span(row.ci_low, row.ci_high),
        row.interval or "-",
        _short(100 * row.cv, 1),
        _short(row.precision_pct, 1),
        _span(row.bootstrap_low, row.bootstrap_high),
        row.correction if not math.isnan(row.boxes) else "-",
        "-" if math.isnan(row.boxes) else f"{row.reviewed:.0f} of {row.boxes:.0f}",
    )


def _short(value: float, digits: int = 0) -> str:
    return "-" if math.isnan(value) else f"{value:.{digits}f}"


def _significant(value: float) -> str:
    if math.isnan(value):
        return "-"
    return short_number(value, 4)


def _span(low: float, high: float) -> str:
    return "-" if math.isnan(low) else f"{low:.0f} to {high:.0f}"

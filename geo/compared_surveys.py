"""Compares the estimates of several surveys of one place: differences, trends, and the power to see a change."""

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from geo import geopackage
from geo.csv_table import read_rows
from geo.errors import InputError, one_line
from geo.estimates.transects import ALL
from geo.estimates.trend import (
    POWER,
    Change,
    Point,
    difference,
    least_change,
    power,
    times_as_many,
    yearly_change,
)
from geo.paths import StrPath, as_path
from geo.short_number import rounded

_MAX_BYTES = 16 << 20
_NEEDED = ("date", "estimate", "se")
_LEAST_CV = 0.01  # a smaller one is rather a CV in the place of the standard error
_MAY_BE_THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_KNOWN = (*_NEEDED, "df", "stratum", "class")
COLUMNS = (
    *("stratum", "class", "kind", "from", "to", "surveys", "change", "se", "ci_low", "ci_high", "p", "df"),
    "between_surveys",
)


@dataclass(frozen=True)
class Compared:
    """One line.

    Attributes:
        stratum: The stratum, or `all`.
        class_name: The class.
        kind: `difference`, in animals from the first date to the second; or `trend`, the share of change in a year.
        points: The surveys.
        change: The result.
    """

    stratum: str
    class_name: str
    kind: str
    points: tuple[Point, ...]
    change: Change

    def cells(self) -> list[object]:
        """The line as cells of `COLUMNS`."""
        one, digits = self.change, 2 if self.kind == "difference" else 5
        return [
            *(self.stratum, self.class_name, self.kind, round(self.points[0].year, 3), round(self.points[-1].year, 3)),
            *(len(self.points), *(rounded(value, digits) for value in (one.value, one.se, one.low, one.high))),
            *(rounded(one.p, 5), rounded(one.df, 1), round(one.between, 5)),
        ]

    def line(self) -> str:
        """The line for a person."""
        one, who = self.change, f"{self.stratum}, {self.class_name}"
        if self.kind == "difference":
            before, after = self.points[0], self.points[-1]
            said = (
                f"{who}: from {before.number:,.0f} ({before.year:.1f}) to {after.number:,.0f} ({after.year:.1f}), "
                f"{one.value:+,.0f}"
            )
            exact = [f"{point.year:.1f}" for point in (before, after) if point.se == 0]
            if len(exact) == 2:
                return f"{said}, without an interval or p: both standard errors are 0, as of full counts"
            said += f" (95% {one.low:+,.0f} to {one.high:+,.0f}, {_p(one.p)})"
            return f"{said}; that of {exact[0]} has a standard error of 0 and is taken as exact" if exact else said
        said = f"{who}: {one.value:+.1%} a year (95% {one.low:+.1%} to {one.high:+.1%}, {_p(one.p)})"
        if one.between > 0:
            said += f"; surveys differ by {one.between:.0%} beyond their errors"
        return said


def _p(value: float) -> str:
    return f"p = {value:.3f}" if value >= 0.0005 else "p < 0.001"


def compare_surveys(files: Sequence[StrPath], see_pct: float | None = None) -> tuple[list[Compared], list[str]]:
    """Compare the estimates in surveys or in tables: each two surveys that follow each other, and the trend.

    Args:
        files: GeoPackages with estimates, dated by their photos, or CSV tables with the columns `date`, `estimate` and
            `se`, and, if there are several, `stratum`, `class` and `df`. A date is a year such as 2019.5 or ISO 8601.
        see_pct: A change in a year, in percent, for which the power is said; None for the smallest that can be seen.

    Returns:
        The results, and lines about the power and about what was not compared, and why.

    Raises:
        InputError: A file has no estimates or no date, or a group has a single survey.
    """
    groups: dict[tuple[str, str], list[Point]] = {}
    said: list[str] = []
    for file in files:
        path = as_path(file)
        for stratum, name, point in _of_survey(path, said) if path.suffix.lower() == ".gpkg" else _of_table(path, said):
            groups.setdefault((stratum, name), []).append(point)
    found: list[Compared] = []
    for (stratum, name), points in groups.items():
        points.sort(key=lambda point: point.year)
        if len({point.year for point in points}) < 2:
            said.append(f"{stratum}, {name}: all estimates are of {points[0].year:.1f}, so there is nothing to compare")
            continue
        for before, after in itertools.pairwise(points):
            if before.year < after.year:
                found.append(Compared(stratum, name, "difference", (before, after), difference(before, after)))
        if all(point.number > 0 and point.se > 0 for point in points):
            trend = yearly_change(points)
            found.append(Compared(stratum, name, "trend", tuple(points), trend))
            said.append(_power_line(f"{stratum}, {name}", points, trend.between, see_pct))
        else:
            said.append(f"{stratum}, {name}: no trend, which needs estimates and standard errors above 0")
        said += [
            f"{stratum}, {name}: a standard error of {point.se:g} for {point.number:,.0f} animals ({point.year:.1f}) "
            "is very small; expected animals, not a share or a CV"
            for point in points
            if 0 < point.se < min(1, _LEAST_CV * point.number)
        ]
    if see_pct is not None and 0 < abs(see_pct) < 1:
        said.append(f"the power is for a change of {see_pct:g} % a year; if that is a share, give {100 * see_pct:g}")
    if not found:
        raise InputError(
            "no stratum and class has estimates of two dates; expected two surveys of one place, with estimates"
        )
    return found, said


def _power_line(who: str, points: Sequence[Point], between: float, see_pct: float | None) -> str:
    years = [point.year for point in points]
    cv = math.sqrt(math.expm1(float(np.mean([point.log_variance for point in points]))))
    if see_pct is None:
        least = least_change(years, cv, between=between)
        smallest = f"a decline of {least:.1%} a year" if math.isfinite(least) else "no decline"
        return f"{who}: surveys like these {len(points)} (CV {cv:.0%}) show {smallest} in {POWER:.0%} of cases"
    share = see_pct / 100
    chance = power(years, cv, share, between)
    times = times_as_many(years, cv, share, between=between)
    need = (
        f"{times:.1f} times as many transects in each show it in {POWER:.0%}"
        if math.isfinite(times)
        else f"no number of transects shows it in {POWER:.0%}; fly over more years"
    )
    like = f"{who}: surveys like these {len(points)} (CV {cv:.0%})"
    return f"{like} show {share:+.1%} a year in {chance:.0%} of cases; {need}"


def _of_survey(path: Path, said: list[str]) -> Iterator[tuple[str, str, Point]]:
    estimates = geopackage.read_estimates(path)
    if estimates is None or not len(estimates):
        raise InputError(
            f"{path.name} has no estimates; estimate the population of each survey first", about="estimate"
        )
    seconds = [value for text in geopackage.read_images(path).captured_at if (value := _year(text)) is not None]
    if not seconds:
        raise InputError(
            f"{path.name}: no photo says when it was taken; give a table with the columns date, estimate and se"
        )
    year = float(np.median(seconds))
    for row in estimates.rows:
        if math.isfinite(row.estimate) and math.isfinite(row.se):
            yield row.stratum, row.class_name, Point(year, row.estimate, row.se, _df(row.df))
        else:
            said.append(
                f"{row.stratum}, {row.class_name}: not compared with {path.name}, whose estimate has no standard error"
            )


def _of_table(path: Path, said: list[str]) -> Iterator[tuple[str, str, Point]]:
    rows = read_rows(path, _MAX_BYTES, "estimates")
    _, header = next(rows, (0, []))
    at = {name: n for n, cell in enumerate(header) if (name := cell.strip().lower()) in _KNOWN}
    missing = [name for name in _NEEDED if name not in at]
    if missing:
        raise InputError(
            f"{path.name}: no column {missing[0]}; expected the columns date, estimate and se, and also stratum, class "
            "and df if there are any"
        )
    with_decimals: list[str] = []
    for line, cells in rows:
        cell = {name: cells[n].strip() if n < len(cells) else "" for name, n in at.items()}
        year = _year(cell["date"])
        try:
            number, se = float(cell["estimate"]), float(cell["se"])
            df = float(cell.get("df") or "inf")
        except ValueError:
            number = se = df = math.nan
        if year is None or not (number >= 0 and se >= 0 and math.isfinite(number + se) and df > 0):
            raise InputError(
                f"{path.name}, line {line}: expected a date such as 2026-07-01, an estimate and a standard error of 0 "
                f"or more, with points before the decimals, and found {one_line(' | '.join(cell.values()), 80)}"
            )
        if "." in cell["estimate"]:
            with_decimals.append(cell["estimate"])
        yield cell.get("stratum") or ALL, cell.get("class") or ALL, Point(year, number, se, df)
    if with_decimals and all(map(_MAY_BE_THOUSANDS.fullmatch, with_decimals)):
        said.append(
            f"{path.name}: the estimate {with_decimals[0]} is read as {float(with_decimals[0]):g} animals. If the "
            "point separates thousands, write it without"
        )


def _df(value: float) -> float:
    return value if math.isfinite(value) and value > 0 else math.inf


def _year(text: str | None) -> float | None:
    """A date in years: from a number such as 2019.5, or from ISO 8601. None if it is neither."""
    try:
        year = float(text or "")
        return year if 1800 <= year <= 2200 else None
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text or "").replace(tzinfo=UTC)
    except ValueError:
        return None
    first, after = datetime(moment.year, 1, 1, tzinfo=UTC), datetime(moment.year + 1, 1, 1, tzinfo=UTC)
    return moment.year + (moment - first) / (after - first)

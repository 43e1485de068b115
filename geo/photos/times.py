"""Moments in time as tables of positions write them, in seconds since 1970."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo.errors import GeoreferenceError

Floats = NDArray[np.float64]

_CLOCK = r"(?:[T ,]+(\d{1,2}):(\d\d)(?::(\d\d)([.,]\d{1,9})?)?)?\s*(Z|UTC|[+-]\d\d:?\d\d|[AP]M)?"
_ISO = re.compile(r"(\d{4})[-/:.](\d{1,2})[-/:.](\d{1,2})" + _CLOCK)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})" + _CLOCK)

_EPOCH_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3), (-1.0, 1.0))


def read_times(
    cells: Sequence[str], dates: Sequence[str] | None, header: str, lines: Sequence[int], path: Path
) -> tuple[Floats, bool]:
    """Seconds since 1970 of each cell (N,), NaN where empty, and whether they are UTC or carry a zone.

    cells: a column of one format, in `lines` of the file; dates: the column of dates where the cells are hours alone.
    Raises `GeoreferenceError` for what is no time, has no date, or can be read in two ways.
    """
    out = np.full(len(cells), np.nan)
    kinds: dict[str, int] = {}
    matches: list[tuple[int, str, re.Match[str]]] = []
    zones = set()
    for i, cell in enumerate(cells):
        text = cell
        if not text:
            continue
        if dates is not None and re.match(r"\d{1,2}:\d\d", text):
            text = f"{dates[i]} {text}"
        where = f"{path.name}: line {lines[i]}, column {header!r}"
        if re.fullmatch(r"\d{9,19}(\.\d+)?", text):
            value = float(text)
            # Seconds, or milliseconds, microseconds or nanoseconds, by the size of a moment in our time.
            out[i] = value / next(unit for above, unit in _EPOCH_UNITS if value > above)
            kinds.setdefault("seconds since 1970", lines[i])
            zones.add(True)
        elif (match := _ISO.fullmatch(text)) is not None:
            kinds.setdefault("year-month-day", lines[i])
            matches.append((i, "iso", match))
        elif (match := _DAY_FIRST.fullmatch(text)) is not None:
            kinds.setdefault(f"day/month/year with {re.sub('[0-9]', '', text)[:1]!r}", lines[i])
            matches.append((i, "day", match))
        elif re.match(r"\d{1,2}:\d\d", text):
            raise GeoreferenceError(f"{where}: {text[:30]!r} is a time without a date; add a column 'date'")
        else:
            raise GeoreferenceError(
                f"{where}: {text[:30]!r} is not a time; expected a time such as 2024-07-16T15:12:00Z"
            )
    if len(kinds) > 1:
        told = ", ".join(f"{kind} in line {line}" for kind, line in kinds.items())
        raise GeoreferenceError(f"{path.name}: column {header!r} mixes date formats ({told}); write all as 2024-07-16")
    month_first = _month_first([match for _, kind, match in matches if kind == "day"], header, path)
    for i, kind, match in matches:
        year, month, day = int(match[1]), int(match[2]), int(match[3])
        if kind == "day":
            year, month, day = int(match[3]), int(match[1 if month_first else 2]), int(match[2 if month_first else 1])
        out[i], zoned = _seconds(
            (year, month, day), match.groups()[3:7], match[8], f"{path.name}: line {lines[i]}, column {header!r}"
        )
        zones.add(zoned)
    if len(zones) > 1:
        raise GeoreferenceError(f"{path.name}: column {header!r} has times with and without a zone; write all alike")
    return out, zones == {True} or (zones == {False} and "utc" in header.lower())


def _month_first(dates: Sequence[re.Match[str]], header: str, path: Path) -> bool:
    """Whether dates as 07/16/2024 have the month first. Raises `GeoreferenceError` where nobody can tell."""
    days = [(int(match[1]), int(match[2])) for match in dates]
    month_first = any(second > 12 for _, second in days)
    if month_first and any(one > 12 for one, _ in days):
        raise GeoreferenceError(
            f"{path.name}: column {header!r} mixes day/month and month/day; write all as 2024-07-16"
        )
    if days and not month_first and all(one <= 12 and one != second for one, second in days):
        raise GeoreferenceError(
            f"{path.name}: dates such as {days[0][0]:02}/{days[0][1]:02} in column {header!r} can be day/month or "
            "month/day; write them as 2024-07-16"
        )
    return month_first


def _seconds(
    date: tuple[int, int, int], clock: Sequence[str | None], zone: str | None, where: str
) -> tuple[float, bool]:
    hour, minute, second = (int(part or 0) for part in clock[:3])
    if zone in ("AM", "PM"):
        hour, zone = hour % 12 + (12 if zone == "PM" else 0), None
    fraction = float("0." + clock[3][1:]) if clock[3] else 0.0
    try:
        moment = datetime(*date, hour, minute, min(second, 59), tzinfo=UTC) + timedelta(
            seconds=second - min(second, 59)
        )
    except ValueError as error:
        raise GeoreferenceError(f"{where}: there is no such date or time ({error}); correct it") from error
    offset = 0.0
    if zone and zone[0] in "+-":
        offset = (int(zone[1:3]) * 60 + int(zone[-2:])) * (60.0 if zone[0] == "+" else -60.0)
    return moment.timestamp() + fraction - offset, zone is not None


def iso_seconds(text: str) -> tuple[float, bool]:
    """An ISO 8601 moment as seconds since 1970, as UTC where it has no zone, and whether it has one.

    Raises `GeoreferenceError` where it is none.
    """
    match = _ISO.fullmatch(text.strip())
    if match is None or match[4] is None:
        raise GeoreferenceError(f"{text[:40]!r} is not a time; expected a time such as 2024-07-16T15:12:00Z")
    return _seconds((int(match[1]), int(match[2]), int(match[3])), match.groups()[3:7], match[8], repr(text[:40]))


def to_the_millisecond(times: Floats, elapsed: Floats) -> Floats:
    """Times that a log cuts to whole seconds, by the seconds since its start that it has beside them."""
    known = np.isfinite(times) & np.isfinite(elapsed)
    # The cut takes off less than a second: the start is the latest that it allows.
    return times if not known.any() else np.asarray(elapsed + float(np.max(times[known] - elapsed[known])))


# When GPS time ran how many seconds ahead of UTC (IERS Bulletin C).
_LEAPS = ((1483228800.0, 18.0), (1435708800.0, 17.0), (1341100800.0, 16.0), (1230768000.0, 15.0), (1136073600.0, 14.0))


def leap_seconds(times: Floats) -> Floats:
    """By how many seconds GPS time was ahead of UTC at moments (N,), in seconds since 1970."""
    ahead = np.full(len(times), 13.0)
    for since, seconds in reversed(_LEAPS):
        ahead[times >= since] = seconds
    return ahead

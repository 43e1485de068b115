"""Distance sampling from tables: what was seen at which distance from which line, and how long the lines are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from geo.csv_table import read_rows
from geo.errors import InputError, one_line
from geo.estimates.distance import KEYS, Density, Detection, Key, density, fit
from geo.estimates.rows import how_to_write
from geo.paths import StrPath, as_path
from geo.short_number import rounded

_MAX_BYTES = 64 << 20
_LONGEST_KM = 1500.0
COLUMNS = (
    *("key", "chosen", "aic", "width_m", "detections", "p", "p_se", "group_size", "group_size_se", "density_per_km2"),
    *(
        "se",
        "ci_low",
        "ci_high",
        "cv",
        "df",
        "cv_encounter",
        "cv_p",
        "cv_size",
        "animals",
        "animals_low",
        "animals_high",
    ),
)


@dataclass(frozen=True)
class Fitted:
    """One detection function and the density by it, in animals per square metre."""

    found: Detection
    density: Density
    chosen: bool
    area_km2: float | None

    def cells(self) -> list[object]:
        """The cells of `COLUMNS`."""
        one, d = self.found, self.density
        each_km2 = [1e6 * value for value in (d.value, d.se, d.low, d.high)]
        area = math.nan if self.area_km2 is None else self.area_km2
        return [
            *(one.key, int(self.chosen), round(one.aic, 4), round(one.width, 3), d.detections),
            *(rounded(value, 6) for value in (one.p, one.p_se, *d.size, *each_km2, d.se / d.value)),
            rounded(d.df, 1),
            *(rounded(value, 6) for value in (d.cv_encounter, d.cv_p, d.cv_size)),
            *(rounded(area * value, 1) for value in (each_km2[0], each_km2[2], each_km2[3])),
        ]

    def line(self) -> str:
        """For a person."""
        one, d = self.found, self.density
        low, high = 1e6 * d.low, 1e6 * d.high
        said = (
            f"{one.key}{' (chosen)' if self.chosen else ''}: AIC {one.aic:.2f}, {d.detections} groups within "
            f"{one.width:g} m, {one.p:.1%} of them seen (SE {one.p_se:.1%}), group size {d.size[0]:.2f} by "
            f"{d.size_by}; {1e6 * d.value:.4g} animals per km2"
        )
        known = math.isfinite(low)
        said += f" (95% {low:.4g} to {high:.4g}, CV {d.se / d.value:.1%})" if known else " (no SE: one line gives none)"
        if self.area_km2 is not None:
            animals = [1e6 * self.area_km2 * value for value in (d.value, d.low, d.high)]
            said += f"; {animals[0]:,.0f} animals in {self.area_km2:g} km2"
            said += f" ({animals[1]:,.0f} to {animals[2]:,.0f})" if known else ""
        return said


def estimate_by_distance(
    sighting_file: StrPath,
    line_file: StrPath,
    *,
    width_m: float | None = None,
    key: Key | None = None,
    area_km2: float | None = None,
) -> tuple[list[Fitted], list[str]]:
    """Estimate the density from sightings with distances.

    Args:
        sighting_file: CSV with the columns `transect` and `distance_m`, and `size` if groups were seen.
        line_file: CSV with the columns `transect` and `length_km`: each line that was flown, both sides searched.
        width_m: The truncation; None for the largest distance.
        key: The detection function; None for the one with the smaller AIC.
        area_km2: The area for which animals are wanted.

    Returns:
        The fits, the chosen one first, and what to know of them.

    Raises:
        InputError: A table cannot be used, or the distances allow no fit.
    """
    lines = dict(_lines(as_path(line_file)))
    at = {name: n for n, name in enumerate(lines)}
    seen = list(_sightings(as_path(sighting_file), at))
    distances = np.array([distance for _, distance, _ in seen])
    found = sorted((fit(distances, one, width_m) for one in ((key,) if key else KEYS)), key=lambda one: one.aic)
    within = distances <= found[0].width
    on = [n for (n, _, _), inside in zip(seen, within.tolist(), strict=True) if inside]
    sizes = [size for (_, _, size), inside in zip(seen, within.tolist(), strict=True) if inside]
    single = all(size == 1 for size in sizes)
    lengths = [1000 * km for km in lines.values()]
    fitted: list[Fitted] = []
    remarks: list[str] = []
    for n, one in enumerate(found):
        result, said = density(one, on, lengths, None if single else sizes)
        fitted.append(Fitted(one, result, n == 0, area_km2))
        remarks += said
    if (longest := max(lines.values())) > _LONGEST_KM:
        remarks.append(f"a line of {longest:g} km is longer than a flight: check that length_km is in km")
    if not within.all():
        remarks.append(f"{int((~within).sum())} sightings beyond {found[0].width:g} m are left out")
    return fitted, list(dict.fromkeys(remarks))


def _lines(path: Path) -> Sequence[tuple[str, float]]:
    found: dict[str, float] = {}
    for number, cell in _table(path, ("transect", "length_km")):
        length = _number(cell["length_km"])
        if not length > 0 or cell["transect"] in found:
            raise InputError(
                f"{path.name}, line {number}: expected each transect once, with a length above 0, and found "
                f"{one_line(' | '.join(cell.values()), 80)}{_mend(cell['length_km'])}"
            )
        found[cell["transect"]] = length
    if not found:
        raise InputError(f"{path.name}: no transect; expected a row for each, also where nothing was seen")
    return list(found.items())


def _sightings(path: Path, at: dict[str, int]) -> list[tuple[int, float, float]]:
    found = []
    for number, cell in _table(path, ("transect", "distance_m")):
        distance, size = _number(cell["distance_m"]), _number(cell.get("size") or "1")
        if cell["transect"] not in at or not distance >= 0 or not size > 0:
            raise InputError(
                f"{path.name}, line {number}: expected a transect of the other table, a distance of 0 or more and a "
                f"size above 0, and found {one_line(' | '.join(cell.values()), 80)}"
                f"{_mend(cell['distance_m'], cell.get('size') or '')}"
            )
        found.append((at[cell["transect"]], distance, size))
    return found


def _table(path: Path, needed: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    rows = read_rows(path, _MAX_BYTES, "distances")
    _, header = next(rows, (0, []))
    names = [cell.strip().lower() for cell in header]
    for name in needed:
        if name not in names:
            raise InputError(f"{path.name}: no column {name}; expected {' and '.join(needed)}")
    return [
        (number, {name: (cells[n].strip() if n < len(cells) else "") for n, name in enumerate(names)})
        for number, cells in rows
    ]


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def _mend(*cells: str) -> str:
    """How to write the numbers of these cells, if it is known."""
    said = next(filter(None, map(how_to_write, cells)), "")
    return f". Write numbers{said.removeprefix(',')}" if said else ""

"""Warnings that save a survey: what is odd about photos that were taken one after the other.

Each check takes columns of N photos and answers with (index, reason) pairs. A reason is for the photo's row; `summary`
makes the lines that a person reads first.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.areas import GEOD
from geo.errors import Remark
from geo.georeference import middle_place

Floats = NDArray[np.float64]
Reason = tuple[int, str]


_FAR_M = 100_000.0
_GAP = 1.7  # times the usual distance
_STRIP_TURN_DEG = 30.0
_LEAST_PHOTOS = 5


@dataclass(frozen=True, eq=False)
class Flown:
    """The columns: names, time (seconds, NaN unknown), lon, lat (degrees), heading_deg (where the top of the photo
    points, NaN unknown), each (N,)."""

    names: Sequence[str]
    time: Floats
    lon: Floats
    lat: Floats
    heading_deg: Floats


def all_checks(flown: Flown) -> list[Reason]:
    """Every check of this module."""
    return [
        *swapped_or_far(flown),
        *duplicates(flown),
        *out_of_order(flown),
        *gaps(flown),
        *against_the_track(flown),
    ]


def swapped_or_far(flown: Flown) -> list[Reason]:
    """Photos whose latitude and longitude are those of the others the other way round, or that lie far away."""
    known = np.flatnonzero(np.isfinite(flown.lon) & np.isfinite(flown.lat))
    if len(known) < 3:
        return []
    lon, lat = middle_place(flown.lon[known], flown.lat[known])
    n = len(known)
    distance = GEOD.inv(np.full(n, lon), np.full(n, lat), flown.lon[known], flown.lat[known])[2]
    found = []
    for i in known[distance > _FAR_M].tolist():
        if abs(flown.lon[i] - lat) < 1 and abs(flown.lat[i] - lon) < 1:
            found.append((i, "its latitude and longitude are swapped, compared with the other photos"))
        else:
            found.append((i, "it lies more than 100 km from the other photos"))
    return found


def duplicates(flown: Flown) -> list[Reason]:
    """Photos with the same time and place as an earlier one."""
    seen: dict[tuple[float, float, float], int] = {}
    found = []
    for i, key in enumerate(zip(flown.time.tolist(), flown.lon.tolist(), flown.lat.tolist(), strict=True)):
        if any(value != value for value in key):
            continue
        if key in seen:
            found.append((i, f"same time and place as {_short(flown.names[seen[key]])}: it may be a copy"))
        else:
            seen[key] = i
    return found


def out_of_order(flown: Flown) -> list[Reason]:
    """Photos whose number follows another's that was taken later (within one folder and name)."""
    series: dict[str, list[tuple[int, int]]] = {}
    for i, name in enumerate(flown.names):
        match = re.search(r"^(.*?)(\d{1,12})(\D*)$", name)
        if match is not None and np.isfinite(flown.time[i]):
            series.setdefault(match[1] + "\0" + match[3], []).append((int(match[2]), i))
    found = []
    for members in series.values():
        members.sort()
        for (before, earlier), (after, later) in itertools.pairwise(members):
            # Cameras start again at 1 after 9999; that is no disorder.
            if after == before + 1 and flown.time[later] < flown.time[earlier] - 1.0:
                found.append((later, f"taken before {_short(flown.names[earlier])}, whose number is lower"))
    return found


def gaps(flown: Flown) -> list[Reason]:
    """Photos before which one is missing in their strip: the distance is much longer than the strip's usual one."""
    order, distance, bearing, duration = _sequence(flown, least_m=1.0)
    if len(distance) < _LEAST_PHOTOS:
        return []
    usual = float(np.median(distance))
    pace = float(np.median(duration))
    onward = np.abs((np.diff(bearing) + 180.0) % 360.0 - 180.0) < _STRIP_TURN_DEG
    straight = np.concatenate([[True], onward]) & np.concatenate([onward, [True]])
    odd = straight & (distance > _GAP * usual) & (duration > _GAP * pace) & (usual > 1.0)
    # Beyond ten frames it is another strip on the same heading.
    odd &= distance < 10 * usual
    return [
        (int(order[i + 1]), f"a gap of {distance[i]:.0f} m in the strip before it (usually {usual:.0f} m)")
        for i in np.flatnonzero(odd)
    ]


def against_the_track(flown: Flown) -> list[Reason]:
    """All photos, where most point against the way they were flown: the clock offset or the yaw is wrong."""
    order, distance, bearing, _ = _sequence(flown)
    moving = distance > 1.0
    yaw = flown.heading_deg[order[:-1]]
    usable = moving & np.isfinite(yaw)
    if usable.sum() < _LEAST_PHOTOS:
        return []
    off = np.abs((yaw[usable] - bearing[usable] + 180.0) % 360.0 - 180.0)
    if (off > 135.0).mean() < 0.6:
        return []
    told = "it points against the direction of flight, as most photos do; check the clock offset and the yaw"
    return [(int(i), told) for i in order[:-1][usable][off > 135.0]]


def summary(reasons: Iterable[Sequence[str]], names: Sequence[str]) -> tuple[str, ...]:
    """One line for each kind of reason: how many photos have it, and the first. Numbers do not tell kinds apart."""
    counts: Counter[str] = Counter()
    first: dict[str, tuple[str, str]] = {}
    for name, said in zip(names, reasons, strict=True):
        for reason in said:
            kind = re.sub(r"-?\d+(\.\d+)?", "#", re.sub(r"[\w.-]+\.(jpe?g|tiff?|png|webp)\b", "@", reason, flags=re.I))
            counts[kind] += 1
            first.setdefault(kind, (name, reason))
    lines = []
    for kind, count in counts.most_common():
        name, reason = first[kind]
        text = f"{_short(name)}: {reason}" if count == 1 else f"{count} photos, first {_short(name)}: {reason}"
        lines.append(Remark(text, about=getattr(reason, "about", None)))
    return tuple(lines)


def _sequence(flown: Flown, least_m: float = 0.0) -> tuple[NDArray[np.int64], Floats, Floats, Floats]:
    """Photos with place and time in the order of time, without those less than `least_m` from the one before: indices
    (M,), and distance, bearing, seconds (M-1,) between."""
    known = np.flatnonzero(np.isfinite(flown.time) & np.isfinite(flown.lon) & np.isfinite(flown.lat))
    order = known[np.argsort(flown.time[known], kind="stable")]
    for _attempt in range(2):
        lon, lat = flown.lon[order], flown.lat[order]
        bearing, _back, distance = GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
        moved = np.concatenate([[True], distance >= least_m])[: len(order)]
        if moved.all():
            break
        order = order[moved]
    return order, np.asarray(distance), np.asarray(bearing) % 360.0, np.diff(flown.time[order])


def _short(name: str) -> str:
    return re.split(r"[\\/]", name)[-1][:80]

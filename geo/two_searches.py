"""Compares what two observers found in the same photos, and estimates what both missed.

An observer is a survey's file: a person who searched the photos, or a detector. Sightings are matched photo by photo,
one to one, if their centres are close for their sizes. Only photos that both searched are compared.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geo import geopackage
from geo.errors import InputError, one_line
from geo.estimates.double_observer import Both, Factor, chapman, huggins, observers_warnings, product, seen_share
from geo.overlaps.one_to_one import one_to_one
from geo.paths import StrPath, as_path
from geo.short_number import rounded
from geo.standing import select
from geo.tables import DetectionRows, Images

Who = Literal["all", "people", "detector"]
WHO: tuple[Who, ...] = ("all", "people", "detector")
COVARIATES = ("class", "distance", "length")
COLUMNS = (
    *("class", "photos", "first", "second", "both", "method", "estimate", "se", "ci_low", "ci_high"),
    *("share_first", "share_second", "share_any", "share_any_se"),
)
_ALL = "all"
_SAME = 1e-6
_NORMAL_95 = 1.959963984540054


@dataclass(frozen=True)
class Row:
    """One line of the comparison.

    Attributes:
        class_name: The class that was given to the animal by the first observer who saw it; `all` for every class.
        photos: How many photos both searched.
        saw: The counts of sightings.
        method: `chapman` or `huggins`; `none` if an observer saw none, so that only `photos` and `saw` are known.
        number: How many sightings there would be if nothing was missed, without what was not available.
        interval: Of 95 %, log-normal, and never below what was seen.
        share: The share that either of the two saw.
        available: The number divided by the availability; None if no availability was given.
    """

    class_name: str
    photos: int
    saw: Both
    method: str
    number: Factor
    interval: tuple[float, float]
    share: Factor
    available: Factor | None


@dataclass(frozen=True)
class Comparison:
    """Rows, and lines and warnings for a person."""

    rows: tuple[Row, ...]
    lines: tuple[str, ...]
    warnings: tuple[str, ...]

    def cells(self) -> list[list[object]]:
        """The rows as cells of `COLUMNS`."""
        return [
            [
                *(row.class_name, row.photos, row.saw.first, row.saw.second, row.saw.both, row.method),
                *(rounded(value, 2) for value in (row.number.value, row.number.se, *row.interval)),
                *(rounded(row.saw.both / n if n else math.nan, 4) for n in (row.saw.second, row.saw.first)),
                *(rounded(row.share.value, 4), rounded(row.share.se, 4)),
            ]
            for row in self.rows
        ]


def compare(
    first_file: StrPath,
    second_file: StrPath,
    *,
    first_who: Who = "all",
    second_who: Who = "all",
    covariates: Sequence[str] = (),
    availability: Factor | None = None,
) -> Comparison:
    """Compare two observers' surveys of the same photos.

    Args:
        first_file: The first observer's survey. Rejected sightings do not count.
        second_file: The second observer's; the same file if `first_who` and `second_who` differ.
        first_who: Whose sightings of the file count: all, those that people drew, or those of the detector.
        second_who: The same for the second file.
        covariates: Some of COVARIATES: what makes an animal hard to see. None: Chapman's estimator.
        availability: The share of the animals that a photo can show at all.

    Raises:
        InputError: The files have no photo in common that both searched, or nobody saw an animal.
    """
    unknown = [name for name in covariates if name not in COVARIATES]
    if unknown:
        raise InputError(f"covariate {unknown[0]!r}: expected some of {', '.join(COVARIATES)}", about="covariates")
    if as_path(first_file) == as_path(second_file) and first_who == second_who:
        raise InputError("both observers are the same file: say which sightings are whose", about="who")
    one, two = _Search.read(first_file, first_who), _Search.read(second_file, second_who)
    photos = [path for path in one.searched if path in two.searched]
    if not photos:
        raise InputError(
            f"{as_path(first_file).name} and {as_path(second_file).name} have no photo that both searched (they "
            f"searched {_example(one)} and {_example(two)}); expected surveys of the same photos, with the same paths"
        )
    seen = _seen(one, two, photos)
    if not len(seen.first):
        raise InputError("none of the two observers saw an animal in the photos that both searched")
    warnings = [*_not_common(one, two, len(photos)), *_dependence(one, two, first_who, second_who)]
    rows = []
    names = sorted(set(seen.class_name.tolist()))
    for name in [*(names if len(names) > 1 else []), _ALL]:
        mask = np.ones(len(seen.first), bool) if name == _ALL else seen.class_name == name
        own = [each for each in covariates if not (each == "class" and name != _ALL)]
        row, said = _row(name, seen.take(mask), len(photos), own, availability)
        rows.append(row)
        warnings += [f"{name}: {text}" for text in said]
    return Comparison(tuple(rows), tuple(_lines(rows, availability)), tuple(dict.fromkeys(warnings)))


@dataclass(frozen=True, eq=False)
class _Search:
    """What one observer found. rows: those that count; class_name: (N,) after the review."""

    images: Images
    rows: DetectionRows
    class_name: NDArray[np.object_]
    searched: dict[str, int]

    @classmethod
    def read(cls, path: StrPath, who: Who) -> "_Search":
        images, rows = geopackage.read_images(path), geopackage.read_detections(path)
        every = np.ones(len(rows), np.uint8)  # also further sightings of an animal: photos are compared one by one
        mask, classes = select(
            rows.class_names(), rows.text("review"), rows.text("reviewed_class"), every, "not-rejected"
        )
        by_people = np.isnan(rows.score)
        if who != "all":
            mask = mask & (by_people if who == "people" else ~by_people)
        searched = {path: row for row, path in enumerate(images.path) if images.searched[row]}
        return cls(images, rows.take(mask), classes[mask], searched)


@dataclass(frozen=True, eq=False)
class _Seen:
    """N animals in photos. first, second: (N,) who saw them; distance: from the photo's centre, as a share of half its
    diagonal; length: the longer side of the box, px."""

    first: NDArray[np.bool_]
    second: NDArray[np.bool_]
    class_name: NDArray[np.object_]
    distance: NDArray[np.float64]
    length: NDArray[np.float64]

    def take(self, mask: NDArray[np.bool_]) -> "_Seen":
        return _Seen(self.first[mask], self.second[mask], self.class_name[mask], self.distance[mask], self.length[mask])

    @property
    def counts(self) -> Both:
        return Both(int(self.first.sum()), int(self.second.sum()), int((self.first & self.second).sum()))


def _seen(one: _Search, two: _Search, photos: Sequence[str]) -> _Seen:
    """The animals of both, matched in each photo."""
    at = {path: n for n, path in enumerate(photos)}
    sides = [_Boxes.of(search, at) for search in (one, two)]
    a, b = sides
    i, j = _matched(a, b)
    alone = np.setdiff1d(np.arange(len(b.photo)), j)
    in_both = np.zeros(len(a.photo), bool)
    in_both[i] = True
    columns = {
        name: np.concatenate([getattr(a, name), getattr(b, name)[alone]])
        for name in ("class_name", "distance", "length")
    }
    first = np.concatenate([np.ones(len(a.photo), bool), np.zeros(len(alone), bool)])
    return _Seen(first, np.concatenate([in_both, np.ones(len(alone), bool)]), **columns)


@dataclass(frozen=True, eq=False)
class _Boxes:
    photo: NDArray[np.int64]
    centre: NDArray[np.float64]
    length: NDArray[np.float64]
    distance: NDArray[np.float64]
    class_name: NDArray[np.object_]

    @classmethod
    def of(cls, search: _Search, at: dict[str, int]) -> "_Boxes":
        number = np.array([at.get(path, -1) for path in search.rows.paths], np.int64)[search.rows.image]
        kept = np.flatnonzero(number >= 0)
        kept = kept[np.argsort(number[kept], kind="stable")]
        boxes = search.rows.boxes_px[kept].astype(np.float64)
        centre, sides = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
        row = {path: n for n, path in enumerate(search.images.path)}
        of = np.array([row.get(path, 0) for path in search.rows.paths], np.int64)[search.rows.image[kept]]
        size = np.column_stack([search.images.width, search.images.height])[of].astype(np.float64)
        distance = np.hypot(*(centre - size / 2).T) / np.maximum(np.hypot(*size.T) / 2, 1.0)
        return cls(number[kept], centre, sides.max(axis=1, initial=0.0), distance, search.class_name[kept])


def _matched(a: _Boxes, b: _Boxes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The sightings i of the first and j of the second that are one animal: centres within half the longer side of the
    larger box, at most one each, the closest together."""
    left, right, weight = [], [], []
    starts = np.searchsorted(b.photo, np.unique(a.photo))
    ends = np.searchsorted(b.photo, np.unique(a.photo), "right")
    for photo, start, end in zip(np.unique(a.photo).tolist(), starts.tolist(), ends.tolist(), strict=True):
        mine = np.arange(*np.searchsorted(a.photo, [photo, photo + 1]))
        theirs = np.arange(start, end)
        apart = np.hypot(*(a.centre[mine][:, None] - b.centre[theirs][None]).transpose(2, 0, 1))
        reach = np.maximum(a.length[mine][:, None], b.length[theirs][None]) / 2
        row, column = np.nonzero(apart < reach)
        left.append(mine[row])
        right.append(theirs[column])
        weight.append(1 - apart[row, column] / reach[row, column])
    if not left:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    i, j = np.concatenate(left), np.concatenate(right)
    kept = one_to_one(i, j, np.concatenate(weight) + 1e-9)
    return i[kept], j[kept]


def _example(search: _Search) -> str:
    """A photo that was searched, for a message."""
    return repr(one_line(next(iter(search.searched)), 60)) if search.searched else "none"


def _not_common(one: _Search, two: _Search, common: int) -> list[str]:
    """A warning if an observer searched photos that the other did not."""
    alone = [len(search.searched) - common for search in (one, two)]
    if not any(alone):
        return []
    return [
        f"only the {common:,} photos that both searched are compared: {alone[0]:,} that only the first searched and "
        f"{alone[1]:,} that only the second searched are left out"
    ]


def _dependence(one: _Search, two: _Search, first_who: Who, second_who: Who) -> list[str]:
    """A warning if the observers cannot have been independent."""
    ids = [{text for text in search.rows.text("uuid") if text} for search in (one, two)]
    common = len(ids[0] & ids[1])
    if common > 0.2 * max(1, min(map(len, ids))):
        return [
            f"{common:,} sightings are the same boxes in both files: the second observer saw what the first had "
            "found, so nothing says what both missed. Let two people search the photos without seeing boxes"
        ]
    return []


def _row(
    name: str, seen: _Seen, photos: int, covariates: Sequence[str], availability: Factor | None
) -> tuple[Row, list[str]]:
    saw = seen.counts
    said = observers_warnings(saw)
    if not (saw.first and saw.second):  # any formula would take all that one saw for all that there are
        who = "first" if not saw.first else "second"
        said = [f"the {who} observer saw none, so nothing says how many both missed; let another observer search"]
        unknown = Factor(math.nan, math.nan)
        return Row(name, photos, saw, "none", unknown, (float(saw.seen), math.nan), unknown, None), said
    number, method = chapman(saw), "chapman"
    if covariates:
        columns, names = _design(seen, covariates)
        try:
            fit = huggins(seen.first, seen.second, columns, names)
        except InputError as error:
            said.append(f"{error}; Chapman's estimator is used")
        else:
            said += _heterogeneity(number, fit.number)
            number, method = fit.number, "huggins"
    if number.se == 0:
        said.append(
            f"one observer saw every animal that the other saw ({saw.both}), so the SE is 0 by chance; at the upper "
            "end of the interval, 5% of such searches show that"
        )
    available = None if availability is None else product(number, availability)
    return Row(name, photos, saw, method, number, _interval(saw, number), seen_share(saw, number), available), said


def _heterogeneity(plain: Factor, fitted: Factor) -> list[str]:
    if fitted.value <= 1.05 * plain.value:
        return []
    return [
        f"animals differ in how hard they are to see: with the covariates there are {fitted.value:,.0f}, without them "
        f"{plain.value:,.0f}. What else makes an animal hard for both observers is not in the estimate"
    ]


def _design(seen: _Seen, covariates: Sequence[str]) -> tuple[NDArray[np.float64], list[str]]:
    columns, names = [], []
    for covariate in covariates:
        if covariate == "class":
            for one in sorted(set(seen.class_name.tolist()))[1:]:
                columns.append((seen.class_name == one).astype(np.float64))
                names.append(f"class {one}")
        else:
            column = seen.distance if covariate == "distance" else np.log(np.maximum(seen.length, 1e-3))
            if np.ptp(column) > _SAME:  # what all animals share explains nothing
                columns.append(column - column.mean())
                names.append(covariate)
    return np.column_stack(columns) if columns else np.empty((len(seen.first), 0)), names


def _interval(saw: Both, number: Factor) -> tuple[float, float]:
    """Log-normal of what nobody saw (Chao 1989), so that it is never below what was seen.

    If an observer saw all m animals that the other saw, his share p is at least 0.05^(1/m): then p^m is 5 %. So there
    are at most seen / 0.05^(1/m) animals.
    """
    missed = number.value - saw.seen
    if number.se == 0 and saw.both:
        return float(saw.seen), saw.seen / 0.05 ** (1 / saw.both)
    if missed <= 0 or number.se == 0:
        return max(number.value, float(saw.seen)), max(number.value, float(saw.seen))
    factor = math.exp(_NORMAL_95 * math.sqrt(math.log1p((number.se / missed) ** 2)))
    return saw.seen + missed / factor, saw.seen + missed * factor


def _lines(rows: Sequence[Row], availability: Factor | None) -> list[str]:
    said = []
    for row in rows:
        low, high = row.interval
        saw = (
            f"{row.class_name}: {row.saw.seen:,} sightings in {row.photos:,} photos (first {row.saw.first:,}, second "
            f"{row.saw.second:,}, both {row.saw.both:,})"
        )
        if math.isnan(row.number.value):
            said.append(f"{saw}. How many there are is unknown")
            continue
        said.append(
            f"{saw}. About {row.number.value:,.1f} (SE {row.number.se:.1f}, 95% "
            f"{low:,.0f} to {high:,.0f}) can be seen. Either observer saw {row.share.value:.1%} of them (SE "
            f"{row.share.se:.1%}), the first {_share(row.saw.both, row.saw.second)}, the second "
            f"{_share(row.saw.both, row.saw.first)}"
        )
        if row.available is not None and availability is not None:
            said.append(
                f"{row.class_name}: with an availability of {availability.value:g} (SE {availability.se:g}) there are "
                f"{row.available.value:,.1f} (SE {row.available.se:.1f})"
            )
    said.append(
        "Animals that are hard to see for both observers, such as those under trees, make these numbers too low. An "
        "animal that several photos show is counted in each of them"
    )
    return said


def _share(part: int, of: int) -> str:
    return f"{part / of:.0%}" if of else "unknown"

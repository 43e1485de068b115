"""The sample of photos for a person to review: drawn at random, written as CSV, and read back with the review.

The CSV has a row for each photo, in the order to review them: `called` (positive or empty), `order`, `photo`,
`detections`, and `reviewed`, where the reviewer writes yes. The first rows, up to any row, are a random sample too. So
the reviewer may stop anywhere. A sample that was drawn by stratum also has the column `stratum`. Its photos take turns:
one of each stratum.

Photos that people had searched completely before the draw are called `searched`. They are all listed, as reviewed, and
none of them is drawn: their animals are known (`geo.estimates.correction`). Only the draw can tell them apart, as
afterwards people search the drawn photos too.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.csv_table import read_rows, write_rows
from geo.errors import VectorError
from geo.estimates.correction import Photos, draw
from geo.overlaps.cells import owns
from geo.overlaps.count_once import photos_on_map
from geo.paths import StrPath, as_path
from geo.searches import Searches, whole
from geo.tables import DetectionRows, Images

__all__ = ["ReviewSample", "draw_sample", "known_before", "photos_of", "read_sample", "unfit", "write_sample"]

_COLUMNS = ("called", "order", "photo", "detections", "reviewed")
_KNOWN = "searched"
_KINDS = ("positive", "empty", _KNOWN)
_MAX_BYTES = 256 << 20
_YES, _NO = ("yes", "y", "1", "true", "x", "done"), ("", "no", "n", "0", "false")


@dataclass(frozen=True)
class ReviewSample:
    """Photos that were drawn for review: first the positive ones, then the empty ones, each in random order. Last come
    those that are known.

    Attributes:
        photos: Paths as in the GeoPackage.
        positive: One bool for each photo.
        detections: The number of the detector's boxes in each photo.
        reviewed: One bool for each photo.
        stratum: The stratum of each photo, if the sample was drawn by stratum; else empty.
        known: One bool for each photo: whether people had searched it before the draw; empty for none.
    """

    photos: tuple[str, ...]
    positive: tuple[bool, ...]
    detections: tuple[int, ...]
    reviewed: tuple[bool, ...]
    stratum: tuple[str, ...] = ()
    known: tuple[bool, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", self.known or (False,) * len(self.photos))

    def __len__(self) -> int:
        return len(self.photos)

    @property
    def drawn(self) -> frozenset[str]:
        """The photos that were drawn."""
        return frozenset(photo for photo, known in zip(self.photos, self.known, strict=True) if not known)

    @property
    def marked(self) -> frozenset[str]:
        """The photos that are reviewed."""
        return frozenset(photo for photo, done in zip(self.photos, self.reviewed, strict=True) if done)


def draw_sample(
    images: Images,
    rows: DetectionRows,
    positive: int,
    empty: int,
    seed: int,
    stratum: NDArray[np.int64] | None = None,
    strata: Sequence[str] = (),
    known: NDArray[np.bool_] | None = None,
) -> ReviewSample:
    """Draw so many positive and so many empty photos of those that were searched, or all if there are fewer.

    stratum: (N,) the index of each image's stratum; -1 for none. Then so many are drawn in each stratum, and none
    elsewhere. strata: the names of the strata. known: (N,) bool, the images that people had searched completely
    (`known_before`): all of them are listed, and none is drawn.
    """
    searched, found = _searched(images, rows)
    listed = np.zeros(len(searched), bool) if known is None else known[images.searched]
    open_to = np.flatnonzero(~listed)
    if stratum is None:
        chosen = open_to[np.concatenate(draw(found[open_to] > 0, (positive, empty), seed))]
        chosen = np.append(chosen, np.flatnonzero(listed))
        of: tuple[str, ...] = ()
    else:
        code = stratum[images.searched]
        groups: tuple[list[NDArray[np.int64]], ...] = ([], [])
        for h in range(len(strata)):
            members = open_to[code[open_to] == h]
            # With a seed of its own, a stratum's draw stays the same if another stratum has more photos.
            for group, drawn in zip(groups, draw(found[members] > 0, (positive, empty), (seed, h)), strict=True):
                group.append(members[drawn])
        chosen = np.concatenate([*(_in_turns(group) for group in groups), np.flatnonzero(listed & (code >= 0))])
        of = tuple(strata[h] for h in code[chosen])
    is_known = tuple(listed[chosen].tolist())
    return ReviewSample(
        tuple(searched[i] for i in chosen.tolist()),
        tuple((found[chosen] > 0).tolist()),
        tuple(found[chosen].tolist()),
        is_known,
        of,
        is_known,
    )


def known_before(
    images: Images, rows: DetectionRows, searches: Searches, marked: Collection[str] = ()
) -> NDArray[np.bool_]:
    """(N,) bool: the images that people have searched completely, and in which no detection waits for a review.

    marked: images that were reviewed as photos of an earlier sample, which is as good.
    """
    row_of = {path: i for i, path in enumerate(images.path)}
    review = np.array([*rows.text("review"), None], object)[:-1]
    waiting = _by_model(rows) & (rows.counted == 1) & (review == "unreviewed")
    open_ones = {path for path, wait in zip(rows.image_paths(), waiting.tolist(), strict=True) if wait}
    open_rows = [row_of[path] for path in open_ones if path in row_of]
    reviewed = np.array([path in marked for path in images.path], bool)
    searched = (whole(searches, images) | reviewed) & images.searched
    searched[open_rows] = False
    return np.asarray(searched)


def _in_turns(groups: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """The first of each group, then the second of each, and so on."""
    turn = np.concatenate([np.arange(len(group)) for group in groups])
    return np.concatenate(groups)[np.argsort(turn, kind="stable")]


def photos_of(images: Images, rows: DetectionRows, sample: ReviewSample | None) -> tuple[Photos, tuple[str, ...]]:
    """Every searched photo, with what the detector and the review say about it; and warnings.

    Further sightings of an animal (counted 0) are left out, for the detector and for the review. In a reviewed photo,
    an animal is a box that is confirmed, or that a person drew and nobody rejected. Its class is the reviewed one. If
    photos overlap, an animal that a person drew counts in the photo with the nearest centre (`geo.overlaps.cells`),
    because it would be drawn in every photo that shows it if all were reviewed.

    sample: the sample with the marks of reviewed photos; None if every photo was reviewed. Raises VectorError if a
    sampled photo is not in the survey, is now of the other kind, or is marked as reviewed but has unreviewed boxes.
    """
    searched, found = _searched(images, rows)
    if not searched:
        raise VectorError("no photo of the survey was searched; search the photos first", about="detect")
    row_of = {path: i for i, path in enumerate(searched)}
    reviewed, known = np.ones(len(searched), bool), np.zeros(len(searched), bool)
    warnings: tuple[str, ...] = ()
    if sample is not None:
        reviewed, known = _marks(sample, row_of, found)
        warnings = _order_warnings(sample)
    main = np.array([*rows.class_names(), None], object)[:-1]
    said = np.array([*rows.text("reviewed_class"), None], object)[:-1]
    review = np.array([*rows.text("review"), None], object)[:-1]
    photo_of = np.array([row_of.get(path, -1) for path in rows.image_paths()], np.int64)
    by_model = _by_model(rows)
    counts = (rows.counted == 1) & (photo_of >= 0)
    waiting = counts & by_model & (review == "unreviewed") & reviewed[photo_of]
    if waiting.any():
        first = searched[photo_of[np.flatnonzero(waiting)[0]]]
        raise VectorError(
            f"{np.unique(photo_of[waiting]).size} photos are marked as reviewed but hold unreviewed boxes, for "
            f"example {first!r}: confirm or reject the boxes, or remove the mark"
        )
    is_animal = np.where(by_model, review == "confirmed", review != "rejected")
    drawn = np.flatnonzero(~by_model & is_animal & counts)
    if len(drawn):
        photos_seen = photos_on_map(images).take(np.flatnonzero(images.searched))
        is_animal[drawn] = owns(rows.polygons_map[drawn, :4].mean(axis=1), photo_of[drawn], photos_seen)
    kind = np.array([b or a for a, b in zip(main, said, strict=True)] + [None], object)[:-1]
    classes = tuple(sorted({*main[counts & by_model], *kind[counts & is_animal]}))

    def table(which: NDArray[np.bool_], names: NDArray[np.object_]) -> NDArray[np.int64]:
        code_of = {name: code for code, name in enumerate(classes)}
        counted = np.zeros((len(searched), len(classes)), np.int64)
        index = np.flatnonzero(counts & which)
        np.add.at(counted, (photo_of[index], np.array([code_of[name] for name in names[index]], np.int64)), 1)
        return counted

    right = by_model & is_animal & (kind == main)
    photos = Photos(classes, table(by_model, main), table(right, main), table(is_animal, kind), reviewed, known)
    return photos, warnings


def unfit(sample: ReviewSample, images: Images, rows: DetectionRows) -> str | None:
    """Why a sample can no longer be used, as the survey was searched again since it was drawn; None if it can."""
    searched, found = _searched(images, rows)
    return _unfit(sample, {path: i for i, path in enumerate(searched)}, found)


def _unfit(sample: ReviewSample, row_of: dict[str, int], found: NDArray[np.int64]) -> str | None:
    for photo, positive, before in zip(sample.photos, sample.positive, sample.known, strict=True):
        if photo not in row_of:
            return f"sampled photo {photo!r} is not among the searched photos"
        if not before and bool(found[row_of[photo]]) != positive:
            return f"sampled photo {photo!r} was of the other kind (positive or empty) when it was drawn"
    return None


def _marks(
    sample: ReviewSample, row_of: dict[str, int], found: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(M,) bool each: which searched photos are reviewed, and which of these are known. found: the boxes of each."""
    if wrong := _unfit(sample, row_of, found):
        raise VectorError(f"{wrong}; draw a new sample")
    reviewed, known = np.zeros(len(found), bool), np.zeros(len(found), bool)
    for photo, done, before in zip(sample.photos, sample.reviewed, sample.known, strict=True):
        reviewed[row_of[photo]] |= done
        known[row_of[photo]] = before and done
    return reviewed, known


def _searched(images: Images, rows: DetectionRows) -> tuple[list[str], NDArray[np.int64]]:
    """The photos that were searched, and how many counted boxes of the detector each has."""
    searched = [path for path, whole in zip(images.path, images.searched.tolist(), strict=True) if whole]
    row_of = {path: i for i, path in enumerate(searched)}
    index = [row_of.get(path, -1) for path in rows.paths]
    found = np.zeros(len(searched) + 1, np.int64)  # the last element is for boxes of other photos
    which = _by_model(rows) & (rows.counted == 1)
    np.add.at(found, np.array([*index, -1], np.int64)[rows.image[which]], 1)
    return searched, found[:-1]


def _by_model(rows: DetectionRows) -> NDArray[np.bool_]:
    """(M,) bool: the boxes of the detector. Boxes that a person drew have no score."""
    return np.asarray(~np.isnan(rows.score))


def _order_warnings(sample: ReviewSample) -> tuple[str, ...]:
    of = sample.stratum or ("",) * len(sample)
    for positive, stratum in dict.fromkeys(zip(sample.positive, of, strict=True)):
        each = zip(sample.reviewed, sample.positive, of, sample.known, strict=True)
        done = [d for d, p, h, known in each if (p, h) == (positive, stratum) and not known]
        if sum(done) != (done.index(False) if False in done else len(done)):
            name = "positive" if positive else "empty"
            return (
                f"photos called {name} were not reviewed in the order of the sample; if a person chose them, the "
                "estimates are biased",
            )
    return ()


# ---- the CSV --------------------------------------------------------------------------------


def write_sample(sample: ReviewSample, path: StrPath) -> None:
    """Write the sample as CSV, complete or not at all. Raises OutputError."""
    rows: list[tuple[str | int, ...]] = []
    numbers = dict.fromkeys(_KINDS, 0)
    by_stratum = bool(sample.stratum)
    for photo, positive, known, found, done, of in zip(
        sample.photos,
        sample.positive,
        sample.known,
        sample.detections,
        sample.reviewed,
        sample.stratum or ("",) * len(sample),
        strict=True,
    ):
        called = _KNOWN if known else "positive" if positive else "empty"
        numbers[called] += 1
        row = (called, numbers[called], photo, found, "yes" if done else "")
        rows.append((*row, of) if by_stratum else row)
    header = (*_COLUMNS, "stratum") if by_stratum else _COLUMNS
    write_rows(path, header, rows, errors="surrogateescape", raw=True)


def read_sample(path: StrPath) -> ReviewSample:
    """Read a sample with its marks. Raises VectorError with the line if the file is not a sample."""
    path = as_path(path)
    rows = sorted(_rows(read_rows(path, _MAX_BYTES, "sampled photos", any_bytes=True), path.name))
    kind, _, photos, found, done, of = zip(*rows, strict=True) if rows else ((),) * 6
    if len(set(photos)) != len(rows):
        raise VectorError(f"{path.name}: a photo occurs twice; draw the sample again")
    known = tuple(_KINDS[one] == _KNOWN for one in kind)
    positive = tuple(
        n > 0 if _KINDS[one] == _KNOWN else _KINDS[one] == "positive" for one, n in zip(kind, found, strict=True)
    )
    return ReviewSample(photos, positive, found, done, of if any(of) else (), known)


def _rows(lines: Iterable[tuple[int, list[str]]], file: str) -> Iterable[tuple[int, int, str, int, bool, str]]:
    """(the place of `called` in _KINDS, order, photo, detections, reviewed, stratum) of each row. Sorted, it is the
    review's order.
    """
    columns: list[str] = []
    for number, cells in lines:
        if not columns:
            columns = [cell.strip().casefold() for cell in cells]
            if missing := [name for name in _COLUMNS if name not in columns]:
                raise VectorError(f"{file}: no column {missing[0]!r}; expected the columns {', '.join(_COLUMNS)}")
            continue
        row = dict(zip(columns, cells, strict=False))
        called, mark = row.get("called", "").strip(), row.get("reviewed", "").strip().casefold()
        if called not in _KINDS:
            raise VectorError(f"{file}, line {number}: called {called!r}; expected positive, empty or searched")
        if mark not in (*_YES, *_NO):
            raise VectorError(f"{file}, line {number}: reviewed {mark[:20]!r}; expected yes, or nothing")
        try:
            order, found = int(row["order"]), int(row["detections"])
        except (KeyError, ValueError) as error:
            raise VectorError(f"{file}, line {number}: order and detections must be whole numbers") from error
        yield _KINDS.index(called), order, row.get("photo", ""), found, mark in _YES, row.get("stratum", "").strip()

"""Matches photos by their pixels: finds the photos that overlap and their common ground, and keeps this beside the
output.

This is a separate step, after the search and before the result. `match` reads every photo once, reduced. For each photo
it writes a file with what it has in common with later photos. So an interrupted run continues, and other positions or
another threshold need no second look. `ties_of` reads the files when the result is made.
"""

import contextlib
import struct
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from detector.progress import Watcher
from detector.search import parts
from detector.search.storage import LocalFolder
from detector.survey.headers import reason
from detector.survey.planning import PlannedImage, work_folder
from geo import raster
from geo.errors import GeoError, GeoreferenceError
from geo.georeference import PixelsToMap
from geo.machine import cores
from geo.overlaps import pixels as image_matching
from geo.overlaps.cells import Photos, overlapping_pairs
from geo.overlaps.pixels import Features, PixelMatch
from geo.overlaps.ties import Tied, Ties, gathered, tie
from geo.photos.projection import PosedPhoto
from geo.tables import DetectionRows, Images, TableError

# Two photos are compared if they share at least this much of the smaller one's ground. One photo is compared with at
# most so many, those that share most. Otherwise, the photos of a hovering drone would all be compared with each other.
_LEAST_SHARED, _MOST_A_PHOTO = 0.15, 24
# How many photos have their features in memory, 280 kB each. Neighbours in the next strip come later than neighbours in
# the same strip.
_PHOTOS_HELD = 1000
_AHEAD = 4  # photos per core
_FORMAT = 1

Pair = tuple[int, int]


@dataclass
class Matching:
    """The result of `match`.

    Attributes:
        pairs: The pairs of photos to compare.
        unread: Why photos could not be read, by index of image.
        cancelled: Whether it was cancelled.
    """

    pairs: Sequence[Pair] = ()
    unread: dict[int, str] = field(default_factory=dict)
    cancelled: bool = False


def match(
    images: Sequence[PlannedImage],
    references: Sequence[PixelsToMap | None],
    output: Path,
    watcher: Watcher,
    fresh: bool = False,
) -> Matching:
    """Match the photos that overlap according to their poses, and keep their common ground beside `output`.

    Pairs that earlier runs matched are not matched again, unless `fresh`. A photo that cannot be read is left out, with
    a warning. references: what places each image; None for an image without a place.

    Raises MissingLibraryError if OpenCV is missing, OSError if the results cannot be kept.
    """
    image_matching.need_opencv()
    pairs = pairs_to_match(references)
    kept = _Kept(output)
    if fresh:
        kept.clear()
    done = Matching(pairs)
    names = [_name(image) for image in images]
    todo: list[tuple[int, list[int]]] = []
    finished = 0
    for first, others in _by_first(pairs):
        known = kept.of(names[first])
        missing = [other for other in others if names[other] not in known]
        finished += len(others) - len(missing)
        if missing:
            todo.append((first, missing))
    watcher.matching(finished, len(pairs))
    workers = cores()
    waiting: deque[tuple[int, list[int], Future[list[PixelMatch | None]]]] = deque()

    def take() -> None:
        nonlocal finished
        index, partners, job = waiting.popleft()
        found = zip((names[other] for other in partners), job.result(), strict=True)
        kept.write(names[index], {name: match for name, match in found if match is not None})
        finished += len(partners)
        watcher.matching(finished, len(pairs))

    with ThreadPoolExecutor(workers, thread_name_prefix="match") as pool:
        features = _Held(pool, images, done.unread)
        try:
            for first, others in todo:
                if watcher.cancelled():
                    break
                # The features that a job waits for were requested before it, so they are never behind it in the queue.
                waiting.append((first, others, pool.submit(_matched, *map(features.of, (first, *others)))))
                if len(waiting) >= _AHEAD * workers:
                    take()
            while waiting and not watcher.cancelled():
                take()
        finally:
            done.cancelled = finished < len(pairs)
            pool.shutdown(cancel_futures=True)
    for index, why in sorted(done.unread.items()):
        watcher.warning(f"{images[index].relative} is not matched by its pixels: {why}")
    return done


def ties_of(
    matched: Matching | None,
    images: Sequence[PlannedImage],
    references: Sequence[PixelsToMap | None],
    table: Images,
    rows: DetectionRows,
    output: Path,
) -> tuple[Ties | None, tuple[str, ...]]:
    """The ties between photos of the layer `images`, from what `match` kept, and warnings.

    Args:
        matched: The result of `match`; None if nobody asked for it. Then there are no ties.
        images: The images of the plan.
        references: As for `match`.
        table: The layer `images`.
        rows: The animals, which are left out of ties.
        output: The survey's file.
    """
    if matched is None:
        return None, ()
    row_of = {path: row for row, path in enumerate(table.path)}
    boxes = _boxes(row_of, rows)
    kept, names = _Kept(output), [_name(image) for image in images]
    tied: list[tuple[int, int, Tied]] = []
    count = {"few": 0, "elsewhere": 0}
    for first, others in _by_first(matched.pairs):
        known = kept.of(names[first])
        a = references[first]
        for other in others:
            px, b = known.get(names[other]), references[other]
            if px is None or not isinstance(a, PosedPhoto) or not isinstance(b, PosedPhoto):
                count["few"] += 1
                continue
            here, there = row_of[images[first].relative], row_of[images[other].relative]
            found = tie(px, a, b, boxes(here), boxes(there))
            if isinstance(found, str):
                count[found] += 1
            else:
                tied.append((here, there, found))
    return gathered(tied, len(table)), _said(len(matched.pairs), len(tied), count["elsewhere"])


def pairs_to_match(references: Sequence[PixelsToMap | None]) -> list[Pair]:
    """The pairs of photos with a pose that show enough of the same ground, in order."""
    rings = [_ring(reference) for reference in references]
    centres = np.array([(np.nan, np.nan) if ring is None else ring[:-1].mean(axis=0) for ring in rings]).reshape(-1, 2)
    footprints = np.empty(len(rings), object)
    footprints[:] = [None if ring is None else shapely.Polygon(ring) for ring in rings]
    photos = Photos(centres, footprints)
    try:
        a, b = overlapping_pairs(photos)
    except TableError:  # thousands of photos on one spot
        return []
    shapes = photos.footprints
    shared = shapely.area(shapely.intersection(shapes[a], shapes[b]))
    share = shared / np.minimum(shapely.area(shapes[a]), shapely.area(shapes[b]))
    a, b, share = a[share >= _LEAST_SHARED], b[share >= _LEAST_SHARED], share[share >= _LEAST_SHARED]
    kept = np.zeros(len(a), bool)
    for side in (a, b):
        order = np.lexsort((-share, side))
        kept[order[np.arange(len(order)) - np.searchsorted(side[order], side[order]) < _MOST_A_PHOTO]] = True
    return list(zip(a[kept].tolist(), b[kept].tolist(), strict=True))


def _ring(reference: PixelsToMap | None) -> NDArray[np.float64] | None:
    if not isinstance(reference, PosedPhoto):
        return None
    with contextlib.suppress(GeoreferenceError):
        return reference.footprint()
    return None


def _by_first(pairs: Sequence[Pair]) -> Iterator[tuple[int, list[int]]]:
    others: dict[int, list[int]] = {}
    for first, second in pairs:
        others.setdefault(first, []).append(second)
    yield from sorted(others.items())


def _name(image: PlannedImage) -> str:
    """The name of a photo in the kept files. It changes with the photo, so that a changed photo is matched again."""
    info = image.info
    size = None if info is None else [info.file_size, info.mtime_ns]
    return parts.key(features=_FORMAT, image=image.relative, file=size)


def _boxes(row_of: Mapping[str, int], rows: DetectionRows) -> Callable[[int], NDArray[np.float64]]:
    """The boxes of each image, by its row in the table. row_of: the row by path."""
    image = np.array([*(row_of.get(path, -1) for path in rows.paths), -1], np.int64)[rows.image]
    order = np.argsort(image, kind="stable")
    starts = np.searchsorted(image[order], np.arange(len(row_of) + 1))
    return lambda row: np.asarray(rows.boxes_px[order[starts[row] : starts[row + 1]]], np.float64)


def _matched(first: "Future[Features | None]", *others: "Future[Features | None]") -> list[PixelMatch | None]:
    a = first.result()
    found: list[PixelMatch | None] = []
    for other in others:
        b = other.result()
        found.append(None if a is None or b is None else image_matching.match_pixels(a, b))
    return found


def _said(pairs: int, tied: int, elsewhere: int) -> tuple[str, ...]:
    if not pairs:
        return ("no photos with a known position overlap enough to be matched by their pixels",)
    rest = pairs - tied - elsewhere
    text = f"{tied:,} of {pairs:,} pairs of overlapping photos match by their pixels"
    if rest:
        text += f"; {rest:,} have too little in common (water, even grass, or positions that are far off)"
    if elsewhere:
        text += f"; {elsewhere:,} match farther away than the errors of their positions allow, and were left out"
    if not tied:
        text += ": animals are matched by their positions alone"
    return (text,)


class _Held:
    """The features of the photos in work, found in the pool.

    Features that were not requested for longest are dropped.
    """

    def __init__(self, pool: ThreadPoolExecutor, images: Sequence[PlannedImage], unread: dict[int, str]) -> None:
        self._pool, self._images, self._unread = pool, images, unread
        self._found: OrderedDict[int, Future[Features | None]] = OrderedDict()

    def of(self, index: int) -> "Future[Features | None]":
        """The features of an image; None if it cannot be read."""
        if index not in self._found:
            self._found[index] = self._pool.submit(self._look, index)
            if len(self._found) > _PHOTOS_HELD:
                self._found.popitem(last=False)
        self._found.move_to_end(index)
        return self._found[index]

    def _look(self, index: int) -> Features | None:
        image = self._images[index]
        assert image.info is not None
        try:
            pixels = raster.read_preview(image.path, image_matching.LONGER_SIDE_PX)
        except (GeoError, OSError) as error:
            self._unread[index] = reason(error, image.path)
            return None
        return image_matching.find_features(pixels, image.info.width)


class _Kept:
    """The kept common ground of photos: a file for each photo, with the px by the name of the partner."""

    def __init__(self, output: Path) -> None:
        self._folder = LocalFolder(work_folder(output) / "matches")

    def of(self, name: str) -> dict[str, NDArray[np.float32]]:
        """(K, 4) px by partner; empty if nothing was kept, or not completely."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, struct.error):
            data = self._folder.read(self._file(name))
            if data is not None:
                arrays = parts.unpacked(data)
                partners = arrays["partners"].tobytes().decode("ascii")
                names = [partners[at : at + 32] for at in range(0, len(partners), 32)]
                ends = np.cumsum(arrays["counts"])
                return dict(zip(names, np.split(arrays["px"], ends[:-1]), strict=True))
        return {}

    def write(self, name: str, found: dict[str, PixelMatch]) -> None:
        """Add new matches to the kept ones."""
        known = {**self.of(name), **{partner: match.px for partner, match in found.items()}}
        if not known:
            return
        arrays: dict[str, NDArray[Any]] = {
            "partners": np.frombuffer("".join(known).encode("ascii"), np.uint8),
            "counts": np.array([len(px) for px in known.values()], np.int64),
            "px": np.concatenate(list(known.values())).astype(np.float32),
        }
        self._folder.write(self._file(name), parts.packed(arrays))

    def clear(self) -> None:
        """Forget everything that was kept."""
        for name in list(self._folder.names()):
            self._folder.remove(name)

    @staticmethod
    def _file(name: str) -> str:
        return f"{name[:2]}/{name}.matches"

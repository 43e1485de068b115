"""Runs the search of a survey: reads every unit that has no part, shows it to the model, and records the result."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from detector.models import Model, TileClassifier
from detector.progress import Progress, Watcher
from detector.search.gate import Gate
from detector.search.timing import Profile
from detector.search.units import Unit
from detector.survey.guarded_reader import Reading
from detector.survey.planning import Plan, PlannedImage
from detector.survey.searching import Group, Search, Searched, search

# An engine does the work: it takes groups of units, and yields the result of each unit in any order. If the run is
# cancelled, it ends early.
Engine = Callable[[Search, Iterable[Group], Callable[[], bool]], Iterator[Searched]]


def local_engine(
    work: Plan, model: Model | TileClassifier, gate: TileClassifier | None, reading: Reading, profile: Profile
) -> Engine:
    """The engine that works in this process. gate: the classifier of the plan's gate, if it has one."""
    ahead = None if gate is None or work.gate is None else Gate(gate, work.gate.threshold)

    def engine(how: Search, groups: Iterable[Group], cancelled: Callable[[], bool]) -> Iterator[Searched]:
        return search(how, groups, model, ahead, work.journal, reading, cancelled, profile)

    return engine


def run(
    work: Plan, engine: Engine, watcher: Watcher, pending: Sequence[Sequence[Unit]] | None = None
) -> tuple[dict[int, str], bool]:
    """Search every unit that is pending.

    Returns the reasons of the images that failed, by index, and whether the run was cancelled.
    """
    pending = pending_units(work) if pending is None else pending
    failures = {i: image.error for i, image in enumerate(work.images) if image.error is not None}
    for index, why in failures.items():
        watcher.image_failed(work.images[index].relative, why)
    tiles = work.tiles
    tiles_done = tiles - _tiles_of(pending)
    watcher.planned(len(work.images), tiles, tiles_done)
    return failures, _search_all(work, engine, watcher, pending, failures, tiles)


def run_further(
    work: Plan, engine: Engine, watcher: Watcher, pending: Sequence[Sequence[Unit]], failures: dict[int, str]
) -> bool:
    """Search units that are not of the plan, after it. Adds to the failures. Returns whether it was cancelled."""
    tiles = _tiles_of(pending)
    watcher.further(len(work.images), work.tiles + tiles)
    return _search_all(work, engine, watcher, pending, failures, work.tiles + tiles)


def _tiles_of(pending: Sequence[Sequence[Unit]]) -> int:
    return sum(unit.tiles for units in pending for unit in units)


def _search_all(
    work: Plan,
    engine: Engine,
    watcher: Watcher,
    pending: Sequence[Sequence[Unit]],
    failures: dict[int, str],
    tiles: int,
) -> bool:
    """Search every unit that is pending, and tell the watcher. Adds to the failures. Returns whether it was cancelled.

    tiles: of the whole run, those that are done and those that are pending.
    """
    left = [len(units) for units in pending]
    tiles_done = tiles - _tiles_of(pending)
    images_done = sum(1 for n in left if n == 0)
    # A monotonic clock, because the time of day may jump while a survey runs.
    start = time.monotonic()
    tiles_now = detections = 0
    for found in engine(search_of(work), _groups(work.images, pending), watcher.cancelled):
        if found.error is not None and found.image not in failures:
            failures[found.image] = found.error
            watcher.image_failed(work.images[found.image].relative, found.error)
        tiles_now += found.tiles
        detections += found.detections
        left[found.image] -= 1
        images_done += left[found.image] == 0
        rate = tiles_now / max(time.monotonic() - start, 1e-9)
        remaining = tiles - tiles_done - tiles_now
        watcher.progress(Progress(tiles_done + tiles_now, images_done, detections, rate, remaining / rate))
    return any(left)


def search_of(work: Plan) -> Search:
    """The settings with which the plan's units are searched."""
    settings = work.settings
    tile_size = settings.tile_size or work.model.tile_size
    return Search(work.thresholds, tile_size, work.overlap, settings.chips, settings.batch_size, settings.readers)


def pending_units(work: Plan) -> list[list[Unit]]:
    """The units of each image that have no part."""
    done = work.journal.done()
    return [[unit for unit in image.units if unit.key not in done] for image in work.images]


def _groups(images: Sequence[PlannedImage], pending: Sequence[Sequence[Unit]]) -> Iterator[Group]:
    """Units that one open file reads in order.

    These are all units of an image that is decoded from the top, otherwise single units.
    """
    for image, units in zip(images, pending, strict=True):
        if not units:
            continue
        if image.info is not None and image.info.sequential:
            yield image, units
        else:
            yield from ((image, [unit]) for unit in units)

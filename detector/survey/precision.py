"""Chooses the precision in which a survey is searched: the fastest that finds on the first tiles what float32 finds.

A run keeps the precision that it began with. It is recorded beside the parts, and the names of the parts depend on it.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import DetectorError, ModelError
from detector.models.agreement import Agreement, compare_boxes
from detector.models.precision import FLOAT32, SCORE, Precision, SeveralPrecisions
from detector.search.batches import FittedClassifier, FittedModel
from detector.search.parts import Journal
from detector.search.read_ahead import PixelReader, read_unit
from detector.survey.planning import PlannedImage
from geo.errors import GeoError, Remark

# The largest difference of a side of a box that a faster precision may make, px.
BOX_PX = 0.5
# It must take at most this share of the processor time of float32.
MOST_OF_FLOAT32 = 0.9
# A survey with fewer tiles is searched before the check would have paid.
LEAST_TILES = 200
# Tiles are taken from at most so many images, so many from each, until so many animals are found; and never more than
# this share of all tiles.
IMAGES, TILES_AN_IMAGE, ANIMALS = 16, 8, 40
MOST_OF_TILES = 1 / 8
# With fewer animals, the check shows nothing.
LEAST_ANIMALS = 5
# Tiles are searched again if a score is as near to the threshold as so many times the largest difference seen, and
# as this at least.
MARGIN, LEAST_MARGIN = 2.0, 0.004
FASTER = "bfloat16"

Opener = Callable[[PlannedImage], AbstractContextManager[PixelReader]]


@dataclass(frozen=True)
class Asked:
    """What was asked for.

    Attributes:
        precision: One of `PRECISIONS`.
        model: The digest of the model.
        thresholds: (C,) float32, the score from which a detection of each class counts.
        elsewhere: Whether other machines search.
        fresh: Whether earlier parts do not matter.
    """

    precision: str
    model: str
    thresholds: NDArray[np.float32]
    elsewhere: bool = False
    fresh: bool = False


def choose(
    asked: Asked,
    model: FittedModel | FittedClassifier,
    images: Sequence[PlannedImage],
    open_image: Opener,
    journal: Journal,
    say: Callable[[str], None],
) -> Precision:
    """The precision in which a survey is searched. The model searches in it from then on, and the journal records it.

    Args:
        asked: What was asked for.
        model: The model; a classifier searches in float32.
        images: The images of the plan.
        open_image: Opens one of them.
        journal: Of the run.
        say: Gets what the user should know.

    Raises:
        MissingLibraryError, ModelError: What was asked for is not possible here.
    """
    before = journal.precision(asked.model)
    chosen = _chosen(asked, model, images, open_image, journal, say)
    if chosen != before and (chosen != FLOAT32 or before is not None):
        journal.write_precision(chosen, asked.model)
    return chosen


def _chosen(
    asked: Asked,
    model: FittedModel | FittedClassifier,
    images: Sequence[PlannedImage],
    open_image: Opener,
    journal: Journal,
    say: Callable[[str], None],
) -> Precision:
    engine = model.several_precisions if isinstance(model, FittedModel) else None
    before = None if asked.fresh else journal.precision(asked.model)
    if asked.precision == "float32":
        return before if before is not None and before.name == "float32" else FLOAT32
    if engine is None or not isinstance(model, FittedModel):
        if asked.precision != "auto":
            raise ModelError(
                f"{model.info.name} computes in float32 only: {asked.precision} needs a detector in an .onnx file",
                about="precision",
            )
        return FLOAT32
    if before is not None and asked.precision in ("auto", before.name):
        return _as_before(before, engine, say)
    wanted = Precision(FASTER, tuple(round(float(one), 6) for one in asked.thresholds))
    if asked.precision == "auto":
        tiles = sum(image.tiles for image in images)
        if asked.elsewhere or tiles < LEAST_TILES or not _usable(engine, wanted):
            return FLOAT32
        if not asked.fresh and journal.done():
            return FLOAT32  # the run began in it
    else:
        _use(engine, wanted, say)
        if engine.precision == "float32":
            return FLOAT32
    agreed, check, margin = _check(asked, model, engine, images, open_image)
    taken = replace(wanted, margin=margin) if agreed or asked.precision == FASTER else FLOAT32
    engine.use(taken)
    if taken != FLOAT32:
        say(f"the model computes in {taken.name}: {check}")
    return replace(taken, check=check)


def _usable(engine: SeveralPrecisions, wanted: Precision) -> bool:
    """Whether a precision can be had here. If it was not asked for, it does not matter why not."""
    try:
        engine.use(wanted)
    except DetectorError:
        engine.use(FLOAT32)
        return False
    return True


def _use(engine: SeveralPrecisions, wanted: Precision, say: Callable[[str], None]) -> None:
    """Use what was asked for, or say that its library cannot read the file.

    Raises MissingLibraryError and ModelError if the machine does not have it.
    """
    try:
        engine.use(wanted)
    except ModelError as error:
        if error.about is not None:
            raise
        engine.use(FLOAT32)
        say(f"{error}; it is searched in float32")


def _as_before(before: Precision, engine: SeveralPrecisions, say: Callable[[str], None]) -> Precision:
    """The precision of the run that is resumed. If it is not possible here, float32, and the user is told."""
    try:
        engine.use(before)
    except DetectorError as error:
        engine.use(FLOAT32)
        say(
            Remark(
                f"this survey was searched in {before.name}, which is not possible here ({error}): all of it is "
                "searched in float32",
                about="precision",
            )
        )
        return FLOAT32
    return before


def _check(
    asked: Asked,
    model: FittedModel,
    engine: SeveralPrecisions,
    images: Sequence[PlannedImage],
    open_image: Opener,
) -> tuple[bool, str, float]:
    """Whether the precision in use finds what float32 finds, and faster; how it agreed, for a person; and how near to
    the threshold a score may be decided by rounding.
    """
    at_once = model.info.batch_size or 1  # as the faster precision is called in the search
    exactly, roughly = _Answers(asked.thresholds), _Answers(asked.thresholds)
    shown: list[NDArray[np.uint8]] = []
    try:
        for tiles in _tiles(images, open_image, at_once):
            shown.append(tiles)
            roughly.add(model, tiles, at_once)
            if len(roughly.found) >= ANIMALS:
                break
        engine.use(FLOAT32)
        for tiles in shown:
            exactly.add(model, tiles, at_once)
    except ModelError as error:
        return False, str(error), SCORE
    number, compared = exactly.tiles, len(exactly.found) + len(roughly.found)
    if compared < 2 * LEAST_ANIMALS:
        return False, f"too few animals on {number} tiles to compare it with float32", SCORE
    same = compare_boxes(exactly.found, roughly.found, number, asked.thresholds)
    faster = roughly.seconds / max(exactly.seconds, 1e-9)
    check = (
        f"on {number} tiles it found {len(roughly.found)} animals and float32 {len(exactly.found)}, "
        f"{same.unmatched} of them in only one; boxes differ by at most {same.box_px:.2f} px and scores by "
        f"{same.score:.3f}; it took {100 * faster:.0f} % of the processor time"
    )
    agreed = not same.unmatched and same.box_px <= BOX_PX and same.score <= SCORE
    return agreed and faster <= MOST_OF_FLOAT32, check, _margin(same)


def _margin(same: Agreement) -> float:
    """The margin around the threshold in which rounding may decide, by the differences of the first tiles.

    A rounding changes the logit of a score. Near the threshold that is a quarter as much of the score at most, as the
    logistic function is nowhere steeper. With few animals the largest difference says little.
    """
    if same.compared < ANIMALS:
        return SCORE
    return round(min(SCORE, max(LEAST_MARGIN, MARGIN * same.logit / 4)), 4)


class _Answers:
    """What a model finds above the threshold, and the processor time that it takes.

    Attributes:
        found: With the number of their tile.
        tiles: The number of tiles.
        seconds: Of processor time, of all threads.
    """

    def __init__(self, thresholds: NDArray[np.float32]) -> None:
        self._thresholds = thresholds
        self.found = Detections.empty()
        self.tiles = 0
        self.seconds = 0.0

    def add(self, model: FittedModel, tiles: NDArray[np.uint8], at_once: int) -> None:
        """Search tiles, `at_once` in a call. Raises ModelError if the model fails."""
        if not self.tiles:
            model.detect(tiles[:at_once])  # the first call of an engine prepares memory
        start = time.process_time()
        starts = range(0, len(tiles), at_once)
        with ThreadPoolExecutor(model.calls_at_once) as pool:
            answers = list(pool.map(lambda at: model.detect(tiles[at : at + at_once]), starts))
        for at, found in zip(starts, answers, strict=True):
            found = found[found.scores >= self._thresholds[found.labels]]
            numbered = replace(found, tiles=(found.tiles + self.tiles + at).astype(np.int32))
            self.found = Detections.concatenate([self.found, numbered])
        self.seconds += time.process_time() - start
        self.tiles += len(tiles)


def _tiles(images: Sequence[PlannedImage], open_image: Opener, whole: int) -> Iterator[NDArray[np.uint8]]:
    """(N, H, W, 3) uint8 tiles of some images, spread over the survey; N is a multiple of `whole`."""
    searched = [image for image in images if image.units]
    tiles = sum(image.tiles for image in searched)
    number = max(1, min(IMAGES, len(searched), int(MOST_OF_TILES * tiles / TILES_AN_IMAGE)))
    for place in np.unique(np.linspace(0, len(searched) - 1, number).astype(int)).tolist() if searched else ():
        image = searched[place]
        unit = image.units[len(image.units) // 2]
        try:
            with open_image(image) as reader:
                pixels, _ = read_unit(reader, unit)
        except (GeoError, DetectorError, OSError):
            continue  # it fails when it is searched
        grid, block = unit.grid, unit.block
        corners = grid.boxes[grid.tiles_of(block), :2] - np.array([block.x, block.y])
        chosen = corners[np.unique(np.linspace(0, len(corners) - 1, TILES_AN_IMAGE).astype(int))]
        chosen = chosen[: max(whole, len(chosen) // whole * whole)]
        yield np.stack([pixels[y : y + grid.tile_height, x : x + grid.tile_width] for x, y in chosen])

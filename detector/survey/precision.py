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
from detector.models.precision import FLOAT32, MOST_SHIFT, SCORE, Precision, SeveralPrecisions, doubtful
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
# Scores are a little lower in bfloat16, nearly all by the same. Tiles are searched again if a score is as near to the
# threshold, less this difference, as so many times the largest deviation from it, and as this at least.
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
    agreed, checked = _checked(asked, wanted, model, engine, images, open_image)
    taken = checked if agreed or asked.precision == FASTER else replace(FLOAT32, check=checked.check)
    engine.use(taken)
    if taken.name != "float32":
        say(f"the model computes in {taken.name}: {taken.check}")
    return taken


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


def _checked(
    asked: Asked,
    wanted: Precision,
    model: FittedModel,
    engine: SeveralPrecisions,
    images: Sequence[PlannedImage],
    open_image: Opener,
) -> tuple[bool, Precision]:
    """Whether a precision finds what float32 finds, and faster; and the precision with its margin and shift, and how it
    agreed.

    It is judged by what a run would give: float32's answer in the tiles that a run would search again.
    """
    exactly, roughly = _Answers(asked.thresholds), _Answers(asked.thresholds)
    try:
        _search_both(exactly, roughly, wanted, model, engine, _tiles(images, open_image, model.info.batch_size or 1))
    except ModelError as error:
        return False, replace(wanted, check=str(error))
    number = exactly.tiles
    if len(exactly.animals) + len(roughly.animals) < 2 * LEAST_ANIMALS:
        return False, replace(wanted, check=f"too few animals on {number} tiles to compare it with float32")
    margin, shift = _doubt(compare_boxes(exactly.animals, roughly.animals, number, asked.thresholds))
    taken = replace(wanted, margin=margin, shift=shift)
    sure = ~doubtful(roughly.found, number, taken)
    wanted_there, found_there = (both.animals[sure[both.animals.tiles]] for both in (exactly, roughly))
    same = compare_boxes(wanted_there, found_there, number, asked.thresholds)
    again = float(np.mean(~sure))
    faster = roughly.seconds / max(exactly.seconds, 1e-9) + again
    found = len(exactly.animals) - len(wanted_there) + len(found_there)
    check = (
        f"on {number} tiles it found {found} animals and float32 {len(exactly.animals)}, "
        f"{same.unmatched} of them in only one; boxes differ by at most {same.box_px:.2f} px and scores by "
        f"{same.score:.3f}; it took {100 * faster:.0f} % of the processor time, with {100 * again:.0f} % of the tiles "
        "searched again in float32"
    )
    agreed = not same.unmatched and same.box_px <= BOX_PX and same.score <= SCORE
    return agreed and faster <= MOST_OF_FLOAT32, replace(taken, check=check)


def _search_both(
    exactly: "_Answers",
    roughly: "_Answers",
    wanted: Precision,
    model: FittedModel,
    engine: SeveralPrecisions,
    tiles: Iterator[NDArray[np.uint8]],
) -> None:
    """Search tiles in float32 and in another precision alone, until there are enough animals. Raises ModelError."""
    at_once = model.info.batch_size or 1  # as the faster precision is called in the search
    engine.use(replace(wanted, margin=-1.0))  # no tile is searched again
    shown: list[NDArray[np.uint8]] = []
    for some in tiles:
        shown.append(some)
        roughly.add(model, some, at_once)
        if len(roughly.animals) >= ANIMALS:
            break
    engine.use(FLOAT32)
    for some in shown:
        exactly.add(model, some, at_once)


def _doubt(same: Agreement) -> tuple[float, float]:
    """The margin around the threshold in which rounding may decide, and the shift, by what was seen on the first tiles.

    A rounding changes the logit of a score. Near the threshold that is a quarter as much of the score at most, as the
    logistic function is nowhere steeper. With few animals the largest deviation says little.
    """
    if same.compared < ANIMALS or abs(same.shift) > MOST_SHIFT:
        return SCORE, 0.0
    return round(min(SCORE, max(LEAST_MARGIN, MARGIN * same.spread / 4)), 4), round(same.shift, 4)


class _Answers:
    """What a model finds, and the processor time that it takes.

    Attributes:
        found: With the number of their tile.
        animals: Those above the threshold.
        tiles: The number of tiles.
        seconds: Of processor time, of all threads.
    """

    def __init__(self, thresholds: NDArray[np.float32]) -> None:
        self._thresholds = thresholds
        self.found = self.animals = Detections.empty()
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
            numbered = replace(found, tiles=(found.tiles + self.tiles + at).astype(np.int32))
            self.found = Detections.concatenate([self.found, numbered])
        self.animals = self.found[self.found.scores >= self._thresholds[self.found.labels]]
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

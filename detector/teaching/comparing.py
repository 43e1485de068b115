"""Compares a taught model with `find` on the photos that were held out, so that the better one searches the rest.

`find` is fitted to the same labels, without those of the photos held out: neither is tested on what it learnt. It takes
seconds. The better one makes fewer mistakes: missed animals and false alarms. With few animals held out this may be
chance, and it is still the better guess: in a survey of 60 photos of seals, a model that was worse, but not clearly,
replaced 816 proposals by 762, with false alarms in each of the photos without seals.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError
from detector.evaluation.headline import all_classes
from detector.evaluation.scores import Found, Matches
from detector.evaluation.search import Looked, look
from detector.models import ModelInfo, light_fit
from detector.models.light_body import LightBody
from detector.models.light_head import LightHeadDetector
from detector.survey.beside_find import FIND, MODEL, BesideFind
from detector.survey.example_tiles import TileScale, ToldImage, examples_of
from detector.survey.finding import THRESHOLD
from detector.survey.marks import LEAST_MARKS
from detector.teaching.held_out import Division
from detector.teaching.judged import Judgement
from detector.teaching.lessons import Lesson
from geo.errors import HerdmapError

_SURE = 1.645  # standard errors: a difference that chance brings 1 time in 20
_MOST_PX = 200_000_000  # of photos held out, on which the two are compared; more takes minutes and tells little


def compare(judgement: Judgement, division: Division, length_px: float, device: str) -> BesideFind | str:
    """Compare a model with `find`, on the photos on which the model was judged. If that is not possible, say why.

    Args:
        judgement: What the model found.
        division: What it learnt from, and what was held out.
        length_px: How long the animals are, px.
        device: Where `find` searches.
    """
    try:
        return _compare(judgement, division, length_px, device)
    except HerdmapError as error:  # the model, which took minutes, is not lost by it
        return str(error)


def _compare(judgement: Judgement, division: Division, length_px: float, device: str) -> BesideFind:
    classes = judgement.classes
    head = _fitted(division.learnt, classes, length_px, device)
    some = _first(judgement.looked)
    found = look(head, some.photos).found(THRESHOLD)
    label_of = np.array([classes.index(name) for name in head.info.classes], np.int64)
    ours = replace(found, labels=label_of[found.labels])
    truth = some.truth()
    theirs = some.found(judgement.threshold)

    def matched(seen: Found) -> Matches:
        return all_classes(truth, seen, len(classes), "centre")

    of_find, of_model = matched(ours), matched(theirs)
    missed = [{int(n) for n in one.true[~np.isfinite(one.found_at)]} for one in (of_find, of_model)]
    wrong = [int((~one.right).sum()) for one in (of_find, of_model)]
    own = (len(one - other) + false for one, other, false in zip(missed, missed[::-1], wrong, strict=True))
    better, clear = _better(*own)
    animals = len(of_find.true)
    find, model = ((animals - len(one), false) for one, false in zip(missed, wrong, strict=True))
    return BesideFind(len(some.photos), animals, find, model, better, clear)


def _better(find: int, model: int) -> tuple[str, bool]:
    """Which is better, and whether that is clear, of the numbers of mistakes that only one of them makes.

    If both were as good, either would make half of these. McNemar 1947, with the correction of Edwards 1948.
    """
    apart = abs(find - model) - 1
    return FIND if find < model else MODEL, bool(apart > 0 and apart >= _SURE * np.sqrt(find + model))


def _first(looked: Looked) -> Looked:
    """The first photos, as many as have at most _MOST_PX together; one at least."""
    px = np.cumsum([photo.width * photo.height for photo in looked.photos])
    kept = max(1, int((px <= _MOST_PX).sum()))
    return Looked(looked.work, looked.photos[:kept], looked.images[:kept], looked.parts[:kept])


def _fitted(learnt: Sequence[Lesson], classes: tuple[str, ...], length_px: float, device: str) -> LightHeadDetector:
    """A light head of the classes that the lessons show. Raises InputError if they show too few animals."""
    marked = np.concatenate([lesson.photo.labels[~lesson.photo.crowd] for lesson in learnt])
    count = np.bincount(marked, minlength=len(classes))
    if count.max() < LEAST_MARKS:
        raise InputError(
            f"without the photos held out, {count.max()} animals of a class are marked, and find needs {LEAST_MARKS}"
        )
    shown = np.flatnonzero(count)
    scale = TileScale.of(length_px)
    info = ModelInfo(
        "detector",
        "find",
        tuple(classes[label] for label in shown),
        tile_size=scale.tile_size,
        overlap=scale.overlap,
        score_threshold=THRESHOLD,
    )
    label_of = np.full(len(classes), -1)
    label_of[shown] = np.arange(len(shown))
    examples = examples_of([_told(lesson, label_of) for lesson in learnt], scale)
    body = LightBody(device)
    return LightHeadDetector(light_fit.fit(examples, info.classes, scale.zoom, info, body), body, ())


def _told(lesson: Lesson, label_of: NDArray[np.int64]) -> ToldImage:
    photo, own = lesson.photo, ~lesson.photo.crowd
    return ToldImage(
        photo.path,
        (photo.width, photo.height),
        photo.boxes_px[own].astype(np.float64),
        label_of[photo.labels[own]],
        lesson.rejected_px.astype(np.float64),
        lesson.undecided_px,
        lesson.searched_px,
        photo.stretch,
    )

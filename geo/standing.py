"""The counting rule of `geo.counting_rule` for whole tables, with numpy, because surveys have 100,000s of rows.

`tests/geo/test_standing.py` checks that both give the same result.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.counting_rule import CONFIRMED, REJECTED, REVIEWS, UNREVIEWED, Review
from geo.tables import DetectionRows, TableError


def after_review(rows: DetectionRows, which: Review) -> tuple[NDArray[np.bool_], NDArray[np.object_]]:
    """Which rows count after the review, each animal once, and as which class: an (M,) mask and (M,) effective classes.

    which: as in `select`.
    """
    return select(rows.class_names(), rows.text("review"), rows.text("reviewed_class"), standing(rows), which)


def standing(rows: DetectionRows) -> NDArray[np.uint8]:
    """(M,) 0 or 1: which sightings stand for their animals after the review, as in `counting_rule.standing`."""
    standing = rows.counted.copy()
    confirmed = np.array([text == CONFIRMED for text in rows.text("review")], bool)
    known = np.flatnonzero(rows.animal_id >= 0)
    if not (confirmed & (rows.counted == 0))[known].any():
        return standing
    _, animal = np.unique(rows.animal_id[known], return_inverse=True)
    counts, sure = rows.counted[known] == 1, confirmed[known]
    has_one = np.bincount(animal, weights=counts) > 0
    settled = np.bincount(animal, weights=counts & sure) > 0
    score = np.nan_to_num(rows.score[known], nan=2.0)  # boxes that a person drew
    best = np.lexsort((np.arange(len(known)), -score, ~sure, animal))
    first = best[np.append(True, np.diff(animal[best]) != 0)]
    change = has_one & ~settled & sure[first]
    standing[known[change[animal]]] = 0
    standing[known[first[change]]] = 1
    return standing


def is_reviewed(rows: DetectionRows) -> NDArray[np.bool_]:
    """(M,) bool: which boxes a person confirmed, rejected or drew."""
    said = np.array([text not in (None, "", UNREVIEWED) for text in rows.text("review")], bool)
    return said | np.isnan(rows.score)


def select(
    classes: Sequence[str] | NDArray[np.object_],
    review: Sequence[str | None] | NDArray[np.object_],
    reviewed_classes: Sequence[str | None] | NDArray[np.object_],
    counted: ArrayLike,
    which: Review,
) -> tuple[NDArray[np.bool_], NDArray[np.object_]]:
    """Which detections count after the review, and as which class: an (N,) mask and (N,) effective classes.

    An animal that was relabelled has its reviewed class.

    Args:
        classes: (N,) the model's classes.
        review: (N,) texts.
        reviewed_classes: (N,) texts; None for none.
        counted: (N,) 0 or 1. A 0 is a further sighting of an animal that another photo counts; it is always left out.
        which: `confirmed`, `not-rejected` (confirmed and unreviewed), or `all` (also rejected ones).
    """
    if which not in REVIEWS:
        raise TableError(f"review {which!r}: expected {', '.join(REVIEWS)}")
    state = np.asarray(review, dtype=object)
    mask = np.asarray(counted) != 0
    if which == "confirmed":
        mask = mask & (state == CONFIRMED)
    elif which == "not-rejected":
        mask = mask & (state != REJECTED)
    effective = np.array(classes, dtype=object)
    relabelled = np.asarray(reviewed_classes, dtype=object)
    given = np.fromiter((bool(name) and name == name for name in relabelled), np.bool_, len(relabelled))
    effective[given] = relabelled[given]
    return mask, effective

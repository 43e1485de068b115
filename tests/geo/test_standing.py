"""The counting rule over whole tables, held against the rule for single animals."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import counting_rule
from geo.counting_rule import CONFIRMED, REJECTED, REVIEWS, UNREVIEWED, Sighting
from geo.standing import after_review, standing
from geo.tables import DetectionRows

CLASSES = ("cow", "eland", "sheep")
# Scores are few, so that equal ones are often drawn, and animals as well.
SIGHTINGS = st.builds(
    Sighting,
    animal_id=st.sampled_from([None, -1, 0, 1, 2]),
    counted=st.booleans(),
    score=st.sampled_from([None, 0.0, 0.25, 0.5, 1.0]),
    review=st.sampled_from([UNREVIEWED, CONFIRMED, REJECTED]),
    class_name=st.sampled_from(CLASSES),
    reviewed_class=st.sampled_from([None, "", *CLASSES, "warthog"]),
)


def table(sightings: list[Sighting]) -> DetectionRows:
    """The sightings as rows of one image."""
    columns: dict[str, Any] = {
        "animal_id": [-1 if one.animal_id is None else one.animal_id for one in sightings],
        "counted": [one.counted for one in sightings],
        "score": [np.nan if one.score is None else one.score for one in sightings],
        "label": [CLASSES.index(one.class_name) for one in sightings],
        "review": [one.review for one in sightings],
        "reviewed_class": [one.reviewed_class for one in sightings],
    }
    number = len(sightings)
    return DetectionRows(
        paths=["a.jpg"],
        image=np.zeros(number, np.int64),
        classes=CLASSES,
        boxes_px=np.tile(np.array([0, 0, 1, 1], np.float32), (number, 1)),
        polygons_map=np.full((number, 5, 2), np.nan),
        **columns,
    )


@given(st.lists(SIGHTINGS, max_size=14))
def test_tables_are_counted_by_the_rule(sightings: list[Sighting]) -> None:
    rows = table(sightings)
    stands = counting_rule.standing(sightings)
    assert standing(rows).astype(bool).tolist() == stands
    for which in REVIEWS:
        mask, classes = after_review(rows, which)
        expected = [s and counting_rule.counts(one.review, which) for s, one in zip(stands, sightings, strict=True)]
        assert mask.tolist() == expected
        assert classes.tolist() == [
            counting_rule.effective_class(one.class_name, one.reviewed_class) for one in sightings
        ]


@pytest.mark.parametrize(
    ("sightings", "stands"),
    [
        ([(True, 0.9, UNREVIEWED), (False, 0.8, UNREVIEWED)], [True, False]),
        ([(True, 0.9, UNREVIEWED), (False, 0.8, CONFIRMED)], [False, True]),
        ([(True, 0.9, REJECTED), (False, 0.4, CONFIRMED), (False, 0.6, CONFIRMED)], [False, False, True]),
        ([(True, 0.9, REJECTED), (False, 0.6, CONFIRMED), (False, None, CONFIRMED)], [False, False, True]),
        ([(True, 0.9, REJECTED), (False, 0.6, CONFIRMED), (False, 0.6, CONFIRMED)], [False, True, False]),
        ([(True, 0.2, CONFIRMED), (False, 0.9, CONFIRMED)], [True, False]),
        # What was rejected where it counts is no animal, in none of its photos.
        ([(True, 0.9, REJECTED), (False, 0.8, UNREVIEWED)], [True, False]),
        ([(False, 0.9, CONFIRMED), (False, 0.8, CONFIRMED)], [False, False]),
    ],
)
def test_one_sighting_stands_for_an_animal(sightings: list[tuple[bool, float | None, str]], stands: list[bool]) -> None:
    rows = [Sighting(7, counted, score, review, "cow", None) for counted, score, review in sightings]
    assert counting_rule.standing(rows) == stands
    # Without the number that ties them together, each is an animal of its own.
    assert counting_rule.standing([one._replace(animal_id=None) for one in rows]) == [c for c, _, _ in sightings]


def test_an_unknown_choice_of_reviews_is_refused() -> None:
    with pytest.raises(ValueError, match="'some': expected all, confirmed, not-rejected"):
        counting_rule.counts(CONFIRMED, "some")  # type: ignore[arg-type]

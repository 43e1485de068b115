"""What a taught model is fit for: not judged at a threshold that the judged photo chose."""

import numpy as np

from detector.evaluation.scores import Found, Truth
from detector.teaching.fitness import Fitness


def photos(
    scores: list[list[float]], wrong: list[list[float]], flights: list[str], animals: int
) -> tuple[Truth, Found]:
    """Photos with so many animals each. scores: of the detections that are right. wrong: of false alarms."""
    image = np.repeat(np.arange(len(scores)), animals)
    corner = np.tile(np.arange(animals) * 100.0, len(scores))
    boxes = np.stack([corner, corner, corner + 40, corner + 40], axis=1).astype(np.float32)
    n = len(image)
    truth = Truth(
        tuple(f"{i}.jpg" for i in range(len(scores))), tuple(flights), image, boxes, np.zeros(n, np.int64),
        np.zeros(n, bool), np.full(n, np.inf),
    )  # fmt: skip
    rows = [(i, boxes[i * animals + k], s) for i, of in enumerate(scores) for k, s in enumerate(of)]
    rows += [
        (i, np.array([50 + 100 * k, 0, 60 + 100 * k, 10]), s) for i, of in enumerate(wrong) for k, s in enumerate(of)
    ]
    found = Found(
        np.array([i for i, _, _ in rows]),
        np.array([box for _, box, _ in rows], np.float32),
        np.array([s for _, _, s in rows], np.float32),
        np.zeros(len(rows), np.int64),
    )
    return truth, found


def test_a_model_that_finds_all_is_fit_to_count() -> None:
    truth, found = photos([[0.9] * 10] * 6, [[0.2] * 3] * 6, [""] * 6, 10)
    fit = Fitness.of(truth, found, 1)
    assert (fit.f1, fit.count_error, fit.lacks) == (1.0, 0.0, ())


def test_a_threshold_that_fits_each_photo_alone_is_no_merit() -> None:
    """In each flight the right ones are surer than the wrong ones, but no threshold is good for both flights."""
    scores, wrong = [[0.9] * 10] * 5 + [[0.4] * 10] * 5, [[0.6] * 10] * 5 + [[0.1] * 10] * 5
    truth, found = photos(scores, wrong, ["a"] * 5 + ["b"] * 5, 10)
    fit = Fitness.of(truth, found, 1)
    assert fit.f1 < 0.6
    assert any("F1" in one for one in fit.lacks)


def test_few_animals_say_little() -> None:
    truth, found = photos([[0.9] * 4] * 6, [[]] * 6, [""] * 6, 4)
    assert Fitness.of(truth, found, 1).lacks == ("it was measured on 24 animals of 6 photos only",)


def test_a_flight_that_is_counted_wrong_is_named() -> None:
    flights = ["a"] * 8 + ["b"] * 2
    truth, found = photos([[0.9] * 12] * 8 + [[0.9] * 8] * 2, [[]] * 10, flights, 12)
    fit = Fitness.of(truth, found, 1)
    assert fit.f1 > 0.95
    assert fit.lacks == ("the count of b is -33% wrong",)

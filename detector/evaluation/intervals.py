"""Computes bootstrap intervals: how much a number would change with other photos of the same kind."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from geo.estimates import student_t

LEVEL = 0.95
# How many numbers (photos times draws) are in memory at once.
_CHUNK = 4_000_000


def bootstrap(
    by_photo: NDArray[np.int64],
    numbers: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    draws: int = 2000,
    seed: int = 0,
    flights: Sequence[str] | None = None,
) -> NDArray[np.float64]:
    """(2, M) float64: the 2.5 % and 97.5 % percentiles of M numbers, if photos are drawn with replacement (Efron 1979).

    Photos are drawn, not animals, because the animals in one photo are missed together. Where there are several
    flights, they are drawn with all of their photos, because the photos of one flight resemble each other. If the
    photos do not differ, or if there is only one, the interval is unknown: both ends are NaN. An interval of width 0
    would seem to say that the number is exact.

    Of few flights, percentiles are too close together. So each end is moved away from the number by the quantile of
    Student's t over that of the normal distribution, and by the share that a sample's variance is too small.

    Args:
        by_photo: (P, S) int64, S sums for each photo.
        flights: (P,) the flight of each photo; None to draw photos.
        numbers: Turns the sums (D, S) of D draws into numbers (D, M); NaN if a number is undefined.
        draws: How many draws.
        seed: The random seed.
    """
    if flights is not None and of_flights(flights):
        _, number = np.unique(np.asarray(flights, object).astype(str), return_inverse=True)
        by_flight = np.zeros((int(number.max()) + 1, by_photo.shape[1]), by_photo.dtype)
        np.add.at(by_flight, number, by_photo)
        by_photo = by_flight
    photos = len(by_photo)
    if photos < 2:
        undefined = numbers(np.zeros((1, by_photo.shape[1]), np.int64))
        return np.full((2, undefined.shape[1]), np.nan)
    rng = np.random.default_rng(seed)
    at_once = max(1, _CHUNK // photos)
    sums = []
    for start in range(0, draws, at_once):
        size = min(at_once, draws - start)
        sums.append(rng.multinomial(photos, np.full(photos, 1 / photos), size=size) @ by_photo)
    values = numbers(np.concatenate(sums))
    result = np.full((2, values.shape[1]), np.nan)
    known = ~np.isnan(values).all(axis=0)
    tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    result[:, known] = np.nanquantile(values[:, known], tails, axis=0)
    result[:, result[0] == result[1]] = np.nan
    value = numbers(by_photo.sum(axis=0)[None])[0]
    wider = student_t.quantile((1 + LEVEL) / 2, photos - 1) / student_t.quantile((1 + LEVEL) / 2, math.inf)
    return np.asarray(value + (result - value) * wider * math.sqrt(photos / (photos - 1)))


def of_flights(flights: Sequence[str]) -> bool:
    """Whether intervals draw flights: there are several, and not each photo is a flight of its own."""
    return 1 < len(set(flights)) < len(flights)


def rates(sums: NDArray[np.int64]) -> NDArray[np.float64]:
    """(D, 4) float64: precision, recall, F1, count / truth - 1, from sums (D, 3): found, false alarms, missed."""
    found, false_alarms, missed = sums.astype(np.float64).T
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = found / (found + false_alarms)
        recall = found / (found + missed)
        f1 = 2 * found / (2 * found + false_alarms + missed)
        bias = (found + false_alarms) / (found + missed) - 1
    bias[~np.isfinite(bias)] = np.nan
    return np.stack([precision, recall, f1, bias], axis=1)

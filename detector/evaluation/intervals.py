"""Bootstrap intervals: how much a number would change with other photos of the same kind."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
# Photos times draws held at once.
_CHUNK = 4_000_000


def bootstrap(
    by_photo: NDArray[np.int64],
    numbers: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    draws: int = 2000,
    seed: int = 0,
) -> NDArray[np.float64]:
    """(2, M) the 2.5 % and 97.5 % percentiles of M numbers, photos drawn with replacement (Efron 1979).

    by_photo: (P, S) sums of each photo. numbers: (D, S) sums of D draws to (D, M), NaN where one is undefined.
    Photos are drawn, not animals, since the animals of a photo are missed together. An interval without a width says
    that the photos do not differ, or that there is one, not that the number is exact: it is unknown, NaN at both ends.
    """
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
    return result


def rates(sums: NDArray[np.int64]) -> NDArray[np.float64]:
    """(D, 3) sums of found, false alarms, missed to (D, 4) precision, recall, F1, count / truth - 1."""
    found, false_alarms, missed = sums.astype(np.float64).T
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = found / (found + false_alarms)
        recall = found / (found + missed)
        f1 = 2 * found / (2 * found + false_alarms + missed)
        bias = (found + false_alarms) / (found + missed) - 1
    bias[~np.isfinite(bias)] = np.nan
    return np.stack([precision, recall, f1, bias], axis=1)

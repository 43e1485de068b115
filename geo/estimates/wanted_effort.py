"""How much ground a survey must search for a wanted CV, from what an earlier survey counted.

Transects of together A km2 in a stratum of Z km2 with R animals a km2 count about R A animals. Counts of transects vary
by b times their mean, as animals stand together. Then Jolly's variance is

    CV(Y)^2 = b / (R A) (1 - A / Z)

and the effort for a wanted CV is A = b / (R (CV^2 + b / (R Z))) (Buckland, S. T. et al. 2001, Introduction to Distance
Sampling, 7.2.2, with the share of the ground that is searched). Over several strata, the least effort is in proportion
to Z sqrt(R b) (Neyman's allocation; Cochran 1977, 5.5).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from geo.estimates.population import Estimate

__all__ = ["USUAL_SPREAD", "Expected", "expected_cv", "of_estimate", "share_by_area", "shares"]

USUAL_SPREAD = 3.0  # b where no survey tells it: Buckland et al. (2001) advise 3, from 1.5 to 3 in surveys of groups


@dataclass(frozen=True)
class Expected:
    """What is expected in one stratum.

    Attributes:
        area_km2: Z.
        per_km2: R, the animals that are counted on a km2 of ground.
        spread: b, the variance of a transect's count over its mean.
    """

    area_km2: float
    per_km2: float
    spread: float

    def variance(self, searched_km2: float) -> float:
        """The variance of the estimate, if so much ground is searched."""
        searched = min(searched_km2, self.area_km2)
        if searched <= 0:
            return math.inf if self.per_km2 > 0 else 0.0
        return self.area_km2**2 * self.per_km2 * self.spread * (1 / searched - 1 / self.area_km2)


def of_estimate(row: Estimate, area_km2: float) -> Expected | None:
    """What the estimate of an earlier survey makes expected in a stratum of that area; None if it tells nothing."""
    counted = row.density_per_km2 * row.searched_km2
    if not (row.n > 1 and counted > 0 and row.n_possible > row.n and math.isfinite(row.se_transects)):
        return None
    # Var(Y) = N (N - n) / n s^2, and a transect counts Y / N on average.
    spread = row.se_transects**2 * row.n / ((row.n_possible - row.n) * row.estimate)
    return Expected(area_km2, row.density_per_km2, max(spread, 1.0))


def expected_cv(strata: Sequence[Expected], searched_km2: Sequence[float]) -> float:
    """The CV of the sum over strata; NaN if no animal is expected."""
    number = math.fsum(one.area_km2 * one.per_km2 for one in strata)
    variance = math.fsum(one.variance(searched) for one, searched in zip(strata, searched_km2, strict=True))
    return math.sqrt(variance) / number if number > 0 else math.nan


def shares(strata: Sequence[Expected], cv: float) -> list[float]:
    """The km2 to search in each stratum, the least in all, so that the sum over strata has the wanted CV.

    Args:
        strata: What is expected. One without animals is not searched for them: it gets 0.
        cv: The wanted one, a share above 0.
    """
    number = math.fsum(one.area_km2 * one.per_km2 for one in strata)
    weight = [one.area_km2 * math.sqrt(one.per_km2 * one.spread) for one in strata]

    def searched(scale: float) -> list[float]:
        return [min(scale * w, one.area_km2) for w, one in zip(weight, strata, strict=True)]

    low, high = 0.0, max((one.area_km2 / w for w, one in zip(weight, strata, strict=True) if w > 0), default=0.0)
    for _ in range(100):
        middle = (low + high) / 2
        enough = expected_cv(strata, searched(middle)) <= cv if number > 0 else True
        low, high = (low, middle) if enough else (middle, high)
    return searched(high)


def share_by_area(areas_km2: Sequence[float], searched_km2: float) -> list[float]:
    """The km2 to search in each stratum in proportion to its area, together `searched_km2`."""
    whole = math.fsum(areas_km2)
    return [searched_km2 * area / whole for area in areas_km2]

"""Intervals of 95 %: by Student's t, log-normal, and upper bounds where no animal was seen.

    by t            Y +- t SE                                            (Jolly 1969)
    log-normal      Y / C to Y C,   C = exp(t sqrt(log(1 + CV^2)))       (Buckland et al. 2015)
    nothing seen    0 to H c,       H = log 0.05 / log(1 - f)

Counts of rare animals in herds are skewed: a few transects have nearly all of them. An interval by t is symmetric. Then
it ends below the number that was counted, or below 0, and its upper end is too low. The log-normal interval has its
longer side above, and never ends below what was counted. For a small CV, the two are the same.

If no animal was seen on a share f of the ground, there may still be H herds. With more, a random share f of the ground
would have shown one with more than 95 %. c is the mean size of the herd in which an animal lives.

Upper bounds are added to an interval as Zou, G. Y. and Donner, A. (2008, Construction of confidence limits about effect
measures, Statistics in Medicine 27, 1693-1702) combine the limits of independent numbers: the squares of the distances
from each number to its limit add up.
"""

import math

from geo.estimates import student_t

__all__ = ["BOUND", "CONFIDENCE", "LARGE_CV", "LOG_NORMAL", "T", "log_normal", "unseen_herds"]

CONFIDENCE = 0.95
LARGE_CV = 0.2  # from here on the interval is log-normal; below, the two hardly differ
T, LOG_NORMAL, BOUND = "t", "log-normal", "upper bound"


def log_normal(estimate: float, se: float, df: float) -> tuple[float, float]:
    """The ends of the log-normal interval. Buckland, S. T. et al. 2015, Distance Sampling: Methods and Applications.

    Args:
        estimate: More than 0.
        se: Its SE.
        df: The degrees of freedom of the SE.
    """
    t = student_t.quantile(0.5 + CONFIDENCE / 2, df)
    factor = math.exp(t * math.sqrt(math.log1p((se / estimate) ** 2)))
    return estimate / factor, estimate * factor


def unseen_herds(searched: float) -> float:
    """How many herds there may be (95 %) although none was seen on a random share of the ground.

    Args:
        searched: The share of the ground that was searched: more than 0, at most 1.
    """
    return 0.0 if searched >= 1 else math.log(1 - CONFIDENCE) / math.log1p(-searched)

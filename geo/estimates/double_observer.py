"""How many animals two observers missed, who searched the same ground apart.

What one observer saw marks animals, and the other observer's share of the marked ones is his chance to see an animal.
An observer is a person or a detector. `chapman` is for observers for whom all animals are equally hard to see.
`huggins` has covariates: class, size of the group, distance from the photo's centre, and so on.

Both assume that the observers are independent once the covariates are known. If both miss the same animals, such as
those under trees, the estimate is too low.

References: Chapman (1951), University of California Publications in Statistics 1; Seber (1970), Biometrics 26; Huggins
(1991), Biometrics 47; Marsh and Sinclair (1989), Journal of Wildlife Management 53.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import InputError

Floats = NDArray[np.float64]

_MOST_ROUNDS = 100
# An observer who sees nearly everything: the fit goes to infinity, and its standard errors mean nothing.
_LARGEST = 15.0
_LARGEST_SE = 0.5  # of a share: that of one animal out of two
_FEWEST_BOTH = 7  # so many animals that both saw, and Chapman's bias is below 2 % (Robson and Regier 1964)


@dataclass(frozen=True)
class Factor:
    """A number with its standard error, such as a share that is seen."""

    value: float
    se: float

    @property
    def cv(self) -> float:
        """The standard error divided by the number."""
        return self.se / self.value if self.value else math.nan


@dataclass(frozen=True)
class Both:
    """What two observers saw.

    Attributes:
        first: How many animals the first saw.
        second: How many the second saw.
        both: How many both saw.
    """

    first: int
    second: int
    both: int

    def __post_init__(self) -> None:
        if not 0 <= self.both <= min(self.first, self.second):
            raise InputError(
                f"two observers saw {self.first} and {self.second} animals and both {self.both}: expected 0 to "
                f"{min(self.first, self.second)} that both saw"
            )

    @property
    def seen(self) -> int:
        """How many animals any of the two saw."""
        return self.first + self.second - self.both


def chapman(saw: Both) -> Factor:
    """The number of animals, by Chapman's estimator and its variance by Seber (1970).

    (n1 + 1)(n2 + 1) / (m + 1) - 1, and (n1 + 1)(n2 + 1)(n1 - m)(n2 - m) / ((m + 1)^2 (m + 2)).
    """
    n1, n2, m = saw.first, saw.second, saw.both
    number = (n1 + 1) * (n2 + 1) / (m + 1) - 1
    variance = (n1 + 1) * (n2 + 1) * (n1 - m) * (n2 - m) / ((m + 1) ** 2 * (m + 2))
    return Factor(number, math.sqrt(variance))


def seen_share(saw: Both, number: Factor) -> Factor:
    """The share of the animals that any observer saw: the count of both divided by it is the number of animals."""
    share = saw.seen / number.value if number.value else math.nan
    return Factor(share, share * number.cv)


def observers_warnings(saw: Both) -> list[str]:
    """What the user should know of the counts."""
    said = []
    if saw.both < _FEWEST_BOTH:
        said.append(
            f"of the animals, {saw.both} were seen by both observers: with fewer than {_FEWEST_BOTH} the estimate is "
            "biased; search more photos twice"
        )
    return said


# ---- Huggins ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Huggins:
    """A fit of `huggins`.

    Attributes:
        number: The number of animals, or of groups.
        coefficients: (P,) on the scale of the logit.
        se: (P,) their standard errors.
        names: Their names.
        share: (N, 2) the chance of each observer to see each animal that was seen.
        log_likelihood: Of the capture histories, given that an animal was seen.
        individuals: The number of animals in all groups; the number of groups if no sizes were given.
    """

    number: Factor
    individuals: Factor
    coefficients: Floats
    se: Floats
    names: tuple[str, ...]
    share: Floats
    log_likelihood: float

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return 2 * len(self.coefficients) - 2 * self.log_likelihood


def huggins(
    first: ArrayLike,
    second: ArrayLike,
    covariates: ArrayLike | None = None,
    names: Sequence[str] = (),
    *,
    observers_differ: bool = True,
    size: ArrayLike | None = None,
) -> Huggins:
    """Fit how the chance to see an animal depends on covariates, by the likelihood given that it was seen.

    The chance of an observer is the logistic function of a linear predictor. The number of animals is the sum of 1 /
    (chance that any observer sees it) over the animals that were seen (Horvitz and Thompson), its variance that of
    Huggins (1991) and, for conditional fits of distances, of Borchers et al. (1998).

    Args:
        first: (N,) bool, whether the first observer saw the animal.
        second: (N,) bool, whether the second did. One of the two did.
        covariates: (N, K) numbers; a class is a column of 0 and 1 for each but one.
        names: Of the K covariates.
        observers_differ: Whether the second observer has an intercept of his own.
        size: (N,) the number of animals in each group.

    Raises:
        InputError: The columns do not fit together, nobody saw an animal, or the fit has no finite answer.
    """
    saw = np.column_stack([np.asarray(first, bool), np.asarray(second, bool)])
    n = len(saw)
    if n == 0 or not saw.any(axis=1).all():
        raise InputError("two observers: expected at least one animal, each seen by one of the two")
    given = np.empty((n, 0)) if covariates is None else np.asarray(covariates, np.float64).reshape(n, -1)
    if len(names) != given.shape[1] or not np.isfinite(given).all():
        raise InputError(f"two observers: {given.shape[1]} finite covariates and {len(names)} names, expected one each")
    design = np.empty((n, 2, 1 + int(observers_differ) + given.shape[1]))
    design[:, :, 0] = 1
    if observers_differ:
        design[:, 0, 1], design[:, 1, 1] = 0, 1
    design[:, :, design.shape[2] - given.shape[1] :] = given[:, None, :]
    beta, information, likelihood = _fitted(design, saw)
    covariance: Floats = np.linalg.inv(information).astype(np.float64)
    share = _logistic(design @ beta)
    groups, animals = np.ones(n), np.ones(n) if size is None else np.asarray(size, np.float64)
    every = ("intercept", *(("second observer",) if observers_differ else ()), *names)
    return Huggins(
        _total(design, share, covariance, groups),
        _total(design, share, covariance, animals),
        beta,
        np.sqrt(np.diag(covariance)),
        every,
        share,
        likelihood,
    )


def _fitted(design: Floats, saw: NDArray[np.bool_]) -> tuple[Floats, Floats, float]:
    """The coefficients, their information matrix and the log likelihood, by Newton's method with halved steps."""
    beta = np.zeros(design.shape[2])
    value, gradient, information = _likelihood(beta, design, saw)
    for _ in range(_MOST_ROUNDS):
        try:
            step = np.linalg.solve(information + 1e-10 * np.eye(len(beta)), gradient)
        except np.linalg.LinAlgError:
            break
        if not np.isfinite(step).all() or np.abs(beta).max() > _LARGEST:
            break
        length = 1.0
        while length > 1e-6:
            new = _likelihood(beta + length * step, design, saw)
            if new[0] >= value - 1e-12:
                break
            length /= 2
        beta = beta + length * step
        value, gradient, information = new
        if np.abs(length * step).max() < 1e-10:
            if np.linalg.matrix_rank(information) < len(beta):
                break
            return beta, information, value
    raise InputError(
        "two observers: the covariates do not allow a fit, because one of them is constant, follows from the others, "
        "or parts the animals that are seen from those that are missed; leave it out"
    )


def _likelihood(beta: Floats, design: Floats, saw: NDArray[np.bool_]) -> tuple[float, Floats, Floats]:
    """The log likelihood given that an animal was seen, its gradient, and minus its second derivatives.

    log L = sum over animals of [sum over observers of log(p or 1 - p)] - log(1 - q1 q2), with q = 1 - p.
    """
    p = _logistic(design @ beta)
    q = 1 - p
    none = q[:, 0] * q[:, 1]
    some = np.maximum(1 - none, 1e-300)
    value = float(np.log(np.where(saw, p, q) + 1e-300).sum() - np.log(some).sum())
    # The derivative of log(1 - q1 q2) by the linear predictors is q1 q2 p / (1 - q1 q2).
    odds = none / some
    gradient = np.einsum("nop,no->p", design, saw - p - odds[:, None] * p)
    own = np.einsum("nop,noq,no->pq", design, design, p * q * (1 + odds[:, None]))
    slope = np.einsum("nop,no->np", design, p)
    information = own - np.einsum("np,nq,n->pq", slope, slope, odds * (1 + odds))
    return value, gradient, information


def _total(design: Floats, share: Floats, covariance: Floats, size: Floats) -> Factor:
    """The sum of size / chance, and its standard error: of the draw of animals, and of the coefficients."""
    none = (1 - share).prod(axis=1)
    some = 1 - none
    total = float((size / some).sum())
    draw = float((size**2 * none / some**2).sum())
    slope = -np.einsum("nop,no,n->p", design, share, size * none / some**2)
    return Factor(total, math.sqrt(draw + float(slope @ covariance @ slope)))


def _logistic(x: Floats) -> Floats:
    chance: Floats = 1 / (1 + np.exp(-np.clip(x, -500, 500)))
    return chance


# ---- what follows -----------------------------------------------------------------------------


def product(estimate: Factor, *shares: Factor) -> Factor:
    """An estimate divided by shares, such as perception and availability; squared CVs add (Goodman 1960, first order).

    Raises:
        InputError: A share is not above 0 and at most 1, or its standard error is not 0 to 0.5.
    """
    value, squared = estimate.value, estimate.cv**2 if estimate.value else 0.0
    for share in shares:
        if not 0 < share.value <= 1 or not 0 <= share.se <= _LARGEST_SE:
            raise InputError(
                f"a share of {share.value:g} with a standard error of {share.se:g}: expected a share above 0 and at "
                "most 1, and an error of 0 to 0.5, such as 0.85 and 0.05",
                about="availability",
            )
        value /= share.value
        squared += share.cv**2
    return Factor(value, value * math.sqrt(squared))

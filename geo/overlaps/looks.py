"""How many photos show each animal, of those that look at its place; which animals are probably false alarms."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.counting_rule import doubtful_from, missed_share
from geo.overlaps.cells import Photos, seen_by
from geo.overlaps.nearby import Floats, Ints

# The share of photos that find an animal is known from so many looks on.
_LEAST_LOOKS = 30


class Looks(NamedTuple):
    """N sightings of animals: all of each animal. The first two columns, which a survey's file has too, tell which are
    doubtful.

    Attributes:
        seen: (N,) how many photos show the animal of each sighting.
        looks: (N,) how many photos look at its place, those that show it included: the mean of its sightings, rounded.
        others: How many times a photo looks at the place of a sighting of another photo.
        again: How many of those times it shows the animal.
    """

    seen: Ints
    looks: Ints
    others: int
    again: int

    @classmethod
    def of_columns(cls, seen: Ints, looks: Ints) -> "Looks":
        """The looks at all sightings of a survey's animals, from the columns of its file."""
        return cls(seen, looks, int((looks - 1).sum()), int((seen - 1).sum()))

    @property
    def found(self) -> float:
        """The share of photos that find an animal at whose place they look; NaN if there are too few looks.

        It is the number of animals found again over the number of looks, both counted from each sighting. With L looks
        of chance p, n of them find the animal, and the expected n (n - 1) is p times the expected n (L - 1). So it has
        no bias from the animals that nobody found, and a false alarm, with n = 1, adds only to the looks.
        """
        return self.again / self.others if self.others >= _LEAST_LOOKS else np.nan

    @property
    def doubtful(self) -> NDArray[np.bool_]:
        """(N,) bool: sightings that no other photo confirms, though so many look there that a real animal would hardly
        be missed by all of them.
        """
        doubtful: NDArray[np.bool_] = (self.seen == 1) & self._enough
        return doubtful

    @property
    def expected_alone(self) -> float:
        """How many real animals are expected among the doubtful ones.

        For L looks, the number of animals that two or more photos show tells how many one photo shows: the ratio of the
        binomial probabilities of 1 and of 2 or more.
        """
        missed = self._missed
        if missed is None:
            return 0.0
        known = (self.seen > 1) & self._enough
        looks = self.looks[known].astype(np.float64)
        one = looks * (1 - missed) * missed ** (looks - 1)
        several = np.maximum(1 - missed**looks - one, 1e-9)
        return float((one / several / self.seen[known]).sum())

    @property
    def _missed(self) -> float | None:
        columns = self.of_columns(self.seen, self.looks)
        return missed_share(columns.others, columns.again)

    @property
    def _enough(self) -> NDArray[np.bool_]:
        """(N,) bool: at whose places so many photos look that one of them alone is doubtful."""
        least = doubtful_from(self._missed)
        return np.zeros(len(self.looks), bool) if least is None else np.asarray(self.looks >= least)


def beyond_chance(alone: int, expected: float) -> int:
    """About how many of the animals in one photo alone are false alarms; 0 if chance explains them too.

    Args:
        alone: How many are doubtful.
        expected: How many real animals are expected among them.
    """
    excess = alone - expected
    return round(excess) if excess > 2 + 3 * math.sqrt(expected) else 0


def looks_at(animal: Ints, moved: Floats, photos: Photos) -> Looks:
    """Count the looks at each animal.

    Args:
        animal: (N,) the animal of each sighting, numbers below N.
        moved: (N, 2) the registered places.
        photos: The registered photos.
    """
    n = len(animal)
    looks = np.zeros(n, np.int64)
    for block, at, _ in seen_by(moved, photos):
        looks[block] += np.bincount(at, minlength=len(block))
    if not n:
        return Looks(looks, looks, 0, 0)
    number = np.bincount(animal, minlength=n)
    seen = number[animal]
    others = max(0, int(looks.sum()) - n)
    mean = np.bincount(animal, weights=looks, minlength=n)[animal] / seen
    return Looks(seen, np.maximum(np.rint(mean).astype(np.int64), seen), others, int((number * (number - 1)).sum()))

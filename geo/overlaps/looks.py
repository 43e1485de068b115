"""How many photos show each animal, of those that look at its place; which animals are probably false alarms."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.overlaps.cells import Photos, seen_by
from geo.overlaps.nearby import Floats, Ints

# An animal in one photo is doubtful if so small a share of real animals would be missed in all the other photos.
DOUBT = 0.05
# The share of photos that find an animal is known from so many looks on.
_LEAST_LOOKS = 30


class Looks(NamedTuple):
    """N sightings of animals.

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
        if not self.found > 0:
            return np.zeros(len(self.seen), bool)
        doubtful: NDArray[np.bool_] = (self.seen == 1) & (self._missed ** (self.looks - 1.0) <= DOUBT)
        return doubtful

    @property
    def expected_alone(self) -> float:
        """How many real animals are expected among the doubtful ones.

        For L looks, the number of animals that two or more photos show tells how many one photo shows: the ratio of the
        binomial probabilities of 1 and of 2 or more.
        """
        if not self.found > 0:
            return 0.0
        looks, missed = self.looks.astype(np.float64), self._missed
        known = (self.seen > 1) & (missed ** (looks - 1.0) <= DOUBT)
        looks = looks[known]
        one = looks * (1 - missed) * missed ** (looks - 1)
        several = np.maximum(1 - missed**looks - one, 1e-9)
        return float((one / several / self.seen[known]).sum())

    @property
    def _missed(self) -> float:
        return float(np.clip(1 - self.found, 1e-3, 1.0))


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

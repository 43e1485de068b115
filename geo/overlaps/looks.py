"""How many photos show each animal, of those that look at its place; which animals one photo alone shows, and how many
of these are false alarms."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.overlaps.cells import Photos, seen_by
from geo.overlaps.nearby import Floats, Ints

# The share of photos that find an animal is known from so many looks on. No photo is taken to miss fewer.
_LEAST_LOOKS, _LEAST_MISSED = 30, 0.001
# A photo has too many animals that no other shows, if they are so many more than in most photos, and such a share.
_MORE, _SIGMAS, _SHARE = 5, 5.0, 0.5


class Looks(NamedTuple):
    """N sightings of animals: all of each animal. The file of a survey has the first two columns too.

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
    def alone(self) -> NDArray[np.bool_]:
        """(N,) bool: sightings that no other photo confirms, though one or more look there."""
        alone: NDArray[np.bool_] = (self.seen == 1) & (self.looks > 1)
        return alone

    @property
    def expected_alone(self) -> float:
        """How many real animals are expected among those; infinite if too few looks tell it.

        For L looks, the number of animals that two or more photos show tells how many one photo shows: the ratio of the
        binomial probabilities of 1 and of 2 or more.
        """
        found = self.of_columns(self.seen, self.looks).found
        if not found > 0:
            return math.inf
        missed = max(_LEAST_MISSED, 1 - found)
        several = self.seen > 1
        looks = self.looks[several].astype(np.float64)
        one = looks * (1 - missed) * missed ** (looks - 1)
        return float((one / np.maximum(1 - missed**looks - one, 1e-9) / self.seen[several]).sum())

    def false_alarms(self, left_out: NDArray[np.bool_]) -> int:
        """About how many of the animals in one photo alone are false alarms; 0 if chance explains them too.

        left_out: (N,) bool, sightings that are not among them.
        """
        alone, expected = int((self.alone & ~left_out).sum()), self.expected_alone
        return round(alone - expected) if alone - expected > 2 + 3 * math.sqrt(expected) else 0

    def unconfirmed(self, photo: Ints, photos: int) -> NDArray[np.bool_]:
        """(M,) bool: photos of whose animals most are in no other photo, though others look there, and many more than
        in other photos. Their position is wrong, or they show what is no animal.

        photo: (N,) the photo of each sighting, below `photos`.
        """
        alone = np.bincount(photo[self.alone], minlength=photos)
        known = np.bincount(photo[self.looks > 1], minlength=photos)
        usual = float(np.median(alone[known > 0])) if known.any() else 0.0
        wrong: NDArray[np.bool_] = alone > np.maximum(usual + _MORE + _SIGMAS * math.sqrt(usual), _SHARE * known)
        return wrong


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

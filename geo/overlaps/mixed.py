"""Animals that hold sightings of different animals: the sightings lie farther apart than their places are known."""

import numpy as np
import shapely

from geo.overlaps.nearby import MEDIAN_DISTANCE, Floats, Ints

# A sighting is too far from its animal if it is so many standard errors away, as one of a million is.
_TOO_FAR = 4.0


def mixed(animal: Ints, moved: Floats) -> int:
    """How many animals have a sighting too far away, with another animal as near as that.

    The standard error is measured from all sightings of animals that several photos show.

    Args:
        animal: (N,) the animal of each sighting, numbers below N.
        moved: (N, 2) the registered places, metres.
    """
    if not len(animal):
        return 0
    number = np.bincount(animal)
    places = np.column_stack([np.bincount(animal, moved[:, axis]) for axis in (0, 1)]) / np.maximum(number, 1)[:, None]
    several = number[animal] > 1
    if not several.any():
        return 0
    # A mean of n sightings is nearer to each of them than the animal is.
    away = np.hypot(*(moved - places[animal]).T) * np.sqrt(number[animal] / np.maximum(number[animal] - 1, 1))
    error = float(np.median(away[several])) / MEDIAN_DISTANCE
    farthest = np.zeros(len(number))
    np.maximum.at(farthest, animal[several], away[several])
    wide = np.flatnonzero(farthest > _TOO_FAR * error)
    there = np.flatnonzero(number)
    tree = shapely.STRtree(shapely.points(places[there]))
    of, near = tree.query(shapely.points(places[wide]), predicate="dwithin", distance=2 * farthest[wide])
    return len(np.unique(of[there[near] != wide[of]]))

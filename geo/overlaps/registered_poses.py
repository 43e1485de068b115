"""How registration moves the photos of a survey and their sightings."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.overlaps.nearby import Floats, Ints
from geo.overlaps.shift_votes import Pairs

_FEWEST_BUSY = 3


class Registration(NamedTuple):
    """What animals and ties say about the poses of M photos with N sightings and P pairs.

    An animal at lever u from the centre of its photo moves by shift + turn x u + (stretch + tilt . u) u, as for a
    tilted camera. All of these are 0 for a photo that no pair ties to others.

    Attributes:
        shift_m: (M, 2) metres.
        turn_rad: (M,) counter-clockwise.
        stretch: (M,) a share.
        tilt: (M, 2) 1/m.
        tied: (P,) bool, whether the photos of the pair are tied to each other.
        error_m: (P,) as in `Pairs`, after the registration.
        place_error_m: (N,) the error of a sighting's place along each axis, from the remaining error of its photo's
            turn and stretch.
        before_m: The median distance of two sightings of one animal in tied photos, before; NaN if there are none.
        after_m: The same distance after the registration.
        by_ground: (P,) bool, whether the pair is tied by ground that the other pairs confirm.
        corrected: (M,) bool, the photos that lay at the wrong animals of their herd at first.
        contradicted: (M,) bool, the photos that their neighbours contradict. They are left at their poses.
        busy: (P,) bool, the pairs that have many animals in common, if their poses are right, and need registration.
    """

    shift_m: Floats
    turn_rad: Floats
    stretch: Floats
    tilt: Floats
    tied: NDArray[np.bool_]
    error_m: Floats
    place_error_m: Floats
    before_m: float
    after_m: float
    by_ground: NDArray[np.bool_]
    corrected: NDArray[np.bool_]
    contradicted: NDArray[np.bool_]
    busy: NDArray[np.bool_]

    def moved(self, xy: Floats, photo: Ints, centres: Floats) -> Floats:
        """(N, 2): the registered places of `xy` (N, 2) in the photos `photo` (N,)."""
        lever = xy - centres[photo]
        turned = np.column_stack([-lever[:, 1], lever[:, 0]]) * self.turn_rad[photo][:, None]
        longer = self.stretch[photo] + (self.tilt[photo] * lever).sum(axis=1)
        moved: Floats = xy + self.shift_m[photo] + turned + longer[:, None] * lever
        return moved

    @property
    def busy_tied(self) -> float:
        """The share of the busy pairs that are tied; 1 if too few are busy to say."""
        return float(self.tied[self.busy].mean()) if self.busy.sum() >= _FEWEST_BUSY else 1.0

    @property
    def state(self) -> Floats:
        """(M, 6): the shift, turn, stretch and tilt of each photo."""
        return np.column_stack([self.shift_m, self.turn_rad, self.stretch, self.tilt])

    def as_fitted(self, state: Floats, place_error_m: Floats) -> "Registration":
        """The same with another state."""
        return self._replace(
            shift_m=state[:, :2],
            turn_rad=state[:, 2],
            stretch=state[:, 3],
            tilt=state[:, 4:],
            place_error_m=place_error_m,
        )


def unregistered(sightings: int, photos: int, pairs: Pairs) -> Registration:
    """The registration that leaves the poses unchanged."""
    tied = np.zeros(len(pairs.first), bool)
    still, flat = np.zeros((photos, 2)), np.zeros(photos)
    none = np.zeros(photos, bool)
    return Registration(
        still, flat, flat, still, tied, pairs.error_m, np.zeros(sightings), np.nan, np.nan, tied, none, none, tied
    )

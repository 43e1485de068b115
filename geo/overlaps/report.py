"""Says what the matching of a survey's sightings found, in numbers and in words."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from geo.errors import Remark

Rule = Literal["animals", "cells"]
RULES: tuple[Rule, ...] = ("animals", "cells")

# If the share of unclear sightings is larger, the report says so.
_MOST_UNCLEAR = 0.02
# At the edges of photos, animals are seen again a little more often than footprints say. If it is more than this, the
# matching is wrong.
_MOST_SEEN = 1.1


@dataclass(frozen=True)
class Report:
    """What the matching found. Distances and turns are NaN if there is nothing to measure.

    Attributes:
        sightings: How many there are.
        animals: How many animals they are.
        counted: How many sightings count.
        photos: The photos with a place.
        pairs: The overlapping photos that both have sightings.
        tied_pairs: How many of these pairs their animals registered.
        registered: The photos that were moved.
        shift_m: The median of how far they were moved.
        turn_deg: The median of how far they were turned.
        before_m: The median distance of two sightings of one animal in tied photos, with the poses as given.
        after_m: The same distance after the registration.
        looks: How many times an overlapping photo shows the place of a sighting.
        seen_again: How many of those times it has the animal. A low share means that the detector misses animals, or
            that the poses are worse than their stated error.
        unclear: The sightings with several candidates in a photo that is not tied to theirs. They are closer together
            than their places are known, so their matching is uncertain.
        unplaced: The sightings without a place, or in a photo without one. Each counts.
        mixed_classes: The animals with more than one class.
        ground_pairs: The pairs of photos that are tied by their ground.
        turned: The photos that were turned for the comparison, such as a picture that a viewer had turned.
    """

    sightings: int
    animals: int
    counted: int
    photos: int
    pairs: int
    tied_pairs: int
    registered: int
    shift_m: float
    turn_deg: float
    before_m: float
    after_m: float
    looks: int
    seen_again: int
    unclear: int
    unplaced: int
    mixed_classes: int
    ground_pairs: int = 0
    turned: int = 0

    def lines(self, rule: Rule = "animals") -> list[str]:
        """What a person wants to know, one line each."""
        text: list[str] = [f"{self.sightings:,} sightings are {self.animals:,} animals, which count once each"]
        if rule == "cells":
            text = [f"{self.counted:,} of {self.sightings:,} sightings lie in the cell of their photo and count"]
        if self.registered:
            by = "their animals" if not self.ground_pairs else "their pixels and their animals"
            apart = f"sightings of one animal lay {self.before_m:.1f} m apart, now {self.after_m:.2f} m"
            text.append(
                f"{self.registered:,} photos registered by {by}: moved by {self.shift_m:.1f} m, turned by "
                f"{self.turn_deg:.1f} degrees (medians)" + (f"; {apart}" if np.isfinite(self.after_m) else "")
            )
        if self.turned:
            text.append(
                Remark(
                    f"{self.turned:,} photos are turned against their neighbours by more than the error of a yaw. They "
                    "were turned back for the comparison, but not on the map; give positions with the right yaw",
                    about="position",
                )
            )
        if self.looks:
            share = self.seen_again / self.looks
            if share <= _MOST_SEEN:
                text.append(
                    f"where a photo shows the place of an animal, the animal was found in {share:.0%} of "
                    f"{self.looks:,} cases"
                )
            elif rule == "animals":
                text.append(
                    f"animals were joined {self.seen_again:,} times, but photos show their places only {self.looks:,} "
                    "times: different animals were taken for one, and the count is too low; give better positions, or "
                    "count by cells"
                )
        if rule == "animals" and self.unclear > _MOST_UNCLEAR * self.sightings:
            text.append(
                f"{self.unclear:,} sightings stand closer together than the error of their positions, so the matching "
                "is uncertain, and with it the count of animals; count by cells, which does not match animals"
            )
        if self.unplaced:
            text.append(
                f"{self.unplaced:,} sightings have no place, or are in a photo without a footprint: each of them counts"
            )
        if self.mixed_classes:
            text.append(f"{self.mixed_classes:,} animals have different classes in different photos")
        return text

"""Says what the matching of a survey's sightings found, in numbers and in words."""

from collections.abc import Sequence
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
# A detector that finds so many of the animals in a photo misses few in a cell. If it finds fewer than the other share,
# something is wrong.
_WELL_FOUND, _BADLY_FOUND = 0.95, 0.75
_FEWEST_LOOKS = 30
# If a larger share of the animals holds sightings of several, the count is too low.
_MOST_MIXED = 0.08
# So many photos are named.
_NAMED = 5


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
        alone: The animals that one photo shows, though others look there (`geo.overlaps.looks`), without those of
            `unconfirmed` photos.
        false_alarms: About how many of them are false alarms, as no other photo confirms them; 0 if chance explains
            them too.
        mixed: The animals that probably hold sightings of different animals (`geo.overlaps.mixed`).
        pose_scale: By how much the stated errors of the poses were too small; 1 if they were not.
        corrected: The indices of the photos that lay at the wrong animals of their herd at first.
        contradicted: The indices of the photos that their neighbours contradict; they are left at their poses.
        far: The indices of the photos that were moved farther than the error of their positions allows.
        far_m: How far, at most.
        unconfirmed: The indices of the photos of whose animals most are in no other photo, though others look there.
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
    alone: int = 0
    false_alarms: int = 0
    mixed: int = 0
    pose_scale: float = 1.0
    corrected: tuple[int, ...] = ()
    contradicted: tuple[int, ...] = ()
    far: tuple[int, ...] = ()
    far_m: float = 0.0
    unconfirmed: tuple[int, ...] = ()

    @property
    def found(self) -> float:
        """In what share of the photos that show an animal's place it was found; NaN if there are too few to say."""
        return self.seen_again / self.looks if self.looks >= _FEWEST_LOOKS else np.nan

    def lines(self, rule: Rule = "animals", names: Sequence[str] = ()) -> list[str]:
        """What a person wants to know, one line each. names: of the photos, to name some of them."""
        text: list[str] = [f"{self.sightings:,} sightings are {self.animals:,} animals, which count once each"]
        if rule == "cells":
            text = [f"{self.counted:,} of {self.sightings:,} sightings lie in the cell of their photo and count"]
        text += self._registration(names)
        if self.looks:
            text += self._found(rule)
        if rule == "animals" and self.false_alarms:
            text.append(alone_line(self.alone, self.counted, self.false_alarms))
        if self.unconfirmed:
            text.append(unconfirmed_line(self.unconfirmed, names))
        if rule == "animals" and self.mixed > _MOST_MIXED * self.animals:
            text.append(
                f"{self.mixed:,} animals hold sightings that lie farther apart than their places are known: different "
                "animals were probably taken for one, so the count is too low"
            )
        if rule == "animals" and self.unclear > _MOST_UNCLEAR * self.sightings:
            text.append(self._uncertain())
        if self.unplaced:
            text.append(
                f"{self.unplaced:,} sightings have no place, or are in a photo without a footprint: each of them counts"
            )
        if self.mixed_classes:
            text.append(f"{self.mixed_classes:,} animals have different classes in different photos")
        return text

    def _registration(self, names: Sequence[str]) -> list[str]:
        text: list[str] = []
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
        if round(self.pose_scale, 1) > 1:
            text.append(
                f"the positions are worse than they say: photos had to be moved {self.pose_scale:.1f} times as far as "
                "the error of their positions allows. That error was taken to be so many times larger"
            )
        if self.far:
            text.append(
                f"{_photos(self.far, names)} moved up to {self.far_m:.0f} m, much farther than the error of "
                f"{'its position' if len(self.far) == 1 else 'their positions'} allows. The error of these animals' "
                "places (error_m) is now as large as that"
            )
        if self.corrected:
            text.append(
                f"{_photos(self.corrected, names)} fitted the wrong animals of a herd at first, which the photos "
                "around contradict; corrected"
            )
        if self.contradicted:
            text.append(
                f"{_photos(self.contradicted, names)} cannot be registered, because the photos around contradict each "
                "place that fits: left where the position says. Animals there may count more than once"
            )
        return text

    def _found(self, rule: Rule) -> list[str]:
        share = self.seen_again / self.looks
        if share > _MOST_SEEN:
            if rule == "cells":
                return []
            return [
                f"animals were joined {self.seen_again:,} times, but photos show their places only {self.looks:,} "
                "times: different animals were taken for one, and the count is too low; give better positions, or "
                "count by cells"
            ]
        text = [
            f"where a photo shows the place of an animal, the animal was found in {share:.0%} of {self.looks:,} cases"
        ]
        if rule == "cells" and self.found < _WELL_FOUND:
            text.append(
                Remark(
                    f"so the count by cells misses about {1 - share:.0%} of the animals. Correct the estimate for what "
                    "one photo misses, or count animals",
                    about="count_overlaps",
                )
            )
        if rule == "animals" and self.found < _BADLY_FOUND:
            text.append(
                f"a share of {share:.0%} is low: the detector misses many animals in one photo, or the positions are "
                "worse than they say, and then animals count more than once"
            )
        return text

    def _uncertain(self) -> str:
        said = (
            f"{self.unclear:,} sightings stand closer together than the error of their positions, so the matching is "
            "uncertain, and with it the count of animals"
        )
        if not self.found < _WELL_FOUND:
            return f"{said}; count by cells, which does not match animals"
        return f"{said}. A count by cells does not match animals, but it would miss about {1 - self.found:.0%} of them"


def alone_line(alone: int, counted: int, false_alarms: int, each: str = "") -> str:
    """How many animals one photo alone shows, of those that count, and what the count is without the false alarms.

    each: the same count by class.
    """
    return (
        f"{alone:,} of {counted:,} animals are in one photo only, though others look at the same places: about "
        f"{false_alarms:,} of them are false alarms. Review them first (seen is 1, looks is more). Without the false "
        f"alarms, about {counted - false_alarms:,} animals count{each}"
    )


def unconfirmed_line(rows: Sequence[int], names: Sequence[str]) -> str:
    """Names the photos of whose animals most are in no other photo."""
    one = len(rows) == 1
    return (
        f"{_photos(rows, names)} {'shows' if one else 'show'} many animals that are in no other photo, though others "
        f"look at the same places: {'its position is' if one else 'their positions are'} wrong, so that animals count "
        f"twice, or {'it shows' if one else 'they show'} what is no animal. Look at {'it' if one else 'them'}"
    )


def _photos(rows: Sequence[int], names: Sequence[str]) -> str:
    """How many photos, and the names of some."""
    said = f"{len(rows):,} photo{'s' if len(rows) != 1 else ''}"
    known = [names[row] for row in rows[:_NAMED] if row < len(names)]
    more = "" if len(known) == len(rows) else ", ..."
    return f"{said} ({', '.join(known)}{more})" if known else said

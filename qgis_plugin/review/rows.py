"""All detections of a survey in memory, by image and by animal, and how a step is written to the file.

Several photos may show one animal. Its sightings have one `animal_id`; what a person says of an animal is written to
all of them in one transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from typing import NamedTuple

from ..counting_rule import CONFIRMED, REJECTED, UNREVIEWED, standing
from .classes import known_as
from .count_cells import Cells
from .file import ChangedError, Detection, OutdatedError, ReplacedError, ReviewFile, changed
from .on_the_ground import area
from .region_counts import RegionCounts
from .steps import Change


class Tally(NamedTuple):
    """The number of animals in each state. confirmed includes relabelled; added (by hand) are in neither."""

    unreviewed: int
    confirmed: int
    relabelled: int
    rejected: int
    added: int


class SurveyRows:
    """The rows of a survey. `classes`: in the order of their keys, see `classes.py`. Raises SurveyError.

    images: the outline of each image on the map; areas: what each covers, in the square of the map's units.
    images_with: those that show an animal. left_in: how many animals nobody has reviewed, of images with some.
    """

    def __init__(self, file: ReviewFile, regions: RegionCounts) -> None:
        self.file = file
        self.classes: list[str] = []
        self.on_gone: Callable[[int], None] = lambda fid: None
        """Called with the fid of a row that somebody else has deleted."""
        self.read(regions)

    def read(self, regions: RegionCounts) -> None:
        """Read all of the file. regions: a new one."""
        survey = self.file.read()
        self.classes = list(dict.fromkeys([*self.classes, *survey.classes]))  # read again, each keeps its key
        self.regions = regions
        self._rows = {one.fid: one for one in survey.detections}
        self.regions.start(survey.detections, survey.counts)
        self._of_image: dict[str, list[int]] = {}
        self._of_animal: dict[int, list[int]] = {}
        for one in survey.detections:
            self._of_image.setdefault(one.image, []).append(one.fid)
            if one.animal_id is not None and one.animal_id >= 0:
                self._of_animal.setdefault(one.animal_id, []).append(one.fid)
        self.images = self.file.outlines()
        self.areas = {path: area(ring) for path, ring in self.images.items() if ring is not None}
        self._states: Counter[str] = Counter()
        self.images_with: set[str] = set()
        self.left_in: Counter[str] = Counter()
        for one in self.animals():
            self._states.update(_states(one))
            self._tell_image(one, 1)

    # ---- rows --------------------------------------------------------------------------------

    def __getitem__(self, fid: int) -> Detection:
        return self._rows[fid]

    def __contains__(self, fid: object) -> bool:
        return fid in self._rows

    def get(self, fid: int) -> Detection | None:
        """The row of this fid."""
        return self._rows.get(fid)

    def all(self) -> Iterable[Detection]:
        """All rows, in the file's order."""
        return self._rows.values()

    def of_image(self, path: str) -> list[Detection]:
        """All detections of one image."""
        return [self._rows[fid] for fid in self._of_image.get(path, ())]

    def sightings(self, one: Detection) -> list[Detection]:
        """All detections of the same animal, this one too, in the file's order."""
        fids = self._of_animal.get(one.animal_id, ()) if one.animal_id is not None else ()
        return [self._rows[fid] for fid in fids] if len(fids) > 1 else [self._rows.get(one.fid, one)]

    def standing_for(self, one: Detection) -> Detection | None:
        """The sighting that counts for the animal of `one`; None if none does."""
        return _standing(self.sightings(one))

    def animals(self, as_counted: bool = False) -> list[Detection]:
        """The sighting that stands for each animal, in the file's order.

        as_counted: that which the survey counts, whatever was reviewed.
        """
        found: list[Detection] = []
        done: set[int] = set()
        for one in self._rows.values():
            fids = self._of_animal.get(one.animal_id, ()) if one.animal_id is not None else ()
            if len(fids) < 2 or as_counted:
                if one.counted != 0:
                    found.append(one)
            elif fids[0] not in done:
                done.add(fids[0])
                stands = _standing([self._rows[fid] for fid in fids])
                if stands is not None:
                    found.append(stands)
        return found

    @property
    def tally(self) -> Tally:
        """The tally of the whole survey."""
        return Tally(*(self._states[name] for name in Tally._fields))

    def know(self, name: str) -> str:
        """Note a class that may be new. Returns its name as it is known; see `known_as`."""
        name = known_as(name, self.classes)
        if name and name not in self.classes:
            self.classes.append(name)
        return name

    # ---- writing -----------------------------------------------------------------------------

    def write(self, changes: Sequence[Change]) -> tuple[Change, ...]:
        """Write all changes or none, with the counts that they change. What others wrote since is taken over first.

        Returns the changes as they were written: an added row has its fid. Raises ReplacedError if all must be read
        again, ChangedError if somebody else has changed one of the rows.
        """
        try:
            return self._attempt(changes)
        except ReplacedError:
            raise
        except OutdatedError:
            written: tuple[Change, ...] = ()
        try:
            with self.file.alone():  # else somebody who writes quickly could always be first
                self.refresh()
                for before, _ in changes:
                    if before is not None and self._rows.get(before.fid) != before:
                        raise changed(self._rows.get(before.fid), before)
                written = self._attempt(changes, alone=True)
        except Exception:
            if written:  # but not kept
                back = [change.reversed for change in reversed(written)]
                self.regions.change_all(back)
                self._put_all(back)
            raise
        return written

    def _attempt(self, changes: Sequence[Change], alone: bool = False) -> tuple[Change, ...]:
        cells = self.regions.change_all(changes)
        written: list[Change] = []
        try:
            with nullcontext() if alone or len(changes) == 1 else self.file.alone():
                for change in changes:
                    last = len(written) + 1 == len(changes)
                    written.append(self._save(change, cells if last else None))
        except Exception as error:
            self.regions.change_all([change.reversed for change in reversed(changes)])
            refused = changes[len(written)].before if len(written) < len(changes) else None
            if isinstance(error, ChangedError) and refused is not None:
                self._take(refused.fid, error.now)
            raise
        self.regions.settle(cells)
        self._put_all(written)
        return tuple(written)

    def _save(self, change: Change, cells: Cells | None) -> Change:
        before, after = change
        if before is None and after is not None:
            return Change(None, self.file.add(after, cells))
        if before is not None and after is not None:
            self.file.save(before, after, cells)
        elif before is not None:
            self.file.remove(before, cells)
        return change

    def refresh(self) -> None:
        """Take over what others have said of the detections since they were read. Raises ReplacedError."""
        said = {one.fid for one in self._rows.values() if one.by_hand or any(one.words[1:]) or one.review != UNREVIEWED}
        now, counts = self.file.read_reviewed(said)
        for fid in {*said, *now}:
            before, after = self._rows.get(fid), now.get(fid)
            if before is None and after is not None:
                self.regions.change(None, after)
                self._put_all([Change(None, after)])
            elif before is not None and before != after:
                self._take(fid, after)
        self.regions.stored(counts)

    def _put_all(self, changes: Iterable[Change]) -> None:
        """Update the rows and the tally."""
        for before, after in changes:
            one = after if after is not None else before
            if one is None:
                continue
            self._tell(one, -1)
            if after is None:
                del self._rows[one.fid]
                self._of_image[one.image].remove(one.fid)
                self._leave_animal(one)
            else:
                if after.fid not in self._rows:
                    self._of_image.setdefault(one.image, []).append(one.fid)
                    if one.animal_id is not None and one.animal_id >= 0:
                        self._of_animal.setdefault(one.animal_id, []).append(one.fid)
                self._rows[after.fid] = after
            self._tell(one, 1)

    def _leave_animal(self, one: Detection) -> None:
        fids = self._of_animal.get(one.animal_id, []) if one.animal_id is not None else []
        if one.fid in fids:
            fids.remove(one.fid)

    def _tell(self, one: Detection, sign: int) -> None:
        """Count the animal of a row in the tally (sign 1) or no more (-1)."""
        fids = self._of_animal.get(one.animal_id, ()) if one.animal_id is not None else ()
        rows = [self._rows[fid] for fid in (fids or (one.fid,)) if fid in self._rows]
        stands = _standing(rows) if rows else None
        if stands is not None:
            for state in _states(stands):
                self._states[state] += sign
            self._tell_image(stands, sign)

    def _tell_image(self, stands: Detection, sign: int) -> None:
        """Count an animal in its image, or no more."""
        self.images_with.add(stands.image)
        if UNREVIEWED in _states(stands):
            self.left_in[stands.image] += sign
            if not self.left_in[stands.image]:
                del self.left_in[stands.image]

    def _take(self, fid: int, now: Detection | None) -> None:
        """Take over the row as somebody else changed it."""
        before = self._rows.get(fid)
        if before is None:
            return
        self.regions.change(before, now)
        self._put_all([Change(before, now)])
        if now is None:
            self.on_gone(fid)


def _standing(sightings: Sequence[Detection]) -> Detection | None:
    """The sighting that stands for its animal; None if none does."""
    stand = standing([one.sighting for one in sightings])
    return next((one for one, stands in zip(sightings, stand) if stands), None)


def _states(one: Detection) -> list[str]:
    """The states that one animal adds to the tally."""
    if one.by_hand and one.review != REJECTED:
        return ["added"]
    if one.review == CONFIRMED and one.reviewed_class and one.reviewed_class != one.class_name:
        return [CONFIRMED, "relabelled"]
    return [one.review]

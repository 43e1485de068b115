"""The review without a window: what is to be looked at and in which order, what was said, and how it stands.

The dock shows this and sends it keys. A step touches the detection in hand alone, so its time does not depend on how
many the survey has.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import NamedTuple

from ..counting_rule import CONFIRMED, REJECTED, UNREVIEWED
from .file import ChangedError, Detection, ReviewFile
from .region_counts import RegionCounts

SCORE, LOWEST_SCORE, REGION, SAMPLE = "score", "lowest score", "region", "sample"
ORDERS = (SCORE, LOWEST_SCORE, REGION, SAMPLE)


@dataclass(frozen=True)
class Wanted:
    """What to review. order: one of ORDERS. classes: none for all. lowest, highest: scores, both included.

    size, seed: of a sample. The same seed draws the same detections, whatever of them is reviewed already, in every
    copy of a survey; a larger size goes on from there.
    """

    order: str = SCORE
    classes: Collection[str] = ()
    lowest: float = 0.0
    highest: float = 1.0
    size: int = 100
    seed: int = 0


class Tally(NamedTuple):
    """How many detections of the survey are what. relabelled are among the confirmed, added (by hand) are neither."""

    unreviewed: int
    confirmed: int
    relabelled: int
    rejected: int
    added: int


class _Step(NamedTuple):
    """What was done, to undo it: before is None where the animal was added."""

    before: Detection | None
    after: Detection
    position: int


class ReviewQueue:
    """One person's walk through a survey.

    `current` is the detection in hand, None at the end. What is said is in the file when the method returns; where it
    could not be written the method raises SurveyError, and everything is as it was before.
    """

    def __init__(self, file: ReviewFile, reviewer: str, regions: RegionCounts | None = None) -> None:
        self.file = file
        self.reviewer = reviewer
        survey = file.read()
        self.classes = survey.classes
        self.regions = regions if regions is not None else RegionCounts()
        self._rows = {one.fid: one for one in survey.detections}
        self.regions.start(survey.detections, survey.counts)
        self._states: Counter[str] = Counter()
        self._of_image: dict[str, list[int]] = {}
        for one in survey.detections:
            self._states.update(_states(one))
            self._of_image.setdefault(one.image, []).append(one.fid)
        self._queue: list[int] = []
        self._queued: set[int] = set()
        self._position = 0
        self.left = 0
        """How many of the queue nobody has reviewed yet."""
        self._steps: list[_Step] = []
        self.wanted = Wanted()
        self.choose(self.wanted)

    # ---- where we are ------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def position(self) -> int:
        """How many of the queue lie behind."""
        return self._position

    @property
    def current(self) -> Detection | None:
        """The detection in hand."""
        return self._rows[self._queue[self._position]] if self._position < len(self._queue) else None

    @property
    def tally(self) -> Tally:
        """How the whole survey stands."""
        return Tally(*(self._states[name] for name in Tally._fields))

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._steps)

    def of_image(self, path: str) -> list[Detection]:
        """All detections of one image."""
        return [self._rows[fid] for fid in self._of_image.get(path, ())]

    def choose(self, wanted: Wanted) -> None:
        """Queue what is unreviewed and wanted, and begin at its first."""
        classes = set(wanted.classes)
        chosen = [
            one
            for one in self._rows.values()
            if not one.by_hand
            and (not classes or one.is_a in classes)
            and wanted.lowest <= (one.score if one.score is not None else wanted.highest) <= wanted.highest
        ]
        if wanted.order == SAMPLE:
            chosen = sorted(chosen, key=lambda one: _drawn_by_lot(wanted.seed, one))[: max(0, wanted.size)]
        elif wanted.order == REGION:
            chosen.sort(key=lambda one: (self.regions.rank(one), one.image, one.box_px or (), one.fid))
        else:
            sign = 1 if wanted.order == LOWEST_SCORE else -1
            chosen.sort(key=lambda one: (sign * (one.score or 0.0), one.fid))
        self.wanted = wanted
        self._queue = [one.fid for one in chosen if one.review == UNREVIEWED]
        self._queued = set(self._queue)
        self._position = 0
        self.left = len(self._queue)

    # ---- steps -------------------------------------------------------------------------------

    def next(self) -> None:
        """Go on without a word."""
        self._position = min(self._position + 1, len(self._queue))

    def back(self) -> None:
        """Go back to the one before."""
        self._position = max(self._position - 1, 0)

    def confirm(self) -> None:
        """It is what it is called."""
        self._say(lambda one: one._replace(review=CONFIRMED))

    def reject(self) -> None:
        """It is no animal, or none that counts."""
        self._say(lambda one: one._replace(review=REJECTED))

    def relabel(self, name: str) -> None:
        """It is an animal, of another class."""
        name = name.strip()
        if not name:
            return
        self._say(lambda one: one._replace(review=CONFIRMED, reviewed_class=None if name == one.class_name else name))
        self._know(name)

    def note(self, text: str) -> None:
        """Put a note on it; an empty one takes the note away. It stays in hand."""
        self._say(lambda one: one._replace(note=text.strip() or None), stay=True)

    def add(self, drawn: Detection) -> Detection:
        """An animal that the detector missed. What is in hand stays in hand. Returns it as it was written."""
        drawn = drawn._replace(review=CONFIRMED, reviewer=self.reviewer or None, reviewed_at=now())
        cells = self.regions.change(None, drawn)
        try:
            written = self.file.add(drawn, cells)
        except Exception:
            self.regions.change(drawn, None)
            raise
        self.regions.settle(cells)
        self._rows[written.fid] = written
        self._of_image.setdefault(written.image, []).append(written.fid)
        self._states.update(_states(written))
        self._steps.append(_Step(None, written, self._position))
        self._know(written.is_a)
        return written

    def undo(self) -> Detection | None:
        """Take the last step back, and return to where it was done. Returns what it was done to, as it is now."""
        if not self._steps:
            return None
        before, after, position = self._steps[-1]
        cells = self.regions.change(after, before)
        try:
            if before is None:
                self.file.remove(after, cells)
            else:
                self.file.save(after, before, cells)
        except ChangedError as changed:
            self.regions.change(before, after)
            self._steps.pop()  # somebody's word is on it now
            self._take(after.fid, changed.now)
            raise
        except Exception:
            self.regions.change(before, after)
            raise
        self.regions.settle(cells)
        self._steps.pop()
        self._put(after, before)
        self._position = min(position, len(self._queue))
        return before

    def _say(self, change: Callable[[Detection], Detection], stay: bool = False) -> None:
        before = self.current
        if before is None:
            return
        after = change(before)
        if after.review == UNREVIEWED and not after.note:
            after = after._replace(reviewer=None, reviewed_at=None)
        elif not (stay and before.review != UNREVIEWED):  # a note leaves the verdict to who gave it
            after = after._replace(reviewer=self.reviewer or None, reviewed_at=now())
        cells = self.regions.change(before, after)
        try:
            self.file.save(before, after, cells)
        except ChangedError as changed:
            self.regions.change(after, before)
            self._take(before.fid, changed.now)
            raise
        except Exception:
            self.regions.change(after, before)
            raise
        self.regions.settle(cells)
        self._put(before, after)
        self._steps.append(_Step(before, after, self._position))
        if not stay:
            self.next()

    def _put(self, before: Detection, after: Detection | None) -> None:
        """The row and the tally from now on."""
        self._states.subtract(_states(before))
        if before.fid in self._queued:
            self.left += (after is not None and after.review == UNREVIEWED) - (before.review == UNREVIEWED)
        if after is None:
            del self._rows[before.fid]
            self._of_image[before.image].remove(before.fid)
            return
        self._rows[after.fid] = after
        self._states.update(_states(after))

    def _take(self, fid: int, now: Detection | None) -> None:
        """The row as somebody else made it."""
        before = self._rows[fid]
        self.regions.change(before, now)
        self._put(before, now)
        if now is None and fid in self._queued:
            at = self._queue.index(fid)
            del self._queue[at]
            self._queued.discard(fid)
            self._position -= at < self._position

    def _know(self, name: str) -> None:
        if name not in self.classes:
            self.classes.append(name)


def now() -> str:
    """This moment in UTC, ISO 8601, as the rest of Herdmap notes it."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _states(one: Detection) -> list[str]:
    """What one detection adds to the tally."""
    if one.by_hand and one.review != REJECTED:
        return ["added"]
    if one.review == CONFIRMED and one.reviewed_class and one.reviewed_class != one.class_name:
        return [CONFIRMED, "relabelled"]
    return [one.review]


def _drawn_by_lot(seed: int, one: Detection) -> bytes:
    """A number drawn for a detection by its place in its image, so that copies of a survey draw alike."""
    place = "" if one.box_px is None else " ".join(f"{value:.2f}" for value in one.box_px)
    return hashlib.blake2b(f"{seed}\n{one.image}\n{place}".encode("utf-8", "replace"), digest_size=8).digest()

"""The review without its window: which detections to review, in which order, the reviews so far, and the totals.

The dock shows this and sends it keys. A step changes only the current detection, so it takes no longer in a large
survey.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import NamedTuple, TypeVar

from ..counting_rule import CONFIRMED, REJECTED, UNREVIEWED
from ..survey_file import REVIEW_COLUMNS
from .count_cells import Cells
from .file import ChangedError, Detection, OutdatedError, Place, ReplacedError, ReviewFile, changed
from .on_the_ground import around, fids_at, one_place
from .region_counts import RegionCounts

SCORE, LOWEST_SCORE, REGION, SAMPLE = "score", "lowest score", "region", "sample"
_T = TypeVar("_T")
ORDERS = (SCORE, LOWEST_SCORE, REGION, SAMPLE)


@dataclass(frozen=True)
class Wanted:
    """What to review. order: one of ORDERS. classes: empty for all. lowest, highest: scores, both included.

    size, seed: of a sample. The same seed gives the same sample in every copy of a survey, whatever is reviewed
    already. A larger sample contains the smaller one.
    """

    order: str = SCORE
    classes: Collection[str] = ()
    lowest: float = 0.0
    highest: float = 1.0
    size: int = 100
    seed: int = 0


class Tally(NamedTuple):
    """The number of detections in each state. confirmed includes relabelled; added (by hand) are in neither."""

    unreviewed: int
    confirmed: int
    relabelled: int
    rejected: int
    added: int


class _Step(NamedTuple):
    """One step that can be undone. before: None if the animal was added."""

    before: Detection | None
    after: Detection
    position: int


class ReviewQueue:
    """One person's review of a survey.

    `current` is the current detection, None at the end. A method that reviews has written to the file when it returns.
    If it cannot write, it raises SurveyError and changes nothing. After ReplacedError, call `reload`.
    """

    def __init__(self, file: ReviewFile, reviewer: str, regions: RegionCounts | None = None) -> None:
        self.file = file
        self.reviewer = reviewer
        self._read(regions if regions is not None else RegionCounts())
        self._queue: list[int] = []
        self._queued: set[int] = set()
        self._position = 0
        self.left = 0
        """How many of the queue nobody has reviewed yet."""
        self._steps: list[_Step] = []
        self.wanted = Wanted()
        self.choose(self.wanted)

    def _read(self, regions: RegionCounts) -> None:
        survey = self.file.read()
        self.classes = survey.classes
        self.regions = regions
        self._rows = {one.fid: one for one in survey.detections}
        self.regions.start(survey.detections, survey.counts)
        self._states: Counter[str] = Counter()
        self._of_image: dict[str, list[int]] = {}
        for one in survey.detections:
            self._states.update(_states(one))
            self._of_image.setdefault(one.image, []).append(one.fid)

    # ---- where we are ------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def position(self) -> int:
        """The number of detections before the current one."""
        return self._position

    @property
    def current(self) -> Detection | None:
        """The current detection."""
        return self._rows[self._queue[self._position]] if self._position < len(self._queue) else None

    @property
    def tally(self) -> Tally:
        """The tally of the whole survey."""
        return Tally(*(self._states[name] for name in Tally._fields))

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return bool(self._steps)

    def of_image(self, path: str) -> list[Detection]:
        """All detections of one image."""
        return [self._rows[fid] for fid in self._of_image.get(path, ())]

    def at(self, drawn: Detection) -> Detection | None:
        """The animal, not rejected, that is where this box is: in its image, or on the same ground in another one.

        Two boxes are at one place if the centre of one lies in the other.
        """
        for one in self.of_image(drawn.image):
            if one.review != REJECTED and one.box_px and drawn.box_px and one_place(one.box_px, drawn.box_px):
                return one
        if drawn.ring is None:
            return None
        ground = around(drawn.ring)
        for one in map(self._rows.get, fids_at(self.file, ground)):
            if one is None or one.review == REJECTED or one.ring is None or one.image == drawn.image:
                continue
            if one_place(around(one.ring), ground):
                return one
        return None

    @property
    def detections(self) -> Iterable[Detection]:
        """All detections of the survey, as they are now."""
        return self._rows.values()

    def take(self, one: Detection) -> None:
        """Make this detection the current one, alone in the queue."""
        self._fill([self._rows[one.fid]], 0)

    def choose(self, wanted: Wanted) -> None:
        """Queue the wanted unreviewed detections, and begin with the first."""
        self.wanted = wanted
        self._fill([one for one in self._in_order(wanted) if one.review == UNREVIEWED], 0)

    def _fill(self, chosen: Sequence[Detection], position: int) -> None:
        self._queue = [one.fid for one in chosen]
        self._queued = set(self._queue)
        self._position = position
        self.left = sum(one.review == UNREVIEWED for one in chosen)

    def _in_order(self, wanted: Wanted) -> list[Detection]:
        """The wanted detections of the model, reviewed or not."""
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
        return chosen

    # ---- others ------------------------------------------------------------------------------

    def reload(self, regions: RegionCounts) -> None:
        """Read all of the file again, because another one took its place. The place in the queue is kept.

        Steps can still be undone whose rows are as they were left. regions: a new one.
        """
        was = [self._rows[fid] for fid in self._queue]
        at, steps = self._position, self._steps
        self._read(regions)
        find = _finder(self._rows.values())
        kept = {one.fid for one in map(find, was) if one is not None}
        wanted = self._in_order(self.wanted)
        chosen = [one for one in wanted if one.review == UNREVIEWED or one.fid in kept]
        place = {one.fid: number for number, one in enumerate(chosen)}
        following = (place[one.fid] for one in map(find, was[at:]) if one is not None and one.fid in place)
        self._fill(chosen, next(following, len(chosen)))
        self._steps = [
            step._replace(position=place.get(step.after.fid, self._position)) for step in _still_there(steps, find)
        ]

    def refresh(self) -> None:
        """Take over what others have said of the detections since they were read. Raises ReplacedError."""
        said = {one.fid for one in self._rows.values() if one.by_hand or any(one.words[1:]) or one.review != UNREVIEWED}
        now, counts = self.file.read_reviewed(said)
        for fid in {*said, *now}:
            before, after = self._rows.get(fid), now.get(fid)
            if before is None and after is not None:
                self.regions.change(None, after)
                self._add(after)
            elif before is not None and before != after:
                self._take(fid, after)
        self.regions.stored(counts)

    # ---- steps -------------------------------------------------------------------------------

    def next(self) -> None:
        """Skip this detection."""
        self._position = min(self._position + 1, len(self._queue))

    def back(self) -> None:
        """Go back to the detection before."""
        self._position = max(self._position - 1, 0)

    def confirm(self) -> None:
        """The class is right."""
        self._say(lambda one: one._replace(review=CONFIRMED))

    def reject(self) -> None:
        """It is not an animal, or not one to count."""
        self._say(lambda one: one._replace(review=REJECTED))

    def relabel(self, name: str) -> None:
        """It is an animal of another class."""
        name = name.strip()
        if not name:
            return
        self._say(lambda one: one._replace(review=CONFIRMED, reviewed_class=None if name == one.class_name else name))
        self._know(name)

    def note(self, text: str) -> None:
        """Write a note; an empty text deletes it. The detection stays the current one."""
        self._say(lambda one: one._replace(note=text.strip() or None), stay=True)

    def add(self, drawn: Detection) -> Detection:
        """Add a missed animal, and return it as it was written. The current detection stays the same."""
        drawn = drawn._replace(review=CONFIRMED, reviewer=self.reviewer or None, reviewed_at=now())
        written = self._written(None, drawn, lambda cells: self.file.add(drawn, cells))
        self._add(written)
        self._steps.append(_Step(None, written, self._position))
        self._know(written.is_a)
        return written

    def undo(self) -> Detection | None:
        """Undo the last step and go back to its detection. Returns that detection as it is now."""
        if not self._steps:
            return None
        before, after, position = self._steps[-1]
        try:
            if before is None:
                self._written(after, None, lambda cells: self.file.remove(after, cells))
            else:
                self._written(after, before, lambda cells: self.file.save(after, before, cells))
        except ChangedError:
            self._steps.pop()  # somebody else has reviewed it since
            raise
        self._steps.pop()
        self._put(after, before)
        self._position = min(position, len(self._queue))
        return before

    def undo_added(self) -> None:
        """Undo the last step if it added an animal."""
        if self._steps and self._steps[-1].before is None:
            self.undo()

    def _say(self, change: Callable[[Detection], Detection], stay: bool = False) -> None:
        before = self.current
        if before is None:
            return
        after = change(before)
        if after.review == UNREVIEWED and not after.note:
            after = after._replace(reviewer=None, reviewed_at=None)
        elif not (stay and before.review != UNREVIEWED):  # a note keeps the name of who reviewed it
            after = after._replace(reviewer=self.reviewer or None, reviewed_at=now())
        self._written(before, after, lambda cells: self.file.save(before, after, cells))
        self._put(before, after)
        self._steps.append(_Step(before, after, self._position))
        if not stay:
            self.next()

    def _written(self, before: Detection | None, after: Detection | None, write: Callable[[Cells], _T]) -> _T:
        """Write one step with the counts that it changes. What others wrote since is taken over first."""
        try:
            return self._attempt(before, after, write)
        except ReplacedError:
            raise
        except OutdatedError:
            written = False
        try:
            with self.file.alone():  # else somebody who writes quickly could always be first
                self.refresh()
                if before is not None and self._rows.get(before.fid) != before:
                    raise changed(self._rows.get(before.fid), before)
                done = self._attempt(before, after, write)
                written = True
        except Exception:
            if written:
                self.regions.change(after, before)
            raise
        return done

    def _attempt(self, before: Detection | None, after: Detection | None, write: Callable[[Cells], _T]) -> _T:
        cells = self.regions.change(before, after)
        try:
            done = write(cells)
        except Exception as error:
            self.regions.change(after, before)
            if isinstance(error, ChangedError) and before is not None:
                self._take(before.fid, error.now)
            raise
        self.regions.settle(cells)
        return done

    def _put(self, before: Detection, after: Detection | None) -> None:
        """Update the row and the tally."""
        self._states.subtract(_states(before))
        if before.fid in self._queued:
            self.left += (after is not None and after.review == UNREVIEWED) - (before.review == UNREVIEWED)
        if after is None:
            del self._rows[before.fid]
            self._of_image[before.image].remove(before.fid)
            return
        self._rows[after.fid] = after
        self._states.update(_states(after))

    def _add(self, one: Detection) -> None:
        self._rows[one.fid] = one
        self._of_image.setdefault(one.image, []).append(one.fid)
        self._states.update(_states(one))

    def _take(self, fid: int, now: Detection | None) -> None:
        """Take over the row as somebody else changed it."""
        before = self._rows.get(fid)
        if before is None:
            return
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


def _finder(rows: Iterable[Detection]) -> Callable[[Detection], Detection | None]:
    """What finds a detection of an earlier reading among `rows`: by its UUID, else by its image, class and box."""
    by_uuid: dict[str, Detection] = {}
    by_place: dict[Place, Detection | None] = {}
    for one in rows:
        if one.uuid is not None:
            by_uuid[one.uuid] = one
        by_place[one.place] = None if one.place in by_place else one  # two at one place cannot be told apart
    return lambda one: by_place.get(one.place) if one.uuid is None else by_uuid.get(one.uuid)


def _still_there(steps: Sequence[_Step], find: Callable[[Detection], Detection | None]) -> list[_Step]:
    """The steps of rows that are what the last step left, with the rows as they are now."""
    rows: dict[Detection, Detection | None] = {}
    kept: list[_Step] = []
    for step in reversed(steps):
        now = rows.pop(step.after) if step.after in rows else find(step.after)
        if now is None or (now.place, now.words) != (step.after.place, step.after.words):
            if step.before is not None:
                rows[step.before] = None
            continue
        before = None
        if step.before is not None:
            before = now._replace(**{name: getattr(step.before, name) for name in REVIEW_COLUMNS})
            rows[step.before] = before
        kept.append(_Step(before, now, step.position))
    return kept[::-1]


def _states(one: Detection) -> list[str]:
    """The states that one detection adds to the tally."""
    if one.by_hand and one.review != REJECTED:
        return ["added"]
    if one.review == CONFIRMED and one.reviewed_class and one.reviewed_class != one.class_name:
        return [CONFIRMED, "relabelled"]
    return [one.review]


def _drawn_by_lot(seed: int, one: Detection) -> bytes:
    """A random number for a detection, from its position in its image: the same in every copy of a survey."""
    place = "" if one.box_px is None else " ".join(f"{value:.2f}" for value in one.box_px)
    return hashlib.blake2b(f"{seed}\n{one.image}\n{place}".encode("utf-8", "replace"), digest_size=8).digest()

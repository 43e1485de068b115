"""The review without its window: which animals to review, in which order, and the steps so far.

The dock shows this and sends it keys. An animal is reviewed once, however many photos show it: the queue has the
sighting that counts, and what is said of it is said of its other sightings too. A step changes only the current animal,
so it takes no longer in a large survey.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timezone

from ..counting_rule import CONFIRMED, REJECTED, UNREVIEWED
from .classes import known_as
from .file import Box, ChangedError, Detection, ReviewFile
from .on_the_ground import around, fids_at, iou, one_place, seen_and_looks
from .region_counts import RegionCounts
from .rows import SurveyRows, Tally
from .steps import Change, Step, finder, still_there
from .wanted import DOUBT, NOTED, SAMPLE, SEEN_ONCE, Wanted, in_order, in_state

SAME_ANIMAL_IOU = 0.5
"""From this overlap on, a later run of the detector takes two boxes of an image for one animal, and keeps its own."""


class ReviewQueue:
    """One person's review of a survey.

    `current` is the current detection, None at the end. A method that reviews has written to the file when it returns.
    If it cannot write, it raises SurveyError and changes nothing. After ReplacedError, call `reload`.
    """

    def __init__(self, file: ReviewFile, reviewer: str, regions: RegionCounts | None = None) -> None:
        self.reviewer = reviewer
        self.rows = SurveyRows(file, regions if regions is not None else RegionCounts())
        self.rows.on_gone = self._forget
        self._queue: list[int] = []
        self._queued: set[int] = set()
        self._together_said: set[int] = set()  # what was said of many at once: the review does not stop there
        self._position = 0
        self._steps: list[Step] = []
        self.wanted = Wanted()
        self.choose(self.wanted)

    # ---- where we are ------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def file(self) -> ReviewFile:
        """The survey's file."""
        return self.rows.file

    @property
    def regions(self) -> RegionCounts:
        """The animals of each region."""
        return self.rows.regions

    @property
    def classes(self) -> list[str]:
        """The classes that can be chosen, in the order of their keys."""
        return self.rows.classes

    @property
    def position(self) -> int:
        """The number of animals before the current one."""
        return self._position

    @property
    def current(self) -> Detection | None:
        """The current detection."""
        return self.rows[self._queue[self._position]] if self._position < len(self._queue) else None

    @property
    def left(self) -> int:
        """How many of the queue nobody has reviewed yet."""
        return sum(self.rows[fid].review == UNREVIEWED for fid in self._queue)

    @property
    def tally(self) -> Tally:
        """The tally of the whole survey, by animal."""
        return self.rows.tally

    @property
    def steps(self) -> Sequence[Step]:
        """The steps that can be undone, the last one last."""
        return self._steps

    @property
    def reviewers(self) -> list[str]:
        """Who has reviewed something in this survey."""
        return sorted({one.reviewer for one in self.rows.all() if one.reviewer}, key=str.casefold)

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return bool(self._steps)

    def of_image(self, path: str) -> list[Detection]:
        """All detections of one image."""
        return self.rows.of_image(path)

    def sightings(self, one: Detection) -> list[Detection]:
        """The other detections of the same animal, in other photos."""
        return [other for other in self.rows.sightings(one) if other.fid != one.fid]

    def queued(self, first: int, number: int) -> list[Detection]:
        """So many animals of the queue, from the one of number `first` on."""
        return [self.rows[fid] for fid in self._queue[first : first + number]]

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
        for one_there in map(self.rows.get, fids_at(self.file, ground)):
            if one_there is None or one_there.review == REJECTED or one_there.image == drawn.image:
                continue
            if one_there.ring is not None and one_place(around(one_there.ring), ground):
                return one_there
        return None

    @property
    def detections(self) -> Iterable[Detection]:
        """All detections of the survey, as they are now."""
        return self.rows.all()

    # ---- what is queued ----------------------------------------------------------------------

    def choose(self, wanted: Wanted) -> None:
        """Queue the wanted animals, and begin with the first."""
        self.wanted = wanted
        self._together_said = set()
        self._fill([one for one in self._in_order(wanted) if in_state(one, wanted)], 0)

    def take(self, one: Detection) -> None:
        """Make this detection the current one. It comes in before the current one, so that the review goes on there."""
        if one.fid not in self.rows or one == self.current:
            return
        self._forget(one.fid)
        self._queue.insert(self._position, one.fid)
        self._queued.add(one.fid)

    def _fill(self, chosen: Sequence[Detection], position: int) -> None:
        self._queue = [one.fid for one in chosen]
        self._queued = set(self._queue)
        self._position = position

    def _in_order(self, wanted: Wanted) -> list[Detection]:
        """The wanted animals, whatever their state: the sighting that stands for each."""
        seen = seen_and_looks(self.file) if wanted.order == DOUBT or wanted.state == SEEN_ONCE else None
        if wanted.state == NOTED:
            return in_order(self.rows.all(), wanted, self.regions, seen)
        if wanted.order != SAMPLE:
            return in_order(self.rows.animals(), wanted, self.regions, seen)
        # The sample is drawn from what the survey counts, which no review changes.
        drawn = in_order(self.rows.animals(as_counted=True), wanted, self.regions, seen)
        return [self.rows.standing_for(one) or one for one in drawn]

    def _forget(self, fid: int) -> None:
        """Take a detection that is gone out of the queue."""
        if fid in self._queued:
            at = self._queue.index(fid)
            del self._queue[at]
            self._queued.discard(fid)
            self._position -= at < self._position

    # ---- others ------------------------------------------------------------------------------

    def reload(self, regions: RegionCounts) -> None:
        """Read all of the file again, because another one took its place. The place in the queue is kept.

        Steps can still be undone whose rows are as they were left. regions: a new one.
        """
        was = [self.rows[fid] for fid in self._queue]
        together = [self.rows[fid] for fid in self._together_said if fid in self.rows]
        at, steps = self._position, self._steps
        self.rows.read(regions)
        find = finder(self.rows.all())
        kept = {one.fid for one in map(find, was) if one is not None}
        self._together_said = {one.fid for one in map(find, together) if one is not None}
        chosen = [one for one in self._in_order(self.wanted) if in_state(one, self.wanted) or one.fid in kept]
        place = {one.fid: number for number, one in enumerate(chosen)}
        following = (place[one.fid] for one in map(find, was[at:]) if one is not None and one.fid in place)
        self._fill(chosen, next(following, len(chosen)))
        self._steps = [
            step._replace(position=place.get(step.shown.fid, self._position)) for step in still_there(steps, find)
        ]

    def refresh(self) -> None:
        """Take over what others have said of the detections since they were read. Raises ReplacedError."""
        self.rows.refresh()

    # ---- steps -------------------------------------------------------------------------------

    def next(self) -> None:
        """Skip this animal."""
        self._position = min(self._position + 1, len(self._queue))
        self._pass_said()

    def back(self) -> None:
        """Go back to the animal before."""
        self._position = max(self._position - 1, 0)

    def confirm(self) -> None:
        """It is an animal of its class, in each photo that shows it."""
        current = self.current
        if current is not None:
            name = current.is_a
            self._say(lambda one: one._replace(review=CONFIRMED) if one.is_a == name else _named(one, name))

    def reject(self, only_this: bool = False) -> None:
        """It is not an animal, or not one to count. only_this: nothing is said of it in other photos."""
        self._say(lambda one: one._replace(review=REJECTED), only_this)

    def relabel(self, name: str, only_this: bool = False) -> None:
        """It is an animal of another class. only_this: nothing is said of it in other photos."""
        name = known_as(name, self.classes)
        if not name:
            return
        self._say(lambda one: _named(one, name), only_this)
        self.rows.know(name)

    def say_of(self, fids: Iterable[int], review: str) -> None:
        """Confirm or reject these animals, each in all photos that show it, as one step.

        What somebody said the same of before keeps their name. The review does not stop at these animals any more.
        """
        changes: dict[int, Change] = {}
        for one in (self.rows.get(fid) for fid in fids):
            for each in () if one is None else (one, *self._together(one)):
                after = each._replace(review=review)
                if review == CONFIRMED and each.is_a != one.is_a:
                    after = _named(each, one.is_a)
                if after != each:
                    changes[each.fid] = Change(each, self._signed(after))
        if changes:
            self._take_step(list(changes.values()))
            self._together_said.update(changes)
            self._pass_said()

    def _pass_said(self) -> None:
        """Go past what was said of many at once."""
        while self._position < len(self._queue) and self._queue[self._position] in self._together_said:
            self._position += 1

    def note(self, text: str) -> None:
        """Write a note; an empty text deletes it. The detection stays the current one."""
        before = self.current
        if before is None:
            return
        after = before._replace(note=text.strip() or None)
        if after.review == UNREVIEWED and not after.note:
            after = after._replace(reviewer=None, reviewed_at=None)
        elif before.review == UNREVIEWED:  # else the name stays that of who reviewed it
            after = self._signed(after)
        self._take_step([Change(before, after)], of_note=True)

    def reshape(self, box: Box, ring: tuple[float, ...] | None) -> None:
        """Give the current detection another box. It is confirmed with that: who adjusts a box says it is an animal.

        A later run of the detector finds its own box again. So a box of the model that is moved to another place is
        rejected, and a drawn one takes its place.
        """
        before = self.current
        if before is None:
            return
        after = self._signed(before._replace(box_px=box, ring=ring, review=CONFIRMED))
        if before.by_hand or (before.box_px is not None and iou(before.box_px, box) >= SAME_ANIMAL_IOU):
            self._take_step([Change(before, after)])
        else:
            self.replace([after])

    def replace(self, drawn: Sequence[Detection], others: Sequence[Detection] = ()) -> list[Detection]:
        """Reject the current detection, and `others` with it, and add these drawn ones in their place, as one step.

        Returns the drawn ones as they were written.
        """
        current = self.current
        if current is None:
            return []
        gone = {one.fid: one for each in (current, *others) for one in (each, *self._together(each))}
        changes = [Change(one, self._signed(one._replace(review=REJECTED))) for one in gone.values()]
        for one in drawn:
            new = one._replace(fid=0, score=None, counted=1, review=CONFIRMED, reviewed_class=None, note=None)
            new = new._replace(
                class_name=one.is_a, run_id=None, runner_up=None, animal_id=None, uuid=None, is_point=False
            )
            changes.append(Change(None, self._signed(new)))
        written = self._take_step(changes)
        self.next()
        return [after for before, after in written if before is None and after is not None]

    def add(self, drawn: Detection) -> Detection:
        """Add a missed animal, and return it as it was written. The current detection stays the same."""
        ((_, written),) = self._take_step([Change(None, self._signed(drawn._replace(review=CONFIRMED)))])
        written = written or drawn
        self.rows.know(written.is_a)
        return written

    def undo(self) -> Detection | None:
        """Undo the last step and go back to its detection. Returns that detection as it is now."""
        if not self._steps:
            return None
        step = self._steps[-1]
        try:
            self.rows.write([change.reversed for change in reversed(step.changes)])
        except ChangedError:
            self._steps.pop()  # somebody else has reviewed it since
            raise
        self._steps.pop()
        self._together_said -= {change.before.fid for change in step.changes if change.before is not None}
        self._position = min(step.position, len(self._queue))
        return step.changes[0].before

    def undo_added(self) -> None:
        """Undo the last step if it added an animal."""
        if self._steps and self._steps[-1].added:
            self.undo()

    def _say(self, change: Callable[[Detection], Detection], only_this: bool = False) -> None:
        """Say something of the current animal, and go on to the next one."""
        current = self.current
        if current is None:
            return
        said = [current] if only_this else [current, *self._together(current)]
        self._take_step([Change(one, self._signed(change(one))) for one in said])
        self.next()

    def _together(self, current: Detection) -> list[Detection]:
        """The other sightings that are said the same of: not those of which somebody said something else before."""
        return [one for one in self.sightings(current) if one.review in (UNREVIEWED, current.review)]

    def _signed(self, one: Detection) -> Detection:
        return one._replace(reviewer=self.reviewer or None, reviewed_at=now())

    def _take_step(self, changes: Sequence[Change], of_note: bool = False) -> tuple[Change, ...]:
        position = self._position
        written = self.rows.write(changes)
        self._steps.append(Step(written, position, of_note))
        return written


def now() -> str:
    """This moment in UTC, ISO 8601, as the rest of Herdmap notes it."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _named(one: Detection, name: str) -> Detection:
    return one._replace(review=CONFIRMED, reviewed_class=None if name == one.class_name else name)

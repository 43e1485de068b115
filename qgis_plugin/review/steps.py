"""The steps of a review: what each changed, so that it can be shown again and undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ..survey_file import REVIEW_COLUMNS
from .file import Detection, Place

Find = Callable[[Detection], "Detection | None"]


class Change(NamedTuple):
    """One row before and after. before: None if it was added. after: None if it was taken back."""

    before: Detection | None
    after: Detection | None

    @property
    def reversed(self) -> Change:
        """The change that undoes this one."""
        return Change(self.after, self.before)


class Step(NamedTuple):
    """One step that can be undone: all rows that it changed, that of the shown detection first.

    position: in the queue, before the step. of_note: whether it was a note.
    """

    changes: tuple[Change, ...]
    position: int
    of_note: bool = False

    @property
    def shown(self) -> Detection:
        """The detection that the step was about, as it was left, or as it was if the step took it back."""
        before, after = self.changes[0]
        return after or before  # type: ignore[return-value]  # one of both is there

    @property
    def added(self) -> bool:
        """Whether the step added an animal."""
        return self.changes[0].before is None


def finder(rows: Iterable[Detection]) -> Find:
    """What finds a detection of an earlier reading among `rows`: by its UUID, else by its image, class and box."""
    by_uuid: dict[str, Detection] = {}
    by_place: dict[Place, Detection | None] = {}
    for one in rows:
        if one.uuid is not None:
            by_uuid[one.uuid] = one
        by_place[one.place] = None if one.place in by_place else one  # two at one place cannot be told apart
    return lambda one: by_place.get(one.place) if one.uuid is None else by_uuid.get(one.uuid)


def still_there(steps: Sequence[Step], find: Find) -> list[Step]:
    """The steps of rows that are what the last step left, with the rows as they are now.

    A step is kept if all of its rows are.
    """
    rows: dict[Detection, Detection | None] = {}
    kept: list[Step] = []
    for step in reversed(steps):
        found = [_now(change, rows, find) for change in step.changes]
        whole = [change for change in found if change is not None]
        for change, now in zip(step.changes, found):
            if change.before is not None:
                rows[change.before] = now.before if now is not None and len(whole) == len(found) else None
        if len(whole) == len(found):
            kept.append(step._replace(changes=tuple(whole)))
    return kept[::-1]


def _now(change: Change, rows: dict[Detection, Detection | None], find: Find) -> Change | None:
    """The change of the row as it is now; None if the row is not as the change left it."""
    left = change.after
    if left is None:
        return None  # it was taken back: there is no row to find
    now = rows.pop(left) if left in rows else find(left)
    if now is None or (now.place, now.words) != (left.place, left.words):
        return None
    if change.before is None:
        return Change(None, now)
    return Change(now._replace(**{name: getattr(change.before, name) for name in REVIEW_COLUMNS}), now)

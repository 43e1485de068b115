"""Where two reviewers disagree: each animal with both verdicts side by side, and a key that chooses.

`herdmap merge-reviews` writes the table of conflicts beside the merged survey. A choice is a review like any other: it
has the name of who chose, and `U` takes it back.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QPixmap
from qgis.PyQt.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ..counting_rule import CONFIRMED
from ..one_click import OneClickButton
from ..state_colours import WRONG, colour_of
from ..survey_file import SurveyError
from ..translation import tr, written
from .card import fitting, state_of
from .file import Detection
from .queue import ReviewQueue
from .session import ReviewSession

_LARGEST = 64 * 1024 * 1024  # bytes of a table
_CHIP = 260  # px
_REJECTED = "rejected"
_MINE = f"{CONFIRMED} "


class Said(NamedTuple):
    """What one person said of an animal. class_name: None where it was rejected."""

    class_name: str | None
    reviewer: str
    at: str
    note: str


class Conflict(NamedTuple):
    """Two verdicts on one animal. fid: of its detection in the merged survey."""

    fid: int
    first: Said
    second: Said


def conflicts_file(survey: Path) -> Path:
    """Where the conflicts of a merged survey stand."""
    return survey.with_name(f"{survey.stem}.conflicts.csv")


def read_conflicts(path: Path, queue: ReviewQueue) -> tuple[list[Conflict], int]:
    """The conflicts of a merged survey, and how many cannot be settled here: of columns that people added, of animals
    that are not in the survey any more, or of two with the same box. Raises SurveyError.
    """
    # Two detections may have the same box, such as points on one spot: which is meant, nobody knows.
    there: dict[tuple[str, ...], Detection | None] = {}
    for one in queue.detections:
        place = (one.image, *(f"{value:.2f}" for value in one.box_px or ()))
        there[place] = None if place in there else one
    found, others = [], 0
    for row in _rows(path):
        box = [row.get(name) or "" for name in ("xmin", "ymin", "xmax", "ymax")]
        one_there = there.get((row.get("image") or "", *(value for value in box if value)))
        both = [_said(row, side) for side in ("first", "second")]
        if one_there is None or both[0] is None or both[1] is None:
            others += 1
        else:
            found.append(Conflict(one_there.fid, both[0], both[1]))
    return found, others


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        if path.stat().st_size > _LARGEST:
            raise SurveyError(tr("{} is too large for a table of conflicts.").format(path.name))
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, csv.Error) as error:
        raise SurveyError(tr("{} cannot be read: {}").format(path.name, error)) from error
    if rows and not {"image", "xmin", "first_verdict", "second_verdict"} <= rows[0].keys():
        raise SurveyError(tr("{} is no table of conflicts of “Merge two reviews”.").format(path.name))
    return rows


def _said(row: dict[str, str], side: str) -> Said | None:
    verdict, *rest = (row.get(f"{side}_{name}") or "" for name in ("verdict", "reviewer", "reviewed_at", "note"))
    if verdict != _REJECTED and not verdict.startswith(_MINE):
        return None  # a value of a column that somebody added
    return Said(None if verdict == _REJECTED else verdict[len(_MINE) :], *rest)


class ConflictsDialog(QDialog):
    """One conflict after the other. `shown(one)`: the animal in hand, to be looked at on the map."""

    shown = pyqtSignal(object)

    def __init__(self, session: ReviewSession, begin: Callable[[], None], parent: QWidget | None = None) -> None:
        """begin: called before anything is written."""
        super().__init__(parent)
        self.setWindowTitle(tr("Conflicts of two reviewers"))
        self.setObjectName("herdmap_conflicts")
        self.session, self._begin = session, begin
        self.conflicts: list[Conflict] = []
        self.at = 0
        self._others = 0
        self.about, self.chip, self.title, self.state, self.message = (QLabel() for _ in range(5))
        self.chip.setFixedSize(_CHIP, _CHIP)
        self.chip.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.chip.setStyleSheet("background: #30363b; color: #c8ccd0;")
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.message.setStyleSheet(f"color: {colour_of(WRONG, self)};")
        self.sides: list[QLabel] = [QLabel(), QLabel()]
        for label in (self.about, self.title, self.state, self.message, *self.sides):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        for label in self.sides:
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setMinimumWidth(190)
        column = QVBoxLayout(self)
        column.addWidget(self.about)
        column.addLayout(self._build_sides())
        column.addWidget(self.state)
        column.addWidget(self.message)
        column.addLayout(self._build_buttons())
        session.changed.connect(self._follow)

    def _build_sides(self) -> QGridLayout:
        grid = QGridLayout()
        self.choose_first, self.choose_second = OneClickButton(), OneClickButton()
        for number, button in ((1, self.choose_first), (2, self.choose_second)):
            button.setObjectName(f"herdmap_conflict_{number}")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys stay with the window
            button.setAutoDefault(False)
            button.clicked.connect(lambda checked=False, number=number: self.choose(number))
        middle = QVBoxLayout()
        middle.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignHCenter)
        middle.addWidget(self.title)
        grid.addWidget(self.sides[0], 0, 0)
        grid.addLayout(middle, 0, 1)
        grid.addWidget(self.sides[1], 0, 2)
        grid.addWidget(self.choose_first, 1, 0)
        grid.addWidget(self.choose_second, 1, 2)
        for side in (0, 2):
            grid.setColumnStretch(side, 1)
        return grid

    def _build_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.buttons: dict[str, QPushButton] = {}
        for name, text, run in (
            ("back", tr("Back (←)"), lambda: self.go(-1)),
            ("next", tr("Next (→)"), lambda: self.go(1)),
            ("undo", tr("Undo (U)"), self.undo),
            ("map", tr("On the map (M)"), self.show_on_map),
        ):
            button = QPushButton(text)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setAutoDefault(False)
            button.clicked.connect(lambda checked=False, run=run: run())
            row.addWidget(button)
            self.buttons[name] = button
        return row

    def open(self) -> bool:  # type: ignore[override]
        """Show the conflicts of the survey in hand. Returns whether there is a table of them; else says why not."""
        queue = self.session.queue
        if queue is None:
            return False
        path = conflicts_file(queue.file.path)
        if not path.is_file():
            self.session.said.emit(
                tr("This survey has no table of conflicts: {} does not exist.").format(path.name), True
            )
            return False
        try:
            self.conflicts, self._others = read_conflicts(path, queue)
        except SurveyError as error:
            self.session.said.emit(str(error), True)
            return False
        self.at = next((n for n in range(len(self.conflicts)) if not self._settled(n)), 0)
        self._show()
        self.show()
        self.raise_()
        return True

    def choose(self, number: int) -> None:
        """The word of the first reviewer (1) or of the second (2) holds."""
        one = self._current()
        if one is None:
            return
        said = self.conflicts[self.at][number]
        self._begin()

        def step(queue: ReviewQueue) -> None:
            queue.take(one)
            if said.class_name is None:
                queue.reject()
            elif said.class_name == one.is_a:
                queue.confirm()
            else:
                queue.relabel(said.class_name)

        if self._step(step):
            following = [n for n in range(len(self.conflicts)) if not self._settled(n)]
            self.at = next((n for n in following if n > self.at), following[0] if following else self.at)
            self._show()

    def undo(self) -> None:
        """Take the last step back, and show its animal."""
        queue = self.session.queue
        fid = queue.steps[-1].shown.fid if queue is not None and queue.steps else None
        self._begin()
        if self._step(lambda queue: queue.undo()):
            self.at = next((n for n, one in enumerate(self.conflicts) if one.fid == fid), self.at)
            self._show()

    def go(self, step: int) -> None:
        """Show the next conflict (1), or the one before (-1)."""
        self.at = min(max(self.at + step, 0), max(len(self.conflicts) - 1, 0))
        self._show()

    def show_on_map(self) -> None:
        """Show the animal in hand on the map."""
        one = self._current()
        if one is not None:
            self.shown.emit(one)

    def keyPressEvent(self, event: Any) -> None:  # noqa: N802
        actions: dict[int, Callable[[], object]] = {
            Qt.Key.Key_1: lambda: self.choose(1),
            Qt.Key.Key_2: lambda: self.choose(2),
            Qt.Key.Key_Left: lambda: self.go(-1),
            Qt.Key.Key_Right: lambda: self.go(1),
            Qt.Key.Key_Space: lambda: self.go(1),
            Qt.Key.Key_U: self.undo,
            Qt.Key.Key_M: self.show_on_map,
        }
        action = actions.get(event.key())
        if action is None:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():  # a key that is held settles nothing that nobody has looked at
            action()

    # ---- showing -----------------------------------------------------------------------------

    def _current(self) -> Detection | None:
        queue = self.session.queue
        if queue is None or not self.conflicts:
            return None
        return queue.rows.get(self.conflicts[self.at].fid)

    def _settled(self, number: int) -> bool:
        """Whether somebody has said something of the animal after both reviewers had."""
        conflict, queue = self.conflicts[number], self.session.queue
        one = queue.rows.get(conflict.fid) if queue is not None else None
        if one is None:
            return True
        return (one.reviewed_at or "", one.reviewer or "") not in [
            (said.at, said.reviewer) for said in (conflict.first, conflict.second)
        ]

    def _step(self, step: Callable[[ReviewQueue], object]) -> bool:
        self.message.setText("")
        self.session.said.connect(self._said)
        try:
            return self.session.step(step, of_current=False)
        finally:
            self.session.said.disconnect(self._said)

    def _said(self, text: str, wrong: bool) -> None:
        self.message.setText(text)

    def _follow(self) -> None:
        """The review went on elsewhere, or another survey is open."""
        queue = self.session.queue
        if self.isVisible() and (queue is None or not all(one.fid in queue.rows for one in self.conflicts)):
            self.hide()  # the rows are others now

    def _show(self) -> None:
        one, queue = self._current(), self.session.queue
        settled = sum(self._settled(n) for n in range(len(self.conflicts)))
        text = tr("{settled} of {all} conflicts are settled.").format(
            settled=written(settled), all=written(len(self.conflicts))
        )
        if self._others:
            text += " " + tr("%Ln others are in the table only: they are of columns of your own.", self._others)
        self.about.setText(text)
        for button in (self.choose_first, self.choose_second, self.buttons["map"]):
            button.setEnabled(one is not None)
        self.buttons["back"].setEnabled(self.at > 0)
        self.buttons["next"].setEnabled(self.at + 1 < len(self.conflicts))
        self.buttons["undo"].setEnabled(queue is not None and queue.can_undo)
        if one is None or queue is None:
            self.chip.setText(tr("no picture"))
            return
        for number, (label, button) in enumerate(zip(self.sides, (self.choose_first, self.choose_second)), 1):
            said = self.conflicts[self.at][number]
            label.setText(_in_words(said))
            button.setText(f"{_verdict(said)} ({number})")
        self.title.setText(f"{at_of(self.at, len(self.conflicts))} {fitting(one.image.rsplit('/', 1)[-1])}")
        now = tr("Now: {}").format(f"{fitting(one.is_a)}, {state_of(one)}")
        self.state.setText(now if self._settled(self.at) else tr("Not settled. {}").format(now))
        pixmap = QPixmap()
        try:
            chip = queue.file.chip(one.fid)
        except SurveyError:
            chip = None
        if chip and pixmap.loadFromData(chip):
            smooth = Qt.TransformationMode.SmoothTransformation
            self.chip.setPixmap(pixmap.scaled(_CHIP, _CHIP, Qt.AspectRatioMode.KeepAspectRatio, smooth))
        else:
            self.chip.setText(tr("no picture"))


def at_of(at: int, number: int) -> str:
    """Which of how many is shown."""
    return tr("{} of {}").format(written(at + 1), written(number)) + " ·"


def _verdict(said: Said) -> str:
    return tr("Reject") if said.class_name is None else fitting(said.class_name)


def _in_words(said: Said) -> str:
    """One person's verdict, with the name, the time and the note."""
    who = said.reviewer or tr("Somebody")
    verdict = tr("rejected") if said.class_name is None else tr("confirmed as {}").format(fitting(said.class_name))
    lines = [fitting(who), verdict, said.at[:16].replace("T", " ")]
    if said.note:
        lines.append(tr("Note: {}").format(said.note[:200]))
    return "\n".join(line for line in lines if line)

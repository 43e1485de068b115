"""Many animals at once: their small pictures, a screen at a time. Confirm or reject those that are chosen.

The grid shows the animals of the queue in its order. What is said of an animal here is said of it in all photos, as in
the review of one. All that is said with one key is one step, which `U` takes back.
"""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..counting_rule import CONFIRMED, REJECTED
from ..state_colours import WRONG, colour_of
from ..survey_file import SurveyError
from ..translation import tr, written
from .card import state_of
from .file import Detection
from .session import ReviewSession
from .view import COLOURS

A_SCREEN = 30  # animals
_SIDE, _FRAME = 112, 5  # px of a picture, and of the frame in the colour of its state


class ChipGrid(QDialog):
    """A screen of animals, in a window of its own beside QGIS's. `shown(one)`: an animal was clicked twice."""

    shown = pyqtSignal(object)

    def __init__(self, session: ReviewSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Review many at once"))
        self.setObjectName("herdmap_grid")
        self.session = session
        self.first = 0
        self._showing: list[int] = []
        self.list, self.about, self.message = QListWidget(), QLabel(), QLabel()
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(QSize(_SIDE, _SIDE))
        self.list.setGridSize(QSize(_SIDE + 16, _SIDE + 2 * self.fontMetrics().height()))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.itemDoubleClicked.connect(lambda item: self._show_alone(item))
        self.list.installEventFilter(self)
        for label in (self.about, self.message):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.message.setStyleSheet(f"color: {colour_of(WRONG, self)};")
        column = QVBoxLayout(self)
        column.addWidget(self.about)
        column.addWidget(self.list, 1)
        column.addWidget(self.message)
        column.addLayout(self._build_buttons())
        self.resize(6 * (_SIDE + 16) + 50, 5 * (_SIDE + 2 * self.fontMetrics().height()) + 130)
        session.changed.connect(self._follow)

    def _build_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.buttons: dict[str, QPushButton] = {}
        for name, text, run in (
            ("confirm", tr("Confirm (C)"), lambda: self.say(CONFIRMED)),
            ("reject", tr("Reject (X)"), lambda: self.say(REJECTED)),
            ("undo", tr("Undo (U)"), self.undo),
            ("before", tr("Screen before (PgUp)"), lambda: self.turn(-1)),
            ("after", tr("Next screen (PgDn)"), lambda: self.turn(1)),
        ):
            button = QPushButton(text)
            button.setObjectName(f"herdmap_grid_{name}")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys stay with the pictures
            button.setAutoDefault(False)
            button.clicked.connect(lambda checked=False, run=run: run())
            row.addWidget(button)
            self.buttons[name] = button
        return row

    # ---- what is shown -----------------------------------------------------------------------

    def open(self) -> None:
        """Show the screen with the current animal."""
        queue = self.session.queue
        self.first = 0 if queue is None else queue.position // A_SCREEN * A_SCREEN
        self._fill()
        self.show()
        self.raise_()
        self.list.setFocus()

    def turn(self, step: int) -> None:
        """Show the next screen (1), or the one before (-1)."""
        queue = self.session.queue
        if queue is not None and 0 <= self.first + step * A_SCREEN < max(1, len(queue)):
            self.first += step * A_SCREEN
            self._fill()

    def _follow(self) -> None:
        """The review went on elsewhere, or another survey is open."""
        if self.isVisible():
            chosen = {item.data(Qt.ItemDataRole.UserRole) for item in self.list.selectedItems()}
            self._fill(chosen)

    def _fill(self, chosen: set[int] | None = None) -> None:
        """Show the animals of this screen. chosen: fids that stay chosen."""
        queue = self.session.queue
        animals = queue.queued(self.first, A_SCREEN) if queue is not None else []
        try:
            chips = queue.file.chips([one.fid for one in animals]) if queue is not None else {}
        except SurveyError as error:
            chips = {}
            self.message.setText(str(error))
        self.list.clear()
        for one in animals:
            item = QListWidgetItem(_framed(chips.get(one.fid), one), _title(one))
            item.setData(Qt.ItemDataRole.UserRole, one.fid)
            item.setToolTip(f"{one.image}\n{state_of(one)}")
            self.list.addItem(item)
            item.setSelected(chosen is not None and one.fid in chosen)
        number = len(queue) if queue is not None else 0
        self.about.setText(
            tr("{first} to {last} of {all}. Click, Shift+click or Ctrl+click chooses; Ctrl+A chooses all.").format(
                first=written(min(self.first + 1, number)),
                last=written(self.first + len(animals)),
                all=written(number),
            )
        )
        self.buttons["before"].setEnabled(self.first > 0)
        self.buttons["after"].setEnabled(self.first + A_SCREEN < number)
        self.buttons["undo"].setEnabled(queue is not None and queue.can_undo)

    # ---- what is said ------------------------------------------------------------------------

    def say(self, review: str) -> None:
        """Confirm or reject the chosen animals. Where none is chosen nothing happens: no key is for all by accident."""
        fids = [item.data(Qt.ItemDataRole.UserRole) for item in self.list.selectedItems()]
        if not fids:
            self.message.setText(tr("Choose animals first: Ctrl+A chooses all of this screen."))
            return
        self._step(lambda queue: queue.say_of(fids, review))

    def undo(self) -> None:
        """Take the last step back."""
        self._step(lambda queue: queue.undo())

    def _step(self, step: Any) -> None:
        self.message.setText("")
        self.session.said.connect(self._said)
        try:
            self.session.step(step, of_current=False)
        finally:
            self.session.said.disconnect(self._said)
        self.list.clearSelection()

    def _said(self, text: str, wrong: bool) -> None:
        self.message.setText(text)

    def _show_alone(self, item: QListWidgetItem) -> None:
        queue = self.session.queue
        one = queue.rows.get(item.data(Qt.ItemDataRole.UserRole)) if queue is not None else None
        if one is not None:
            self.shown.emit(one)

    # ---- keys --------------------------------------------------------------------------------

    def eventFilter(self, watched: Any, event: Any) -> bool:  # noqa: N802
        if event.type() != event.Type.KeyPress:
            return False
        actions = {
            Qt.Key.Key_C: lambda: self.say(CONFIRMED),
            Qt.Key.Key_Return: lambda: self.say(CONFIRMED),
            Qt.Key.Key_X: lambda: self.say(REJECTED),
            Qt.Key.Key_Delete: lambda: self.say(REJECTED),
            Qt.Key.Key_U: self.undo,
            Qt.Key.Key_Backspace: self.undo,
            Qt.Key.Key_PageDown: lambda: self.turn(1),
            Qt.Key.Key_PageUp: lambda: self.turn(-1),
        }
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        action = self.undo if control and event.key() == Qt.Key.Key_Z else actions.get(event.key())
        if action is None or (control and action != self.undo):
            return False
        if not event.isAutoRepeat() or event.key() in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            action()
        return True


def _title(one: Detection) -> str:
    return one.is_a if one.score is None else f"{one.is_a} {one.score:.2f}"


def _framed(chip: bytes | None, one: Detection) -> QIcon:
    """The small picture in a frame of the colour of its state; a rejected one is faded."""
    whole = QPixmap(_SIDE, _SIDE)
    whole.fill(QColor("#30363b"))
    picture = QPixmap()
    if chip:
        picture.loadFromData(chip)
    painter = QPainter(whole)
    if not picture.isNull():
        inner = _SIDE - 2 * _FRAME
        smooth = Qt.TransformationMode.SmoothTransformation
        fitted = picture.scaled(inner, inner, Qt.AspectRatioMode.KeepAspectRatio, smooth)
        painter.setOpacity(0.45 if one.review == REJECTED else 1.0)
        painter.drawPixmap((_SIDE - fitted.width()) // 2, (_SIDE - fitted.height()) // 2, fitted)
        painter.setOpacity(1.0)
    if one.review in (CONFIRMED, REJECTED):
        painter.setPen(QPen(QColor(COLOURS[one.review]), 2 * _FRAME))
        painter.drawRect(0, 0, _SIDE - 1, _SIDE - 1)
    painter.end()
    return QIcon(whole)

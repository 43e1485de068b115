"""One step of the road as a widget: how far it is, its title, its questions, its buttons. A click on it unfolds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAction,
    QFormLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from .. import state_colours
from ..one_click import OneClickButton
from ..survey_panel import breakable
from ..translation import tr
from .road import BEGUN, DONE, OPTIONAL, TO_DO, WRONG, Said

_MARKS = {
    OPTIONAL: ("○", ""),
    TO_DO: ("○", ""),
    BEGUN: ("◐", state_colours.BEGUN),
    DONE: ("●", state_colours.GOOD),
    WRONG: ("!", state_colours.WRONG),
}

_A_ROW = 3  # buttons beside each other


class StepBox(QFrame):
    """`unfolded`: a click asks to see its questions. `cancelled`: its run shall end."""

    unfolded = pyqtSignal()
    cancelled = pyqtSignal()

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"herdmap_step_{name}")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.mark, self.title, self.text = QLabel(), QLabel(title), QLabel()
        self.mark.setFixedWidth(round(1.6 * self.fontMetrics().height()))
        self.mark.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        for label in (self.title, self.text):
            label.setTextFormat(Qt.TextFormat.PlainText)  # a name out of a file is never markup
            label.setWordWrap(True)
            label.setMinimumWidth(1)  # a long name must not make the dock wider than its place
        self._body = QWidget()
        self.form = QFormLayout(self._body)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        self._result, self._stays = QWidget(), False
        QVBoxLayout(self._result).setContentsMargins(0, 0, 0, 0)
        self._result.hide()
        for widget in (self.title, self.text, self._result, self._body):
            texts.addWidget(widget)
        row = QHBoxLayout(self)
        row.addWidget(self.mark)
        row.addLayout(texts, 1)
        self._build_progress(texts)
        self.buttons: dict[str, QPushButton] = {}
        self._row = QGridLayout()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _build_progress(self, column: QVBoxLayout) -> None:
        self._working = QWidget()
        self.bar, self.cancel = QProgressBar(), QToolButton()
        self.cancel.setText(tr("Stop"))
        self.cancel.clicked.connect(lambda *_: self.cancelled.emit())
        row = QHBoxLayout(self._working)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel)
        column.addWidget(self._working)
        self._working.hide()

    def add_buttons(
        self,
        *buttons: tuple[str, str, Callable[[], None]],
        more: dict[str, Callable[[], None]],
        in_column: bool = False,
    ) -> None:
        """Add the buttons of the step: name, text, function; the first is what comes next. more: text -> function.

        in_column: one below the other, in the order in which they are pressed; else beside each other.
        """
        for name, text, run in buttons:
            button = OneClickButton(text)
            button.setObjectName(f"herdmap_{name}")
            button.clicked.connect(lambda checked=False, run=run: run())
            self.buttons[name] = button
            if in_column:
                self.form.addRow(button)
            else:
                self._put(button)
        self.more = QToolButton()
        self.more.setText(tr("More"))
        self.more.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        for text, run in more.items():
            action = QAction(text, menu)
            action.triggered.connect(lambda checked=False, run=run: run())
            menu.addAction(action)
        self.more.setMenu(menu)
        self._put(self.more)
        self._row.setColumnStretch(_A_ROW, 1)
        self.form.addRow(self._row)

    def _put(self, button: QWidget) -> None:
        number = self._row.count()
        self._row.addWidget(button, number // _A_ROW, number % _A_ROW)

    def show_said(self, said: Said) -> None:
        """Show how far the step is."""
        mark, state = _MARKS[said.mark]
        colour = f"color: {state_colours.colour_of(state, self)};" if state else ""  # else that of QGIS's theme
        self.mark.setText(mark)
        self.mark.setStyleSheet(f"font-weight: bold; {colour}")
        self.text.setText(breakable(said.text))
        self.text.setVisible(bool(said.text))
        self.text.setToolTip(said.detail)
        self.text.setStyleSheet(colour if said.mark == WRONG else "")

    def unfold(self, yes: bool) -> None:
        """Show its result, its questions and buttons, or only what it says."""
        self._body.setVisible(yes)
        self._result.setVisible(yes or self._stays)

    def add_result(self, widget: QWidget) -> None:
        """Show this above the questions."""
        self._result.layout().addWidget(widget)

    def keep_result(self, yes: bool) -> None:
        """Whether the result is seen although the step is folded: it is new."""
        self._stays = yes
        self._result.setVisible(yes or self.is_unfolded)

    @property
    def is_unfolded(self) -> bool:
        """Whether its questions are shown."""
        return self._body.isVisibleTo(self)

    def show_work(self, percent: float | None, text: str = "") -> None:
        """Show the progress of its run; None: there is none."""
        self._working.setVisible(percent is not None)
        for button in self.buttons.values():
            button.setEnabled(percent is None)
        if percent is not None:
            self.bar.setRange(0, 100 if percent > 0 else 0)
            self.bar.setValue(round(percent))
            self.text.setText(text)
            self.text.setVisible(True)

    def mouseReleaseEvent(self, event: Any) -> None:  # noqa: N802
        self.unfolded.emit()
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: Any) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.unfolded.emit()
        else:
            super().keyPressEvent(event)

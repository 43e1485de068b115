"""The steps of the review so far, the last one first. A click takes an animal in hand again."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ..translation import tr
from .card import state_of
from .steps import Step

_SHOWN = 200  # steps; undo goes on beyond


class StepsList(QgsCollapsibleGroupBox):
    """`chosen(number)`: a step was clicked, by its number from the first one."""

    chosen = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Steps"), parent)
        self.list = QListWidget()
        self.list.setObjectName("herdmap_steps")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys stay with the review
        self.list.setUniformItemSizes(True)
        self.list.setFixedHeight(120)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.itemClicked.connect(lambda item: self.chosen.emit(item.data(Qt.ItemDataRole.UserRole)))
        QVBoxLayout(self).addWidget(self.list)
        self._shown: list[Step] = []

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Show these steps."""
        shown = list(steps[-_SHOWN:])
        self.setVisible(bool(steps))
        if shown == self._shown:
            return
        before, self._shown = self._shown, shown
        first = len(steps) - len(shown)
        if before and shown[:-1] == before:  # the usual step: one more
            self.list.insertItem(0, _item(shown[-1], len(steps) - 1))
            return
        self.list.clear()
        for number, step in reversed(list(enumerate(shown, first))):
            self.list.addItem(_item(step, number))


def _item(step: Step, number: int) -> QListWidgetItem:
    one = step.shown
    photo = one.image.rsplit("/", 1)[-1]
    what = tr("note") if step.of_note else state_of(one).split(" · ")[0]
    item = QListWidgetItem(f"{number + 1}. {one.is_a}: {what} – {photo}")
    item.setData(Qt.ItemDataRole.UserRole, number)
    item.setToolTip(f"{one.image}\n{state_of(one)}")
    return item

"""The photos that show the animal in hand: a small picture of each, with its name and what was said there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QIcon, QPixmap
from qgis.PyQt.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ..translation import tr

_PICTURE = 56  # px
_CELL = QSize(96, 92)


class Sighting(NamedTuple):
    """The animal in one photo. image: the photo's path. chip: a JPEG. state: what was said; empty: not found here."""

    image: str
    chip: bytes | None
    state: str


class SightingsStrip(QWidget):
    """Hidden where only one photo shows the animal. `chosen(image)`: a photo was clicked."""

    chosen = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = QLabel()
        self.heading.setWordWrap(True)
        self.list = QListWidget()
        self.list.setObjectName("herdmap_sightings")
        self.list.setViewMode(QListWidget.ViewMode.IconMode)
        self.list.setFlow(QListWidget.Flow.LeftToRight)
        self.list.setWrapping(False)
        self.list.setMovement(QListWidget.Movement.Static)
        self.list.setIconSize(QSize(_PICTURE, _PICTURE))
        self.list.setGridSize(_CELL)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setWordWrap(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys stay with the review
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedHeight(
            _CELL.height() + 2 * self.list.frameWidth() + self.list.horizontalScrollBar().sizeHint().height()
        )
        self.list.itemClicked.connect(lambda item: self.chosen.emit(item.data(Qt.ItemDataRole.UserRole)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.heading)
        column.addWidget(self.list)
        self.hide()

    def show_sightings(self, sightings: Sequence[Sighting], at: int) -> None:
        """Show these; `at` is the one that is looked at."""
        self.setVisible(len(sightings) > 1)
        if len(sightings) < 2:
            self.list.clear()
            return
        found = sum(bool(one.state) for one in sightings)
        name = sightings[at].image.rsplit("/", 1)[-1]
        text = tr(
            "Photo {at} of {all} that show this place: {name}. A key is for the animal in all photos. [ and ] change"
            " the photo."
        )
        if found == 1:
            text = tr(
                "Photo {at} of {all} that show this place: {name}. It was found in one of them. [ and ] change the"
                " photo."
            )
        self.heading.setText(text.format(at=at + 1, all=len(sightings), name=_short(name)))
        self.heading.setToolTip(sightings[at].image)
        shown = [self.list.item(row).data(Qt.ItemDataRole.UserRole + 1) for row in range(self.list.count())]
        if shown != [one[:3] for one in sightings]:
            self._fill(sightings)
        self.list.setCurrentRow(at)

    def _fill(self, sightings: Sequence[Sighting]) -> None:
        self.list.clear()
        for one in sightings:
            item = QListWidgetItem(_icon(one.chip), one.image.rsplit("/", 1)[-1])
            item.setData(Qt.ItemDataRole.UserRole, one.image)
            item.setData(Qt.ItemDataRole.UserRole + 1, one[:3])
            item.setToolTip(f"{one.image}\n{one.state or tr('not found in this photo')}")
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter)
            if not one.state:
                item.setForeground(Qt.GlobalColor.gray)
            self.list.addItem(item)


def _icon(chip: bytes | None) -> QIcon:
    picture = QPixmap()
    if chip:
        picture.loadFromData(chip)
    if picture.isNull():
        picture = QPixmap(_PICTURE, _PICTURE)
        picture.fill(Qt.GlobalColor.lightGray)
    return QIcon(picture)


def _short(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:18]}…{name[-20:]}"

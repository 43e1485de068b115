"""What the panels of the plugin have alike: the list of surveys, a line that says something, and how they scroll."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QEvent, QObject, Qt, QTimer
from qgis.PyQt.QtWidgets import QComboBox, QFileDialog, QLabel, QScrollArea, QStyle, QWidget

from .translation import tr

_WRONG = "background: #f8d7da; color: #58151c; padding: 4px;"
_SAID = "background: #cfe2ff; color: #052c65; padding: 4px;"


_LONGEST_WORD = 24  # characters
_BREAK = "\u200b"  # a place where a line may break


def breakable(text: str) -> str:
    """A text of which long words, such as paths and names of photos, may break anywhere: labels cut them otherwise."""
    # Only what is long: else a name that is copied would have a character more.
    return " ".join(word if len(word) <= _LONGEST_WORD else _BREAK.join(word) for word in text.split(" "))


class SurveyPanel(QWidget):
    """A panel for one survey of several. survey: their list. message: the line."""

    survey: QComboBox
    message: QLabel

    def say(self, text: str, wrong: bool = False) -> None:
        """Show a message; an empty text hides it."""
        self.message.setText(breakable(text))
        self.message.setVisible(bool(text))
        self.message.setStyleSheet(_WRONG if wrong else _SAID)
        if text:
            into_view(self.message)

    def offer_surveys(self, names: Mapping[str, str]) -> None:
        """Offer these surveys: path -> name."""
        self.survey.clear()
        for path, name in names.items():
            self.survey.addItem(name, path)
            self.survey.setItemData(self.survey.count() - 1, path, Qt.ItemDataRole.ToolTipRole)


def into_view(widget: QWidget) -> None:
    """Scroll the panel of this widget to it, once it is laid out: who has scrolled down would not see what is said."""
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, _Scrolled):
        parent = parent.parentWidget()
    if parent is not None:
        parent.wanted = widget
        QTimer.singleShot(0, parent.show_wanted)


class _Scrolled(QScrollArea):
    """Keeps its widget as high as its wrapped texts need in this width: Qt alone lets what is below overlap them.

    wanted: what is to be seen soon.
    """

    wanted: QWidget | None = None

    def show_wanted(self) -> None:
        wanted, self.wanted = self.wanted, None
        if wanted is not None:
            self._fit()
            self.ensureWidgetVisible(wanted, 0, 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return bool(super().eventFilter(watched, event))

    def resizeEvent(self, event: Any) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        layout = self.widget().layout() if self.widget() is not None else None
        if layout is not None and layout.hasHeightForWidth():
            self.widget().setMinimumHeight(layout.minimumHeightForWidth(self.viewport().width()))


def scrolled(panel: QWidget) -> QScrollArea:
    """The panel in a dock or a dialog that may be lower than it, but not narrower: it scrolls up and down alone."""
    scroll = _Scrolled()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QScrollArea.Shape.NoFrame)
    scroll.setWidget(panel)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    bar = scroll.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
    scroll.setMinimumWidth(panel.minimumSizeHint().width() + bar)
    return scroll


def ask_survey(dock: QWidget, project: QgsProject) -> str:
    """Ask for a survey's file; an empty text if nobody chooses one."""
    title, kinds = tr("Open survey"), tr("Surveys (*.gpkg)")
    path, _ = QFileDialog.getOpenFileName(dock, title, project.homePath(), kinds)
    return str(path)

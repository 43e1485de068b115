"""What the docks of the plugin have alike: they follow the surveys of the project, and look whether one was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProject
from qgis.gui import QgsDockWidget
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QWidget

from .layers import surveys
from .survey_panel import SurveyPanel, ask_survey

_WATCH_MS = 2000  # between looks whether somebody has written the survey


class SurveyDock(QgsDockWidget):
    """A dock with one survey of those in the project. A dock of this kind calls `follow_project` when it has its panel.

    panel: its widgets, with the list of surveys. has_keys: whether letters do something in it: those that are pressed
    there are for no other dock.
    """

    panel: SurveyPanel
    has_keys = False

    def __init__(self, title: str, name: str, parent: QWidget | None = None) -> None:
        """name: of the dock among QGIS's, which remembers its place by it."""
        super().__init__(title, parent)
        self.setObjectName(name)
        self.project = QgsProject.instance()
        # Wait until all layers of a survey are added or removed.
        self._soon, self._watch = QTimer(self), QTimer(self)
        self._soon.setSingleShot(True)

    @staticmethod
    def around(widget: QWidget | None) -> SurveyDock | None:
        """The dock of this kind that a widget is in; None if it is in none."""
        while widget is not None and not isinstance(widget, SurveyDock):
            widget = widget.parentWidget()
        return widget

    def follow_project(self) -> None:
        """Begin to offer the surveys of the project, and to look whether the one at hand was written."""
        self.panel.survey.activated.connect(lambda *_: self.open(self.panel.survey.currentData()))
        self.panel.browse.clicked.connect(lambda *_: self._ask_survey())
        self._soon.timeout.connect(self.list_surveys)
        self._watch.timeout.connect(self._look_again)
        self._watch.start(_WATCH_MS)
        for signal in (self.project.layersAdded, self.project.layersRemoved):
            signal.connect(self._layers_changed)
        self.list_surveys()

    def put_away(self) -> None:
        """End what works on its own: the dock is about to be deleted."""
        for timer in (self._soon, self._watch):
            timer.stop()
        for signal in (self.project.layersAdded, self.project.layersRemoved):
            signal.disconnect(self._layers_changed)

    # ---- what each dock says -----------------------------------------------------------------

    @property
    def at_hand(self) -> Path | None:
        """The survey in hand."""
        raise NotImplementedError

    def open(self, path: str | Path) -> Any:
        """Take this survey in hand."""
        raise NotImplementedError

    def more_offered(self) -> dict[str, str]:
        """What the list offers after the surveys: value -> text."""
        return {}

    def takes_first(self) -> bool:
        """Whether the first survey of the project is taken in hand, as the one in hand is not there."""
        return self.isVisible()

    def without_survey(self) -> None:
        """The survey in hand is not in the project, and no other one is taken."""

    def forget_layers(self) -> None:
        """Layers came or went: those that are known may be deleted."""

    def look_again(self) -> None:
        """Somebody may have written the survey. Called while the dock is in front."""

    # ---- the project -------------------------------------------------------------------------

    def list_surveys(self) -> None:
        """Offer the surveys of the project, and take the first in hand where none is."""
        paths = surveys(self.project)
        self.panel.offer_surveys({**{str(path): path.stem for path in paths}, **self.more_offered()})
        at_hand = self.at_hand
        if at_hand in paths:
            self.panel.survey.setCurrentIndex(paths.index(at_hand))
        elif paths and self.takes_first():
            self.open(paths[0])
        else:
            self.without_survey()

    def _layers_changed(self, *_: object) -> None:
        self.forget_layers()
        self._soon.start()

    def _look_again(self) -> None:
        if self.isUserVisible():
            self.look_again()

    def _ask_survey(self) -> None:
        if path := ask_survey(self, self.project):
            self.open(path)

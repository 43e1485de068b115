"""The widgets of the panel *Herdmap*. The dock makes the decisions, `steps` has what each step asks."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..algorithms.model_question import ModelQuestion
from ..help_pages import address
from ..survey_panel import SurveyPanel, breakable, into_view
from ..translation import tr, written
from . import road
from .estimate_questions import EstimateQuestions
from .estimates_view import EstimatesView
from .questions import ImageryQuestion, LayerQuestion, narrow
from .step_box import StepBox

_MOST_WARNINGS = 12  # of a run that are shown in the panel


class RoadPanel(SurveyPanel):
    """The survey, a box for each step, and the menu of all commands."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setSpacing(4)
        column.addLayout(self._build_survey())
        self.set_up, self.go_on = QPushButton(tr("Set up…")), QPushButton(tr("Continue"))
        self.set_up.setObjectName("herdmap_set_up")
        self.go_on.setObjectName("herdmap_continue")
        self.give_up = QToolButton()
        self.give_up.setText("×")
        self.give_up.setToolTip(tr("Do not offer this run again. Its finished work stays beside the survey."))
        self._not_ready = notice(tr("The detector is not set up yet. You do this once."), self.set_up)
        self._stopped = notice("", self.go_on, self.give_up)
        self.heed = QToolButton()
        self.heed.setText("×")
        self.heed.setObjectName("herdmap_heed")
        self.heed.setToolTip(tr("I have read this"))
        self._warned = notice("", self.heed)
        self.heed.clicked.connect(lambda *_: self._warned.hide())
        self.message = QLabel()
        self.message.setTextFormat(Qt.TextFormat.PlainText)  # a name out of a file is never markup
        self.message.setWordWrap(True)
        self.message.setMinimumWidth(1)
        self.message.hide()
        for widget in (self._not_ready, self._stopped, self.message, self._warned):
            column.addWidget(widget)
        self.boxes = {name: StepBox(name, title) for name, title in road.titles().items()}
        for box in self.boxes.values():
            column.addWidget(box)
        self._build_questions()
        self.all_commands, self.all = QToolButton(), QMenu(self)
        self.all_commands.setText(tr("All commands"))
        self.all_commands.setObjectName("herdmap_all_commands")
        self.all_commands.setMenu(self.all)
        self.all_commands.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.all_commands.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        column.addWidget(self.all_commands)
        column.addStretch(1)

    def _build_survey(self) -> QHBoxLayout:
        self.survey, self.browse = QComboBox(), QToolButton()
        self.survey.setObjectName("herdmap_survey")
        self.survey.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.survey.setMinimumContentsLength(12)
        self.browse.setText("…")
        self.browse.setToolTip(tr("Open the GeoPackage of a survey"))
        self.help = QToolButton()
        self.help.setObjectName("herdmap_help")
        self.help.setText("?")
        self.help.setToolTip(tr("Help: the pages that come with the plugin"))
        self.help.setVisible(bool(address("plugin")))
        row = QHBoxLayout()
        row.addWidget(QLabel(tr("Survey")))
        row.addWidget(self.survey, 1)
        row.addWidget(self.browse)
        row.addWidget(self.help)
        return row

    def _build_questions(self) -> None:
        self.imagery = ImageryQuestion()
        self.boxes[road.IMAGERY].form.addRow(self.imagery)
        self.model = ModelQuestion()
        narrow(self.model)
        self.boxes[road.DETECT].form.addRow(tr("Model"), self.model)
        self.regions = LayerQuestion("regions", (tr("region"), "park", "block"))
        self.boxes[road.COUNT].form.addRow(tr("Regions"), self.regions)
        self.estimates, self.estimate = EstimatesView(), EstimateQuestions()
        self.transects, self.strata = self.estimate.transects, self.estimate.strata
        self.boxes[road.ESTIMATE].add_result(self.estimates)
        self.boxes[road.ESTIMATE].form.addRow(self.estimate)

    def unfold(self, name: str) -> None:
        """Show the questions of this step, and fold the others."""
        if name == road.DETECT and not self.boxes[name].is_unfolded:
            self.model.offer(again=True)
        for other, box in self.boxes.items():
            box.unfold(other == name)

    def show_ready(self, ready: bool) -> None:
        """Say that the detector must be set up first, unless it is."""
        self._not_ready.setVisible(not ready)

    def show_warnings(self, warnings: Sequence[str]) -> None:
        """Show what a run warned of; all of it is in QGIS's log of messages too."""
        shown = [breakable(text) for text in warnings[:_MOST_WARNINGS]]
        if len(warnings) > len(shown):
            shown.append(tr("And {} more, in QGIS's log of messages.").format(written(len(warnings) - len(shown))))
        self._warned.setVisible(bool(shown))
        self._warned.findChild(QLabel).setText("\n".join(f"• {text}" for text in shown))
        if shown:
            into_view(self._warned)

    def show_stopped(self, name: str) -> None:
        """Say that the run of this survey stopped; an empty name says nothing."""
        self._stopped.setVisible(bool(name))
        self._stopped.findChild(QLabel).setText(
            tr("A run was stopped: {}. Finished work is kept.").format(breakable(name))
        )


def notice(text: str, *buttons: QWidget) -> QFrame:
    """A line that says something, with buttons."""
    frame, label = QFrame(), QLabel(text)
    frame.setStyleSheet("QFrame { background: #fff3cd; } QLabel { color: #664d03; }")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setMinimumWidth(1)
    row = QHBoxLayout(frame)
    row.addWidget(label, 1)
    for button in buttons:
        row.addWidget(button)
    frame.hide()
    return frame

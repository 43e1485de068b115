"""The widgets of the review dock, and how they show a queue. The dock makes the decisions."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..one_click import OneClickButton
from ..survey_file import SurveyError, region_in_words
from ..survey_panel import SurveyPanel
from ..translation import tr, written
from .card import ReviewCard, Typing, fitting, state_of
from .choice import ReviewChoice
from .classes import with_keys
from .looks import LooksPanel
from .progress import progress
from .queue import ReviewQueue
from .sight import View
from .sightings import Sighting, SightingsStrip
from .steps_list import StepsList
from .view import PhotoView

_REVIEWER = "herdmap/reviewer"
_SAYS = ("confirm", "reject")  # buttons that say something of the animal in hand, and go on to the next one
_MOST_DETAILS = 50  # detections of which the picture is kept
_REGIONS_SHOWN = 12  # at once; the others are scrolled to


class ReviewPanel(SurveyPanel):
    """Survey, reviewer, queue, the current detection, its photo, buttons, tally, counts per region.

    actions: for each button, in order: name -> (text, key, function). more: text -> function, in the menu "More".
    """

    def __init__(
        self,
        actions: dict[str, tuple[str, str, Callable[[], None]]],
        more: dict[str, Callable[[], None]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._details: OrderedDict[tuple[object, int], tuple[bytes | None, list[tuple[str, str]]]] = OrderedDict()
        column = QVBoxLayout(self)
        column.addLayout(self._build_form())
        self.choice = ReviewChoice()
        self.choice.setCollapsed(True)
        self.looks = LooksPanel()
        self.looks.setCollapsed(True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(True)
        self.card = ReviewCard()
        self.sightings = SightingsStrip()
        self.photo = PhotoView()
        self.photo.hide()
        self.typing = Typing()
        self.message = _text()
        self.message.hide()
        self.keys, self.tally = _text(), _text()
        self.counts = self._build_counts()
        for widget in (self.choice, self.progress, self.card, self.sightings):
            column.addWidget(widget)
        column.addWidget(self.photo, 100)
        column.addWidget(self.typing)
        column.addWidget(self.message)
        column.addLayout(self._build_buttons(actions, more))
        column.addWidget(self.keys)
        column.addWidget(self.tally)
        column.addWidget(self.counts)
        column.addWidget(self.looks)
        self.steps = StepsList()
        self.steps.setCollapsed(True)
        column.addWidget(self.steps)
        column.addStretch(1)

    def show_queue(self, queue: ReviewQueue | None) -> None:
        """Show the queue; None if no survey is open."""
        current = queue.current if queue is not None else None
        for button in self.buttons.values():
            button.setEnabled(current is not None)
        self.buttons["undo"].setEnabled(queue is not None and queue.can_undo)
        self.buttons["back"].setEnabled(queue is not None and queue.position > 0)
        self.buttons["add"].setEnabled(queue is not None)
        if queue is None:
            text = tr("Press the button “…” above and choose the GeoPackage that “Detect animals” wrote.")
            self.card.show_words(tr("No survey is open"), text)
            self.progress.setRange(0, 1)
            self.progress.setValue(0)
            self.progress.setFormat("")
            self.tally.setText("")
        else:
            self._show_progress(queue)
            if current is None:
                self.card.show_words(*_end(queue))
            else:
                region = queue.regions.region(current) if queue.regions.counted else None
                self.card.show_detection(current, region, *self._details_of(queue, current.fid))
        classes = queue.classes if queue is not None else []
        self.keys.setText(tr("Class by key: {}").format(" · ".join(with_keys([fitting(name) for name in classes]))))
        self.keys.setVisible(len(classes) > 1)
        self._show_counts(queue.regions.totals() if queue is not None else [])
        self.more.setEnabled(current is not None)
        self.steps.show_steps(queue.steps if queue is not None else [])

    def show_sightings(self, queue: ReviewQueue | None, views: Sequence[View], at: int) -> None:
        """Show the photos of the current animal's place. at: the one that is looked at."""
        if queue is None or len(views) < 2:
            self.sightings.show_sightings([], 0)
            return
        found = []
        for one, detected in views:
            chip = self._details_of(queue, one.fid)[0] if detected else None
            found.append(Sighting(one.image, chip, state_of(one) if detected else ""))
        self.sightings.show_sightings(found, at)

    def _details_of(self, queue: ReviewQueue, fid: int) -> tuple[bytes | None, list[tuple[str, str]]]:
        """The small picture, and what a person wrote in columns that they added.

        They are read once, because the file may be locked after a failed step.
        """
        key = (queue.file, fid)
        if key not in self._details:
            try:
                self._details[key] = (queue.file.chip(fid), queue.file.added(fid))
            except SurveyError:
                return None, []  # the step that follows says what is wrong
            while len(self._details) > _MOST_DETAILS:
                self._details.popitem(last=False)
        return self._details[key]

    def _show_progress(self, queue: ReviewQueue) -> None:
        self.progress.setRange(0, max(1, len(queue)))
        self.progress.setValue(queue.position if len(queue) else 1)
        at = min(queue.position + 1, len(queue))
        self.progress.setFormat(tr("{} of {}").format(written(at), written(len(queue))))
        tally = queue.tally
        other = " " + tr("(%Ln as another class)", tally.relabelled) if tally.relabelled else ""
        parts = (
            tr("%Ln confirmed", tally.confirmed) + other,
            tr("%Ln rejected", tally.rejected),
            tr("%Ln added", tally.added),
            tr("%Ln left", tally.unreviewed),
        )
        self.tally.setText(" · ".join(parts) + "\n" + _on_the_ground(queue))

    def _show_counts(self, totals: list[tuple[str, int, int]]) -> None:
        self.counts.setVisible(bool(totals))
        if self.counts.rowCount() != len(totals):
            self.counts.setRowCount(len(totals))
            shown = min(len(totals), _REGIONS_SHOWN) * self.counts.verticalHeader().defaultSectionSize()
            self.counts.setFixedHeight(shown + self.counts.horizontalHeader().sizeHint().height() + 4)
        for row, cells in enumerate(totals):
            for column, value in enumerate(cells):
                text = region_in_words(value) if isinstance(value, str) else written(value)
                item = self.counts.item(row, column)
                if item is None:
                    item = QTableWidgetItem()
                    if column:
                        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                    self.counts.setItem(row, column, item)
                if item.text() != text:
                    item.setText(text)

    def _build_form(self) -> QFormLayout:
        form = QFormLayout()
        self.survey = QComboBox()
        self.survey.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.survey.setMinimumContentsLength(12)
        self.browse = QToolButton()
        self.browse.setText("…")
        self.browse.setToolTip(tr("Open the GeoPackage of a survey"))
        row = QHBoxLayout()
        row.addWidget(self.survey, 1)
        row.addWidget(self.browse)
        form.addRow(tr("Survey"), row)
        self.reviewer = QLineEdit(QgsSettings().value(_REVIEWER, "") or login())
        self.reviewer.setPlaceholderText(tr("Your name"))
        self.reviewer.setToolTip(tr("Your name is saved with each of your reviews"))
        self.reviewer.editingFinished.connect(lambda: QgsSettings().setValue(_REVIEWER, self.reviewer.text().strip()))
        form.addRow(tr("Reviewer"), self.reviewer)
        return form

    def _build_buttons(
        self, actions: dict[str, tuple[str, str, Callable[[], None]]], more: dict[str, Callable[[], None]]
    ) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(4)
        self.buttons: dict[str, QPushButton] = {}
        for number, (name, (text, key, run)) in enumerate(actions.items()):
            kind = OneClickButton if name in _SAYS else QPushButton
            button = kind(f"{text} ({key})")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys stay with the review
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda checked=False, run=run: run())
            grid.addWidget(button, number // 2, number % 2)
            self.buttons[name] = button
        self.more = QToolButton()
        self.more.setText(tr("More"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.more.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        menu = QMenu(self.more)
        for text, run in more.items():
            menu.addAction(text).triggered.connect(lambda checked=False, run=run: run())
        self.more.setMenu(menu)
        grid.addWidget(self.more, (len(actions) + 1) // 2, 0, 1, 2)
        return grid

    def _build_counts(self) -> QTableWidget:
        counts = QTableWidget(0, 3)
        counts.setHorizontalHeaderLabels([tr("Region"), tr("Animals"), tr("Confirmed")])
        header: Any = counts.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        counts.verticalHeader().hide()
        counts.verticalHeader().setDefaultSectionSize(round(1.6 * self.fontMetrics().height()))
        counts.setShowGrid(False)
        counts.setAlternatingRowColors(True)
        counts.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        counts.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        counts.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        counts.setToolTip(tr("Animals: all except rejected ones. Each review updates the counts here and on the map."))
        return counts


def _text() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)  # a name out of a file is never markup
    label.setWordWrap(True)
    label.setMinimumWidth(1)  # a long name must not make the dock wider than its place
    return label


def _on_the_ground(queue: ReviewQueue) -> str:
    """How many images are reviewed, and how much of their area."""
    so_far = progress(queue)
    text = tr("{done} of {all} images with animals reviewed").format(
        done=written(so_far.reviewed), all=written(so_far.all)
    )
    if so_far.share is not None and so_far.all > 1:
        text += " " + tr("({} % of their area)").format(written(100 * so_far.share))
    return text


def _end(queue: ReviewQueue) -> tuple[str, str]:
    """Title and text at the end of the queue."""
    if next(iter(queue.detections), None) is None:
        return tr("Nothing was found"), tr(
            "This survey has no detections. If an animal was missed, press A and draw it. To let a model search again,"
            " run “Detect animals” with the same output."
        )
    if len(queue) == 0:
        return tr("Nothing to review"), tr(
            "All chosen detections are reviewed already. Change the choice above to review others."
        )
    if queue.left:
        return tr("End of the queue"), tr("You skipped %Ln. Press ← to go back.", queue.left)
    return tr("All done"), tr("All chosen detections are reviewed. All reviews are saved in the file.")


def login() -> str:
    """The user's name on this computer."""
    return str(QgsApplication.userFullName() or QgsApplication.userLoginName())

"""The widgets of the search: the cell, the classes with their keys, the progress, the buttons and the choices."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..one_click import OneClickButton
from ..review.classes import with_keys
from ..review.panel import login
from ..survey_panel import SurveyPanel
from ..translation import tr
from .cells import USUAL_GRID
from .view import CellView
from .walk import Place, Progress

REVIEWER = "herdmap/reviewer"
"""The setting with the name of the person, shared with the review."""
_GRIDS = ((USUAL_GRID, "5 × 3"), ((3, 2), "3 × 2"), ((8, 5), "8 × 5"), ((1, 1), "1 × 1"))
_IN_ROW = 3
_CHOSEN = "font-weight: bold; background: #0072B2; color: white;"


class SearchPanel(SurveyPanel):
    """actions: for each button, in order: name -> (text, key, function). `chosen` says that a choice changed.

    `class_chosen(number)` is the number of a class whose button was pressed, from 1.
    """

    chosen = pyqtSignal()
    class_chosen = pyqtSignal(int)

    def __init__(
        self, actions: Mapping[str, tuple[str, str, Callable[[], object]]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.view = CellView()
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addLayout(self._build_top())
        column.addWidget(self.view, 100)
        self.message = QLabel()
        self.message.setTextFormat(Qt.TextFormat.PlainText)  # a name out of a file is never markup
        self.message.setWordWrap(True)
        # Its place and that of the classes are kept, so that the cell keeps its size.
        policy = self.message.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.message.setSizePolicy(policy)
        self.message.setMinimumHeight(2 * self.fontMetrics().lineSpacing() + 8)
        self.message.hide()
        column.addWidget(self.message)
        classes = QWidget()
        classes.setMinimumHeight(QPushButton("1").sizeHint().height())
        self._classes = QHBoxLayout(classes)
        self._classes.setContentsMargins(0, 0, 0, 0)
        self._class_buttons: list[QPushButton] = []
        column.addWidget(classes)
        column.addLayout(self._build_buttons(actions))
        self.progress, self.about = QProgressBar(), QLabel()
        self.progress.setRange(0, 1000)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        column.addWidget(self.progress)
        column.addWidget(self.about)

    @property
    def grid(self) -> tuple[int, int] | None:
        """Columns and rows of a photo; None: as many as fit the window at native resolution."""
        found = self.grids.currentData()
        return None if found is None else (int(found[0]), int(found[1]))

    def show_classes(self, classes: list[str], chosen: str) -> None:
        """Show the first nine classes with their keys, and which one is marked now."""
        shown = with_keys(classes)
        while len(self._class_buttons) < len(shown):
            number = len(self._class_buttons) + 1
            button = QPushButton()
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda checked=False, number=number: self.class_chosen.emit(number))
            self._classes.addWidget(button)
            self._class_buttons.append(button)
        for number, button in enumerate(self._class_buttons, 1):
            button.setVisible(number <= len(shown))
            if number <= len(shown):
                button.setText(shown[number - 1].replace("&", "&&"))
                button.setStyleSheet(_CHOSEN if classes[number - 1] == chosen else "")

    def show_place(self, place: Place | None, progress: Progress | None, can_undo: bool, can_go_back: bool) -> None:
        """Show where the search is."""
        for name, on in (
            ("next", place is not None),
            ("back", can_go_back),
            ("undo", can_undo),
            ("photo", place is not None),
            ("find", progress is not None),
        ):
            self.buttons[name].setEnabled(on)
        if progress is None:
            self.progress.setValue(0)
            self.progress.setFormat("")
            self.about.setText("")
            return
        self.progress.setValue(round(1000 * progress.area))
        text = tr("{} of {} images · {} % of the area")
        self.progress.setFormat(text.format(progress.photos_done, progress.photos, round(100 * progress.area)))
        if place is None:
            self.about.setText("")
        else:
            name = place.photo.image.path.rsplit("/", 1)[-1]
            self.about.setText(tr("{} · cell {} of {}").format(name, place.cell.number, place.of))

    def _build_top(self) -> QGridLayout:
        grid = QGridLayout()
        self.survey, self.browse = QComboBox(), QToolButton()
        self.browse.setText("…")
        self.browse.setToolTip(tr("Open the GeoPackage of a survey"))
        self.survey.setMinimumContentsLength(12)
        self.survey.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.observer = QLineEdit(QgsSettings().value(REVIEWER, "") or login())
        self.observer.setPlaceholderText(tr("Your name"))
        self.observer.setToolTip(tr("Your name is saved with each cell that you search"))
        self.grids = QComboBox()
        for size, name in _GRIDS:
            self.grids.addItem(name, size)
        self.grids.addItem(tr("Fit the window"), None)
        self.grids.setToolTip(tr("Cells of a photo. Orthomosaics always fit the window at their full resolution"))
        self.together = QCheckBox(tr("Skip what others searched"))
        self.together.setChecked(True)
        self.hidden = QCheckBox(tr("Hide what others marked and the model found"))
        self.again = QCheckBox(tr("Also images that a model has searched"))
        self.once = QCheckBox(tr("Skip ground that searched images show"))
        self.once.setToolTip(
            tr("For counts. Do not use it for estimates from photos or for training data: they need whole photos")
        )
        self.sample = QPushButton(tr("Sample…"))
        self.sample.setToolTip(tr("Search the photos of a sample that herdmap sample has drawn, and mark them in it"))
        self.sample.setCheckable(True)
        for number, (label, widget) in enumerate(
            ((tr("Survey"), self.survey), (tr("Observer"), self.observer), (tr("Cells"), self.grids))
        ):
            grid.addWidget(QLabel(label), 0, 3 * number)
            grid.addWidget(widget, 0, 3 * number + 1)
        grid.addWidget(self.browse, 0, 2)
        for number, widget in enumerate((self.together, self.hidden, self.again, self.once, self.sample)):
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            grid.addWidget(widget, 1 + number // 2, 5 * (number % 2), 1, 5 - number % 2)
        self.grids.currentIndexChanged.connect(lambda *_: self.chosen.emit())
        self.observer.editingFinished.connect(self._named)
        for box in (self.together, self.hidden, self.again, self.once):
            box.toggled.connect(lambda *_: self.chosen.emit())
        return grid

    def _named(self) -> None:
        QgsSettings().setValue(REVIEWER, self.observer.text().strip())
        self.chosen.emit()

    def _build_buttons(self, actions: Mapping[str, tuple[str, str, Callable[[], object]]]) -> QGridLayout:
        """In two rows: in one, long words of some languages make QGIS's window wider than a small screen."""
        grid = QGridLayout()
        self.buttons: dict[str, QPushButton] = {}
        for number, (name, (text, key, run)) in enumerate(actions.items()):
            kind = OneClickButton if name == "next" else QPushButton  # a cell is not searched by a double click
            button = kind(f"{text} ({key})")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys stay with the search
            button.clicked.connect(lambda checked=False, run=run: run())
            grid.addWidget(button, number // _IN_ROW, number % _IN_ROW)
            self.buttons[name] = button
        return grid

"""What to review: the part of the review dock where the queue is chosen."""

from __future__ import annotations

from qgis.gui import QgsCheckableComboBox, QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from ..counting_rule import CONFIRMED, REJECTED, UNREVIEWED
from ..translation import tr
from .wanted import ADDED, ALL, DOUBT, LOWEST_SCORE, NOTED, REGION, SAMPLE, SCORE, SEEN_ONCE, Wanted


class ReviewChoice(QgsCollapsibleGroupBox):
    """State, order, classes and scores. `chosen` says that they changed."""

    chosen = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("What to review"), parent)
        form = QFormLayout(self)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self._build_state(form)
        self._build_order(form)
        self.classes = QgsCheckableComboBox()
        self.classes.setDefaultText(tr("All classes"))
        for combo in (self.state, self.by, self.order, self.classes):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        form.addRow(tr("Classes"), self.classes)

        self.lowest, self.highest = QDoubleSpinBox(), QDoubleSpinBox()
        scores = QWidget()
        row = QHBoxLayout(scores)
        row.setContentsMargins(0, 0, 0, 0)
        for box, value in ((self.lowest, 0.0), (self.highest, 1.0)):
            box.setRange(0.0, 1.0)
            box.setSingleStep(0.05)
            box.setDecimals(2)
            box.setValue(value)
            box.setKeyboardTracking(False)
            row.addWidget(box, 1)
        row.insertWidget(1, QLabel(tr("to")))
        form.addRow(tr("Scores from"), scores)

        for combo in (self.state, self.by, self.order):
            combo.currentIndexChanged.connect(self._changed)
        self.classes.checkedItemsChanged.connect(lambda *_: self._changed())
        for spin in (self.size, self.seed, self.lowest, self.highest):
            spin.setKeyboardTracking(False)
            spin.valueChanged.connect(lambda *_: self._changed())
        self._show_sample()

    def _build_state(self, form: QFormLayout) -> None:
        self.state = QComboBox()
        for name, text in (
            (UNREVIEWED, tr("Not reviewed")),
            (SEEN_ONCE, tr("Not reviewed, in one photo of several")),
            (CONFIRMED, tr("Confirmed")),
            (REJECTED, tr("Rejected")),
            (ADDED, tr("Added by hand")),
            (NOTED, tr("With a note")),
            (ALL, tr("All")),
        ):
            self.state.addItem(text, name)
        self.state.setItemData(
            self.state.findData(SEEN_ONCE),
            tr(
                "Animals that only one photo shows, though others look at the same place: many of them are false alarms"
            ),
            Qt.ItemDataRole.ToolTipRole,
        )
        form.addRow(tr("Show"), self.state)
        self.by = QComboBox()
        self.by.addItem(tr("Anybody"), "")
        form.addRow(tr("Reviewed by"), self.by)
        self._by_label = form.labelForField(self.by)

    def _build_order(self, form: QFormLayout) -> None:
        self.order = QComboBox()
        for name, text in (
            (SCORE, tr("Highest score first")),
            (LOWEST_SCORE, tr("Lowest score first")),
            (DOUBT, tr("Most doubtful first")),
            (REGION, tr("Region by region, photo by photo")),
            (SAMPLE, tr("A random sample")),
        ):
            self.order.addItem(text, name)
        self.order.setItemData(
            self.order.findData(DOUBT),
            tr("Low scores, a close second class, and animals that few of the photos of their place show"),
            Qt.ItemDataRole.ToolTipRole,
        )
        form.addRow(tr("Order"), self.order)

        self.size, self.seed = QSpinBox(), QSpinBox()
        self.size.setRange(1, 999_999)
        self.size.setValue(Wanted().size)
        self.seed.setRange(0, 999)
        self.seed.setToolTip(tr("The same number draws the same sample again, also in a copy of the survey"))
        sample = QWidget()
        row = QHBoxLayout(sample)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.size, 2)
        row.addWidget(QLabel(tr("sample no.")))
        row.addWidget(self.seed, 1)
        form.addRow(tr("Sample size"), sample)
        self._sample = (form.labelForField(sample), sample)

    def wanted(self) -> Wanted:
        """What is chosen."""
        return Wanted(
            self.order.currentData(),
            tuple(self.classes.checkedItems()),
            # Rounded to the two decimals that are shown: what looks like 0.25 means 0.25.
            round(self.lowest.value(), 2),
            round(self.highest.value(), 2),
            self.size.value(),
            self.seed.value(),
            self.state.currentData(),
            self.by.currentData() if self.by.isEnabled() else "",
        )

    def offer_reviewers(self, names: list[str]) -> None:
        """Offer these reviewers, and keep the one that was chosen."""
        if [self.by.itemData(i) for i in range(1, self.by.count())] == names:
            return
        chosen = self.by.currentData()
        self.by.blockSignals(True)
        while self.by.count() > 1:
            self.by.removeItem(1)
        for name in names:
            self.by.addItem(name, name)
        self.by.setCurrentIndex(max(0, self.by.findData(chosen)))
        self.by.blockSignals(False)

    def offer_classes(self, classes: list[str]) -> None:
        """Offer these classes, and keep those checked that were."""
        if [self.classes.itemText(i) for i in range(self.classes.count())] == classes:
            return
        checked = set(self.classes.checkedItems())
        self.blockSignals(True)
        self.classes.blockSignals(True)
        self.classes.clear()
        for name in classes:
            state = Qt.CheckState.Checked if name in checked else Qt.CheckState.Unchecked
            self.classes.addItemWithCheckState(name, state)
        self.classes.blockSignals(False)
        self.blockSignals(False)

    def _changed(self, *_: object) -> None:
        self._show_sample()
        self.chosen.emit()

    def _show_sample(self) -> None:
        for widget in (self._by_label, self.by):
            widget.setEnabled(self.state.currentData() not in (UNREVIEWED, SEEN_ONCE))  # nobody has reviewed those
        for widget in self._sample:
            widget.setEnabled(self.order.currentData() == SAMPLE)

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

from ..translation import tr
from .wanted import LOWEST_SCORE, REGION, SAMPLE, SCORE, Wanted


class ReviewChoice(QgsCollapsibleGroupBox):
    """Order, classes and scores. `chosen` says that they changed."""

    chosen = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("What to review"), parent)
        form = QFormLayout(self)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.order = QComboBox()
        for name, text in (
            (SCORE, tr("Highest score first")),
            (LOWEST_SCORE, tr("Lowest score first")),
            (REGION, tr("Region by region, photo by photo")),
            (SAMPLE, tr("A random sample")),
        ):
            self.order.addItem(text, name)
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

        self.classes = QgsCheckableComboBox()
        self.classes.setDefaultText(tr("All classes"))
        for combo in (self.order, self.classes):
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

        self.order.currentIndexChanged.connect(self._changed)
        self.classes.checkedItemsChanged.connect(lambda *_: self._changed())
        for spin in (self.size, self.seed, self.lowest, self.highest):
            spin.setKeyboardTracking(False)
            spin.valueChanged.connect(lambda *_: self._changed())
        self._show_sample()

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
        )

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
        for widget in self._sample:
            widget.setEnabled(self.order.currentData() == SAMPLE)

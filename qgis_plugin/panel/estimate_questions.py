"""What the panel asks for an estimate: transects and strata, their columns, and the photos that people reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qgis.core import QgsVectorLayer, QgsWkbTypes
from qgis.gui import QgsFieldComboBox
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from ..search.sample import Sample
from ..survey_file import SurveyError
from ..translation import tr
from .questions import LayerQuestion, narrow

PHOTOS = 50
"""Photos of each kind to draw in each stratum: as many as geo/estimates/by_place.py asks for."""
# Names that `herdmap estimate` finds by itself, the usual one first.
_STRATUM, _TRANSECT = ("stratum", "strata", "block"), ("transect", "strip", "line")


class EstimateQuestions(QWidget):
    """`draw_sample` and `review_sample`: a button for the reviewed sample was pressed."""

    draw_sample = pyqtSignal()
    review_sample = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = QFormLayout(self)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        self.transects = LayerQuestion("transects", ("transect",), lines=True, empty=tr("The photos of the survey"))
        ground = tr("All ground that the photos show")
        self.strata = LayerQuestion("strata", ("strat", "region", "block"), empty=ground)
        self.strip_width = QDoubleSpinBox()
        self.strip_width.setObjectName("herdmap_strip_width")
        self.strip_width.setRange(0, 100_000)
        self.strip_width.setSuffix(" m")
        self.strip_width.setSpecialValueText(tr("not given"))
        self.columns = {
            "TRANSECT_COLUMN": _column("transect_column"),
            "TRANSECT_STRATUM": _column("transect_stratum"),
            "STRATUM_COLUMN": _column("stratum_column"),
        }
        self._row(tr("Transects"), self.transects)
        self._row(tr("Name of the transect"), self.columns["TRANSECT_COLUMN"])
        self._row(tr("Stratum of the transect"), self.columns["TRANSECT_STRATUM"])
        self._row(tr("Full width of the strip"), self.strip_width)
        self._row(tr("Strata"), self.strata)
        self._row(tr("Name of the stratum"), self.columns["STRATUM_COLUMN"])
        self.full_count = QCheckBox(tr("The whole area was searched (no confidence interval)"))
        self.full_count.setObjectName("herdmap_full_count")
        self.form.addRow(self.full_count)
        self._build_sample()
        for question in (self.transects, self.strata):
            question.layer.layerChanged.connect(lambda *_: self._follow_layers())
        self._follow_layers()
        self.show_sample(None)

    def _row(self, text: str, field: QWidget) -> None:
        self.form.addRow(text, field)

    def _build_sample(self) -> None:
        self.correct = QCheckBox(tr("Correct by the reviewed photos"))
        self.correct.setObjectName("herdmap_correct")
        self.correct.setToolTip(
            tr("The reviewed photos of a random sample show how many animals the detector misses and invents")
        )
        self.sample_said = QLabel()
        self.sample_said.setWordWrap(True)
        self.sample_said.setMinimumWidth(1)
        self.draw, self.review = QPushButton(tr("Draw photos…")), QPushButton(tr("Review them"))
        self.draw.setObjectName("herdmap_draw_sample")
        self.review.setObjectName("herdmap_review_sample")
        self.draw.setToolTip(
            tr(
                "Draw random photos to review, so that the estimate can be corrected: in each stratum {} with"
                " detections and {} without. Without strata, 100 of each kind."
            ).format(PHOTOS, PHOTOS)
        )
        self.draw.clicked.connect(lambda *_: self.draw_sample.emit())
        self.review.clicked.connect(lambda *_: self.review_sample.emit())
        buttons = QHBoxLayout()
        buttons.addWidget(self.draw)
        buttons.addWidget(self.review)
        buttons.addStretch(1)
        self.form.addRow(self.correct)
        self.form.addRow(self.sample_said)
        self.form.addRow(buttons)

    def offer(self) -> None:
        """Offer the layers of the project."""
        for question in (self.transects, self.strata):
            question.offer()

    def show_sample(self, path: Path | None) -> None:
        """Show how many photos of this sample are reviewed; None: none was drawn."""
        text, drawn, done = tr("No photos are drawn yet."), 0, 0
        if path is not None:
            try:
                sample = Sample(path)
                drawn, done = len(sample.photos), len(sample.marked())
                text = tr("{done} of {all} drawn photos are reviewed.").format(done=done, all=drawn)
                if done < drawn:
                    text += " " + tr("You may stop at any photo: each one more makes the interval narrower.")
            except SurveyError as error:
                text = str(error)
        self.sample_said.setText(text)
        self.sample_said.setToolTip("" if path is None else str(path))
        self.review.setEnabled(drawn > 0)
        if done and not self.correct.isEnabled():
            self.correct.setChecked(True)
        elif not done:
            self.correct.setChecked(False)
        self.correct.setEnabled(done > 0)

    def problem(self) -> str:
        """What is missing, for the user; empty if nothing is."""
        if self.strata.chosen() is None and self.transects.chosen() is not None:
            return tr("Choose the layer of strata first, or open it with “…”.")
        if _is_lines(self.transects.chosen()) and not self.strip_width.value():
            return tr("These transects are lines. Give the full width of the strip.")
        return ""

    def parameters(self) -> dict[str, Any]:
        """The parameters of `herdmap:estimate`, without the survey, the sample and the output."""
        transects, strata = self.transects.chosen(), self.strata.chosen()
        given: dict[str, Any] = {"STRATA": strata.id()} if strata is not None else {}
        if transects is not None:
            given["TRANSECTS"] = transects.id()
        if _is_lines(transects):
            given["STRIP_WIDTH"] = self.strip_width.value()
        for name, field in self.columns.items():
            if field.isVisibleTo(self) and field.currentField():
                given[name] = field.currentField()
        if strata is not None and self.full_count.isChecked():
            given["FULL_COUNT"] = True
        return given

    def sample_of(self) -> dict[str, Any]:
        """Where photos to review are drawn: parameters of `herdmap:sample`."""
        strata, column = self.strata.chosen(), self.columns["STRATUM_COLUMN"].currentField()
        if strata is None:
            return {}
        given: dict[str, Any] = {"STRATA": strata.id(), "POSITIVE": PHOTOS, "EMPTY": PHOTOS}
        return {**given, "STRATUM_COLUMN": column} if column else given

    def _follow_layers(self) -> None:
        """Ask only what the chosen layers need."""
        transects, strata = self.transects.chosen(), self.strata.chosen()
        self._ask(self.columns["TRANSECT_COLUMN"], transects, _TRANSECT)
        self._ask(self.columns["TRANSECT_STRATUM"], transects, _STRATUM)
        self._ask(self.columns["STRATUM_COLUMN"], strata, _STRATUM)
        self._show(self.strip_width, _is_lines(transects))
        self.full_count.setVisible(strata is not None)  # what the photos show was searched

    def _ask(self, field: QgsFieldComboBox, layer: Any, usual: Sequence[str]) -> None:
        """Ask for a column of the layer, with the usual one chosen."""
        if field.layer() is not layer:
            field.setLayer(layer)
            names = {one.name().casefold(): one.name() for one in layer.fields()} if layer is not None else {}
            found = next((names[name] for name in usual if name in names), "")
            begins = next((names[name] for word in usual for name in names if name.startswith(word)), "")
            field.setField(found or begins)
        self._show(field, layer is not None)

    def _show(self, field: QWidget, yes: bool) -> None:
        for widget in (field, self.form.labelForField(field)):
            widget.setVisible(yes)


def _column(name: str) -> QgsFieldComboBox:
    field = QgsFieldComboBox()
    field.setObjectName(f"herdmap_{name}")
    field.setAllowEmptyFieldName(True)
    field.setToolTip(tr("The column of that layer; empty: the usual name is looked for"))
    narrow(field)
    return field


def _is_lines(layer: Any) -> bool:
    return isinstance(layer, QgsVectorLayer) and layer.geometryType() == QgsWkbTypes.GeometryType.LineGeometry

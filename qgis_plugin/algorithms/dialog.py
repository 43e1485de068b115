"""The dialog of an algorithm with an output that people keep: the output comes first, and it is filled in.

QGIS's own dialog puts outputs last, below the folded fields, and makes temporary files of those that are left empty.
"""

from __future__ import annotations

from typing import Any

from processing.gui.AlgorithmDialog import AlgorithmDialog
from processing.gui.ParametersPanel import ParametersPanel
from qgis.core import QgsProcessingContext
from qgis.gui import QgsMapLayerComboBox
from qgis.PyQt.QtWidgets import QComboBox, QLineEdit

from ..translation import tr
from . import kept_output
from .kept_output import OUTPUT
from .model_question import ModelQuestion


class KeptOutputDialog(AlgorithmDialog):
    """The usual dialog, with the panel below."""

    def getParametersPanel(self, alg: Any, parent: Any) -> Any:  # noqa: N802
        return KeptOutputPanel(parent, alg, self.in_place, self.active_layer)


class KeptOutputPanel(ParametersPanel):
    """Fills in the output as soon as the inputs say where, as long as the user has not chosen another."""

    def initWidgets(self) -> None:  # noqa: N802
        super().initWidgets()
        self._suggested = ""
        self._context = QgsProcessingContext()
        output = self.wrappers[OUTPUT]
        widget, label = output.wrappedWidget(), output.wrappedLabel()
        first = next(w.wrappedWidget() for name, w in self.wrappers.items() if name != OUTPUT and w.wrappedWidget())
        column = first.parentWidget().layout()
        for place, one in enumerate(one for one in (label, widget) if one is not None):
            column.insertWidget(place, one)
        for line in widget.findChildren(QLineEdit):
            line.setPlaceholderText(tr("Choose a file, or the inputs first"))
        for name, wrapper in self.wrappers.items():
            if name in self.algorithm().SUGGESTED_BY:
                wrapper.widgetValueHasChanged.connect(lambda *_: self._suggest())
        for name in self.algorithm().REGIONS_FROM:
            for combo in self.wrappers[name].wrappedWidget().findChildren(QgsMapLayerComboBox):
                combo.setExceptedLayerList(self.algorithm().layers_of_no_regions())
        if "MODEL" in self.wrappers:
            self._offer_models(self.wrappers["MODEL"])
        self._suggest()

    def _offer_models(self, wrapper: Any) -> None:
        """A list of the models at hand in the place of the field for a file, which keeps the value."""
        self.model, field = ModelQuestion(), wrapper.wrappedWidget()
        # The names of many classes must not make the dialog wider.
        self.model.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        column = field.parentWidget().layout()
        column.insertWidget(column.indexOf(field), self.model)
        field.hide()
        wrapper.wrappedLabel().setText(tr("Model"))

        def chosen() -> None:
            wrapper.setParameterValue(self.model.parameters().get("MODEL", ""), self._context)

        self.model.changed.connect(chosen)
        wrapper.widgetValueHasChanged.connect(lambda *_: self.model.choose(str(wrapper.parameterValue() or "")))
        self.model.choose(str(wrapper.parameterValue() or ""))
        self.model.offer()

    def _suggest(self) -> None:
        inputs = {name: self.wrappers[name].parameterValue() for name in self.algorithm().SUGGESTED_BY}
        suggested = self.algorithm().suggested_output(inputs, self._context)
        output = self.wrappers[OUTPUT]
        if suggested and kept_output.place_of(output.parameterValue()) in ("", self._suggested):
            self._suggested = suggested
            output.setParameterValue(suggested, self._context)

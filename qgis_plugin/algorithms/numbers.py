"""What the algorithms of the numbers have in common: tables of other programs, and a CSV that the command writes."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
)

from ..translation import tr
from .algorithm import CommandAlgorithm

DOUBLE, WHOLE = QgsProcessingParameterNumber.Type.Double, QgsProcessingParameterNumber.Type.Integer


def table(name: str, label: str, *, optional: bool = False) -> QgsProcessingParameterFile:
    """A parameter for a CSV."""
    parameter = QgsProcessingParameterFile(name, label, optional=optional)
    parameter.setFileFilter(tr("Tables (*.csv)"))
    return parameter


def number(name: str, label: str, kind: Any = DOUBLE, least: float = 0) -> QgsProcessingParameterNumber:
    """A parameter for a number that may be empty."""
    return QgsProcessingParameterNumber(name, label, kind, None, True, least)


class TableCommand(CommandAlgorithm):
    """A command that writes a CSV, and prints the same in words, which go to the log."""

    ICON = "count"

    def add_table(self) -> None:
        """Add the parameter OUTPUT: the CSV to write."""
        self.addParameter(
            QgsProcessingParameterFileDestination("OUTPUT", tr("Table of the results"), tr("Tables (*.csv)"))
        )

    def given(self, name: str, flag: str, parameters: dict[str, Any], context: QgsProcessingContext) -> list[str]:
        """`[flag, value]` of a text or a number; empty if the field is empty."""
        if parameters.get(name) in (None, ""):
            return []
        kind = self.parameterDefinition(name).type()
        if kind == "number":
            value = self.parameterAsDouble(parameters, name, context)
            return [flag, f"{value:g}"]
        return [flag, self.parameterAsString(parameters, name, context)]

    def both(
        self, names: tuple[str, str], flag: str, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> list[str]:
        """`[flag, share, SE]` of two numbers; empty if the first field is empty."""
        if parameters.get(names[0]) in (None, ""):
            return []
        return [flag, *(f"{self.parameterAsDouble(parameters, name, context):g}" for name in names)]

    def written(
        self,
        arguments: list[str],
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Run the command with its output."""
        output = self.parameterAsFileOutput(parameters, "OUTPUT", context)
        return {"OUTPUT": output} if self.herdmap([*arguments, "-o", output], feedback) else {}

"""What Herdmap's algorithms have in common: how they are shown, and how they run a command of the detector."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable

from qgis.core import (
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterVectorLayer,
    QgsProviderRegistry,
)
from qgis.PyQt.QtGui import QIcon

from .. import own_runs
from ..counting_rule import Review
from ..environment import environment, process
from ..help_pages import address
from ..icons import icon
from ..survey_file import SurveyError, SurveyFile
from ..translation import tr
from . import kept_output
from .kept_output import OUTPUT
from .option_labels import in_labels

REVIEW_CHOICES: tuple[Review, ...] = ("not-rejected", "confirmed", "all")
"""What the parameter REVIEW offers, in its order: the number of a choice stands in people's models and batches."""
_SOME_FAILED, _CANCELLED = 1, 3
_SAID = ("text", "reason")  # of a progress line: what is for a person to read


class HerdmapAlgorithm(QgsProcessingAlgorithm):
    """An algorithm of the provider `herdmap`. The class attributes are what QGIS shows; see the subclasses.

    SUGGESTED_BY: the parameters that say where an output stands that people keep, empty if it may be temporary. Then
    `suggested_output` says where. REGIONS_FROM: the parameters that ask for polygons.
    """

    NAME = ""
    ICON = "herdmap"
    TAGS = "animals,wildlife,survey,aerial"
    SUGGESTED_BY: tuple[str, ...] = ()
    REGIONS_FROM: tuple[str, ...] = ()
    ENDING = ""  # of the name that `suggested_output` makes of the survey's
    HELP = ""  # the heading of the command line's page that describes it, where that is not its name

    def createInstance(self) -> HerdmapAlgorithm:  # noqa: N802
        return type(self)()

    def name(self) -> str:
        return self.NAME

    def icon(self) -> QIcon:
        return icon(self.ICON)

    def helpUrl(self) -> str:  # noqa: N802
        return address("command-line", self.HELP or self.NAME)

    def tags(self) -> list[str]:
        return self.TAGS.split(",")

    def createCustomParametersWidget(self, parent: Any) -> Any:  # noqa: N802
        """The dialog, where there is a window; None is QGIS's own."""
        if not self.SUGGESTED_BY:
            return None
        from .dialog import KeptOutputDialog

        return KeptOutputDialog(self.create(), parent=parent)

    def suggested_output(self, inputs: dict[str, Any], context: QgsProcessingContext) -> str:
        """Where the output stands if the user chooses nothing else; empty while the inputs do not say it.

        inputs: the values of SUGGESTED_BY.
        """
        return self._beside_survey(inputs, context)

    def _beside_survey(self, inputs: dict[str, Any], context: QgsProcessingContext) -> str:
        try:
            survey = self.survey_file(inputs, context)
        except QgsProcessingException:
            return ""
        return kept_output.beside(Path(survey).parent, Path(survey).stem + self.ENDING) if survey else ""

    def kept(self, output: str, feedback: QgsProcessingFeedback) -> str:
        """The output, with a warning where a model of QGIS makes it a temporary file."""
        if kept_output.is_temporary(output):
            feedback.pushWarning(
                tr("{path} is a temporary file. QGIS deletes it when it closes. Give it a file of its own.").format(
                    path=output
                )
            )
        return output

    def add_advanced(self, *parameters: QgsProcessingParameterDefinition) -> None:
        """Add parameters that the dialog folds away."""
        for parameter in parameters:
            parameter.setFlags(parameter.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
            self.addParameter(parameter)

    def add_survey(self, optional: bool = False) -> None:
        """Add the parameter SURVEY: a layer of a survey, or its GeoPackage."""
        survey = QgsProcessingParameterVectorLayer(
            "SURVEY",
            tr("Survey (a layer of detections, or a GeoPackage)"),
            [QgsProcessing.SourceType.TypeVectorPolygon],
            optional=optional,
        )
        self.addParameter(survey)

    def survey_file(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        """The GeoPackage of the parameter SURVEY; empty if the parameter is empty.

        Raises QgsProcessingException if it is not a survey.
        """
        value = parameters.get("SURVEY")
        if isinstance(value, str) and value.split("|")[0].lower().endswith(".gpkg"):
            path = value.split("|")[0]
        else:
            layer = self.parameterAsVectorLayer(parameters, "SURVEY", context)
            if layer is None:
                if value in (None, ""):
                    return ""
                raise QgsProcessingException(
                    tr("{value} is neither a layer nor a GeoPackage. Choose a survey.").format(value=value)
                )
            path = (
                QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source()).get("path")
                or layer.source()
            )
        try:
            SurveyFile(path)
        except SurveyError as error:
            raise QgsProcessingException(str(error)) from error
        return path

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:  # noqa: N802
        # Our check comes first: QGIS only says that a value is wrong, not why.
        text = self.problem(parameters, context)
        return (False, text) if text else super().checkParameterValues(parameters, context)

    def problem(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        """Why these values cannot be run, as a text for the user; empty if they can."""
        if self.parameterDefinition("SURVEY"):
            try:
                self.survey_file(parameters, context)
            except QgsProcessingException as error:
                return str(error)
        if self.SUGGESTED_BY:
            return kept_output.problem_of(parameters.get(OUTPUT), self.parameterDefinition(OUTPUT).description())
        return ""


class CommandAlgorithm(HerdmapAlgorithm):
    """An algorithm that runs a command of `herdmap` in the detector's environment.

    WRITES_SURVEY: whether that may write a survey that it names.
    """

    WRITES_SURVEY = False

    def canExecute(self) -> tuple[bool, str]:  # noqa: N802
        try:
            environment.python()
        except environment.EnvironmentMissingError as error:
            return False, str(error)
        return True, ""

    def herdmap(
        self,
        arguments: list[str],
        feedback: QgsProcessingFeedback,
        on_event: Callable[[dict[str, Any]], None] | None = None,
    ) -> bool:
        """Run `herdmap arguments`. Returns True if it finished, False if it was cancelled.

        Its output goes to the log. on_event: called with each progress line (commands with `--progress json`).
        Raises QgsProcessingException with the command's own error message.
        """
        try:
            python = environment.python()
        except environment.EnvironmentMissingError as error:
            raise QgsProcessingException(str(error)) from error
        errors: list[str] = []
        done = False

        def on_line(line: str) -> None:
            nonlocal done
            try:
                event = json.loads(line) if on_event is not None else None
            except ValueError:
                event = None
            if on_event is None or event is None:
                feedback.pushInfo(in_labels(line, self))
                return
            done = done or event.get("event") == "done"
            on_event({**event, **{key: in_labels(event[key], self) for key in _SAID if event.get(key)}})

        def on_error_line(line: str) -> None:
            if errors:
                feedback.pushWarning(errors.pop())  # only the last line may be the error
            errors.append(in_labels(_unprefixed(line), self))

        # `detect` watches its stdin by itself and ends in order.
        if on_event is None:
            command = process.guarded(python, "detector", *arguments)
        else:
            command = process.python_command(python, "-m", "detector", *arguments)
        feedback.pushCommandInfo("herdmap " + " ".join(f'"{a}"' if " " in a else a for a in arguments))
        try:
            with own_runs.writing(arguments if self.WRITES_SURVEY else ()):
                ended = process.run(
                    command, on_line=on_line, on_error_line=on_error_line, cancelled=feedback.isCanceled
                )
        except process.ProcessError as error:
            raise QgsProcessingException(str(error)) from error
        last = errors[-1] if errors else ""
        if ended.cancelled or ended.code == _CANCELLED:
            return False
        # A Python without the detector ends with 1 too.
        if ended.code and not (ended.code == _SOME_FAILED and done):
            raise QgsProcessingException(self.explained(last, ended.code))
        if last:
            feedback.pushWarning(last)
        return True

    def printed(self, arguments: list[str], feedback: QgsProcessingFeedback) -> list[str]:
        """The lines that a quick command prints. Raises QgsProcessingException as `herdmap` does."""
        lines: list[str] = []
        ended = process.run(
            process.guarded(environment.python(), "detector", *arguments),
            on_line=lines.append,
            cancelled=feedback.isCanceled,
        )
        if ended.code and not ended.cancelled:
            last = in_labels(_unprefixed(ended.last_lines[-1]), self) if ended.last_lines else ""
            raise QgsProcessingException(self.explained(last, ended.code))
        return lines

    def explained(self, error: str, code: int) -> str:
        """The error of a command, for the user."""
        if error.startswith(("No such command", "No such option")):
            return tr("The installed detector is too old for this. Open Herdmap ▸ Settings and press “Set up again”.")
        if "No module named detector" in error:
            return tr("The chosen environment does not contain herdmap. Choose another one in Herdmap ▸ Settings.")
        if code < 0:
            return tr(
                "The system ended the detector (signal {number}). The computer may have run out of memory."
            ).format(number=-code)
        return error or tr("The detector ended with code {code} and without a message.").format(code=code)


def _unprefixed(line: str) -> str:
    return line[len("herdmap: ") :] if line.startswith("herdmap: ") else line


def review_parameter() -> QgsProcessingParameterEnum:
    """The parameter REVIEW: which animals count after the review, one of REVIEW_CHOICES."""
    choices = [tr("All except rejected ones"), tr("Only confirmed ones"), tr("All, including rejected ones")]
    return QgsProcessingParameterEnum("REVIEW", tr("Which animals"), choices, defaultValue=0)


def option(name: str, value: Any) -> list[str]:
    """`[name, value]` for the command line; empty if there is no value."""
    return [] if value is None or value == "" else [name, str(value)]

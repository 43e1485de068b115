"""Runs an algorithm of Herdmap in the background, as a task of QGIS: the window stays usable."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProject,
    QgsTask,
)
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..translation import tr


class Run(QObject):
    """One run. `changed(percent, text)` while it works, then `ended(successful, results, why)`, once.

    successful: False if it was cancelled or failed; `cancelled` says which. why: the error, for the user. `warnings`:
    what it warned of, each once; nobody sees the log of a run in the background, so whoever starts it shows them.
    """

    changed = pyqtSignal(float, str)
    ended = pyqtSignal(bool, object, str)

    def __init__(self, algorithm: str, parameters: dict[str, Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.name, self.parameters = algorithm, parameters
        self.cancelled = False
        self.percent, self.text = 0.0, tr("Starting…")
        self._algorithm = QgsApplication.processingRegistry().createAlgorithmById(algorithm)
        # The task keeps none of these: they must live as long as it works.
        self._context, self._feedback = QgsProcessingContext(), _Feedback(self)
        self._context.setProject(QgsProject.instance())
        self._context.setFeedback(self._feedback)
        self._task: QgsProcessingAlgRunnerTask | None = None

    def problem(self) -> str:
        """Why it cannot be started, for the user; empty if it can."""
        can, why = self._algorithm.canExecute()
        if can:
            can, why = self._algorithm.checkParameterValues(self.parameters, self._context)
        return "" if can else str(why)

    def open_when_done(self, output: str) -> None:
        """Open this output of the algorithm in the project when it is written."""
        details = QgsProcessingContext.LayerDetails("", QgsProject.instance(), "OUTPUT")
        self._context.addLayerToLoadOnCompletion(output, details)

    def start(self) -> None:
        """Begin. QGIS's list of tasks shows it, and may cancel it."""
        given = (self._algorithm, self.parameters, self._context, self._feedback)
        if Qgis.QGIS_VERSION_INT >= 32600:  # QGIS's own message of its end would hide ours, which leads on
            task = QgsProcessingAlgRunnerTask(*given, QgsTask.Flag.CanCancel | QgsTask.Flag.Silent)
        else:
            task = QgsProcessingAlgRunnerTask(*given)
        task.setDescription(f"Herdmap: {self._algorithm.displayName()}")
        task.executed.connect(self._executed)
        self._feedback.progressChanged.connect(self._progressed)
        self._task = task
        QgsApplication.taskManager().addTask(task)

    @property
    def warnings(self) -> list[str]:
        return list(dict.fromkeys(self._feedback.warnings))

    def cancel(self) -> None:
        """Ask it to end. Finished work is kept."""
        self._feedback.cancel()
        self.text = tr("Stopping…")
        self.changed.emit(self.percent, self.text)

    def say(self, text: str) -> None:
        """Show what it does now. Called from its thread; the signal arrives in the window's."""
        self.text = text
        self.changed.emit(self.percent, text)

    def _progressed(self, percent: float) -> None:
        self.percent = percent
        self.changed.emit(percent, self.text)

    def _executed(self, successful: bool, results: dict[str, Any]) -> None:
        self.cancelled = self._feedback.isCanceled()
        why = "" if successful else (self._feedback.errors[-1] if self._feedback.errors else "")
        done = bool(successful) and not self.cancelled
        self._task = None
        self.ended.emit(done, results, why)


class _Feedback(QgsProcessingFeedback):
    """What an algorithm says while it works: its errors and warnings are kept, its progress is shown."""

    def __init__(self, run: Run) -> None:
        super().__init__(False)  # nothing goes to QGIS's log
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self._run = run

    def reportError(self, error: str, fatalError: bool = False) -> None:  # noqa: N802, N803
        self.errors.append(error)
        super().reportError(error, fatalError)

    def pushWarning(self, warning: str) -> None:  # noqa: N802
        self.warnings.append(warning)
        super().pushWarning(warning)

    def setProgressText(self, text: str) -> None:  # noqa: N802
        self._run.say(text)
        super().setProgressText(text)

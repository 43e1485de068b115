"""Long work in the background, while QGIS's window stays usable."""

from __future__ import annotations

from typing import Any, Callable

from qgis.core import QgsApplication, QgsTask
from qgis.PyQt.QtCore import pyqtSignal


class BackgroundTask(QgsTask):
    """Runs `work(task)` in another thread. Then emits `finished_with` with its result, or with the error it raised.

    `work` may emit `line` and call `report`, and should check `isCanceled`. Signals arrive in the main thread.
    """

    line = pyqtSignal(str)
    step = pyqtSignal(float, str)
    finished_with = pyqtSignal(object, object)

    def __init__(self, title: str, work: Callable[[BackgroundTask], Any]) -> None:
        super().__init__(title, QgsTask.Flag.CanCancel)
        self._work = work
        self._result: Any = None
        self._error: Exception | None = None

    def start(self) -> None:
        """Add the task to QGIS's task list."""
        QgsApplication.taskManager().addTask(self)

    def report(self, percent: float, what: str) -> None:
        """Report progress: to the bar of QGIS's task list and with the signal `step`."""
        self.setProgress(percent)
        self.step.emit(percent, what)

    def run(self) -> bool:
        try:
            self._result = self._work(self)
        except Exception as error:
            self._error = error
        return self._error is None

    def finished(self, result: bool) -> None:
        self.finished_with.emit(self._result, self._error)

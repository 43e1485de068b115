"""The survey that is being reviewed, without its window: open it, take steps, and read it again when others wrote it.

`queue` is the review in hand, `layers` its survey in the project. Both are None where no survey is open.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qgis.core import QgsApplication, QgsCoordinateTransform, QgsProject
from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal

from ..environment.background import BackgroundTask
from ..layers import SurveyLayers
from ..survey_file import SurveyError
from ..translation import tr
from .file import Detection, Image, ReplacedError, ReviewFile
from .queue import ReviewQueue
from .region_counts import RegionCounts, between
from .wanted import Wanted

Step = Callable[[ReviewQueue], object]
Choose = Callable[[ReviewQueue], Wanted]

LARGE = 10_000_000
"""Bytes of a survey from which on it is read in the background: some 20,000 detections, half a second."""


class ReviewSession(QObject):
    """One survey in hand.

    Signals: `changed` after anything that is shown may be different; `said(text, wrong)` with words for the reviewer,
    empty to take back the last ones.
    """

    changed = pyqtSignal()
    said = pyqtSignal(str, bool)

    def __init__(self, project: QgsProject, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project = project
        self.queue: ReviewQueue | None = None
        self.layers: SurveyLayers | None = None
        self.reviewer = ""
        self.opening: Path | None = None
        """The survey that is being read in the background."""
        self._reading: BackgroundTask | None = None
        self._images: dict[str, Image | None] = {}

    @property
    def current(self) -> Detection | None:
        """The current detection."""
        return self.queue.current if self.queue is not None else None

    def image(self, path: str) -> Image | None:
        """The image of this path."""
        if self.queue is None:
            return None
        if path not in self._images:
            try:
                self._images[path] = self.queue.file.image(path)
            except SurveyError:
                return None  # the step that follows says what is wrong
        return self._images[path]

    # ---- the survey --------------------------------------------------------------------------

    def open(self, path: Path, wanted: Choose) -> bool:
        """Begin to review the survey at `path`; add its layers if they are missing. Returns whether it can be read.

        A large one is read in the background: then `queue` stays None until `changed`. wanted: what to review, asked
        once the survey's classes are known.
        """
        self.opening = self._reading = None
        QgsApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            file = ReviewFile(path)
            found = SurveyLayers(path, self.project)
            found.open()
            regions = RegionCounts(_to_regions(found))
            if path.stat().st_size > LARGE:
                self._read_in_background(file, regions, found, wanted)
                return True
            queue = ReviewQueue(file, self.reviewer, regions)
        except SurveyError as error:
            self.close()
            self.said.emit(str(error), True)
            return False
        finally:
            QgsApplication.restoreOverrideCursor()
        self._take(queue, found, wanted)
        return True

    def _read_in_background(self, file: ReviewFile, regions: RegionCounts, found: SurveyLayers, wanted: Choose) -> None:
        """Read a survey while the window works on. Nothing of another survey is shown or reviewed meanwhile."""
        self.close()
        reviewer = self.reviewer
        task = BackgroundTask(tr("Reading the survey"), lambda task: ReviewQueue(file, reviewer, regions))

        def done(queue: ReviewQueue | None, error: Exception | None) -> None:
            if self._reading is not task:
                return  # another survey was opened meanwhile
            self.opening = self._reading = None
            if queue is None:
                self.said.emit(str(error), True)
            else:
                self._take(queue, found, wanted)

        self.opening, self._reading = found.path, task
        task.finished_with.connect(done)
        self.said.emit(tr("Reading the survey. A large one takes some seconds."), False)
        task.start()

    def _take(self, queue: ReviewQueue, found: SurveyLayers, wanted: Choose) -> None:
        """Take a survey in hand that was read."""
        self.queue, self.layers = queue, found
        self._images = {}
        self.said.emit("", False)
        chosen = wanted(queue)
        if chosen != queue.wanted:  # else it is queued already, and sorting a large survey takes a while
            queue.choose(chosen)
        try:
            queue.file.check_writable()
        except SurveyError as error:
            self.said.emit(str(error), True)
        self.changed.emit()

    def close(self) -> None:
        """Put the survey away. Its layers stay in the project."""
        self.queue = self.layers = self.opening = self._reading = None
        self._images = {}
        self.changed.emit()

    def look_again(self, text: str) -> bool:
        """Read the survey again if a command has written it again. Returns whether it had.

        text: said where that was another program; a run of this QGIS tells of itself.
        """
        if self.queue is None or not self.queue.file.replaced:
            return False
        self.read_again("" if self.queue.file.written_here else text)
        return True

    def read_again(self, text: str, wrong: bool = False) -> None:
        """Read the survey again, keep the place in it, and say `text`, if any, or why it cannot be read."""
        try:
            self._reload()
        except SurveyError as error:
            text, wrong = str(error), True
        self.changed.emit()
        if text:
            self.said.emit(text, wrong)

    def _reload(self) -> None:
        """Raises SurveyError."""
        if self.queue is None or self.layers is None:
            return
        self.layers.reload()
        self._images = {}
        self.queue.reload(RegionCounts(_to_regions(self.layers)))

    # ---- steps -------------------------------------------------------------------------------

    def step(self, step: Step, of_current: bool = True) -> bool:
        """Take a step, or say why it failed. of_current: the step is of the detection that is shown."""
        if self.queue is None:
            return False
        self.queue.reviewer = self.reviewer
        try:
            try:
                step(self.queue)
            except ReplacedError:
                self._step_again(self.queue, step, of_current)
        except SurveyError as error:
            self.changed.emit()
            self.said.emit(str(error), True)
            return False
        self.said.emit("", False)
        self.changed.emit()
        self.repaint()
        return True

    def add(self, row: Detection) -> bool:
        """Add a missed animal, or say why that failed."""
        if self.queue is None:
            return False
        self.queue.reviewer = self.reviewer
        try:
            self.queue.add(row)
        except ReplacedError:
            self.read_again(tr("The survey was written again meanwhile. Draw the box again."), wrong=True)
            return False
        except SurveyError as error:
            self.said.emit(str(error), True)
            return False
        self.changed.emit()
        self.repaint()
        return True

    def repaint(self) -> None:
        """Redraw the layers that a review changes."""
        if self.layers is not None:
            if self.queue is not None and self.queue.steps:
                self.layers.show_class(self.queue.steps[-1].shown.is_a)
            self.layers.repaint()

    def _step_again(self, queue: ReviewQueue, step: Step, of_current: bool) -> None:
        """Take a step in the file that a command wrote meanwhile, if the same detection is in it, as it was shown."""
        shown = queue.current
        self._reload()
        now = queue.current
        if not of_current:
            raise SurveyError(tr("The survey was written again meanwhile. Look, and press the key again."))
        if shown is None or now is None or (now.place, now.words) != (shown.place, shown.words):
            raise SurveyError(
                tr(
                    "The survey was written again meanwhile. This detection is not in it any more, or it was"
                    " changed. Nothing was saved for it."
                )
            )
        step(queue)


def _to_regions(survey: SurveyLayers) -> QgsCoordinateTransform | None:
    """From the CRS of a survey's detections to that of its regions."""
    detections, counts = survey.detections, survey.counts
    return between(detections.crs(), counts.crs(), survey.project) if detections and counts else None

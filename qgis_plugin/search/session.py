"""A search without its window: the survey, the way through it, what is marked in the cell in hand, and undo.

Every mark and every searched cell is in the file when its step returns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..counting_rule import CONFIRMED, REJECTED, UNREVIEWED
from ..review import missed_animal
from ..review.file import Box, Detection, photo_file
from ..review.queue import ReviewQueue, now
from ..review.session import ReviewSession
from ..review.wanted import LOWEST_SCORE, Wanted
from ..survey_file import DONE, SurveyError
from ..translation import tr
from .cells import Cell
from .overlap import Overlaps
from .record import Closed, Photo, Searched, SearchRecord
from .sample import Sample
from .sizes import UsualSizes
from .walk import Place, Walk

CellsOf = Callable[[Photo], "list[Cell]"]


class Options(NamedTuple):
    """How to search. together: a cell that anybody searched is done; otherwise each observer searches all.

    hidden: what others marked and what the model found is not shown. sample: only the photos of this sample.
    again: also images that a model has searched. once: cells are passed over whose ground searched images show.
    """

    together: bool = True
    hidden: bool = False
    sample: Sample | None = None
    again: bool = False
    once: bool = False


class _Step(NamedTuple):
    """What can be undone: a cell that was searched, with the photo that the sample then marked and the images that were
    closed; without a cell, a step of the review.
    """

    searched: Searched | None = None
    marked: str | None = None
    closed: tuple[Closed, ...] = ()


class SearchSession(QObject):
    """One person's search of a survey.

    Signals: `changed` after anything that is shown may be different; `said(text, wrong)` with words for the observer.
    `review` is the survey with its detections, `walk` the way through its images; None where no survey is open.
    """

    changed = pyqtSignal()
    said = pyqtSignal(str, bool)

    def __init__(self, project: QgsProject, cells_of: CellsOf, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.review = ReviewSession(project, self)
        self.review.said.connect(self.said)
        self.walk: Walk | None = None
        self.options = Options()
        self.class_name = ""
        self._cells_of = cells_of
        self._record: SearchRecord | None = None
        self._sizes = UsualSizes()
        self._steps: list[_Step] = []
        self._done: set[str] = set()
        self.left_to_model = 0  # images that a model has searched, and that are not asked for
        self.overlaps: Overlaps | None = None

    # ---- what is in hand ---------------------------------------------------------------------

    @property
    def observer(self) -> str:
        """The name of the person who searches."""
        return self.review.reviewer

    @observer.setter
    def observer(self, name: str) -> None:
        self.review.reviewer = name.strip()

    @property
    def place(self) -> Place | None:
        """The cell in hand."""
        return None if self.walk is None else self.walk.place

    @property
    def path(self) -> Path | None:
        """The image file of the cell in hand."""
        queue, place = self.review.queue, self.place
        return None if queue is None or place is None else photo_file(queue.file.path, place.photo.image.path)

    @property
    def classes(self) -> list[str]:
        """The classes of the survey; the keys 1 to 9 are the first nine."""
        return [] if self.review.queue is None else self.review.queue.classes

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return bool(self._steps)

    def marks(self) -> list[Detection]:
        """The detections of the image in hand that are shown."""
        queue, place = self.review.queue, self.place
        if queue is None or place is None:
            return []
        return [one for one in queue.of_image(place.photo.image.path) if self._is_shown(one)]

    def is_mine(self, one: Detection) -> bool:
        """Whether the observer drew this animal."""
        return one.by_hand and (one.reviewer or "") == self.observer

    def unreviewed(self) -> list[Detection]:
        """What a model found in the cell in hand and nobody has reviewed yet."""
        place = self.place
        if place is None:
            return []
        return [one for one in self.marks() if one.review == UNREVIEWED and _in_cell(one, place.cell)]

    # ---- the survey --------------------------------------------------------------------------

    def open(self, path: str | Path, options: Options | None = None) -> bool:
        """Begin to search a survey. Returns whether it can be read."""
        self._steps = []
        if not self.review.open(Path(path).absolute(), lambda queue: Wanted(LOWEST_SCORE, size=1)):
            self.walk = self._record = None
            self.changed.emit()
            return False
        queue = self.review.queue
        if queue is not None:
            self._record = SearchRecord(queue.file)
            self._sizes = UsualSizes.of(queue.detections)
            if self.class_name not in self.classes:
                self.class_name = self._usual_class(queue)
        return self.begin(options or self.options)

    def _usual_class(self, queue: ReviewQueue) -> str:
        """The class that most animals have: who goes on another day marks what was marked before. A new survey has the
        class `animal`, which is not meant once there is another.
        """
        number = Counter(one.is_a for one in queue.detections if one.review != REJECTED)
        return max((*self.classes, "animal"), key=lambda name: number[name])

    def begin(self, options: Options) -> bool:
        """Begin at the first cell that is to be searched under these options. Returns whether that worked."""
        self.options = options
        if self._record is None:
            return False
        here = self.place
        try:
            photos, searches = self._record.read()
            chosen = self._chosen(photos)
        except SurveyError as error:
            self.said.emit(str(error), True)
            return False
        self.overlaps = Overlaps(photos, lambda photo: self.walk is not None and self._is_done(photo))
        self._done = {photo.image.path for photo in photos if photo.status == DONE and options.together}
        self.walk = None
        skips = self.overlaps.shows if options.once and options.sample is None else None
        self.walk = Walk(chosen, searches, self._cells_of, self.observer or None, options.together, skips)
        if here is not None and not self.walk.is_searched(here):
            self.walk.go_to(here.photo.image.path, here.cell.number)
        self._mark_done()
        self.changed.emit()
        return True

    def _mark_done(self) -> None:
        """Mark the photos of the sample that were searched before: the search does not lead to them again."""
        if self.options.sample is None or self.walk is None:
            return
        try:
            for photo in self.walk.photos:
                if not photo.closed:
                    self._mark_sampled(photo)
        except SurveyError as error:
            self.said.emit(str(error), True)

    def _chosen(self, photos: list[Photo]) -> list[Photo]:
        """The images to search, in order. Raises SurveyError for a sample of another survey."""
        usable = [photo for photo in photos if not photo.left_out and photo.image.size[0] > 0]
        sample, self.left_to_model = self.options.sample, 0
        if sample is None:
            untouched = [photo for photo in usable if not photo.by_model]
            chosen = usable if self.options.again or not untouched else untouched
            self.left_to_model = len(usable) - len(chosen)
            return chosen
        by_path = {photo.image.path: photo for photo in photos}
        strange = [name for name in sample.photos if name not in by_path]
        if strange:
            raise SurveyError(tr("{} is not in this survey. Draw the sample from it again.").format(strange[0]))
        marked = sample.marked()
        return [by_path[name] for name in sample.photos if name not in marked]

    def read_again(self) -> None:
        """Read the survey again if a command has written it again. The place is kept."""
        if self.review.look_again(tr("The survey was written again by another program. It was read again.")):
            self.begin(self.options)

    # ---- steps -------------------------------------------------------------------------------

    def next(self) -> bool:
        """The cell in hand is searched: write it down, and go to the next one."""
        place = self.place
        if self.walk is None or place is None or self._record is None:
            return False
        if self.options.sample is not None and self.unreviewed():
            self._say_unreviewed()
            return False
        if not self.walk.is_searched(place):
            try:
                done = self._record.add(place.photo, place.cell, self.observer or None, now())
                self.walk.searched(done.search)
                marked = self._mark_sampled(place.photo)
            except SurveyError as error:
                self.said.emit(str(error), True)
                self.read_again()
                return False
            self._steps.append(_Step(done, marked))
        self.said.emit("", False)
        self.walk.next()
        self._close_passed()
        self.changed.emit()
        return True

    def _close_passed(self) -> None:
        """Write down the images that are done, as other images show the rest of them. A sample is not shortened so."""
        if self.walk is None or self._record is None or not self.walk.passed:
            return
        passed, self.walk.passed = self.walk.passed, []
        try:
            closed = self._record.close(passed)
        except SurveyError as error:
            self.said.emit(str(error), True)
            return
        for one in closed:
            self.walk.close(one.path)
        if self._steps:
            self._steps[-1] = self._steps[-1]._replace(closed=(*self._steps[-1].closed, *closed))

    def back(self) -> None:
        """Go to the cell before. What was searched stays searched."""
        if self.walk is not None:
            self.walk.back()
            self.changed.emit()

    def other_photo(self, step: int) -> None:
        """Go to the next photo, or with -1 to the one before. What was not searched stays to be searched."""
        if self.walk is not None:
            self.walk.other_photo(step)
            self._close_passed()
            self.changed.emit()

    def undo(self) -> None:
        """Undo the last step: a mark, a review of a detection, or that a cell was searched."""
        if not self._steps or self.walk is None or self._record is None:
            return
        step = self._steps.pop()
        if step.searched is None:
            self.review.step(lambda queue: queue.undo(), of_current=False)
        else:
            try:
                if step.closed:
                    self._record.reopen(step.closed)
                for one in step.closed:
                    self.walk.close(one.path, closed=False)
                self._record.remove(step.searched)
                if step.marked is not None and self.options.sample is not None:
                    self.options.sample.mark(step.marked, reviewed=False)
                self.walk.not_searched(step.searched.search)
            except SurveyError as error:
                self.said.emit(str(error), True)
        self.changed.emit()

    def click(self, x: float, y: float) -> bool:
        """There is an animal at this px: the detection there is right, or a new one is marked."""
        one = self._at(x, y)
        if one is None:
            width, height = self._sizes.of_class(self.class_name)
            return self.mark((x - width / 2, y - height / 2, x + width / 2, y + height / 2), drawn=False)
        if one.by_hand:
            return self._say_known(one)
        return self._word(one, CONFIRMED)

    def mark(self, box: Box, drawn: bool = True) -> bool:
        """There is an animal in this box, image px. drawn: the observer drew its size."""
        queue, place = self.review.queue, self.place
        if queue is None or place is None:
            return False
        ground = missed_animal.in_photo(queue, place.photo.image, box[:2])
        row = missed_animal.detection(ground, box, self.class_name)
        if row is None:
            self.said.emit(tr("There is no image here. Click on the image."), True)
            return False
        if not self.review.add(row):
            self.begin(self.options)
            return False
        if drawn and row.box_px is not None:
            self._sizes.add(row)
        self._steps.append(_Step())
        self.said.emit("", False)
        self.changed.emit()
        return True

    def take_away(self, x: float, y: float) -> bool:
        """What is marked at this px is no animal: an own mark goes, a detection of the model is rejected."""
        one = self._at(x, y)
        return one is not None and self._word(one, REJECTED)

    def confirm_all(self) -> None:
        """All detections of the cell in hand that nobody has reviewed are right."""
        for one in self.unreviewed():
            if not self._word(one, CONFIRMED, keep_class=True):
                return

    def reject_all(self) -> None:
        """None of them is an animal."""
        for one in self.unreviewed():
            if not self._word(one, REJECTED):
                return

    def choose_class(self, number: int) -> None:
        """What is marked from now on is of this class, by its number from 1."""
        if 1 <= number <= len(self.classes):
            self.class_name = self.classes[number - 1]
            self.changed.emit()

    def name_class(self, name: str) -> None:
        """What is marked from now on is of the class of this name, which may be new."""
        queue = self.review.queue
        name = queue.rows.know(name) if queue is not None else ""
        if name:
            self.class_name = name
            self.changed.emit()

    # ---- inside ------------------------------------------------------------------------------

    def _is_done(self, photo: Photo) -> bool:
        """Whether an image is searched by now, in this search or before."""
        path = photo.image.path
        return path in self._done or (self.walk is not None and self.walk.has(path) and self.walk.is_done(photo))

    def _is_shown(self, one: Detection) -> bool:
        if one.by_hand and one.review == REJECTED:
            return False  # a mark that was taken away
        return not self.options.hidden or self.is_mine(one)

    def _at(self, x: float, y: float) -> Detection | None:
        """The detection of the image in hand at this px, that with the nearest middle; hidden ones of the model too.

        A hidden box of the model that the observer clicks becomes confirmed, so that the animal is not there twice.
        """
        queue, place = self.review.queue, self.place
        if queue is None or place is None:
            return None
        there = [
            one
            for one in queue.of_image(place.photo.image.path)
            if (self._is_shown(one) or not one.by_hand)
            and one.box_px is not None
            and one.box_px[0] <= x <= one.box_px[2]
            and one.box_px[1] <= y <= one.box_px[3]
        ]
        return min(there, key=lambda one: _aside(one.box_px, x, y), default=None)

    def _word(self, one: Detection, verdict: str, keep_class: bool = False) -> bool:
        """Write what the observer says of a detection."""
        name = one.is_a if keep_class else self.class_name

        def say(queue: object) -> None:
            reviewing = self.review.queue
            if reviewing is None:
                return
            reviewing.take(one)
            if verdict == REJECTED:
                reviewing.reject(only_this=True)
            else:
                reviewing.relabel(name, only_this=True)

        if not self.review.step(say):
            self.read_again()
            return False
        self._steps.append(_Step())
        self.changed.emit()
        return True

    def _mark_sampled(self, photo: Photo) -> str | None:
        """Mark a photo of the sample that is searched completely and has no open detection. Returns what was marked."""
        sample, queue = self.options.sample, self.review.queue
        if sample is None or queue is None or self.walk is None or not self.walk.is_done(photo):
            return None
        path = photo.image.path
        if any(one.review == UNREVIEWED and not one.by_hand for one in queue.of_image(path)):
            return None
        sample.mark(path)
        return path

    def _say_unreviewed(self) -> None:
        text = tr(
            "Detections in this cell that are not reviewed: {}. Click on an animal to confirm it, press the right"
            " button on what is none. C confirms all of them, X rejects all."
        )
        self.said.emit(text.format(len(self.unreviewed())), True)

    def _say_known(self, one: Detection) -> bool:
        text = tr("This animal is marked already: {}. The right button takes the mark away.")
        self.said.emit(text.format(one.is_a), False)
        return False


def _in_cell(one: Detection, cell: Cell) -> bool:
    if one.box_px is None:
        return False
    x, y = (one.box_px[0] + one.box_px[2]) / 2, (one.box_px[1] + one.box_px[3]) / 2
    return cell.box[0] <= x < cell.box[2] and cell.box[1] <= y < cell.box[3]


def _aside(box: Box | None, x: float, y: float) -> tuple[float, float]:
    """How far a point is from the middle of a box, and the box's area: a click on the middle means this box, and of
    two with one middle the smaller one.
    """
    x0, y0, x1, y1 = box or (0.0, 0.0, 0.0, 0.0)
    return ((x0 + x1) / 2 - x) ** 2 + ((y0 + y1) / 2 - y) ** 2, (x1 - x0) * (y1 - y0)

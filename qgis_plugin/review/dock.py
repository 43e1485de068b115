"""The review dock: one detection after the other, by keys alone, each word of the reviewer in the file at once.

The dock joins the parts and decides what the keys do. The parts: `session` has the survey and takes the steps, `sight`
moves the map and the photo, `adding` draws a missed animal, `keys` has the table of keys, `panel` has the widgets.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtWidgets import QWidget

from ..layers import SurveyLayers
from ..survey_dock import SurveyDock
from ..survey_panel import scrolled
from ..translation import tr
from .adding import Adding
from .area import AreaReview
from .classes import MOST_KEYS
from .file import Detection
from .grid import ChipGrid
from .keys import NAMES, Action, ReviewKeys
from .looks import Looks
from .missed_animal import Drawing
from .panel import ReviewPanel
from .pick import Clicks
from .progress import ReviewedImages
from .queue import ReviewQueue
from .reshaping import Reshaping
from .session import ReviewSession, Step
from .sight import Sight
from .two_reviewers import TwoReviewers, menu
from .wanted import Wanted


class ReviewDock(SurveyDock):
    """Walks a person through a survey's detections. Keys work while the card, the photo or the map has the keyboard."""

    has_keys = True

    def __init__(self, iface: Any, parent: QWidget | None = None) -> None:
        super().__init__(tr("Review animals"), "HerdmapReview", parent)
        self.canvas: QgsMapCanvas = iface.mapCanvas()
        self.session = ReviewSession(self.project, self)
        self._then: Callable[[str], None] = self.relabel
        self.two = TwoReviewers(self.session, self._open_as, self._begin, self)
        actions = self._actions()
        self.panel: ReviewPanel = ReviewPanel(
            {
                "confirm": (tr("Confirm"), "C", self.confirm),
                "reject": (tr("Reject"), "X", self.reject),
                "class": (tr("Other class…"), "L", self.ask_class),
                "note": (tr("Note…"), "N", self.ask_note),
                "add": (tr("Add missed animal"), "A", self.draw),
                "undo": (tr("Undo"), "U", self.undo),
                "back": (tr("Back"), "←", self.back),
                "next": (tr("Skip"), "→", self.next),
            },
            {
                tr("Adjust the box (E)"): self.edit,
                tr("Split into two boxes (S)"): self.split,
                tr("Merge with another box (M)"): self.merge,
                tr("Reject in this photo only (Shift+X)"): self.reject_here,
                tr("Next photo of this place ( ] )"): lambda: self._other_photo(1),
                tr("Photo beside the map (P)"): self.toggle_photo,
                tr("Many at once (G)"): self.review_many,
                tr("All in an area of the map (R)"): self.review_area,
                tr("Photo without boxes, beside the map (B)"): self.toggle_raw,
                tr("Images that are reviewed, on the map"): lambda: self.reviewed_images.toggle(self.queue),
                **menu(self.two),
            },
        )
        self.card, self.photo, self.typing = self.panel.card, self.panel.photo, self.panel.typing
        self.sight = Sight(self.session, self.canvas, self.photo)
        self.adding = Adding(self.session, self.sight, self.panel.say)
        self.reshaping = Reshaping(self.session, self.sight, self.panel.say)
        self.area = AreaReview(self.session, self.sight, self.panel.say)
        self.looks = Looks(self.panel.looks, self.session, self.sight)
        self.reviewed_images = ReviewedImages(self.sight)
        self.clicks = Clicks(self.session, self.sight)
        self.grid = ChipGrid(self.session, self)
        self.keys = ReviewKeys((self.card, self.photo, self.canvas), actions, self._of_mode, self._keys_work, self)
        self.setWidget(scrolled(self.panel))
        self._connect()
        self.follow_project()

    def _actions(self) -> dict[str, Action]:
        """What each action of the table of keys does."""
        by_number: dict[str, Action] = {
            f"class {number}": lambda number=number: self._relabel_to(number) for number in range(1, MOST_KEYS + 1)
        }
        return {
            "confirm": self.confirm,
            "reject": self.reject,
            "class": self.ask_class,
            "add": self.draw,
            "note": self.ask_note,
            "undo": self.undo,
            "next": self.next,
            "back": self.back,
            "closer": lambda: self._magnify(2.0),
            "farther": lambda: self._magnify(0.5),
            "photo": self.toggle_photo,
            "many": self.review_many,
            "area": self.review_area,
            "raw": self.toggle_raw,
            "edit": self.edit,
            "split": self.split,
            "merge": self.merge,
            "reject here": self.reject_here,
            "photo before": lambda: self._other_photo(-1),
            "photo after": lambda: self._other_photo(1),
            **by_number,
        }

    def _connect(self) -> None:
        self.session.changed.connect(self._show)
        self.session.said.connect(self.panel.say)
        self.panel.choice.chosen.connect(self._choose)
        self.clicks.took.connect(self._picked)
        for window in (self.grid, self.two.conflicts):
            window.shown.connect(self._take)
        self.visibilityChanged.connect(self._seen)
        self.panel.steps.chosen.connect(self._go_to_step)
        self.panel.sightings.chosen.connect(self._choose_photo)
        self.typing.taken.connect(self._typed)
        self.typing.given_up.connect(self._end_typing)
        self._look_soon = QTimer(self)  # wait until QGIS has zoomed to a project's first layers
        self._look_soon.setSingleShot(True)
        self._look_soon.timeout.connect(self._look)

    @property
    def queue(self) -> ReviewQueue | None:
        """The review in hand; None where no survey is open."""
        return self.session.queue

    @property
    def layers(self) -> SurveyLayers | None:
        """The layers of its survey in the project."""
        return self.session.layers

    @property
    def drawing(self) -> Drawing | None:
        """The missed animal that is being drawn."""
        return self.adding.drawing or self.reshaping.drawing

    # ---- the survey --------------------------------------------------------------------------

    def open(self, path: str | Path) -> bool:
        """Begin to review the survey at `path`; add its layers if they are missing. Returns whether it can be read."""
        self._stop()
        self.session.reviewer = self.panel.reviewer.text().strip()
        if not self.session.open(Path(path).absolute(), self._wanted):
            return False
        self.list_surveys()
        self._look_soon.start()
        self.card.setFocus()
        return True

    def _open_as(self, path: Path, reviewer: str) -> None:
        """Open a survey that another person reviews; an empty name stays who it is."""
        if reviewer:
            self.panel.reviewer.setText(reviewer)
        self.open(path)

    def _wanted(self, queue: ReviewQueue) -> Wanted:
        self.panel.choice.offer_classes(queue.classes)
        self.panel.choice.offer_reviewers(queue.reviewers)
        return self.panel.choice.wanted()

    @property
    def at_hand(self) -> Path | None:
        return self.session.opening if self.queue is None else self.queue.file.path

    def without_survey(self) -> None:
        if self.layers is None or self.layers.detections is None:
            self.session.close()

    def forget_layers(self) -> None:
        if self.layers is not None:
            self.layers.forget()

    def look_again(self) -> None:
        """Read the survey again if a command has written it again. What is being drawn or typed is not disturbed."""
        busy = self.drawing is not None or self.area.tool is not None or self.typing.isVisibleTo(self)
        if not busy:
            self.session.look_again(
                tr("The survey was written again by another program. It was read again; your place is kept.")
            )

    def _choose(self) -> None:
        if self.queue is not None:
            self._stop()
            self.queue.choose(self._wanted(self.queue))
            self._show()

    # ---- what the keys do --------------------------------------------------------------------

    def confirm(self) -> None:
        """The class is right."""
        self._step(lambda queue: queue.confirm())

    def reject(self) -> None:
        """It is not an animal."""
        self._step(lambda queue: queue.reject())

    def relabel(self, name: str) -> None:
        """It is an animal of the class `name`, which may be a new class."""
        self._step(lambda queue: queue.relabel(name))

    def next(self) -> None:
        """Skip this detection."""
        self._step(lambda queue: queue.next())

    def back(self) -> None:
        """Go back to the detection before."""
        self._step(lambda queue: queue.back())

    def undo(self) -> None:
        """Undo the last step."""
        self._step(lambda queue: queue.undo(), of_current=False)

    def reject_here(self) -> None:
        """What is in this photo is no animal; nothing is said of it in other photos."""
        if self.sight.views and self.sight.views[self.sight.at].detected:
            one = self.sight.views[self.sight.at].one

            def step(queue: ReviewQueue) -> None:
                queue.take(one)
                queue.reject(only_this=True)

            self._step(step)

    def edit(self) -> None:
        """Adjust the box that is looked at."""
        self._stop()
        self.reshaping.start()

    def split(self) -> None:
        """Make two boxes of the one that is looked at."""
        self._begin()
        self.reshaping.split()

    def merge(self) -> None:
        """Make one box of the one that is looked at and of another one, which is clicked."""
        self._stop()
        self.reshaping.start_merging()

    def ask_class(self) -> None:
        """Ask for the class of the detection, or of the box that is being drawn."""
        if self.queue is not None and (self.queue.current is not None or self.drawing is not None):
            self._then = self._named
            self.typing.ask(
                tr("Which class is it? Type its name or choose with ↑ ↓. Enter accepts, Esc cancels."),
                "",
                self.queue.classes,
            )

    def ask_note(self) -> None:
        """Ask for a note."""
        current = self.session.current
        if current is not None:
            self._then = lambda text: self._step(lambda queue: queue.note(text))
            self.typing.ask(tr("Note for this animal. Enter saves it, Esc cancels."), current.note or "")

    def draw(self) -> None:
        """Draw the box of a missed animal: in the photo if it is shown, else on the map."""
        self._begin()
        self.adding.start()

    def toggle_photo(self) -> None:
        """Show or hide the photo beside the map."""
        self.sight.photo_wanted = not self.sight.photo_shown
        self._stop()
        self._show()

    def toggle_raw(self) -> None:
        """Show the photo beside the map without boxes, or with them again."""
        self.sight.toggle_raw()
        self._stop()
        self._show()

    def review_many(self) -> None:
        """Show many animals at once."""
        self._begin()
        self.grid.open()

    def review_area(self) -> None:
        """Draw an area on the map, and confirm or reject all animals in it."""
        self._begin()
        self.area.start()

    def _other_photo(self, step: int) -> None:
        """Look at the animal in another photo of the same place."""
        self._stop()
        self.sight.go(step)
        self._look()

    def _choose_photo(self, image: str) -> None:
        self._stop()
        self.sight.choose(image)
        self._look()
        self.card.setFocus()

    def _magnify(self, factor: float) -> None:
        self.sight.magnify(factor)
        self._look()

    def _relabel_to(self, number: int) -> None:
        if self.queue is not None and number <= len(self.queue.classes):
            self._named(self.queue.classes[number - 1])

    def _undo_added(self) -> None:
        """Take back the animal that was added last, while the next one is drawn."""
        self.session.step(lambda queue: queue.undo_added(), of_current=False)

    def _named(self, name: str) -> None:
        if self.drawing is not None:
            self.adding.name_class(name)
        else:
            self.relabel(name)

    def _step(self, step: Step, of_current: bool = True) -> None:
        self._begin()
        self.session.step(step, of_current)

    def _begin(self) -> None:
        """Before anything is written: end what was begun, and note whose word it is."""
        self._stop()
        self.session.reviewer = self.panel.reviewer.text().strip()

    def _stop(self) -> None:
        """End what was begun; nothing is saved."""
        self.adding.stop()
        self.reshaping.stop()
        self.area.stop()

    # ---- clicks ------------------------------------------------------------------------------

    def _picked(self, one: Detection | None) -> None:
        """A place was clicked, with this detection if one is there."""
        if self.reshaping.merging and one is not None:
            self.session.reviewer = self.panel.reviewer.text().strip()
            self.reshaping.merge(one)
        elif one is not None:
            self._take(one)
        self.card.setFocus()

    def _take(self, one: Detection) -> None:
        """Take a detection in hand; of the current animal, look at the photo of that detection."""
        current = self.session.current
        self._stop()
        if self.queue is None:
            return
        if current is not None and any(view.one.fid == one.fid for view in self.sight.views):
            self.sight.choose(one.image)
            self._look()
        else:
            self.queue.take(one)
            self._show()

    def _go_to_step(self, number: int) -> None:
        """Take the detection of an earlier step in hand again."""
        if self.queue is not None and number < len(self.queue.steps):
            one = self.queue.rows.get(self.queue.steps[number].shown.fid)
            if one is not None:
                self._take(one)
        self.card.setFocus()

    # ---- showing -----------------------------------------------------------------------------

    def _show(self) -> None:
        if self.queue is not None:
            self.panel.choice.offer_classes(self.queue.classes)
            if self.isUserVisible():
                self.clicks.on_map.take_over()
        self.panel.show_queue(self.queue)
        self._look()

    def _look(self) -> None:
        """Move the map and the photo to the current detection."""
        missing = self.sight.look()
        self.looks.follow()
        self.reviewed_images.show(self.queue)
        self.panel.show_sightings(self.queue, self.sight.views, self.sight.at)
        if missing is not None:
            self.panel.say(tr("The photo does not exist: {}").format(missing), wrong=True)

    # ---- keys --------------------------------------------------------------------------------

    def _keys_work(self) -> bool:
        return self.queue is not None and self.isUserVisible() and not self.typing.isVisibleTo(self)

    def _of_mode(self, event: Any) -> Action | None:
        """What the mode that is on does with a key."""
        if self.reshaping.merging:
            return self.reshaping.stop if event.key() == Qt.Key.Key_Escape else NotImplemented
        if self.area.tool is not None:
            return self.area.action(event.key())
        if self.drawing is None:
            return NotImplemented
        tool = self.drawing.tool
        if event.key() in tool.KEYS:
            return lambda: tool.key(event)
        if self.adding.drawing is None:
            return None
        name = NAMES.get(event.key(), "")
        if name == "class" or name.startswith("class "):
            return self._actions()[name]
        # The last animal that was added can be taken back, and the view changed, without leaving the drawing.
        canvas = self.drawing.canvas
        others: dict[str, Action] = {
            "undo": self._undo_added,
            "closer": lambda: canvas.zoomByFactor(0.5),
            "farther": lambda: canvas.zoomByFactor(2.0),
        }
        return others.get(name)

    def _typed(self, text: str) -> None:
        self._end_typing()
        self._then(text)

    def _end_typing(self) -> None:
        self.typing.hide()
        self.card.setFocus()

    # ---- the window --------------------------------------------------------------------------

    def showEvent(self, event: Any) -> None:  # noqa: N802
        super().showEvent(event)
        if self.queue is None:
            self.list_surveys()
        else:
            self._look_soon.start()

    def hideEvent(self, event: Any) -> None:  # noqa: N802
        self._rest()
        for window in (self.grid, self.two.conflicts):
            window.hide()
        super().hideEvent(event)

    def _seen(self, visible: bool) -> None:
        """Another tab came before this one, or this one came back. What nobody sees, no key reviews."""
        if not visible:
            self._rest()
        elif self.queue is not None:
            self._look_soon.start()
            self.clicks.on_map.take_over()

    def put_away(self) -> None:
        super().put_away()
        self.two.put_away()

    def _rest(self) -> None:
        """Let the map and its mouse be the user's."""
        self._stop()
        self.clicks.on_map.give_back()
        self.sight.clear()
        self.reviewed_images.clear()

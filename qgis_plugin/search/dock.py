"""The window of the search: one cell after the other, by keys and clicks alone.

The dock joins the parts: `session` has the survey and takes the steps, `pixels` reads the imagery ahead, `panel` has
the widgets.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QEvent, QObject, QPoint, QPointF, Qt, pyqtSignal
from qgis.PyQt.QtGui import QCursor
from qgis.PyQt.QtWidgets import QFileDialog, QInputDialog, QWidget

from ..counting_rule import CONFIRMED, REJECTED
from ..review.classes import MOST_KEYS
from ..review.file import Detection, photo_file
from ..survey_dock import SurveyDock
from ..survey_file import SurveyError
from ..translation import tr
from .cells import Cell, grid, strips
from .panel import SearchPanel
from .pixels import Picture, Pixels
from .record import Photo
from .sample import Sample
from .session import Options, SearchSession
from .view import Shown

_MOSAICS = ("geotransform", "world file")
_MINE, _OTHERS, _OPEN, _RIGHT, _WRONG = "#56B4E9", "#CC79A7", "#F0E442", "#009E73", "#D55E00"
_REPEATED = (
    *(Qt.Key.Key_Left, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp),
    *(Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus),
)  # what a key that is held does again and again; no cell is searched so
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier, Qt.KeyboardModifier.ShiftModifier)


class SearchDock(SurveyDock):
    """Walks a person through the cells of a survey's images. `find_wanted(path)` asks for more like those marked."""

    find_wanted = pyqtSignal(str)
    has_keys = True

    def __init__(self, iface: Any, parent: QWidget | None = None) -> None:
        super().__init__(tr("Search images"), "HerdmapSearch", parent)
        self.session = SearchSession(self.project, self._cells_of, self)
        self.pixels = Pixels(self)
        self._sample: Sample | None = None
        self.panel: SearchPanel = SearchPanel(
            {
                "next": (tr("Searched, next"), tr("Space"), self.next),
                "back": (tr("Back"), "←", self.back),
                "undo": (tr("Undo"), "U", self.undo),
                "photo": (tr("Next photo"), tr("PgDn"), lambda: self.session.other_photo(1)),
                "class": (tr("New class…"), "L", self.ask_class),
                "find": (tr("Find more like these"), "F", self.find_more),
            }
        )
        self.view = self.panel.view
        self.setWidget(self.panel)
        self._keys: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Space: self.next,
            Qt.Key.Key_Right: self.next,
            Qt.Key.Key_Return: self.next,
            Qt.Key.Key_Enter: self.next,
            Qt.Key.Key_Left: self.back,
            Qt.Key.Key_PageDown: lambda: self.session.other_photo(1),
            Qt.Key.Key_PageUp: lambda: self.session.other_photo(-1),
            Qt.Key.Key_U: self.undo,
            Qt.Key.Key_Backspace: self.undo,
            Qt.Key.Key_L: self.ask_class,
            Qt.Key.Key_F: self.find_more,
            Qt.Key.Key_A: self.mark_under_pointer,
            Qt.Key.Key_C: lambda: self._if_seen(self.session.confirm_all),
            Qt.Key.Key_X: lambda: self._if_seen(self.session.reject_all),
            Qt.Key.Key_Plus: lambda: self._magnify(2.0),
            Qt.Key.Key_Equal: lambda: self._magnify(2.0),
            Qt.Key.Key_Minus: lambda: self._magnify(0.5),
        }
        for number in range(1, MOST_KEYS + 1):
            self._keys[Qt.Key.Key_0 + number] = lambda number=number: self.session.choose_class(number)
        self._connect()
        self.follow_project()

    def _connect(self) -> None:
        self.session.changed.connect(self._show)
        self.session.said.connect(self.panel.say)
        self.pixels.arrived.connect(self._show_cell)
        self.view.clicked.connect(lambda x, y: self._if_seen(lambda: self.session.click(x, y)))
        self.view.dragged.connect(lambda box: self._if_seen(lambda: self.session.mark(box)))
        self.view.other_clicked.connect(lambda x, y: self._if_seen(lambda: self.session.take_away(x, y)))
        self.panel.chosen.connect(self._begin)
        self.panel.class_chosen.connect(self.session.choose_class)
        self.panel.sample.clicked.connect(self._ask_sample)
        self.view.installEventFilter(self)

    # ---- the survey --------------------------------------------------------------------------

    def open(self, path: str | Path, sample: str | Path | None = None) -> bool:
        """Begin to search a survey, or the photos of a sample of it. Returns whether that worked."""
        try:
            self._sample = None if sample is None else Sample(sample)
        except SurveyError as error:
            self.panel.say(str(error), wrong=True)
            return False
        self.panel.sample.setChecked(self._sample is not None)
        self.session.observer = self.panel.observer.text()
        opened = self.session.open(path, self._options())
        if opened:
            self.list_surveys()
            self.view.setFocus()
        return opened

    def _options(self) -> Options:
        panel = self.panel
        return Options(
            panel.together.isChecked(),
            panel.hidden.isChecked(),
            self._sample,
            panel.again.isChecked(),
            once=panel.once.isChecked(),
        )

    def _begin(self) -> None:
        self.session.observer = self.panel.observer.text()
        if self.session.review.queue is not None:
            self.session.begin(self._options())

    def _cells_of(self, photo: Photo) -> list[Cell]:
        """The cells of an image: a grid for a photo, strips as wide as the window for an orthomosaic."""
        chosen = self.panel.grid
        if chosen is None or photo.image.georeference in _MOSAICS:
            return strips(photo.image.size, self.view.native_size)
        return grid(photo.image.size, *chosen)

    @property
    def at_hand(self) -> Path | None:
        queue = self.session.review.queue
        return None if queue is None else queue.file.path

    def takes_first(self) -> bool:
        return self.at_hand is None and self.isVisible()  # a search needs no layers: it goes on without them

    def forget_layers(self) -> None:
        if self.session.review.layers is not None:
            self.session.review.layers.forget()

    def _ask_sample(self) -> None:
        """Choose a sample, or end the search of one."""
        queue, path = self.session.review.queue, ""
        if queue is not None and self._sample is None:
            title, folder = tr("Sample of herdmap sample"), str(queue.file.path.parent)
            path, _ = QFileDialog.getOpenFileName(self, title, folder, tr("Samples (*.csv)"))
        if queue is not None:
            self.open(queue.file.path, path or None)

    def look_again(self) -> None:
        self.session.read_again()
        if self._picture() is None:  # the image may be there by now
            self._show_cell()

    # ---- steps -------------------------------------------------------------------------------

    def next(self) -> None:
        """The cell is searched."""
        self._if_seen(self.session.next)

    def back(self) -> None:
        """Look at the cell before again."""
        self.session.back()

    def undo(self) -> None:
        """Undo the last step."""
        self.session.undo()

    def ask_class(self) -> None:
        """Ask for the name of a class, which may be new."""
        title, prompt = tr("Class"), tr("Which class do you mark now? Choose it or type a new one.")
        names = self.session.classes
        at = names.index(self.session.class_name) if self.session.class_name in names else 0
        name, done = QInputDialog.getItem(self, title, prompt, names, at, True)
        if done:
            self.session.name_class(name)
        self.view.setFocus()

    def find_more(self) -> None:
        """Ask for more animals like those that are marked."""
        queue = self.session.review.queue
        if queue is not None:
            self.find_wanted.emit(str(queue.file.path))

    def mark_under_pointer(self) -> None:
        """Mark the animal under the mouse, by a key."""
        point = self.view.mapFromGlobal(QCursor.pos())
        if self.view.rect().contains(point):
            self._if_seen(lambda: self.session.click(*self.view.to_px(QPointF(QPoint(point)))))

    def _if_seen(self, step: Callable[[], object]) -> None:
        """Take a step of the cell in hand, but only if its picture is there: what was not seen was not searched."""
        if self._picture() is not None:
            self.session.observer = self.panel.observer.text()
            step()

    def _magnify(self, factor: float) -> None:
        point = self.view.mapFromGlobal(QCursor.pos())
        inside = self.view.rect().contains(point)
        self.view.magnify(factor, self.view.to_px(QPointF(point)) if inside else None)

    # ---- showing -----------------------------------------------------------------------------

    def _show(self) -> None:
        session, walk = self.session, self.session.walk
        self.panel.show_classes(session.classes, session.class_name)
        progress = None if walk is None else walk.progress
        self.panel.show_place(session.place, progress, session.can_undo, walk is not None and walk.can_go_back)
        self._show_cell()

    def _picture(self) -> Picture | None:
        """The picture of the cell in hand; None where it is not read yet, or cannot be."""
        place, path = self.session.place, self.session.path
        if place is None or path is None:
            return None
        found = self.pixels.picture(path, place.photo.image.size, place.cell.box)
        return found if found is not None and found.image is not None else None

    def _show_cell(self) -> None:
        place, path, walk = self.session.place, self.session.path, self.session.walk
        if place is None or path is None or walk is None:
            self.view.show_cell(None, None, (1, 1), words=self._words_at_end())
            return
        size, box = place.photo.image.size, place.cell.box
        picture = self.pixels.picture(path, size, box)
        words = tr("Reading {} …").format(path.name)
        if picture is not None and picture.image is None:
            words = tr("{} cannot be shown: {}").format(path, picture.error)
        boxes = [_shown(one, self.session.is_mine(one)) for one in self.session.marks() if one.box_px is not None]
        grounds = [] if self.session.overlaps is None else self.session.overlaps.outlines(place.photo)
        self.view.show_cell(picture, tuple(map(float, box)), size, boxes, grounds, words)  # type: ignore[arg-type]
        following = walk.following
        queue = self.session.review.queue
        if following is not None and queue is not None:
            ahead = following.photo.image
            self.pixels.read_ahead(photo_file(queue.file.path, ahead.path), ahead.size, following.cell.box)

    def _words_at_end(self) -> str:
        if self.session.review.queue is None:
            return tr("No survey is open. Press “…” and choose the GeoPackage of a survey.")
        if self.session.walk is not None and not self.session.walk.photos:
            return tr("There is no image to search.")
        if self.session.left_to_model:
            return tr(
                "This is searched and saved. %Ln images that a model has searched are left out. To look at them too,"
                " tick the box above, or review what was found.",
                self.session.left_to_model,
            )
        return tr("All images are searched. Everything is saved in the file.")

    # ---- keys and the window -----------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        kind = event.type()
        if watched is not self.view or kind not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return False
        action = self._action(event)
        if action is None:
            return False
        if kind == QEvent.Type.ShortcutOverride:
            event.accept()
        elif not event.isAutoRepeat() or event.key() in _REPEATED:
            action()
        return True

    def _action(self, event: Any) -> Callable[[], object] | None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return self.undo if event.key() == Qt.Key.Key_Z else None
        return self._keys.get(event.key()) if event.modifiers() in _PLAIN else None

    def showEvent(self, event: Any) -> None:  # noqa: N802
        super().showEvent(event)
        self.list_surveys()

    def put_away(self) -> None:
        super().put_away()
        self.pixels.close()


def _shown(one: Detection, mine: bool) -> Shown:
    """How a detection is drawn: own marks, those of others, and what the model found by its review."""
    box = one.box_px or (0.0, 0.0, 0.0, 0.0)
    if one.by_hand:
        return Shown(box, _MINE if mine else _OTHERS, not mine)
    return Shown(box, {CONFIRMED: _RIGHT, REJECTED: _WRONG}.get(one.review, _OPEN))

"""The review dock: one detection after the other, by keys alone, each word of the reviewer in the file at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsCoordinateTransform,
    QgsCsException,
    QgsPointXY,
    QgsProject,
    QgsVectorLayer,
)
from qgis.gui import QgsDockWidget, QgsMapCanvas
from qgis.PyQt.QtCore import QEvent, QObject, Qt, QTimer
from qgis.PyQt.QtWidgets import QFileDialog, QScrollArea, QStyle, QWidget

from ..layers import SurveyLayers, surveys
from ..survey_file import SurveyError
from ..translation import tr
from . import missed_animal
from .draw_box import Ground
from .file import Box, Detection, Image, ReplacedError, ReviewFile
from .panel import ReviewPanel
from .queue import ReviewQueue
from .region_counts import RegionCounts, between
from .view import Outlines, look_at

_POSED = ("camera pose", "flight log")
_USUAL_PX = 40.0  # of a box, where none is known
_WATCH_MS = 2000  # between looks whether a command has written the survey again
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier, Qt.KeyboardModifier.ShiftModifier)


class ReviewDock(QgsDockWidget):
    """Walks a person through a survey's detections.

    `queue` is the review in hand, `layers` its survey in the project; both are None where no survey is open. Keys work
    while the card, the photo or the map has the keyboard; what they do is in `_keys`.
    """

    def __init__(self, iface: Any, parent: QWidget | None = None) -> None:
        super().__init__(tr("Review animals"), parent)
        self.setObjectName("HerdmapReview")
        self.project = QgsProject.instance()
        self.canvas: QgsMapCanvas = iface.mapCanvas()
        self.queue: ReviewQueue | None = None
        self.layers: SurveyLayers | None = None
        self.drawing: missed_animal.Drawing | None = None
        self.zoom = 1.0
        self._last_added = ""
        self._photo_wanted: bool | None = None  # None: where the map alone does not show it well
        self._images: dict[str, Image | None] = {}
        self._outline = Outlines(self.canvas, "#FFFFFF", 2)
        self._then: Callable[[str], None] = self.relabel
        self.panel = ReviewPanel(
            {
                "confirm": (tr("Confirm"), "C", self.confirm),
                "reject": (tr("Reject"), "X", self.reject),
                "class": (tr("Other class…"), "L", self.ask_class),
                "note": (tr("Note…"), "N", self.ask_note),
                "add": (tr("Add missed animal"), "A", self.draw),
                "undo": (tr("Undo"), "U", self.undo),
                "back": (tr("Back"), "←", self.back),
                "next": (tr("Skip"), "→", self.next),
            }
        )
        self.card, self.photo, self.typing = self.panel.card, self.panel.photo, self.panel.typing
        self._keys: dict[int, Callable[[], None]] = {
            Qt.Key.Key_C: self.confirm,
            Qt.Key.Key_Return: self.confirm,
            Qt.Key.Key_Enter: self.confirm,
            Qt.Key.Key_X: self.reject,
            Qt.Key.Key_Delete: self.reject,
            Qt.Key.Key_L: self.ask_class,
            Qt.Key.Key_A: self.draw,
            Qt.Key.Key_N: self.ask_note,
            Qt.Key.Key_U: self.undo,
            Qt.Key.Key_Backspace: self.undo,
            Qt.Key.Key_Right: self.next,
            Qt.Key.Key_Space: self.next,
            Qt.Key.Key_Left: self.back,
            Qt.Key.Key_Plus: lambda: self._magnify(2.0),
            Qt.Key.Key_Equal: lambda: self._magnify(2.0),
            Qt.Key.Key_Minus: lambda: self._magnify(0.5),
            Qt.Key.Key_P: self.toggle_photo,
        }
        for number in range(9):
            self._keys[Qt.Key.Key_1 + number] = lambda number=number: self._relabel_to(number)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(self.panel)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        bar = scroll.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        scroll.setMinimumWidth(self.panel.minimumSizeHint().width() + bar)
        self.setWidget(scroll)
        self._connect()
        self._list_surveys()

    def _connect(self) -> None:
        self.panel.survey.activated.connect(lambda *_: self.open(self.panel.survey.currentData()))
        self.panel.browse.clicked.connect(lambda *_: self._ask_survey())
        self.panel.choice.chosen.connect(self._choose)
        self.typing.taken.connect(self._typed)
        self.typing.given_up.connect(self._end_typing)
        self._watched = (self.card, self.photo, self.canvas)
        for widget in self._watched:
            widget.installEventFilter(self)
        # Wait until all layers of a survey are added or removed, and until QGIS has zoomed to a project's first layers.
        self._soon, self._look_soon, self._watch = QTimer(self), QTimer(self), QTimer(self)
        for timer, slot in ((self._soon, self._list_surveys), (self._look_soon, self._look)):
            timer.setSingleShot(True)
            timer.timeout.connect(slot)
        self._watch.timeout.connect(self._notice)
        self._watch.start(_WATCH_MS)
        for signal in (self.project.layersAdded, self.project.layersRemoved):
            signal.connect(self._layers_changed)

    # ---- the survey --------------------------------------------------------------------------

    def open(self, path: str | Path) -> bool:
        """Begin to review the survey at `path`; add its layers if they are missing. Returns whether it can be read."""
        path = Path(path).absolute()
        self._stop_drawing()
        QgsApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            file = ReviewFile(path)
            found = SurveyLayers(path, self.project)
            found.open()
            queue = ReviewQueue(file, self.panel.reviewer.text().strip(), RegionCounts(_to_regions(found)))
        except SurveyError as error:
            self.queue = self.layers = None
            self._show()
            self.panel.say(str(error), wrong=True)
            return False
        finally:
            QgsApplication.restoreOverrideCursor()
        self.queue, self.layers = queue, found
        self._images = {}
        self.panel.say("")
        self.panel.choice.offer_classes(queue.classes)
        queue.choose(self.panel.choice.wanted())
        try:
            file.check_writable()
        except SurveyError as error:
            self.panel.say(str(error), wrong=True)
        self._list_surveys()
        self._show()
        self._look_soon.start()
        self.card.setFocus()
        return True

    def _notice(self) -> None:
        """Read the survey again if a command has written it again. What is being drawn or typed is not disturbed."""
        busy = self.drawing is not None or self.typing.isVisibleTo(self)
        if self.queue is None or not self.isVisible() or busy or not self.queue.file.replaced:
            return
        self._read_again(tr("The survey was written again by another program. It was read again; your place is kept."))

    def _read_again(self, text: str, wrong: bool = False) -> None:
        try:
            self._reload()
        except SurveyError as error:
            text, wrong = str(error), True
        self._show()
        self.panel.say(text, wrong=wrong)

    def _reload(self) -> None:
        """Read the survey again, keeping the place in it. Raises SurveyError."""
        if self.queue is None or self.layers is None:
            return
        self.layers.reload()
        self._images = {}
        self.queue.reload(RegionCounts(_to_regions(self.layers)))
        self.panel.choice.offer_classes(self.queue.classes)

    def _layers_changed(self, *_: object) -> None:
        if self.layers is not None:
            self.layers.forget()
        self._soon.start()

    def _list_surveys(self) -> None:
        """Offer the surveys of the project, and open the first if none is open."""
        paths = surveys(self.project)
        self.panel.offer_surveys({str(path): path.stem for path in paths})
        if self.queue is not None and self.queue.file.path in paths:
            self.panel.survey.setCurrentIndex(paths.index(self.queue.file.path))
        elif paths and self.isVisible():
            self.open(paths[0])
        elif self.layers is None or self.layers.detections is None:
            self.queue = self.layers = None
            self._show()

    def _ask_survey(self) -> None:
        title, kinds = tr("Open survey"), tr("Surveys (*.gpkg)")
        path, _ = QFileDialog.getOpenFileName(self, title, self.project.homePath(), kinds)
        if path:
            self.open(path)

    def _choose(self) -> None:
        if self.queue is not None:
            self._stop_drawing()
            self.queue.choose(self.panel.choice.wanted())
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
        current = self.queue.current if self.queue is not None else None
        if current is not None:
            self._then = lambda text: self._step(lambda queue: queue.note(text))
            self.typing.ask(tr("Note for this animal. Enter saves it, Esc cancels."), current.note or "")

    def draw(self) -> None:
        """Draw the box of a missed animal: in the photo if it is shown, else on the map."""
        queue = self.queue
        if queue is None or self.drawing is not None:
            return
        current = queue.current
        name = self._last_added or (current.is_a if current is not None else (*queue.classes, "unknown")[0])
        in_photo = self.photo.isVisibleTo(self)
        canvas = self.photo if in_photo else self.canvas
        self.drawing = missed_animal.Drawing(
            canvas, self._ground_in_photo if in_photo else self._ground_on_map, name, self._drawn
        )
        self.drawing.tool.given_up.connect(self._stop_drawing)
        self.drawing.tool.nowhere.connect(self._say_nowhere)
        box = current.box_px if current is not None else None
        width, height = (box[2] - box[0], box[3] - box[1]) if box else (_USUAL_PX, _USUAL_PX)
        self.drawing.tool.start(width, height)
        self._say_drawing()

    def toggle_photo(self) -> None:
        """Show or hide the photo beside the map."""
        self._photo_wanted = not self.photo.isVisibleTo(self)
        self._stop_drawing()
        self._show()

    def _magnify(self, factor: float) -> None:
        self.zoom = min(16.0, max(1 / 16, self.zoom * factor))
        self._look()

    def _relabel_to(self, number: int) -> None:
        if self.queue is not None and number < len(self.queue.classes):
            self.relabel(self.queue.classes[number])

    def _named(self, name: str) -> None:
        if self.drawing is not None:
            self.drawing.class_name = name.strip() or self.drawing.class_name
            self._say_drawing()
        else:
            self.relabel(name)

    def _step(self, step: Callable[[ReviewQueue], object], of_current: bool = True) -> None:
        """Take a step and show the result, or why it failed. of_current: the step is of the detection that is shown."""
        if self.queue is None:
            return
        self._stop_drawing()
        self.queue.reviewer = self.panel.reviewer.text().strip()
        try:
            try:
                step(self.queue)
            except ReplacedError:
                self._step_again(self.queue, step, of_current)
        except SurveyError as error:
            self._show()
            self.panel.say(str(error), wrong=True)
            return
        self.panel.say("")
        self._show()
        self._repaint()

    def _step_again(self, queue: ReviewQueue, step: Callable[[ReviewQueue], object], of_current: bool) -> None:
        """Take a step in the file that a command wrote meanwhile, if the same detection is in it, as it was shown."""
        shown = queue.current
        self._reload()
        now = queue.current
        if not of_current:
            raise SurveyError(tr("The survey was written again by another program. Look, and press the key again."))
        if shown is None or now is None or (now.place, now.words) != (shown.place, shown.words):
            raise SurveyError(
                tr(
                    "The survey was written again by another program. This detection is not in it any more, or it was"
                    " changed. Nothing was saved for it."
                )
            )
        step(queue)

    # ---- a missed animal ---------------------------------------------------------------------

    def _drawn(self, ground: Ground, box: Box) -> None:
        if self.queue is None or self.drawing is None:
            return
        row = missed_animal.detection(ground, box, self.drawing.class_name)
        if row is None:
            self.panel.say(tr("The box lies outside the image. Draw it on the image."), wrong=True)
            return
        self.queue.reviewer = self.panel.reviewer.text().strip()
        try:
            self.queue.add(row)
        except ReplacedError:
            self._stop_drawing()
            self._read_again(tr("The survey was written again by another program. Draw the box again."), wrong=True)
            return
        except SurveyError as error:
            self.panel.say(str(error), wrong=True)
            return
        self._last_added = row.class_name
        self._stop_drawing()
        self._show()
        self._repaint()
        self.panel.say(tr("Added: {}. Press U to undo.").format(row.class_name))

    def _ground_in_photo(self, _: QgsPointXY) -> Ground | None:
        image = self._current_image()
        return None if image is None or self.queue is None else missed_animal.in_photo(self.queue, image)

    def _ground_on_map(self, point: QgsPointXY) -> Ground | None:
        layer = self._layer()
        if layer is None or self.queue is None:
            return None
        return missed_animal.on_map(self.queue, self._to_canvas(layer), point)

    def _stop_drawing(self) -> None:
        drawing, self.drawing = self.drawing, None
        if drawing is not None:
            drawing.stop()
            self.panel.say("")

    def _say_nowhere(self) -> None:
        self.panel.say(tr("There is no image here. Draw on an image, or press Esc to stop."), wrong=True)

    def _say_drawing(self) -> None:
        if self.drawing is not None:
            text = tr(
                "Adding: {}. Drag a box with the mouse. Or use the keys: arrows move the box, Shift + arrows"
                " resize it, Ctrl + arrows move it by one pixel. Enter adds the animal, L changes its class,"
                " Esc stops."
            )
            self.panel.say(text.format(self.drawing.class_name))

    # ---- showing -----------------------------------------------------------------------------

    def _show(self) -> None:
        self.panel.show_queue(self.queue)
        self._look()

    def _look(self) -> None:
        """Move the map and the photo to the current detection."""
        queue = self.queue
        current = queue.current if queue is not None else None
        if queue is None or current is None:
            self._outline.clear()
            self.photo.clear()
            self.photo.hide()
            return
        corners = self._corners_on_map(current)
        if corners is None:
            self._outline.clear()
        else:
            self._outline.show([corners])
            height = _USUAL_PX if current.box_px is None else current.box_px[3] - current.box_px[1]
            look_at(self.canvas, corners, height, self.zoom)
        self.photo.setVisible(self._wants_photo(current))
        if self.photo.isVisibleTo(self):
            path = queue.file.path.parent / current.image
            if not self.photo.show_detection(path, current, queue.of_image(current.image), self.zoom):
                self.panel.say(tr("The photo does not exist: {}").format(path), wrong=True)

    def _wants_photo(self, current: Detection) -> bool:
        """Whether the photo is shown: photos placed by their pose overlap on the map, and only the first are there."""
        if self._photo_wanted is not None:
            return self._photo_wanted
        image = self._current_image()
        return current.ring is None or (image is not None and image.georeference in _POSED)

    def _corners_on_map(self, one: Detection) -> list[QgsPointXY] | None:
        layer = self._layer()
        if one.ring is None or layer is None:
            return None
        to_canvas = self._to_canvas(layer)
        try:
            return [to_canvas.transform(QgsPointXY(*one.ring[i : i + 2])) for i in range(0, 8, 2)]
        except QgsCsException:
            return None

    def _to_canvas(self, layer: QgsVectorLayer) -> QgsCoordinateTransform:
        return QgsCoordinateTransform(layer.crs(), self.canvas.mapSettings().destinationCrs(), self.project)

    def _layer(self) -> QgsVectorLayer | None:
        return None if self.layers is None else self.layers.detections

    def _current_image(self) -> Image | None:
        current = self.queue.current if self.queue is not None else None
        if self.queue is None or current is None:
            return None
        if current.image not in self._images:
            try:
                self._images[current.image] = self.queue.file.image(current.image)
            except SurveyError:
                return None  # the step that follows says what is wrong
        return self._images[current.image]

    def _repaint(self) -> None:
        if self.layers is not None:
            self.layers.repaint()

    # ---- keys --------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The keys of the review, before the map or QGIS takes them; only while the dock is shown."""
        kind = event.type()
        if kind not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride) or watched not in self._watched:
            return False
        if self.queue is None or not self.isVisible() or self.typing.isVisibleTo(self):
            return False
        mine = self._action(event)
        if mine is None:
            return False
        if kind == QEvent.Type.ShortcutOverride:
            event.accept()
        else:
            mine()
        return True

    def _action(self, event: Any) -> Callable[[], object] | None:
        """The action of a key at the moment."""
        if self.drawing is not None:
            tool = self.drawing.tool
            if event.key() in tool.KEYS:
                return lambda: tool.key(event)
            return self.ask_class if event.key() == Qt.Key.Key_L else None
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return self.undo if event.key() == Qt.Key.Key_Z else None
        return self._keys.get(event.key()) if event.modifiers() in _PLAIN else None

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
            self._list_surveys()
        else:
            self._look_soon.start()

    def hideEvent(self, event: Any) -> None:  # noqa: N802
        self._stop_drawing()
        self._outline.clear()
        self.photo.clear()
        super().hideEvent(event)


def _to_regions(survey: SurveyLayers) -> QgsCoordinateTransform | None:
    """From the CRS of a survey's detections to that of its regions."""
    detections, counts = survey.detections, survey.counts
    return between(detections.crs(), counts.crs(), survey.project) if detections and counts else None

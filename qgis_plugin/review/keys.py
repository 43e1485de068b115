"""The keys of the review: which key does what, and how they reach it before the map or QGIS takes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEvent, QObject, Qt
from qgis.PyQt.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from ..survey_dock import SurveyDock
from .classes import MOST_KEYS

Action = Callable[[], object]

KEYS: dict[str, tuple[int, ...]] = {
    "confirm": (Qt.Key.Key_C, Qt.Key.Key_Return, Qt.Key.Key_Enter),
    "reject": (Qt.Key.Key_X, Qt.Key.Key_Delete),
    "class": (Qt.Key.Key_L,),
    "edit": (Qt.Key.Key_E,),
    "split": (Qt.Key.Key_S,),
    "merge": (Qt.Key.Key_M,),
    "add": (Qt.Key.Key_A,),
    "note": (Qt.Key.Key_N,),
    "undo": (Qt.Key.Key_U, Qt.Key.Key_Backspace),
    "next": (Qt.Key.Key_Right, Qt.Key.Key_Space),
    "back": (Qt.Key.Key_Left,),
    "closer": (Qt.Key.Key_Plus, Qt.Key.Key_Equal),
    "farther": (Qt.Key.Key_Minus,),
    "photo": (Qt.Key.Key_P,),
    "many": (Qt.Key.Key_G,),
    "area": (Qt.Key.Key_R,),
    "raw": (Qt.Key.Key_B,),
    "photo before": (Qt.Key.Key_BracketLeft,),
    "photo after": (Qt.Key.Key_BracketRight,),
    **{f"class {number}": (Qt.Key.Key_0 + number,) for number in range(1, MOST_KEYS + 1)},
}
"""The keys of each action. A new action gets its key here."""
NAMES = {key: name for name, keys in KEYS.items() for key in keys}
"""The action of each key."""
SHIFTED = {Qt.Key.Key_X: "reject here"}
"""The action of each key with Shift, where it is another one than without."""
REPEATED = frozenset(("next", "back", "closer", "farther", "photo before", "photo after"))
"""What a key that is held repeats. Other actions would speak of animals that nobody has looked at."""
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier, Qt.KeyboardModifier.ShiftModifier)


_LETTERS = frozenset(
    (
        *range(Qt.Key.Key_A, Qt.Key.Key_Z + 1),
        *range(Qt.Key.Key_0, Qt.Key.Key_9 + 1),
        *KEYS["photo before"],
        *KEYS["photo after"],
    )
)
"""The keys that other parts of the window have no use for. Arrows, Delete, Space and Enter are theirs."""
_TYPED_INTO = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox)


def _is_typed_into(widget: QWidget) -> bool:
    name = str(widget.metaObject().className())
    return isinstance(widget, _TYPED_INTO) or name.startswith(("Qsci", "QgsCode"))


class ReviewKeys(QObject):
    """Runs the actions for the keys that come to the watched widgets. Letters work in the whole window.

    actions: by the names in KEYS. first(event): what a mode that is on, such as drawing, does with the key: an action,
    or None where the key does nothing now; NotImplemented where no mode is on. allowed: whether keys work now.
    """

    def __init__(
        self,
        watched: Sequence[QWidget],
        actions: Mapping[str, Action],
        first: Callable[[Any], Action | None],
        allowed: Callable[[], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._by_key = {key: actions[name] for key, name in NAMES.items() if name in actions}
        self._shifted = {key: actions[name] for key, name in SHIFTED.items() if name in actions}
        self._undo = actions["undo"]
        self._first = first
        self._allowed = allowed
        self._watched = tuple(watched)
        for widget in self._watched:
            widget.installEventFilter(self)
        self._elsewhere: QWidget | None = None
        QApplication.instance().focusChanged.connect(self._follow)

    def _follow(self, _: QWidget | None, widget: QWidget | None) -> None:
        """The keyboard is elsewhere in the window now, after a click there: letters still are for the review."""
        before, self._elsewhere = self._elsewhere, None
        if before is not None and not sip.isdeleted(before):
            before.removeEventFilter(self)
        if widget is None or widget in self._watched or _is_typed_into(widget):
            return
        dock = SurveyDock.around(widget)
        if dock is not None and dock.has_keys and dock is not SurveyDock.around(self._watched[0]):
            return  # C in the search must not confirm what the review shows
        if any(widget.window() is one.window() for one in self._watched):
            self._elsewhere = widget
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        kind = event.type()
        if kind not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return False
        if watched not in self._watched and not (watched is self._elsewhere and event.key() in _LETTERS):
            return False
        if not self._allowed():
            return False
        action = self._action(event)
        if action is None:
            return False
        if kind == QEvent.Type.ShortcutOverride:
            event.accept()
        elif not event.isAutoRepeat() or self._repeats(event):
            action()
        return True

    def _repeats(self, event: Any) -> bool:
        """Whether a key that is held does its action again and again."""
        if self._first(event) is not NotImplemented:
            return event.key() not in KEYS["confirm"]  # a mode: arrows move a box, Enter adds it once
        return NAMES.get(event.key()) in REPEATED

    def _action(self, event: Any) -> Action | None:
        """The action of a key at the moment."""
        mode = self._first(event)
        if mode is not NotImplemented:
            return mode
        if event.modifiers() == Qt.KeyboardModifier.ShiftModifier and event.key() in self._shifted:
            return self._shifted[event.key()]
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return self._undo if event.key() == Qt.Key.Key_Z else None
        return self._by_key.get(event.key()) if event.modifiers() in _PLAIN else None

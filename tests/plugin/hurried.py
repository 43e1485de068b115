"""Hands that hurry: a double click, and a key that is held down."""

from qgis.PyQt.QtCore import QEvent, Qt
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QWidget


def double_click(widget: QWidget, button: Qt.MouseButton = Qt.MouseButton.LeftButton, *place: object) -> None:
    """Click twice, as fast as Qt takes it for a double click."""
    for event in (QTest.mousePress, QTest.mouseRelease, QTest.mouseDClick, QTest.mouseRelease):
        event(widget, button, Qt.KeyboardModifier.NoModifier, *place)


def hold(widget: QWidget, key: Qt.Key, times: int = 4) -> None:
    """Press a key and hold it down: the keyboard repeats it."""
    for number in range(times):
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", number > 0)
        QApplication.sendEvent(widget, event)
    QTest.keyRelease(widget, key)

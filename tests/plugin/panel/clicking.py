"""What the tests of the panel share: a mouse that counts, and how they wait."""

from qgis.PyQt.QtCore import QEventLoop, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QFileDialog, QPushButton

FILE_DIALOG = 2  # clicks: on the file, and on Open


class Mouse:
    """Clicks on what is seen, and counts."""

    def __init__(self):
        self.clicks = 0

    def click(self, widget):
        QApplication.processEvents()  # a step that has just unfolded is laid out: else the click meets another widget
        assert widget.isVisible(), widget.objectName()
        assert widget.isEnabled(), widget.objectName()
        self.clicks += 1
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def choose(self, combo, text):
        """Open a list and click on the row of this text."""
        QApplication.processEvents()
        assert combo.isVisible(), combo.objectName()
        assert combo.isEnabled(), combo.objectName()
        self.clicks += 1
        combo.showPopup()  # after a real click, Qt would ignore the next one for a moment
        QApplication.processEvents()
        view, index = combo.view(), combo.model().index(combo.findText(text), combo.modelColumn())
        assert index.isValid(), text
        self.clicks += 1
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())
        QApplication.processEvents()
        assert combo.currentText() == text


def wait(holds, seconds=120):
    """Let QGIS work until this holds."""
    loop = QEventLoop()
    end, look = QTimer(), QTimer()
    end.setSingleShot(True)
    end.timeout.connect(loop.quit)
    look.timeout.connect(lambda: loop.quit() if holds() else None)
    end.start(int(seconds * 1000))
    look.start(20)
    if not holds():
        loop.exec()
    assert holds()


def shown(dock, name):
    """What a step says."""
    return dock.panel.boxes[name].text.text()


def button(dock, name):
    """A button of a step."""
    (found,) = dock.findChildren(QPushButton, f"herdmap_{name}")
    return found


def settled(dock):
    """Whether nothing works and the survey is read."""
    return dock.run is None and dock._reading is None and dock.state is not None


def answer(monkeypatch, method, value):
    """What the user chooses in QGIS's dialog of files."""
    monkeypatch.setattr(QFileDialog, method, staticmethod(lambda *_: value))

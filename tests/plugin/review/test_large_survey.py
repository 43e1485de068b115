"""A large survey is read in the background: the window works on, and no key reviews what is not there yet."""

import pytest
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from qgis_plugin.review import session
from tests.plugin.reviewing import rows
from tests.plugin.waiting import wait_until


def until(holds):
    def looked():
        QApplication.processEvents()
        return holds()

    wait_until(looked, 60)


@pytest.fixture
def large(monkeypatch):
    """Every survey is a large one."""
    monkeypatch.setattr(session, "LARGE", 0)


def test_it_is_there_when_it_is_read(dock, copied, large):
    assert dock.open(copied)
    assert dock.queue is None
    assert "some seconds" in dock.panel.message.text()
    QTest.keyClick(dock.card, Qt.Key.Key_C)
    until(lambda: dock.queue is not None)
    assert dock.session.opening is None
    assert dock.panel.message.isHidden()
    assert dock.panel.survey.currentData() == str(copied)
    assert rows(copied, "SELECT count(*) FROM detections WHERE review != 'unreviewed'") == [(0,)]
    QTest.keyClick(dock.card, Qt.Key.Key_C)
    assert rows(copied, "SELECT count(*) FROM detections WHERE review = 'confirmed'") == [(1,)]


def test_the_one_that_was_opened_last_is_shown(dock, copied, posed, large):
    assert dock.open(copied)
    assert dock.open(posed)
    until(lambda: dock.queue is not None)
    assert dock.queue.file.path == posed
    for _ in range(20):
        QApplication.processEvents()
    assert dock.queue.file.path == posed


def test_what_cannot_be_read_is_said(dock, copied, large, monkeypatch):
    def refuse(*_):
        raise session.SurveyError("it is damaged")

    monkeypatch.setattr(session, "ReviewQueue", refuse)
    assert dock.open(copied)
    until(lambda: dock.session.opening is None)
    assert dock.queue is None
    assert dock.panel.message.text() == "it is damaged"

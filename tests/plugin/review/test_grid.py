"""Many animals at once: chosen by clicks and keys, reviewed as one step."""

import pytest
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QPushButton

from qgis_plugin.review.grid import A_SCREEN
from tests.plugin.reviewing import rows

Key, Shift, Control = Qt.Key, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def said(path):
    return dict(rows(path, "SELECT review, count(*) FROM detections GROUP BY review"))


@pytest.fixture
def grid(dock, copied):
    assert dock.open(copied)
    QTest.keyClick(dock.card, Key.Key_G)
    QApplication.processEvents()
    assert dock.grid.isVisible()
    yield dock.grid
    dock.grid.hide()


def click(grid, number, modifier=Qt.KeyboardModifier.NoModifier):
    place = grid.list.visualItemRect(grid.list.item(number)).center()
    QTest.mouseClick(grid.list.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def test_a_screen_is_chosen_from_and_reviewed_as_one_step(grid, dock, copied):
    animals = said(copied)["unreviewed"]
    assert grid.list.count() == A_SCREEN < animals
    QTest.keyClick(grid.list, Key.Key_C)
    assert said(copied) == {"unreviewed": animals}, "nothing was chosen"
    assert "Ctrl+A" in grid.message.text()
    click(grid, 0)
    click(grid, 9, Shift)
    click(grid, 4, Control)
    QTest.keyClick(grid.list, Key.Key_X)
    assert said(copied) == {"unreviewed": animals - 9, "rejected": 9}
    assert grid.message.text() == ""
    shown = [one.fid for one in dock.queue.queued(0, 10)]
    rejected = {fid for (fid,) in rows(copied, "SELECT fid FROM detections WHERE review = 'rejected'")}
    assert rejected == {*shown[:4], *shown[5:]}
    QTest.keyClick(grid.list, Key.Key_A, Control)
    QTest.keyClick(grid.list, Key.Key_C)
    assert said(copied) == {"unreviewed": animals - A_SCREEN, "confirmed": A_SCREEN}
    assert len(dock.queue.steps) == 2
    QTest.keyClick(grid.list, Key.Key_U)
    QTest.keyClick(grid.list, Key.Key_U)
    assert said(copied) == {"unreviewed": animals}
    assert dock.queue.current.fid == shown[0]


def test_screens_are_turned_and_an_animal_is_looked_at_alone(grid, dock):
    assert not grid.findChild(QPushButton, "herdmap_grid_before").isEnabled()
    QTest.keyClick(grid.list, Key.Key_PageDown)
    wanted = dock.queue.queued(A_SCREEN, 1)[0]
    assert grid.list.item(0).data(Qt.ItemDataRole.UserRole) == wanted.fid
    place = grid.list.visualItemRect(grid.list.item(0)).center()
    QTest.mouseClick(grid.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    QTest.mouseDClick(grid.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert dock.queue.current.fid == wanted.fid
    for _ in range(5):
        QTest.keyClick(grid.list, Key.Key_PageDown)
    assert grid.list.count() > 0, "it ends with the last screen"
    QTest.keyClick(grid.list, Key.Key_PageUp)
    assert grid.list.count() == A_SCREEN


def test_what_is_said_is_said_of_the_animal_in_all_photos(dock, posed):
    assert dock.open(posed)
    QTest.keyClick(dock.card, Key.Key_G)
    seen_twice = next(
        number for number, one in enumerate(dock.queue.queued(0, A_SCREEN)) if len(dock.queue.rows.sightings(one)) > 1
    )
    click(dock.grid, seen_twice)
    QTest.keyClick(dock.grid.list, Key.Key_X)
    assert said(posed)["rejected"] == 2
    dock.grid.hide()

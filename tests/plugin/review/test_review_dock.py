"""The review dock, by key events."""

import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest
from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from qgis_plugin import layers
from qgis_plugin.survey_file import HERDMAP_COLUMNS
from tests import ROOT
from tests.geopackage_checker import check_geopackage
from tests.plugin.reviewing import counts_layer, herdmap_count, press, rows

Key = Qt.Key
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def of(path, fid, names="review, reviewed_class, reviewer, note"):
    return rows(path, f"SELECT {names} FROM detections WHERE fid = ?", fid)[0]


def test_ten_detections_by_keys_and_the_counts_match(opened, copied, herdmap_python):
    queue = opened.queue
    fids = []
    for keys in (
        [Key.Key_C],
        [Key.Key_Return],
        [Key.Key_X],
        [Key.Key_Delete],
        [Key.Key_L, "goat", Key.Key_Return],
        [Key.Key_N, "by the tree", Key.Key_Return, Key.Key_C],
        [Key.Key_1],
        [Key.Key_L, "go", Key.Key_Return],
        [Key.Key_X, Key.Key_U, Key.Key_C],
        [Key.Key_Right, Key.Key_Left, Key.Key_X],
    ):
        fids.append(queue.current.fid)
        for key in keys:
            if isinstance(key, str):
                QTest.keyClicks(opened.typing.line, key)
            else:
                press(opened, key)
    assert [of(copied, fid) for fid in fids] == [
        ("confirmed", None, "Ann", None),
        ("confirmed", None, "Ann", None),
        ("rejected", None, "Ann", None),
        ("rejected", None, "Ann", None),
        ("confirmed", "goat", "Ann", None),
        ("confirmed", None, "Ann", "by the tree"),
        ("confirmed", None, "Ann", None),
        ("confirmed", "goat", "Ann", None),
        ("confirmed", None, "Ann", None),
        ("rejected", None, "Ann", None),
    ]
    assert opened.panel.progress.format() == f"11 of {len(queue)}"
    assert opened.panel.tally.text().startswith("7 confirmed (2 as another class) · 3 rejected · 0 added")
    expected = {cell: n for cell, n in herdmap_count(herdmap_python, copied).items() if n}
    assert {cell: n for cell, n in counts_layer(copied).items() if n} == expected
    table = opened.panel.counts
    for row in range(table.rowCount()):
        region, animals = table.item(row, 0).text(), int(table.item(row, 1).text())
        assert animals == sum(n for (name, _), n in expected.items() if name == region)
    check_geopackage(copied)


def test_the_map_shows_each_at_the_imagerys_own_resolution(opened):
    canvas = opened.canvas
    seen = []
    for _ in range(3):
        one = opened.queue.current
        centre = canvas.extent().center()
        assert (centre.x(), centre.y()) == pytest.approx(one.centre, abs=0.01)
        image = opened.queue.file.image(one.image)
        metres_per_px = (image.ring[1] - image.ring[3]) / image.size[1]
        screen_px = metres_per_px / canvas.mapUnitsPerPixel()
        assert screen_px == pytest.approx(round(screen_px), rel=1e-3)  # whole, but for where the view is rounded
        assert round(screen_px) in (1, 2, 3, 4)
        seen.append((centre.x(), centre.y()))
        press(opened, Key.Key_Right)
    assert len(set(seen)) == 3
    before = canvas.mapUnitsPerPixel()
    press(opened, Key.Key_Plus)
    assert canvas.mapUnitsPerPixel() == pytest.approx(before / 2)
    press(opened, Key.Key_Minus)
    assert canvas.mapUnitsPerPixel() == pytest.approx(before)


def test_keys_work_on_the_map_too_but_only_while_the_dock_is_there(opened, copied):
    fid = opened.queue.current.fid
    extent = opened.canvas.extent()
    QTest.keyClick(opened.canvas, Key.Key_C)
    assert of(copied, fid)[0] == "confirmed"
    assert opened.canvas.extent() != extent
    fid = opened.queue.current.fid
    opened.hide()
    QTest.keyClick(opened.canvas, Key.Key_X)
    assert of(copied, fid)[0] == "unreviewed"
    opened.show()
    QTest.keyClick(opened.canvas, Key.Key_X)
    assert of(copied, fid)[0] == "rejected"
    QTest.keyClick(opened.canvas, Key.Key_Z, CONTROL)
    assert of(copied, fid)[0] == "unreviewed"


def test_the_layers_on_the_map_follow(opened):
    layer = opened.layers.detections
    asked = []
    layer.repaintRequested.connect(lambda *_: asked.append(1))
    fid = opened.queue.current.fid
    press(opened, Key.Key_X)
    assert asked
    assert layer.getFeature(fid)["review"] == "rejected"


def test_typing_is_not_taken_for_keys(opened, copied):
    fid = opened.queue.current.fid
    opened.panel.reviewer.setText("")
    QTest.keyClicks(opened.panel.reviewer, "Xavier Cal")
    assert opened.panel.reviewer.text() == "Xavier Cal"
    press(opened, Key.Key_L)
    QTest.keyClicks(opened.typing.line, "oxcal")
    press(opened, Key.Key_Escape)
    assert of(copied, fid)[0] == "unreviewed"
    assert opened.queue.current.fid == fid
    press(opened, Key.Key_C)
    assert of(copied, fid)[:3] == ("confirmed", None, "Xavier Cal")


def test_a_class_is_chosen_from_the_list_or_typed_as_a_new_one(opened, copied):
    opened.queue.classes[:] = ["sheep", "sheepdog", "goat"]

    def classed(typed, *keys):
        fid = opened.queue.current.fid
        press(opened, Key.Key_L)
        QTest.keyClicks(opened.typing.line, typed)
        press(opened, *keys, Key.Key_Return)
        return of(copied, fid, "review, coalesce(reviewed_class, class)")

    assert classed("goat") == ("confirmed", "goat")
    assert classed("sheepd") == ("confirmed", "sheepdog")
    assert classed("she", Key.Key_Down, Key.Key_Down) == ("confirmed", "she")  # the last one is what was typed
    assert classed("dog") == ("confirmed", "dog")  # only within a known one: new
    assert classed("", Key.Key_Down, Key.Key_Down) == ("confirmed", "sheepdog")
    assert classed("") == ("unreviewed", "sheep")
    assert opened.queue.classes == ["sheep", "sheepdog", "goat", "she", "dog"]


def test_a_locked_file_is_said_and_the_key_works_again_later(opened, copied):
    fid = opened.queue.current.fid
    with closing(sqlite3.connect(copied, isolation_level=None)) as db, db:
        db.execute("BEGIN EXCLUSIVE")
        press(opened, Key.Key_C)
        assert "Another program is writing to" in opened.panel.message.text()
        assert opened.panel.message.isVisible()
        db.execute("ROLLBACK")
    assert opened.queue.current.fid == fid
    press(opened, Key.Key_C)
    assert not opened.panel.message.isVisible()
    assert of(copied, fid)[0] == "confirmed"


def test_the_end_of_the_queue(opened):
    panel = opened.panel
    panel.choice.order.setCurrentIndex(panel.choice.order.findData("sample"))
    panel.choice.size.setValue(3)
    assert panel.progress.format() == "1 of 3"
    press(opened, Key.Key_C, Key.Key_Right, Key.Key_C)
    assert opened.queue.current is None
    assert panel.card.title.text() == "End of the queue"
    assert "You skipped 1" in panel.card.about.text()
    press(opened, Key.Key_C, Key.Key_X, Key.Key_L, Key.Key_N)  # nothing to say it of
    press(opened, Key.Key_Left, Key.Key_Left, Key.Key_X)
    assert opened.queue.left == 0
    press(opened, Key.Key_Right)
    assert panel.card.title.text() == "All done"


def test_what_is_no_survey_is_said(dock, copied):
    assert dock.panel.card.title.text() == "No survey is open"
    press(dock, Key.Key_C, Key.Key_A, Key.Key_U)
    assert not dock.open(copied.with_name("regions.gpkg"))
    assert "regions.gpkg is not a survey" in dock.panel.message.text()
    assert not dock.open(copied.with_name("nothing.gpkg"))
    assert "does not exist" in dock.panel.message.text()


def test_it_begins_with_the_survey_of_the_project_and_ends_with_it(dock, copied):
    other = copied.with_name("second.gpkg")
    shutil.copyfile(copied, other)
    layers.open_survey(copied, QgsProject.instance())
    QApplication.processEvents()
    assert dock.queue.file.path == copied
    layers.open_survey(other, QgsProject.instance())
    QApplication.processEvents()
    assert dock.queue.file.path == copied
    survey = dock.panel.survey
    assert {survey.itemText(i) for i in range(survey.count())} == {copied.stem, "second"}
    QgsProject.instance().clear()
    QApplication.processEvents()
    assert dock.queue is None
    assert dock.panel.card.title.text() == "No survey is open"


def test_the_card_shows_the_columns_that_a_person_added(dock, copied, herdmap_python):
    with closing(sqlite3.connect(copied)) as db, db:
        db.execute("ALTER TABLE detections ADD COLUMN \"age <b>\" TEXT DEFAULT '<i>calf'")
        db.execute('ALTER TABLE detections ADD COLUMN "a ""b"" c" REAL DEFAULT 2.5')
        db.execute("ALTER TABLE detections ADD COLUMN empty TEXT")
        db.execute("ALTER TABLE detections ADD COLUMN picture BLOB DEFAULT x'00'")
    assert dock.open(copied), dock.panel.message.text()
    QApplication.processEvents()
    lines = dock.card.about.text().splitlines()
    assert lines[-2:] == ["age <b>: <i>calf", 'a "b" c: 2.5']
    assert dock.card.about.textFormat() == Qt.TextFormat.PlainText
    press(dock, Key.Key_C)
    assert dock.card.about.text().splitlines()[-2:] == lines[-2:]
    ask = "from geo.geopackage.schema import DETECTIONS; print(*DETECTIONS)"
    own = subprocess.run([herdmap_python, "-c", ask], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert {"fid", "geom", *own.split()} == HERDMAP_COLUMNS

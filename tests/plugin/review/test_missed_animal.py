"""An animal that the detector missed, from the key to the next run of the detector and the exports."""

import json
import shutil

import pytest
from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from qgis_plugin.review.file import ReviewFile
from qgis_plugin.review.photo_frame import PhotoFrame, clipped, holds
from tests.geopackage_checker import check_geopackage
from tests.plugin.reviewing import herdmap_count, rows

Key = Qt.Key
DRAWN = "SELECT image, class, xmin, ymin, xmax, ymax, review, reviewer, run_id FROM detections WHERE run_id = 'manual'"


def add(dock, *moves):
    """Add an animal of the size of that in hand, moved by these keys, also where one is already."""
    before = dock.queue.tally.added
    QTest.keyClick(dock.card, Key.Key_A)
    for key in (*(moves or (Key.Key_Down, Key.Key_Up)), Key.Key_Return):
        QTest.keyClick(dock.card, key)
    if "An animal is here already" in dock.panel.message.text():
        QTest.keyClick(dock.card, Key.Key_Return)
    assert dock.queue.tally.added == before + 1, dock.panel.message.text()
    QTest.keyClick(dock.card, Key.Key_Escape)
    assert dock.drawing is None, dock.panel.message.text()


def test_it_outlives_the_next_run_counts_and_is_exported(dock, copied, herdmap, herdmap_python, monkeypatch):
    monkeypatch.chdir(copied.parent)
    assert dock.open(copied)
    QApplication.processEvents()
    dock.sight.zoom = 1
    add(dock, *[Key.Key_Up] * 12)  # three boxes above: another animal's place, no second view of this one
    (drawn,) = rows(copied, DRAWN)
    total = rows(copied, "SELECT count(*) FROM detections")
    dock.close()
    QgsProject.instance().clear()  # the detector replaces no file that is open
    again = ("detect", "orthomosaic.tif", "-o", copied.name, "--regions", "regions.gpkg")
    counted = herdmap_count(herdmap_python, copied)
    for _ in range(2):
        herdmap(*again)
        assert rows(copied, DRAWN) == [drawn]
        assert rows(copied, "SELECT count(*) FROM detections") == total
        check_geopackage(copied)
    assert herdmap_count(herdmap_python, copied) == counted
    assert sum(counted.values()) == total[0][0]
    herdmap("export", copied.name, "-o", "animals.csv")
    assert (copied.parent / "animals.csv").read_text().count(",manual") == 1
    (image,) = rows(copied, "SELECT path FROM images")[0]
    herdmap("export-data", copied.name, "-o", "coco.json", "--photos", "touched")
    added = [
        one["bbox"]
        for one in json.loads((copied.parent / "coco.json").read_text())["annotations"]
        if one["herdmap"]["run_id"] == "manual"
    ]
    xmin, ymin, xmax, ymax = drawn[2:6]
    assert added == [pytest.approx([xmin, ymin, xmax - xmin, ymax - ymin], abs=0.02)]
    assert drawn[0] == image


def test_on_photos_without_position(dock, without_position):
    """On the contact sheet, where the photo lies under the box; what is drawn is in that photo's px."""
    path = without_position
    assert dock.open(path)
    QApplication.processEvents()
    current = dock.queue.current
    assert not dock.photo.isVisible()
    add(dock)
    QTest.keyClick(dock.card, Key.Key_P)
    assert dock.photo.isVisible()
    assert dock.photo.layers()
    add(dock, Key.Key_Down)
    sheet, photo = rows(path, DRAWN)
    height = current.box_px[3] - current.box_px[1]
    assert sheet[0] == photo[0] == current.image
    assert sheet[2:6] == pytest.approx(current.box_px, abs=0.05)
    assert photo[3] - sheet[3] == pytest.approx(max(2, height / 4), abs=0.05)
    check_geopackage(path, positioned=False)


def test_on_a_posed_photo_it_is_drawn_in_the_photo_and_lies_where_its_neighbours_lie(dock, posed):
    path = posed
    assert dock.open(path)
    QApplication.processEvents()
    current = dock.queue.current
    assert dock.photo.isVisible()  # photos overlap on the map: each animal is shown in its own
    add(dock)
    (drawn,) = rows(path, DRAWN)
    assert drawn[0] == current.image
    assert drawn[2:6] == pytest.approx(current.box_px, abs=0.05)
    added = ReviewFile(path).read().detections[-1]
    assert added.ring == pytest.approx(current.ring, abs=0.02)  # the camera's own place of that box, m
    check_geopackage(path)


def test_a_photo_that_is_missing_is_said(dock, without_position):
    path = without_position
    shutil.rmtree(path.parent / "photos")
    assert dock.open(path)
    QTest.keyClick(dock.card, Key.Key_P)
    assert "The photo does not exist" in dock.panel.message.text()
    QTest.keyClick(dock.card, Key.Key_C)
    assert dock.queue.tally.confirmed == 1


def test_px_and_map_of_every_detection(survey, posed):
    """The outline alone takes each box to where the project itself put it, and back."""
    for path in (survey, posed):
        file = ReviewFile(path)
        for one in file.read().detections:
            image = file.image(one.image)
            frame = PhotoFrame(image)
            assert frame.known
            assert holds(image, *one.centre)
            assert frame.corners(one.box_px) == pytest.approx(one.ring, abs=0.05)
            assert clipped(frame.box(one.ring), image.size) == pytest.approx(one.box_px, abs=2.0)
            near = PhotoFrame(image._replace(ring=None), [one], one.box_px[:2])
            assert near.corners(one.box_px) == pytest.approx(one.ring, abs=1e-3)
        assert not PhotoFrame(image._replace(ring=None)).known
        assert clipped((-5.0, -5.0, 0.5, 0.5), image.size) is None

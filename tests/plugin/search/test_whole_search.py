"""A whole search by keys alone, how long a cell takes, and an observer who is killed at any instant.

HERDMAP_SEARCH_PHOTOS, HERDMAP_SEARCH_SIZE and HERDMAP_KILLS make them longer than a test may take: see
benchmarks/search_mode.py.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import time

import pytest
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QCoreApplication, QEvent, Qt
from qgis.PyQt.QtGui import QColor, QImage, QPainter
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from qgis_plugin.review.file import ReviewFile
from qgis_plugin.search.dock import SearchDock
from tests import ROOT
from tests.geopackage_checker import check_geopackage
from tests.plugin.reviewing import rows

PHOTOS = int(os.environ.get("HERDMAP_SEARCH_PHOTOS", "3"))
WIDTH, HEIGHT = map(int, os.environ.get("HERDMAP_SEARCH_SIZE", "1500x1000").split("x"))
KILLS = int(os.environ.get("HERDMAP_KILLS", "3"))


@pytest.fixture
def many(herdmap, tmp_path):
    """A survey of so many photos, each of its own colour."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(PHOTOS):
        photo = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB888)
        photo.fill(QColor.fromHsv(number * 7 % 360, 120, 160))
        painter = QPainter(photo)
        chance = random.Random(number)
        for _ in range(200):
            painter.fillRect(chance.randrange(WIDTH), chance.randrange(HEIGHT), 12, 8, QColor("white"))
        painter.end()
        assert photo.save(str(folder / f"{number:04}.jpg"), quality=92)
    path = tmp_path / "survey.gpkg"
    herdmap("survey", folder, "-o", path, "--class", "sheep")
    return path


def test_by_keys_alone_and_each_cell_within_a_tenth_of_a_second(many, qgis_iface, qgis_new_project):
    dock = SearchDock(qgis_iface)
    dock.resize(1200, 900)
    dock.show()
    dock.panel.observer.setText("Ann")
    assert dock.open(many)
    seconds = []
    while dock.session.place is not None:
        while dock._picture() is None:  # an observer looks at a cell meanwhile
            QApplication.processEvents()
        before = dock.session.place
        for key in [Qt.Key.Key_A, Qt.Key.Key_Space] if before.cell.number % 7 == 1 else [Qt.Key.Key_Space]:
            began = time.perf_counter()
            QTest.keyClick(dock.view, key)
            dock.view.repaint()
            if key == Qt.Key.Key_Space and before.cell.number < before.of:
                seconds.append(time.perf_counter() - began)
    median, longest = 1000 * statistics.median(seconds), 1000 * max(seconds)
    print(f"{len(seconds)} cells: median {median:.1f} ms, longest {longest:.1f} ms")
    assert median < 100
    assert len(rows(many, "SELECT 1 FROM searches")) == 15 * PHOTOS
    assert rows(many, "SELECT DISTINCT status FROM images") == [("done",)]
    check_geopackage(many, positioned=False)
    dock.put_away()
    QgsProject.instance().clear()
    dock.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_kills_lose_no_cell_and_no_mark(many):
    chance = random.Random(8)
    cells, marks, kills = set(), set(), 0
    for number in range(20 * KILLS):
        command = [sys.executable, "-m", "tests.plugin.search.searcher", str(many), "Ann", str(number)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout.readline().startswith('{"event": "began"')
            lines = []
            if kills < KILLS:  # early enough that cells are left for the others
                lines = [process.stdout.readline() for _ in range(chance.randint(0, 15 * PHOTOS // (KILLS + 2)))]
                time.sleep(chance.uniform(0, 0.01))
                process.kill()
                kills += 1
            lines = [line.strip() for line in (*lines, *process.stdout)]
        for said in (json.loads(line) for line in lines if line.endswith("}")):  # the last may be half a line
            if said["event"] == "cell":
                assert (said["image"], said["cell"]) not in cells, "a cell was shown twice"
                cells.add((said["image"], said["cell"]))
            else:
                marks.add(said["uuid"])
        ReviewFile(many)  # it takes back what the kill left half written
        found = set(rows(many, "SELECT image, cell FROM searches"))
        assert cells <= found
        assert marks <= {uuid for (uuid,) in rows(many, "SELECT uuid FROM detections")}
        if process.returncode == 0:
            break
        cells |= found  # what was written and not yet said
    assert kills == KILLS
    check_geopackage(many, positioned=False)
    assert len(found) == len(rows(many, "SELECT 1 FROM searches")) == 15 * PHOTOS
    assert rows(many, "SELECT DISTINCT status FROM images") == [("done",)]

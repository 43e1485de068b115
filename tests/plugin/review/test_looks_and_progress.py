"""How imagery looks in a review, photos without boxes beside the map, and how much of the ground is reviewed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from tests.plugin.reviewing import press, rows
from tests.plugin.waiting import wait_until

Key = Qt.Key


def filtered(layer: QgsRasterLayer) -> tuple[int, int, float]:
    found = layer.brightnessFilter()
    return found.brightness(), found.contrast(), found.gamma()


def test_sliders_change_the_imagery_and_give_it_back(of_photos: Any, posed: Path) -> None:
    looks = of_photos.panel.looks
    looks.setCollapsed(False)
    QApplication.processEvents()
    own = [one for one in QgsProject.instance().mapLayers().values() if isinstance(one, QgsRasterLayer)]
    own[0].brightnessFilter().setContrast(7)
    for _ in range(3):
        QTest.keyClick(looks.contrast, Key.Key_PageUp)
        QTest.keyClick(looks.gamma, Key.Key_PageUp)
    beside = of_photos.photo.layers()
    seen = [*own, *beside, of_photos.sight.top.layer]
    assert {filtered(one)[:2] for one in seen} == {(0, 30)}
    assert {round(filtered(one)[2], 3) for one in seen} == {round(4 ** (6 / 20), 3)}
    of_photos.sight.go(1)
    press(of_photos, Key.Key_C, Key.Key_C)
    press(of_photos, Key.Key_BracketRight)
    assert filtered(of_photos.photo.layers()[0])[1] == 30, "the next photo too"
    QTest.mouseClick(looks.back, Qt.MouseButton.LeftButton)
    assert [filtered(one) for one in own] == [(0, 7, 1.0), *[(0, 0, 1.0)] * (len(own) - 1)]


def boxes_in(photo: Any) -> int:
    """Pixels of the photo in the colour of boxes that are not reviewed, or of the one in hand."""
    photo.waitWhileRendering()
    QApplication.processEvents()
    image = photo.grab().toImage()
    wanted = {"#f0e442", "#ffffff"}
    return sum(
        QColor(image.pixel(x, y)).name() in wanted for x in range(0, image.width(), 2) for y in range(image.height())
    )


def test_a_photo_without_boxes_beside_the_map(of_photos: Any) -> None:
    if not of_photos.sight.photo_shown:
        press(of_photos, Key.Key_P)
    with_boxes = boxes_in(of_photos.photo)
    press(of_photos, Key.Key_B)
    assert of_photos.sight.photo_shown
    without = boxes_in(of_photos.photo)
    assert without < with_boxes / 2
    press(of_photos, Key.Key_B)
    assert boxes_in(of_photos.photo) == pytest.approx(with_boxes, rel=0.2)


def test_the_ground_that_is_reviewed(of_photos: Any, posed: Path) -> None:
    def said() -> str:
        return of_photos.panel.tally.text().split("\n")[1]

    images = rows(posed, "SELECT DISTINCT image FROM detections")
    assert said() == f"0 of {len(images)} images with animals reviewed (0 % of their area)"
    (entry,) = [one for one in of_photos.panel.more.menu().actions() if one.text().startswith("Images that are")]
    entry.trigger()
    drawn = of_photos.reviewed_images
    assert drawn.shown
    first = of_photos.queue.current.image
    last, *others = [one for one in of_photos.queue.rows.animals() if one.image == first]
    of_photos.queue.say_of([one.fid for one in others], "confirmed")
    of_photos.queue.take(last)
    press(of_photos, Key.Key_C)
    share = 100 * of_photos.queue.rows.areas[first] / sum(of_photos.queue.rows.areas.values())
    assert said() == f"1 of {len(images)} images with animals reviewed ({round(share)} % of their area)"
    assert drawn._drawn == frozenset(of_photos.queue.rows.left_in)
    assert first not in of_photos.queue.rows.left_in
    press(of_photos, Key.Key_U)
    assert said().startswith("0 of")
    assert of_photos.queue.rows.left_in[first] == 1
    entry.trigger()
    assert not drawn.shown
    wait_until(lambda: drawn._drawn is None)

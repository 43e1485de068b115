"""An area of the map: all animals in it are confirmed or rejected as one step, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsPointXY
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from tests.plugin.reviewing import change, press, rows

Key = Qt.Key
_SAID = "SELECT review, reviewer, note FROM detections WHERE fid = ?"


def on_screen(dock: Any, x: float, y: float) -> QPoint:
    """Where a place of the survey's map is on the canvas, px."""
    place = dock.canvas.getCoordinateTransform().transform(dock.sight.to_canvas().transform(QgsPointXY(x, y)))
    return QPoint(round(place.x()), round(place.y()))


def draw(dock: Any, corners: list[QPoint]) -> None:
    for corner in corners:
        QTest.mouseClick(dock.canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, corner)


def whole_map(dock: Any) -> None:
    dock.canvas.setExtent(dock.layers.detections.extent().buffered(2))
    dock.canvas.refresh()
    QApplication.processEvents()


def west_half(dock: Any) -> tuple[list[QPoint], set[int], set[int]]:
    """Corners around the western half of the survey, and the animals on both sides of its edge."""
    whole_map(dock)
    extent = dock.layers.detections.extent()
    middle = extent.center().x()
    corners = [
        on_screen(dock, x, y)
        for x, y in (
            (extent.xMinimum() - 1, extent.yMinimum() - 1),
            (middle, extent.yMinimum() - 1),
            (middle, extent.yMaximum() + 1),
            (extent.xMinimum() - 1, extent.yMaximum() + 1),
        )
    ]
    edge = dock.canvas.getCoordinateTransform().toMapCoordinates(corners[1]).x()
    animals = dock.queue.rows.animals()
    west = {one.fid for one in animals if one.centre[0] < edge}
    return corners, west, {one.fid for one in animals} - west


def test_all_in_an_area_are_rejected_as_one_step(opened: Any, copied: Path) -> None:
    first = opened.queue.current.fid
    corners, west, east = west_half(opened)
    assert west
    assert east
    kept, noted, *_ = sorted(west)
    change(copied, f"UPDATE detections SET review = 'confirmed', reviewer = 'Bob' WHERE fid = {kept}")
    change(copied, f"UPDATE detections SET note = 'lame' WHERE fid = {noted}")
    assert opened.open(copied)
    QApplication.processEvents()
    whole_map(opened)
    press(opened, Key.Key_R)
    draw(opened, corners)
    press(opened, Key.Key_X)
    assert rows(copied, "SELECT count(*) FROM detections WHERE review = 'rejected'") == [(0,)], "it is not closed"
    QTest.mouseClick(opened.canvas.viewport(), Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, QPoint(9, 9))
    told = opened.panel.message.text()
    assert told.startswith(f"{len(west) - 1} animals to review lie in this area. 1 other there")
    press(opened, Key.Key_X)
    assert opened.panel.message.text().startswith(f"{len(west) - 1} animals rejected.")
    rejected = {fid for (fid,) in rows(copied, "SELECT fid FROM detections WHERE review = 'rejected'")}
    assert rejected == west - {kept}
    assert rows(copied, _SAID, kept) == [("confirmed", "Bob", None)]
    assert rows(copied, _SAID, noted) == [("rejected", "Ann", "lame")]
    assert len(opened.queue.steps) == 1
    press(opened, Key.Key_U)
    assert rows(copied, "SELECT count(*) FROM detections WHERE review = 'rejected'") == [(0,)]
    assert rows(copied, _SAID, noted) == [("unreviewed", None, "lame")]
    press(opened, Key.Key_Escape)
    assert opened.area.tool is None
    assert opened.queue.current.fid == first or first == kept


def test_the_review_goes_on_behind_the_area(opened: Any, copied: Path) -> None:
    corners, west, _ = west_half(opened)
    press(opened, Key.Key_R)
    draw(opened, corners)
    press(opened, Key.Key_Return, Key.Key_C, Key.Key_Escape)
    said = rows(copied, "SELECT review, count(*) FROM detections GROUP BY review ORDER BY review")
    assert said[0] == ("confirmed", len(west))
    seen = []
    while opened.queue.current is not None:
        seen.append(opened.queue.current.fid)
        press(opened, Key.Key_Right)
    assert not set(seen) & west
    assert len(seen) == len(opened.queue) - len(west)


def test_what_somebody_reviews_meanwhile_is_told_first(opened: Any, copied: Path) -> None:
    corners, west, _ = west_half(opened)
    press(opened, Key.Key_R)
    draw(opened, corners)
    press(opened, Key.Key_U, Key.Key_U)
    assert len(opened.area.tool.corners) == 2, "corners are taken back"
    draw(opened, corners[2:])
    press(opened, Key.Key_Return)
    one = opened.queue.rows[min(west)]
    opened.queue.take(one)
    opened.queue.confirm()
    press(opened, Key.Key_X)
    assert rows(copied, "SELECT count(*) FROM detections WHERE review = 'rejected'") == [(0,)]
    assert opened.panel.message.text().startswith(f"{len(west) - 1} animals to review")
    press(opened, Key.Key_X)
    assert rows(copied, "SELECT count(*) FROM detections WHERE review = 'rejected'") == [(len(west) - 1,)]
    press(opened, Key.Key_Escape)


def test_an_animal_of_several_photos_is_rejected_in_all(of_photos: Any, posed: Path) -> None:
    twice = next(one for one in of_photos.queue.rows.animals() if len(of_photos.queue.rows.sightings(one)) > 1)
    whole_map(of_photos)
    x, y = twice.centre
    press(of_photos, Key.Key_R)
    centre = on_screen(of_photos, x, y)
    draw(of_photos, [centre + QPoint(*by) for by in ((-4, -4), (4, -4), (4, 4), (-4, 4))])
    press(of_photos, Key.Key_Return, Key.Key_X, Key.Key_Escape)
    query = "SELECT review FROM detections WHERE animal_id = ?"
    assert set(rows(posed, query, twice.animal_id)) == {("rejected",)}

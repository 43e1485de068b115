"""A missed animal is drawn by the mouse or by keys: pending until Enter, and asked about where an animal is already."""

import pytest
from qgis.core import QgsPointXY
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest

from tests.geopackage_checker import check_geopackage
from tests.plugin.reviewing import change, new_dock, press, put_away, rows

Key = Qt.Key
SHIFT, CONTROL, PLAIN = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.NoModifier,
)
ADDED = "SELECT class, review, reviewer, score, xmin, ymin, xmax, ymax FROM detections WHERE run_id = 'manual'"
NONE_ADDED = "SELECT count(*) FROM detections WHERE run_id = 'manual'"


def drag(canvas, start, end):
    view = canvas.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, PLAIN, start)
    QTest.mouseMove(view, (start + end) / 2)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, PLAIN, end)


def screen(dock, x, y):
    """Where on the map's widget a px of the orthomosaic is."""
    image = dock.queue.file.image(dock.queue.current.image)
    px = (image.ring[1] - image.ring[3]) / image.size[1]
    place = dock.canvas.getCoordinateTransform().transform(QgsPointXY(image.ring[0] + x * px, image.ring[1] - y * px))
    return QPoint(round(place.x()), round(place.y()))


def px_at(dock, point):
    """The px of the orthomosaic at a point of the map's widget."""
    image = dock.queue.file.image(dock.queue.current.image)
    px = (image.ring[1] - image.ring[3]) / image.size[1]
    place = dock.canvas.getCoordinateTransform().toMapCoordinates(point)
    return (place.x() - image.ring[0]) / px, (image.ring[1] - place.y()) / px


def empty_ground(dock):
    """Two corners of a box on the screen where no animal is."""
    for x in range(40, 500, 40):
        for y in range(40, 320, 40):
            start, end = QPoint(x, y), QPoint(x + 50, y + 40)
            (x0, y0), (x1, y1) = px_at(dock, start), px_at(dock, end)
            boxes = [one.box_px for one in dock.queue.of_image(dock.queue.current.image)]
            if all(b[2] < x0 - 5 or b[0] > x1 + 5 or b[3] < y0 - 5 or b[1] > y1 + 5 for b in boxes):
                return start, end
    raise AssertionError("animals everywhere")


def test_a_box_by_keys(opened, copied):
    queue, before = opened.queue, opened.queue.current
    tool = opened.canvas.mapTool()
    press(opened, Key.Key_A, *[Key.Key_Up] * 12, Key.Key_Right)
    press(opened, Key.Key_Down, Key.Key_Right, modifier=CONTROL | SHIFT)
    press(opened, Key.Key_L)
    QTest.keyClicks(opened.typing.line, "goat")
    press(opened, Key.Key_Return)
    assert rows(copied, NONE_ADDED) == [(0,)]
    press(opened, Key.Key_Return)
    width, height = (before.box_px[2] - before.box_px[0], before.box_px[3] - before.box_px[1])
    xmin, ymin = before.box_px[0] + max(2, width / 4), before.box_px[1] - 12 * max(2, height / 4)
    (row,) = rows(copied, ADDED)
    assert row[:4] == ("goat", "confirmed", "Ann", None)
    assert row[4:] == pytest.approx((xmin, ymin, xmin + width + 1, ymin + height + 1), abs=0.1)
    assert (queue.tally.added, queue.current) == (1, before)
    assert opened.drawing is not None, "the next one can be drawn at once"
    press(opened, Key.Key_Escape)
    assert opened.drawing is None
    assert opened.canvas.mapTool() == tool
    check_geopackage(copied)
    press(opened, Key.Key_U)
    assert rows(copied, NONE_ADDED) == [(0,)]


def test_letting_the_mouse_go_adds_nothing_and_keys_speak_of_the_box_alone(opened, copied):
    before = opened.queue.current
    opened.queue.classes[:] = ["sheep", "goat"]
    press(opened, Key.Key_A)
    start, end = empty_ground(opened)
    drag(opened.canvas, start, end)
    assert rows(copied, NONE_ADDED) == [(0,)]
    press(opened, Key.Key_2)
    assert opened.queue.current == before, "the class is the box's, not that of the animal in hand"
    press(opened, Key.Key_Return)
    (row,) = rows(copied, ADDED)
    assert row[0] == "goat"
    assert row[4:] == pytest.approx((*px_at(opened, start), *px_at(opened, end)), abs=0.1)
    assert rows(copied, "SELECT count(*) FROM detections WHERE review != 'unreviewed' AND run_id != 'manual'") == [(0,)]
    assert opened.queue.current == before
    drag(opened.canvas, start + QPoint(0, 60), end + QPoint(0, 60))
    press(opened, Key.Key_Escape, Key.Key_Escape)
    assert len(rows(copied, ADDED)) == 1, "Esc drops what is pending"


def test_the_handles_and_the_inside_adjust_the_box(opened, copied):
    press(opened, Key.Key_A)
    start, end = empty_ground(opened)
    drag(opened.canvas, start, end)
    drag(opened.canvas, end, end + QPoint(10, 6))  # the corner
    left = QPoint(start.x(), (start.y() + end.y() + 6) // 2)
    drag(opened.canvas, left, left - QPoint(8, 0))  # the side
    middle = (start + end) / 2
    drag(opened.canvas, middle, middle + QPoint(4, -4))
    assert rows(copied, NONE_ADDED) == [(0,)]
    press(opened, Key.Key_Return)
    if "here already" in opened.panel.message.text():
        press(opened, Key.Key_Return)
    ((*_, xmin, ymin, xmax, ymax),) = rows(copied, ADDED)
    expected = (
        *px_at(opened, start + QPoint(-8 + 4, -4)),
        *px_at(opened, end + QPoint(10 + 4, 6 - 4)),
    )
    assert (xmin, ymin, xmax, ymax) == pytest.approx(expected, abs=0.6)


def test_a_then_enter_doubles_nothing(opened, copied):
    press(opened, Key.Key_A, Key.Key_Return, Key.Key_Return, Key.Key_Return)
    assert rows(copied, NONE_ADDED) == [(0,)]
    assert "There is no box yet" in opened.panel.message.text()


def test_a_box_over_an_animal_asks(opened, copied):
    box = opened.queue.current.box_px
    press(opened, Key.Key_A)
    drag(opened.canvas, screen(opened, box[0] - 2, box[1] - 2), screen(opened, box[2] + 2, box[3] + 2))
    press(opened, Key.Key_Return)
    assert rows(copied, NONE_ADDED) == [(0,)]
    assert "An animal is here already: sheep" in opened.panel.message.text()
    press(opened, Key.Key_Escape)
    assert opened.drawing is not None
    press(opened, Key.Key_Return)
    assert rows(copied, NONE_ADDED) == [(0,)]
    drag(opened.canvas, screen(opened, box[0] - 2, box[1] - 2), screen(opened, box[2] + 2, box[3] + 2))
    press(opened, Key.Key_Return, Key.Key_Return)
    assert rows(copied, NONE_ADDED) == [(1,)], "two animals may lie one over the other"
    press(opened, Key.Key_U)
    assert rows(copied, NONE_ADDED) == [(0,)]
    assert opened.drawing is not None


def test_drawing_can_be_given_up_and_not_done_where_there_is_no_photo(opened):
    press(opened, Key.Key_A, Key.Key_Escape)
    assert opened.drawing is None
    extent = opened.canvas.extent()
    extent.setXMinimum(extent.xMinimum() + 10_000)
    extent.setXMaximum(extent.xMaximum() + 10_000)
    opened.canvas.setExtent(extent)
    press(opened, Key.Key_A, Key.Key_Down)
    assert "There is no image here" in opened.panel.message.text()
    press(opened, Key.Key_Escape, Key.Key_C)
    assert opened.queue.tally[:1] + opened.queue.tally[4:] == (len(opened.queue) - 1, 0)


def test_a_point_is_said_to_be_one(qgis_iface, qgis_new_project, copied):
    change(copied, "UPDATE detections SET kind = 'point' WHERE fid % 2")
    dock = new_dock(qgis_iface)
    assert dock.open(copied), dock.panel.message.text()
    shown = set()
    while (one := dock.queue.current) is not None and len(shown) < 2:
        dock.card.show_detection(one, None, None)
        assert dock.card.title.text().endswith("(point)") == one.is_point == (one.fid % 2 == 1)
        shown.add(one.is_point)
        dock.queue.next()
    assert shown == {True, False}
    put_away(dock)

"""What was reviewed can be looked at again and changed: by its state, by a click, by a step of before; boxes too."""

import pytest
from qgis.core import QgsPointXY
from qgis.PyQt.QtCore import QEvent, QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QMouseEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from qgis_plugin.review.wanted import certainty
from tests.geopackage_checker import check_geopackage
from tests.plugin.reviewing import change, counts_layer, herdmap_count, press, rows

Key = Qt.Key
PLAIN, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
STATES = "SELECT review, count(*) FROM detections WHERE run_id != 'manual' GROUP BY review"


def choose(combo, data):
    """Choose an entry of a list by keys, as a person does."""
    combo.setFocus()
    while combo.currentData() != data:
        QTest.keyClick(combo, Key.Key_Down if combo.currentIndex() < combo.findData(data) else Key.Key_Up)


def screen(canvas, x, y):
    place = canvas.getCoordinateTransform().transform(QgsPointXY(x, y))
    return QPoint(round(place.x()), round(place.y()))


def click(canvas, point):
    QTest.mouseClick(canvas.viewport(), LEFT, PLAIN, point)


def drag(canvas, start, end):
    """With the button held, which Qt's own `mouseMove` does not say."""
    view = canvas.viewport()
    kinds = QEvent.Type
    parts = [
        QPoint(round(start.x() + t * (end - start).x()), round(start.y() + t * (end - start).y()))
        for t in (0.3, 0.7, 1)
    ]
    events = [(kinds.MouseButtonPress, start, LEFT, LEFT), *((kinds.MouseMove, at, NONE, LEFT) for at in parts)]
    for kind, at, button, held in (*events, (kinds.MouseButtonRelease, end, LEFT, NONE)):
        there = QPointF(view.mapToGlobal(at))
        QApplication.sendEvent(view, QMouseEvent(kind, QPointF(at), there, button, held, PLAIN))


def corner(dock, one, number):
    """A corner of a box on the screen: top left, bottom left, bottom right, top right."""
    return screen(dock.canvas, *one.ring[2 * number : 2 * number + 2])


def test_the_queue_by_state_and_by_reviewer(opened, copied):
    first = opened.queue.current
    press(opened, Key.Key_C, Key.Key_X, Key.Key_N)
    QTest.keyClicks(opened.typing.line, "why")
    press(opened, Key.Key_Return)
    noted = opened.queue.current
    opened.panel.reviewer.setText("Bob")
    press(opened, Key.Key_Right, Key.Key_C)
    choice = opened.panel.choice
    choice.setCollapsed(False)
    for state, number in (("confirmed", 2), ("rejected", 1), ("noted", 1), ("added", 0), ("all", len(opened.queue))):
        choose(choice.state, state)
        assert len(opened.queue) == number, state
    choose(choice.state, "confirmed")
    choose(choice.by, "Ann")
    assert [opened.queue.current.fid, len(opened.queue)] == [first.fid, 1]
    press(opened, Key.Key_X)  # changed after all
    assert dict(rows(copied, STATES))["rejected"] == 2
    choose(choice.state, "noted")
    assert opened.queue.current.fid == noted.fid
    choose(choice.state, "rejected")
    choose(choice.by, "")
    assert len(opened.queue) == 2
    press(opened, Key.Key_C, Key.Key_C)
    assert "rejected" not in dict(rows(copied, STATES))


def test_a_survey_of_which_nothing_was_found_says_so(opened):
    choose(opened.panel.choice.state, "added")
    assert opened.panel.card.title.text() == "Nothing to review"


def test_the_most_doubtful_come_first(of_photos, posed):
    choose(of_photos.panel.choice.order, "doubt")
    one = of_photos.queue.current
    share = "coalesce(sqrt(1.0 * seen / looks), 1)"
    least = rows(posed, f"SELECT fid FROM detections WHERE counted ORDER BY score * {share}, fid LIMIT 1")
    assert least == [(one.fid,)]
    assert certainty(one._replace(runner_up=None), (1, 4)) == pytest.approx(one.score / 2)
    assert certainty(one._replace(score=0.6, runner_up=("goat", 0.5))) == pytest.approx(0.1)


def test_animals_that_one_photo_of_several_shows_are_a_queue_of_their_own(of_photos, posed):
    state = of_photos.panel.choice.state
    state.setFocus()
    QTest.keyClick(state, Key.Key_Down)
    assert state.currentData() == "seen once"
    change(posed, "UPDATE detections SET seen = 5, looks = 5")
    for (fid,) in rows(posed, "SELECT fid FROM detections WHERE counted ORDER BY fid LIMIT 3"):
        change(posed, f"UPDATE detections SET seen = 1 WHERE fid = {fid}")
    choose(state, "unreviewed")
    choose(state, "seen once")
    wanted = {fid for (fid,) in rows(posed, "SELECT fid FROM detections WHERE seen = 1")}
    assert {one.fid for one in of_photos.queue.queued(0, 9)} == wanted
    press(of_photos, Key.Key_X)
    choose(state, "unreviewed")
    choose(state, "seen once")
    assert len(of_photos.queue) == 2
    assert not of_photos.panel.choice.by.isEnabled()


def test_a_click_on_a_box_takes_it_and_the_review_goes_on_where_it_was(opened, copied):
    before, visible = opened.queue.current, opened.canvas.extent()
    others = [one for one in opened.queue.rows.all() if one.fid != before.fid]
    other = next(one for one in others if visible.contains(QgsPointXY(*one.centre)))
    click(opened.canvas, screen(opened.canvas, *other.centre))
    assert opened.queue.current.fid == other.fid
    press(opened, Key.Key_X)
    assert rows(copied, "SELECT review FROM detections WHERE fid = ?", other.fid) == [("rejected",)]
    assert opened.queue.current == before


def test_a_drag_moves_the_map_and_takes_nothing(opened):
    before, extent = opened.queue.current, opened.canvas.extent()
    drag(opened.canvas, QPoint(300, 200), QPoint(340, 230))
    assert opened.canvas.extent() != extent
    assert opened.queue.current == before


def test_a_click_in_the_photo_takes_a_box_too(of_photos):
    dock = of_photos
    current = dock.queue.current
    mine = {current.fid, *(one.fid for one in dock.queue.sightings(current))}
    visible = dock.photo.extent()
    boxes = [(one, QgsPointXY((one.box_px[0] + one.box_px[2]) / 2, -(one.box_px[1] + one.box_px[3]) / 2))
             for one in dock.queue.of_image(current.image) if one.fid not in mine]  # fmt: skip
    other, place = next((one, place) for one, place in boxes if visible.contains(place))
    click(dock.photo, screen(dock.photo, place.x(), place.y()))
    assert dock.queue.current.fid == other.fid


def test_the_steps_can_be_walked_back(opened, copied):
    first = opened.queue.current
    press(opened, Key.Key_C, Key.Key_X, Key.Key_C)
    steps = opened.panel.steps
    steps.setCollapsed(False)
    QApplication.processEvents()
    assert [steps.list.item(row).text().split(" – ")[0] for row in range(3)] == [
        "3. sheep: confirmed",
        "2. sheep: rejected",
        "1. sheep: confirmed",
    ]
    place = steps.list.visualItemRect(steps.list.item(2)).center()
    QTest.mouseClick(steps.list.viewport(), LEFT, PLAIN, place)
    assert opened.queue.current.fid == first.fid
    press(opened, Key.Key_X)
    assert rows(copied, "SELECT review FROM detections WHERE fid = ?", first.fid) == [("rejected",)]
    press(opened, Key.Key_U)
    assert rows(copied, "SELECT review FROM detections WHERE fid = ?", first.fid) == [("confirmed",)]


BOX = "SELECT xmin, ymin, xmax, ymax, review, reviewer FROM detections WHERE fid = ?"


def test_a_box_is_resized_by_its_handles_and_saved_by_enter(opened, copied, herdmap_python):
    one = opened.queue.current
    press(opened, Key.Key_E)
    corner_at = corner(opened, one, 2)
    drag(opened.canvas, corner_at, corner_at + QPoint(9, 7))
    assert rows(copied, BOX, one.fid)[0] == (*one.box_px, "unreviewed", None)
    press(opened, Key.Key_Escape)
    assert opened.drawing is None
    press(opened, Key.Key_E)
    drag(opened.canvas, corner_at, corner_at + QPoint(9, 7))
    press(opened, Key.Key_Return)
    xmin, ymin, xmax, ymax, *said = rows(copied, BOX, one.fid)[0]
    assert (xmin, ymin) == pytest.approx(one.box_px[:2], abs=0.01)
    assert xmax > one.box_px[2] + 1
    assert ymax > one.box_px[3] + 1
    assert said == ["confirmed", "Ann"]
    check_geopackage(copied)
    press(opened, Key.Key_U)
    assert rows(copied, BOX, one.fid)[0] == (*one.box_px, "unreviewed", None)
    check_geopackage(copied)


def test_a_box_that_is_moved_away_outlives_the_next_run(opened, copied, herdmap_python):
    one, total = opened.queue.current, len(opened.queue)
    press(opened, Key.Key_E)
    middle = screen(opened.canvas, *one.centre)
    drag(opened.canvas, middle, middle + QPoint(70, 60))
    press(opened, Key.Key_Return)
    assert rows(copied, BOX, one.fid)[0][4] == "rejected"
    (drawn,) = rows(copied, "SELECT fid FROM detections WHERE run_id = 'manual'")[0]
    assert rows(copied, BOX, drawn)[0][4:] == ("confirmed", "Ann")
    counted = {cell: n for cell, n in herdmap_count(herdmap_python, copied).items() if n}
    assert sum(counted.values()) == total
    assert {cell: n for cell, n in counts_layer(copied).items() if n} == counted
    check_geopackage(copied)


def test_a_box_is_split_and_two_are_merged(opened, copied, herdmap_python):
    one, total = opened.queue.current, len(opened.queue)
    press(opened, Key.Key_S)
    halves = rows(copied, "SELECT xmin, ymin, xmax, ymax FROM detections WHERE run_id = 'manual' ORDER BY fid")
    assert len(halves) == 2
    assert (halves[0][:2], halves[1][2:]) == (pytest.approx(one.box_px[:2]), pytest.approx(one.box_px[2:]))
    assert sum(herdmap_count(herdmap_python, copied).values()) == total + 1
    assert opened.queue.current.by_hand, "the first half is in hand, to be adjusted"
    second = next(o for o in opened.queue.rows.all() if o.by_hand and o.fid != opened.queue.current.fid)
    press(opened, Key.Key_M)
    click(opened.canvas, screen(opened.canvas, *second.centre))
    (merged,) = rows(
        copied, "SELECT xmin, ymin, xmax, ymax FROM detections WHERE run_id = 'manual' AND review = 'confirmed'"
    )
    assert merged == pytest.approx(one.box_px)
    assert sum(herdmap_count(herdmap_python, copied).values()) == total
    check_geopackage(copied)
    press(opened, Key.Key_U, Key.Key_U)
    assert rows(copied, "SELECT count(*) FROM detections WHERE run_id = 'manual'") == [(0,)]
    assert dict(rows(copied, STATES)) == {"unreviewed": total}


def test_a_merge_can_be_given_up_and_shift_x_speaks_of_one_photo_alone(of_photos, posed):
    dock = of_photos
    press(dock, Key.Key_M, Key.Key_Escape)
    assert not dock.reshaping.merging
    while not dock.queue.sightings(dock.queue.current):
        press(dock, Key.Key_Right)
    one = dock.queue.current
    (other,) = dock.queue.sightings(one)
    press(dock, Key.Key_BracketRight)
    press(dock, Key.Key_X, modifier=SHIFT)
    said = dict(rows(posed, "SELECT fid, review FROM detections WHERE animal_id = ?", one.animal_id))
    assert said == {one.fid: "unreviewed", other.fid: "rejected"}

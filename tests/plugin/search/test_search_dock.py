"""The search by keys and clicks alone: what it writes, what it takes back, and what later commands make of it."""

import shutil
import time

import pytest
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from qgis_plugin.search.dock import SearchDock
from qgis_plugin.search.sample import Sample
from tests.geopackage_checker import check_geopackage
from tests.plugin.hurried import double_click, hold
from tests.plugin.reviewing import rows
from tests.plugin.search.sampled import estimates, marked_by_hand, table

Key = Qt.Key
MARKS = "SELECT image, class, xmin, ymin, xmax, ymax, review, reviewer, run_id FROM detections ORDER BY fid"
STATUS = "SELECT path, status FROM images ORDER BY fid"
SEARCHES = "SELECT image, cell, reviewer FROM searches ORDER BY fid"


@pytest.fixture
def dock(qgis_iface, qgis_new_project):
    dock = SearchDock(qgis_iface)
    dock.resize(900, 700)
    dock.show()
    dock.panel.observer.setText("Ann")
    yield dock
    dock.close()
    dock.put_away()
    QgsProject.instance().clear()
    dock.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


@pytest.fixture
def begun(practice, herdmap, tmp_path):
    """A survey without a model of two photos, to write to."""
    shutil.copytree(practice / "photos", tmp_path / "photos")
    path = tmp_path / "survey é.gpkg"
    herdmap("survey", tmp_path / "photos", "-o", path, "--class", "sheep", "--class", "goat", "--agl", 30)
    return path


def wait(dock):
    """Until the picture of the cell in hand is there."""
    until = time.monotonic() + 20
    while dock.session.place is not None and dock._picture() is None:
        QApplication.processEvents()
        assert time.monotonic() < until
    QApplication.processEvents()


def press(dock, *keys):
    for key in keys:
        wait(dock)
        QTest.keyClick(dock.view, key)


def at(dock, x, y):
    point = dock.view.to_widget(x, y)
    return QPoint(round(point.x()), round(point.y()))


def click(dock, x, y, button=Qt.MouseButton.LeftButton):
    wait(dock)
    QTest.mouseClick(dock.view, button, Qt.KeyboardModifier.NoModifier, at(dock, x, y))


def drag(dock, x0, y0, x1, y1):
    wait(dock)
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    QTest.mousePress(dock.view, left, none, at(dock, x0, y0))
    QTest.mouseMove(dock.view, at(dock, x1, y1))
    QTest.mouseRelease(dock.view, left, none, at(dock, x1, y1))


def middle(dock):
    x0, y0, x1, y1 = dock.session.place.cell.box
    return (x0 + x1) / 2, (y0 + y1) / 2


def test_cell_by_cell_by_keys_and_clicks(dock, begun):
    assert dock.open(begun)
    (first, _), (second, _) = rows(begun, STATUS)
    x, y = middle(dock)
    drag(dock, x - 15, y - 10, x + 15, y + 10)
    press(dock, Key.Key_2)
    click(dock, x + 60, y)
    press(dock, Key.Key_Space)
    assert rows(begun, SEARCHES) == [(first, 1, "Ann")]
    sheep, goat = rows(begun, MARKS)
    assert (sheep[0], sheep[1], goat[1]) == (first, "sheep", "goat")
    assert sheep[6:] == goat[6:] == ("confirmed", "Ann", "manual")
    assert sheep[2:6] == pytest.approx((x - 15, y - 10, x + 15, y + 10), abs=2)
    assert goat[4] - goat[2] == pytest.approx(sheep[4] - sheep[2], abs=0.02)  # the usual size
    assert (goat[2] + goat[4]) / 2 == pytest.approx(x + 60, abs=1)
    assert rows(begun, STATUS) == [(first, "pending"), (second, "pending")]
    press(dock, *[Key.Key_Space] * 14)
    assert rows(begun, STATUS) == [(first, "done"), (second, "pending")]
    assert rows(begun, "SELECT detections FROM images") == [(2,), (0,)]
    assert dock.session.place.photo.image.path == second
    assert "1 of 2 images" in dock.panel.progress.format()
    press(dock, *[Key.Key_Return] * 15)
    assert dock.session.place is None
    assert {status for _, status in rows(begun, STATUS)} == {"done"}
    assert len(rows(begun, SEARCHES)) == 30
    check_geopackage(begun)


def test_another_photo_first_and_what_was_left_out_at_the_end(dock, begun):
    dock.panel.grids.setCurrentIndex(dock.panel.grids.findText("1 × 1"))
    assert dock.open(begun)
    (first, _), (second, _) = rows(begun, STATUS)
    press(dock, Key.Key_PageDown)
    assert dock.session.place.photo.image.path == second
    press(dock, Key.Key_Space)
    assert rows(begun, STATUS) == [(first, "pending"), (second, "done")]
    assert dock.session.place.photo.image.path == first
    press(dock, Key.Key_PageUp)
    assert dock.session.place.photo.image.path == first, "no other photo is left"
    press(dock, Key.Key_Space)
    assert dock.session.place is None
    assert rows(begun, STATUS) == [(first, "done"), (second, "done")]


def test_undo_takes_back_marks_and_searches_in_turn(dock, begun):
    dock.panel.grids.setCurrentIndex(dock.panel.grids.findText("1 × 1"))
    assert dock.open(begun)
    x, y = middle(dock)
    before = rows(begun, STATUS)
    click(dock, x, y)
    press(dock, Key.Key_Space)
    assert rows(begun, STATUS)[0][1] == "done"
    press(dock, Key.Key_U)
    assert (rows(begun, SEARCHES), rows(begun, STATUS), len(rows(begun, MARKS))) == ([], before, 1)
    assert dock.session.place.photo.image.path == before[0][0]
    press(dock, Key.Key_U, Key.Key_U)
    assert rows(begun, MARKS) == []
    press(dock, Key.Key_Space, Key.Key_Left)
    assert dock.session.place.photo.image.path == before[0][0]
    press(dock, Key.Key_Space)
    assert rows(begun, SEARCHES) == [(before[0][0], 1, "Ann")]  # it was searched already
    assert dock.session.place.photo.image.path == before[1][0]
    check_geopackage(begun)


def test_the_right_button_takes_a_mark_away_and_a_second_click_marks_no_animal_twice(dock, begun):
    assert dock.open(begun)
    x, y = middle(dock)
    click(dock, x, y)
    click(dock, x + 2, y)
    assert len(rows(begun, MARKS)) == 1
    assert "marked already" in dock.panel.message.text()
    click(dock, x, y, Qt.MouseButton.RightButton)
    assert [row[6] for row in rows(begun, MARKS)] == ["rejected"]
    assert dock.session.marks() == []
    click(dock, x, y)
    assert [row[6] for row in rows(begun, MARKS)] == ["rejected", "confirmed"]


def test_two_observers_apart(dock, begun):
    dock.panel.grids.setCurrentIndex(dock.panel.grids.findText("1 × 1"))
    assert dock.open(begun)
    x, y = middle(dock)
    click(dock, x, y)
    press(dock, Key.Key_Space, Key.Key_Space)
    assert dock.session.place is None
    dock.panel.observer.setText("Ben")
    dock.panel.hidden.setChecked(True)
    dock.panel.together.setChecked(False)
    wait(dock)
    assert dock.session.place is not None
    assert dock.session.marks() == []
    assert "0 of 2 images" in dock.panel.progress.format()
    click(dock, 30, 30)
    press(dock, Key.Key_Space)
    assert [who for *_, who in rows(begun, SEARCHES)] == ["Ann", "Ann", "Ben"]
    assert [row[7] for row in rows(begun, MARKS)] == ["Ann", "Ben"]
    dock.panel.hidden.setChecked(False)
    assert "1 of 2 images" in dock.panel.progress.format()


def test_what_was_not_seen_is_not_searched(dock, begun):
    assert dock.open(begun)
    (begun.parent / "photos" / dock.session.path.name).write_bytes(b"")
    dock.pixels._kept.clear()
    deadline = time.monotonic() + 20
    while "cannot be shown" not in dock.view._words and time.monotonic() < deadline:
        dock._show_cell()
        QApplication.processEvents()
    for key in (Key.Key_Space, Key.Key_Return, Key.Key_Right):
        QTest.keyClick(dock.view, key)
    QTest.mouseClick(dock.view, Qt.MouseButton.LeftButton)
    assert (rows(begun, SEARCHES), rows(begun, MARKS)) == ([], [])


def test_hands_that_hurry_search_one_cell_and_say_one_thing(dock, begun):
    assert dock.open(begun)
    wait(dock)
    double_click(dock.panel.buttons["next"])
    assert len(rows(begun, SEARCHES)) == 1
    wait(dock)
    hold(dock.view, Key.Key_Space)
    assert len(rows(begun, SEARCHES)) == 2
    x, y = middle(dock)
    for away in (-3, 3):  # two animals that lie over each other
        dock.session.mark((x + away - 20, y - 20, x + away + 20, y + 20))
    double_click(dock.view, Qt.MouseButton.RightButton, at(dock, x, y))
    assert sorted(row[6] for row in rows(begun, MARKS)) == ["confirmed", "rejected"]
    hold(dock.view, Key.Key_U)
    assert [row[6] for row in rows(begun, MARKS)] == ["confirmed", "confirmed"]


def test_an_image_that_was_away_is_shown_when_it_is_there_again(dock, begun):
    away = next((begun.parent / "photos").iterdir())
    photo = away.rename(away.with_suffix(".away")) and away
    assert dock.open(begun)
    assert dock.session.path == photo
    until = time.monotonic() + 20
    while "does not exist" not in dock.view._words and time.monotonic() < until:
        QApplication.processEvents()
    assert "cannot be shown: it does not exist" in dock.view._words
    for key in (Key.Key_C, Key.Key_X, Key.Key_Space):
        QTest.keyClick(dock.view, key)
    assert rows(begun, SEARCHES) == []
    photo.with_suffix(".away").rename(photo)
    dock.look_again()
    wait(dock)
    assert dock._picture() is not None


def test_an_orthomosaic_is_searched_in_strips_that_fit_the_window(dock, practice, herdmap, tmp_path):
    shutil.copyfile(practice / "orthomosaic.tif", tmp_path / "o.tif")
    path = tmp_path / "s.gpkg"
    herdmap("survey", tmp_path / "o.tif", "-o", path)
    assert dock.open(path)
    QApplication.processEvents()
    width, height = dock.view.native_size
    count = dock.session.place.of
    while dock.session.place is not None:
        x0, y0, x1, y1 = dock.session.place.cell.box
        assert x1 - x0 <= width
        assert y1 - y0 <= height
        press(dock, Key.Key_Space)
    assert len(rows(path, SEARCHES)) == count > 3
    assert rows(path, STATUS) == [("o.tif", "done")]
    check_geopackage(path)


def test_find_more_asks_for_it_with_this_survey(dock, begun):
    asked = []
    dock.find_wanted.connect(asked.append)
    assert dock.open(begun)
    press(dock, Key.Key_F)
    assert asked == [str(begun)]


def test_a_later_run_of_the_detector_keeps_it(dock, begun, herdmap):
    assert dock.open(begun)
    click(dock, *middle(dock))
    press(dock, Key.Key_Space)
    kept = rows(begun, SEARCHES)
    dock.close()
    QgsProject.instance().clear()
    herdmap("detect", begun.parent / "photos", "-o", begun)
    assert rows(begun, SEARCHES) == kept
    assert [row[7] for row in rows(begun, MARKS)].count("Ann") == 1
    check_geopackage(begun)


def test_a_command_that_writes_the_survey_meanwhile_costs_nothing(dock, begun, herdmap):
    assert dock.open(begun)
    press(dock, Key.Key_Space)
    herdmap("georeference", begun, "--agl", 31)
    dock.look_again()
    assert dock.session.place.cell.number == 2
    press(dock, Key.Key_Space)
    assert [cell for _, cell, _ in rows(begun, SEARCHES)] == [1, 2]


def test_ground_that_searched_images_show_is_passed_over_on_wish(dock, begun):
    assert dock.open(begun)
    (first, _), (second, _) = rows(begun, STATUS)
    press(dock, *[Key.Key_Space] * 15)
    assert dock.view._grounds  # the photo before is drawn into this one
    assert dock.session.place.cell.number == 1
    dock.panel.once.setChecked(True)
    left = [dock.session.place.cell.number]
    while dock.session.place is not None:
        left.append(dock.session.place.cell.number)
        press(dock, Key.Key_Space)
    found = rows(begun, SEARCHES)
    assert 0 < len(found) - 15 < 15
    assert rows(begun, STATUS) == [(first, "done"), (second, "done")]
    (reason,) = rows(begun, "SELECT reason FROM images WHERE path = ?", second)[0]
    assert reason.startswith("searched in part: other images show the rest")
    assert "2 of 2 images · 100 %" in dock.panel.progress.format()
    check_geopackage(begun)
    press(dock, Key.Key_U)
    assert rows(begun, STATUS)[1] == (second, "pending")
    press(dock, Key.Key_Space)
    assert dock.open(begun)
    assert dock.session.place is None


def test_who_goes_on_another_day_marks_the_class_of_before(dock, begun, qgis_iface):
    """It was the first one, such as `animal`, which every new survey has: half of the seals were another class then."""
    assert dock.open(begun)
    assert dock.session.class_name == dock.session.classes[0]
    dock.session.name_class("seal")
    drag(dock, 10, 10, 40, 30)
    again = SearchDock(qgis_iface)
    again.show()
    assert again.open(begun)
    assert again.session.class_name == "seal"
    again.close()
    again.put_away()
    again.deleteLater()


def test_a_sample_is_marked_and_corrects_the_estimate_as_one_marked_by_hand(dock, posed, practice, herdmap):
    """Detections are confirmed and rejected in the search, missed animals marked, and each photo called reviewed."""
    sample, strata = posed.parent / "sample.csv", posed.parent / "strata.csv"
    herdmap("sample", posed, "-o", sample)
    hand = marked_by_hand(herdmap, posed, posed.parent / "hand.csv")  # drawn before anything is searched, too
    strata.write_text("stratum,area_km2\nsimulated,2\n")
    assert dock.open(posed, sample)
    wait(dock)
    first = table(sample)[0]["photo"]
    assert dock.session.place.photo.image.path == first
    rejected = 0
    while dock.session.place is not None:
        here = dock.session.place
        wait(dock)
        waiting = dock.session.unreviewed()
        if waiting:
            press(dock, Key.Key_Space)
            assert dock.session.place == here  # an open detection is not passed over
            assert "not reviewed" in dock.panel.message.text()
        if waiting and rejected < 2:
            x0, y0, x1, y1 = waiting[0].box_px
            click(dock, (x0 + x1) / 2, (y0 + y1) / 2, Qt.MouseButton.RightButton)
            rejected += 1
        if here.cell.number == 1:
            click(dock, 6, 6)
        press(dock, Key.Key_C, Key.Key_Space)
    assert [row["reviewed"] for row in table(sample)] == ["yes"] * 2
    assert len(rows(posed, "SELECT 1 FROM detections WHERE review = 'rejected'")) == 2
    assert len(rows(posed, "SELECT 1 FROM detections WHERE run_id = 'manual'")) == 2
    check_geopackage(posed)
    wanted = ("estimate", posed, "--transects", practice / "transects.gpkg", "--strata", strata, "--raw", "--correct")
    corrected = estimates(herdmap, *wanted, sample)
    by_hand = estimates(herdmap, *wanted, hand)
    assert corrected == pytest.approx(by_hand, rel=1e-9, abs=1e-9)
    assert corrected["estimate"] > 0
    press(dock, Key.Key_U)
    assert [row["reviewed"] for row in table(sample)].count("yes") == 1


def test_photos_of_both_kinds_take_turns_and_those_searched_before_are_not_asked_for(tmp_path):
    """Whoever stops early has reviewed some of both: else nothing could be estimated."""
    lines = [
        "searched,1,s.jpg,0,yes",
        *(f"positive,{n},p{n}.jpg,3," for n in (1, 2, 3)),
        "empty,2,e2.jpg,0,",
        "empty,1,e1.jpg,0,yes",
    ]
    (tmp_path / "sample.csv").write_text(
        "\n".join(["called,order,photo,detections,reviewed", *lines]), encoding="utf-8"
    )
    sample = Sample(tmp_path / "sample.csv")
    assert sample.photos == ["p1.jpg", "e1.jpg", "p2.jpg", "e2.jpg", "p3.jpg"]
    assert sample.marked() == {"e1.jpg"}


def test_a_photo_of_the_sample_that_was_searched_before_is_marked(dock, begun, herdmap):
    """The search does not lead to it again, so it would wait for ever."""
    sample = begun.parent / "sample.csv"
    dock.panel.grids.setCurrentIndex(dock.panel.grids.findText("1 × 1"))
    assert dock.open(begun)
    press(dock, Key.Key_Space)
    herdmap("sample", begun, "-o", sample)
    assert [(row["called"], row["reviewed"]) for row in table(sample)] == [("searched", "yes")], "it is known"
    sample.write_text(sample.read_text(encoding="utf-8").replace("searched,", "empty,").replace("yes", ""), "utf-8")
    assert dock.open(begun, sample)
    assert [row["reviewed"] for row in table(sample)] == ["yes"]
    assert dock.session.place is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("photo,order\na.jpg,1\n", "no column called"),
        ("called,order,photo,detections,reviewed\nempty,x,a.jpg,0,\n", "is not a sample"),
        ("called,order,photo,detections,reviewed\nempty,1,a.jpg,0,\n", "not in this survey"),
        ("", "no column called"),
    ],
)
def test_a_sample_that_does_not_fit_is_said(dock, begun, text, said):
    path = begun.parent / "sample.csv"
    path.write_text(text)
    assert not dock.open(begun, path)
    assert said in dock.panel.message.text()
    assert path.read_text() == text

"""Two reviewers in the window: a blind copy, the merge, and the conflicts, which keys settle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from qgis.PyQt.QtCore import QEventLoop, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDialogButtonBox, QFileDialog

from qgis_plugin.panel.state import read_state
from qgis_plugin.review.conflicts import read_conflicts
from qgis_plugin.review.queue import ReviewQueue, now
from qgis_plugin.review.second_reviewer import copy_survey
from tests.plugin.reviewing import change, press, rows

Key = Qt.Key
_STATES = "SELECT review, count(*) FROM detections GROUP BY review ORDER BY review"


def wait(holds: Callable[[], bool], seconds: int = 120) -> None:
    """Let QGIS work until this holds."""
    loop, end, look = QEventLoop(), QTimer(), QTimer()
    end.timeout.connect(loop.quit)
    look.timeout.connect(lambda: loop.quit() if holds() else None)
    end.start(seconds * 1000)
    look.start(20)
    if not holds():
        loop.exec()
    assert holds()


def choose(dock: Any, beginning: str) -> None:
    """An entry of the menu “More”."""
    (entry,) = [one for one in dock.panel.more.menu().actions() if one.text().startswith(beginning)]
    entry.trigger()
    QApplication.processEvents()


def test_from_a_blind_copy_to_settled_conflicts(
    provider: Any, opened: Any, copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ann and Bob agree on one animal and disagree on two; Ann then settles both."""
    fids = [one.fid for one in opened.queue.queued(0, 4)]
    press(opened, Key.Key_C, Key.Key_C, Key.Key_X)
    choose(opened, "Copy for")
    dialog = opened.two.dialog
    accept = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert not accept.isEnabled(), "nobody reviews it"
    QTest.keyClicks(dialog.name, "Bob K.")
    QTest.mouseClick(accept, Qt.MouseButton.LeftButton)
    copy = copied.with_name("found_Bob_K.gpkg")
    assert opened.queue.file.path == copy
    assert opened.panel.reviewer.text() == "Bob K."
    (state,) = rows(copy, _STATES)
    assert state[0] == "unreviewed", "Bob does not see what Ann said"
    assert [one.fid for one in opened.queue.queued(0, 4)] == fids
    press(opened, Key.Key_C, Key.Key_X, Key.Key_C)

    assert opened.open(copied)
    opened.panel.reviewer.setText("Ann")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", staticmethod(lambda *_: (str(copy), "")))
    choose(opened, "Merge with the copy")
    wait(lambda: opened.two.run is None)
    merged = copied.with_name("found_merged.gpkg")
    assert opened.queue.file.path == merged, opened.panel.message.text()
    window = opened.two.conflicts
    assert window.isVisible()
    assert len(window.conflicts) == 2
    assert window.about.text() == "0 of 2 conflicts are settled."
    texts = {window.sides[0].text().split("\n")[0], window.sides[1].text().split("\n")[0]}
    assert texts == {"Ann", "Bob K."}
    assert window.chip.pixmap() is not None

    # A review has the time in seconds: a word of Ann's within the second of her first one would be that first one.
    wait(lambda: now() > max(said.at for _, *both in window.conflicts for said in both))
    settle_and_undo(window, merged)


def settle_and_undo(window: Any, merged: Path) -> None:
    """Choose the rejections of both conflicts, take the last back, and choose the other word."""
    rejecting = 1 if "rejected" in window.sides[0].text() else 2
    first = window.conflicts[window.at].fid
    QTest.keyClick(window, Key.Key_0 + rejecting)
    query = "SELECT review, reviewer, note FROM detections WHERE fid = ?"
    ((review, reviewer, note),) = rows(merged, query, first)
    assert (review, reviewer) == ("rejected", "Ann")
    assert "conflict" in note, "the other word stays in the note"
    assert window.about.text() == "1 of 2 conflicts are settled."
    second = window.conflicts[window.at].fid
    assert second != first, "it goes on to the next one"
    confirming = 2 if "rejected" in window.sides[0].text() else 1
    QTest.mouseClick((window.choose_first, window.choose_second)[confirming - 1], Qt.MouseButton.LeftButton)
    assert window.about.text() == "2 of 2 conflicts are settled."
    QTest.keyClick(window, Key.Key_U)
    assert window.about.text() == "1 of 2 conflicts are settled."
    assert window.conflicts[window.at].fid == second
    QTest.keyClick(window, Key.Key_0 + confirming)
    assert rows(merged, query, second)[0][:2] == ("confirmed", "Ann")


def test_a_blind_copy_says_nothing_of_what_the_first_reviewer_said(opened: Any, copied: Path) -> None:
    """Reviews, drawn animals, own columns, searched cells, and all numbers that were made of them."""
    counted = "SELECT region, class, count, total FROM counts ORDER BY fid"
    images = "SELECT path, status, detections FROM images"
    before, found = rows(copied, counted), rows(copied, images)
    press(opened, Key.Key_X, Key.Key_X, Key.Key_X)
    opened.relabel("goat")
    assert rows(copied, counted) != before
    drawn = opened.queue.current._replace(box_px=(1.0, 1.0, 20.0, 20.0), note="said")
    assert opened.session.add(drawn._replace(class_name="calf", run_id=None, animal_id=None))
    change(
        copied,
        "ALTER TABLE detections ADD COLUMN sex TEXT",
        "UPDATE detections SET sex = 'female' WHERE review != 'unreviewed'",
        "CREATE TABLE estimates (stratum TEXT, class TEXT, estimate REAL)",
        "INSERT INTO estimates VALUES ('all', 'sheep', 12)",
        "CREATE TABLE searches (fid INTEGER PRIMARY KEY, image TEXT, cell INTEGER, xmin REAL, ymin REAL, xmax REAL,"
        " ymax REAL, reviewer TEXT, searched_at TEXT)",
        "INSERT INTO searches (image, reviewer) VALUES ('seen.jpg', 'Ann')",
        "INSERT INTO images (path, status, reason) VALUES ('seen.jpg', 'done', NULL), ('rest.jpg', 'done',"
        " 'searched in part: other images show the rest'), ('imported.jpg', 'done', NULL)",
    )
    kept = copied.read_bytes()
    copy = copied.with_name("blind.gpkg")
    copy_survey(copied, copy, blind=True)
    assert copied.read_bytes() == kept
    assert rows(copy, counted) == before
    assert rows(copy, images)[: len(found)] == found
    assert rows(copy, images)[len(found) :] == [
        ("seen.jpg", "pending", None),
        ("rest.jpg", "pending", None),
        ("imported.jpg", "done", None),
    ]
    for table in ("estimates", "searches"):
        assert rows(copy, f"SELECT count(*) FROM {table}") == [(0,)]
    assert rows(copy, "SELECT DISTINCT review, reviewed_class, reviewer, reviewed_at, note, sex FROM detections") == [
        ("unreviewed", None, None, None, None, None)
    ]
    assert rows(copy, "SELECT count(*) FROM detections WHERE class = 'calf'") == [(0,)]
    assert not read_state(copy).outdated


def test_counts_of_confirmed_animals_are_none_in_a_blind_copy(
    opened: Any, copied: Path, herdmap: Callable[..., str]
) -> None:
    press(opened, Key.Key_C, Key.Key_C)
    herdmap("count", copied, "--regions", copied.with_name("regions.gpkg"), "--review", "confirmed")
    assert rows(copied, "SELECT sum(count) FROM counts") == [(2,)]
    copy = copied.with_name("blind.gpkg")
    copy_survey(copied, copy, blind=True)
    assert rows(copy, "SELECT sum(count) FROM counts") == [(0,)]


def test_a_copy_never_replaces_a_file(opened: Any, copied: Path) -> None:
    there = copied.with_name("found_Bo.gpkg")
    there.write_bytes(b"reviews of somebody")
    choose(opened, "Copy for")
    opened.two.dialog.name.setText("Bo")
    opened.two.dialog.accept()
    assert there.read_bytes() == b"reviews of somebody"
    assert "may hold reviews" in opened.panel.message.text()
    assert opened.queue.file.path == copied
    choose(opened, "Conflicts of")
    assert "no table of conflicts" in opened.panel.message.text()
    assert not opened.two.conflicts.isVisible()


def test_a_verdict_on_one_of_two_points_on_a_spot_is_for_nobody_to_guess(tmp_path: Path) -> None:
    class Detections:
        """What is read of a queue."""

        detections = tuple(
            SimpleNamespace(fid=fid, image="a.jpg", box_px=(float(x), 2.0, float(x), 2.0))
            for fid, x in ((1, 1), (2, 1), (3, 9))
        )

    path = tmp_path / "merged.conflicts.csv"
    head = "image,xmin,ymin,xmax,ymax,first_verdict,first_reviewer,second_verdict,second_reviewer\n"
    lines = [f"a.jpg,{x}.00,2.00,{x}.00,2.00,rejected,Ann,confirmed cow,Bob\n" for x in (1, 9)]
    path.write_text(head + "".join(lines), encoding="utf-8")
    conflicts, others = read_conflicts(path, cast(ReviewQueue, Detections()))
    assert [one.fid for one in conflicts] == [3]
    assert others == 1

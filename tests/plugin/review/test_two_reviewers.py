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

from qgis_plugin.review.conflicts import read_conflicts
from qgis_plugin.review.queue import ReviewQueue
from tests.plugin.reviewing import press, rows

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

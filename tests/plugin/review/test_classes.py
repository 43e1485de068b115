"""A class keeps its key, and is one class however it is typed: else animals are counted as what nobody said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest

from qgis_plugin.review.classes import in_order, known_as, with_keys
from tests.plugin.reviewing import press, rows

Key = Qt.Key
_CLASSES = "SELECT DISTINCT coalesce(reviewed_class, class) FROM detections ORDER BY 1"


def test_classes_are_in_the_order_in_which_they_were_named() -> None:
    said = [("2026-05-02", "ant"), (None, "sheep"), ("2026-05-01", "zebra"), ("2026-05-03", "zebra"), (None, "dog")]
    assert in_order(["goat", "sheep"], said) == ["goat", "sheep", "dog", "zebra", "ant"]
    assert in_order([], []) == []
    assert with_keys([str(n) for n in range(12)])[-1] == "9 8"


def test_a_class_is_known_however_it_is_typed() -> None:
    classes = ["Sheep", "cow", "sheep", "Grévy's zebra"]
    for typed, meant in (
        ("sheep", "sheep"),
        ("SHEEP", "Sheep"),
        (" Cow ", "cow"),
        ("gre\u0301vy's  ZEBRA", "Grévy's zebra"),
        ("calf", "calf"),
        ("  red   deer ", "red deer"),
        (" ", ""),
    ):
        assert known_as(typed, classes) == meant


def _name(dock: Any, typed: str) -> None:
    press(dock, Key.Key_L)
    QTest.keyClicks(dock.typing.line, typed)
    press(dock, Key.Key_Return)


def test_keys_are_shown_and_stay_when_the_survey_is_opened_again(opened: Any, copied: Path, monkeypatch: Any) -> None:
    from qgis_plugin.review import queue

    times = iter(f"2026-05-01T10:00:{second:02}Z" for second in range(60))
    monkeypatch.setattr(queue, "now", lambda: next(times))
    assert not opened.panel.keys.isVisible(), "with one class there is nothing to choose"
    _name(opened, "zebra")
    _name(opened, "Ant")
    _name(opened, "ZEBRA")
    _name(opened, " ant")
    assert rows(copied, _CLASSES) == [("Ant",), ("sheep",), ("zebra",)], "as many classes as there are"
    assert opened.panel.keys.isVisible()
    shown = opened.panel.keys.text()
    assert shown.endswith("1 sheep · 2 zebra · 3 Ant")
    assert opened.open(copied)
    assert opened.panel.keys.text() == shown
    fid = opened.queue.current.fid
    press(opened, Key.Key_2)
    assert rows(copied, "SELECT reviewed_class FROM detections WHERE fid = ?", fid) == [("zebra",)]

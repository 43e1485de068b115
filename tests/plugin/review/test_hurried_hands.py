"""What nobody has looked at is not reviewed: neither by a double click, nor by a key that is held down."""

from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import Qt

from tests.plugin.hurried import double_click, hold
from tests.plugin.reviewing import press, rows

Key = Qt.Key
REVIEWED = "SELECT review FROM detections WHERE review != 'unreviewed' ORDER BY fid"


def test_a_double_click_reviews_one_animal(opened: Any, copied: Path) -> None:
    double_click(opened.panel.buttons["confirm"])
    assert rows(copied, REVIEWED) == [("confirmed",)]
    double_click(opened.panel.buttons["reject"])
    assert len(rows(copied, REVIEWED)) == 2


def test_a_key_that_is_held_reviews_one_animal_and_takes_one_step_back(opened: Any, copied: Path) -> None:
    for number, key in enumerate((Key.Key_C, Key.Key_X, Key.Key_Return, Key.Key_1), 1):
        hold(opened.card, key)
        assert len(rows(copied, REVIEWED)) == number, key
    hold(opened.card, Key.Key_U)
    assert len(rows(copied, REVIEWED)) == 3
    before = opened.queue.position
    hold(opened.card, Key.Key_Right, 5)  # nothing is said by that
    assert opened.queue.position == before + 5
    assert len(rows(copied, REVIEWED)) == 3


def test_keys_that_are_held_in_the_grid(opened: Any, copied: Path) -> None:
    opened.review_many()
    for number in (0, 1):
        opened.grid.list.item(number).setSelected(True)
        hold(opened.grid.list, Key.Key_X)
    assert rows(copied, REVIEWED) == [("rejected",)] * 2
    hold(opened.grid.list, Key.Key_U)
    assert len(rows(copied, REVIEWED)) == 1
    opened.grid.hide()


def test_enter_that_is_held_adds_a_drawn_animal_once(opened: Any, copied: Path) -> None:
    press(opened, Key.Key_A)
    hold(opened.card, Key.Key_Left, 3)  # begins a box and moves it
    hold(opened.card, Key.Key_Return)
    hold(opened.card, Key.Key_Escape)
    assert rows(copied, "SELECT count(*) FROM detections WHERE run_id = 'manual'") == [(1,)]
    assert rows(copied, "SELECT count(*) FROM detections WHERE review != 'unreviewed'") == [(1,)]

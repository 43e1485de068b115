"""A taught model beside `find`: measured on photos of which neither has learnt, and the better one is named."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from detector.models import ModelInfo
from detector.survey import finding
from detector.survey.beside_find import CARD, FIND, MODEL, BesideFind, worse_than_find
from geo import geopackage
from tests.detector.teaching.marked_surveys import write_photos, write_survey

pytest.importorskip("torch")
pytest.importorskip("torchvision")

from detector import models
from detector.teaching import comparing, held_out, lessons, told
from detector.teaching.judged import judgement_of

SIZE = 128  # px of a photo: what is fitted grows with its area
SEEN = BesideFind(1, 13, (13, 0), (11, 11), FIND, True)


@pytest.mark.parametrize(
    ("find", "model", "better", "clear"),
    [
        (0, 13, FIND, True), (13, 0, MODEL, True), (0, 0, MODEL, False), (5, 5, MODEL, False), (1, 13, FIND, True),
        (0, 4, FIND, False), (0, 5, FIND, True), (40, 50, FIND, False), (400, 500, FIND, True), (30, 10, MODEL, True),
    ],
)  # fmt: skip
def test_which_is_better_and_whether_chance_may_explain_it(find: int, model: int, better: str, clear: bool) -> None:
    assert comparing._better(find, model) == (better, clear)


def test_a_card_says_it_again() -> None:
    assert BesideFind.of_card({CARD: SEEN.numbers()}) == SEEN
    assert "13 of 13 found, 0 false alarms; this model: 11 of 13, 11 false alarms" in SEEN.line()
    assert SEEN.verdict() == "find makes fewer mistakes: search the rest with find until this model has learnt more"
    as_good = BesideFind(1, 13, (12, 1), (11, 0), MODEL, False)
    assert "makes as many mistakes: search the rest with it; with so few" in as_good.verdict()


@pytest.mark.parametrize(
    "card",
    [
        None,
        "text",
        [],
        {},
        {**SEEN.numbers(), "better": "x"},
        {**SEEN.numbers(), "animals": "13"},
        {**SEEN.numbers(), "clear": 1},
    ],
)
def test_a_card_of_another_kind_says_nothing(card: Any) -> None:
    assert BesideFind.of_card({CARD: card}) is None
    assert worse_than_find(ModelInfo("detector", "m", ("seal",), 320, 32, metrics={CARD: card})) == []


def test_find_is_measured_as_it_would_be_without_the_photos_held_out(tmp_path: Path) -> None:
    """The same numbers as `find` itself gives in a survey in which nobody has looked at these photos."""
    truth = write_photos(tmp_path / "all", 3, size=SIZE)
    everything = write_survey(tmp_path / "all" / "s.gpkg", truth, classes=("sheep",), size=SIZE)
    of, _, _ = told.from_survey(everything)
    made = lessons.lessons_of(of, [(SIZE, SIZE)] * len(of))
    division = held_out.divide(made.each)
    judgement = judgement_of(models.resolve(None), division, made.classes, "cpu")
    compared = comparing.compare(judgement, division, made.length_px, "cpu")
    assert isinstance(compared, BesideFind)
    of_model = judgement.numbers()
    assert compared.animals == of_model["animals"]
    assert compared.animals > 0
    assert list(compared.model) == [of_model["found"], of_model["false_alarms"]]

    (unseen,) = {lesson.photo.path.name for lesson in division.held}
    shutil.copytree(tmp_path / "all", tmp_path / "some")
    some = tmp_path / "some" / "s.gpkg"
    with closing(sqlite3.connect(some)) as file, file:
        file.create_function("ST_IsEmpty", 1, lambda _: 1)
        file.execute("DELETE FROM detections WHERE image LIKE ?", (f"%{unseen}",))
        file.execute("DELETE FROM searches WHERE image LIKE ?", (f"%{unseen}",))
    found = finding.find(some, device="cpu")
    assert sum(found.marks.values()) == sum(made.count.values()) - compared.animals
    rows = geopackage.read_detections(some)
    assert sum(name.endswith(unseen) for name in rows.image_paths()) == sum(compared.find)


def test_too_few_marks_without_the_photos_held_out_are_said(tmp_path: Path) -> None:
    truth = {name: boxes[:3] for name, boxes in write_photos(tmp_path, 2, size=SIZE).items()}
    of, _, _ = told.from_survey(write_survey(tmp_path / "s.gpkg", truth, classes=("sheep",), size=SIZE))
    made = lessons.lessons_of(of, [(SIZE, SIZE)] * len(of))
    division = held_out.divide(made.each)
    judgement = judgement_of(models.resolve(None), division, made.classes, "cpu")
    why = comparing.compare(judgement, division, made.length_px, "cpu")
    assert why == "without the photos held out, 3 animals of a class are marked, and find needs 5"

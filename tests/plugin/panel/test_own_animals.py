"""From a folder of photos of an animal that no model knows to a corrected estimate, as a ranger goes, in short form.

Eight photos of simulated seals: three are searched, the rest is proposed, taught, detected, sampled and estimated. The
truth is known, so each step says of each box what a person would say. Clicks on buttons are counted; the marks in the
photos and the keys are the work itself.
"""

import json
import re
import subprocess
import time

import pytest
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QInputDialog, QToolButton

from qgis_plugin.algorithms.beside_find import BesideFind
from qgis_plugin.environment import environment
from qgis_plugin.panel import road
from qgis_plugin.panel.own_animals import judged
from qgis_plugin.panel.state import read_state
from tests import ROOT
from tests.geopackage_checker import check_geopackage
from tests.plugin.panel.clicking import FILE_DIALOG, Mouse, answer, button, settled, shown, wait
from tests.plugin.reviewing import rows
from tests.plugin.search.sampled import table

Key = Qt.Key
SEARCHED = 3
LONG = 600  # seconds that a step may take
_MAKE = """
import sys
from geo.simulation import SurveySettings, simulate
simulate(sys.argv[1], SurveySettings(seed=5, species="seal", animals=70, width_m=36, height_m=24, photos=True,
    photo_width_px=480, photo_height_px=360, forward_overlap=0, side_overlap=0))
"""


@pytest.fixture(scope="session")
def beach(herdmap_python, tmp_path_factory):
    """Eight photos of seals on a beach, with their truth. Not to be written to."""
    folder = tmp_path_factory.mktemp("beach") / "survey"
    subprocess.run([herdmap_python, "-c", _MAKE, str(folder)], check=True, cwd=ROOT, capture_output=True)
    return folder


@pytest.fixture
def photos(beach, tmp_path):
    """A folder of the photos, of its own."""
    folder = tmp_path / "colonie é"
    folder.mkdir()
    for photo in (beach / "photos").iterdir():
        (folder / photo.name).write_bytes(photo.read_bytes())
    return folder


class Person:
    """Knows the animals of each photo, marks them, and says of each detection whether it is one."""

    def __init__(self, beach):
        truth = json.loads((beach / "truth.json").read_text(encoding="utf-8"))
        names = {image["id"]: image["file_name"].rsplit("/", 1)[-1] for image in truth["images"]}
        self.boxes = {}
        for one in truth["annotations"]:
            x, y, width, height = one["bbox"]
            self.boxes.setdefault(names[one["image_id"]], []).append((x, y, x + width, y + height))
        photos = {number for number, image in names.items() if image.startswith("SIM")}
        self.animals = {one["animal_id"] for one in truth["annotations"] if one["image_id"] in photos}
        self.marked = 0

    def of(self, path):
        return self.boxes.get(path.rsplit("/", 1)[-1], [])

    def sees(self, one):
        """Whether there is an animal in the middle of this detection."""
        x, y = (one.box_px[0] + one.box_px[2]) / 2, (one.box_px[1] + one.box_px[3]) / 2
        return any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in self.of(one.image))

    def search_cell(self, dock):
        """Judge what is shown in the cell in hand, mark what is missing, and go on."""
        until = time.monotonic() + 20
        while dock._picture() is None:
            QApplication.processEvents()
            assert time.monotonic() < until
        place = dock.session.place
        for one in list(dock.session.unreviewed()):
            side = Qt.MouseButton.LeftButton if self.sees(one) else Qt.MouseButton.RightButton
            x, y = (one.box_px[0] + one.box_px[2]) / 2, (one.box_px[1] + one.box_px[3]) / 2
            QTest.mouseClick(dock.view, side, Qt.KeyboardModifier.NoModifier, _at(dock, x, y))
        left = dock.session.unreviewed()
        if left:  # their middle lies under a smaller box
            QTest.keyClick(dock.view, Key.Key_C if all(map(self.sees, left)) else Key.Key_X)
        for box in self.of(place.photo.image.path):
            there = [one for one in dock.session.marks() if one.review != "rejected" and _meet(one.box_px, box)]
            if not there:
                _drag(dock, box)
                self.marked += 1
        QTest.keyClick(dock.view, Key.Key_Space)
        return place


def _meet(one, other):
    x, y = (other[0] + other[2]) / 2, (other[1] + other[3]) / 2
    return one[0] <= x <= one[2] and one[1] <= y <= one[3]


def _at(dock, x, y):
    point = dock.view.to_widget(x, y)
    return QPoint(round(point.x()), round(point.y()))


def _drag(dock, box):
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    QTest.mousePress(dock.view, left, none, _at(dock, *box[:2]))
    QTest.mouseMove(dock.view, _at(dock, *box[2:]))
    QTest.mouseRelease(dock.view, left, none, _at(dock, *box[2:]))


@pytest.mark.timeout(1200)  # half a minute of processor, on a busy machine
def test_from_a_folder_of_unknown_animals_to_a_corrected_estimate(plugin, photos, beach, opened, monkeypatch):
    mouse, person = Mouse(), Person(beach)
    dock = to_the_search(plugin, photos, mouse, monkeypatch)
    survey = dock.path
    assert mouse.clicks <= 8, "clicks to the first map"
    to_map, mouse.clicks = mouse.clicks, 0
    search_three(plugin, person, mouse, monkeypatch)
    find_and_review(plugin, person, mouse)
    teach_and_detect(plugin, survey, mouse)
    sample_and_estimate(plugin, person, mouse)
    mouse.click(button(dock, "run_report"))
    wait(lambda: settled(dock) and opened)
    check_geopackage(survey)
    assert mouse.clicks <= 20, "clicks from there to the report"
    print(f"\n{to_map} clicks to the first map, {mouse.clicks} more to the report, {person.marked} animals marked")


def to_the_search(plugin, photos, mouse, monkeypatch):
    """Open the panel, choose the folder, search by eye: a survey without a model. Returns the panel."""
    mouse.click(plugin._toolbar.widgetForAction(plugin.actions["panel"]))
    dock = plugin._panel
    QApplication.processEvents()
    answer(monkeypatch, "getExistingDirectory", str(photos))
    mouse.click(dock.findChild(QToolButton, "herdmap_folder"))
    mouse.clicks += FILE_DIALOG
    mouse.click(button(dock, "run_search"))
    wait(lambda: settled(dock) and plugin._search is not None, LONG)
    plugin._search.resize(1000, 800)
    assert shown(dock, road.DETECT) == "No animals, 8 images not searched yet"
    assert shown(dock, road.TEACH).startswith("If no model knows your animals")
    assert not button(dock, "run_find").isEnabled()
    return dock


def search_three(plugin, person, mouse, monkeypatch):
    """Name the class, and mark all animals of three photos; each is one cell."""
    dock, search = plugin._panel, plugin._search
    monkeypatch.setattr(QInputDialog, "getItem", staticmethod(lambda *_: ("seal", True)))
    QTest.keyClick(search.view, Key.Key_L)
    search.panel.grids.setCurrentIndex(search.panel.grids.findText("1 × 1"))
    mouse.clicks += 2
    for number in range(SEARCHED):
        person.search_cell(search)
        if number == 0:
            dock.refresh()
            wait(lambda: settled(dock) and shown(dock, road.TEACH).startswith("1 image"))
            assert "Mark 5 or more animals" in shown(dock, road.TEACH)
            assert not button(dock, "run_teach").isEnabled()
            assert "Mark 5 or more animals" in button(dock, "run_teach").toolTip()
    dock.refresh()
    wait(lambda: settled(dock) and shown(dock, road.TEACH).startswith(f"{SEARCHED} images"))
    assert shown(dock, road.TEACH) == f"{SEARCHED} images searched by people, {person.marked} animals marked"
    assert shown(dock, road.DETECT).endswith(f"{8 - SEARCHED} images not searched yet")


def find_and_review(plugin, person, mouse):
    """Let it propose more, and review twelve."""
    dock, marked = plugin._panel, person.marked
    assert dock.panel.boxes[road.TEACH].is_unfolded, "the next step is open"
    mouse.click(button(dock, "run_find"))
    wait(lambda: settled(dock), LONG)
    assert dock.panel.message.isHidden(), dock.panel.message.text()
    assert dock.state.unreviewed > 5
    assert dock.state.waiting == 0
    assert dock.panel.boxes[road.REVIEW].is_unfolded, "the next step is open"
    search = plugin._search
    wait(lambda: search.session.walk.progress.photos == SEARCHED)  # it has read the survey again
    assert "another program" not in search.panel.message.text()
    assert f"{8 - SEARCHED} images that a model has searched are left out" in search._words_at_end()
    mouse.click(button(dock, "run_review"))
    assert not search.isVisible(), "it would take the place of the map"
    review = plugin._dock
    right = 0
    for _ in range(12):
        one = review.queue.current
        if one is None:
            break
        right += person.sees(one)
        QTest.keyClick(review.card, Key.Key_C if person.sees(one) else Key.Key_X)
    assert right > 3
    dock.refresh()
    wait(lambda: settled(dock) and sum(dock.state.marked.values()) >= marked + right)


def teach_and_detect(plugin, survey, mouse):
    """Teach a model for a moment, and search the rest with it."""
    dock = plugin._panel
    box = dock.panel.boxes[road.TEACH]
    if not box.is_unfolded:
        mouse.click(box)
    assert not button(dock, "run_rest").isEnabled()
    dock.own.minutes.setValue(0.1)
    mouse.click(button(dock, "run_teach"))
    assert not button(dock, "run_find").isEnabled()
    wait(lambda: settled(dock), LONG)
    assert dock.panel.message.text().startswith("The model is taught. On "), dock.panel.message.text()
    assert "image" in dock.panel.message.text()
    model = survey.with_name(f"{survey.stem}_model.onnx")
    assert shown(dock, road.TEACH).endswith(f"Model: {model.name}")
    assert box.is_unfolded, "the next button is in this step"
    beside = BesideFind.of_model(model)
    assert beside is not None
    assert beside.in_words() in dock.panel.message.text()
    assert beside.find_is_better == ("searches as" in dock.panel.message.text())
    marks = read_state(survey).marked
    mouse.click(button(dock, "run_rest"))
    wait(lambda: settled(dock), LONG)
    assert dock.panel.message.isHidden(), dock.panel.message.text()
    searched_with = f"like those in {survey.stem}" if beside.find_is_better else model.stem
    assert rows(survey, "SELECT model FROM runs ORDER BY fid DESC LIMIT 1") == [(searched_with,)]
    assert dock.state.marked == marks, "what people said is kept"


def sample_and_estimate(plugin, person, mouse):
    """Draw photos, search them, and estimate with that correction: what the photos show is the area."""
    dock, search = plugin._panel, plugin._search
    show_estimate(plugin, mouse)
    mouse.click(button(dock, "draw_sample"))
    wait(lambda: settled(dock))
    assert dock.panel.message.isHidden(), dock.panel.message.text()
    path = dock.steps.sample()
    called = [row["called"] for row in table(path)]
    assert called.count("searched") == SEARCHED, "they were not left to chance"
    assert len(called) == 8
    mouse.click(button(dock, "review_sample"))
    assert search.isVisible()
    while search.session.place is not None:
        person.search_cell(search)
    assert {row["reviewed"] for row in table(path)} == {"yes"}
    mouse.click(plugin._toolbar.widgetForAction(plugin.actions["panel"]))
    said = f"{8 - SEARCHED} of {8 - SEARCHED} drawn photos are reviewed."
    wait(lambda: settled(dock) and dock.panel.estimate.sample_said.text() == said, 20)
    show_estimate(plugin, mouse)
    assert dock.panel.estimate.correct.isChecked()
    mouse.click(button(dock, "run_estimate"))
    wait(lambda: settled(dock) and shown(dock, road.ESTIMATE).startswith("seal: "))
    (kind, photos, number), *_ = rows(
        dock.path, "SELECT correction, photos_reviewed, estimate FROM estimates WHERE stratum = 'all'"
    )
    assert kind != "uncorrected"
    assert photos == len(called)
    animals = len(person.animals)
    assert abs(number / animals - 1) < 0.15, f"{number} estimated, where {animals} are"
    assert "Corrected by the photos that people reviewed." in dock.panel.estimates.about.text()
    dock.panel.unfold(road.PASS_ON)


def show_estimate(plugin, mouse):
    """Unfold the step of the estimate, where it is not."""
    box = plugin._panel.panel.boxes[road.ESTIMATE]
    if not box.is_unfolded:
        mouse.click(box)
        QApplication.processEvents()


def test_what_is_too_little_is_what_the_command_says():
    text = (ROOT / "detector" / "survey" / "marks.py").read_text(encoding="utf-8")
    assert int(re.search(r"^LEAST_MARKS = (\d+)", text, re.M)[1]) == road.LEAST_MARKS


def test_a_search_that_finds_nothing_says_so_and_what_to_do(plugin, copied):
    """Not that animals are proposed: a wrong zero must not look like an end."""
    plugin.actions["panel"].trigger()
    dock = plugin._panel
    dock.open(copied)
    wait(lambda: settled(dock))
    say = dock.own._found("found", "nothing found")
    assert say({"PROPOSED": 3}) == "found"
    assert dock.panel.message.isHidden()
    assert say({"PROPOSED": 0}) == ""
    assert dock.panel.message.text() == "nothing found"
    assert dock.panel.message.isVisibleTo(dock.panel)
    QgsProject.instance().clear()


@pytest.mark.parametrize(
    ("better", "marked", "algorithm"),
    [
        ("find", 9, "herdmap:find"),
        ("find", 1, "herdmap:detectrest"),  # too few marks in this survey: the model learnt from others
        ("model", 9, "herdmap:detectrest"),
        (None, 9, "herdmap:detectrest"),  # it was not compared
    ],
)
def test_the_rest_is_searched_by_what_makes_fewer_mistakes(plugin, copied, monkeypatch, better, marked, algorithm):
    model = copied.with_name(f"{copied.stem}_model.onnx")
    model.write_bytes(b"onnx")
    page = model.with_name(f"{model.stem}.teach") / "report.html"
    page.parent.mkdir()
    page.write_text("<p>How good it is.</p>", encoding="utf-8")
    found = {"animals": 13, "find_found": 12, "find_false_alarms": 1, "model_found": 11, "model_false_alarms": 14}
    said = {"beside_find": {**found, "better": better, "clear": better == "model"}} if better else {}
    page.with_name("metrics.json").write_text(json.dumps(said), encoding="utf-8")
    plugin.actions["panel"].trigger()
    dock = plugin._panel
    dock.open(copied)
    wait(lambda: settled(dock))
    dock.state = dock.state._replace(marked={"sheep": marked})
    dock.own.update()
    asked = []
    monkeypatch.setattr(dock, "start", asked.append)
    button(dock, "run_rest").click()
    assert [one.algorithm for one in asked] == [algorithm]
    finds = algorithm == "herdmap:find"
    assert ("makes fewer mistakes than the model" in button(dock, "run_rest").toolTip()) == finds
    assert ("makes fewer mistakes than the model" in asked[0].done({"PROPOSED": 2})) == finds
    if better:
        text = judged(
            {"ANIMALS": 13, "HELD_OUT": 1, "FOUND": 11, "FALSE": 14, "FIT": False}, BesideFind.of_model(model)
        )
        assert "12 of 13 found, 1 false alarms; this model: 11 of 13, 14 false alarms." in text
        assert ("So “Detect the rest” searches as “Find more like these” does." in text) == (better == "find")
        assert ("it may be chance" in text) == (better == "find")
    QgsProject.instance().clear()


@pytest.mark.parametrize("text", ["", "[]", '{"beside_find": 3}', '{"beside_find": {"animals": "13"}}', "[" * 9000])
def test_numbers_that_cannot_be_understood_say_nothing(tmp_path, text):
    (tmp_path / "m.teach").mkdir()
    (tmp_path / "m.teach" / "metrics.json").write_text(text, encoding="utf-8")
    assert BesideFind.of_model(tmp_path / "m.onnx") is None
    assert BesideFind.of_model(tmp_path / "other.onnx") is None


def test_without_torch_the_panel_says_what_it_takes_and_leads_to_the_settings(plugin, copied, monkeypatch):
    monkeypatch.setattr(environment, "may_teach", lambda: False)
    plugin.actions["panel"].trigger()
    dock = plugin._panel
    dock.open(copied)
    wait(lambda: settled(dock), LONG)
    dock.panel.unfold(road.TEACH)
    QApplication.processEvents()
    add = button(dock, "add_teaching")
    assert add.isVisible()
    assert not button(dock, "run_teach").isEnabled()
    add.click()
    assert plugin._settings.isVisible()
    monkeypatch.setattr(environment, "may_teach", lambda: True)
    dock.own.update()
    assert not add.isVisible()
    QgsProject.instance().clear()

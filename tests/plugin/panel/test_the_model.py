"""The model of the panel's *Detect*: those at hand are offered, and what is chosen is what detects."""

import shutil
from pathlib import Path

import pytest
from qgis.gui import QgsBrowserGuiModel
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QFileDialog

from qgis_plugin.algorithms.model_question import ModelQuestion
from qgis_plugin.environment import environment, models
from tests import ROOT
from tests.plugin.panel.clicking import button, settled, wait
from tests.plugin.reviewing import rows

BUNDLED = ROOT / "detector" / "models" / "bundled" / "sheep.onnx"


def of_goats(path: Path) -> Path:
    """The bundled model with another name of its class: what it finds shows that it was used."""
    said = BUNDLED.read_bytes()
    assert b'"classes": ["sheep"]' in said
    path.write_bytes(said.replace(b'"classes": ["sheep"]', b'"classes": ["goats"]'))
    return path


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folder of models, empty."""
    folder = tmp_path / "own models é"
    folder.mkdir()
    monkeypatch.setenv("HERDMAP_MODELS", str(folder))
    return folder


@pytest.fixture
def detect_dialog(plugin, qgis_iface, monkeypatch):
    """Open the dialog of *Detect* as the plugin does, with these values."""
    browser = QgsBrowserGuiModel()
    monkeypatch.setattr(qgis_iface, "browserModel", lambda: browser, raising=False)
    monkeypatch.setattr(qgis_iface, "messageTimeout", lambda: 5, raising=False)

    def open_dialog(parameters):
        plugin.open_algorithm("herdmap:detect", parameters)
        return plugin._dialog

    return open_dialog


def texts(question) -> list[str]:
    return [question.itemText(row) for row in range(question.count())]


def choose(question, start: str) -> None:
    """Click on the row of the open list that begins with this text."""
    (row,) = [row for row, text in enumerate(texts(question)) if text.startswith(start)]
    question.showPopup()
    QApplication.processEvents()
    view = question.view()
    QTest.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(question.model().index(row, 0)).center()
    )
    QApplication.processEvents()


def test_a_model_put_into_the_own_folder_is_offered_and_detects(plugin, photos, own):
    plugin.actions["panel"].trigger()
    dock = plugin._panel
    question = dock.panel.model
    wait(lambda: any("F1" in text for text in texts(question)))
    assert [text.split(":")[0] for text in texts(question)] == ["sheep (bundled)", "Another file…"]
    assert question.parameters() == {}

    of_goats(own / "<b>goats.onnx")
    (own / "broken.onnx").write_bytes(b"no model")
    dock.panel.imagery.choose("folder", (str(photos),))
    wait(lambda: len(texts(question)) == 4)
    (goats,) = [text for text in texts(question) if "goats" in text]
    assert goats.startswith("<b>goats (own): goats, 1.5 to 5 cm a pixel, F1 0.9"), goats
    row = texts(question).index(goats)
    assert "&lt;b&gt;goats" in question.itemData(row, Qt.ItemDataRole.ToolTipRole)
    broken = question.model().item(texts(question).index("broken (own): cannot be used"))
    assert not broken.isEnabled()

    choose(question, "<b>goats")
    assert question.parameters() == {"MODEL": str(own / "<b>goats.onnx")}
    button(dock, "run_detect").click()
    wait(lambda: settled(dock))
    survey = photos / "flight é 1_animals.gpkg"
    assert rows(survey, "SELECT DISTINCT class FROM detections") == [("goats",)]


def test_the_dialog_offers_them_too_and_shows_what_the_panel_chose(detect_dialog, photos, own):
    goats = of_goats(own / "goats.onnx")
    dialog = detect_dialog({"FOLDER": str(photos), "MODEL": str(goats)})
    (question,) = dialog.findChildren(ModelQuestion)
    assert question.currentText() == "goats.onnx", "before the list is there"
    wait(lambda: question.currentText().startswith("goats (own): goats, 1.5 to 5 cm a pixel, F1 0.9"))
    assert dialog.createProcessingParameters()["MODEL"] == str(goats)
    choose(question, "sheep (bundled)")
    assert not dialog.createProcessingParameters().get("MODEL")
    choose(question, "goats (own)")
    assert dialog.createProcessingParameters()["MODEL"] == str(goats)
    dialog.close()


def test_a_dialog_that_closes_while_the_models_are_listed_harms_nothing(detect_dialog, own):
    dialog = detect_dialog({})
    (question,) = dialog.findChildren(ModelQuestion)
    reading = question._reading
    dialog.close()
    sip.delete(question)
    ended = []
    reading.finished_with.connect(lambda *_: ended.append(True))
    wait(lambda: ended)


def test_another_file_is_chosen_and_stays_also_when_it_is_gone(plugin, own, tmp_path, monkeypatch):
    elsewhere = Path(shutil.copy(BUNDLED, tmp_path / "seals.onnx"))
    plugin.actions["panel"].trigger()
    dock = plugin._panel
    dock.panel.unfold("detect")
    question = dock.panel.model
    wait(lambda: question._reading is None)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", staticmethod(lambda *_: ("", "")))
    choose(question, "Another file")
    assert question.currentText().startswith("sheep (bundled)")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", staticmethod(lambda *_: (str(elsewhere), "")))
    choose(question, "Another file")
    assert question.currentText() == "seals.onnx"
    elsewhere.unlink()
    question.offer(again=True)
    wait(lambda: question._reading is None)
    assert question.parameters() == {"MODEL": str(elsewhere)}, "not silently the bundled one"


def test_without_an_environment_the_bundled_model_and_files_are_offered(plugin):
    environment.choose_python("")
    plugin.actions["panel"].trigger()
    question = plugin._panel.panel.model
    assert texts(question) == ["sheep (bundled)", "Another file…"]
    assert question._reading is None


def test_a_python_without_the_detector_is_said_in_one_line():
    with pytest.raises(models.ModelsError, match="No module named") as caught:
        models.at_hand("/usr/bin/python3")
    assert "\n" not in str(caught.value)

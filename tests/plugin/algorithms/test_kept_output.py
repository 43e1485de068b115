"""Surveys, exports and share folders are never temporary: the dialogs fill in a file, and refuse a temporary one."""

import os

import pytest
from qgis import processing
from qgis.core import (
    QgsApplication,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingUtils,
    QgsProject,
    QgsRasterLayer,
)
from qgis.gui import QgsBrowserGuiModel
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QLineEdit, QMessageBox

from qgis_plugin import layers
from qgis_plugin.algorithms import kept_output
from qgis_plugin.algorithms.detect import Detect

KEPT = ("detect", "survey", "report", "share", "export", "exportdata")


@pytest.fixture
def opened(provider, qgis_iface, qgis_new_project, monkeypatch):
    """Open the dialog of an algorithm as the toolbox does."""
    monkeypatch.setattr(qgis_iface, "browserModel", lambda: QgsBrowserGuiModel(), raising=False)
    monkeypatch.setattr(qgis_iface, "messageTimeout", lambda: 5, raising=False)
    dialogs = []

    def open_dialog(name, parameters=None):
        dialog = processing.createAlgorithmDialog(f"herdmap:{name}", parameters or {})
        dialogs.append(dialog)
        dialog.show()
        QApplication.processEvents()
        return dialog

    yield open_dialog
    for dialog in dialogs:
        dialog.close()


def line_of(dialog, name):
    """The line in which a person types the value of a field."""
    return dialog.mainWidget().wrappers[name].wrappedWidget().findChild(QLineEdit)


def typed(line, text):
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Tab)
    QApplication.processEvents()


def output_of(dialog):
    return kept_output.place_of(dialog.mainWidget().wrappers["OUTPUT"].parameterValue())


def test_a_folder_of_photos_gets_a_survey_in_it_and_the_users_own_choice_stays(opened, posed, tmp_path):
    dialog = opened("detect")
    assert output_of(dialog) == ""
    photos = posed.parent / "photos"
    typed(line_of(dialog, "FOLDER"), str(photos))
    assert output_of(dialog) == str(photos / "photos_animals.gpkg")
    other = tmp_path / "other"
    other.mkdir()
    typed(line_of(dialog, "FOLDER"), str(other))
    assert output_of(dialog) == str(other / "other_animals.gpkg")
    typed(line_of(dialog, "OUTPUT"), str(tmp_path / "mine.gpkg"))
    typed(line_of(dialog, "FOLDER"), str(photos))
    assert output_of(dialog) == str(tmp_path / "mine.gpkg")


def test_the_output_is_the_first_field(opened):
    for name in KEPT:
        panel = opened(name).mainWidget()
        places = {
            field: wrapper.wrappedWidget().mapTo(panel, QPoint(0, 0)).y()
            for field, wrapper in panel.wrappers.items()
            if wrapper.wrappedWidget().isVisible()
        }
        assert min(places, key=places.get) == "OUTPUT", name


def test_a_temporary_survey_is_refused_with_the_reason_when_run_is_pressed(opened, posed, monkeypatch):
    said = []
    monkeypatch.setattr(QMessageBox, "warning", lambda *args: said.append(args[2]))
    dialog = opened("detect", {"FOLDER": str(posed.parent / "photos")})
    dialog.setParameters({"OUTPUT": "TEMPORARY_OUTPUT"})  # as the menu beside the field does
    QTest.mouseClick(dialog.runButton(), Qt.MouseButton.LeftButton)
    assert "has no file yet" in said[-1]
    typed(line_of(dialog, "OUTPUT"), QgsProcessingUtils.generateTempFilename("found.gpkg"))
    QTest.mouseClick(dialog.runButton(), Qt.MouseButton.LeftButton)
    assert "QGIS deletes it when it closes" in said[-1]


@pytest.mark.parametrize("name", KEPT)
def test_no_algorithm_that_people_keep_the_result_of_runs_into_a_temporary_file(provider, copied, name):
    of_imagery = name in ("detect", "survey")
    given = {"IMAGERY": [str(copied.with_name("orthomosaic.tif"))]} if of_imagery else {"SURVEY": str(copied)}
    ending = ".gpkg" if of_imagery else ".csv"
    for output in ("TEMPORARY_OUTPUT", QgsProcessingUtils.generateTempFilename(f"x{ending}")):
        with pytest.raises(QgsProcessingException, match=r"deletes (temporary files|it) when it closes"):
            processing.run(f"herdmap:{name}", {**given, "OUTPUT": output})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("report", "found_report.html"),
        ("share", "found_share"),
        ("export", "found.csv"),
        ("exportdata", "found_training.json"),
    ],
)
def test_what_is_made_of_a_survey_stands_beside_it(opened, copied, name, expected):
    layers.open_survey(copied, QgsProject.instance())
    assert output_of(opened(name, {"SURVEY": str(copied)})) == str(copied.with_name(expected))


def test_a_folder_where_nobody_may_write_is_said_and_not_suggested(provider, tmp_path, monkeypatch):
    shut = tmp_path / "shut"
    shut.mkdir()
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, how: path != shut and may(path, how))  # root may write everywhere
    assert "may not write to the folder" in kept_output.problem_of(str(shut / "a.gpkg"), "Survey")
    assert not kept_output.beside(shut, "a.gpkg").startswith(str(shut))


def test_a_surveys_own_detections_are_no_regions(provider, copied, qgis_new_project):
    layers.open_survey(copied, QgsProject.instance())
    detections = QgsProject.instance().mapLayersByName("Detections")[0]
    ortho = str(copied.with_name("orthomosaic.tif"))
    detect = QgsApplication.processingRegistry().createAlgorithmById("herdmap:detect")
    assert isinstance(detect, Detect)
    assert detect.layers_of_no_regions() == [detections]
    given = {"IMAGERY": [ortho], "OUTPUT": str(copied.with_name("b.gpkg"))}
    for field in ("REGIONS", "WITHIN"):
        text = detect.problem({**given, field: detections.id()}, _context())
        assert "those are no regions" in text, field
    assert detect.problem(given, _context()) == ""


def test_the_layers_at_hand_offer_no_detections_as_regions(copied, qgis_new_project):
    from qgis_plugin.algorithms import imagery

    opened = layers.open_survey(copied, QgsProject.instance())
    ortho = QgsRasterLayer(str(copied.with_name("orthomosaic.tif")), "o")
    assert "REGIONS" not in imagery.at_hand([ortho, *[one for one in opened if layers.table_of(one)]])


def _context():
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    return context

"""The estimate in the panel: columns are chosen, the result is a table and a plot, and pages are made of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsLayoutExporter, QgsLayoutItemLabel, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QPoint, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QDesktopServices, QImage, QPainter
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QLabel, QPushButton, QToolButton

import qgis_plugin
from qgis_plugin.environment import environment
from qgis_plugin.panel import road
from qgis_plugin.panel.estimates_view import EstimatesView, density, draw_plot
from qgis_plugin.panel.panel import RoadPanel
from qgis_plugin.panel.print_layout import make_layout
from qgis_plugin.panel.state import Estimate, SurveyState
from tests.plugin.panel.clicking import settled, shown, wait

STATE = SurveyState(
    images=40,
    searched=38,
    failed=2,
    waiting=0,
    unplaced=0,
    looked_at=0,
    marked={},
    marked_images=0,
    failures=(),
    animals={"sheep": 70, "goat": 1},
    images_with=9,
    unreviewed=60,
    confirmed=11,
    rejected=3,
    cells=0,
    regions=0,
    counted=None,
    outdated=False,
    estimates=(
        Estimate("sheep", 300, 200, 450, "hills", 1.5, "uncorrected"),
        Estimate("sheep", 40, None, None, "plain", 0.123456, "uncorrected"),
        Estimate("sheep", 340, 230, 500, "all", 0.9, "uncorrected"),
    ),
)


@pytest.fixture
def dock(qgis_iface: Any, qgis_new_project: None, profile: Path, quick_python: str, qgis_processing: None) -> Any:
    environment.choose_python(quick_python)
    plugin = qgis_plugin.classFactory(qgis_iface)
    plugin.initGui()
    qgis_iface.mainWindow().show()
    plugin.panel()
    yield plugin._panel
    plugin.unload()
    QgsProject.instance().clear()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    found: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", staticmethod(lambda url: found.append(url.toLocalFile())))
    return found


def click(dock: Any, name: str) -> None:
    (button,) = dock.findChildren(QPushButton, f"herdmap_{name}")
    assert button.isVisible(), name
    assert button.isEnabled(), name
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def renamed(practice: Path, folder: Path) -> QgsVectorLayer:
    """The transects of the practice survey, their columns named in French, with a wrong column of the usual name."""
    (folder / "lignes.gpkg").write_bytes((practice / "transects.gpkg").read_bytes())
    with closing(sqlite3.connect(folder / "lignes.gpkg")) as db:
        (table,) = db.execute("SELECT table_name FROM gpkg_contents").fetchone()
    layer = QgsVectorLayer(f"{folder / 'lignes.gpkg'}|layername={table}", "lignes", "ogr")
    names = {field.name().casefold(): number for number, field in enumerate(layer.fields())}
    layer.startEditing()
    assert layer.renameAttribute(names["stratum"], "bloc")
    assert layer.renameAttribute(names["transect"], "ligne")
    assert layer.commitChanges()
    QgsProject.instance().addMapLayer(layer)
    return layer


def test_columns_of_any_name_and_the_result_in_the_panel(
    dock: Any, copied: Path, practice: Path, tmp_path: Path
) -> None:
    dock.open(copied)
    wait(lambda: settled(dock))
    layer = renamed(practice, tmp_path)
    QApplication.processEvents()
    asked = dock.panel.estimate
    dock.panel.unfold(road.ESTIMATE)
    assert not asked.columns["TRANSECT_COLUMN"].isVisible(), "the photos are the transects"
    assert "TRANSECTS" not in asked.parameters()
    assert "FULL_COUNT" not in asked.parameters()
    asked.strata.layer.setLayer(layer)
    QApplication.processEvents()
    QTest.mouseClick(asked.full_count, Qt.MouseButton.LeftButton, pos=QPoint(8, asked.full_count.height() // 2))
    assert asked.parameters()["FULL_COUNT"], "the strata may be larger than what was searched"
    asked.full_count.setChecked(False)
    asked.transects.layer.setLayer(layer)
    asked.strata.layer.setLayer(None)
    assert "Choose the layer of strata first" in asked.problem()
    asked.strata.layer.setLayer(layer)
    assert not asked.strip_width.isVisible()
    for name, column in (("TRANSECT_COLUMN", "ligne"), ("TRANSECT_STRATUM", "bloc"), ("STRATUM_COLUMN", "bloc")):
        assert asked.columns[name].isVisible()
        field = asked.columns[name]
        field.setFocus()
        QTest.keyClicks(field, column[0])
        assert field.currentField() == column
    click(dock, "run_estimate")
    wait(lambda: settled(dock))
    assert dock.panel.message.isHidden(), dock.panel.message.text()
    warned = dock.panel.findChild(QToolButton, "herdmap_heed").parentWidget()
    assert "has one transect, so its SE is undefined" in warned.findChild(QLabel).text(), "what the run warned of"
    assert warned.isVisible()
    QTest.mouseClick(dock.panel.heed, Qt.MouseButton.LeftButton)
    assert not warned.isVisible()
    assert not dock.panel.boxes[road.ESTIMATE].is_unfolded
    table, plot = dock.panel.estimates.table, dock.panel.estimates.plot
    assert table.isVisible(), "the result is seen although the next step is unfolded"
    assert plot.isVisible()
    said = [[table.item(row, column).text() for column in range(4)] for row in range(table.rowCount())]
    assert said[-1][0] == "all strata"
    assert len(said) == 1 + len({feature["bloc"] for feature in layer.getFeatures()})
    assert f"sheep: {said[-1][1]} " in dock.panel.boxes[road.ESTIMATE].text.text()
    assert "Not corrected for missed animals and false detections" in dock.panel.estimates.about.text()
    QTest.mouseClick(dock.panel.boxes[road.COUNT], Qt.MouseButton.LeftButton)
    assert not table.isVisible()


def test_a_folder_of_photos_needs_no_layer(dock: Any, posed: Path) -> None:
    """A colony that was photographed as a whole: what the photos show is the area."""
    dock.open(posed)
    wait(lambda: settled(dock))
    asked = dock.panel.estimate
    dock.panel.unfold(road.ESTIMATE)
    asked.strata.layer.setLayer(None)
    assert asked.strata.layer.currentText() == "All ground that the photos show"
    assert not asked.full_count.isVisible(), "it is one"
    click(dock, "run_estimate")
    wait(lambda: settled(dock))
    assert dock.panel.message.isHidden(), dock.panel.message.text()
    assert shown(dock, road.ESTIMATE) == f"sheep: {dock.state.found} (no interval)"
    dock.panel.unfold(road.ESTIMATE)
    QApplication.processEvents()
    click(dock, "draw_sample")
    wait(lambda: settled(dock))
    assert asked.sample_said.text().startswith("0 of 2 drawn photos are reviewed.")


def test_a_plot_shows_each_interval_where_it_is() -> None:
    image = QImage(700, 200, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    draw_plot(painter, QRectF(0, 0, 700, 200), STATE.estimates)
    line = (200 - 2 * painter.fontMetrics().height()) / 3
    painter.end()
    bars = [_blue(image, round(line * (n + 0.5))) for n in range(3)]
    (low, high), hollow, (low_all, high_all) = bars
    assert hollow[1] - hollow[0] < 14, "without an interval there is a dot alone"
    per_animal = (high_all - low_all) / (500 - 230)
    assert high - low == pytest.approx(250 * per_animal, abs=3)
    assert low - low_all == pytest.approx((200 - 230) * per_animal, abs=3)


def _blue(image: QImage, y: int) -> tuple[int, int]:
    """The first and the last column of the plot's blue in a line."""
    found = [x for x in range(image.width()) if QColor(image.pixel(x, y)).name() == "#0072b2"]
    return (found[0], found[-1])


def test_a_sample_that_is_marked_alone_is_seen(dock: Any, copied: Path) -> None:
    """The search writes the survey first and then the sample: the panel may have looked in between."""
    sample = copied.with_name("found_sample.csv")
    sample.write_text("order,photo,called,reviewed\n1,a.jpg,positive,yes\n2,b.jpg,empty,\n", encoding="utf-8")
    dock.open(copied)
    wait(lambda: settled(dock))
    assert dock.panel.estimate.sample_said.text().startswith("1 of 2 drawn photos are reviewed. You may stop")
    sample.write_text("order,photo,called,reviewed\n1,a.jpg,positive,yes\n2,b.jpg,empty,yes\n", encoding="utf-8")
    wait(lambda: dock.panel.estimate.sample_said.text() == "2 of 2 drawn photos are reviewed.", 20)


def test_a_full_count_has_no_interval_and_what_would_help_is_said(qgis_app: Any) -> None:
    """“614 (614 to 614)” looked like certainty; and 80 (24 to 838) like an end."""
    view = EstimatesView()
    whole = Estimate("seal", 614, 614, 614, correction="uncorrected")
    view.show_estimates([whole])
    assert view.table.item(0, 2).text() == "no interval"
    lines = view.about.text().splitlines()
    assert lines[0] == "Not corrected for missed animals and false detections."
    assert "Draw photos…" in lines[1]
    assert road.said(STATE._replace(estimates=(whole,)))[road.ESTIMATE].text == "seal: 614 (no interval)"
    view.show_estimates([whole._replace(number=80, low=24, high=838, correction="by stratum")])
    assert view.table.item(0, 2).text() == "24 to 838"
    assert "The interval is wide." in view.about.text()
    view.show_estimates([whole._replace(number=900, low=850, high=960, correction="by stratum")])
    assert view.about.text() == "Corrected by the photos that people reviewed."


def test_the_run_warned_of_more_than_fits(qgis_app: Any) -> None:
    panel = RoadPanel()
    panel.show_warnings([f"warning {number}" for number in range(20)])
    text = panel.heed.parentWidget().findChild(QLabel).text()
    assert text.count("•") == 13
    assert text.endswith("And 8 more, in QGIS's log of messages.")
    panel.show_warnings([])
    assert panel.heed.parentWidget().isHidden()


def test_who_has_scrolled_down_sees_what_is_said(dock: Any, copied: Path) -> None:
    dock.open(copied)
    wait(lambda: settled(dock))
    dock.resize(400, 300)
    dock.panel.unfold(road.ESTIMATE)
    QApplication.processEvents()
    bar = dock.widget().verticalScrollBar()
    for say in (lambda: dock.panel.say("Choose a layer first.", wrong=True), lambda: dock.panel.show_warnings(["low"])):
        bar.setValue(bar.maximum())
        assert bar.value() > 100
        say()
        QApplication.processEvents()
        said = dock.panel.message if dock.panel.message.isVisible() else dock.panel.heed
        assert not said.visibleRegion().isEmpty()
        dock.panel.say("")


def test_densities_are_numbers_that_people_read() -> None:
    each = {20_234.5: "20,200", 999.6: "1,000", 283.4: "283", 0.123456: "0.123", None: "–"}
    assert {value: density(Estimate("sheep", 1, None, None, density=value)) for value in each} == each


def test_a_page_of_the_survey(qgis_new_project: None, copied: Path, tmp_path: Path) -> None:
    from qgis_plugin import layers

    project = QgsProject.instance()
    layers.open_survey(copied, project)
    layout = make_layout(copied, STATE, project)
    assert [one.name() for one in project.layoutManager().layouts()] == ["Survey found"]
    for name in ("herdmap_map", "herdmap_legend", "herdmap_scale", "herdmap_north"):
        assert layout.itemById(name) is not None, name
    page = layout.pageCollection().page(0).sceneBoundingRect()
    shown = layout.itemById("herdmap_map")
    assert page.contains(shown.sceneBoundingRect())
    assert shown.extent().contains(layers.SurveyLayers(copied, project).detections.extent())
    tables = [[[cell.content() for cell in row] for row in one.tableContents()] for one in layout.multiFrames()]
    assert ["sheep", "70"] in tables[0]
    assert ["Images searched", "38 / 40"] in tables[0]
    assert ["plain", "40", "undefined", "0.123"] in tables[1]
    target = tmp_path / "page.pdf"
    done = QgsLayoutExporter(layout).exportToPdf(str(target), QgsLayoutExporter.PdfExportSettings())
    assert done == QgsLayoutExporter.ExportResult.Success
    assert target.read_bytes().startswith(b"%PDF")
    title = next(one for one in layout.items() if isinstance(one, QgsLayoutItemLabel) and one.text() == "found")
    title.setText("Our valley")
    again = make_layout(copied, STATE._replace(animals={"sheep": 71}), project)
    assert again is layout
    assert title.text() == "Our valley", "what a person changed stays"
    assert [cell.content() for cell in again.multiFrames()[0].tableContents()[1]] == ["sheep", "71"]
    project.layoutManager().clear()


def test_without_a_browser_the_layout_becomes_the_pdf(
    dock: Any, copied: Path, opened: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    dock.open(copied)
    wait(lambda: settled(dock))
    QTest.mouseClick(dock.panel.boxes[road.PASS_ON], Qt.MouseButton.LeftButton)
    click(dock, "run_pdf")
    wait(lambda: settled(dock))
    page = copied.with_name("found_map.pdf")
    assert [Path(path) for path in opened] == [page]
    assert page.read_bytes().startswith(b"%PDF")
    assert str(page) in dock.panel.message.text().replace("\u200b", "")  # where a long name may break
    QgsProject.instance().layoutManager().clear()

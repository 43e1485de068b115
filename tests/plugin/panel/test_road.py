"""From a folder of photos to the report in the panel, by clicks; they are counted."""

import csv
from pathlib import Path

from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QLabel, QMainWindow, QPushButton, QToolButton

from qgis_plugin.environment import environment
from qgis_plugin.panel import road, unfinished
from qgis_plugin.search.sample import Sample
from tests.plugin.panel.clicking import FILE_DIALOG, Mouse, answer, button, settled, shown, wait
from tests.plugin.reviewing import rows

LONG = "DJI_20260312104501_0042_V_very_long_name_of_a_photo_that_some_program_wrote_without_a_space.gpkg"


def test_from_a_folder_to_the_report(plugin, photos, practice, opened, monkeypatch):
    mouse, survey = Mouse(), photos / "flight é 1_animals.gpkg"
    dock = to_the_map(plugin, photos, mouse, monkeypatch)
    assert dock.path == survey
    assert [layer.name() for layer in QgsProject.instance().mapLayers().values()].count("Detections") == 1
    assert mouse.clicks <= 8, "clicks to the first map"
    assert unfinished.stopped() == []

    to_map, mouse.clicks = mouse.clicks, 0
    animals = rows(survey, "SELECT sum(counted) FROM detections")[0][0]
    look_and_review(plugin, survey, mouse, animals)
    count(dock, practice, mouse, animals - 1, monkeypatch)
    choose_transects(dock, practice, mouse, monkeypatch)
    sample(plugin, mouse)
    estimate(dock, mouse)
    mouse.click(button(dock, "run_report"))
    wait(lambda: settled(dock) and opened)
    report = photos / "flight é 1_animals_report.html"
    assert [Path(path) for path in opened] == [report]
    assert report.stat().st_size > 1000
    assert shown(dock, road.PASS_ON) == f"Report: {report.name}"
    assert mouse.clicks <= 20, "clicks from there to the report"
    print(f"\n{to_map} clicks to the first map, {mouse.clicks} more to the report")


def to_the_map(plugin, photos, mouse, monkeypatch):
    """Open the panel, choose the folder, detect. Returns the panel."""
    mouse.click(plugin._toolbar.widgetForAction(plugin.actions["panel"]))
    dock = plugin._panel
    QApplication.processEvents()
    assert not button(dock, "run_detect").isVisible()
    answer(monkeypatch, "getExistingDirectory", str(photos))
    mouse.click(dock.findChild(QToolButton, "herdmap_folder"))
    mouse.clicks += FILE_DIALOG
    assert shown(dock, road.IMAGERY) == "Survey: flight é 1_animals.gpkg"
    mouse.click(button(dock, "run_detect"))
    assert dock.run is not None
    assert not button(dock, "run_detect").isEnabled()
    wait(lambda: settled(dock))
    return dock


def look_and_review(plugin, survey, mouse, animals):
    """Read what the steps say, and review three animals: one is rejected."""
    dock = plugin._panel
    assert shown(dock, road.IMAGERY) == "2 images"
    assert shown(dock, road.DETECT) == f"{animals} animals in 2 images"
    assert shown(dock, road.REVIEW) == f"0 of {animals} reviewed"
    assert dock.panel.boxes[road.REVIEW].is_unfolded, "the next step is open"
    mouse.click(button(dock, "run_review"))
    assert plugin._dock.queue.file.path == survey
    for key in (Qt.Key.Key_C, Qt.Key.Key_X, Qt.Key.Key_C):
        QTest.keyClick(plugin._dock.card, key)
    dock.refresh()
    wait(lambda: settled(dock) and shown(dock, road.REVIEW).startswith("3 "))
    assert shown(dock, road.REVIEW) == f"3 of {animals} reviewed, 1 rejected"
    assert shown(dock, road.DETECT).startswith(f"{animals - 1} animals")


def count(dock, practice, mouse, animals, monkeypatch):
    """Count per region, with a layer from a file."""
    mouse.click(dock.panel.boxes[road.COUNT])
    answer(monkeypatch, "getOpenFileName", (str(practice / "regions.gpkg"), ""))
    mouse.click(dock.panel.regions.browse)
    mouse.clicks += FILE_DIALOG
    mouse.click(button(dock, "run_count"))
    wait(lambda: settled(dock))
    assert shown(dock, road.COUNT) == f"{animals} in 3 regions and outside"
    assert [layer.name() for layer in QgsProject.instance().mapLayers().values()].count("Counts") == 1
    assert not QgsProject.instance().mapLayersByName("Counts per region"), "no loose layer"


def choose_transects(dock, practice, mouse, monkeypatch):
    """Transects from a file; the strata are in the same layer."""
    answer(monkeypatch, "getOpenFileName", (str(practice / "transects.gpkg"), ""))
    mouse.click(dock.panel.transects.browse)
    mouse.clicks += FILE_DIALOG
    mouse.choose(dock.panel.strata.layer, "transects")


def sample(plugin, mouse):
    """Draw photos to review in each stratum, and search them by keys alone."""
    dock = plugin._panel
    mouse.click(button(dock, "draw_sample"))
    wait(lambda: settled(dock))
    assert dock.panel.message.isHidden(), dock.panel.message.text()
    drawn = Sample(dock.steps.sample()).photos
    with dock.steps.sample().open(encoding="utf-8", newline="") as table:
        assert all(row["stratum"] for row in csv.DictReader(table)), "they are drawn by stratum"
    assert dock.panel.estimate.sample_said.text().startswith(f"0 of {len(drawn)} drawn photos are reviewed. You may")
    mouse.click(button(dock, "review_sample"))
    search = plugin._search
    assert search.isVisible()
    wait(lambda: search.session.walk is not None)
    for _ in range(1000):
        if search.session.place is None:
            break
        wait(lambda: search._picture() is not None)
        if search.session.unreviewed():  # what the model found is to be judged first
            QTest.keyClick(search.view, Qt.Key.Key_C)
        QTest.keyClick(search.view, Qt.Key.Key_Return)
    assert search.session.place is None, search.panel.message.text()
    assert Sample(dock.steps.sample()).marked() == set(drawn)
    mouse.click(plugin._toolbar.widgetForAction(plugin.actions["panel"]))
    said = f"{len(drawn)} of {len(drawn)} drawn photos are reviewed."
    wait(lambda: settled(dock) and dock.panel.estimate.sample_said.text() == said, 20)
    assert dock.panel.estimate.correct.isChecked()


def estimate(dock, mouse):
    """Estimate, corrected by the photos that were searched."""
    if not dock.panel.boxes[road.ESTIMATE].is_unfolded:
        mouse.click(dock.panel.boxes[road.ESTIMATE])
    mouse.click(button(dock, "run_estimate"))
    wait(lambda: settled(dock))
    assert dock.panel.message.isHidden(), dock.panel.message.text()
    assert shown(dock, road.ESTIMATE).startswith("sheep: ")
    ((correction, reviewed),) = rows(
        dock.path, "SELECT correction, photos_reviewed FROM estimates WHERE stratum = 'all' AND class = 'sheep'"
    )
    assert correction != "uncorrected"
    assert reviewed == len(Sample(dock.steps.sample()).photos)


def test_a_run_that_was_stopped_is_found_again_and_goes_on(plugin, photos, herdmap_python):
    environment.choose_python(herdmap_python)
    (photo, *_) = photos.iterdir()
    for number in range(4):
        (photos / f"copy {number}.jpg").write_bytes(photo.read_bytes())
    plugin.actions["panel"].trigger()
    dock = plugin._panel
    dock.panel.imagery.choose("folder", (str(photos),))
    button(dock, "run_detect").click()
    box = dock.panel.boxes[road.DETECT]
    survey = photos / "flight é 1_animals.gpkg"
    wait(lambda: unfinished.left_work(str(survey)) or dock.run is None)
    box.cancel.click()
    wait(lambda: dock.run is None)
    assert not survey.exists()
    assert not box.cancel.isVisible()
    plugin._panel.put_away()
    plugin._panel.deleteLater()
    plugin._panel = None

    plugin.actions["panel"].trigger()  # QGIS was closed and opened again
    dock = plugin._panel
    QApplication.processEvents()
    assert dock.panel.go_on.isVisible()
    dock.panel.go_on.click()
    wait(lambda: settled(dock))
    assert dock.path == survey
    assert not dock.panel.go_on.isVisible()


def test_what_is_missing_or_wrong_is_said(plugin, photos, copied):
    plugin.actions["panel"].trigger()
    dock = plugin._panel
    dock.open(copied)
    wait(lambda: settled(dock))
    with_failed = dock.state._replace(failed=2, failures=(("a.jpg", "it is damaged"), ("b.jpg", "it is damaged")))
    said = road.said(with_failed)[road.DETECT]
    assert (said.mark, said.text.endswith(", 2 images failed")) == (road.WRONG, True)
    assert "a.jpg: it is damaged" in said.detail
    row = dock.panel.survey.findText("New survey…")  # while another one is in the project
    dock.panel.survey.setCurrentIndex(row)
    dock.panel.survey.activated.emit(row)
    dock.list_surveys()  # as when layers come and go
    assert (dock.path, dock.panel.survey.currentIndex()) == (None, row)
    dock.open(copied)
    wait(lambda: settled(dock))
    outdated = dock.state._replace(animals={"sheep": dock.state.found + 1}, outdated=True)
    assert "Count again" in road.said(outdated)[road.COUNT].detail
    dock.panel.unfold(road.COUNT)
    button(dock, "run_count").click()
    assert "regions" in dock.panel.message.text()
    assert dock.run is None
    away = copied.rename(copied.with_suffix(".away"))
    dock.refresh()
    wait(lambda: dock._reading is None)
    assert "does not exist" in dock.panel.message.text()
    away.rename(copied)
    dock.refresh()
    wait(lambda: settled(dock))
    assert dock.panel.message.isHidden(), dock.panel.message.text()
    environment.choose_python("")
    dock.look_again()
    assert dock.panel.set_up.isVisible()


def test_all_algorithms_are_reached(plugin):
    plugin.actions["panel"].trigger()
    dock = plugin._panel
    dock.panel.all.aboutToShow.emit()
    names = {action.objectName().removeprefix("herdmap_all_") for action in dock.panel.all.actions()}
    assert {algorithm.name() for algorithm in plugin.provider.algorithms()} <= names


def test_no_text_is_cut_in_a_narrow_dock(plugin, copied):
    plugin.actions["panel"].trigger()
    dock = plugin._panel
    dock.open(copied)
    wait(lambda: settled(dock))
    dock.resize(dock.minimumSizeHint().width(), 900)
    dock.panel.show_stopped(LONG)
    dock.panel.say(f"/home/{LONG}: cannot be written", wrong=True)
    QApplication.processEvents()
    for one in (dock.panel.message, *dock.panel.findChildren(QLabel)):
        if one.isVisible() and "very_long" in one.text().replace("\u200b", ""):
            place = one.contentsRect()
            needed = one.fontMetrics().boundingRect(place, Qt.TextFlag.TextWordWrap, one.text())
            assert needed.width() <= place.width(), one.text()
    dock.panel.show_stopped("")
    for name in road.STEPS:
        dock.panel.unfold(name)
        QApplication.processEvents()
        for one in dock.findChildren(QPushButton):
            if one.isVisible():
                right = one.mapTo(dock.widget(), one.rect().topRight()).x()
                assert right <= dock.widget().viewport().width(), one.text()
                assert one.width() >= one.minimumSizeHint().width(), one.text()
        for one in dock.findChildren(QLabel):
            if one.isVisible() and one.wordWrap():
                assert one.height() >= one.heightForWidth(one.width()), one.text()


def test_a_review_behind_the_panel_takes_no_keys(plugin, copied, qgis_iface):
    """The two are tabs of one place: a key must not review an animal that nobody sees."""
    plugin.actions["panel"].trigger()
    panel = plugin._panel
    panel.open(copied)
    wait(lambda: settled(panel))
    window = QMainWindow()
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, panel)
    plugin.review(copied)
    review = plugin._dock
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, review)
    window.tabifyDockWidget(panel, review)
    window.show()
    review.raise_()
    QApplication.processEvents()
    QTest.keyClick(review.card, Qt.Key.Key_C)
    assert rows(copied, "SELECT count(*) FROM detections WHERE review = 'confirmed'") == [(1,)]
    panel.raise_()
    QApplication.processEvents()
    QTest.keyClick(review.card, Qt.Key.Key_C)
    assert rows(copied, "SELECT count(*) FROM detections WHERE review = 'confirmed'") == [(1,)]
    review.raise_()
    QApplication.processEvents()
    QTest.keyClick(review.card, Qt.Key.Key_C)
    assert rows(copied, "SELECT count(*) FROM detections WHERE review = 'confirmed'") == [(2,)]
    for dock in (panel, review):
        window.removeDockWidget(dock)
        dock.setParent(None)

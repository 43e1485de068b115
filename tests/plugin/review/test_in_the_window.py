"""An analyst's day in the window: nothing pushes the buttons away, keys stay with the review, new layers appear."""

import itertools
import shutil

from qgis import processing
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QEvent, Qt
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QAction, QApplication, QLineEdit, QPushButton, QTreeWidget

from qgis_plugin import layers
from qgis_plugin.algorithms import after_run, on_survey
from qgis_plugin.algorithms.region_style import RegionStyle
from qgis_plugin.review.card import fitting
from tests.plugin.reviewing import change, rows

Key = Qt.Key
LONG = "DJI_20260312104501_0042_V_very_long_name_of_a_photo_that_some_program_wrote_without_a_space.jpg"


def test_a_long_name_leaves_the_dock_as_wide_as_it_is(dock, copied):
    width = dock.widget().minimumWidth()
    change(
        copied,
        f"UPDATE images SET path = '{LONG}'",
        f"UPDATE detections SET image = '{LONG}', class = 'a_class_with_a_name_that_nobody_would_ever_want_to_read'",
    )
    assert dock.open(copied)
    QApplication.processEvents()
    inner = dock.panel.minimumSizeHint().width()
    assert inner <= width
    for button in dock.panel.buttons.values():
        right = button.mapTo(dock.widget(), button.rect().topRight()).x()
        assert right <= dock.widget().viewport().width(), button.text()
    assert dock.card.about.toolTip() == LONG


def test_a_short_name_is_shown_as_it_is():
    assert fitting("SIM_0001.jpg") == "SIM_0001.jpg"
    assert fitting("North paddock") == "North paddock"
    assert len(fitting(LONG).replace("\u200b", "")) == 60


def test_letters_are_for_the_review_after_a_click_elsewhere_but_not_where_one_types(dock, copied):
    assert dock.open(copied)
    window = dock.canvas.window()
    tree, line = QTreeWidget(window), QLineEdit(window)
    for widget in (tree, line):
        widget.show()
    QApplication.setActiveWindow(window)

    def reviewed():
        return rows(copied, "SELECT count(*) FROM detections WHERE review != 'unreviewed'")[0][0]

    tree.setFocus()
    QTest.keyClick(tree, Key.Key_C)
    assert reviewed() == 1
    QTest.keyClick(tree, Key.Key_Delete)
    QTest.keyClick(tree, Key.Key_Return)
    assert reviewed() == 1, "these are the list's own"
    line.setFocus()
    QTest.keyClicks(line, "cx")
    assert (line.text(), reviewed()) == ("cx", 1)
    QTest.keyClick(tree, Key.Key_X)
    assert reviewed() == 1, "the keyboard was not there"
    dock.hide()
    tree.setFocus()
    QTest.keyClick(tree, Key.Key_X)
    assert reviewed() == 1


def test_a_layer_that_a_command_made_appears_in_the_open_survey(dock, posed, practice, herdmap):
    assert dock.open(posed)
    QApplication.processEvents()
    names = {layer.name() for layer in QgsProject.instance().mapLayers().values()}
    assert "Counts" not in names
    shutil.copyfile(practice / "regions.gpkg", posed.with_name("regions.gpkg"))
    herdmap("count", posed, "--regions", posed.with_name("regions.gpkg"))
    dock.look_again()
    QApplication.processEvents()
    (counts,) = QgsProject.instance().mapLayersByName("Counts")
    group = layers.group_of(posed, QgsProject.instance())
    shown = [node.name() for node in group.findLayers()]
    assert shown.index("Detections") < shown.index("Counts") < shown.index("Images")
    assert counts.labelsEnabled()
    assert dock.panel.counts.rowCount() > 0
    QgsProject.instance().removeMapLayer(counts.id())
    layers.open_survey(posed, QgsProject.instance())
    assert not QgsProject.instance().mapLayersByName("Counts"), "what a person took out stays out"


def test_a_survey_without_detections_says_so(dock, copied):
    change(copied, "DELETE FROM detections")
    assert dock.open(copied)
    assert dock.panel.card.title.text() == "Nothing was found"


def test_a_new_class_has_a_colour_and_a_line_in_the_legend_at_once(dock, copied):
    assert dock.open(copied)
    layer = dock.layers.detections

    def legend():
        renderer = layer.renderer()  # it owns the rules
        return [
            {rule.label(): rule.symbol().symbolLayers()[-1].strokeColor().name() for rule in state.children()}
            for state in renderer.rootRule().children()
        ]

    before = legend()
    QTest.keyClick(dock.card, Key.Key_L)
    QTest.keyClicks(dock.typing.line, "gemsbok")
    QTest.keyClick(dock.typing.line, Key.Key_Return)
    after = legend()
    for state, had in zip(after, before, strict=True):
        assert state.keys() - had.keys() == {"gemsbok"}
        assert state["gemsbok"] not in had.values()
        assert list(state)[-1] == "other", "what is unknown stays the last"
    QTest.keyClick(dock.card, Key.Key_1)
    assert legend() == after


def test_animals_are_counted_once(posed):
    animals, sightings = rows(posed, "SELECT sum(counted), count(*) FROM detections")[0]
    assert on_survey.animals_of(str(posed)) == animals < sightings
    assert on_survey.animals_of(str(posed.with_name("none.gpkg"))) is None


def test_after_a_run_the_map_shows_the_survey_and_a_button_leads_to_the_review(
    provider, dock, qgis_iface, copied, monkeypatch
):
    bar, asked = QgsMessageBar(dock.canvas.window()), []
    monkeypatch.setattr(qgis_iface, "messageBar", lambda: bar)
    action = QAction("Review", qgis_iface.mainWindow())
    action.setObjectName("herdmap_review")
    action.triggered.connect(lambda *_: asked.append(1))
    ortho = QgsRasterLayer(str(copied.with_name("orthomosaic.tif")), "mine")
    QgsProject.instance().addMapLayer(ortho)
    layers.open_survey(copied, QgsProject.instance())
    assert [one.name() for one in QgsProject.instance().mapLayers().values() if isinstance(one, QgsRasterLayer)] == [
        "mine"
    ]
    group = layers.group_of(copied, QgsProject.instance())
    group.setExpanded(False)
    after_run.lead_on(qgis_iface, str(copied), QgsProject.instance())
    (detections,) = QgsProject.instance().mapLayersByName("Detections")
    assert group.isExpanded()
    assert dock.canvas.extent().contains(detections.extent())
    button = bar.findChild(QPushButton, "herdmap_lead_on")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked == [1]


def test_densities_have_few_digits_in_the_table(provider, copied):
    given = {"SURVEY": str(copied), "REGIONS": str(copied.with_name("regions.gpkg")), "OUTPUT": "TEMPORARY_OUTPUT"}
    layer = processing.run("herdmap:count", given)["OUTPUT"]
    RegionStyle().postProcessLayer(layer, None, None)
    column = layer.fields().indexOf("density_per_km2")
    formatter = QgsApplication.fieldFormatterRegistry().fieldFormatter("Range")
    setup = layer.editorWidgetSetup(column)
    assert setup.type() == "Range"
    shown = formatter.representValue(layer, column, setup.config(), None, 16246.123456789012)
    assert shown.replace(",", "") == "16246.123"


def test_nothing_overlaps_in_a_low_dock(of_photos):
    """On a small screen the panel scrolls; buttons over the photo would hide the animal."""
    dock = of_photos
    panel = dock.panel
    dock.resize(panel.minimumSizeHint().width() + 30, 500)
    for text in ("", "A long message that needs several lines in a narrow dock. " * 4):
        panel.say(text)
        QApplication.processEvents()
        QApplication.processEvents()
        assert panel.sightings.isVisible()
        items = [panel.layout().itemAt(number) for number in range(panel.layout().count())]
        shown = [one.geometry() for one in items if not one.isEmpty()]
        assert len(shown) > 6
        for above, below in itertools.pairwise(shown):
            assert above.bottom() <= below.top()


def test_letters_in_the_search_say_nothing_in_the_review(opened, copied, qgis_iface):
    """Both docks may be seen at once. A key is for the one that has the keyboard, even if the other takes letters."""
    from qgis_plugin.search.dock import SearchDock

    window = qgis_iface.mainWindow()
    search = SearchDock(qgis_iface, window)
    for dock in (opened, search):
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    window.show()
    search.show()
    assert search.open(copied)
    QApplication.processEvents()
    QApplication.instance().focusChanged.emit(None, search.view)  # without a screen, no window has the keyboard
    assert opened.isUserVisible()
    states = rows(copied, "SELECT review, count(*) FROM detections GROUP BY review")
    for key in (Qt.Key.Key_C, Qt.Key.Key_X, Qt.Key.Key_L, Qt.Key.Key_A, Qt.Key.Key_2):
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        assert not opened.keys.eventFilter(search.view, event), key
    assert rows(copied, "SELECT review, count(*) FROM detections GROUP BY review") == states
    search.put_away()
    for dock in (opened, search):
        window.removeDockWidget(dock)
        dock.setParent(None)
    search.deleteLater()

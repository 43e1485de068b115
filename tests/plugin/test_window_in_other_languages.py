"""What a person sees whose QGIS speaks another language: everything translated, and nothing cut."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import translations
from qgis.core import QgsProject, QgsSettings, QgsVectorLayer
from qgis.gui import QgsBrowserGuiModel
from qgis.PyQt.QtCore import QCoreApplication, QEvent
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QDockWidget,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QProgressBar,
    QTableWidget,
    QWidget,
)

import qgis_plugin
from qgis_plugin import layers
from qgis_plugin.environment import environment
from qgis_plugin.environment.settings_dialog import SettingsDialog

# Of each language, as a person of some region has chosen it.
LOCALES = {"fr_CA": "fr", "pt_BR": "pt", "es_MX": "es", "sw_KE": "sw"}
# As wide as a dock may be at least, in heights of a line: beside it, the map keeps room on a small screen.
BESIDE, ABOVE = 30, 60
KEY = re.compile(r" \([^()]+\)$")  # of a button: the key that does the same


@pytest.fixture(params=LOCALES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """A language, while QGIS is set to one of its regions."""
    QgsSettings().setValue("locale/overrideFlag", True)
    QgsSettings().setValue("locale/userLocale", request.param)
    yield LOCALES[request.param]
    QgsSettings().remove("locale/overrideFlag")
    QgsSettings().remove("locale/userLocale")


@pytest.fixture
def plugin(language: str, qgis_iface: Any, qgis_new_project: None, quick_python: str, qgis_processing: None) -> Any:
    environment.choose_python(quick_python)
    plugin = qgis_plugin.classFactory(qgis_iface)
    plugin.initGui()
    yield plugin
    if plugin._dock is not None:
        plugin._dock.close()
        plugin._dock.photo.clear()
    QgsProject.instance().clear()
    plugin.unload()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()


def in_english(language: str) -> dict[str, str]:
    """English text -> its translation, of texts that differ and are shown as they are."""
    said = translations.read(translations.FOLDER / f"herdmap_{language}.ts")
    return {english: one.forms[0] for english, one in said.items() if one.forms[0] != english and "{" not in english}


def texts_of(widget: QWidget) -> Iterator[str]:
    """The texts of a widget and of all that is in it, hidden ones too, and of its menus."""
    for one in (widget, *widget.findChildren(QWidget)):
        yield from (one.toolTip(), one.windowTitle())
        if isinstance(one, (QLabel, QAbstractButton)):
            yield one.text()
        if isinstance(one, QLineEdit):
            yield one.placeholderText()
        if isinstance(one, QComboBox):
            yield from (one.itemText(n) for n in range(one.count()))
        if isinstance(one, QTableWidget):
            yield from (one.horizontalHeaderItem(n).text() for n in range(one.columnCount()))
        if isinstance(one, (QGroupBox, QMenu)):
            yield one.title()
        yield from (action.text() for action in one.actions())


def cut(widget: QWidget) -> list[str]:
    """The texts that do not fit where they are shown."""
    found = []
    for one in widget.findChildren(QWidget):
        if not one.isVisible() or not isinstance(one, (QLabel, QAbstractButton, QProgressBar)) or not one.text():
            continue
        if isinstance(one, QLabel) and one.wordWrap():
            fits = one.heightForWidth(one.width()) <= one.height()
        elif isinstance(one, QProgressBar):
            fits = one.fontMetrics().horizontalAdvance(one.text()) <= one.width()
        else:
            fits = one.sizeHint().width() <= one.width()
        if not fits:
            found.append(one.text())
    return found


def check(widget: QWidget, language: str, most: int = BESIDE) -> None:
    """Nothing is English, and nothing is cut; something is shown in the language; a dock is no wider than `most`."""
    QApplication.processEvents()
    known = in_english(language)
    shown = {KEY.sub("", text) for text in texts_of(widget)} | set(texts_of(widget))
    assert not sorted(shown & known.keys())
    assert shown & set(known.values())
    end = time.monotonic() + 5
    while cut(widget) and time.monotonic() < end:  # Qt lays texts of several lines out in more than one pass
        QApplication.processEvents()
    assert not cut(widget)
    if isinstance(widget, QDockWidget):
        assert widget.minimumSizeHint().width() <= most * widget.fontMetrics().height()


def test_the_toolbar_and_the_panel(plugin: Any, language: str, copied: Path) -> None:
    window: QMainWindow = plugin.iface.mainWindow()
    window.resize(1280, 900)
    window.show()
    check(plugin._toolbar, language)
    plugin.panel()
    dock: QDockWidget = plugin._panel
    dock.open(copied)
    for name in dock.panel.boxes:
        dock.panel.unfold(name)
        dock.resize(dock.minimumSizeHint().width(), 900)
        check(dock, language)


def test_the_layers(plugin: Any, language: str, copied: Path) -> None:
    known = in_english(language)
    plain = QgsProject()
    assert plain.read(f"geopackage:{copied}?projectName=herdmap")
    found = layers.open_survey(copied, QgsProject.instance())
    as_stored = {layer.source(): widgets(layer) for layer in plain.mapLayers().values()}
    assert {layer.source(): widgets(layer) for layer in found} == as_stored
    said = []
    for layer in found:
        if isinstance(layer, QgsVectorLayer):
            said += [layer.name(), *(field.alias() for field in layer.fields())]
            said += [item.label() for item in layer.renderer().legendSymbolItems()] if layer.renderer() else []
            said += [text for number in range(layer.fields().count()) for text in choices(layer, number)]
    said += [group.name() for group in QgsProject.instance().layerTreeRoot().findGroups(True)]
    for english in ("Detections", "Not reviewed", "not reviewed", "searched", "Taken at", "Imagery"):
        assert known[english] in said
    assert not set(said) & known.keys()
    assert "sheep" in said  # a name of a class, which is the user's own


def widgets(layer: Any) -> list[str]:
    """The kind of field that a form has for each column."""
    if not isinstance(layer, QgsVectorLayer):
        return []
    return [layer.editorWidgetSetup(number).type() for number in range(layer.fields().count())]


def choices(layer: QgsVectorLayer, number: int) -> list[str]:
    """What a form offers for a column."""
    setup = layer.editorWidgetSetup(number)
    return [said for pair in setup.config().get("map", []) for said in pair] if setup.type() == "ValueMap" else []


def test_the_docks(plugin: Any, language: str, copied: Path) -> None:
    plugin.iface.mainWindow().show()
    plugin.review(copied)
    review: QDockWidget = plugin._dock
    review.panel.choice.setCollapsed(False)
    review.setFloating(True)
    review.resize(review.minimumSizeHint().width(), 1000)
    check(review, language)
    plugin.search(copied)
    search: QDockWidget = plugin._search
    search.setFloating(True)
    search.resize(search.minimumSizeHint().width(), 800)
    check(search, language, ABOVE)
    assert search.minimumSizeHint().width() <= 950, "wider, QGIS would be wider than a small screen"


def test_the_dialogs(plugin: Any, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from qgis import processing

    # What QGIS's dialog asks its window for.
    monkeypatch.setattr(plugin.iface, "browserModel", lambda: QgsBrowserGuiModel(), raising=False)
    monkeypatch.setattr(plugin.iface, "messageTimeout", lambda: 5, raising=False)
    known = in_english(language)
    for algorithm in plugin.provider.algorithms():
        said = [algorithm.displayName(), algorithm.shortDescription(), algorithm.shortHelpString()]
        said += [definition.description() for definition in algorithm.parameterDefinitions()]
        said += [definition.description() for definition in algorithm.outputDefinitions()]
        assert not set(said) & known.keys(), algorithm.name()
    dialog: QDialog = processing.createAlgorithmDialog("herdmap:detect", {})
    dialog.show()
    labels = {label.text() for label in dialog.findChildren(QLabel)}
    assert known["Search only inside these polygons"] in " ".join(labels)
    dialog.close()
    settings = SettingsDialog()
    settings.show()
    check(settings, language)
    settings.cancel()
    end = time.monotonic() + 60
    while settings._task is not None and time.monotonic() < end:
        QApplication.processEvents()
    settings.deleteLater()

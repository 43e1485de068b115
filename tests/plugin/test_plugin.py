"""The plugin in QGIS: what it adds, and that it leaves nothing behind."""

import configparser
import re

import pytest
from qgis.core import QgsApplication, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtWidgets import QAction, QMessageBox

import qgis_plugin
from qgis_plugin.algorithms import imagery
from qgis_plugin.environment import environment
from tests import ROOT


@pytest.fixture
def plugin(qgis_iface, qgis_processing):
    plugin = qgis_plugin.classFactory(qgis_iface)
    plugin.initGui()
    yield plugin
    plugin.unload()


def test_the_toolbar_has_its_actions(plugin):
    assert list(plugin.actions) == ["panel", "detect", "review", "search", "count", "open", "settings"]
    for action in plugin.actions.values():
        assert isinstance(action, QAction)
        assert action.text()
        assert action.toolTip()
        assert not action.icon().pixmap(24, 24).isNull(), action.objectName()


def test_the_provider_comes_and_goes(qgis_iface, qgis_processing):
    registry = QgsApplication.processingRegistry()
    plugin = qgis_plugin.classFactory(qgis_iface)
    plugin.initGui()
    assert registry.providerById("herdmap").name() == "Herdmap"
    plugin.unload()
    assert registry.providerById("herdmap") is None


def test_without_a_window_only_the_provider_is_there(qgis_processing):
    plugin = qgis_plugin.classFactory(None)
    plugin.initProcessing()
    assert QgsApplication.processingRegistry().providerById("herdmap")
    assert plugin.actions == {}
    QgsApplication.processingRegistry().removeProvider(plugin.provider)


def test_the_metadata_says_what_the_project_says():
    metadata = configparser.ConfigParser()
    metadata.read_string((ROOT / "metadata.txt").read_text(encoding="utf-8"))
    general = metadata["general"]
    init = (ROOT / "detector" / "__init__.py").read_text(encoding="utf-8")
    assert general["version"] == re.search(r'^__version__ = "(.*)"$', init, re.M).group(1)
    assert (general["qgisMinimumVersion"], general["qgisMaximumVersion"]) == ("3.22", "3.99")
    assert general["hasProcessingProvider"] == "yes"
    assert (ROOT / "qgis_plugin" / general["icon"]).is_file()


def test_the_imagery_at_hand_fills_in_the_dialog(profile, practice):
    ortho = QgsRasterLayer(str(practice / "orthomosaic.tif"), "ortho")
    photo = QgsRasterLayer(str(next((practice / "photos").glob("*.jpg"))), "photo")
    regions = QgsVectorLayer(str(practice / "regions.gpkg"), "regions", "ogr")
    assert imagery.at_hand([]) == {}
    assert imagery.at_hand([regions]) == {"REGIONS": regions.id()}
    assert imagery.at_hand([regions, ortho]) == {
        "REGIONS": regions.id(),
        "IMAGERY": [ortho.id()],
        "OUTPUT": str(practice / "orthomosaic_animals.gpkg"),
    }
    both = imagery.at_hand([photo, ortho])
    assert both["IMAGERY"] == [photo.id(), ortho.id()]
    assert both["OUTPUT"] == str(practice / "photos" / "photos_animals.gpkg")


@pytest.mark.parametrize(
    ("source", "provider", "text"),
    [
        ("type=xyz&url=http://127.0.0.1:9/%7Bz%7D/%7Bx%7D/%7By%7D.png", "wms", "web service"),
        ("/vsicurl/http://127.0.0.1:9/ortho.tif", "gdal", "not a single file"),
    ],
)
def test_imagery_that_is_no_file_is_refused_with_the_mend(profile, source, provider, text):
    layer = QgsRasterLayer(source, "Far away", provider)
    with pytest.raises(imagery.ImageryError, match=f"Far away.*{text}.*GeoTIFF"):
        imagery.at_hand([layer])


def test_detect_without_an_environment_opens_the_settings(plugin, profile):
    plugin.actions["detect"].trigger()
    assert plugin._settings.isVisible()
    assert plugin._dialog is None


@pytest.mark.parametrize("answer", ["Yes", "No"])
def test_uninstalling_asks_about_the_detector_and_closing_does_not(
    qgis_iface, qgis_processing, profile, monkeypatch, answer
):
    """QGIS's plugin manager unloads the plugin in its method `uninstallPlugin`."""
    asked = []

    def question(window, title, text, *buttons):
        asked.append(text)
        return getattr(QMessageBox.StandardButton, answer)

    monkeypatch.setattr(QMessageBox, "question", question)
    packages = environment.folder() / "e1" / "packages.bin"
    packages.parent.mkdir(parents=True)
    packages.write_bytes(bytes(3_000_000))

    def started():
        plugin = qgis_plugin.classFactory(qgis_iface)
        plugin.initGui()
        return plugin

    started().unload()
    assert asked == []

    def uninstallPlugin(plugin):
        plugin.unload()

    uninstallPlugin(started())
    assert len(asked) == 1
    assert "takes 3 MB" in asked[0]
    assert packages.exists() == (answer == "No")


def test_a_detector_that_runs_is_reported_without_what_it_does_not_need():
    text = "herdmap 1\ntorch         not installed; you only need it for training: pip\nall is installed"
    assert "torch" not in environment.Health(True, "1", "cpu", text).short
    assert environment.Health(False, "1", "", text).short == text

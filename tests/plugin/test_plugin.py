"""The plugin in QGIS: what it adds, and that it leaves nothing behind."""

import configparser
import re
from pathlib import Path

import pytest
from qgis.core import QgsApplication
from qgis.PyQt.QtWidgets import QAction

import qgis_plugin

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def plugin(qgis_iface, qgis_processing):
    plugin = qgis_plugin.classFactory(qgis_iface)
    plugin.initGui()
    yield plugin
    plugin.unload()


def test_the_toolbar_has_the_five_actions(plugin):
    assert list(plugin.actions) == ["detect", "review", "count", "open", "settings"]
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
    assert (general["qgisMinimumVersion"], general["qgisMaximumVersion"]) == ("3.22", "4.99")
    assert general["hasProcessingProvider"] == "yes"
    assert (ROOT / "qgis_plugin" / general["icon"]).is_file()

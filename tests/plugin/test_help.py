"""The help buttons open pages that ship with the plugin."""

import zipfile

import pytest
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QDesktopServices

from qgis_plugin import help_pages
from qgis_plugin.panel.panel import RoadPanel


@pytest.fixture
def pages(plugin_zip, tmp_path, monkeypatch):
    """The pages of the zip, as if this checkout were the zip, in a folder that an address must escape."""
    place = tmp_path / "plugins é #1"
    with zipfile.ZipFile(plugin_zip) as zipped:
        zipped.extractall(place, [name for name in zipped.namelist() if "/pages/" in name])
    monkeypatch.setattr(help_pages, "PAGES", place / "herdmap" / "pages")
    return help_pages.PAGES


def test_every_algorithm_has_a_heading_in_a_page_that_ships(provider, pages):
    text = (pages / "command-line.html").read_text(encoding="utf-8")
    algorithms = QgsApplication.processingRegistry().providerById("herdmap").algorithms()
    assert len(algorithms) > 15
    for algorithm in algorithms:
        url = QUrl(algorithm.helpUrl())
        assert url.toLocalFile() == str(pages / "command-line.html")
        assert f'id="{url.fragment()}"' in text, algorithm.name()


def test_the_panel_opens_its_page(qgis_app, pages, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url))
    assert not RoadPanel().help.isHidden()
    help_pages.show("plugin", "the-panel")
    (url,) = opened
    assert (url.toLocalFile(), url.fragment()) == (str(pages / "plugin.html"), "the-panel")
    assert 'id="the-panel"' in (pages / "plugin.html").read_text(encoding="utf-8")


def test_a_checkout_has_no_pages_and_no_button(qgis_app, tmp_path, monkeypatch):
    monkeypatch.setattr(help_pages, "PAGES", tmp_path)
    assert help_pages.address("plugin") == ""
    assert RoadPanel().help.isHidden()

"""What the tests of the panel share."""

import pytest
from qgis.core import QgsProject
from qgis.PyQt.QtGui import QDesktopServices

import qgis_plugin
from qgis_plugin.environment import environment


@pytest.fixture
def plugin(qgis_iface, qgis_new_project, profile, quick_python, qgis_processing):
    environment.choose_python(quick_python)
    plugin = qgis_plugin.classFactory(qgis_iface)
    qgis_iface.mainWindow().hide()  # Qt shows what is put into a window together with it; a test before left it shown
    plugin.initGui()
    qgis_iface.mainWindow().show()
    yield plugin
    plugin.unload()
    QgsProject.instance().clear()


@pytest.fixture
def opened(monkeypatch):
    """What a browser was asked to open."""
    found = []
    monkeypatch.setattr(QDesktopServices, "openUrl", staticmethod(lambda url: found.append(url.toLocalFile())))
    return found


@pytest.fixture
def photos(practice, tmp_path):
    """A folder of the practice survey's photos, of its own."""
    folder = tmp_path / "flight é 1"
    folder.mkdir()
    for photo in (practice / "photos").iterdir():
        (folder / photo.name).write_bytes(photo.read_bytes())
    return folder

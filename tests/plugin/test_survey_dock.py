"""The docks of one survey: each follows the surveys of the project, and none works on once it is put away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QCoreApplication, QEvent
from qgis.PyQt.QtWidgets import QApplication

from qgis_plugin import classFactory, layers
from qgis_plugin.survey_dock import SurveyDock


@pytest.fixture
def docks(qgis_iface: Any, qgis_new_project: None, qgis_processing: None) -> Iterator[list[SurveyDock]]:
    plugin = classFactory(qgis_iface)
    plugin.initGui()
    qgis_iface.mainWindow().show()
    plugin.panel()
    plugin.review()
    plugin.search()
    yield [plugin._panel, plugin._dock, plugin._search]
    plugin._dock.close()
    plugin._dock.photo.clear()
    QgsProject.instance().clear()
    plugin.unload()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()


def offered(dock: SurveyDock) -> list[str]:
    return [dock.panel.survey.itemText(n) for n in range(dock.panel.survey.count()) if dock.panel.survey.itemData(n)]


def test_each_dock_follows_the_project(docks: list[SurveyDock], copied: Path) -> None:
    layers.open_survey(copied, QgsProject.instance())
    QApplication.processEvents()
    for dock in docks:
        assert offered(dock) == [copied.stem], dock.objectName()
        assert dock.at_hand == copied, dock.objectName()
    QgsProject.instance().clear()
    QApplication.processEvents()
    assert [offered(dock) for dock in docks] == [[], [], []]
    for dock in docks:
        dock.put_away()
        assert not dock._watch.isActive(), dock.objectName()
        dock.put_away = lambda: None  # type: ignore[method-assign]  # it is put away

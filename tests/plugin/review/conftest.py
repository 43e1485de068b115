"""A review dock, empty or with a survey."""

import pytest
from qgis.PyQt.QtWidgets import QApplication

from tests.plugin.reviewing import new_dock, put_away


@pytest.fixture
def dock(qgis_iface, qgis_new_project):
    dock = new_dock(qgis_iface)
    yield dock
    put_away(dock)


@pytest.fixture
def opened(dock, copied):
    """With a survey of one orthomosaic."""
    return _with(dock, copied)


@pytest.fixture
def of_photos(dock, posed):
    """With a survey of two photos of the same ground."""
    return _with(dock, posed)


def _with(dock, survey):
    assert dock.open(survey), dock.panel.message.text()
    QApplication.processEvents()
    return dock

"""What comes after a run in QGIS's window: the map shows the survey, and a message leads on to the review."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsCoordinateTransform, QgsCsException, QgsProject, QgsRectangle
from qgis.PyQt.QtWidgets import QAction, QPushButton

from ..layers import SurveyLayers, group_of
from ..translation import tr, written
from .on_survey import animals_of

_MARGIN = 1.1


def lead_on(iface: Any, path: str, project: QgsProject) -> None:
    """Open the survey's group, show all of it on the map, and say how many animals it has, with a button to review."""
    group = group_of(path, project)
    if group is None:
        return
    group.setExpanded(True)
    _zoom(iface.mapCanvas(), SurveyLayers(path, project), project)
    animals = animals_of(path)
    text = tr("No animals were found.") if not animals else tr("Animals found: {}.").format(written(animals))
    message = iface.messageBar().createMessage("Herdmap", text)
    review = iface.mainWindow().findChild(QAction, "herdmap_review")
    if review is not None and hasattr(message, "layout"):
        button = QPushButton(tr("Review them") if animals else tr("Look at the photos"), message)
        button.setObjectName("herdmap_lead_on")
        button.clicked.connect(lambda *_: review.trigger())
        message.layout().addWidget(button)
    iface.messageBar().pushWidget(message)


def _zoom(canvas: Any, survey: SurveyLayers, project: QgsProject) -> None:
    """Show all detections; where there are none, all images."""
    for layer in (survey.detections, survey.images):
        extent = layer.extent() if layer is not None else QgsRectangle()
        if layer is None or extent.isEmpty() or not extent.isFinite():
            continue
        try:
            shown = QgsCoordinateTransform(
                layer.crs(), canvas.mapSettings().destinationCrs(), project
            ).transformBoundingBox(extent)
        except QgsCsException:
            continue
        shown.scale(_MARGIN)
        canvas.setExtent(shown)
        canvas.refresh()
        return

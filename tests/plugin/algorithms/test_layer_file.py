"""The file of a layer that a command reads."""

from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback, QgsProject, QgsVectorLayer

from qgis_plugin.algorithms.count import Count
from qgis_plugin.algorithms.layer_file import layer_file


def test_a_layer_that_was_closed_meanwhile_is_said(provider: Any, practice: Path, qgis_new_project: None) -> None:
    context, feedback, project = QgsProcessingContext(), QgsProcessingFeedback(), QgsProject.instance()
    context.setProject(project)
    regions = QgsVectorLayer(str(practice / "regions.gpkg"), "regions", "ogr")
    project.addMapLayer(regions)
    given = {"REGIONS": regions.id()}
    count = Count().create()
    assert Path(layer_file(count, "REGIONS", given, context, feedback)).is_file()
    project.clear()
    with pytest.raises(QgsProcessingException, match="The layer of “Regions” is not in the project any more"):
        layer_file(count, "REGIONS", given, context, feedback)

"""The file of a layer that a command reads. A selection, or a filtered or temporary layer, is written to a file."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingAlgorithm, QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback

from ..translation import tr


def layer_file(
    algorithm: QgsProcessingAlgorithm,
    name: str,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
    feedback: QgsProcessingFeedback,
    kind: str = "gpkg",
) -> str:
    """The file of the layer of the parameter `name`. kind: the ending of a file that must be written.

    Raises QgsProcessingException where there is no such layer: somebody may close the project while this runs.
    """
    path = str(algorithm.parameterAsCompatibleSourceLayerPath(parameters, name, context, [], kind, feedback))
    if not path:
        label = algorithm.parameterDefinition(name).description()
        text = tr("The layer of “{}” is not in the project any more. Open it, and run this again. Nothing was changed.")
        raise QgsProcessingException(text.format(label))
    return path

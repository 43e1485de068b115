"""herdmap:survey, put imagery on the map without a model: people search it."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
)

from ..translation import tr
from . import positions
from .from_imagery import FromImagery, shortened
from .progress import Progress


class NewSurvey(FromImagery):
    """The result is a survey in which every image is still to be searched."""

    NAME = "survey"
    ICON = "open"
    TAGS = "new,survey,photos,orthomosaic,count by hand,search,label"

    def displayName(self) -> str:  # noqa: N802
        return tr("New survey")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Puts photos and orthomosaics on the map, to be searched by people")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Makes a survey without a model: a GeoPackage with the place of each image. Nothing is searched, so it"
            " takes seconds. Then press Search images in the toolbar, and look at the images cell by cell.\n\n"
            "Classes: the kinds of animals that you look for, with commas between them. The keys 1 to 9 choose"
            " them.\n\n"
            "Polygons: images outside them are left out of the search.\n\n"
            "You can let a model search the same survey later: run Detect animals with the same output. What people"
            " searched and marked is kept."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.add_imagery()
        self.addParameter(
            QgsProcessingParameterString("CLASSES", tr("Classes (for example elephant, zebra)"), optional=True)
        )
        self.add_polygons(tr("Leave out images outside these polygons"))
        number = QgsProcessingParameterNumber
        self.add_advanced(
            positions.position_field(tr("Positions of the photos (table or flight log)")),
            *positions.advanced_fields(),
            QgsProcessingParameterRasterLayer("DEM", tr("Terrain model (heights of the ground)"), optional=True),
            number("AGL", tr("Height of all cameras above the ground [m]"), number.Type.Double, None, True, 0),
        )
        self.add_output()
        self.addOutput(QgsProcessingOutputNumber("IMAGES", tr("Images")))
        self.addOutput(QgsProcessingOutputNumber("FAILED", tr("Images that failed")))

    def problem(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        return self.wrong_imagery(parameters, context) or self.wrong_output(parameters, context)

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        inputs, output = self.inputs(parameters, context), self.take_output(parameters, context, feedback)
        arguments = ["survey", *shortened(inputs), "-o", output, "--progress", "json"]
        for name in self.parameterAsString(parameters, "CLASSES", context).split(","):
            arguments += ["--class", name.strip()] if name.strip() else []
        arguments += self.placing(parameters, context, feedback)
        result: dict[str, Any] = {"OUTPUT": output}
        progress = Progress(feedback)

        def on_event(event: dict[str, Any]) -> None:
            if event.get("event") == "done":
                result.update(IMAGES=event.get("images"), FAILED=event.get("failed"))
            else:
                progress.show(event)

        if not self.herdmap(arguments, feedback, on_event):
            self.opens = False
            return {}
        self.found = output
        return result

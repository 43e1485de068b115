"""herdmap:count, the animals in each region. It needs QGIS alone, and counts as `herdmap count` does."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsDistanceArea,
    QgsFeature,
    QgsFeatureRequest,
    QgsFeatureSink,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsPoint,
    QgsPointXY,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsRectangle,
    QgsSpatialIndex,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QMetaType, QVariant

from ..counting_rule import Review, Sighting, counts, effective_class, standing
from ..layers import group_of
from ..survey_file import OUTSIDE, UNPLACED
from ..translation import tr
from .algorithm import REVIEW_CHOICES, option, review_parameter
from .layer_file import layer_file
from .on_survey import SurveyCommand
from .region_style import RegionStyle

_NAME_FIELDS = ("name", "region", "region_name", "stratum", "block", "label", "title", "id", "fid")
# An invalid polygon is repaired rather than refused.
_ANY_GEOMETRY = QgsProcessingFeatureSource.Flag.FlagSkipGeometryValidityChecks
# A field's kind is one of QVariant's own before 3.38, and one of the meta types since.
if Qgis.QGIS_VERSION_INT >= 33800:
    _TEXT, _INTEGER, _REAL = QMetaType.Type.QString, QMetaType.Type.Int, QMetaType.Type.Double
else:
    _TEXT, _INTEGER, _REAL = QVariant.String, QVariant.Int, QVariant.Double


class Count(SurveyCommand):
    """Counts in QGIS itself; only to write the counts into the survey, the detector is needed.

    A detection counts in the region that contains the centre of its box; on a shared edge, in the layer's first.
    """

    NAME = "count"
    ICON = "count"
    TAGS = "animals,wildlife,survey,count,density,regions,polygons"

    def displayName(self) -> str:  # noqa: N802
        return tr("Count animals per region")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Counts the animals of a survey in each polygon of a layer")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Counts the animals of a survey in the polygons of a layer. Writes one row for each region"
            " and class: region, class, count, area_km2, density_per_km2.\n\n"
            "The centre of its box decides in which region an animal counts. On a shared edge the first"
            " region of the layer gets it. Animals in no region count as “outside”. Regions without"
            " animals get a row too. Areas are measured on the ellipsoid, so the CRS does not matter. An"
            " animal in several photos counts once if the survey has matched its photos.\n\n"
            "This works without the detector, and does not change the survey. If you tick “Also write the counts into"
            " the survey”, which needs the detector, the survey's own layer Counts is made of these regions. The review"
            " shows it and keeps it up to date."
        )

    def canExecute(self) -> tuple[bool, str]:  # noqa: N802
        return True, ""

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.add_survey()
        polygon = QgsProcessing.SourceType.TypeVectorPolygon
        self.addParameter(QgsProcessingParameterFeatureSource("REGIONS", tr("Regions"), [polygon]))
        self.addParameter(
            QgsProcessingParameterField(
                "REGION_FIELD", tr("Column with the names of the regions"), None, "REGIONS", optional=True
            )
        )
        self.addParameter(review_parameter())
        self.addParameter(
            QgsProcessingParameterBoolean(
                "INTO_SURVEY", tr("Also write the counts into the survey, where the review updates them"), False
            )
        )
        self.addParameter(QgsProcessingParameterFeatureSink("OUTPUT", tr("Counts per region"), polygon))
        self.addOutput(QgsProcessingOutputNumber("TOTAL", tr("Animals counted")))

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        survey = self.survey_file(parameters, context)
        detections = QgsVectorLayer(f"{survey}|layername=detections", "detections", "ogr")
        if not detections.isValid():
            raise QgsProcessingException(tr("{path}: QGIS cannot read the layer detections").format(path=survey))
        source = self.parameterAsSource(parameters, "REGIONS", context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, "REGIONS"))
        _check_crs(detections.crs(), source.sourceCrs())
        regions = _Regions(source, self.parameterAsString(parameters, "REGION_FIELD", context), context, feedback)
        review = REVIEW_CHOICES[self.parameterAsEnum(parameters, "REVIEW", context)]
        into_regions = QgsCoordinateTransform(detections.crs(), source.sourceCrs(), context.transformContext())
        found: Counter[tuple[str, str]] = Counter()
        number = max(1, detections.featureCount())
        for done, (animal, centre) in enumerate(_animals(detections, review)):
            if done % 500 == 0:
                feedback.setProgress(100 * done / number)
                if feedback.isCanceled():
                    return {}
            found[regions.holding(centre, into_regions), animal] += 1

        fields = QgsFields()
        for name, kind in (
            ("region", _TEXT), ("class", _TEXT), ("count", _INTEGER), ("area_km2", _REAL), ("density_per_km2", _REAL),
        ):  # fmt: skip
            fields.append(QgsField(name, kind))
        sink, output = self.parameterAsSink(
            parameters, "OUTPUT", context, fields, QgsWkbTypes.Type.MultiPolygon, source.sourceCrs()
        )
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, "OUTPUT"))
        classes = sorted({animal for _, animal in found}) or ["all"]
        for place, shape, area in regions.rows(any(place == UNPLACED for place, _ in found)):
            for animal in classes:
                row = QgsFeature(fields)
                if shape is not None:
                    row.setGeometry(shape)
                count = found[place, animal]
                row.setAttributes([place, animal, count, area, count / area if area else None])
                if not sink.addFeature(row, QgsFeatureSink.Flag.FastInsert):
                    raise QgsProcessingException(self.writeFeatureError(sink, parameters, "OUTPUT"))
            feedback.pushInfo(f"{place}: " + ", ".join(f"{found[place, animal]} {animal}" for animal in classes))
        if context.willLoadLayerOnCompletion(output):
            self._style = RegionStyle()  # QGIS keeps no reference of its own
            context.layerToLoadOnCompletionDetails(output).setPostProcessor(self._style)
        if self.parameterAsBool(parameters, "INTO_SURVEY", context):
            self._into_survey(survey, parameters, context, feedback)
        self._output = output
        return {"OUTPUT": output, "TOTAL": sum(found.values())}

    def postProcessAlgorithm(self, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict[str, Any]:  # noqa: N802
        if self.changed and context.project() is not None and group_of(self.changed, context.project()) is not None:
            # The survey's own layer Counts shows them, and follows the review. A second one beside it would not.
            wanted = context.layersToLoadOnCompletion()
            wanted.pop(self._output, None)
            context.setLayersToLoadOnCompletion(wanted)
        return super().postProcessAlgorithm(context, feedback)

    def _into_survey(
        self, survey: str, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> None:
        """Write the counts of the same regions into the survey. Raises QgsProcessingException."""
        arguments = ["count", survey, "--regions", layer_file(self, "REGIONS", parameters, context, feedback)]
        arguments += option("--region-field", self.parameterAsString(parameters, "REGION_FIELD", context))
        arguments += ["--review", REVIEW_CHOICES[self.parameterAsEnum(parameters, "REVIEW", context)]]
        if self.herdmap(arguments, feedback):
            self.changed = survey


class _Regions:
    """The polygons to count in, cleaned and named as `herdmap count` does."""

    def __init__(self, source: Any, field: str, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> None:
        self._geometries: list[QgsGeometry] = []
        self._names: list[str] = []
        self._index = QgsSpatialIndex()
        names = [one.name() for one in source.fields()]
        field = field or next((n for usual in _NAME_FIELDS for n in names if n.casefold() == usual), "")
        if not field:
            feedback.pushWarning(tr("The regions have no column with names, so each is called by its row number."))
        taken, last = {OUTSIDE, UNPLACED}, Counter[str]()
        for row, feature in enumerate(source.getFeatures(QgsFeatureRequest(), _ANY_GEOMETRY), start=1):
            shape, repaired = _polygonal(feature.geometry())
            if shape is None:
                feedback.pushWarning(
                    tr("Row {row} of the regions is skipped: it is not a polygon with an area").format(row=row)
                )
                continue
            if repaired:
                feedback.pushWarning(
                    tr("Row {row} of the regions crosses or touches itself. It was repaired for the count.").format(
                        row=row
                    )
                )
            plain = _name(feature[field] if field else None, row)
            name, number = plain, last[plain] or 1
            while name in taken:
                number += 1
                name = f"{plain} ({number})"
            last[plain] = number
            taken.add(name)
            self._index.addFeature(len(self._names), shape.boundingBox())
            self._names.append(name)
            self._geometries.append(shape)
        if not self._names:
            raise QgsProcessingException(tr("The layer of regions contains no polygon. Choose another layer."))
        self._engines = [QgsGeometry.createGeometryEngine(shape.constGet()) for shape in self._geometries]
        for engine in self._engines:
            engine.prepareGeometry()
        self._crs = source.sourceCrs()
        self._transforms = context.transformContext()

    def holding(self, centre: QgsPointXY | None, into_regions: QgsCoordinateTransform) -> str:
        """The region that contains a point in the detections' CRS; `unplaced` if there is no point."""
        if centre is None:
            return UNPLACED
        try:
            there = into_regions.transform(centre) if into_regions.isValid() else centre
        except QgsCsException:
            return OUTSIDE
        point = QgsPoint(there)
        # The R-tree has boxes in single precision, a little larger.
        for number in sorted(self._index.intersects(QgsRectangle(there, there))):
            if self._engines[number].intersects(point):
                return self._names[number]
        return OUTSIDE

    def rows(self, unplaced: bool) -> Iterator[tuple[str, QgsGeometry | None, float | None]]:
        """(name, polygon, km2) of each region, then those without a polygon."""
        measure = QgsDistanceArea()
        measure.setSourceCrs(self._crs, self._transforms)
        measure.setEllipsoid(self._crs.ellipsoidAcronym())
        for name, shape in zip(self._names, self._geometries):
            multi = QgsGeometry(shape)
            multi.convertToMultiType()
            yield name, multi, measure.measureArea(shape) / 1e6 if self._crs.isValid() else None
        yield OUTSIDE, None, None
        if unplaced:
            yield UNPLACED, None, None


def _animals(detections: QgsVectorLayer, review: Review) -> Iterator[tuple[str, QgsPointXY | None]]:
    """(class, centre of the box) of each animal that counts after the review."""
    wanted = ["class", "review", "reviewed_class", "counted", "animal_id", "score"]
    request = QgsFeatureRequest().setSubsetOfAttributes(wanted, detections.fields())
    sightings: list[Sighting] = []
    centres: list[QgsPointXY | None] = []
    for feature in detections.getFeatures(request):
        animal, score = feature["animal_id"], feature["score"]
        sightings.append(
            Sighting(
                animal if isinstance(animal, int) else None,
                feature["counted"] != 0,
                float(score) if isinstance(score, (int, float)) else None,
                str(feature["review"]),
                str(feature["class"] or ""),
                str(feature["reviewed_class"] or ""),
            )
        )
        centres.append(_centre(feature.geometry()))
    for one, stands, centre in zip(sightings, standing(sightings), centres):
        if stands and counts(one.review, review):
            yield effective_class(one.class_name, one.reviewed_class), centre


def _centre(box: QgsGeometry) -> QgsPointXY | None:
    """The mean of the four corners; None if the box has no position."""
    if box.isNull() or box.isEmpty():
        return None
    vertices = box.vertices()
    corners = [next(vertices) for _ in range(4)]
    x, y = sum(p.x() for p in corners) / 4, sum(p.y() for p in corners) / 4
    return QgsPointXY(x, y) if math.isfinite(x) and math.isfinite(y) else None


def _polygonal(shape: QgsGeometry) -> tuple[QgsGeometry | None, bool]:
    """The valid polygon of a geometry (None if it has none), and whether it had to be repaired."""
    if shape.isNull() or shape.isEmpty() or shape.type() != QgsWkbTypes.GeometryType.PolygonGeometry:
        return None, False
    if shape.isGeosValid():
        return shape, False
    valid = [piece for part in _parts(shape) for piece in _parts(part.makeValid())]
    return (QgsGeometry.unaryUnion(valid), True) if valid else (None, False)


def _parts(shape: QgsGeometry) -> Iterable[QgsGeometry]:
    return [
        part
        for part in shape.asGeometryCollection()
        if part.type() == QgsWkbTypes.GeometryType.PolygonGeometry and part.area()
    ]


def _name(value: Any, row: int) -> str:
    if value is None or (isinstance(value, QVariant) and value.isNull()):
        return str(row)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or str(row)


def _check_crs(detections: QgsCoordinateReferenceSystem, regions: QgsCoordinateReferenceSystem) -> None:
    if regions.isValid() and not detections.isValid():
        raise QgsProcessingException(
            tr(
                "The survey has no CRS, but the regions do. Give the photos their positions first, with"
                " “Georeference photos”."
            )
        )
    if detections.isValid() and not regions.isValid():
        raise QgsProcessingException(tr("The regions have no CRS. Set it in the properties of their layer."))

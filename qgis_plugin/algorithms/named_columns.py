"""Layers whose columns have other names than a command expects: it gets a copy with the columns that the user chose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qgis.core import (
    QgsFeature,
    QgsField,
    QgsFields,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsProcessingUtils,
    QgsVectorFileWriter,
    QgsWkbTypes,
)

from ..translation import tr
from .layer_file import layer_file

_NUMBER = "fid"  # of a GeoPackage's rows: the copy has its own


def file_of(
    algorithm: QgsProcessingAlgorithm,
    name: str,
    columns: Mapping[str, str],
    parameters: dict[str, Any],
    context: QgsProcessingContext,
    feedback: QgsProcessingFeedback,
) -> str:
    """The file of a layer or table that a parameter names, its columns named as the command expects.

    columns: the parameter that asks for a column -> the name that the command expects. Raises QgsProcessingException.
    """
    source = algorithm.parameterAsSource(parameters, name, context)
    if source is None:
        raise QgsProcessingException(algorithm.invalidSourceError(parameters, name))
    chosen = {
        expected: column
        for parameter, expected in columns.items()
        if (column := algorithm.parameterAsString(parameters, parameter, context))
    }
    if chosen:
        return copy_with(source, chosen, name.lower(), context)
    kind = "csv" if source.wkbType() == QgsWkbTypes.Type.NoGeometry else "gpkg"
    return layer_file(algorithm, name, parameters, context, feedback, kind)


def copy_with(
    source: QgsProcessingFeatureSource, chosen: Mapping[str, str], name: str, context: QgsProcessingContext
) -> str:
    """Write a copy of a layer or table to a temporary file, and return its path.

    chosen: the name that the command expects -> the column of the layer. Another column of the expected name is left
    out, as it is not the one that is meant. Raises QgsProcessingException.
    """
    fields = source.fields()
    for column in chosen.values():
        if fields.lookupField(column) < 0:
            there = ", ".join(field.name() for field in fields)
            raise QgsProcessingException(tr("There is no column {}. The columns are: {}").format(column, there))
    named = {column: expected for expected, column in chosen.items()}
    kept, new = [], QgsFields()
    for number, field in enumerate(fields):
        target = named.get(field.name(), field.name())
        if field.name() not in named and target.casefold() in {*chosen, _NUMBER}:
            continue
        copied = QgsField(field)
        copied.setName(target)
        if new.append(copied):
            kept.append(number)
    table = source.wkbType() == QgsWkbTypes.Type.NoGeometry
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "CSV" if table else "GPKG"
    path = QgsProcessingUtils.generateTempFilename(f"{name}.{'csv' if table else 'gpkg'}")
    kind = source.wkbType()
    writer = QgsVectorFileWriter.create(path, new, kind, source.sourceCrs(), context.transformContext(), options)
    for feature in source.getFeatures():
        row = QgsFeature(new)
        row.setGeometry(feature.geometry())
        row.setAttributes([feature[number] for number in kept])
        writer.addFeature(row)
    problem = writer.errorMessage()
    del writer  # which writes the file
    if problem:
        raise QgsProcessingException(problem)
    return str(path)

"""The print layout of a survey: map, legend, scale bar, north arrow, title, and what was counted and estimated.

It is one page of A4, made in the project like any layout of QGIS. What a person changes in it later stays: if the
layout is there already, only its tables and its date are filled anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsCoordinateTransform,
    QgsCsException,
    QgsLayerTree,
    QgsLayout,
    QgsLayoutFrame,
    QgsLayoutItem,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemManualTable,
    QgsLayoutItemMap,
    QgsLayoutItemPicture,
    QgsLayoutItemScaleBar,
    QgsLayoutMultiFrame,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsLegendStyle,
    QgsMapLayer,
    QgsPrintLayout,
    QgsProject,
    QgsRectangle,
    QgsTableCell,
    QgsTextFormat,
    QgsUnitTypes,
)
from qgis.PyQt.QtCore import QDate, QLocale
from qgis.PyQt.QtGui import QColor, QFont

from .. import layers
from ..translation import tr, written
from .estimates_view import density, interval, label, number
from .state import SurveyState

_MM = QgsUnitTypes.LayoutUnit.LayoutMillimeters
_WIDTH, _HEIGHT, _EDGE, _SIDE = 297.0, 210.0, 10.0, 82.0  # mm; the side has the legend and the tables
_MOST_ROWS = 14  # of a table
_IDENTITY = "herdmap/table"
_COUNTS, _ESTIMATES, _DATE = "herdmap_counts", "herdmap_estimates", "herdmap_date"


def make_layout(path: Path, state: SurveyState, project: QgsProject) -> QgsPrintLayout:
    """The layout of this survey in the project: a new one, or that which is there with its tables filled anew."""
    manager, name = project.layoutManager(), tr("Survey {}").format(path.stem)
    layout = manager.layoutByName(name)
    if layout is None:
        layout = QgsPrintLayout(project)
        layout.initializeDefaults()
        layout.setName(name)
        _fill(layout, path, state, project)
        manager.addLayout(layout)
    for identity, rows in ((_COUNTS, _counts(state)), (_ESTIMATES, _estimates(state))):
        table = _table(layout, identity)
        if table is not None:
            table.setTableContents([[_cell(text, number == 0) for text in row] for number, row in enumerate(rows)])
            table.recalculateFrameSizes()
    date = layout.itemById(_DATE)
    if isinstance(date, QgsLayoutItemLabel):
        date.setText(QLocale().toString(QDate.currentDate(), QLocale.FormatType.LongFormat))
    return layout


def _fill(layout: QgsPrintLayout, path: Path, state: SurveyState, project: QgsProject) -> None:
    side = _WIDTH - _EDGE - _SIDE
    _label(layout, path.stem.replace("_", " "), (_EDGE, 7, side - _EDGE - 5, 11), 20, bold=True)
    _label(layout, "", (side, 9, _SIDE, 7), 9, identity=_DATE)
    shown = _shown(project)
    main = _map(layout, shown, (_EDGE, 21, side - _EDGE - 5, _HEIGHT - 21 - 22), project)
    _north(layout, (side - 5 - 14, 23, 12, 14), main)
    _scale_bar(layout, main, (_EDGE, _HEIGHT - 19))
    source = tr("Made with Herdmap in QGIS. Coordinates: {}").format(main.crs().userFriendlyIdentifier())
    _label(layout, source, (_EDGE + 70, _HEIGHT - 15, side - _EDGE - 75, 6), 7)
    y = 21.0
    for title, identity, rows in (
        (tr("What was counted"), _COUNTS, _counts(state)),
        (tr("What was estimated"), _ESTIMATES, _estimates(state)),
    ):
        if len(rows) > 1:
            _label(layout, title, (side, y, _SIDE, 6), 10, bold=True)
            high = 4.9 * len(rows) + 1
            _add_table(layout, identity, len(rows[0]), (side, y + 7, _SIDE, high))
            y += 7 + high + 6
    _label(layout, tr("Legend"), (side, y, _SIDE, 6), 10, bold=True)
    _legend(layout, main, shown, (side, y + 6, _SIDE, _HEIGHT - y - 16))


def _shown(project: QgsProject) -> list[QgsMapLayer]:
    """What the map shows now, the top one first: the survey, and the user's own map under it."""
    order = project.layerTreeRoot().layerOrder()
    visible = {node.layerId() for node in project.layerTreeRoot().findLayers() if node.isVisible()}
    return [one for one in order if one is not None and one.isSpatial() and one.id() in visible]


def _map(
    layout: QgsPrintLayout, shown: list[QgsMapLayer], at: tuple[float, float, float, float], project: QgsProject
) -> QgsLayoutItemMap:
    main = QgsLayoutItemMap(layout)
    main.setId("herdmap_map")
    layout.addLayoutItem(main)
    _place(main, at)
    main.setFrameEnabled(True)
    main.setCrs(project.crs())
    main.setLayers(shown)  # as the map shows them now, also when other surveys are opened later
    main.setKeepLayerSet(True)
    extent = QgsRectangle()
    for layer in (one for one in shown if layers.table_of(one) is not None):
        found = _extent(layer, main, project)
        if not found.isEmpty():
            extent.combineExtentWith(found)
    if extent.isEmpty():
        extent = project.viewSettings().fullExtent()
    # In the shape of the frame: `zoomToExtent` of a new map makes no number of it, and `setExtent` changes the frame.
    _, _, width, height = at
    half = 0.54 * max(extent.width() / width, extent.height() / height, 1e-6)
    centre = extent.center()
    main.setExtent(
        QgsRectangle(
            centre.x() - half * width, centre.y() - half * height, centre.x() + half * width, centre.y() + half * height
        )
    )
    return main


def _extent(layer: QgsMapLayer, main: QgsLayoutItemMap, project: QgsProject) -> QgsRectangle:
    """The extent of a layer in the CRS of the map; empty where it has none there."""
    extent = layer.extent()
    if extent.isEmpty() or not (layer.crs().isValid() and main.crs().isValid()):
        return extent
    try:
        return QgsCoordinateTransform(layer.crs(), main.crs(), project).transformBoundingBox(extent)
    except QgsCsException:
        return QgsRectangle()


def _north(layout: QgsPrintLayout, at: tuple[float, float, float, float], main: QgsLayoutItemMap) -> None:
    arrow = QgsLayoutItemPicture(layout)
    arrow.setId("herdmap_north")
    arrow.setPicturePath(":/images/north_arrows/layout_default_north_arrow.svg")
    arrow.setLinkedMap(main)
    arrow.setNorthMode(QgsLayoutItemPicture.NorthMode.GridNorth)
    _place(arrow, at)
    layout.addLayoutItem(arrow)


def _scale_bar(layout: QgsPrintLayout, main: QgsLayoutItemMap, at: tuple[float, float]) -> None:
    bar = QgsLayoutItemScaleBar(layout)
    bar.setId("herdmap_scale")
    bar.setStyle("Single Box")
    bar.setLinkedMap(main)
    bar.applyDefaultSize(bar.guessUnits())
    bar.attemptMove(QgsLayoutPoint(*at, _MM))
    layout.addLayoutItem(bar)


def _legend(
    layout: QgsPrintLayout, main: QgsLayoutItemMap, shown: list[QgsMapLayer], at: tuple[float, float, float, float]
) -> None:
    legend = QgsLayoutItemLegend(layout)
    legend.setId("herdmap_legend")
    legend.setAutoUpdateModel(False)
    root: QgsLayerTree = legend.model().rootGroup()
    root.clear()
    for layer in shown:
        if layer.type() != QgsMapLayer.LayerType.RasterLayer:  # a legend of pixels says nothing
            root.addLayer(layer)
    legend.setLinkedMap(main)
    legend.setLegendFilterByMapEnabled(True)
    legend.setResizeToContents(True)
    styles = QgsLegendStyle.Style
    for style, size in ((styles.Title, 10), (styles.Group, 9), (styles.Subgroup, 8), (styles.SymbolLabel, 8)):
        font = QFont("sans-serif", size)
        if Qgis.QGIS_VERSION_INT >= 33000:
            legend.rstyle(style).setTextFormat(QgsTextFormat.fromQFont(font))
        else:
            legend.setStyleFont(style, font)
    _place(legend, at)
    layout.addLayoutItem(legend)


def _add_table(layout: QgsLayout, identity: str, columns: int, at: tuple[float, float, float, float]) -> None:
    table = QgsLayoutItemManualTable.create(layout)
    table.setCustomProperty(_IDENTITY, identity)
    layout.addMultiFrame(table)
    frame = QgsLayoutFrame(layout, table)
    _place(frame, at)
    table.addFrame(frame)
    table.setResizeMode(QgsLayoutMultiFrame.ResizeMode.UseExistingFrames)
    shares = (0.36, 0.16, 0.3, 0.18) if columns == 4 else (0.6, 0.4)
    table.setColumnWidths([share * _SIDE - 2.5 for share in shares])
    table.setCellMargin(1.0)
    table.setContentTextFormat(QgsTextFormat.fromQFont(QFont("sans-serif", 8)))
    table.setGridColor(QColor("#b9c0c6"))
    table.setGridStrokeWidth(0.2)


def _table(layout: QgsPrintLayout, identity: str) -> Any:
    found = [one for one in layout.multiFrames() if isinstance(one, QgsLayoutItemManualTable)]
    return next((one for one in found if one.customProperty(_IDENTITY) == identity), None)


def _cell(text: str, heading: bool) -> QgsTableCell:
    cell = QgsTableCell(text)
    if heading:
        cell.setBackgroundColor(QColor("#e9edf0"))
    return cell


def _label(
    layout: QgsPrintLayout,
    text: str,
    at: tuple[float, float, float, float],
    size: int,
    *,
    bold: bool = False,
    identity: str = "",
) -> None:
    item = QgsLayoutItemLabel(layout)
    item.setId(identity)
    item.setText(text.replace("[%", "[ %"))  # a name is no expression
    font = QFont("sans-serif", size)
    font.setBold(bold)
    if Qgis.QGIS_VERSION_INT >= 32400:
        item.setTextFormat(QgsTextFormat.fromQFont(font))
    else:
        item.setFont(font)
    _place(item, at)
    layout.addLayoutItem(item)


def _place(item: QgsLayoutItem, at: tuple[float, float, float, float]) -> None:
    x, y, width, height = at
    item.attemptMove(QgsLayoutPoint(x, y, _MM))
    item.attemptResize(QgsLayoutSize(width, height, _MM))


# ---- what the tables say ---------------------------------------------------------------------


def _counts(state: SurveyState) -> list[list[str]]:
    """The animals of each class, and how far they are reviewed."""
    rows = [[tr("Class"), tr("Animals")]]
    rows += [[name, written(count)] for name, count in list(state.animals.items())[:_MOST_ROWS]]
    hidden = list(state.animals.values())[_MOST_ROWS:]
    if hidden:
        rows.append([tr("%Ln more classes", len(hidden)), written(sum(hidden))])
    rows.append([tr("All"), written(state.found)])
    rows.append([tr("Reviewed"), f"{written(state.reviewed)} / {written(state.reviewed + state.unreviewed)}"])
    rows.append([tr("Images searched"), f"{written(state.searched)} / {written(state.images)}"])
    return rows


def _estimates(state: SurveyState) -> list[list[str]]:
    """The estimates of each stratum; the header alone where nothing was estimated."""
    one_class = len({one.class_name for one in state.estimates}) < 2
    rows = [[tr("Stratum"), tr("Animals"), tr("95 % interval"), tr("per km²")]]
    shown = state.estimates if len(state.estimates) <= _MOST_ROWS else tuple(state.totals[:_MOST_ROWS])
    rows += [[label(one, one_class), number(one), interval(one), density(one)] for one in shown]
    return rows

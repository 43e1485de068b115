"""Detecting in a part of an orthomosaic: the same pixels at the same place, and the same animals."""

import os
import sqlite3
import subprocess
from contextlib import closing

import pytest
from qgis import processing
from qgis.core import (
    QgsCoordinateTransform,
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)

from qgis_plugin.algorithms import area


def centres(path):
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT (minx + maxx) / 2, (miny + maxy) / 2 FROM rtree_detections_geom").fetchall()


def inside(points, box, margin):
    return [p for p in points if box.buffered(-margin).contains(QgsRectangle(*p, *p))]


@pytest.fixture
def ortho(practice):
    return QgsRasterLayer(str(practice / "orthomosaic.tif"), "ortho")


def test_the_window_is_of_whole_pixels_within_the_raster(ortho):
    extent, pixel = ortho.extent(), ortho.rasterUnitsPerPixelX()
    x0, y1 = extent.xMinimum(), extent.yMaximum()
    box = QgsRectangle(x0 + 10.2 * pixel, y1 - 40.5 * pixel, x0 + 30.7 * pixel, y1 - 20.9 * pixel)
    assert area.window_of(ortho, box) == (10, 20, 21, 21)
    assert area.window_of(ortho, extent.buffered(5)) == (0, 0, ortho.width(), ortho.height())
    assert area.window_of(ortho, QgsRectangle(x0 - 9, y1, x0 - 1, y1 + 9)) is None


def as_from_another_drive(path, start):
    """os.path.relpath of Windows, for files on two drives."""
    raise ValueError("path is on mount 'D:', start on mount 'C:'")


@pytest.mark.parametrize("relpath", [os.path.relpath, as_from_another_drive], ids=["one drive", "two drives"])
def test_the_part_has_the_pixels_of_the_whole(ortho, tmp_path, monkeypatch, relpath):
    monkeypatch.setattr(os.path, "relpath", relpath)
    part = QgsRasterLayer(area.write_part(ortho, (300, 200, 400, 250), tmp_path / "a é"), "part")
    assert part.isValid()
    assert (part.width(), part.height(), part.bandCount()) == (400, 250, ortho.bandCount())
    assert part.crs() == ortho.crs()
    compare = """
import sys
from osgeo import gdal
part, whole = gdal.Open(sys.argv[1]), gdal.Open(sys.argv[2])
print(part.ReadRaster() == whole.ReadRaster(300, 200, 400, 250), len(part.ReadRaster()))
"""
    command = ["/usr/bin/python3", "-c", compare, part.source(), ortho.source()]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert said.split() == ["True", str(400 * 250 * ortho.bandCount())]


def test_the_same_animals_are_found_where_it_looks(provider, ortho, survey, tmp_path):
    extent = ortho.extent()
    box = QgsRectangle(extent.xMinimum() + 12, extent.yMinimum() + 9, extent.xMaximum() - 10, extent.yMaximum() - 8)
    output = tmp_path / "part.gpkg"
    parameters = {"IMAGERY": [ortho], "EXTENT": box, "OUTPUT": str(output)}
    result = processing.run("herdmap:detect", parameters)
    whole, part = inside(centres(survey), box, 2), inside(centres(output), box, 2)
    assert len(whole) > 10
    near = [p for p in whole if any(abs(p[0] - q[0]) + abs(p[1] - q[1]) < 0.5 for q in part)]
    assert len(near) >= 0.9 * len(whole)
    assert abs(len(part) - len(whole)) <= 0.1 * len(whole)
    assert all(box.buffered(0.1).contains(QgsRectangle(*p, *p)) for p in centres(output))
    assert processing.run("herdmap:detect", parameters)["DETECTIONS"] == result["DETECTIONS"]
    (vrt,) = (tmp_path / "part.herdmap" / "area").iterdir()
    assert str(tmp_path) not in vrt.read_text()


def middles(path):
    """Of all boxes as the layer has them: an R-tree has a metre at best in these coordinates."""
    layer = QgsVectorLayer(f"{path}|layername=detections", "", "ogr")
    points = [feature.geometry().boundingBox().center() for feature in layer.getFeatures()]
    return sorted((point.x(), point.y()) for point in points)


def state_of_images(path):
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT status, reason FROM images ORDER BY path").fetchall()


@pytest.mark.parametrize("crs", ["", "EPSG:4326"])
def test_only_within_the_polygons_of_a_layer(provider, ortho, survey, tmp_path, crs):
    """Of a temporary layer in another CRS than the imagery, those that are selected."""
    extent = ortho.extent()
    ring = QgsGeometry.fromRect(QgsRectangle(extent.center().x() - 15, extent.yMinimum(), extent.center().x() + 9, 1e8))
    ring = ring.intersection(QgsGeometry.fromRect(extent)).difference(
        QgsGeometry.fromPointXY(extent.center()).buffer(5, 16)
    )
    layer = QgsVectorLayer(f"Polygon?crs={crs or ortho.crs().authid()}", "Park é", "memory")
    features = []
    for shape in (ring, QgsGeometry.fromRect(extent)):
        feature, moved = QgsFeature(), QgsGeometry(shape)
        moved.transform(QgsCoordinateTransform(ortho.crs(), layer.crs(), QgsProject.instance()))
        feature.setGeometry(moved)
        features.append(feature)
    added = layer.dataProvider().addFeatures(features)[1]
    layer.selectByIds([added[0].id()])
    within = QgsProcessingFeatureSourceDefinition(QgsProject.instance().addMapLayer(layer).id(), True)
    output = tmp_path / "park.gpkg"
    result = processing.run("herdmap:detect", {"IMAGERY": [ortho], "WITHIN": within, "OUTPUT": str(output)})
    wanted = [p for p in middles(survey) if ring.contains(QgsPointXY(*p))]
    assert 5 < len(wanted) < len(middles(survey))
    assert middles(output) == wanted
    assert result["DETECTIONS"] == len(wanted)
    ((status, reason),) = state_of_images(output)
    assert status == "done"
    assert reason.startswith("searched in part")


def test_polygons_beside_the_imagery_are_refused(provider, ortho, tmp_path):
    layer = QgsVectorLayer(f"Polygon?crs={ortho.crs().authid()}", "far", "memory")
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(0, 0, 1, 1)))
    layer.dataProvider().addFeatures([feature])
    with pytest.raises(QgsProcessingException, match="no image reaches into its polygons"):
        processing.run("herdmap:detect", {"IMAGERY": [ortho], "WITHIN": layer, "OUTPUT": str(tmp_path / "o.gpkg")})


def test_an_area_beside_the_imagery_and_one_of_photos_are_refused(provider, ortho, practice, tmp_path):
    far = QgsRectangle(0, 0, 1, 1)
    output = str(tmp_path / "o.gpkg")
    with pytest.raises(QgsProcessingException, match="No imagery lies in the area"):
        processing.run("herdmap:detect", {"IMAGERY": [ortho], "EXTENT": far, "OUTPUT": output})
    with pytest.raises(QgsProcessingException, match="orthomosaics only"):
        processing.run("herdmap:detect", {"FOLDER": str(practice), "EXTENT": far, "OUTPUT": output})


def test_a_turned_raster_is_refused(provider, ortho, tmp_path):
    turned = tmp_path / "turned.tif"
    turn = """
import sys
from osgeo import gdal
copy = gdal.GetDriverByName("GTiff").CreateCopy(sys.argv[2], gdal.Open(sys.argv[1]))
x0, pixel, _, y0, _, _ = copy.GetGeoTransform()
copy.SetGeoTransform((x0, pixel * 0.8, pixel * 0.6, y0, pixel * 0.6, -pixel * 0.8))
copy.FlushCache()
"""
    subprocess.run(["/usr/bin/python3", "-c", turn, ortho.source(), str(turned)], check=True, capture_output=True)
    layer = QgsRasterLayer(str(turned), "Turned")
    box = layer.extent().buffered(-20)
    with pytest.raises(QgsProcessingException, match="“Turned” is rotated or warped"):
        processing.run("herdmap:detect", {"IMAGERY": [layer], "EXTENT": box, "OUTPUT": str(tmp_path / "o.gpkg")})

"""A photo is shown as it is, and nothing is written beside it: a folder of photos is not ours."""

import shutil
from pathlib import Path

import numpy as np
import processing
import pytest
from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtWidgets import QApplication

from qgis_plugin import layers
from qgis_plugin.panel.questions import ImageryQuestion
from qgis_plugin.review.photo_layer import UPRIGHT, photo_layer
from tests.plugin.reviewing import press, rows

Key = Qt.Key
WIDTH, HEIGHT = 60, 40
DARK, MIDDLE, LIGHT = 0, 30, 50  # columns from which the picture is dark, grey and light
KINDS = {
    "rgb.jpg": (gdal.GDT_Byte, 3, (10, 120, 240)),
    "grey.tif": (gdal.GDT_Byte, 1, (10, 120, 240)),
    "palette.png": (gdal.GDT_Byte, 1, (0, 1, 2)),
    "deep.tif": (gdal.GDT_UInt16, 3, (1000, 2000, 3000)),
    "heat.tif": (gdal.GDT_Float32, 1, (-2.5, 1.5, 5.5)),
}
SHOWN = {"rgb.jpg": (10, 120, 240), "grey.tif": (10, 120, 240), "palette.png": (20, 130, 250)}  # others: (0, 128, 255)


def written(path, kind, bands, values):
    pixels = np.full((HEIGHT, WIDTH), values[0], float)
    pixels[:, MIDDLE:], pixels[:, LIGHT:] = values[1], values[2]
    made = gdal.GetDriverByName("MEM").Create("", WIDTH, HEIGHT, bands, kind)
    for number in range(1, bands + 1):
        made.GetRasterBand(number).WriteArray(pixels)
    if path.name == "palette.png":
        table = gdal.ColorTable()
        for number, grey in enumerate((20, 130, 250)):
            table.SetColorEntry(number, (grey, grey, grey))
        made.GetRasterBand(1).SetColorTable(table)
    driver = {"jpg": "JPEG", "tif": "GTiff", "png": "PNG"}[path.suffix[1:]]
    gdal.GetDriverByName(driver).CreateCopy(str(path), made, options=["QUALITY=100"] if driver == "JPEG" else [])
    for note in path.parent.glob("*.aux.xml"):
        note.unlink()


def rendered(layer):
    settings = QgsMapSettings()
    settings.setOutputSize(QSize(WIDTH, HEIGHT))
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(QgsRectangle(0, -HEIGHT, WIDTH, 0))
    settings.setLayers([layer])
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()


@pytest.mark.parametrize("name", KINDS)
def test_any_image_is_shown_and_nothing_is_written_beside_it(qgis_app, tmp_path, name):
    photo, ours = tmp_path / "photos é" / name, tmp_path / "ours"
    photo.parent.mkdir()
    ours.mkdir()
    written(photo, *KINDS[name])
    layer = photo_layer(photo, ours, UPRIGHT, QgsCoordinateReferenceSystem())
    assert (layer.name(), layer.crs().isValid()) == (name, False)
    assert layer.extent() == QgsRectangle(0, -HEIGHT, WIDTH, 0)
    assert layer.brightnessFilter() is not None, "the sliders change it"
    image = rendered(layer)
    for column, wanted in zip((10, 40, 56), SHOWN.get(name, (0, 128, 255)), strict=True):
        colour = image.pixelColor(column, 20)
        assert (colour.red(), colour.green(), colour.blue()) == pytest.approx((wanted,) * 3, abs=3)
    del layer
    assert [path.name for path in photo.parent.iterdir()] == [name]


@pytest.mark.parametrize("content", [None, b"", b"no picture", b"<VRTDataset rasterXSize='1' rasterYSize='1'/>"])
def test_what_is_no_photo_has_no_layer(qgis_app, tmp_path, content):
    if content is not None:
        (tmp_path / "a.jpg").write_bytes(content)
    assert photo_layer(tmp_path / "a.jpg", tmp_path, UPRIGHT, QgsCoordinateReferenceSystem()) is None


def test_a_review_writes_nothing_beside_the_photos(of_photos, posed):
    """The photo beside the map, the photo on top of it, the animal's other photos, and the project's own layers."""
    before = {path.name for path in posed.parent.rglob("*") if path.suffix != ".gpkg-journal"}
    press(of_photos, Key.Key_P)
    for key in (Key.Key_Right, Key.Key_C, Key.Key_X, Key.Key_BracketRight, Key.Key_Right):
        press(of_photos, key)
        for canvas in (of_photos.photo, of_photos.canvas):
            canvas.refresh()
            canvas.waitWhileRendering()
        QApplication.processEvents()
    shown = [one for one in QgsProject.instance().mapLayers().values() if isinstance(one, QgsRasterLayer)]
    assert shown
    for layer in shown:
        rendered(layer)
    del layer, shown
    of_photos.close()
    QgsProject.instance().clear()
    QApplication.processEvents()
    assert not list(posed.parent.rglob("*.aux.xml"))
    assert {path.name for path in posed.parent.rglob("*") if path.suffix != ".gpkg-journal"} == before


def test_files_that_the_panel_gives_are_not_opened_as_layers(provider, qgis_new_project, practice, tmp_path):
    photos = [str(shutil.copy(path, tmp_path)) for path in sorted((practice / "photos").iterdir())[:2]]
    question = ImageryQuestion()
    question.choose("files", tuple(photos))
    given = {**question.parameters(), "OUTPUT": question.output()}
    result = processing.run("herdmap:survey", given)
    assert rows(Path(result["OUTPUT"]), "SELECT count(*) FROM images") == [(2,)]
    assert not list(tmp_path.glob("*.aux.xml"))


def test_an_orthomosaic_in_the_survey_is_shown_without_a_note_beside_it(qgis_app, qgis_new_project, copied):
    project = QgsProject.instance()
    layers.open_survey(copied, project)
    (ortho,) = (one for one in project.mapLayers().values() if isinstance(one, QgsRasterLayer))
    rendered(ortho)
    del ortho
    project.clear()
    assert not list(copied.parent.glob("*.aux.xml"))

import dataclasses
import io
import json
import os
import shutil
import sqlite3
import zipfile
from contextlib import closing
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from geo.errors import VectorError
from geo.geopackage import project as qgis_project
from geo.geopackage import saved_project, schema, styles, write_counts, write_survey
from geo.geopackage.imagery import ImageryLayer, Photo, contact_sheet, write_sheet_vrt
from geo.geopackage.project_imagery import read_imagery
from tests.surveys.small import GSD, HOSTILE, ORIGIN, UTM, counts, detections, images, in_qgis, left_in, write

ORTHO = ImageryLayer("Ortho <1> & 'é'", "imagery/ortho é.tif", crs_wkt=UTM)


def orthomosaic(path, crs=UTM):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(0).integers(60, 120, (3, 400, 600), np.uint8)
    transform = Affine(GSD * 10, 0, ORIGIN[0], 0, -GSD * 10, ORIGIN[1])
    with rasterio.open(
        path, "w", driver="GTiff", width=600, height=400, count=3, dtype="uint8", crs=crs, transform=transform
    ) as file:
        file.write(pixels)


def survey(folder, name="my survey é.gpkg", with_counts=True):
    folder.mkdir(parents=True, exist_ok=True)
    orthomosaic(folder / "imagery" / "ortho é.tif")
    return write(folder / name, imagery=(ORTHO,), with_counts=with_counts)


def embedded(path):
    with closing(sqlite3.connect(path)) as db, db:
        (content,) = db.execute("SELECT content FROM qgis_projects WHERE name = 'herdmap'").fetchone()
    return bytes.fromhex(content)


def xml_of(archive):
    with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
        (name,) = zipped.namelist()
        return name, ET.fromstring(zipped.read(name))


# ---- without QGIS ---------------------------------------------------------------------------


def test_the_project_inside_and_the_one_beside_are_the_same(tmp_path, check_gpkg):
    path = survey(tmp_path)
    check_gpkg(path)
    archive = path.with_suffix(".qgz").read_bytes()
    assert archive == embedded(path)
    name, root = xml_of(archive)
    assert name == "my survey é.qgs"
    sources = [node.text for node in root.iter("datasource")]
    assert sources == [
        "./my survey é.gpkg|layername=detections",
        "./my survey é.gpkg|layername=counts",
        "./my survey é.gpkg|layername=images",
        "./my survey é.gpkg|layername=runs",
        "./imagery/ortho é.tif",
    ]
    # QGIS takes an id of 10 characters or fewer for none, and then the layer is missing from the tree.
    ids = [node.text for node in root.iter("id")]
    assert min(map(len, ids)) > 10
    assert {node.get("id") for node in root.iter("layer-tree-layer")} == set(ids)


def test_the_same_survey_gives_the_same_project(tmp_path):
    first = survey(tmp_path / "a").with_suffix(".qgz").read_bytes()
    assert survey(tmp_path / "b").with_suffix(".qgz").read_bytes() == first


def test_styles_hold_any_class_name():
    root = ET.fromstring(styles.qml("detections", styles.Options((*HOSTILE, "nul\0 bell\7"), HOSTILE)))
    for state in root.findall("renderer-v2/rules/rule"):
        labels = [node.get("label") for node in state]
        assert labels == [*HOSTILE, "nul\ufffd bell\ufffd", "other"]


def test_no_two_of_the_twenty_classes_look_alike():
    assert len({styles.colour(i) for i in range(20)}) == 20


def test_every_layer_has_its_style_and_others_an_empty_one():
    for layer in ("detections", "images", "counts"):
        assert ET.fromstring(styles.qml(layer, styles.Options())).find("renderer-v2") is not None


def test_counts_join_a_project_that_somebody_changed(tmp_path, check_gpkg):
    path = survey(tmp_path, with_counts=False)
    name, root = xml_of(embedded(path))
    root.find("title").text = "Ann's own title"
    changed = qgis_project.qgz(ET.tostring(root), name.removesuffix(".qgs"))
    with closing(sqlite3.connect(path)) as db, db:
        schema.allow_edits(db)
        db.execute("UPDATE qgis_projects SET content = ?", (changed.hex(),))
    for _ in range(2):
        write_counts(path, counts())
        check_gpkg(path)
        _, after = xml_of(embedded(path))
        assert after.findtext("title") == "Ann's own title"
        names = [node.get("name") for node in after.find("layer-tree-group").iter("layer-tree-layer")]
        assert names == ["Detections", "Counts", "Images", "Runs", ORTHO.name]
    assert path.with_suffix(".qgz").read_bytes() == embedded(path)


def test_counting_in_a_renamed_file_mends_its_project(tmp_path):
    path = survey(tmp_path)
    renamed = path.rename(tmp_path / "renamed ü.gpkg")
    write_counts(renamed, counts())
    _, after = xml_of(embedded(renamed))
    sources = [node.text for node in after.iter("datasource")]
    assert sources[:2] == ["./renamed ü.gpkg|layername=detections", "./renamed ü.gpkg|layername=counts"]
    assert [node.get("source") for node in after.iter("layer-tree-layer")] == sources


def test_a_sheet_of_many_photos_opens_at_its_beginning(tmp_path):
    def view(photos):
        frame = np.array([[0, 0], [60, 0], [60, -40], [0, -40], [0, 0]], float)
        sheet = contact_sheet([(60, 40)] * photos)
        table = dataclasses.replace(
            images(photos),
            footprints=[frame + transform[[2, 5]] for transform in sheet],
            georeference=["none"] * photos,
        )
        layer = ImageryLayer("Contact sheet", "sheet.vrt", "contact sheet", bands=4)
        write_survey(tmp_path / "a.gpkg", table, detections().take([]), [], None, [layer])
        extent = xml_of(embedded(tmp_path / "a.gpkg"))[1].find("mapcanvas/extent")
        return float(extent.findtext("xmax")), float(extent.findtext("ymin"))

    wide, low = view(2000)
    assert 300 < wide < 500
    assert -250 < low < -150
    wide, low = view(20)
    assert wide > 4 * 60
    assert low < -4 * 40


def scale_rules(path):
    """The smallest scales at which the imagery is drawn, layer by layer, and the name of its group."""
    _, root = xml_of(embedded(path))
    layers = [node for node in root.iter("maplayer") if node.get("type") == "raster"]
    (group,) = [n.get("name") for n in root.find("layer-tree-group").findall("layer-tree-group")]
    flagged = [layer.get("hasScaleBasedVisibilityFlag") == "1" for layer in layers]
    return [int(layer.get("minScale")) if on else None for layer, on in zip(layers, flagged, strict=True)], group


def test_some_photos_among_many_are_drawn_from_near_alone(tmp_path):
    photos = [ImageryLayer(f"photo {i}", f"{i}.vrt", "photo", UTM) for i in range(4)]

    def drawn_from(shown, **changed):
        table = dataclasses.replace(images(), **changed)
        write_survey(tmp_path / "a.gpkg", table, detections(), [], UTM, shown)
        return scale_rules(tmp_path / "a.gpkg")

    assert drawn_from(photos) == ([None] * 4, "Imagery")
    # 6000 px of 2 cm are 40 mm on the map at 1:3,000; an orthomosaic is seen from anywhere.
    assert drawn_from([*photos[:2], ORTHO]) == ([3000, 3000, None], "Imagery (photos from 1:3,000 on)")
    assert drawn_from(photos[:2], gsd_m=np.full(4, 0.0301))[0] == [4600, 4600]
    assert drawn_from(photos[:2], gsd_m=np.full(4, 1e-5))[0] == [2, 2]
    assert drawn_from(photos[:2], gsd_m=np.full(4, np.nan))[0] == [None, None]
    assert drawn_from([ORTHO]) == ([None], "Imagery")


def test_labels_wait_for_a_scale_where_scales_mean_something():
    def label_of(layer, **options):
        rendering: Any = ET.fromstring(styles.qml(layer, styles.Options(**options))).find(".//rendering")
        return rendering.get("scaleVisibility"), rendering.get("scaleMax")

    assert label_of("detections") == ("1", "10000")
    assert label_of("detections", on_map=False) == ("0", "0")
    assert label_of("counts") == ("0", "0")  # of a region, seen from anywhere


@pytest.mark.parametrize("content", [b"no zip", qgis_project.qgz(b"<qgis", "a"), qgis_project.qgz(b"<qgis/>", "a")])
def test_a_stored_project_that_is_none(content):
    facts = qgis_project.Facts({"detections": qgis_project.Layer(None)})
    with pytest.raises(VectorError, match="search the imagery again") as caught:
        saved_project.with_layers(content, "a.gpkg", facts, ["counts"])
    assert caught.value.about == "detect"


# ---- in QGIS --------------------------------------------------------------------------------

LOAD = """
project = QgsProject.instance()
assert project.read(sys.argv[1]), project.error()
layers = {layer.name(): layer for layer in project.mapLayers().values()}
found = {
    'valid': {name: layer.isValid() for name, layer in layers.items()},
    'order': [layer.name() for layer in project.layerTreeRoot().layerOrder()],
    'crs': project.crs().authid(),
    'layer crs': sorted({layer.crs().authid() for layer in layers.values() if layer.isSpatial()}),
    'features': {n: l.featureCount() for n, l in layers.items() if l.type() == QgsMapLayerType.VectorLayer},
    'sources': sorted(layer.source() for layer in layers.values()),
}
settings = QgsMapSettings()
settings.setLayers(project.layerTreeRoot().layerOrder()); settings.setOutputSize(QSize(300, 200))
settings.setDestinationCrs(project.crs()); settings.setExtent(project.viewSettings().defaultViewExtent())
job = QgsMapRendererParallelJob(settings); job.start(); job.waitForFinished()
image = job.renderedImage()
colours = [image.pixelColor(x, y).name() for x in range(300) for y in range(200)]
found['errors'] = [error.message for error in job.errors()]
found['blank'] = colours.count('#ffffff') / len(colours)
detections = layers['Detections']
context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(detections))
context.setFeature(next(f for f in detections.getFeatures() if f['class'].startswith('<img') and f['note']))
found['tip'] = QgsExpression.replaceExpressionText(detections.mapTipTemplate(), context)
found['legend'] = {s.label(): [c.label() for c in s.children()] for s in detections.renderer().rootRule().children()}
renders = detections.renderer(); drawn = QgsRenderContext.fromMapSettings(settings)
renders.startRender(drawn, detections.fields())
drawn.expressionContext().setFields(detections.fields())
colours = set()
for feature in detections.getFeatures():
    drawn.expressionContext().setFeature(feature)
    colours.add(renders.symbolsForFeature(feature, drawn)[1].symbolLayer(0).strokeColor().name())
found['colours'] = sorted(colours)
renders.stopRender(drawn)
found['form'] = detections.editorWidgetSetup(detections.fields().indexOf('review')).type()
found['aliases'] = {name: detections.attributeAlias(detections.fields().indexOf(name))
                    for name in ('review', 'reviewed_class', 'error_m')}
found['reviews'] = [list(m)[0] for m in
                    detections.editorWidgetSetup(detections.fields().indexOf('review')).config()['map']]
print(json.dumps(found))
"""
LAYERS = {"Detections", "Counts", "Images", "Runs", ORTHO.name}


def opened(project):
    return json.loads(in_qgis(LOAD, project).splitlines()[-1])


@pytest.mark.qgis
@pytest.mark.parametrize("kind", ["inside", "beside"])
def test_a_moved_folder_with_a_space_opens_in_qgis(tmp_path, kind):
    survey(tmp_path / "first")
    folder = tmp_path / "moved 北 & é'"
    shutil.move(tmp_path / "first", folder)
    path = folder / "my survey é.gpkg"
    before = path.read_bytes()
    found = opened(f"geopackage:{path}?projectName=herdmap" if kind == "inside" else path.with_suffix(".qgz"))
    assert found["valid"] == dict.fromkeys(LAYERS, True)
    assert found["order"] == ["Detections", "Counts", "Images", ORTHO.name]
    assert found["crs"] == "EPSG:32736"
    assert found["layer crs"] == ["EPSG:32736"]
    assert found["features"] == {"Detections": 200, "Counts": 5, "Images": 4, "Runs": 1}
    assert all(source.startswith(str(folder)) for source in found["sources"])
    assert found["errors"] == []
    assert found["blank"] < 0.9
    assert list(found["legend"]) == ["Not reviewed", "Confirmed", "Rejected", "Added by hand"]
    assert all({*classes} == {*HOSTILE, "other"} for classes in found["legend"].values())
    assert len(found["colours"]) == len(HOSTILE)
    assert found["form"] == "ValueMap"
    assert found["reviews"] == ["not reviewed", "confirmed", "rejected"]
    assert found["aliases"] == {
        "review": "Review",
        "reviewed_class": "Class (reviewer)",
        "error_m": "Error of the position [m]",
    }
    # What the file says is text, the picture is a picture.
    assert "&lt;img src=x onerror=alert(1)&gt;&amp;amp;" in found["tip"]
    assert "<img src=x" not in found["tip"]
    assert "&lt;b&gt;" in found["tip"]
    assert left_in(folder) == {"my survey é.gpkg", "my survey é.qgz", "imagery"}
    assert path.read_bytes() == before


@pytest.mark.qgis
def test_read_only_media_open_in_qgis(tmp_path):
    path = survey(tmp_path / "cd")
    in_folder = f"geopackage:{path}?projectName=herdmap"
    if os.geteuid() == 0:  # whom permissions do not stop: a read-only mount of its own
        script = f"""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
folder = {str(path.parent)!r}.encode()
assert libc.unshare(0x20000) == 0                                # CLONE_NEWNS
assert libc.mount(b'none', b'/', None, 0x44000, None) == 0       # MS_REC | MS_PRIVATE
assert libc.mount(folder, folder, None, 0x1000, None) == 0       # MS_BIND
assert libc.mount(folder, folder, None, 0x1021, None) == 0       # MS_REMOUNT | MS_BIND | MS_RDONLY
try:
    open(sys.argv[1].split(':', 1)[1].split('?')[0], 'ab'); raise SystemExit('the folder can be written')
except OSError:
    pass
"""
        found = json.loads(in_qgis(script + LOAD, in_folder).splitlines()[-1])
    else:
        path.chmod(0o444)
        path.parent.chmod(0o555)
        found = opened(in_folder)
        path.parent.chmod(0o755)
    assert found["valid"] == dict.fromkeys(LAYERS, True)
    assert found["features"]["Detections"] == 200


@pytest.mark.qgis
def test_a_layer_that_is_added_alone_has_its_style(tmp_path):
    path = survey(tmp_path)
    script = """
found = {}
for name in ('detections', 'images', 'counts', 'runs'):
    layer = QgsVectorLayer(f'{sys.argv[1]}|layername={name}', name, 'ogr')
    renderer = layer.renderer()
    tree = layer.isSpatial() and layer.dataProvider().hasSpatialIndex() == QgsFeatureSource.SpatialIndexPresent
    found[name] = [layer.isValid(), renderer.type() if renderer else None, layer.labelsEnabled(), tree,
                   layer.crs().authid(), layer.featureCount()]
print(json.dumps(found))
"""
    assert json.loads(in_qgis(script, path).splitlines()[-1]) == {
        "detections": [True, "RuleRenderer", True, True, "EPSG:32736", 200],
        "images": [True, "categorizedSymbol", False, True, "EPSG:32736", 4],
        "counts": [True, "singleSymbol", True, True, "EPSG:32736", 5],
        "runs": [True, None, False, False, "", 1],
    }


def deep(folder, bands):
    """A survey of a 16 bit orthomosaic, with the stretch that the search had."""
    folder.mkdir(parents=True)
    pixels = np.random.default_rng(0).integers(400, 1200, (bands, 400, 600), np.uint16)
    transform = Affine(GSD * 10, 0, ORIGIN[0], 0, -GSD * 10, ORIGIN[1])
    with rasterio.open(
        folder / "o.tif", "w", driver="GTiff", width=600, height=400, count=bands, dtype="uint16", crs=UTM,
        transform=transform,
    ) as file:  # fmt: skip
        file.write(pixels)
    layer = ImageryLayer("o", "o.tif", crs_wkt=UTM, bands=bands, dtype="uint16", stretch=(402.5, 1198.0))
    return write(folder / "s.gpkg", imagery=(layer,)), layer


@pytest.mark.parametrize("bands", [1, 3])
def test_a_stretch_is_read_back_from_the_project(tmp_path, bands):
    path, layer = deep(tmp_path / "a", bands)
    (found,) = read_imagery(path)
    assert (found.bands, found.dtype, found.stretch) == (bands, "uint16", layer.stretch)
    unknown = dataclasses.replace(layer, stretch=None)
    assert [one.stretch for one in read_imagery(write(tmp_path / "b.gpkg", imagery=(unknown,)))] == [None]
    assert [one.dtype for one in read_imagery(tmp_path / "b.gpkg")] == ["uint16"]


@pytest.mark.qgis
@pytest.mark.parametrize("bands", [1, 3])
def test_an_orthomosaic_of_16_bit_is_drawn_without_a_note_beside_it(tmp_path, bands):
    """QGIS would measure it each time it draws it, and GDAL write that into the user's folder."""
    path, _ = deep(tmp_path / "a", bands)
    script = """
project = QgsProject.instance()
assert project.read(sys.argv[1]), project.error()
layer = next(one for one in project.mapLayers().values() if isinstance(one, QgsRasterLayer))
settings = QgsMapSettings()
settings.setOutputSize(QSize(60, 40)); settings.setDestinationCrs(project.crs())
settings.setLayers([layer]); settings.setExtent(layer.extent())
job = QgsMapRendererSequentialJob(settings); job.start(); job.waitForFinished()
image = job.renderedImage()
greys = [image.pixelColor(x, y).green() for x in range(5, 55) for y in range(5, 35)]
del layer
project.clear()
print(json.dumps([min(greys), max(greys)]))
"""
    darkest, lightest = json.loads(in_qgis(script, path.with_suffix(".qgz")).splitlines()[-1])
    assert darkest < 110
    assert lightest > 140
    assert not list(path.parent.glob("*.aux.xml"))


@pytest.mark.qgis
def test_a_large_survey_is_drawn_from_afar_without_labels_and_photos(tmp_path):
    photos = tuple(ImageryLayer(ORTHO.name, ORTHO.source, "photo", UTM) for _ in range(2))
    path = write(survey(tmp_path), imagery=photos, with_counts=True)
    script = """
project = QgsProject.instance()
assert project.read(sys.argv[1]), project.error()
layers = {layer.name(): layer for layer in project.mapLayers().values()}
detections = layers['Detections']
label = detections.labeling().settings()
symbol = detections.renderer().symbols(QgsRenderContext())[0].symbolLayer(0)
found = {'labels': [label.scaleVisibility, label.minimumScale, label.maximumScale], 'drawn': {}, 'casing': {}}
photo = next(layer for layer in layers.values() if isinstance(layer, QgsRasterLayer))
for scale in (1000, 3000, 3200, 10000, 100000):
    settings = QgsMapSettings()
    settings.setOutputSize(QSize(400, 300)); settings.setDestinationCrs(project.crs())
    settings.setLayers([detections])
    extent = QgsRectangle(detections.extent()); settings.setExtent(extent)
    extent.scale(scale / settings.scale()); settings.setExtent(extent)
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(detections))
    settings.setExpressionContext(context)
    job = QgsMapRendererSequentialJob(settings); job.start(); job.waitForFinished()
    image = job.renderedImage()
    marks = sum(image.pixelColor(x, y).name() != '#ffffff' for x in range(400) for y in range(300))
    width = QgsRenderContext.fromMapSettings(settings).convertToPainterUnits(
        symbol.strokeWidth(), symbol.strokeWidthUnit(), symbol.strokeWidthMapUnitScale()) * 25.4 / settings.outputDpi()
    found['drawn'][scale] = [marks > 0, photo.isInScaleRange(settings.scale())]
    found['casing'][scale] = round(width, 2)
print(json.dumps(found))
"""
    found = json.loads(in_qgis(script, path.with_suffix(".qgz")).splitlines()[-1])
    assert found["labels"] == [True, 10000, 0]
    assert found["drawn"] == {
        "1000": [True, True],
        "3000": [True, True],
        "3200": [True, False],
        "10000": [True, False],
        "100000": [True, False],
    }
    # Of the outline around the coloured one, in mm: from afar boxes lie close, and it would be all that is seen.
    assert found["casing"] == {"1000": 1.0, "3000": 1.0, "3200": 1.0, "10000": 1.0, "100000": 0.6}


@pytest.mark.qgis
def test_a_review_in_qgis_keeps_the_contract(tmp_path, check_gpkg):
    path = survey(tmp_path)
    script = """
layer = QgsVectorLayer(sys.argv[1] + '|layername=detections', 'detections', 'ogr')
with edit(layer):
    feature = layer.getFeature(5)
    layer.changeAttributeValue(5, layer.fields().indexOf('review'), 'confirmed')
    layer.changeAttributeValue(5, layer.fields().indexOf('reviewer'), "O'Brien")
    layer.changeGeometry(5, QgsGeometry.fromRect(QgsRectangle(0, 0, 1, 1)))
print(layer.commitErrors())
"""
    in_qgis("from qgis.core.additions.edit import edit\n" + script, path)
    check_gpkg(path)
    with closing(sqlite3.connect(path)) as db, db:
        assert db.execute("SELECT review, reviewer FROM detections WHERE fid = 5").fetchone() == (
            "confirmed",
            "O'Brien",
        )
        assert db.execute("SELECT count(*) FROM rtree_detections_geom WHERE maxx <= 1.1").fetchone() == (1,)


@pytest.mark.qgis
def test_photos_without_position_open_in_qgis(tmp_path):
    folder = tmp_path / "no position"
    (folder / "photos").mkdir(parents=True)
    made = []
    for i in range(4):
        name = folder / "photos" / f"{i} 'é'.jpg"
        with (
            pytest.warns(rasterio.errors.NotGeoreferencedWarning),
            rasterio.open(name, "w", driver="JPEG", width=60, height=40, count=3, dtype="uint8") as file,
        ):
            file.write(np.full((3, 40, 60), 90 + i, np.uint8))
        made.append(Photo(name, 60, 40))
    write_sheet_vrt(folder / "sheet.vrt", made, contact_sheet([(60, 40)] * 4))
    sheet = ImageryLayer("Contact sheet", "sheet.vrt", "contact sheet", bands=4)
    path = write(folder / "survey.gpkg", crs_wkt=None, imagery=(sheet,))
    found = opened(f"geopackage:{path}?projectName=herdmap")
    assert found["valid"] == dict.fromkeys(["Detections", "Images", "Runs", "Contact sheet"], True)
    assert found["order"] == ["Detections", "Images", "Contact sheet"]
    assert found["crs"] == ""
    assert found["errors"] == []

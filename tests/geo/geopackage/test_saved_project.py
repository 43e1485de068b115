"""A project that a person saved keeps what they made in it, whatever writes the survey."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyproj
import pytest

from geo.geopackage import project as qgis_project
from geo.geopackage import saved_project, write_counts, write_survey
from geo.geopackage.imagery import ImageryLayer
from tests.geopackage_checker import check_geopackage
from tests.surveys.small import UTM, counts, detections, images, in_qgis, run, write

NEXT_ZONE = pyproj.CRS.from_epsg(32737).to_wkt()


def seen(path: Path, kind: str = "photo") -> ImageryLayer:
    return ImageryLayer(path.stem, path.name, kind, UTM, 3, "uint8")  # type: ignore[arg-type]


def saved(archive: bytes) -> bytes:
    """The same project as if QGIS had saved it, with a layout, a bookmark and a file beside it in the archive."""
    with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
        root = ET.fromstring(zipped.read(zipped.namelist()[0]))
    root.attrib.update({"version": "3.40.6-Bratislava", "saveUser": "ann"})
    ET.SubElement(ET.SubElement(root, "Layouts"), "Layout", name="A4 of the park")
    renderer = root.find("projectlayers/maplayer/renderer-v2")
    assert renderer is not None
    renderer.set("type", "singleSymbol")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as zipped:
        zipped.writestr("my map.qgs", ET.tostring(root))
        zipped.writestr("my map.qgd", b"labels that were moved")
    return packed.getvalue()


def parts(archive: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
        names = zipped.namelist()
        root = ET.fromstring(zipped.read(names[0]))
    tree = root.find("layer-tree-group")
    assert tree is not None
    layers = {layer.findtext("id", ""): layer for layer in root.iter("maplayer")}
    renderer = layers["detections_herdmap"].find("renderer-v2")
    return {
        "names": names,
        "layout": [layout.get("name") for layout in root.iter("Layout")],
        "drawn": None if renderer is None else renderer.get("type"),
        "layers": [layer.findtext("datasource") for layer in layers.values()],
        "tree": sorted(str(node.get("id")) for node in tree.iter("layer-tree-layer")),
        "crs": layers["detections_herdmap"].findtext("srs/spatialrefsys/authid"),
    }


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    """A survey with a project beside it that a person saved."""
    path = write(tmp_path / "survey.gpkg", imagery=(seen(tmp_path / "a.vrt"),))
    beside = path.with_suffix(".qgz")
    beside.write_bytes(saved(beside.read_bytes()))
    return path


def write_again(path: Path) -> None:
    write_survey(path, images(), detections(), [run()], NEXT_ZONE, (seen(path.with_name("b.vrt")),), counts())


@pytest.mark.parametrize("writes", [write_again, lambda path: write_counts(path, counts())])
def test_what_a_person_made_stays_and_our_layers_follow(survey: Path, writes: Any) -> None:
    anew = writes is write_again
    before = parts(survey.with_suffix(".qgz").read_bytes())
    assert before["drawn"] == "singleSymbol"
    for _ in range(2):
        writes(survey)
        after = parts(survey.with_suffix(".qgz").read_bytes())
        for name in ("names", "layout", "drawn"):
            assert after[name] == before[name]
        assert after["crs"] == ("EPSG:32737" if anew else "EPSG:32736")
        gone, new = ({"./a.vrt"}, {"./b.vrt"}) if anew else (set(), set())
        new.add("./survey.gpkg|layername=counts")
        assert set(after["layers"]) == {*before["layers"]} - gone | new
        assert len(after["layers"]) == len(after["tree"])
        check_geopackage(survey)


def test_a_layer_that_a_person_took_out_stays_out(survey: Path) -> None:
    beside = survey.with_suffix(".qgz")
    with zipfile.ZipFile(beside) as zipped:
        root = ET.fromstring(zipped.read("my map.qgs"))
    for parent in root.iter():
        for node in list(parent):
            if node.get("id") == "images_herdmap" or node.findtext("id") == "images_herdmap":
                parent.remove(node)
    beside.write_bytes(saved_project.repacked(beside.read_bytes(), ET.tostring(root)))
    write_again(survey)
    assert "images_herdmap" not in parts(beside.read_bytes())["tree"]


@pytest.mark.parametrize("content", [b"", b"no archive", qgis_project.qgz(b"<qgis saveUser='a'/>", "a")])
def test_what_is_no_project_is_written_anew(survey: Path, content: bytes) -> None:
    survey.with_suffix(".qgz").write_bytes(content)
    write_again(survey)
    assert parts(survey.with_suffix(".qgz").read_bytes())["layout"] == []


SAVE = """
project = QgsProject.instance()
assert project.read(sys.argv[1] + '.qgz'), project.error()
layout = QgsPrintLayout(project); layout.initializeDefaults(); layout.setName('A4 of the park')
project.layoutManager().addLayout(layout)
layer = project.mapLayersByName('Detections')[0]
layer.setRenderer(QgsSingleSymbolRenderer(QgsFillSymbol.createSimple({'color': '255,0,0'})))
mine = QgsVectorLayer('Polygon?crs=EPSG:4326', 'Mine', 'memory'); project.addMapLayer(mine)
assert project.write(sys.argv[1] + '.qgz')
assert project.write('geopackage:' + sys.argv[1] + '.gpkg?projectName=herdmap')
"""
LOOK = """
found = []
for source in (sys.argv[1] + '.qgz', 'geopackage:' + sys.argv[1] + '.gpkg?projectName=herdmap'):
    project = QgsProject()
    assert project.read(source), project.error()
    layers = {layer.name(): layer for layer in project.mapLayers().values()}
    found.append({
        'layouts': [layout.name() for layout in project.layoutManager().layouts()],
        'drawn': layers['Detections'].renderer().type(),
        'crs': layers['Detections'].crs().authid(),
        'layers': sorted(name for name, layer in layers.items() if layer.isValid() or layer.name() not in ('a', 'b')),
        'shown': len(project.layerTreeRoot().findLayers()) - len(layers),
    })
print(json.dumps(found))
"""


@pytest.mark.qgis
def test_a_project_that_qgis_saved(tmp_path: Path) -> None:
    path = write(tmp_path / "survey.gpkg")
    in_qgis(SAVE, tmp_path / "survey")
    write_counts(path, counts())
    write_again(path)
    expected = {
        "layouts": ["A4 of the park"],
        "drawn": "singleSymbol",
        "crs": "EPSG:32737",
        "layers": ["Counts", "Detections", "Images", "Mine", "Runs"],
        "shown": 0,
    }
    assert json.loads(in_qgis(LOOK, tmp_path / "survey")) == [expected] * 2

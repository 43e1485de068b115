"""Models that are none, each through the command line."""

import csv
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest

from geo import geopackage
from tests.command_line import (
    HerdmapHere,
    everything_in,
    write_model,
    write_regions,
)
from tests.detector.cli.test_bad_input import BESIDE, refused
from tests.surveys.small import HOSTILE, in_qgis


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("nope.onnx", None, ["does not exist", "sheep"]),
        ("text.onnx", b"hello", ["not an ONNX model", "expected"]),
        ("empty.onnx", b"", ["not an ONNX model"]),
        ("model.pth", b"hello", ["put model.toml beside it", "framework"]),
        ("", None, ["model", "sheep"]),
        (".", None, ["folder", "sheep"]),
    ],
)
@pytest.mark.parametrize("command", ["detect", "model"])
def test_a_model_that_is_none(
    survey: Path, here: HerdmapHere, monkeypatch: pytest.MonkeyPatch, command: str, name: str, content: bytes | None,
    words: list[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(survey)
    if content is not None:
        (survey / name).write_bytes(content)
    before = everything_in(survey)
    detect = ("detect", "mosaic.tif", "-o", "out.gpkg", "--model", name)
    refused(here(*detect) if command == "detect" else here("model", name), *words)
    assert everything_in(survey) == before


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"kind": "classifier"}, ["classifier", "expected", "probabilities"]),
        ({"classes": []}, ["classes", "expected"]),
        ({"tile_size": 3}, ["tile size 3 px", "expected"]),
        ({"tile_size": "large"}, ["metadata"]),
        ({"score_threshold": 7}, ["threshold", "expected 0 to 1"]),
    ],
)
def test_a_model_that_is_no_detector_of_ours(
    survey: Path, here: HerdmapHere, metadata: dict[str, object], words: list[str]
) -> None:
    model = write_model(survey / "m.onnx", ["cow"], **metadata)
    refused(here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg", "--model", model), *words)
    assert not any((survey / name).exists() for name in BESIDE)


@pytest.mark.parametrize("metadata", [{"name": {"a": 1}}, {"tile_size": 640.5}, {"licence": ["MIT"]}, {"gsd_m": True}])
@pytest.mark.parametrize("command", ["detect", "model"])
def test_metadata_of_the_wrong_type(survey: Path, here: HerdmapHere, command: str, metadata: dict[str, object]) -> None:
    model = write_model(survey / "m.onnx", ["cow"], **metadata)
    detect = ("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg", "--model", model)
    refused(here(*detect) if command == "detect" else here("model", model), "expected")


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_a_class_name_that_no_file_can_keep_is_refused(survey: Path, here: HerdmapHere, name: str) -> None:
    model = write_model(survey / "m.onnx", ["cow", name])
    refused(here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg", "--model", model), "name")
    assert not (survey / "out.gpkg").exists()


def test_class_names_are_data_all_the_way(survey: Path, here: HerdmapHere, check_gpkg: Callable[..., None]) -> None:
    classes = [*HOSTILE, "[% 1 + 1 %]", "\"class\" = 'x' OR 1", "=HYPERLINK(1)", "a,b\tc\nd", "\x1b[31mred"]
    model = write_model(survey / "m.onnx", classes)
    output = survey / "out.gpkg"
    regions = write_regions(survey / "all.geojson", {"<b>'all'\"; --": (0, 0, 10, 8)})
    assert here("detect", survey / "mosaic.tif", "-o", output, "--model", model, "--regions", regions).code == 0
    check_gpkg(output)
    rows = geopackage.read_detections(output)
    assert sorted(rows.class_names()) == sorted(classes)
    assert here("count", output, "--regions", regions, "-o", survey / "counts.csv", "--raw").code == 0
    check_gpkg(output)
    with (survey / "counts.csv").open(encoding="utf-8", newline="") as file:
        table = [(row["region"], row["class"], row["count"]) for row in csv.DictReader(file)]
    assert sorted(table[: len(classes)]) == sorted(("<b>'all'\"; --", name, "1") for name in classes)
    with closing(sqlite3.connect(output)) as db, db:
        stored = db.execute("SELECT region, class, count FROM counts ORDER BY fid").fetchall()
    assert [(region, name, str(number)) for region, name, number in stored] == table
    # The project is XML that holds each name as text; what XML cannot hold is replaced.
    with zipfile.ZipFile(survey / "out.qgz") as archive:
        project = ElementTree.fromstring(archive.read("out.qgs"))
    texts = {value for element in project.iter() for value in [element.text or "", *element.attrib.values()]}
    for name in classes:
        shown = name.replace("\x1b", "\ufffd")
        assert any(shown in text for text in texts) or any(shown.replace("'", "''") in text for text in texts), name
    told = here("model", model)
    assert told.code == 0
    assert "\x1b" not in told.out, "a model file must not steer the terminal"
    assert all(name in told.out for name in HOSTILE)


@pytest.mark.qgis
def test_class_names_are_data_in_qgis(survey: Path, here: HerdmapHere) -> None:
    classes = [*HOSTILE, "[% 1 + 1 %]", "\"class\" = 'x' OR 1"]
    model = write_model(survey / "m.onnx", classes)
    assert here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg", "--model", model).code == 0
    script = """
project = QgsProject.instance()
assert project.read(sys.argv[1])
(layer,) = [layer for layer in project.mapLayers().values() if 'detections' in layer.source()]
renderer = layer.renderer().clone()
context = QgsRenderContext()
context.expressionContext().appendScopes(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
renderer.startRender(context, layer.fields())
drawn = 0
for feature in layer.getFeatures():
    context.expressionContext().setFeature(feature)
    drawn += renderer.willRenderFeature(feature, context)
renderer.stopRender(context)
print(json.dumps([sorted(f['class'] for f in layer.getFeatures()), drawn]))
"""
    names, drawn = json.loads(in_qgis(script, survey / "out.qgz").splitlines()[-1])
    assert names == sorted(classes)
    assert drawn == len(classes)

"""The algorithms that run the detector, with the real one behind them."""

import csv
import io
import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from qgis import processing
from qgis.core import (
    QgsApplication,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelOutput,
    QgsProcessingModelParameter,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterRasterLayer,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)

from qgis_plugin.algorithms import ALGORITHMS
from qgis_plugin.algorithms.progress import duration_left
from qgis_plugin.environment import environment
from qgis_plugin.review.file import ReviewFile
from qgis_plugin.review.queue import ReviewQueue
from tests.geopackage_checker import check_geopackage


class Feedback(QgsProcessingFeedback):
    """What a run says, and a cancel when it has said that it is under way."""

    def __init__(self, cancel=False):
        super().__init__()
        self.texts, self.warnings, self.errors, self.steps = [], [], [], []
        self.cancelled_at = None
        self._cancel = cancel

    def pushInfo(self, text):
        self.texts.append(text)

    def setProgressText(self, text):
        self.steps.append(text)
        if self._cancel and self.cancelled_at is None:
            self.cancelled_at = time.monotonic()
            self.cancel()

    def pushWarning(self, text):
        self.warnings.append(text)

    def reportError(self, text, fatal=False):
        self.errors.append(text)


def scalar(path, query):
    with closing(sqlite3.connect(path)) as db:
        return db.execute(query).fetchone()[0]


def run(name, parameters, feedback=None):
    return processing.run(f"herdmap:{name}", parameters, feedback=feedback)


# ---- what QGIS shows -------------------------------------------------------------------------


def test_all_are_there_with_help(provider):
    names = (
        "detect survey find teach detectrest import plan count sample estimate observers compare distance georeference "
        "evaluate export exportdata merge report share check"
    )
    assert [algorithm().name() for algorithm in ALGORITHMS] == names.split()
    for name in names.split():
        algorithm = QgsApplication.processingRegistry().algorithmById(f"herdmap:{name}")
        assert algorithm.displayName()
        assert len(algorithm.shortHelpString()) > 100
        assert algorithm.shortDescription()
        assert not algorithm.icon().isNull()
        for parameter in algorithm.parameterDefinitions():
            assert parameter.description()


def test_without_an_environment_each_says_the_mend_but_counting_works(provider):
    environment.choose_python("")
    registry = QgsApplication.processingRegistry()
    for algorithm in provider.algorithms():
        can, why = registry.algorithmById(algorithm.id()).canExecute()
        if algorithm.name() in ("count", "check"):
            assert can, algorithm.name()
        else:
            assert not can, algorithm.name()
            assert "Set up" in why


# ---- a survey without a model ----------------------------------------------------------------


def test_a_new_survey_has_its_images_and_classes_and_nothing_searched(provider, practice, tmp_path):
    output = tmp_path / "nouveau é.gpkg"
    feedback = Feedback()
    wanted = {"FOLDER": str(practice / "photos"), "CLASSES": "elephant, zebra,", "OUTPUT": str(output), "AGL": 50}
    result = run("survey", wanted, feedback)
    photos = len(list((practice / "photos").iterdir()))
    assert (result["IMAGES"], result["FAILED"]) == (photos, 0)
    check_geopackage(output)
    assert scalar(output, "SELECT count(*) FROM images WHERE status = 'pending'") == photos
    assert scalar(output, "SELECT classes FROM runs") == '["elephant", "zebra"]'
    with pytest.raises(QgsProcessingException, match="No imagery is chosen"):
        run("survey", {"OUTPUT": str(output)})


# ---- what other programs found ---------------------------------------------------------------


def test_an_import_makes_a_survey_of_labels_and_adds_to_it(provider, practice, tmp_path):
    output = tmp_path / "importé.gpkg"
    wanted = {"FILES": [str(practice / "truth.json")], "FOLDER": str(practice), "OUTPUT": str(output)}
    feedback = Feedback()
    result = run("import", wanted, feedback)
    labels = json.loads((practice / "truth.json").read_text())
    assert result["DETECTIONS"] == len(labels["annotations"]) == scalar(output, "SELECT count(*) FROM detections")
    assert result["FAILED"] == 0
    check_geopackage(output)
    more = tmp_path / "more.csv"
    more.write_text("File,Species,X,Y\northomosaic.tif,goat,5.5,7\n")
    columns = "photo=File, class=Species, x=X, y=Y"
    result = run("import", {**wanted, "FILES": [str(more)], "COLUMNS": columns}, feedback)
    assert result["DETECTIONS"] == 1
    assert scalar(output, "SELECT kind FROM detections WHERE class = 'goat'") == "point"
    with pytest.raises(QgsProcessingException, match="“Columns”"):
        run("import", {**wanted, "FILES": [str(more)]})
    with pytest.raises(QgsProcessingException, match="No labels are chosen"):
        run("import", {**wanted, "FILES": []})


def test_a_cancelled_import_leaves_the_survey_as_it_was(provider, practice, tmp_path, herdmap_python):
    environment.choose_python(herdmap_python)
    output, one, many = tmp_path / "kept.gpkg", tmp_path / "one.csv", tmp_path / "many.csv"
    head = "image_path,xmin,ymin,xmax,ymax,label\n"
    one.write_text(head + "orthomosaic.tif,5,5,25,25,goat\n")
    # So many pictures of animals that it cannot end before the cancel.
    many.write_text(head + "".join(f"orthomosaic.tif,{i % 90},{i // 90},150,120,goat\n" for i in range(9000)))
    wanted = {"FOLDER": str(practice), "OUTPUT": str(output)}
    run("import", {**wanted, "FILES": [str(one)]})
    before = output.read_bytes()
    feedback = Feedback(cancel=True)
    assert run("import", {**wanted, "FILES": [str(many)]}, feedback) == {}
    assert time.monotonic() - feedback.cancelled_at < 2
    assert "images read" in feedback.steps[0]
    assert output.read_bytes() == before


def test_find_proposes_more_of_what_was_marked(provider, posed):
    """The animals that the model found in one photo are confirmed; more like them are found in the other."""
    path = posed
    file = ReviewFile(path)
    queue = ReviewQueue(file, "Ann")
    first = sorted({one.image for one in queue.detections})[0]
    for one in list(queue.of_image(first))[:20]:
        queue.take(one)
        queue.confirm()
    confirmed = scalar(path, "SELECT count(*) FROM detections WHERE review = 'confirmed'")
    result = run("find", {"SURVEY": str(path), "SCORE": 0.5})
    check_geopackage(path)
    assert scalar(path, "SELECT count(*) FROM detections WHERE review = 'confirmed'") == confirmed
    assert result["DETECTIONS"] > 0
    assert scalar(path, "SELECT count(*) FROM detections WHERE review = 'unreviewed'") > 20
    assert scalar(path, "SELECT model FROM runs ORDER BY fid DESC") == "like those in survey"


def test_teach_says_what_a_survey_lacks(provider, survey, tmp_path):
    with pytest.raises(QgsProcessingException, match="too few animals are marked to learn from: none"):
        run("teach", {"SURVEY": str(survey), "OUTPUT": str(tmp_path / "own.onnx"), "MINUTES": 1})
    assert not list(tmp_path.glob("own*"))


# ---- detect ----------------------------------------------------------------------------------


def test_detect_finds_what_the_command_finds(provider, practice, survey, tmp_path, herdmap_python):
    environment.choose_python(herdmap_python)
    output = tmp_path / "süd ost" / "found.gpkg"
    output.parent.mkdir()
    feedback = Feedback()
    regions = QgsVectorLayer(str(practice / "regions.gpkg"), "regions", "ogr")
    regions.selectByExpression("fid = 1")
    result = run(
        "detect",
        {"IMAGERY": [str(practice / "orthomosaic.tif")], "REGIONS": regions, "OUTPUT": str(output)},
        feedback,
    )
    found = scalar(output, "SELECT count(*) FROM detections")
    assert result == {"OUTPUT": str(output), "ANIMALS": found, "DETECTIONS": found, "IMAGES": 1, "FAILED": 0}
    assert found == scalar(survey, "SELECT count(*) FROM detections") > 40
    assert scalar(output, "SELECT count(DISTINCT region) FROM counts") == scalar(
        survey, "SELECT count(DISTINCT region) FROM counts"
    )
    assert any("Tiles" in text for text in feedback.texts)
    assert feedback.progress() > 0


def test_what_a_person_says_of_positions_and_brightness_reaches_the_command(provider, tmp_path):
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("herdmap:detect")
    context = QgsProcessingContext()
    (tmp_path / "photos").mkdir()
    given = {
        "FOLDER": str(tmp_path / "photos"),
        "OUTPUT": str(tmp_path / "o.gpkg"),
        "POSITION": str(tmp_path / "p.csv"),
        "POSITION_CRS": "EPSG:32737",
        "ANGLES": 3,
        "POSITION_ERROR": 8.0,
        "STRETCH_LOW": 0.0,
        "STRETCH_HIGH": 4095.0,
    }
    said = algorithm._options(given, context, QgsProcessingFeedback())
    for option, *values in (
        ("--position", given["POSITION"]), ("--position-crs", "EPSG:32737"), ("--angles", "aircraft"),
        ("--position-error", "8.0"), ("--stretch", "0.0", "4095.0"),
    ):  # fmt: skip
        at = said.index(option)
        assert said[at + 1 : at + 1 + len(values)] == values
    empty = {name: value for name, value in given.items() if name in ("FOLDER", "OUTPUT")}
    said = algorithm._options(empty, context, QgsProcessingFeedback())
    assert not {"--position", "--angles", "--position-error", "--stretch"} & set(said)
    wrong, why = algorithm.checkParameterValues({**empty, "STRETCH_LOW": 0.0}, context)
    assert not wrong
    assert "both black and white" in why


def test_a_table_of_angles_that_say_nothing_is_placed_as_the_dialog_says(provider, posed, tmp_path):
    with closing(sqlite3.connect(posed)) as db:
        rows = db.execute("SELECT path, lon, lat, altitude_m FROM images").fetchall()
    table = tmp_path / "positions.csv"
    lines = [f"{Path(path).name},{lon},{lat},{altitude},0,0,90" for path, lon, lat, altitude in rows]
    table.write_text("photo,lon,lat,altitude,yaw,pitch,roll\n" + "\n".join(lines) + "\n")
    result = run(
        "georeference", {"SURVEY": str(posed), "POSITION": str(table), "ANGLES": 1, "POSITION_ERROR": 8, "AGL": 30.0}
    )
    settings = json.loads(scalar(result["OUTPUT"], "SELECT settings FROM runs"))["placed"]
    assert (settings["angles"], settings["position_error_m"]) == ("gimbal", 8)


def test_cancel_ends_it_in_time_and_the_same_run_goes_on(provider, practice, tmp_path, herdmap_python):
    environment.choose_python(herdmap_python)
    output = tmp_path / "found.gpkg"
    parameters = {"FOLDER": str(practice / "photos"), "OUTPUT": str(output), "TILE_SIZE": 64, "OVERLAP": 16}
    feedback = Feedback(cancel=True)
    assert run("detect", parameters, feedback) == {}
    assert time.monotonic() - feedback.cancelled_at < 2
    assert "run it again" in feedback.warnings[-1].lower()
    assert not output.exists()
    parts = output.with_suffix(".herdmap") / "parts"
    kept = {part: part.stat().st_mtime_ns for part in parts.rglob("*.part")}
    assert kept
    assert run("detect", parameters)["FAILED"] == 0
    assert {part: part.stat().st_mtime_ns for part in kept} == kept  # what was done was not done again


def test_a_corrupt_photo_costs_itself_alone(provider, practice, tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    good = next((practice / "photos").glob("*.jpg"))
    (photos / "good.jpg").write_bytes(good.read_bytes())
    (photos / "bad.jpg").write_bytes(b"")
    feedback = Feedback()
    result = run("detect", {"FOLDER": str(photos), "OUTPUT": str(tmp_path / "o.gpkg")}, feedback)
    assert (result["IMAGES"], result["FAILED"]) == (2, 1)
    assert any("empty file" in text for text in feedback.errors)


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({}, "No imagery is chosen"),
        ({"FOLDER": "/nowhere"}, "folder /nowhere does not exist"),
        ({"FOLDER": "{here}", "MODEL": "/nowhere/m.onnx"}, "m.onnx does not exist"),
        ({"FOLDER": "{here}", "MODEL": "{here}/text.onnx"}, "text.onnx"),
        ({"FOLDER": "{here}", "OUTPUT": "{here}/o.shp"}, "ends in .gpkg"),
    ],
)
def test_a_wrong_value_is_told_in_one_line(provider, tmp_path, parameters, text):
    (tmp_path / "text.onnx").write_text("no model")
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff")
    parameters = {name: value.replace("{here}", str(tmp_path)) for name, value in parameters.items()}
    with pytest.raises(QgsProcessingException) as failed:
        run("detect", {"OUTPUT": str(tmp_path / "o.gpkg"), **parameters})
    assert text in str(failed.value)
    assert "Traceback" not in str(failed.value)


def test_a_layer_of_a_web_service_is_refused_with_the_mend(provider, tmp_path):
    layer = QgsRasterLayer("type=xyz&url=http://127.0.0.1:9/%7Bz%7D/%7Bx%7D/%7By%7D.png", "Tiles <b>", "wms")
    QgsProject.instance().addMapLayer(layer)
    with pytest.raises(QgsProcessingException, match=r"web service.*GeoTIFF"):
        run("detect", {"IMAGERY": [layer], "OUTPUT": str(tmp_path / "o.gpkg")})
    QgsProject.instance().removeAllMapLayers()


def test_an_output_that_is_being_edited_is_left_alone(provider, practice, copied):
    layer = QgsVectorLayer(f"{copied}|layername=detections", "Detections", "ogr")
    QgsProject.instance().addMapLayer(layer)
    layer.startEditing()
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    parameters = {"IMAGERY": [str(practice / "orthomosaic.tif")], "OUTPUT": str(copied)}
    with pytest.raises(QgsProcessingException, match="is being edited"):
        processing.run("herdmap:detect", parameters, context=context)
    layer.rollBack()
    QgsProject.instance().removeAllMapLayers()
    assert scalar(copied, "SELECT count(*) FROM runs") == 1


def test_a_locked_output_is_told_in_one_line(provider, practice, copied):
    with closing(sqlite3.connect(copied)) as db:
        db.execute("BEGIN EXCLUSIVE")
        with pytest.raises(QgsProcessingException) as failed:
            run("detect", {"IMAGERY": [str(practice / "orthomosaic.tif")], "OUTPUT": str(copied)})
    assert "Traceback" not in str(failed.value)
    assert copied.name in str(failed.value)


def test_how_long_it_takes_is_said_as_one_would():
    assert [duration_left(s) for s in (0.2, 75, 300, 7000)] == ["1 s left", "75 s left", "5 min left", "1.9 h left"]


def test_in_the_modeler_what_is_detected_is_counted(provider, practice, survey, tmp_path):
    model = QgsProcessingModelAlgorithm("Winter count")
    imagery, regions = QgsProcessingParameterRasterLayer("ortho"), QgsProcessingParameterFeatureSource("parks")
    for parameter in (imagery, regions):
        model.addModelParameter(parameter, QgsProcessingModelParameter(parameter.name()))
    of_input = QgsProcessingModelChildParameterSource.fromModelParameter
    detect = QgsProcessingModelChildAlgorithm("herdmap:detect")
    detect.setChildId("detect")
    detect.addParameterSources("IMAGERY", [of_input("ortho")])
    count = QgsProcessingModelChildAlgorithm("herdmap:count")
    count.setChildId("count")
    count.addParameterSources("SURVEY", [QgsProcessingModelChildParameterSource.fromChildOutput("detect", "OUTPUT")])
    count.addParameterSources("REGIONS", [of_input("parks")])
    output = QgsProcessingModelOutput("counts")
    output.setChildId("count")
    output.setChildOutputName("OUTPUT")
    count.setModelOutputs({"counts": output})
    model.addChildAlgorithm(detect)
    model.addChildAlgorithm(count)
    counts = tmp_path / "counts.gpkg"
    values = {"ortho": str(practice / "orthomosaic.tif"), "parks": str(practice / "regions.gpkg")}
    processing.run(model, {**values, "count:counts": str(counts)})
    rows = QgsVectorLayer(str(counts), "counts", "ogr")
    assert sum(f["count"] for f in rows.getFeatures()) == scalar(survey, "SELECT sum(count) FROM counts")


# ---- on a survey -----------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "geojson", "parquet"])
def test_export_writes_the_format_of_the_ending(provider, copied, ending):
    output = copied.parent / f"animals é.{ending}"
    assert run("export", {"SURVEY": str(copied), "OUTPUT": str(output)}) == {"OUTPUT": str(output)}
    found = scalar(copied, "SELECT count(*) FROM detections WHERE counted")
    if ending == "csv":
        assert len(list(csv.DictReader(io.StringIO(output.read_text(encoding="utf-8-sig"))))) == found
    elif ending == "geojson":
        assert len(json.loads(output.read_text(encoding="utf-8"))["features"]) == found
    else:
        assert output.read_bytes()[:4] == b"PAR1"


def test_export_of_no_format_is_refused(provider, copied):
    with pytest.raises(QgsProcessingException, match=r"cannot export to \.xlsx"):
        run("export", {"SURVEY": str(copied), "OUTPUT": str(copied.parent / "a.xlsx")})


def test_training_data_are_coco(provider, copied):
    output = copied.parent / "coco.json"
    run("exportdata", {"SURVEY": str(copied), "PHOTOS": 2, "OUTPUT": str(output)})
    found = json.loads(output.read_text())
    assert len(found["images"]) == 1
    assert len(found["annotations"]) > 40


def test_estimate_by_transects_of_a_survey_and_by_a_table(provider, practice, copied, tmp_path):
    strata = tmp_path / "strata.csv"
    strata.write_text("stratum,area_km2\nall land,0.01\n")
    transects = tmp_path / "transects.csv"
    transects.write_text(
        "stratum,transect,count,area_km2\nall land,1,12,0.001\nall land,2,7,0.0012\nall land,3,9,0.0009\n"
    )
    feedback = Feedback()
    output = tmp_path / "estimates.csv"
    parameters = {"TRANSECTS": str(transects), "STRATA": str(strata), "OUTPUT": str(output)}
    run("estimate", parameters, feedback)
    rows = {row["stratum"]: row for row in csv.DictReader(io.StringIO(output.read_text()))}
    assert float(rows["all"]["estimate"]) == pytest.approx(0.01 * 28 / 0.0031)
    assert float(rows["all"]["se"]) > 0
    assert any("Jolly" in text for text in feedback.texts)


def test_a_report_to_print(provider, copied):
    page = copied.parent / "for the warden.html"
    run("report", {"SURVEY": str(copied), "TITLE": "Winter <count>", "OUTPUT": str(page)})
    assert "<h1>Winter &lt;count&gt;</h1>" in page.read_text(encoding="utf-8")


def test_a_share_folder(provider, copied):
    folder = copied.parent / "for colleagues"
    run("share", {"SURVEY": str(copied), "TITLE": "Winter <count>", "OUTPUT": str(folder)})
    assert (folder / "index.html").is_file()


def test_photos_are_placed_anew(provider, posed, herdmap):
    herdmap("georeference", posed, "--agl", 100)
    wide = scalar(posed, "SELECT avg(gsd_m) FROM images")
    assert run("georeference", {"SURVEY": str(posed), "AGL": 50})["OUTPUT"] == str(posed)
    assert scalar(posed, "SELECT avg(gsd_m) FROM images") == pytest.approx(wide / 2, rel=0.02)


def test_evaluate_writes_its_report(provider, practice, tmp_path):
    parameters = {
        "DATA": str(practice / "truth.json"),
        "IMAGES": str(practice),
        "OUTPUT": str(tmp_path / "report"),
    }
    assert Path(run("evaluate", parameters)["REPORT"]).is_file()


def test_check_says_the_device(provider):
    feedback = Feedback()
    assert run("check", {}, feedback)["DEVICE"] == "cpu"
    assert any("onnxruntime" in text for text in feedback.texts)
    environment.choose_python("/usr/bin/python3")
    with pytest.raises(QgsProcessingException, match="does not run"):
        run("check", {})


def test_an_environment_without_the_detector_is_told(provider, copied):
    environment.choose_python("/usr/bin/python3")
    with pytest.raises(QgsProcessingException, match="chosen environment does not contain herdmap"):
        run("export", {"SURVEY": str(copied), "OUTPUT": str(copied.parent / "a.csv")})

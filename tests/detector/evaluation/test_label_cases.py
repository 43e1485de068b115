"""Evaluations on labels as people have them, by a model that always answers the same boxes."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
from numpy.typing import NDArray
from PIL import Image

from geo.geopackage import read_detections
from tests.command_line import Ended, HerdmapHere

onnx = pytest.importorskip("onnx", reason="the onnx package is not installed")
pytest.importorskip("onnxruntime", reason="the onnx extra is not installed: pip install 'herdmap[onnx]'")

# Found in every photo: sheep .8, goat .5, sheep .9; as centre x, centre y, width, height, score of sheep, of goat.
ANSWER = [[100, 100, 40, 20, 0.8, 0.1], [200, 200, 30, 30, 0.1, 0.5], [295, 295, 50, 50, 0.9, 0]]
BOXES = [[80, 90, 40, 20], [185, 185, 30, 30], [270, 270, 50, 50]]


def model(path: Path, rows: list[list[float]]) -> Path:
    """An ONNX file, as YOLO exports are, that answers `rows` whatever the picture."""
    from onnx import TensorProto, helper, numpy_helper

    answer = np.array(rows, np.float32).T[None]
    constants: dict[str, NDArray[Any]] = {
        "zero": np.zeros(1, np.float32),
        "last": np.array([3], np.int64),
        "answer": answer,
    }
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMean", ["images"], ["mean"], axes=[1, 2, 3], keepdims=1),
            helper.make_node("Squeeze", ["mean", "last"], ["flat"]),
            helper.make_node("Mul", ["flat", "zero"], ["nothing"]),
            helper.make_node("Add", ["nothing", "answer"], ["output0"]),
        ],
        "g",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["b", 3, 320, 320])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, ["b", *answer.shape[1:]])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(
        made, {"names": "{0: 'sheep', 1: 'goat'}", "imgsz": "[320, 320]", "task": "detect", "stride": "32"}
    )
    onnx.save(made, path)
    return path


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> HerdmapHere:
    return HerdmapHere(capsys)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model, and photos of equal names in two folders."""
    made = tmp_path_factory.mktemp("cases")
    model(made / "constant.onnx", ANSWER)
    rng = np.random.default_rng(5)
    for name in ("a/DSC1.png", "a/DSC2.png", "b/DSC1.png"):
        (made / "img" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 255, (320, 320, 3), np.uint8)).save(made / "img" / name)
    return made


def labels(
    path: Path, photos: list[str], boxes: list[list[Any]], classes: tuple[int, ...] = (1, 2, 1), **change: Any
) -> Path:
    """The same boxes in each photo. change: replaces lists of the file."""
    images: list[dict[str, Any]] = [
        {"id": i, "file_name": name, "width": 320, "height": 320} for i, name in enumerate(photos, 1)
    ]
    annotations = [
        {"id": 10 * image["id"] + place, "image_id": image["id"], "category_id": kind, "bbox": box}
        for image in images
        for place, (kind, box) in enumerate(zip(classes, boxes, strict=True))
    ]
    categories = [{"id": 1, "name": "sheep"}, {"id": 2, "name": "goat"}]
    path.write_text(
        json.dumps({"images": images, "annotations": annotations, "categories": categories, **change}), encoding="utf-8"
    )
    return path


def evaluate(
    here: HerdmapHere, folder: Path, data: Path, output: Path, *options: object
) -> tuple[Ended, dict[str, Any]]:
    given = ("--model", folder / "constant.onnx", "--data", data, "--images", folder / "img", "-o", output, *options)
    done = here("evaluate", *given)
    metrics = json.loads((output / "metrics.json").read_text()) if done.code == 0 else {}
    return done, metrics


POINTS = [[100, 100, 0, 0], [200, 200, 0, 0], [295, 295, 0, 0]]
# Boxes of two photos: the animals of both classes, how many of them are found, and what is said.
JUDGED: list[tuple[str, list[list[Any]], tuple[int, int], tuple[int, int], str]] = [
    ("boxes", BOXES, (4, 2), (4, 2), ""),
    ("points at the centres", POINTS, (4, 2), (4, 2), "labels that are points or have no area: 6;"),
    ("points near the centres", [[118, 104, 0, 0], [190, 205, 0, 0], [290, 280, 0, 0]], (4, 2), (4, 2), "points"),
    ("points beyond it", [[121, 100, 0, 0], [200, 216, 0, 0], [295, 295, 0, 0]], (4, 2), (2, 0), "points"),
    ("a box outside", [*BOXES[:2], [100, 320, 30, 30]], (2, 2), (2, 2), "labels outside their photo are left out: 2"),
]  # fmt: skip


@pytest.mark.parametrize(("boxes", "animals", "found", "said"), [c[1:] for c in JUDGED], ids=[c[0] for c in JUDGED])
def test_animals_and_what_is_found_of_them(
    here: HerdmapHere,
    folder: Path,
    tmp_path: Path,
    boxes: list[list[Any]],
    animals: tuple[int, int],
    found: tuple[int, int],
    said: str,
) -> None:
    pytest.importorskip("pycocotools", reason="the evaluate extra is not installed: pip install 'herdmap[evaluate]'")
    data = labels(tmp_path / "labels.json", ["a/DSC1.png", "a/DSC2.png"], boxes)
    done, metrics = evaluate(here, folder, data, tmp_path / "out")
    assert done.code == 0, done.err
    each = [metrics["classes"][name] for name in ("sheep", "goat")]
    assert tuple(one["counts"]["true"] for one in each) == animals
    assert tuple(one["centre"]["found"] for one in each) == found
    assert said in done.err
    if "points" in said:
        assert each[0]["average_precision"]["ap50"] is None
    else:
        assert each[0]["average_precision"]["ap50"] == pytest.approx(1 if not said else 0.5, abs=0.01)


def test_a_wrong_row_is_exit_code_2_and_a_line(here: HerdmapHere, folder: Path, tmp_path: Path) -> None:
    data = labels(tmp_path / "labels.json", ["a/DSC1.png"], [["80,5", "90,0", "40,0", "20,0"], *BOXES[1:]])
    done, _ = evaluate(here, folder, data, tmp_path / "out")
    assert done.code == 2
    assert len(done.problems) == 1
    assert all(word in done.problems[0] for word in ("labels.json", "annotation 10", "bbox", "80,5"))


def test_equal_names_in_two_folders_are_two_photos(here: HerdmapHere, folder: Path, tmp_path: Path) -> None:
    data = labels(tmp_path / "labels.json", ["a/DSC1.png", "b/DSC1.png"], BOXES)
    train = labels(tmp_path / "train.json", ["a/DSC2.png"], BOXES)
    done, metrics = evaluate(here, folder, data, tmp_path / "out", "--trained-on", train)
    assert done.code == 0, done.err
    assert list(metrics["flights"]) == ["a/DSC1", "b/DSC1"]
    rows = (tmp_path / "out" / "photos.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["a/DSC1.png", "b/DSC1.png"]


@pytest.mark.parametrize(
    ("trained", "leaks"),
    [("b/DSC1.png", False), ("a/DSC1.png", True), ("DSC1.png", True), ("x/a/DSC1.png", True), ("aa/DSC1.png", False)],
)
def test_a_leak_is_the_same_photo_and_not_an_equal_name(
    here: HerdmapHere, folder: Path, tmp_path: Path, trained: str, leaks: bool
) -> None:
    data = labels(tmp_path / "labels.json", ["a/DSC1.png"], BOXES)
    train = labels(tmp_path / "train.json", [trained], BOXES)
    done, _ = evaluate(here, folder, data, tmp_path / "out", "--trained-on", train)
    assert done.code == (2 if leaks else 0), done.err
    if leaks:
        assert "1 of its photos are also in" in done.problems[0]


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_labels_of_a_photo_that_programs_turn_are_found(
    here: HerdmapHere, folder: Path, tmp_path: Path, orientation: int
) -> None:
    """The boxes that are found in the stored picture of 320 x 300 px, as they lie in the turned one."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.new("RGB", (320, 300), "grey").save(folder / "img" / "turned.jpg", exif=exif)
    boxes = []
    for x, y, w, h in BOXES:
        bottom = min(y + h, 300)
        left, right = (y, bottom) if orientation in (5, 8) else (300 - bottom, 300 - y)
        top = x if orientation in (5, 6) else 320 - x - w
        boxes.append([left, top, right - left, w])
    image = {"id": 1, "file_name": "turned.jpg", "width": 300, "height": 320}
    data = labels(tmp_path / "labels.json", ["turned.jpg"], boxes, images=[image])
    done, metrics = evaluate(here, folder, data, tmp_path / "out")
    assert done.code == 0, done.err
    assert metrics["all"]["centre"]["found"] == 3
    assert metrics["all"]["iou"]["found"] == 3
    assert "labels that were drawn on a photo turned by its EXIF tag were turned back: turned.jpg" in done.err


@pytest.mark.parametrize("photos", [["a/DSC1.png"], ["a/DSC1.png", "a/DSC2.png"]])
def test_photos_that_do_not_differ_give_no_interval(
    here: HerdmapHere, folder: Path, tmp_path: Path, photos: list[str]
) -> None:
    data = labels(tmp_path / "labels.json", photos, [BOXES[0], [20, 20, 20, 20]], (1, 1))
    done, metrics = evaluate(here, folder, data, tmp_path / "out")
    assert done.code == 0, done.err
    sheep = metrics["classes"]["sheep"]
    assert sheep["centre"]["recall"] == 0.5
    assert sheep["centre"]["recall_interval"] == sheep["counts"]["bias_interval"] == [None, None]


@pytest.mark.parametrize("recall", [0.6, 0.9, 1])
def test_a_recall_that_a_class_does_not_reach_names_the_class(
    here: HerdmapHere, folder: Path, tmp_path: Path, recall: float
) -> None:
    data = labels(tmp_path / "labels.json", ["a/DSC1.png"], [BOXES[0], [10, 10, 20, 20]], (1, 2))
    done, metrics = evaluate(here, folder, data, tmp_path / "out", "--rule", f"recall:{recall}")
    assert done.code == 0, done.err
    assert metrics["classes"]["goat"]["best_threshold"] is None
    assert metrics["classes"]["sheep"]["best_threshold"] == pytest.approx(0.8, abs=0.011)
    assert f"goat: no score threshold meets the rule recall:{recall}" in done.err
    assert (tmp_path / "out" / "report.html").is_file()


VOC = "<annotation><filename>{name}</filename><size><width>320</width><height>320</height></size>{objects}</annotation>"
OBJECT = "<object><name>{}</name><bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax></bndbox></object>"


@pytest.mark.parametrize("form", ["voc", "csv"])
def test_points_of_pascal_voc_and_of_herdnet_are_evaluated(
    here: HerdmapHere, folder: Path, tmp_path: Path, form: str
) -> None:
    if form == "csv":
        data = tmp_path / "points.csv"
        data.write_text("images,x,y,labels\na/DSC1.png,100,100,sheep\na/DSC1.png,200,205,goat\na/DSC2.png,9,9,sheep\n")
    else:
        data = tmp_path / "Annotations"
        data.mkdir()
        points = OBJECT.format("sheep", *[100] * 4) + OBJECT.format("goat", 200, 205, 200, 205)
        (data / "1.xml").write_text(VOC.format(name="a/DSC1.png", objects=points))
        (data / "2.xml").write_text(VOC.format(name="a/DSC2.png", objects=OBJECT.format("sheep", *[9] * 4)))
    done, metrics = evaluate(here, folder, data, tmp_path / "out")
    assert done.code == 0, done.err
    assert metrics["classes"]["sheep"]["counts"]["true"] == 2
    assert metrics["classes"]["sheep"]["centre"]["found"] == metrics["classes"]["goat"]["centre"]["found"] == 1
    assert "labels that are points or have no area: 3;" in done.err


def test_average_precision_is_cocos_below_the_lowest_score_of_a_search(
    here: HerdmapHere, folder: Path, tmp_path: Path
) -> None:
    pytest.importorskip("pycocotools", reason="the evaluate extra is not installed: pip install 'herdmap[evaluate]'")
    low = model(
        tmp_path / "low.onnx", [[100, 100, 40, 20, 0.9, 0], [295, 295, 50, 50, 0.04, 0], [200, 200, 30, 30, 0, 0.5]]
    )
    data = labels(tmp_path / "data.json", ["a/DSC1.png"], BOXES)
    done = here("evaluate", "--model", low, "--data", data, "--images", folder / "img", "-o", tmp_path / "out")
    assert done.code == 0, done.err
    metrics = json.loads((tmp_path / "out" / "metrics.json").read_text())
    sheep = metrics["classes"]["sheep"]
    assert sheep["average_precision"]["ap50"] == pytest.approx(1.0)
    # All else is as a survey has it, which keeps none of them.
    assert sheep["counts"]["counted"] == 1
    assert max(sheep["curves"]["centre"]["recall"]) == 0.5
    found = here("detect", folder / "img" / "a" / "DSC1.png", "--model", low, "-o", tmp_path / "s.gpkg", "--score", "0")
    assert found.code == 0, found.err
    assert sorted(read_detections(tmp_path / "s.gpkg").score.round(2).tolist()) == pytest.approx([0.5, 0.9])


def test_a_table_with_columns_of_its_own_is_judged(here: HerdmapHere, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("File,Species,X,Y\na/DSC1.png,sheep,100,100\na/DSC1.png,goat,200,201\n")
    named = [word for text in ("photo=File", "class=Species", "x=X", "y=Y") for word in ("--column", text)]
    done, _ = evaluate(here, folder, tmp_path / "t.csv", tmp_path / "out", *named[:4])
    assert done.code == 2
    assert "name the columns with --column FIELD=COLUMN" in done.err
    done, metrics = evaluate(here, folder, tmp_path / "t.csv", tmp_path / "out", *named)
    assert done.code == 0, done.err
    assert {name: one["centre"]["recall"] for name, one in metrics["classes"].items()} == {"sheep": 1.0, "goat": 1.0}


# The radius, the animals (of class sheep) that are found of the three below, and what is said.
RADII = [("10px", 1, ""), ("1.6m", 2, ""), ("25 px", 3, ""), ("3", 0, "with its unit"), ("0m", 0, "with its unit")]


@pytest.mark.parametrize(("radius", "found", "said"), RADII)
def test_an_animal_is_found_within_the_radius(
    here: HerdmapHere, folder: Path, tmp_path: Path, radius: str, found: int, said: str
) -> None:
    """Points 5, 15 and 20 px from a detection; a pixel is 10 cm."""
    for name in ("a/DSC1", "a/DSC2", "b/DSC1"):
        photo = tmp_path / "img" / f"{name}.png"
        photo.parent.mkdir(parents=True, exist_ok=True)
        photo.write_bytes((folder / "img" / f"{name}.png").read_bytes())
        photo.with_suffix(".pgw").write_text("0.1\n0\n0\n-0.1\n500000\n8000000\n")
        photo.with_suffix(".prj").write_text(pyproj.CRS("EPSG:32736").to_wkt("WKT1_ESRI"))
    rows = "a/DSC1.png,sheep,105,100\na/DSC2.png,sheep,100,115\nb/DSC1.png,sheep,120,100\n"
    (tmp_path / "t.csv").write_text(f"image_path,label,x,y\n{rows}")
    given = ("--model", folder / "constant.onnx", "--data", tmp_path / "t.csv", "--images", tmp_path / "img")
    done = here("evaluate", *given, "-o", tmp_path / "out", "--radius", radius)
    assert said in done.err
    if said:
        assert done.code == 2
        return
    assert done.code == 0, done.err
    metrics = json.loads((tmp_path / "out" / "metrics.json").read_text())
    assert metrics["classes"]["sheep"]["centre"]["found"] == found
    assert metrics["settings"]["radius"] == radius


def test_metres_need_a_known_pixel(here: HerdmapHere, folder: Path, tmp_path: Path) -> None:
    data = labels(tmp_path / "labels.json", ["a/DSC1.png"], BOXES)
    done, _ = evaluate(here, folder, data, tmp_path / "out", "--radius", "1m")
    assert done.code == 2
    assert "state it in px" in done.err

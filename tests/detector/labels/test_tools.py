"""A file of each tool, as the tool itself writes it, is read to the same three animals.

Written by the tools: supervision_* (supervision 0.31), globox_* (globox 2.9), labelme (labelme 5.11) and
megadetector.json (megadetector-utils 10.0). The others follow the published description or the source of their tool.
"""

import json
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from PIL import Image

from detector.errors import InputError
from detector.labels.formats import FORMATS, format_of, names_in, read_labels, table
from detector.labels.given import Given
from detector.labels.rle import around_mask
from detector.labels.shapes import said_of
from geo.georeference import crs_to_wkt
from geo.vector import write_vector
from tests import ROOT
from tests.mutations import survives

FILES = Path(__file__).parent / "files"
SIZES = {"DJI_0001.jpg": (600, 400), "DJI_0002.jpg": (400, 300)}
Found = dict[str, list[tuple[str, list[float]]]]
BOXES: Found = {
    "DJI_0001.jpg": [("elephant", [100, 50, 160, 90]), ("kob", [300, 200, 320, 212])],
    "DJI_0002.jpg": [("kob", [10, 20, 40, 60])],
}
POINTS: Found = {
    "DJI_0001.jpg": [("elephant", [130, 70, 130, 70]), ("kob", [310, 206, 310, 206])],
    "DJI_0002.jpg": [("kob", [25, 40, 25, 40])],
}
ANY: Found = {name: [("animal", box) for _, box in each] for name, each in BOXES.items()}
# The path, the format that it must be taken for, the animals, and their scores if it has any.
TOOLS: list[tuple[str, str, Found, list[float]]] = [
    ("supervision_coco/coco.json", "COCO;", BOXES, []),
    ("coco_masks/coco.json", "COCO;", BOXES, []),
    ("coco_results/predictions.json", "COCO results", BOXES, [0.91, 0.82, 0.73]),
    ("supervision_yolo", "YOLO", BOXES, []),
    ("supervision_yolo/data.yaml", "YOLO", BOXES, []),
    ("supervision_yolo/train.txt", "YOLO", BOXES, []),
    ("yolo_polygons", "YOLO", BOXES, [np.nan, 0.81, np.nan]),
    ("yolo_polygons/data.yaml", "YOLO", BOXES, [np.nan, 0.81, np.nan]),
    ("yolo_key_points", "YOLO", BOXES, []),
    ("label_studio_yolo", "YOLO", BOXES, []),
    ("label_studio_yolo/labels", "YOLO", BOXES, []),
    ("supervision_voc", "Pascal VOC", BOXES, []),
    ("globox_cvat.xml", "CVAT", BOXES, []),
    ("cvat.xml", "CVAT", BOXES, []),
    ("label_studio.json", "Label Studio", BOXES, []),
    ("label_studio_min.json", "Label Studio", BOXES, []),
    ("label_studio_predictions.json", "Label Studio", BOXES, [0.75, 0.75, 0.5]),
    ("label_studio_points.json", "Label Studio", POINTS, []),
    ("labelme", "LabelMe", BOXES, []),
    ("globox_labelme", "LabelMe", BOXES, []),
    ("globox_via.json", "VIA 2", BOXES, []),
    ("via_project.json", "VIA 2", BOXES, []),
    ("via.csv", "VIA 2", BOXES, []),
    ("via3_project.json", "VIA 3", BOXES, []),
    ("dota", "DOTA", BOXES, []),
    ("dotdotgoose.pnt", "DotDotGoose", POINTS, []),
    ("megadetector.json", "MegaDetector", ANY, [0.9, 0.9, 0.9]),
    ("herdnet_points.csv", "HerdNet", POINTS, [0.95, 0.85, 0.75]),
    ("herdnet_boxes.csv", "HerdNet", BOXES, []),
    ("deepforest.csv", "DeepForest", BOXES, [0.95, 0.85, 0.75]),
    ("deepforest_points.csv", "DeepForest", POINTS, []),
    ("deepforest_polygons.csv", "DeepForest", BOXES, []),
    ("wisdam.csv", "WISDAM", BOXES, [0.95, 0.85, 0.75]),
    ("tensorflow.csv", "TensorFlow", BOXES, []),
    ("viame.csv", "VIAME", BOXES, [0.95, 0.85, 0.75]),
    ("createml.json", "Create ML", BOXES, []),
    ("camtrap", "Camtrap DP", BOXES, [0.95, 0.85, 0.75]),
    ("camtrap/observations.csv", "Camtrap DP", BOXES, [0.95, 0.85, 0.75]),
    ("biigle.csv", "BIIGLE", BOXES, []),
    ("vott.csv", "VoTT", BOXES, []),
]
COLUMNS = {
    "photo": "Foto",
    "class": "Art",
    "x": "Links",
    "y": "Oben",
    "w": "Breite",
    "h": "Hoehe",
    "score": "Sicherheit",
}


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("img")
    for name, size in SIZES.items():
        Image.new("RGB", size).save(folder / name)
    return folder


def check(
    labels: Path, images: Path, animals: Found, scores: list[float], columns: dict[str, str] | None = None
) -> None:
    photos = read_labels(labels, images, names_in(labels, columns or {}), {}, columns or {})
    assert {photo.name: list(photo.found_as) for photo in photos} == {k: [n for n, _ in v] for k, v in animals.items()}
    for photo in photos:
        boxes = np.array([box for _, box in animals[photo.name]], np.float32)
        np.testing.assert_allclose(photo.boxes_px, boxes, atol=0.01)
        assert (photo.width, photo.height) == SIZES[photo.name]
    found = np.concatenate([photo.scores for photo in photos])
    np.testing.assert_allclose(found, scores or [np.nan] * len(found), atol=1e-6)


@pytest.mark.parametrize(("path", "made_by", "animals", "scores"), TOOLS, ids=[tool[0] for tool in TOOLS])
def test_a_file_of_each_tool_is_read(
    images: Path, path: str, made_by: str, animals: Found, scores: list[float]
) -> None:
    assert format_of(Given(FILES / path)).made_by.startswith(made_by)
    fitting = [one.made_by for one in FORMATS if one.fits(Given(FILES / path))]
    assert len(fitting) == 1, fitting
    check(FILES / path, images, animals, scores, {})


def test_every_format_has_a_file() -> None:
    tested = {one.made_by for one in FORMATS for _, made_by, _, _ in TOOLS if one.made_by.startswith(made_by)}
    others = [one.made_by for one in FORMATS if one.made_by not in tested]
    assert others == ["QGIS and others; DeepForest's shapefiles", "any program"]  # their tests follow


def test_a_table_of_any_program_is_read_by_the_columns_that_are_named(images: Path) -> None:
    check(FILES / "mapped.csv", images, BOXES, [0.95, 0.85, 0.75], COLUMNS)


def test_the_manual_has_the_formats() -> None:
    assert table() in (ROOT / "docs" / "labels.md").read_text(encoding="utf-8")


def square(x0: float, y0: float, x1: float, y1: float) -> shapely.Polygon:
    """A box in px of the placed image below, on the map."""
    return shapely.box(500_000 + x0 / 10, 8_000_000 - y1 / 10, 500_000 + x1 / 10, 8_000_000 - y0 / 10)


@pytest.mark.parametrize(("ending", "driver"), [(".gpkg", "GPKG"), (".geojson", "GeoJSON"), (".shp", "ESRI Shapefile")])
def test_shapes_on_the_map_are_labels_of_the_image_below_them(tmp_path: Path, ending: str, driver: str) -> None:
    images = tmp_path / "img"
    images.mkdir()
    for name, (left, width, height) in {"west": (500_000, 600, 400), "east": (500_100, 400, 300)}.items():
        Image.new("RGB", (width, height)).save(images / f"{name}.png")
        (images / f"{name}.pgw").write_text(f"0.1\n0\n0\n-0.1\n{left + 0.05}\n7999999.95\n")
        (images / f"{name}.prj").write_text(pyproj.CRS("EPSG:32736").to_wkt("WKT1_ESRI"))
    shapes = [square(100, 50, 160, 90), square(300, 200, 320, 212), square(1010, 20, 1040, 60)]
    labels = tmp_path / f"animals{ending}"
    columns = {"species": np.array(["elephant", "kob", "kob"], object), "score": np.array([0.95, 0.85, 0.75])}
    wkb = [shapely.to_wkb(shape) for shape in shapes]
    write_vector(labels, driver, wkb, "Polygon", columns, crs_to_wkt("EPSG:32736"))
    photos = read_labels(labels, images, names_in(labels))
    assert {photo.name: photo.found_as for photo in photos} == {"east.png": ("kob",), "west.png": ("elephant", "kob")}
    np.testing.assert_allclose(photos[1].boxes_px, [[100, 50, 160, 90], [300, 200, 320, 212]], atol=0.01)
    np.testing.assert_allclose(photos[0].boxes_px, [[10, 20, 40, 60]], atol=0.01)
    np.testing.assert_allclose(photos[1].scores, [0.95, 0.85])


def test_the_box_around_a_mask_is_that_of_pycocotools() -> None:
    coco_masks = pytest.importorskip("pycocotools.mask")
    rng = np.random.default_rng(5)
    for _ in range(200):
        height, width = rng.integers(1, 40, 2)
        mask = np.asfortranarray(rng.random((height, width)) < rng.choice([0.02, 0.5, 0.99]), np.uint8)
        packed = coco_masks.encode(mask)
        box = around_mask({"size": [int(height), int(width)], "counts": packed["counts"].decode()}, "annotation 1")
        x, y, w, h = coco_masks.toBbox(packed).tolist()
        assert box == ((x, y, x + w, y + h) if mask.any() else None)


def test_a_photo_that_several_people_labelled_is_said(tmp_path: Path, images: Path) -> None:
    tasks = json.loads((FILES / "label_studio.json").read_text())
    first = tasks[0]["annotations"][0]
    tasks[0]["annotations"].append({**first, "id": 50, "result": first["result"][:1]})
    (tmp_path / "tasks.json").write_text(json.dumps(tasks))
    photos = read_labels(tmp_path / "tasks.json", images, ("elephant", "kob"))
    assert photos[0].found_as == ("elephant",)
    assert "several people labelled" in "".join(said_of(odd for photo in photos for odd in photo.odd))


# Labels that are not understood: the file, its content, and words of the one line that says so.
MEGADETECTOR = '{"images": [{"file": "DJI_0001.jpg", "detections": [%s]}], "detection_categories": {"1": "animal"}}'
HEADS = "image_path,type,probability,xmin,ymin,xmax,ymax\n"
WRONG = [
    ("a.json", '{"hello": 1}', ("JSON with the keys", "hello", "expected COCO")),
    ("a.json", "[1, 2]", ("JSON, a list", "expected COCO")),
    ("a.json", "{", ("is not JSON",)),
    ("a.xml", "<gpx/>", ("XML that begins with <gpx>",)),
    ("a.xml", '<!DOCTYPE a [<!ENTITY b "c">]><annotations/>', ("document type",)),
    ("a.xml", "<annotations><image name='a.jpg'/><track/></annotations>", ("video",)),
    ("a.txt", "what is this", ("has the columns",)),
    ("a.bin", "\0\1\2", ("a file that ends in .bin",)),
    ("data.yaml", "names: [a, b]\n", ("no YOLO label file",)),
    ("a.csv", "image;x;y\nDJI_0001.jpg;1;2\n", ("has the columns", "HerdNet")),
    ("a.json", MEGADETECTOR % '{"category": "9", "conf": 1, "bbox": [0, 0, 1, 1]}', ("category", "'9'")),
    ("a.json", MEGADETECTOR % '{"category": "1", "conf": 1, "bbox": [9, 9, 9, 9]}', ("not within the photo",)),
    (
        "a.json",
        '[{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}]',
        ("COCO results", "beside it"),
    ),
    ("a.json", '{"shapes": [{"label": "kob", "points": [[1]]}], "imagePath": "a.jpg"}', ("shape 1", "points")),
    ("a.pnt", '{"classes": [], "colors": {}, "points": {"a.jpg": {"kob": [{"x": 1}]}}}', ("point 1 of kob", "its y")),
    ("a.csv", "1,DJI_0001.jpg,0,10,20,30,40,0.5,-1,kob,7\n", ("line 1", "score", "'7'")),
    ("a.csv", f"{HEADS}DJI_0001.jpg,kob,90,1,2,3,4\n", ("line 2", "'90'")),
]


@pytest.mark.parametrize(("name", "text", "words"), WRONG, ids=[str(i) for i in range(len(WRONG))])
def test_labels_that_are_not_understood_are_refused(
    tmp_path: Path, images: Path, name: str, text: str, words: tuple[str, ...]
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as error:
        read_labels(tmp_path / name, images, names_in(tmp_path / name))
    said = str(error.value)
    assert all(word in said for word in words), said
    assert "\n" not in said
    assert len(said.replace(str(tmp_path), "")) < 300


FUZZED = [
    "cvat.xml",
    "label_studio.json",
    "via_project.json",
    "dotdotgoose.pnt",
    "viame.csv",
    "deepforest_polygons.csv",
]
FUZZED += ["megadetector.json", "labelme/DJI_0002.json", "coco_masks/coco.json", "via.csv", "yolo_polygons/data.yaml"]
FUZZED += ["biigle.csv", "createml.json"]


def test_no_damage_of_a_file_gives_any_other_error(tmp_path: Path, images: Path) -> None:
    """2,000 files, drawn from a seed."""
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "DJI_0001.txt").write_text("0 0.5 0.5 0.1 0.1\n")
    files = [(f"damaged{Path(name).suffix}", (FILES / name).read_bytes()) for name in FUZZED]
    read_right = survives(lambda path: read_labels(path, images, names_in(path)), files, tmp_path, 17)
    assert 100 < read_right < 1900


@pytest.mark.parametrize("seed", range(2))
def test_no_damage_of_a_label_file_of_a_folder_gives_any_other_error(tmp_path: Path, images: Path, seed: int) -> None:
    """2,000 files, drawn from a seed."""
    name, source = (("DJI_0001.txt", "yolo_polygons/labels"), ("DJI_0001.txt", "dota"))[seed]
    if "yolo" in source:
        (tmp_path / "classes.txt").write_text("elephant\nkob\n")
    files = [(name, (FILES / source / name).read_bytes())]
    survives(lambda path: read_labels(path.parent, images, names_in(path.parent)), files, tmp_path, seed)

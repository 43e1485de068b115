"""Shapes of label files that people put into public repositories: each is read to its animals, or its line says how to
mend it.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from detector.errors import InputError
from detector.labels.formats import names_in, read_labels
from detector.labels.labelled import LabelledImage
from detector.labels.shapes import said_of

SIZE = (100, 80)
RECT = {"name": "rect", "x": 10, "y": 10, "width": 20, "height": 20}
VOC = (
    "<annotation><filename>{}</filename>{}<object><name>kob</name><bndbox><xmin>10</xmin><ymin>10</ymin><xmax>30</xmax>"
    "<ymax>30</ymax></bndbox></object></annotation>"
)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("images")
    for name in ("a.jpg", "tile[4][2].jpg", "flight 2/a.jpg"):
        (folder / name).parent.mkdir(exist_ok=True)
        Image.new("L", SIZE).save(folder / name)
    return folder


def read(path: Path, images: Path) -> list[LabelledImage]:
    return read_labels(path, images, names_in(path))


def written(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def said(photos: list[LabelledImage]) -> str:
    return "; ".join(said_of(odd for photo in photos for odd in photo.odd))


def task(*results: dict[str, Any], image: str = "/data/upload/1/0a1b2c3d-a.jpg") -> list[dict[str, Any]]:
    return [{"id": 1, "data": {"image": image}, "annotations": [{"result": list(results)}]}]


def rectangle(name: str | None, x: float, width: float) -> dict[str, Any]:
    value = {"x": x, "y": 10, "width": width, "height": 25, **({"rectanglelabels": [name]} if name else {})}
    return {"id": "r", "type": "rectanglelabels", "original_width": 100, "original_height": 80, "value": value}


@pytest.mark.parametrize(
    ("name", "size", "found"),
    [
        ("a", "<size><width>100</width><height>80</height></size>", "a.jpg"),
        ("tile[4][2]", "", "tile[4][2].jpg"),
        (r"D:\flight 2\a", "<size><width>0</width><height>0</height></size>", "flight 2/a.jpg"),
        ("", "", "a.jpg"),
    ],
)
def test_a_voc_file_by_itself_without_an_ending_or_a_size(
    tmp_path: Path, images: Path, name: str, size: str, found: str
) -> None:
    (photo,) = read(written(tmp_path / "a.xml", VOC.format(name, size)), images)
    assert (photo.name, photo.width, photo.height) == (found, *SIZE)
    assert photo.boxes_px.tolist() == [[10, 10, 30, 30]]


def test_an_image_of_a_coco_file_is_named_by_its_number_as_text_and_without_an_ending(
    tmp_path: Path, images: Path
) -> None:
    document = {
        "images": [{"id": 0, "file_name": "tile[4][2]", "width": 100, "height": 80}],
        "categories": [{"id": 1, "name": "kob"}],
        "annotations": [{"id": 0, "image_id": "0", "category_id": 1, "bbox": [10, 10, "20.0", "20"]}],
    }
    (photo,) = read(written(tmp_path / "a.json", document), images)
    assert (photo.name, photo.boxes_px.tolist()) == ("tile[4][2].jpg", [[10, 10, 30, 30]])


@pytest.mark.parametrize("attributes", [{}, {"class": ""}, {"class": None}, {"kind": {"kob": False}}])
def test_a_region_of_via_without_a_class_is_an_animal(tmp_path: Path, images: Path, attributes: dict[str, Any]) -> None:
    regions = [{"shape_attributes": RECT, "region_attributes": attributes}]
    photos = read(written(tmp_path / "a.json", {"a": {"filename": "a.jpg", "regions": regions}}), images)
    assert [photo.found_as for photo in photos] == [("unknown",)]
    assert said(photos) == "labels without a class get the class unknown: region 1 of a.jpg"


def test_a_class_of_via_may_be_a_number(tmp_path: Path, images: Path) -> None:
    regions = [{"shape_attributes": RECT, "region_attributes": {"track": 320}}]
    (photo,) = read(written(tmp_path / "a.json", {"a": {"filename": "a.jpg", "regions": regions}}), images)
    assert photo.found_as == ("320",)


def test_the_class_of_via_may_be_any_attribute(tmp_path: Path, images: Path) -> None:
    attributes = {"beast": "kob", "occluded": "no"}
    regions = [{"shape_attributes": RECT, "region_attributes": each} for each in (attributes, {"occluded": "yes"})]
    file = written(tmp_path / "a.json", {"a": {"filename": "a.jpg", "regions": regions}})
    with pytest.raises(InputError, match=r"region 1 of a\.jpg has the attributes .*expected one of class,") as refused:
        names_in(file)
    assert refused.value.about == "columns"
    (photo,) = read_labels(file, images, ("kob", "unknown"), columns={"class": "Beast"})
    assert photo.found_as == ("kob", "unknown")
    with pytest.raises(InputError, match=r"no region has the attribute 'beats'; the file has 'beast, occluded'"):
        names_in(file, {"class": "beats"})


def test_other_texts_beside_yolos_labels_are_no_labels(tmp_path: Path, images: Path) -> None:
    for name, text in {
        "data.yaml": "names: [kob]\n",
        "requirements.txt": "numpy==1.26\ntorch\n",
        "LICENSE.txt": "Version 3, 19 November 2007\n",
        "a.txt": "0 0.5 0.5 0.2 0.2\n",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    photos = read(tmp_path / "data.yaml", images)
    assert [(photo.name, photo.found_as) for photo in photos] == [("a.jpg", ("kob",))]
    assert "without the numbers of a box are no labels and are left out: 2, the first is LICENSE.txt" in said(photos)
    for line, words in (("kob 0.5 0.5 0.2 0.2", "its class"), ("0 0.5 0.5", "has 3 values")):
        (tmp_path / "a.txt").write_text(line, encoding="utf-8")
        with pytest.raises(InputError, match=rf"a\.txt: line 1:? {words}"):
            read(tmp_path / "data.yaml", images)


def test_relations_of_label_studio_are_no_labels_and_a_rectangle_may_lack_its_name(
    tmp_path: Path, images: Path
) -> None:
    relation = {"type": "relation", "from_id": "r", "to_id": "s", "direction": "right"}
    choice = {"type": "choices", "value": {"choices": ["blurred"]}}
    tasks = task(rectangle("kob", 10, 20), relation, choice, rectangle(None, 50, 10))
    photos = read(written(tmp_path / "a.json", tasks), images)
    assert [photo.found_as for photo in photos] == [("kob", "unknown")]
    assert "labels without a class get the class unknown: label 4" in said(photos)


def test_a_share_over_the_edge_is_cut_and_said(tmp_path: Path, images: Path) -> None:
    photos = read(written(tmp_path / "a.json", task(rectangle("kob", 90, 15), rectangle("kob", -5, 10))), images)
    assert [photo.boxes_px.tolist() for photo in photos] == [[[90, 8, 100, 28], [0, 8, 5, 28]]]
    assert "labels over the edge of their photo are cut there: 2" in said(photos)
    with pytest.raises(InputError, match="is not within the photo"):
        read(written(tmp_path / "a.json", task(rectangle("kob", 900, 100))), images)


def test_a_table_of_numbers_is_not_of_viame(tmp_path: Path, images: Path) -> None:
    path = written(tmp_path / "digits.csv", "0,1,1,1,1,1,1,1,1,1\n0,1,1,1,1,1,1,1,1,1\n")
    with pytest.raises(InputError, match="which are no names of columns; write a first line"):
        read(path, images)


@pytest.mark.parametrize("given", ["data.yaml", "labelTxt", ""])
def test_corners_of_dota_beside_a_data_yaml(tmp_path: Path, images: Path, given: str) -> None:
    (tmp_path / "labelTxt").mkdir()
    written(tmp_path / "labelTxt" / "tile[4][2].txt", "10 10 30 10 30 30 10 30 kob 0\n")
    written(tmp_path / "data.yaml", "names: [kob]\n")
    if given == "data.yaml":
        with pytest.raises(InputError, match="are DOTA's; give their folder, such as labelTxt"):
            read(tmp_path / given, images)
        return
    (photo,) = read(tmp_path / given, images)
    assert (photo.name, photo.boxes_px.tolist()) == ("tile[4][2].jpg", [[10, 10, 30, 30]])


def test_a_folder_with_a_file_of_labels_names_it(tmp_path: Path, images: Path) -> None:
    regions = [{"shape_attributes": RECT, "region_attributes": {"class": "kob"}}]
    written(tmp_path / "animals.json", {"a": {"filename": "a.jpg", "regions": regions}})
    with pytest.raises(InputError, match=r"is a folder; give the file with the labels, such as 'animals\.json' in it"):
        read(tmp_path, images)


HEADS = "observationID,mediaID,observationLevel,observationType,scientificName,count,bboxX,bboxY,bboxWidth,bboxHeight\n"


def package(folder: Path, rows: str) -> Path:
    written(folder / "media.csv", "mediaID,filePath\nm1,a.jpg\nm2,flight 2/a.jpg\n")
    return written(folder / "observations.csv", HEADS + rows).parent


def test_observations_of_camtrap_dp(tmp_path: Path, images: Path) -> None:
    rows = "o1,m1,media,animal,Kobus kob,3,0.1,0.125,0.2,0.25\no2,m1,media,animal,Kobus kob,1,,,,\n"
    rows += "o3,m2,media,blank,,,,,,\no4,,event,animal,Kobus kob,3,,,,\n"
    photos = read(package(tmp_path, rows), images)
    assert [(photo.name, photo.found_as) for photo in photos] == [("a.jpg", ("Kobus kob",)), ("flight 2/a.jpg", ())]
    assert photos[0].boxes_px.tolist() == [[10, 10, 30, 30]]
    assert said(photos) == (
        "boxes with several animals count as one animal each: line 2, a.jpg; observations of animals without a box are "
        "left out: line 3, a.jpg"
    )
    with pytest.raises(InputError, match=r"its mediaID is 'm9', which media\.csv has not"):
        read(package(tmp_path, "o1,m9,media,animal,Kobus kob,1,0.1,0.1,0.2,0.2\n"), images)


def test_photos_of_one_name_in_two_subsets_of_cvat(tmp_path: Path, images: Path) -> None:
    box = '<box label="kob" xtl="10" ytl="10" xbr="{}" ybr="30"/>'
    image = '<image name="a.jpg" subset="{}" width="100" height="80">{}</image>'
    parts = (image.format("flight 2", box.format(30)), image.format("flight 1", box.format(40)))
    photos = read(written(tmp_path / "a.xml", f"<annotations>{''.join(parts)}</annotations>"), images)
    assert [(photo.name, photo.boxes_px.tolist()) for photo in photos] == [
        ("flight 2/a.jpg", [[10, 10, 30, 30]]),
        ("a.jpg", [[10, 10, 40, 30]]),
    ]


# The shape and the points of BIIGLE, and the box around it.
SHAPES = [
    ("Point", "[20, 20]", [20, 20, 20, 20]),
    ("Circle", "[20, 20, 10]", [10, 10, 30, 30]),
    ("LineString", "[10, 10, 30, 30]", [10, 10, 30, 30]),
    ("Ellipse", "[10, 20, 30, 20, 20, 15, 20, 25]", [10, 15, 30, 25]),
    ("Ellipse", "[10, 20, 20, 15, 30, 20, 20, 25]", [10, 15, 30, 25]),
]


@pytest.mark.parametrize(("shape", "points", "box"), SHAPES)
def test_shapes_of_biigle(tmp_path: Path, images: Path, shape: str, points: str, box: list[float]) -> None:
    heads = "label_name,filename,shape_name,points,annotation_id\n"
    row = f'kob,a.jpg,{shape},"{points}",7\n'
    (photo,) = read(written(tmp_path / "a.csv", heads + row), images)
    assert photo.boxes_px.tolist() == [box]
    photos = read(written(tmp_path / "a.csv", f"{heads}{row}topi{row[3:]}kob,a.jpg,WholeFrame,[],8\n"), images)
    assert [photo.found_as for photo in photos] == [("topi",)]
    assert "annotations with several labels have the last one: line 3" in said(photos)
    assert "labels of a whole photo are left out: line 4" in said(photos)

"""COCO files as annotation tools and people write them: each is read right, or refused with a line that says where."""

import copy
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detector.errors import InputError
from detector.labels.coco import class_names, read_coco
from detector.labels.labelled import LabelledImage
from detector.labels.shapes import said_of

CLASSES = ("sheep", "goat")
PHOTOS = ("a/DSC1.png", "a/DSC2.png", "b/DSC1.png", "My photo é.JPG")


def document(**change: Any) -> dict[str, Any]:
    """Two photos with one sheep each. `change` replaces keys of the first image or the first annotation, or lists."""
    made: dict[str, Any] = {
        "images": [
            {"id": 1, "file_name": "a/DSC1.png", "width": 320, "height": 240},
            {"id": 2, "file_name": "a/DSC2.png", "width": 320, "height": 240},
        ],
        "annotations": [
            {"id": 11, "image_id": 1, "category_id": 1, "bbox": [80, 90, 40, 20]},
            {"id": 12, "image_id": 2, "category_id": 1, "bbox": [10, 10, 20, 20]},
        ],
        "categories": [{"id": 1, "name": "sheep"}, {"id": 2, "name": "goat"}],
    }
    for key, value in change.items():
        if key in made:
            made[key] = value
        elif key in ("file_name", "width", "height", "id"):
            made["images"][0][key] = value
        else:
            made["annotations"][0][key] = value
    for entry in (made["images"][:1] or [None]) + (made["annotations"] or [None])[:1]:
        if isinstance(entry, dict):
            for key in [key for key, value in entry.items() if value is ...]:
                del entry[key]
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in PHOTOS:
        (tmp_path / "img" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "img" / name).write_bytes(b"")
    return tmp_path


def read(folder: Path, made: Any, encoding: str = "utf-8") -> list[LabelledImage]:
    (folder / "labels.json").write_text(json.dumps(made), encoding=encoding)
    return read_coco(folder / "labels.json", folder / "img", CLASSES)


BOX = [80.0, 90.0, 120.0, 110.0]

# What stands in the place of the first annotation's box: its box in the photo, and what is said.
BOXES: list[tuple[str, dict[str, Any], list[float] | None, str]] = [
    ("a box", {}, BOX, ""),
    ("numbers with decimals", {"bbox": [80.5, 90, 40, 20]}, [80.5, 90, 120.5, 110], ""),
    ("a point", {"bbox": [100, 101, 0, 0]}, [100, 101, 100, 101], ""),
    ("a point on the edge", {"bbox": [320, 240, 0, 0]}, [320, 240, 320, 240], ""),
    ("a line", {"bbox": [100, 101, 0, 8]}, [100, 101, 100, 109], ""),
    ("one key point", {"bbox": ..., "keypoints": [263.0, 151.5, 2]}, [263, 151.5, 263, 151.5], ""),
    ("key points, one not set", {"bbox": ..., "keypoints": [10, 20, 1, 0, 0, 0, 30, 60, 2]}, [10, 20, 30, 60], ""),
    ("key points and a box of zeros", {"bbox": [0, 0, 0, 0], "keypoints": [10, 20, 1]}, [10, 20, 10, 20], ""),
    ("an empty box, and key points", {"bbox": [], "keypoints": [10, 20, 1]}, [10, 20, 10, 20], ""),
    ("a polygon", {"bbox": ..., "segmentation": [[10, 20, 50, 20, 30, 70]]}, [10, 20, 50, 70], ""),
    (
        "polygons in two parts",
        {"bbox": ..., "segmentation": [[1, 2, 5, 2, 3, 7], [20, 3, 9, 9, 8, 8]]},
        [1, 2, 20, 9],
        "",
    ),
    ("a box turned by 90 degrees", {"attributes": {"rotation": 90.0}}, [90, 80, 110, 120], ""),
    ("a box turned by text", {"attributes": {"rotation": "270"}}, [90, 80, 110, 120], ""),
    ("a box turned by 180 degrees", {"attributes": {"rotation": 180}}, BOX, ""),
    (
        "a turned box of 45 degrees",
        {"bbox": [90, 90, 20, 20], "attributes": {"rotation": 45}},
        [100 - 200**0.5, 100 - 200**0.5, 100 + 200**0.5, 100 + 200**0.5],
        "",
    ),
    (
        "a turned box whose polygon is turned already",
        {"attributes": {"rotation": 30}, "segmentation": [[80, 100, 100, 90, 120, 100, 100, 110]]},
        BOX,
        "",
    ),
    (
        "a turned box whose polygon is upright",
        {"attributes": {"rotation": 90}, "segmentation": [[80, 90, 120, 90, 120, 110, 80, 110]]},
        [90, 80, 110, 120],
        "",
    ),
    (
        "a box below the photo",
        {"bbox": [100, 260, 30, 30]},
        None,
        "labels outside their photo are left out: annotation 11 of",
    ),
    ("a box left of the photo", {"bbox": [-50, 10, 50, 30]}, None, "labels outside their photo are left out"),
    ("a point outside", {"bbox": [321, 5, 0, 0]}, None, "labels outside their photo are left out"),
    ("a box over the edge", {"bbox": [300, 200, 40, 20]}, [300, 200, 320, 220], "labels over the edge of their photo"),
    ("a box over the edge by a rounding", {"bbox": [300, 200, 21, 20]}, [300, 200, 320, 220], ""),
    ("a crowd region", {"iscrowd": 1}, BOX, ""),
    ("a crowd region as text", {"iscrowd": "true"}, BOX, ""),
    ("no crowd region, as text", {"iscrowd": "False"}, BOX, ""),
    ("numbers as text, as Roboflow writes some", {"bbox": [80, 90, "40", "20.0"], "width": "320"}, BOX, ""),
    ("a crowd region without a size", {"iscrowd": 1, "bbox": [5, 5, 0, 0]}, None, ""),
    ("another key type", {"image_id": 1.0, "category_id": 1.0}, BOX, ""),
]


@pytest.mark.parametrize(("change", "box", "said"), [c[1:] for c in BOXES], ids=[c[0] for c in BOXES])
def test_the_box_of_an_annotation(folder: Path, change: dict[str, Any], box: list[float] | None, said: str) -> None:
    photo, other = read(folder, document(**change))
    assert photo.boxes_px.tolist() == ([] if box is None else [pytest.approx(box, abs=1e-4)])
    assert other.boxes_px.tolist() == [[10, 10, 30, 30]]
    lines = said_of([*photo.odd, *other.odd])
    assert len(lines) == bool(said)
    assert said in "".join(lines)


# What stands in the file: what the error says beside the file's name.
WRONG: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("decimal commas", {"bbox": ["80,5", "90,0", "40,0", "20,0"]}, ("annotation 11", "bbox", "80,5")),
    ("a truth value", {"bbox": [True, 90, 40, 20]}, ("annotation 11", "bbox")),
    ("nothing in a box", {"bbox": [None, 90, 40, 20]}, ("annotation 11", "bbox")),
    ("a number without bound", {"bbox": [1e300, 90, 40, 20]}, ("annotation 11", "bbox")),
    ("a whole number of 400 digits", {"bbox": [10**400, 90, 40, 20]}, ("annotation 11", "bbox")),
    ("five numbers", {"bbox": [1, 2, 3, 4, 5]}, ("annotation 11", "bbox")),
    ("a box as text", {"bbox": "80 90 40 20"}, ("annotation 11", "bbox")),
    ("a box as an object", {"bbox": {"x": 1}}, ("annotation 11", "bbox")),
    ("a negative width", {"bbox": [80, 90, -40, 20]}, ("annotation 11", "bbox", "0 or more")),
    ("no box", {"bbox": ...}, ("annotation 11", "bbox")),
    (
        "no box, no id",
        {"annotations": [{"image_id": 1, "category_id": 1}]},
        ("number 1", "bbox"),
    ),
    (
        "shares of the photo's size",
        {"annotations": [{"id": i, "image_id": 1, "category_id": 1, "bbox": [0.2, 0.5, 0.1, 0.2 * i]} for i in (1, 2)]},
        ("between 0 and 1",),
    ),
    ("no key point set", {"bbox": ..., "keypoints": [0, 0, 0]}, ("annotation 11", "keypoints")),
    ("key points in pairs", {"bbox": ..., "keypoints": [1, 2]}, ("annotation 11", "keypoints")),
    ("a mask instead of a box", {"bbox": ..., "segmentation": {"counts": "x"}}, ("annotation 11", "size of its mask")),
    ("a polygon of three numbers", {"bbox": ..., "segmentation": [[1, 2, 3]]}, ("annotation 11", "segmentation")),
    ("a rotation that is none", {"attributes": {"rotation": "left"}}, ("annotation 11", "rotation")),
    ("no category", {"category_id": ...}, ("annotation 11", "category_id")),
    ("a category of a list", {"category_id": [1]}, ("annotation 11", "category_id")),
    ("no image", {"image_id": None}, ("annotation 11", "image_id")),
    ("a crowd that is none", {"iscrowd": "yes"}, ("annotation 11", "iscrowd")),
    ("a width as words", {"width": "320 px"}, ("image 1", "width", "'320 px'")),
    ("no height", {"height": ...}, ("image 1", "height")),
    ("a height of zero", {"height": 0}, ("image 1", "height")),
    ("no file name", {"file_name": ...}, ("image 1", "file_name")),
    ("an empty file name", {"file_name": " "}, ("image 1", "file_name")),
    ("no id of an image", {"id": None}, ("image without id, number 1", "id")),
    ("an annotation that is a number", {"annotations": [7]}, ("entry 1", "annotations")),
    ("an image that is nothing", {"images": [None]}, ("entry 1", "images")),
    ("no annotations", {"annotations": None}, ("annotations",)),
    ("categories of names", {"categories": ["sheep"]}, ("entry 1", "categories")),
    ("a category without a name", {"categories": [{"id": 4}]}, ("category 4", "name")),
    (
        "two categories of one id",
        {"categories": [{"id": 1, "name": "sheep"}, {"id": 1, "name": "goat"}]},
        ("sheep", "goat", "id 1"),
    ),
    (
        "two photos of one id",
        {"images": [{"id": 7, "file_name": f"{f}/DSC1.png", "width": 320, "height": 240} for f in "ab"]},
        ("id 7", "a/DSC1.png", "b/DSC1.png"),
    ),
    (
        "one photo under two ids, of two sizes",
        {"images": [{"id": i, "file_name": "a/DSC1.png", "width": 320, "height": 100 * i} for i in (1, 2)]},
        ("images 1 and 2", "a/DSC1.png"),
    ),
    (
        "two photos that are found as one",
        {"images": [{"id": i, "file_name": f"{i}/a/DSC1.png", "width": 320, "height": 240} for i in (1, 2)]},
        ("1/a/DSC1.png", "2/a/DSC1.png"),
    ),
]


@pytest.mark.parametrize(("change", "words"), [c[1:] for c in WRONG], ids=[c[0] for c in WRONG])
def test_what_cannot_be_read_is_named(folder: Path, change: dict[str, Any], words: tuple[str, ...]) -> None:
    with pytest.raises(InputError) as error:
        read(folder, document(**change))
    said = str(error.value)
    assert "\n" not in said
    assert len(said) < 400
    assert all(word in said for word in ("labels.json", *words)), said


# A name in the labels: the photo that it is; None where it is refused.
NAMES: list[tuple[str, str | None]] = [
    ("a/DSC1.png", "a/DSC1.png"),
    ("a\\DSC1.png", "a/DSC1.png"),
    (".\\b\\DSC1.png", "b/DSC1.png"),
    ("./b/DSC1.png", "b/DSC1.png"),
    ("D:\\flights\\2024\\b\\DSC1.png", "b/DSC1.png"),
    ("images/a/DSC1.png", "a/DSC1.png"),
    ("/data/local-files/?d=b/DSC1.png", "b/DSC1.png"),
    ("/data/local-files/?d=img%5Cb%5CDSC1.png", "b/DSC1.png"),
    ("http://localhost:8080/data/upload/1/a/3f9c01ab-DSC1.png", "a/DSC1.png"),
    ("a/3f9c01ab-DSC1.png", "a/DSC1.png"),
    ("s3://bucket/survey/b/DSC1.png", "b/DSC1.png"),
    ("file:///home/me/My%20photo%20%C3%A9.JPG", "My photo é.JPG"),
    ("My%20photo%20%C3%A9.JPG", "My photo é.JPG"),
    ("my photo é.jpg", "My photo é.JPG"),
    ("My photo e\u0301.JPG", "My photo é.JPG"),
    # A folder in other letter case is another one, but on Windows: the missing photo is said where it is needed.
    ("A/dsc1.PNG", "a/DSC1.png" if sys.platform == "win32" else "A/dsc1.PNG"),
    ("..\\..\\media\\a\\DSC1.png", "a/DSC1.png"),
    ("..\\..\\media\\DSC1.png", None),
    ("../a.png", None),
    ("/etc/passwd", None),
    ("C:\\gone.png", None),
    ("a/../../secret.png", None),
    ("\0", None),
]


@pytest.mark.parametrize(("written", "found"), NAMES)
def test_the_photo_of_a_name(folder: Path, written: str, found: str | None) -> None:
    made = document(images=[{"id": 1, "file_name": written, "width": 320, "height": 240}])
    made["annotations"] = made["annotations"][:1]
    if found is None:
        with pytest.raises(InputError, match="inside the image folder"):
            read(folder, made)
    else:
        (photo,) = read(folder, made)
        assert photo.name == found
        assert photo.path == folder / "img" / photo.name
        assert photo.flight == photo.name.rpartition(".")[0]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names that differ in letter case alone are one there")
@pytest.mark.parametrize(
    ("written", "found"),
    [("a/twin.png", "a/twin.png"), ("D:\\flights\\a\\TWIN.png", "a/TWIN.png"), ("a/Twin.png", "a/Twin.png")],
)
def test_of_photos_that_differ_in_letter_case_alone_none_is_taken_for_another(
    folder: Path, written: str, found: str
) -> None:
    for name in ("a/TWIN.png", "a/twin.png"):
        (folder / "img" / name).write_bytes(b"")
    made = document(images=[{"id": 1, "file_name": written, "width": 320, "height": 240}])
    made["annotations"] = made["annotations"][:1]
    (photo,) = read(folder, made)
    assert photo.name == found  # the third is missing, which is said where it is needed


def test_a_photo_that_is_listed_twice_is_one_with_all_its_labels(folder: Path) -> None:
    made = document(images=[{"id": i, "file_name": "a/DSC1.png", "width": 320, "height": 240} for i in (1, 2)])
    made["annotations"].append(copy.deepcopy(made["annotations"][0]) | {"id": 13, "image_id": 2})
    (photo,) = read(folder, made)
    assert photo.boxes_px.tolist() == [BOX, [10, 10, 30, 30]]
    said = said_of(photo.odd)
    assert any("listed twice" in line and "a/DSC1.png" in line for line in said)
    assert any("that a photo has twice are counted once: annotation 13 of a/DSC1.png" in line for line in said)


def test_labels_twice_are_counted_once_and_of_two_classes_are_two(folder: Path) -> None:
    made = document()
    made["annotations"] += [a | {"id": a["id"] + 10} for a in copy.deepcopy(made["annotations"])]
    made["annotations"].append({"id": 31, "image_id": 1, "category_id": 2, "bbox": [80, 90, 40, 20]})
    photos = read(folder, made)
    assert [photo.found_as for photo in photos] == [("sheep", "goat"), ("sheep",)]
    (line,) = said_of(odd for photo in photos for odd in photo.odd)
    assert ": 2, the first is annotation 21 of a/DSC1.png" in line


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_every_unicode_encoding_is_read(folder: Path, encoding: str) -> None:
    photo, _ = read(folder, document(), encoding)
    assert photo.boxes_px.tolist() == [BOX]
    assert class_names(folder / "labels.json") == CLASSES


@pytest.mark.parametrize(
    "text", [b"\xff\xfe\x00", b"[" * 100_000, b"{}", b"[]", b"3", b"", b"\x80abc", b'{"images": 1}']
)
def test_a_file_that_is_no_coco_is_an_error_of_one_line(folder: Path, text: bytes) -> None:
    (folder / "labels.json").write_bytes(text)
    with pytest.raises(InputError, match=r"labels\.json is not (JSON|a COCO file)"):
        read_coco(folder / "labels.json", folder / "img", CLASSES)


def test_labels_of_a_photo_fit_together() -> None:
    boxes, labels, crowd = np.zeros((2, 4), np.float32), np.zeros(2, np.int64), np.zeros(2, np.bool_)
    assert LabelledImage(Path("a.png"), 5, 5, "a", boxes, labels, crowd).found_as == ("", "")
    for bad in ({"found_as": ("sheep",)}, {"crowd": crowd[:1]}, {"boxes_px": boxes[:, :3]}, {"labels": labels[:1]}):
        given: dict[str, Any] = {"boxes_px": boxes, "labels": labels, "crowd": crowd, **bad}
        with pytest.raises(InputError, match="expected \\(N, 4\\) and \\(N,\\)"):
            LabelledImage(Path("a.png"), 5, 5, "a", **given)


# Values that a broken writer or an odd tool may put anywhere.
ANYTHING: list[Any] = [
    None,
    True,
    0,
    -1,
    1e308,
    float("nan"),
    float("inf"),
    10**400,
    "",
    "1",
    "80,5",
    "\0",
    "..",
    [],
    [[]],
    {},
    {"x": 1},
]


def test_no_change_of_a_file_gives_any_other_error(folder: Path) -> None:
    """2,000 files, each with one to three values replaced, removed or doubled at random places."""
    rng = np.random.default_rng(8)
    whole = document(keypoints=[1, 2, 2], segmentation=[[1, 2, 3, 4, 5, 6]], attributes={"rotation": 10}, iscrowd=0)
    read_right, said = 0, list[str]()
    for _ in range(2000):
        made = copy.deepcopy(whole)
        for _ in range(int(rng.integers(1, 4))):
            node: Any = made
            while True:
                keys = list(node) if isinstance(node, dict) else list(range(len(node)))
                if not keys:
                    break
                key = keys[int(rng.integers(len(keys)))]
                inner = node[key]
                if isinstance(inner, (dict, list)) and inner and rng.random() < 0.85:
                    node = inner
                    continue
                what = int(rng.integers(3))
                if what == 0:
                    del node[key]
                elif what == 1 and isinstance(node, list):
                    node.append(copy.deepcopy(inner))
                else:
                    node[key] = copy.deepcopy(ANYTHING[int(rng.integers(len(ANYTHING)))])
                break
        try:
            photos = read(folder, made)
        except InputError as error:
            said.append(str(error))
        else:
            read_right += 1
            assert all(np.isfinite(photo.boxes_px).all() for photo in photos)
    assert 100 < read_right < 1900
    assert not any("\n" in line for line in said)

"""One rule for EXIF's orientation: photos are read as they are stored, and labels are brought onto that."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detector.errors import InputError
from detector.labels.coco import read_coco
from detector.labels.formats import read_labels
from detector.labels.orientation import NO_SIZE, TURNED, UNKNOWN, as_stored
from detector.labels.shapes import Box
from geo import raster
from tests.surveys.turned_photos import SPOT, around_spot, photo, turned


def labels_as_shown(path: Path) -> Path:
    """What a person draws in a program that turns the photo: around the spot that they see."""
    shown = turned(path)
    x0, y0, x1, y1 = around_spot(shown)
    document = {
        "images": [{"id": 1, "file_name": path.name, "width": shown.shape[1], "height": shown.shape[0]}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [x0, y0, x1 - x0, y1 - y0]}],
        "categories": [{"id": 1, "name": "sheep"}],
    }
    (path.parent / "labels.json").write_text(json.dumps(document))
    return path.parent / "labels.json"


@pytest.mark.parametrize("orientation", [None, 1, 5, 6, 7, 8])
@pytest.mark.parametrize("suffix", ["jpg", "tif", "png", "webp"])
def test_labels_on_the_turned_picture_are_turned_back(tmp_path: Path, suffix: str, orientation: int | None) -> None:
    path = photo(tmp_path / f"a.{suffix}", orientation)
    (drawn,) = read_coco(labels_as_shown(path), tmp_path, ("sheep",))
    stored = as_stored(drawn, raster.inspect(path))
    assert (stored.width, stored.height) == (80, 60)
    assert stored.boxes_px.tolist() == [list(SPOT)]
    assert [what for what, _ in stored.odd] == ([TURNED] if orientation in (5, 6, 7, 8) else [])


@pytest.mark.parametrize("orientation", [2, 3, 4, 6])
def test_labels_on_the_stored_picture_stay(tmp_path: Path, orientation: int) -> None:
    path = photo(tmp_path / "a.jpg", orientation)
    (drawn,) = read_coco(labels_as_shown(photo(tmp_path / "a.jpg", None)), tmp_path, ("sheep",))
    photo(path, orientation)
    stored = as_stored(drawn, raster.inspect(path))
    assert stored.boxes_px.tolist() == [list(SPOT)]
    assert [what for what, _ in stored.odd] == ([UNKNOWN] if orientation < 5 else [])


def test_a_square_photo_that_is_turned_is_said_to_be_unknown(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.jpg", 6, (60, 60))
    (drawn,) = read_coco(labels_as_shown(path), tmp_path, ("sheep",))
    assert [what for what, _ in as_stored(drawn, raster.inspect(path)).odd] == [UNKNOWN]


def test_labels_without_a_size_get_the_stored_one_and_of_another_size_stay(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.jpg", 6)
    (drawn,) = read_coco(labels_as_shown(path), tmp_path, ("sheep",))
    unsized = as_stored(replace(drawn, width=0, height=0), raster.inspect(path))
    assert (unsized.width, unsized.height) == (80, 60)
    other = replace(drawn, width=600, height=800)
    assert as_stored(other, raster.inspect(path)) is other


def of_labelme(box: Box, name: str, width: int, height: int) -> str:
    x0, y0, x1, y1 = box
    shapes = [{"label": "sheep", "shape_type": "rectangle", "points": [[x1, y0], [x0, y1]]}]  # corners in any order
    return json.dumps({"shapes": shapes, "imagePath": name, "imageWidth": width, "imageHeight": height})


def of_label_studio(box: Box, name: str, width: int, height: int) -> str:
    x0, y0, x1, y1 = box
    value = {"x": 100 * x0 / width, "y": 100 * y0 / height, "rectanglelabels": ["sheep"]}
    value |= {"width": 100 * (x1 - x0) / width, "height": 100 * (y1 - y0) / height}
    result = {"type": "rectanglelabels", "value": value, "original_width": width, "original_height": height}
    return json.dumps([{"data": {"image": name}, "annotations": [{"result": [result]}]}])


def of_cvat(box: Box, name: str, width: int, height: int, meta: str = "<meta><task/></meta>") -> str:
    corners = 'xtl="{}" ytl="{}" xbr="{}" ybr="{}"'.format(*box)
    image = f'<image name="{name}" width="{width}" height="{height}"><box label="sheep" {corners}/></image>'
    return f"<annotations>{meta}{image}</annotations>"


@pytest.mark.parametrize("size", [(80, 60), (60, 60)])
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("write", "ending"),
    [(of_labelme, "json"), (of_label_studio, "json"), (of_cvat, "xml")],
    ids=["LabelMe", "Label Studio", "CVAT"],
)
def test_tools_that_show_photos_turned_are_known(
    tmp_path: Path,
    write: Callable[[Box, str, int, int], str],
    ending: str,
    orientation: int,
    size: tuple[int, int],
) -> None:
    path = photo(tmp_path / "a.png", orientation, size)
    shown = turned(path)
    box = around_spot(shown)
    labels = tmp_path / f"labels.{ending}"
    labels.write_text(write(box, path.name, shown.shape[1], shown.shape[0]), encoding="utf-8")
    (drawn,) = read_labels(labels, tmp_path, ("sheep",))
    stored = as_stored(drawn, raster.inspect(path))
    assert (stored.width, stored.height) == size
    np.testing.assert_allclose(stored.boxes_px, [SPOT], atol=1e-4)
    assert [what for what, _ in stored.odd] == ([] if orientation == 1 else [TURNED])


def test_xml_of_cvats_form_from_another_program_is_of_an_unknown_tool(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.png", 3)
    (tmp_path / "a.xml").write_text(of_cvat((30, 10, 50, 20), path.name, 80, 60, ""), encoding="utf-8")
    (drawn,) = read_labels(tmp_path / "a.xml", tmp_path, ("sheep",))
    stored = as_stored(drawn, raster.inspect(path))
    assert stored.boxes_px.tolist() == [list(SPOT)]
    assert [what for what, _ in stored.odd] == [UNKNOWN]


def test_a_label_studio_photo_that_was_turned_there_is_refused(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.png", None)
    text = of_label_studio((30, 10, 50, 20), path.name, 80, 60).replace('"type"', '"image_rotation": 90, "type"')
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"image_rotation is 90; expected 0: turn the photo back in Label Studio"):
        read_labels(tmp_path / "a.json", tmp_path, ("sheep",))


def test_labels_without_a_size_of_a_photo_that_is_turned_are_said_once(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.png", 6)
    rows = f"{path.name},30,10,50,20,sheep\n{path.name},1,1,9,9,sheep\n"
    (tmp_path / "a.csv").write_text(f"image_path,xmin,ymin,xmax,ymax,label\n{rows}", encoding="utf-8")
    (drawn,) = read_labels(tmp_path / "a.csv", tmp_path, ("sheep",))
    assert as_stored(drawn, raster.inspect(path)).boxes_px.tolist() == [list(SPOT), [1, 1, 9, 9]]
    assert drawn.odd == ((NO_SIZE, "a.png"),)

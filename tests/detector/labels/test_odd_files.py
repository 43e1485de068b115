"""Files as people bring them: blanks, corners for sizes, empty frames, shapes beside the images."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from PIL import Image

from detector.errors import InputError
from detector.labels.formats import names_in, read_labels
from detector.labels.labelled import LabelledImage
from geo.georeference import crs_to_wkt
from geo.vector import write_vector

NAMES = ("a.jpg", "b, c 'é'.jpg")


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("images")
    for name in NAMES:
        Image.new("L", (100, 80)).save(folder / name)
    return folder


def read(path: Path, images: Path) -> list[LabelledImage]:
    return read_labels(path, images, names_in(path))


def coco(folder: Path, change: Callable[[dict[str, Any]], object], sign: bytes = b"") -> Path:
    """A COCO file with two sheep on a photo of 100 x 80 px, with a change."""
    document: dict[str, Any] = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 80}],
        "categories": [{"id": 1, "name": "sheep"}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 20, 20]},
            {"id": 2, "image_id": 1, "category_id": 1, "bbox": [60, 50, 30, 20]},
        ],
    }
    change(document)
    (folder / "labels.json").write_bytes(sign + json.dumps(document).encode())
    return folder / "labels.json"


def corners(document: dict[str, Any]) -> None:
    document["annotations"][0]["bbox"], document["annotations"][1]["bbox"] = [60, 10, 80, 30], [60, 50, 90, 70]


SAME = {
    "as it is": lambda document: None,
    "a class with a blank": lambda document: document["categories"][0].update(name="sheep "),
    "a photo with a blank": lambda document: document["images"][0].update(file_name="a.jpg "),
    "a path of Windows": lambda document: document["images"][0].update(file_name=r"C:\Users\Me\flight 1\A.JPG"),
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
@pytest.mark.parametrize("sign", [b"", b"\xef\xbb\xbf"], ids=["", "BOM"])
def test_a_coco_file_with_oddities_has_the_same_animals(
    tmp_path: Path, images: Path, change: Callable[[dict[str, Any]], object], sign: bytes
) -> None:
    (photo,) = read_labels(coco(tmp_path, change, sign), images, ("sheep",))
    assert (photo.name, photo.found_as) == ("a.jpg", ("sheep", "sheep"))
    assert photo.boxes_px.tolist() == [[10, 10, 30, 30], [60, 50, 90, 70]]


def test_corners_in_the_place_of_sizes_are_refused(tmp_path: Path, images: Path) -> None:
    with pytest.raises(InputError, match=r"2 of its 2 boxes reach over the edge.*expected x, y, width, height"):
        read(coco(tmp_path, corners), images)
    results = [{"image_id": 1, "category_id": 1, "bbox": [60, 10, 80, 30 + n], "score": 0.5} for n in range(2)]
    (tmp_path / "results.json").write_text(json.dumps(results), encoding="utf-8")
    coco(tmp_path, lambda document: document.update(annotations=[]))
    with pytest.raises(InputError, match="2 of its 2 boxes reach over the edge"):
        read(tmp_path / "results.json", images)


def test_one_box_over_the_edge_is_no_reason(tmp_path: Path, images: Path) -> None:
    (photo,) = read(coco(tmp_path, lambda found: found["annotations"][0].update(bbox=[70, 60, 95, 78])), images)
    assert photo.boxes_px.tolist() == [[70, 60, 100, 80], [60, 50, 90, 70]]


@pytest.mark.parametrize("empty", ["0,0,0,0,sheep", "0,0,0,0,", "0.0,0,0,0.0,sheep", ",,,,"])
def test_a_frame_that_a_table_calls_empty_has_no_animal(tmp_path: Path, images: Path, empty: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(
        f'image_path,xmin,ymin,xmax,ymax,label\na.jpg,10,10,30,30,sheep \n"{NAMES[1]}",{empty}\n', encoding="utf-8"
    )
    photos = read(path, images)
    assert [(photo.name, photo.found_as) for photo in photos] == [("a.jpg", ("sheep",)), (NAMES[1], ())]


def test_an_empty_frame_of_deepforest_as_a_geometry(tmp_path: Path, images: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("image_path,geometry,label\na.jpg,POINT (30 20),kob\na.jpg,POINT (0 0),kob\n", encoding="utf-8")
    assert [photo.boxes_px.tolist() for photo in read(path, images)] == [[[30, 20, 30, 20]]]


def layer(folder: Path, places: list[tuple[float, float]]) -> Path:
    """Points on the map."""
    shapes = [shapely.to_wkb(shapely.Point(*place)) for place in places]
    columns = {"species": np.array(["kob"] * len(places), object)}
    write_vector(folder / "points.gpkg", "GPKG", shapes, "Point", columns, crs_to_wkt("EPSG:32736"))
    return folder / "points.gpkg"


def test_shapes_beside_the_images_are_said_or_refused(tmp_path: Path) -> None:
    images = tmp_path / "img"
    images.mkdir()
    Image.new("L", (60, 40)).save(images / "a.png")
    with pytest.raises(InputError, match=r"no image in .* is georeferenced; the position in a photo's tags is too"):
        read(layer(tmp_path, [(500_003, 7_999_998)]), images)
    (images / "a.pgw").write_text("0.1\n0\n0\n-0.1\n500000.05\n7999999.95\n")
    (images / "a.prj").write_text(pyproj.CRS("EPSG:32736").to_wkt("WKT1_ESRI"))
    (photo,) = read(layer(tmp_path, [(500_003, 7_999_998), (500_900, 7_999_998)]), images)
    np.testing.assert_allclose(photo.boxes_px, [[30, 20, 30, 20]], atol=0.01)
    assert photo.odd == (("shapes that lie on no image are left out", "row 2 of points.gpkg"),)
    with pytest.raises(InputError, match="none of its 1 shapes lies on an image"):
        read(layer(tmp_path, [(500_900, 7_999_998)]), images)

"""Labels of photos that an EXIF tag turns: boxes are where programs show the animals, and come back as they were."""

import csv
import dataclasses
import io
import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from detector.survey.importing import import_labels
from geo import geopackage
from geo.exports.coco import AS_STORED
from geo.exports.darwincore import Dataset
from geo.exports.photo_labels import ENDINGS, PHOTO_FORMATS, export_labels
from geo.geopackage import write_survey
from tests.surveys.small import UTM, detections, images, run
from tests.surveys.turned_photos import SIZE, SPOT, around_spot, photo, turned

NAMES = tuple(f"{orientation}.jpg" for orientation in range(1, 9))
POINT = (61.0, 44.0)
DATASET = Dataset("Kobs", event_date="2026-05-01")


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A survey of photos with each orientation, with a box and a point in each."""
    folder = tmp_path_factory.mktemp("turned")
    for orientation, name in enumerate(NAMES, 1):
        photo(folder / name, orientation)
    rows = detections(16, 8, ("kob",))
    x, y = POINT
    rows = dataclasses.replace(
        rows,
        paths=NAMES,
        image=np.repeat(np.arange(8), 2),
        boxes_px=np.tile(np.array([SPOT, (x - 10, y - 10, x + 10, y + 10)], np.float32), (8, 1)),
        kind=["box", "point"] * 8,
        review=["confirmed"] * 16,
    )
    eight = dataclasses.replace(
        images(8),
        path=list(NAMES),
        width=np.full(8, SIZE[0]),
        height=np.full(8, SIZE[1]),
        lat=np.full(8, -2.5),
        status=["done"] * 8,
        reason=[None] * 8,
    )
    write_survey(folder / "survey.gpkg", eight, rows, [run(("kob",))], UTM)
    return folder / "survey.gpkg"


def exported(survey: Path, folder: Path, kind: str) -> tuple[Path, tuple[str, ...]]:
    output = folder / f"labels{ENDINGS.get(kind, '')}"
    return output, export_labels(survey, output, kind, dataset=DATASET).warnings


@pytest.mark.parametrize("kind", PHOTO_FORMATS)
def test_they_come_back_as_they_were(survey: Path, tmp_path: Path, kind: str) -> None:
    output, _ = exported(survey, tmp_path, kind)
    for name in NAMES:
        shutil.copy(survey.parent / name, tmp_path)
    done = import_labels(output, tmp_path, tmp_path / "again.gpkg")
    assert done.failed == 0
    rows = geopackage.read_detections(tmp_path / "again.gpkg", chips=True)
    places = sorted(zip(rows.image_paths(), rows.text("kind"), rows.boxes_px.tolist(), strict=True))
    assert [place[:2] for place in places] == [(name, kind) for name in NAMES for kind in ("box", "point")]
    boxes = np.array([box for _, _, box in places]).reshape(8, 2, 4)
    np.testing.assert_allclose(boxes[:, 0], [SPOT] * 8, atol=0.02)
    np.testing.assert_allclose((boxes[:, 1, :2] + boxes[:, 1, 2:]) / 2, [POINT] * 8, atol=0.02)
    for chip, kind_ in zip(rows.chip or [], rows.text("kind"), strict=True):
        if kind_ == "box":  # the review's picture shows the animal in its middle
            assert chip is not None
            with Image.open(io.BytesIO(chip)) as picture:
                assert around_spot(np.asarray(picture.convert("L")) > 128) == (5, 10, 25, 20)


def boxes_written(output: Path, kind: str, sizes: dict[str, tuple[int, int]]) -> dict[str, Any]:
    """The box of each photo's first animal, xyxy px of a picture of the given size, without Herdmap's readers."""
    first: dict[str, Any] = {}
    if kind == "coco-results":
        listed = json.loads(output.with_name("labels.images.json").read_text(encoding="utf-8"))["images"]
        names = {one["id"]: one["file_name"] for one in listed}
        for one in json.loads(output.read_text(encoding="utf-8")):
            x, y, width, height = one["bbox"]
            first.setdefault(names[one["image_id"]], (x, y, x + width, y + height))
        return first
    if kind == "cvat":
        for image in ET.parse(output).getroot().iter("image"):
            assert (int(image.get("width", 0)), int(image.get("height", 0))) == sizes[image.get("name", "")]
            box = image.find("box")
            assert box is not None
            first[image.get("name", "")] = tuple(float(box.get(key, "")) for key in ("xtl", "ytl", "xbr", "ybr"))
        return first
    shares: dict[str, Any] = {}
    if kind == "yolo":
        for name in NAMES:
            x, y, width, height = map(float, (output / "labels" / f"{name[:-4]}.txt").read_text().split()[1:5])
            shares[name] = (x - width / 2, y - height / 2, width, height)
    elif kind == "megadetector":
        for one in json.loads(output.read_text(encoding="utf-8"))["images"]:
            shares[one["file"]] = one["detections"][0]["bbox"]
    else:
        with (output / "observations.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                sides = ("bboxX", "bboxY", "bboxWidth", "bboxHeight")
                shares.setdefault(row["mediaID"], [float(row[side]) for side in sides])
    for name, (x, y, width, height) in shares.items():
        across, down = sizes[name]
        first[name] = (x * across, y * down, (x + width) * across, (y + height) * down)
    return first


@pytest.mark.parametrize("kind", PHOTO_FORMATS)
def test_a_box_is_on_the_pixels_of_the_animal_as_its_program_shows_it(survey: Path, tmp_path: Path, kind: str) -> None:
    output, said = exported(survey, tmp_path, kind)
    pictures = {name: turned(survey.parent / name) for name in NAMES}
    for orientation, name in enumerate(NAMES, 1):
        with Image.open(survey.parent / name) as stored:
            if kind == "coco-results" or (kind == "megadetector" and orientation in (2, 4, 5, 7)):
                pictures[name] = np.asarray(stored.convert("L")) > 128
            elif kind == "megadetector" and orientation > 1:  # as its `open_image` turns a photo
                degrees = {3: 180, 6: 270, 8: 90}[orientation]
                pictures[name] = np.asarray(stored.rotate(degrees, expand=True).convert("L")) > 128
    found = boxes_written(output, kind, {name: picture.shape[::-1] for name, picture in pictures.items()})
    for name, picture in pictures.items():
        np.testing.assert_allclose(found[name], around_spot(picture), atol=0.02, err_msg=name)
    number = 3 if kind == "megadetector" else 7
    (line,) = [text for text in said if f"mirrors them: {number}," in text]
    assert (AS_STORED in line) == (kind == "coco-results")


def test_photos_that_are_gone_are_said(survey: Path, tmp_path: Path) -> None:
    shutil.copy(survey, tmp_path / "moved.gpkg")
    _, said = exported(tmp_path / "moved.gpkg", tmp_path, "yolo")
    assert [text for text in said if text.startswith("photos that cannot be read: 8;")]

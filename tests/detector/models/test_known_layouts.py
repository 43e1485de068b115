"""Every layout of the table is read to the same animals; a file without a card gets one to begin with."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from detector import models
from detector.errors import ModelError
from detector.models.layouts.known import KNOWN, table
from detector.models.onnx import OnnxDetector, draft
from detector.models.onnx_answers import MAX_RAW_BOXES
from detector.models.onnx_pixels import Pixels, prepared
from tests import ROOT
from tests.command_line import HerdmapHere
from tests.detector.cli.conftest import here
from tests.detector.models.foreign_files import ANIMALS, FILES, SIZE, animals, card, with_card, write

__all__ = ["here"]  # a fixture

TILES = np.random.default_rng(0).integers(0, 256, (3, SIZE, SIZE, 3), np.uint8)


def test_every_layout_has_a_file_here() -> None:
    assert [each.name for each in KNOWN] == list(FILES)


@pytest.mark.parametrize("layout", FILES)
def test_each_layout_is_read_to_the_same_animals(tmp_path: Path, layout: str) -> None:
    model = models.load(with_card(tmp_path, layout), device="cpu")
    if FILES[layout].answers()[next(iter(FILES[layout].answers()))].shape[0] == 1:
        assert model.about["layout"].startswith(f"{layout}, as its card says")
    for tile in TILES:  # the files answer about one
        found = model.detect(tile[None]).in_canonical_order()
        wanted = animals(layout)
        np.testing.assert_allclose(found.boxes, [animal[:4] for animal in wanted], atol=0.01)
        np.testing.assert_allclose(found.scores, [animal[4] for animal in wanted], atol=1e-4)
        assert found.labels.tolist() == [animal[5] for animal in wanted]


@pytest.mark.parametrize("layout", FILES)
def test_a_card_to_begin_with_is_one_that_works(tmp_path: Path, layout: str) -> None:
    made = FILES[layout]
    path = write(tmp_path / "m.onnx", made.answers(), **made.more)
    text = draft(path)
    drafted = text.split("\n\n", 1)[1]
    assert re.search(rf'^(# )?layout = "{layout}"', drafted, re.MULTILINE), text
    # The names of the classes are the user's; layouts of the same shapes are lines to choose from.
    drafted = re.sub(r"^classes = .*", 'classes = ["sheep", "goat"]', drafted, flags=re.MULTILINE)
    drafted = re.sub(r"^layout = .*", f'layout = "{layout}"', drafted, flags=re.MULTILINE)
    (tmp_path / "m.toml").write_text(drafted + "\n" + ("" if "\nfirst_label" in drafted else made.card))
    assert len(models.load(path, device="cpu").detect(TILES[:1])) == len(ANIMALS)


# Where a row of the answer is a detection. The others answer about every place of a tile.
IN_ROWS = {
    "yolo-final": 1,
    "yolov7-end2end": 0,
    "rtdetr-ultralytics": 1,
    "rtdetr-final": 1,
    "rfdetr": 1,
    "rtdetr": 1,
    "deformable-detr": 1,
    "detr": 1,
    "dfine": 1,
    "lists": 1,
    "torchvision": 0,
    "mmdetection": 1,
}


def _with_rows(folder: Path, layout: str, rows: int, more: str) -> OnnxDetector:
    """A model that answers with so many animals and may answer with any number. more: for its card."""
    made, axis = FILES[layout], IN_ROWS[layout]
    answers: dict[str, NDArray[Any]] = {
        name: np.full_like(value, rows) if name == "num_dets" else np.take(value, np.arange(rows) % 3, axis)
        for name, value in made.answers().items()
    }
    declared = {
        name: tuple("k" if place == axis else length for place, length in enumerate(value.shape))
        for name, value in answers.items()
    }
    (folder / "m.toml").write_text(card(layout, made.card + more), encoding="utf-8")
    model = models.load(write(folder / "m.onnx", answers, declared=declared, **made.more), device="cpu")
    assert isinstance(model, OnnxDetector)
    return model


@pytest.mark.parametrize("layout", IN_ROWS)
@pytest.mark.parametrize(
    ("rows", "more", "full"),
    [
        (100, "", True),  # torchvision's limit
        (99, "", False),
        (99, "cap_per_tile = 99\n", True),
        (100, "cap_per_tile = 300\n", False),
    ],
)
def test_a_tile_that_has_as_many_animals_as_a_file_can_answer_is_full(
    tmp_path: Path, layout: str, rows: int, more: str, full: bool
) -> None:
    model = _with_rows(tmp_path, layout, rows, more)
    found, said = model.detect_and_tell(TILES[:1])
    assert len(found) == rows
    assert said.tolist() == [full]
    assert [f"1 of 1 tiles hit the cap of {rows} detections" in remark for remark in model.remarks] == [True] * full


@pytest.mark.parametrize(
    ("shape", "layouts"),
    [
        ((1, 1008, 6), "yolo-objectness or yolov7"),  # of one class: three anchors of each place
        ((1, 336, 6), "yolox or yolox-decoded"),
        ((1, 300, 6), "yolo-final or rtdetr-ultralytics or rtdetr-final"),
        ((1, 1, 64, 64), "heatmap"),
    ],
)
def test_layouts_that_the_shape_excludes_are_not_offered(tmp_path: Path, shape: tuple[int, ...], layouts: str) -> None:
    path = write(tmp_path / "m.onnx", {"output": np.zeros(shape, np.float32)}, tiles=(1, 3, SIZE, SIZE))
    with pytest.raises(ModelError, match=f"its layout may be {layouts}: put m.toml"):
        models.load(path, device="cpu")


def test_a_file_of_yolov5_for_any_size_says_what_its_card_must_hold(tmp_path: Path) -> None:
    metadata = {"stride": "32", "names": "['sheep', 'goat']"}
    path = write(tmp_path / "m.onnx", FILES["yolo-objectness"].answers(), tiles=("b", 3, "h", "w"), metadata=metadata)
    with pytest.raises(
        ModelError, match=r'put m\.toml beside it, with layout = "yolo-objectness", its classes and'
    ) as why:
        models.load(path, device="cpu")
    assert len(str(why.value)) < 300
    path.with_suffix(".toml").write_text(card("yolo-objectness"), encoding="utf-8")
    assert len(models.load(path, device="cpu").detect(TILES[:1])) == len(ANIMALS)


def test_the_command_prints_a_card(tmp_path: Path, here: HerdmapHere) -> None:
    path = write(tmp_path / "m.onnx", FILES["yolox"].answers())
    done = here("model", path)
    assert done.code == 0
    assert 'layout = "yolox"' in done.out
    assert 'classes = ["class 0", "class 1"]' in done.out
    refused = here("detect", ROOT / "tests/field/photos", "-o", tmp_path / "a.gpkg", "--model", path)
    assert refused.code == 2
    assert "layout may be yolox" in refused.err
    assert "herdmap model" in refused.err


WRONG: list[tuple[str, str, str]] = [
    ("yolox", 'layout = "yolo"', "expected"),
    ("yolox", 'layout = "yolox-decoded"', "expected px|order of YOLOX"),
    ("yolox-decoded", 'layout = "yolox"', "logarithms of sizes"),
    ("yolox", 'layout = "yolo-objectness"', "expected px|negative size"),
    ("detr", 'layout = "rtdetr"', "3 columns of scores for 2 classes"),
    ("rtdetr", 'layout = "detr"', "the last of which is none"),
    ("torchvision", "first_label = 0", "class number 2; expected 0 to 1"),
    ("torchvision", "", "set first_label = 0 or 1"),
    ("lists", 'boxes = "normalised"\nfirst_label = 0', "boxes up to 112; expected numbers from 0 to 1"),
    ("mmdetection", 'layout = "lists"\nfirst_label = 0', "expected boxes"),
    ("yolo", 'layout = "yolo3"', "expected one of yolo, yolo-final"),
    ("yolo", 'layout = "rtdetr"', "expected logits"),
    ("yolo", "mean = [1.0]", "expected three numbers each"),
    ("yolo", "nms_iou = 0", "nms_iou is 0"),
    ("yolo", 'resize = "zoom"', "expected 'none' or"),
    ("yolo", "tile_size = 96", "the file takes 128 px"),
]


@pytest.mark.parametrize(("layout", "lines", "said"), WRONG)
def test_a_wrong_card_is_an_error_and_no_count(tmp_path: Path, layout: str, lines: str, said: str) -> None:
    text = card(layout)
    for line in lines.splitlines():
        key = line.split(" = ")[0]
        text = re.sub(rf"^{key} = .*\n", "", text, flags=re.MULTILINE) + line + "\n"
    path = write(tmp_path / "m.onnx", FILES[layout].answers(), **FILES[layout].more)
    (tmp_path / "m.toml").write_text(text)
    with pytest.raises(ModelError, match=said) as caught:
        models.load(path, device="cpu").detect(TILES[:1])
    assert len(str(caught.value)) < 300


def test_with_one_class_yolov7_says_the_score_in_its_objectness(tmp_path: Path) -> None:
    rows = FILES["yolov7"].answers()["output0"]
    scores, untrained = rows[..., 5:].max(axis=2, keepdims=True), np.full((*rows.shape[:2], 1), 0.5, np.float32)
    path = write(tmp_path / "m.onnx", {"output": np.concatenate([rows[..., :4], scores, untrained], axis=2)})
    one = card("yolov7").replace('"sheep", "goat"', '"sheep"')
    path.with_suffix(".toml").write_text(one, encoding="utf-8")
    found = models.load(path, device="cpu").detect(TILES[:1])
    np.testing.assert_allclose(sorted(found.scores), sorted(animal[4] for animal in ANIMALS), atol=1e-4)
    # Another card would halve each score, and lose the animals below twice the threshold.
    path.with_suffix(".toml").write_text(one.replace("yolov7", "yolo-objectness"), encoding="utf-8")
    with pytest.raises(ModelError, match=r'always about 0\.5.*layout = "yolov7"'):
        models.load(path, device="cpu").detect(TILES[:1])


@pytest.mark.parametrize("rule", ["stretch", "letterbox"])
def test_boxes_of_resized_tiles_are_in_px_of_the_tile(tmp_path: Path, rule: str) -> None:
    path = write(tmp_path / "m.onnx", FILES["yolo"].answers(), tiles=(1, 3, SIZE, SIZE))
    (tmp_path / "m.toml").write_text(card("yolo", f'resize = "{rule}"\n').replace(f"= {SIZE}", f"= {2 * SIZE}"))
    model = models.load(path, device="cpu")
    found = model.detect(np.zeros((1, 2 * SIZE, 2 * SIZE, 3), np.uint8))
    np.testing.assert_allclose(found.boxes, [2 * np.array(animal[:4]) for animal in ANIMALS], atol=0.01)


def test_a_tile_with_more_than_is_read_is_full(tmp_path: Path) -> None:
    corners = np.stack(np.meshgrid(np.arange(0, 120, 2), np.arange(0, 120, 2)), axis=2).reshape(-1, 2)
    for number, is_full in ((MAX_RAW_BOXES - 1, False), (len(corners), True)):
        boxes = np.concatenate([corners, corners + 1], axis=1)[:number].astype(np.float32)
        held: dict[str, NDArray[Any]] = {
            "boxes": boxes,
            "labels": np.ones(number, np.int64),
            "scores": np.full(number, 0.9, np.float32),
        }
        path = write(tmp_path / "m.onnx", held, **FILES["torchvision"].more)
        path.with_suffix(".toml").write_text(card("torchvision", FILES["torchvision"].card))
        model = models.load(path, device="cpu")
        assert isinstance(model, OnnxDetector)
        found, full = model.detect_and_tell(TILES[:1])
        assert (len(found), full.tolist()) == (min(number, MAX_RAW_BOXES), [is_full])


class _Input:
    name = "images"

    def __init__(self, shape: list[Any], kind: str = "tensor(float)") -> None:
        self.shape, self.type = shape, kind


def test_pixels_are_shown_as_the_card_says() -> None:
    tile = TILES[:1, :32, :32]
    shown = prepared(_Input([1, 3, 32, 32]), Pixels((10, 20, 30), (2, 4, 8), 255, "bgr"), (32, 32))(tile)
    wanted = (tile[0, 5, 7, ::-1].astype(float) - [10, 20, 30]) / [2, 4, 8]
    np.testing.assert_allclose(shown[0, :, 5, 7], wanted, rtol=1e-6)
    shown = prepared(_Input([1, 32, 32, 3], "tensor(uint8)"), Pixels(), (32, 32))(tile)
    assert (shown == tile).all()
    half = prepared(_Input([1, 3, 16, 16], "tensor(float16)"), Pixels(resize="stretch"), (16, 16))(tile)
    assert half.dtype == np.float16
    np.testing.assert_allclose(half.mean(), tile.mean() / 255, atol=0.02)
    grey = prepared(_Input([1, 3, 64, 32]), Pixels(white=255, resize="letterbox"), (64, 32))(tile)
    assert (grey[0, :, 32:] == 114).all()
    assert (grey[0, :, :32] == tile[0].transpose(2, 0, 1)).all()


def test_the_documentation_has_the_table() -> None:
    text = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    assert table() in text, f"put this table into docs/models.md:\n{table()}"

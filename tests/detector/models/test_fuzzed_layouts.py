"""Files with shuffled shapes, metadata and cards: each is read to its animals or refused in one line, never misread."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from detector import models
from detector.detections import Detections
from detector.errors import ModelError
from tests.detector.models.foreign_files import FILES, SIZE, animals, write

# Layouts that no answer tells apart: the card alone says which of them a file has.
ONLY_BY_CARD = {
    "nanodet": "nanodet-plus",
    "nanodet-plus": "nanodet",
    "yolo-objectness": "yolov7",
    "yolov7": "yolo-objectness",
}
FILES_EACH = 100
# What a column means follows from their number alone, which the card names.
ANY_COLUMNS = {"detr", "rtdetr", "deformable-detr", "rfdetr", "nanodet", "nanodet-plus", "yolov7"}
TILE = np.full((1, SIZE, SIZE, 3), 90, np.uint8)


def shuffled_metadata(chance: random.Random) -> dict[str, str]:
    """Metadata as Ultralytics', YOLOv5's or Deepness' files have them, some of them missing or of another kind."""
    metadata = {
        "names": chance.choice(
            ["{0: 'sheep', 1: 'goat'}", "['sheep', 'goat']", "{0: 'sheep'}", "{}", "sheep", "[1, 2]"]
        ),
        "imgsz": chance.choice([f"[{SIZE}, {SIZE}]", str(SIZE), "[64, 64]", "[]", "None", "inf"]),
        "task": chance.choice(["detect", "detect", "detect", "segment", "pose", "obb", "x"]),
        "kpt_shape": chance.choice(["[17, 3]", "[1, 1]", "x", "[-1, 3]"]),
        "stride": "32",
        "end2end": chance.choice(["True", "False", "false", "", "1"]),
        "args": chance.choice(["{'nms': True}", "{'nms': False}", "{}", "nms", "[1]"]),
        "head": chance.choice(["Detect", "RTDETRDecoder", ""]),
        "batch": chance.choice(["1", "4", "x", "-1"]),
        "det_type": chance.choice(['"YOLO_v6"', '"YOLO_Ultralytics"', '"YOLO_v5_or_v7_default"', "1"]),
        "model_type": chance.choice(['"Detector"', "Detector", "1"]),
        "class_names": chance.choice(['{"0": "sheep", "1": "goat"}', '["sheep"]', "{"]),
    }
    deepness = chance.random() < 0.2
    for key in ("det_type", "model_type", "class_names"):
        if not deepness:
            del metadata[key]
    return {key: value for key, value in metadata.items() if chance.random() < 0.8}


def shuffled_card(chance: random.Random, layout: str) -> str:
    """The right card, or one with another layout, other classes or other keys."""
    others = [name for name in FILES if name != ONLY_BY_CARD.get(layout)]
    layout = layout if chance.random() < 0.5 else chance.choice(others)
    lines = {
        "layout": f'"{layout}"',
        "classes": chance.choice(['["sheep", "goat"]', '["sheep", "goat"]', '["sheep"]', '["a", "b", "c"]']),
        "tile_size": chance.choice([str(SIZE)] * 6 + ["64", "0"]),
        "first_label": chance.choice(["0", "0", "0", "1", "1", "1", "2", "-1", '"x"']),
        "boxes": chance.choice(['"px"', '"normalised"', "1"]),
        "nms_iou": chance.choice(["0.45", "0.6", "0.9", "2"]),
    }
    usual = {"layout": 1.0, "classes": 1.0, "tile_size": 1.0, "first_label": 0.7, "boxes": 0.2, "nms_iou": 0.2}
    return "".join(
        f"{key} = {value}\n"
        for key, value in {"framework": '"onnx"', **lines}.items()
        if chance.random() < usual.get(key, 1)
    )


def shuffled_answers(chance: random.Random, layout: str) -> dict[str, NDArray[Any]]:
    """The layout's answers, or with an axis exchanged, a length changed, or numbers that are not right."""
    answers = FILES[layout].answers()
    name = chance.choice(list(answers))
    value = answers[name]
    match chance.randrange(12):
        # Nobody writes finished rows as columns.
        case 0 if value.ndim == 3 and layout != "yolo-final":
            answers[name] = np.ascontiguousarray(value.transpose(0, 2, 1))
        case 1 if layout not in ANY_COLUMNS:
            answers[name] = np.ascontiguousarray(value[..., :-1])
        # Logits of classes may be any numbers.
        case 2 if value.dtype.kind == "f" and name != "classes":
            answers[name] = value * np.float32(chance.choice([-1, np.nan, 1e30]))
        case 3 if layout not in ANY_COLUMNS:
            answers[name] = np.concatenate([value, value[..., -1:]], axis=-1)
    return answers


def is_the_truth(found: Detections, layout: str) -> bool:
    """Whether these are the animals of the files; the sheep alone, if a file lost its column of goats.

    RF-DETR's first column is no class. A card that names as many classes as there are columns names it too.
    """
    shift = int(layout == "rfdetr" and len(found) > 0 and found.labels.min() == 1)
    found = found.in_canonical_order()
    wanted = animals(layout)
    if len(found) < len(wanted):
        wanted = [animal for animal in wanted if animal[5] == 0]
    return (
        len(found) == len(wanted)
        and bool(np.allclose(found.boxes, [animal[:4] for animal in wanted], atol=0.01))
        and bool(np.allclose(found.scores, [animal[4] for animal in wanted], atol=1e-3))
        and (found.labels - shift).tolist() == [animal[5] for animal in wanted]
    )


def answered(path: Path) -> tuple[Detections | None, str]:
    """What a file is read to, or why it is refused."""
    try:
        return models.load(path, device="cpu", threads=1).detect(TILE), ""
    except ModelError as error:
        return None, str(error)


@pytest.mark.parametrize("share", range(5))
def test_no_file_is_misread(tmp_path: Path, share: int) -> None:
    read = refused = 0
    for number in range(share * FILES_EACH, (share + 1) * FILES_EACH):
        chance = random.Random(number)
        layout = chance.choice(list(FILES))
        answers = shuffled_answers(chance, layout)
        more = dict(FILES[layout].more)
        if chance.random() < 0.5:
            more["declared"] = {name: [f"{name}{i}" for i in range(v.ndim)] for name, v in answers.items()}
        metadata = shuffled_metadata(chance) if chance.random() < 0.4 else {}
        path = write(tmp_path / f"m{number}.onnx", answers, metadata=metadata, **more)
        if not metadata or chance.random() < 0.3:
            path.with_suffix(".toml").write_text(shuffled_card(chance, layout))
        found, said = answered(path)
        if found is None:
            refused += 1
            assert 0 < len(said) < 300, number
            assert "\n" not in said, number
        else:
            read += 1
            assert is_the_truth(found, layout), (number, layout, metadata, found)
    assert read
    assert refused

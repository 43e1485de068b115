"""Tells checkpoints of other tools by the names in them. Nothing in the file is run, and no framework is needed."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

# The structure of a checkpoint, without the weights, is smaller. Older files have it at their start.
_MOST_BYTES = 8 << 20


@dataclass(frozen=True)
class _Tool:
    """A tool whose checkpoints are not read as they are.

    Args:
        name: The tool.
        marks: Texts that are all in its checkpoints.
        answer: What to do. {name} is the file's name, {card} its card's.
    """

    name: str
    marks: tuple[bytes, ...]
    answer: str


_TOOLS = (
    _Tool(
        "Ultralytics",
        (b"ultralytics.nn",),
        "where ultralytics is installed, run: yolo export model={name} format=onnx; then use the .onnx file",
    ),
    _Tool(
        "YOLOv5's or YOLOv7's repository",
        (b"models.yolo",),
        "in that repository, run its export.py with this file, to ONNX; then use the .onnx file",
    ),
    _Tool(
        "RF-DETR",
        (b"refpoint_embed", b"class_embed"),
        'where rfdetr is installed, run in Python: RFDETRBase(pretrain_weights="{name}").export(), with the class that '
        "it was trained as; then use the .onnx file",
    ),
    _Tool(
        "HerdNet",
        (b"loc_head", b"cls_head"),
        "Herdmap does not read HerdNet's points; train a detector of boxes, or use another model",
    ),
    _Tool(
        "DeepForest",
        (b"model.head.classification_head",),
        'put {card} beside it with framework = "torchvision", architecture = "retinanet_resnet50_fpn", classes and '
        "tile_size",
    ),
)


def answer_for(path: Path) -> str | None:
    """What a checkpoint is and what to do with it, in one line; None if no known tool made it."""
    held = _structure(path)
    for tool in _TOOLS:
        if all(mark in held for mark in tool.marks):
            answer = tool.answer.format(name=path.name[:60], card=path.with_suffix(".toml").name[:60])
            return f"{path.name[:60]} is a checkpoint of {tool.name}: {answer}"
    return None


def _structure(path: Path) -> bytes:
    """The names in a checkpoint: its pickle without the weights."""
    try:
        if not zipfile.is_zipfile(path):
            with path.open("rb") as file:
                return file.read(_MOST_BYTES)
        with zipfile.ZipFile(path) as archive:
            name = next((name for name in archive.namelist() if name.endswith("data.pkl")), None)
            if name is None:
                return b""
            with archive.open(name) as entry:
                return entry.read(_MOST_BYTES)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        return b""

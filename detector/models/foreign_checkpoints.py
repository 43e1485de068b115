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
        'where rfdetr is installed, run in Python: import rfdetr; rfdetr.from_checkpoint("{name}").export(); then use '
        "the .onnx file with its card",
    ),
    _Tool(
        "HerdNet",
        (b"loc_head", b"cls_head"),
        "where animaloc is installed, export it with the script in docs/models.md (Models of points); then use the "
        '.onnx file with a card of layout = "herdnet"',
    ),
    _Tool(
        "OWL (MegaDetector-Overhead)",
        (b"loc_head",),
        "in its repository, export it with the script in docs/models.md (Models of points); then use the .onnx file "
        'with a card of layout = "heatmap"',
    ),
    _Tool(
        "YOLOX",
        (b"head.cls_preds", b"backbone.backbone"),
        "in its repository, run: python tools/export_onnx.py -c {name} -f EXPERIMENT.py; then use the .onnx file with "
        "its card",
    ),
    _Tool(
        "NanoDet",
        (b"head.gfl_cls",),
        "in its repository, run: python tools/export_onnx.py --cfg_path CONFIG.yml --model_path {name}; then use the "
        ".onnx file with its card",
    ),
    _Tool(
        "D-FINE's, DEIM's or RT-DETR's repository",
        (b"dec_score_head", b"dec_bbox_head"),
        "in that repository, run: python tools/deployment/export_onnx.py -c CONFIG.yml -r {name}; then use the .onnx "
        "file with its card",
    ),
    _Tool(
        "mmdetection",
        (b"bbox_head.",),
        "where mmdeploy is installed, run its tools/deploy.py with this file, to ONNX Runtime; then use the .onnx file "
        "with its card",
    ),
    _Tool(
        "Hugging Face's transformers",
        (b"class_labels_classifier", b"bbox_predictor"),
        "where optimum is installed, run: optimum-cli export onnx --model FOLDER --task object-detection OUT; then use "
        "the .onnx file with its card",
    ),
    _Tool(
        "Hugging Face's transformers",
        (b"class_embed", b"bbox_embed", b"model.encoder"),
        "where optimum is installed, run: optimum-cli export onnx --model FOLDER --task object-detection OUT; then use "
        "the .onnx file with its card",
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

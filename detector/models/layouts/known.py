"""The table of all layouts: their names in a card, the tools that export them, and what these tools show a model.

`docs/models.md` shows this table; a test compares them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from detector.errors import ModelError
from detector.models.info import short
from detector.models.layouts import grids, lists, points, queries, yolo
from detector.models.layouts.layout import File, Layout
from detector.models.onnx_pixels import IMAGENET, Pixels


@dataclass(frozen=True)
class Known:
    """One layout.

    Args:
        name: Its name in a card.
        tools: What exports it.
        outputs: Their shapes, for people.
        read: How they are read, for people.
        layout: Makes it for a file. Raises ModelError if the file's declared outputs are others.
        pixels: What these tools show a model.
        says_itself: Whether such files say enough, so that they need no card.
        points: Whether the animals are points.
    """

    name: str
    tools: str
    outputs: str
    read: str
    layout: Callable[[File], Layout]
    pixels: Pixels = field(default_factory=Pixels)
    says_itself: bool = False
    points: bool = False


_IMAGENET = Pixels(*IMAGENET)
_BGR_255 = Pixels(white=255, colours="bgr")
_NANODET = Pixels((103.53, 116.28, 123.675), (57.375, 57.12, 58.395), 255, "bgr")

KNOWN = (
    Known(
        "yolo",
        "Ultralytics YOLOv3, v5, v8, v9, v10, 11, 12, YOLO26; also `-seg`, `-pose`, `-obb`; MegaDetector v6",
        "(B, 4 + C, N)",
        "centre and size in px, a score for each class; Herdmap removes duplicates",
        yolo.raw,
        says_itself=True,
    ),
    Known(
        "yolo-final",
        "the same with `nms=True`, or with an end-to-end head",
        "(B, K, 6)",
        "x1, y1, x2, y2 in px, score, class; without duplicates",
        yolo.final,
        says_itself=True,
    ),
    Known(
        "yolo-objectness",
        "YOLOv5's own repository, MegaDetector v5, Deepness",
        "(B, N, 5 + C)",
        "as `yolo`, and each score times the objectness",
        yolo.with_objectness,
        says_itself=True,
    ),
    Known(
        "yolov7",
        "YOLOv7's own repository (grid)",
        "(B, N, 5 + C)",
        "as `yolo-objectness`; with one class, the objectness alone is the score",
        yolo.yolov7,
    ),
    Known(
        "yolov7-end2end",
        "YOLOv7's repository with NMS inside (end2end, max-wh)",
        "(K, 7)",
        "tile, x1, y1, x2, y2 in px, class, score; without duplicates",
        yolo.numbered,
    ),
    Known(
        "rtdetr-ultralytics",
        "Ultralytics RT-DETR; MegaDetector v6",
        "(B, N, 4 + C)",
        "centre and size from 0 to 1, scores; no duplicates",
        queries.together,
        says_itself=True,
    ),
    Known(
        "rtdetr-final",
        "Ultralytics RT-DETR since 8.4",
        "(B, N, 6)",
        "centre and size from 0 to 1, score, class; no duplicates",
        queries.finished,
        says_itself=True,
    ),
    Known(
        "rfdetr",
        "RF-DETR",
        "dets (B, N, 4), labels (B, N, L)",
        "centre and size from 0 to 1; a sigmoid of each number of `labels` is a score",
        queries.rfdetr,
        _IMAGENET,
    ),
    Known(
        "rtdetr",
        "RT-DETR, RT-DETRv2 and D-FINE of Hugging Face's transformers",
        "logits (B, N, C), pred_boxes (B, N, 4)",
        "centre and size from 0 to 1; a sigmoid of each logit is a score",
        queries.sigmoid,
    ),
    Known(
        "deformable-detr",
        "Deformable DETR and Conditional DETR of transformers",
        "logits (B, N, C), pred_boxes (B, N, 4)",
        "as `rtdetr`",
        queries.sigmoid,
        _IMAGENET,
    ),
    Known(
        "detr",
        "DETR, YOLOS and Table Transformer of transformers",
        "logits (B, N, C + 1), pred_boxes (B, N, 4)",
        "centre and size from 0 to 1; the softmax of a query's logits, the last of which is no animal",
        queries.softmax,
        _IMAGENET,
    ),
    Known(
        "dfine",
        "D-FINE's, DEIM's and RT-DETR's own repositories",
        "labels (B, K), boxes (B, K, 4), scores (B, K)",
        "x1, y1, x2, y2 in px; the second input gets the size of the tile",
        lists.lists,
    ),
    Known(
        "lists",
        "any exporter with NMS inside, also YOLOv7 and YOLOv8 for TensorRT's plugin",
        "num_dets (B, 1), boxes (B, K, 4), scores (B, K), labels (B, K)",
        "x1, y1, x2, y2 in px; without duplicates; `num_dets` may be missing",
        lists.lists,
    ),
    Known(
        "torchvision",
        "torchvision's Faster R-CNN, RetinaNet, FCOS, SSD; DeepForest",
        "boxes (K, 4), labels (K), scores (K)",
        "x1, y1, x2, y2 in px; one tile at a time",
        lists.lists,
    ),
    Known(
        "mmdetection",
        "mmdetection with mmdeploy",
        "dets (B, K, 5), labels (B, K)",
        "x1, y1, x2, y2 in px, score",
        lists.scored,
        Pixels((123.675, 116.28, 103.53), (58.395, 57.12, 57.375), 255),
    ),
    Known(
        "yolox",
        "YOLOX",
        "(B, N, 5 + C)",
        "centre and size in cells of strides 8, 16, 32; each score times the objectness",
        grids.yolox,
        _BGR_255,
    ),
    Known(
        "yolox-decoded",
        "YOLOX with its decoding inside (decode_in_inference)",
        "(B, N, 5 + C)",
        "the same in px",
        grids.yolox_decoded,
        _BGR_255,
    ),
    Known(
        "nanodet-plus",
        "NanoDet-Plus",
        "(B, N, C + 32)",
        "scores, and four distributions of the distance to a side",
        grids.nanodet,
        _NANODET,
    ),
    Known(
        "nanodet",
        "NanoDet before NanoDet-Plus",
        "(B, N, C + 32)",
        "the same, from the middle of each cell",
        grids.nanodet_middle,
        _NANODET,
    ),
    Known(
        "nanodet-strides",
        "NanoDet of 2020 and 2021, with two outputs for each stride",
        "scores (B, n, C) and distances (B, n, 32) for each stride; maybe without B",
        "as `nanodet`",
        grids.nanodet_strides,
        _NANODET,
    ),
    Known(
        "herdnet",
        "HerdNet",
        "heatmap (B, 1, H, W), class map (B, C + 1, h, w)",
        "points: the peaks of the heatmap are scores; the class map says the class, its first number is no animal",
        points.herdnet,
        _IMAGENET,
        points=True,
    ),
    Known(
        "heatmap",
        "OWL-C, OWL-T, OWL-D of MegaDetector-Overhead; CenterNet; maps of FIDT",
        "heatmap (B, C, H, W)",
        "points: the peaks of the map of each class are scores",
        points.heatmap,
        _IMAGENET,
        points=True,
    ),
)


def known(name: str) -> Known:
    """The layout of this name. Raises ModelError, which lists all names."""
    found = next((each for each in KNOWN if each.name == name), None)
    if found is None:
        raise ModelError(f"layout is {short(name)}; expected one of {', '.join(each.name for each in KNOWN)}")
    return found


def table() -> str:
    """The table of all layouts in Markdown, for the documentation."""
    lines = ["| exported by | outputs | read as | card |", "|---|---|---|---|"]
    for each in KNOWN:
        card = "not needed" if each.says_itself else f'`layout = "{each.name}"`'
        lines.append(f"| {each.tools} | {each.outputs} | {each.read} | {card} |")
    return "\n".join(lines) + "\n"

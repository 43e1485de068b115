"""Plain detection files of Ultralytics and Deepness: what their metadata say, and how tiles are passed to them."""

import ast
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import ModelError
from detector.models.flaws import Flaws
from detector.models.info import LARGEST_TILE, ModelInfo, short
from detector.models.layouts import queries, yolo
from detector.models.layouts.layout import File, Layout, Output, RowScores, decide
from detector.models.onnx_answers import Full, Read, none_full
from detector.models.onnx_pixels import Pixels, Prepare, colours_last, prepared

DEFAULT_OVERLAP = 0.15
_TASKS = ("detect", "segment", "pose", "obb")
# YOLOv5's own repository writes none of them. A file with some has lost the others, and is none of YOLOv5's.
_OF_ULTRALYTICS = {"imgsz", "task", "args", "end2end", "batch", "kpt_shape", "head"}
_MOST_LOOPED = 256
_DEEPNESS_KINDS: Mapping[str, yolo.Objectness] = {
    "YOLO_Ultralytics": "none",
    "YOLO_v9": "none",
    "YOLO_v5_or_v7_default": "factor",
    "YOLO_v6": "unused",
}

# Runs the file: from a batch that was prepared, to its outputs.
Run = Callable[[NDArray[Any]], list[NDArray[Any]]]


@dataclass(frozen=True)
class Adapter:
    """How to pass tiles to a file, and how to read its answers."""

    info: ModelInfo
    prepare: Prepare
    read: Read
    size: tuple[int, int] | None
    """The only (height, width) that the file takes; None for any."""
    answer_a_tile: bool = False
    """Whether its first output has a row for each tile."""
    scores: RowScores | None = None
    """The scores of the rows of each tile, where a row is a detection: see `Layout.scores`."""
    constants: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    """The file's other inputs, by name."""
    full: Full = none_full
    """Which tiles reached the most detections that the file can give, where `scores` do not tell."""
    layout: str = "Herdmap's own"
    """How its answers are read, for people."""
    flaws: Flaws = field(default_factory=Flaws)
    """Counts the detections that cannot be right."""


def checked_size(height: int, width: int) -> tuple[int, int]:
    """The (height, width) of a file's tiles. Raises ModelError for one that is too small or too large."""
    if not (16 <= height <= LARGEST_TILE and 16 <= width <= LARGEST_TILE):
        raise ModelError(f"the model takes tiles of {width} x {height} px: expected 16 to {LARGEST_TILE} px a side")
    return height, width


def is_ultralytics(metadata: Mapping[str, str]) -> bool:
    """Whether the metadata are those of an Ultralytics file, also of YOLOv5's own repository, which gives no size."""
    return "names" in metadata and ("imgsz" in metadata or "stride" in metadata)


def ultralytics(metadata: Mapping[str, str], inputs: list[Any], outputs: list[Any], path: Path, run: Run) -> Adapter:
    """How to use an Ultralytics file. run: asks it about tiles, where its metadata and shapes leave a choice.

    Raises:
        ModelError: It is no detector, or its answers have no layout that Herdmap knows.
    """
    task = metadata.get("task", "detect")
    if task not in _TASKS:
        raise ModelError(f"{path.name} is an Ultralytics model for {short(task)}: expected one for {', '.join(_TASKS)}")
    classes = _class_names(metadata["names"], path)
    if "imgsz" not in metadata and not all(isinstance(side, int) for side in inputs[0].shape[-2:]):
        raise ModelError(
            f"{path.name} is a file of YOLOv5's repository that takes tiles of any size and does not say which: put "
            f'{path.with_suffix(".toml").name} beside it, with layout = "yolo-objectness", its classes and tile_size'
        )
    size = input_size(inputs[0], path, metadata.get("imgsz"))
    prepare = prepared(inputs[0], Pixels(), size)
    file = File(len(classes), size, tuple(Output(o.name, tuple(o.shape), o.type) for o in outputs))
    layouts = _ultralytics_layouts(metadata, file, _extra(task, metadata, file, path))

    def ask() -> Iterable[list[NDArray[Any]]]:
        return (run(prepare(tiles)) for tiles in _probes(size, fixed_batch(inputs[0]) or 1))

    layout = decide(layouts, outputs[0].shape, path.name, ask, file)
    batch = fixed_batch(inputs[0])
    if batch is None and layout.scores is not None and metadata.get("end2end", "").lower() != "true":
        batch = _looped(metadata)
    info = ModelInfo(
        kind="detector",
        name=path.stem,
        version=metadata.get("version", ""),
        classes=classes,
        tile_size=min(size),
        overlap=round(min(size) * DEFAULT_OVERLAP),
        batch_size=batch,
        score_threshold=0.25,
        trained_on=metadata.get("description", ""),
        licence=metadata.get("license", ""),
    )
    return Adapter(
        info,
        prepare,
        layout.read,
        size,
        answer_a_tile=True,
        scores=layout.scores,
        layout=f"Ultralytics, {layout.said}",
        flaws=file.flaws,
    )


def _extra(task: str, metadata: Mapping[str, str], file: File, path: Path) -> int:
    """How many numbers follow the scores of a row: those of its segment or pose, or the angle of its box."""
    if task == "obb":
        return 1
    if task == "pose":
        shape = _literal(metadata.get("kpt_shape", ""))
        if isinstance(shape, list | tuple) and len(shape) == 2 and all(type(n) is int and 0 < n < 1e4 for n in shape):
            return int(shape[0] * shape[1])
        raise ModelError(f"{path.name}: kpt_shape is {short(metadata.get('kpt_shape'))}; expected two numbers")
    if task == "segment":
        masks = file.outputs[1].length(1) if len(file.outputs) == 2 else None
        if masks is None:
            raise ModelError(f"{path.name}: outputs {file.declared}; expected boxes and (batch, masks, height, width)")
        return masks
    return 0


def _ultralytics_layouts(metadata: Mapping[str, str], file: File, extra: int) -> list[Layout]:
    """The layouts that the metadata allow, whatever the shapes say. extra: the numbers after the scores of a row."""
    rotated = metadata.get("task") == "obb"
    segments = metadata.get("task") == "segment"
    raw = yolo.raw(file, extra=extra, rotated=rotated, segments=segments)
    final = yolo.final(file, extra=extra, rotated=rotated, segments=segments)
    end2end = metadata.get("end2end", "").lower()
    nms = _arguments(metadata).get("nms")
    if end2end == "true" or nms is True:
        return [final]
    if any("rtdetr" in metadata.get(key, "").lower() for key in ("head", "description")):
        return [queries.together(file), queries.finished(file)]
    if not _OF_ULTRALYTICS & set(metadata):
        return [yolo.with_objectness(file)]
    others = [] if extra else [queries.together(file), queries.finished(file)]
    if end2end == "false" and nms is False:
        return [raw, *others]
    return [raw, final, *others]


def _looped(metadata: Mapping[str, str]) -> int:
    """The tiles that a file with suppression inside takes at once.

    Its graph has the loop over the tiles unrolled, as many times as the batch of its export. It answers about more
    tiles than that with rows of zeros, although it declares any batch.
    """
    text = metadata.get("batch", "1")
    return int(text) if text.isdecimal() and 1 <= int(text) <= _MOST_LOOPED else 1


def _arguments(metadata: Mapping[str, str]) -> Mapping[str, Any]:
    """The options of the export. Older files have none."""
    arguments = _literal(metadata.get("args", "{}"))
    return arguments if isinstance(arguments, dict) else {}


def _literal(text: str) -> Any:
    """A Python literal, None if the text is none."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _probes(size: tuple[int, int], batch: int) -> Iterable[NDArray[np.uint8]]:
    """Batches of tiles of different content: noise, steps from dark to bright, and plain grey."""
    height, width = size
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    steps = np.repeat(
        (np.add.outer(np.arange(height), np.arange(width)) // 8 * 32 % 256).astype(np.uint8)[..., None], 3, 2
    )
    for tile in (noise, steps, np.full_like(noise, 114)):
        yield np.repeat(tile[None], batch, axis=0)


def deepness(metadata: Mapping[str, str], inputs: list[Any], outputs: list[Any], path: Path) -> Adapter:
    """How to use a Deepness file, with the layout that its metadata name.

    Raises:
        ModelError: It is no detector, or its layout is none that Herdmap knows.
    """

    def value(key: str, default: Any = None) -> Any:
        try:
            return json.loads(metadata[key]) if key in metadata else default
        except ValueError:
            return metadata[key]

    if value("model_type") != "Detector":
        raise ModelError(f"{path.name} is a Deepness {short(value('model_type'))}: expected a Detector")
    kind = value("det_type", "YOLO_Ultralytics")
    classes = _class_names(metadata["class_names"], path)
    size = input_size(inputs[0], path, metadata.get("tiles_size") or metadata.get("tile_size"))
    if kind not in _DEEPNESS_KINDS:
        raise ModelError(f"{path.name}: detector type {short(kind)} is unknown: expected plain boxes")
    limit = value("det_iou_thresh")
    specs = tuple(Output(o.name, tuple(o.shape), o.type) for o in outputs)
    file = File(len(classes), size, specs, nms_iou=None if limit is None else float(limit))
    layout = yolo.raw(file, objectness=_DEEPNESS_KINDS[kind])
    layout = decide([layout], outputs[0].shape, path.name, lambda: (), file)
    resolution = value("resolution")  # centimetres per pixel
    percent = min(max(float(value("tiles_overlap", 100 * DEFAULT_OVERLAP)), 0.0), 50.0)
    info = ModelInfo(
        kind="detector",
        name=path.stem,
        classes=classes,
        tile_size=min(size),
        overlap=round(min(size) * percent / 100),
        batch_size=fixed_batch(inputs[0]),
        gsd_m=float(resolution) / 100 if resolution else None,
        score_threshold=float(value("det_conf", 0.5)),
    )
    mean, std = value("standardization_mean"), value("standardization_std")
    colours = [() if v is None else tuple(np.asarray(v, float).ravel().tolist()) for v in (mean, std)]
    pixels = Pixels(mean=colours[0], std=colours[1])
    prepare = prepared(inputs[0], pixels, size)
    return Adapter(
        info, prepare, layout.read, size, answer_a_tile=True, layout=f"Deepness, {layout.said}", flaws=file.flaws
    )


def _class_names(text: str, path: Path) -> tuple[str, ...]:
    """The names by label, from JSON or from a Python literal, as a mapping or a list."""
    try:
        names = json.loads(text)
    except (ValueError, RecursionError):
        try:
            names = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
            raise ModelError(f"{path.name}: class names {short(text)} are neither JSON nor a Python literal") from error
    if isinstance(names, list) and len(names) == 1 and isinstance(names[0], dict):
        names = names[0]
    if isinstance(names, dict):
        try:
            by_label = {int(k): v for k, v in names.items()}
        except (TypeError, ValueError) as error:
            raise ModelError(f"{path.name}: class names {short(text)} have keys that are not numbers") from error
        names = [by_label.get(i) for i in range(len(by_label))]
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        raise ModelError(f"{path.name}: class names {short(text)}: expected a name for each label from 0")
    return tuple(names)


def input_size(spec: Any, path: Path, declared: str | None) -> tuple[int, int]:
    """The (height, width) of an input: its fixed shape, or else what the metadata declares.

    It is (batch, 3, height, width), (batch, height, width, 3), or (3, height, width) for one tile at a time.
    """
    shape = list(spec.shape)
    sides = shape[1:3] if colours_last(spec) else shape[-2:]
    colours = shape[-3] if len(shape) in (3, 4) and not colours_last(spec) else 3
    if len(shape) not in (3, 4) or (isinstance(colours, int) and colours != 3):
        raise ModelError(f"{path.name}: input {spec.name} has shape {shape}; expected (batch, 3, height, width)")
    if isinstance(sides[0], int) and isinstance(sides[1], int):
        return checked_size(*sides)
    try:
        size = ast.literal_eval(declared or "None")
        height, width = (size, size) if isinstance(size, int) else size
        return checked_size(int(height), int(width))
    except ModelError:
        raise
    except (ValueError, SyntaxError, TypeError) as error:
        raise ModelError(
            f"{path.name}: input {spec.name} has shape {shape}, and the metadata gives no size ({short(declared)})"
        ) from error


def fixed_batch(spec: Any) -> int | None:
    """The only number of tiles that an input takes at once; None for any."""
    if len(spec.shape) == 3:
        return 1
    return spec.shape[0] if isinstance(spec.shape[0], int) else None

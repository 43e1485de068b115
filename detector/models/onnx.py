"""ONNX files: Herdmap's own, and plain detection files of Ultralytics and Deepness.

A file is recognised by its metadata and shapes, never by guessing. A file that fits no format is refused, with what was
found.
"""

import ast
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import ModelError
from detector.models.external_data import external_files
from detector.models.files import ModelFiles
from detector.models.info import ModelInfo
from geo.boxes import iou
from geo.errors import one_line

# Boxes below this score are not kept. The model's own threshold applies later, when a run is assembled.
SCORE_FLOOR = 0.05
# The default IoU of Ultralytics and Deepness for removing duplicates within a class.
RAW_NMS_IOU = 0.45
# The most raw boxes of a tile, best first, among which duplicates are searched: a broken model must not stall a run.
MAX_RAW_BOXES = 3000
DEFAULT_OVERLAP = 0.15

PROBABILITIES = "probabilities"
OUTPUTS = {"boxes", "scores", "labels", "batch_index"}


@dataclass(frozen=True)
class _Adapter:
    """How to pass tiles to a file, and how to read its answers."""

    info: ModelInfo
    prepare: Callable[[NDArray[np.uint8]], NDArray[Any]]
    read: Callable[[list[NDArray[Any]], tuple[int, int]], Detections]
    size: tuple[int, int] | None  # the only (height, width) that the file takes; None for any


class _OnnxModel:
    """A model in an ONNX file: what detectors and classifiers have in common."""

    def __init__(
        self, session: ort.InferenceSession, info: ModelInfo, files: tuple[Path, ...], calls_at_once: int
    ) -> None:
        self._session = session
        self._info = info
        self.files = files
        self.calls_at_once = calls_at_once
        self._device = _device_of(session)

    @property
    def info(self) -> ModelInfo:
        """What the file says about the model, in Herdmap's terms."""
        return self._info

    @property
    def device(self) -> str:
        """'cpu' or 'cuda:N'."""
        return self._device

    @property
    def about(self) -> Mapping[str, str]:
        """The runtime that it uses."""
        return {"framework": f"ONNX Runtime {ort.__version__}"}

    @property
    def remarks(self) -> tuple[str, ...]:
        """Nothing: such a file does not say whether it reached a limit."""
        return ()


class OnnxDetector(_OnnxModel):
    """A detector in an ONNX file, run by ONNX Runtime. See `detector.models.Model`."""

    def __init__(
        self, session: ort.InferenceSession, adapter: _Adapter, files: tuple[Path, ...], calls_at_once: int = 1
    ) -> None:
        super().__init__(session, adapter.info, files, calls_at_once)
        self._adapter = adapter

    def detect(self, tiles: NDArray[np.uint8]) -> Detections:
        """The detections in a batch, in tile px, clipped to the tile. tiles: (B, H, W, 3) uint8 RGB.

        Raises:
            ModelError: The file fails on these tiles.
        """
        batch, height, width = tiles.shape[:3]
        fixed = self._info.batch_size or batch
        tiles = _fitted(tiles, self._adapter.size, fixed)
        parts = []
        for start in range(0, len(tiles), fixed):
            answer = _answer(self._session, self._adapter.prepare(tiles[start : start + fixed]))
            found = self._adapter.read(answer, (height, width))
            found.tiles[:] += start
            parts.append(found)
        found = Detections.concatenate(parts)
        return found[found.tiles < batch]


class OnnxClassifier(_OnnxModel):
    """A tile classifier in a Herdmap ONNX file, run by ONNX Runtime. See `detector.models.TileClassifier`."""

    def __init__(
        self,
        session: ort.InferenceSession,
        info: ModelInfo,
        size: tuple[int, int] | None,
        files: tuple[Path, ...],
        calls_at_once: int = 1,
    ) -> None:
        super().__init__(session, info, files, calls_at_once)
        self._size = size

    def classify(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The probabilities of a batch, (B, C) float32. tiles: (B, H, W, 3) uint8 RGB.

        Raises:
            ModelError: The file fails on these tiles, or its answers are not probabilities.
        """
        batch = len(tiles)
        fixed = self._info.batch_size or batch
        tiles = _fitted(tiles, self._size, fixed)
        place = [o.name for o in self._session.get_outputs()].index(PROBABILITIES)
        parts = [_answer(self._session, tiles[start : start + fixed])[place] for start in range(0, len(tiles), fixed)]
        found: NDArray[np.float32] = np.concatenate(parts).astype(np.float32, copy=False)
        if found.shape != (len(tiles), len(self._info.classes)):
            raise ModelError(
                f"the model answered {found.shape} for {len(tiles)} tiles; expected a row of "
                f"{len(self._info.classes)} probabilities for each"
            )
        if not ((found >= -1e-4) & (found <= 1 + 1e-4)).all():
            raise ModelError("the model answered numbers outside 0 to 1 where probabilities were expected")
        return found[:batch].clip(0, 1)


def load(
    files: ModelFiles, device: str = "auto", threads: int | None = None, trust: bool = False, calls_at_once: int = 1
) -> OnnxDetector | OnnxClassifier:
    """Open an ONNX model.

    Args:
        files: The files of the model.
        device: 'auto', 'cpu', 'cuda' or 'cuda:N'.
        threads: CPU threads; None for all.
        trust: Not used: no ONNX file needs it.
        calls_at_once: How many calls of `detect` or `classify` may run at once. On the CPU, they share the threads. A
            call that has a core to itself never waits; a call on several cores waits at every layer. A GPU takes one
            call.

    Raises:
        ModelError: The file is not ONNX, is not a model that Herdmap knows, or takes weights from outside its folder,
            or the device does not exist.
    """
    path = files.path
    beside = external_files(path)
    options = ort.SessionOptions()
    options.log_severity_level = 4
    # A memory plan keeps memory for every shape of input. Without it, the peak is a third lower and no run is slower.
    options.enable_mem_pattern = False
    wanted = _providers(device)
    threads = threads or _cores()
    calls_at_once = max(1, min(calls_at_once, threads)) if wanted == ["CPUExecutionProvider"] else 1
    # The threads that call the session work too, in addition to its own.
    options.intra_op_num_threads = threads - calls_at_once + 1
    # Threads that spin while they wait would occupy the cores that decode the next photo.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = ort.InferenceSession(str(path), options, providers=wanted)
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(
            f"{path.name} is not an ONNX model that can be opened: {one_line(error, 300)}; expected an .onnx detector"
        ) from error
    metadata: Mapping[str, str] = session.get_modelmeta().custom_metadata_map
    if "herdmap" in metadata and (info := ModelInfo.from_json(metadata["herdmap"])).kind == "classifier":
        return _classifier(session, info, (path, *beside), calls_at_once)
    return OnnxDetector(session, _recognise(session, path), (path, *beside), calls_at_once)


def _device_of(session: ort.InferenceSession) -> str:
    if "CUDAExecutionProvider" not in session.get_providers():
        return "cpu"
    return f"cuda:{session.get_provider_options()['CUDAExecutionProvider'].get('device_id', '0')}"


def _fitted(tiles: NDArray[np.uint8], size: tuple[int, int] | None, batch: int) -> NDArray[np.uint8]:
    """The tiles, padded with black to the only size that a file takes, and to whole batches of `batch`.

    Raises:
        ModelError: The tiles are larger.
    """
    count, height, width = tiles.shape[:3]
    rows, columns = size or (height, width)
    if height > rows or width > columns:
        raise ModelError(
            f"tiles of {width} x {height} px: this model takes {columns} x {rows} px; use tiles of {columns} px",
            about="tile_size",
        )
    if (height, width) == (rows, columns) and count % batch == 0:
        return tiles
    padded = np.zeros((-(-count // batch) * batch, rows, columns, 3), np.uint8)
    padded[:count, :height, :width] = tiles
    return padded


def _answer(session: ort.InferenceSession, batch: NDArray[Any]) -> list[NDArray[Any]]:
    try:
        answer: list[NDArray[Any]] = session.run(None, {session.get_inputs()[0].name: batch})
    except Exception as error:
        raise ModelError(f"the model failed on tiles of shape {batch.shape}: {one_line(error, 300)}") from error
    return answer


def providers() -> list[str]:
    """What this ONNX Runtime can run on, best first, by its own names."""
    return list(ort.get_available_providers())


def _cores() -> int:
    """The cores that this process may use. A container or a scheduler may allow fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _providers(device: str) -> list[Any]:
    have = providers()
    cuda = "CUDAExecutionProvider" in have
    if device == "cpu" or (device == "auto" and not cuda):
        return ["CPUExecutionProvider"]
    if device == "auto":
        return ["CUDAExecutionProvider", "CPUExecutionProvider"]
    name, _, index = device.partition(":")
    if name != "cuda" or (index and not index.isdigit()):
        raise ModelError(f"device {device!r}: expected auto, cpu, cuda or cuda:N")
    if not cuda:
        raise ModelError(
            f"device {device!r}: this ONNX Runtime has no CUDA ({', '.join(have)}); "
            "install onnxruntime-gpu in place of onnxruntime, or use the device cpu",
            about="device",
        )
    return [("CUDAExecutionProvider", {"device_id": index or "0"}), "CPUExecutionProvider"]


def _recognise(session: ort.InferenceSession, path: Path) -> _Adapter:
    """Recognise the kind of a file from its metadata and shapes."""
    metadata: Mapping[str, str] = session.get_modelmeta().custom_metadata_map
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if "herdmap" in metadata:
        return _herdmap(metadata["herdmap"], inputs, outputs, path)
    if "model_type" in metadata and "class_names" in metadata:
        return _deepness(metadata, inputs, outputs, path)
    if "names" in metadata and "imgsz" in metadata:
        return _ultralytics(metadata, inputs, outputs, path)
    shapes = ", ".join(f"{o.name} {o.shape}" for o in outputs)
    raise ModelError(
        f"{path.name} is not a detector that Herdmap knows: its metadata has {sorted(metadata) or 'nothing'} and its "
        f"outputs are {shapes}; expected Herdmap's ('herdmap'), Ultralytics' ('names', 'imgsz') or Deepness' "
        "('model_type')"
    )


def _classifier(
    session: ort.InferenceSession, info: ModelInfo, files: tuple[Path, ...], calls_at_once: int
) -> OnnxClassifier:
    spec, names = session.get_inputs()[0], [o.name for o in session.get_outputs()]
    if PROBABILITIES not in names or spec.type != "tensor(uint8)" or len(spec.shape) != 4:
        raise ModelError(
            f"{files[0].name} is a classifier with input {spec.type} {spec.shape} and outputs {names}; expected uint8 "
            f"images (B, H, W, 3) and {PROBABILITIES!r}"
        )
    return OnnxClassifier(session, info, _fixed_size(spec), files, calls_at_once)


def _fixed_size(spec: Any) -> tuple[int, int] | None:
    """The only (height, width) that an NHWC input takes; None for any."""
    height, width = spec.shape[1:3]
    return (height, width) if isinstance(height, int) and isinstance(width, int) else None


def _herdmap(text: str, inputs: list[Any], outputs: list[Any], path: Path) -> _Adapter:
    info = ModelInfo.from_json(text)
    names = [o.name for o in outputs]
    if not set(names) >= OUTPUTS or inputs[0].type != "tensor(uint8)":
        raise ModelError(
            f"{path.name}: input {inputs[0].type}, outputs {names}; expected uint8 images and {sorted(OUTPUTS)}"
        )
    place = {name: names.index(name) for name in OUTPUTS}

    def read(answer: list[NDArray[Any]], size: tuple[int, int]) -> Detections:
        return clipped(
            Detections.of(
                answer[place["boxes"]],
                answer[place["scores"]],
                answer[place["labels"]],
                answer[place["batch_index"]],
            ),
            size,
            len(info.classes),
        )

    return _Adapter(info, np.ascontiguousarray, read, _fixed_size(inputs[0]))


def _ultralytics(metadata: Mapping[str, str], inputs: list[Any], outputs: list[Any], path: Path) -> _Adapter:
    task = metadata.get("task", "detect")
    if task != "detect":
        raise ModelError(f"{path.name} is an Ultralytics model for {task!r}: expected one for 'detect'")
    classes = _class_names(metadata["names"], path)
    size = _input_size(inputs[0], path, metadata["imgsz"])
    shape = outputs[0].shape
    if len(shape) == 3 and shape[2] == 6 and metadata.get("end2end", "").lower() == "true":
        read = _read_final(len(classes))
    else:
        read = _read_raw(shape, len(classes), path, kind="YOLO_Ultralytics", iou=RAW_NMS_IOU)
    info = ModelInfo(
        kind="detector",
        name=path.stem,
        version=metadata.get("version", ""),
        classes=classes,
        tile_size=size[1],
        overlap=round(size[1] * DEFAULT_OVERLAP),
        batch_size=_fixed_batch(inputs[0]),
        score_threshold=0.25,
        trained_on=metadata.get("description", ""),
        licence=metadata.get("license", ""),
    )
    return _Adapter(info, _normalised(inputs[0], None, None), read, size)


def _deepness(metadata: Mapping[str, str], inputs: list[Any], outputs: list[Any], path: Path) -> _Adapter:
    def value(key: str, default: Any = None) -> Any:
        try:
            return json.loads(metadata[key]) if key in metadata else default
        except ValueError:
            return metadata[key]

    if value("model_type") != "Detector":
        raise ModelError(f"{path.name} is a Deepness {value('model_type')!r}: expected a Detector")
    kind = value("det_type", "YOLO_Ultralytics")
    classes = _class_names(metadata["class_names"], path)
    size = _input_size(inputs[0], path, metadata.get("tiles_size") or metadata.get("tile_size"))
    read = _read_raw(outputs[0].shape, len(classes), path, kind=kind, iou=float(value("det_iou_thresh", RAW_NMS_IOU)))
    resolution = value("resolution")  # centimetres per pixel
    percent = min(max(float(value("tiles_overlap", 100 * DEFAULT_OVERLAP)), 0.0), 50.0)
    info = ModelInfo(
        kind="detector",
        name=path.stem,
        classes=classes,
        tile_size=size[1],
        overlap=round(size[1] * percent / 100),
        batch_size=_fixed_batch(inputs[0]),
        gsd_m=float(resolution) / 100 if resolution else None,
        score_threshold=float(value("det_conf", 0.5)),
    )
    mean, std = value("standardization_mean"), value("standardization_std")
    return _Adapter(info, _normalised(inputs[0], mean, std), read, size)


def _class_names(text: str, path: Path) -> tuple[str, ...]:
    """The names by label, from JSON or from a Python literal, as a mapping or a list."""
    try:
        names = json.loads(text)
    except ValueError:
        try:
            names = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
            raise ModelError(f"{path.name}: class names {text[:80]!r} are neither JSON nor a Python literal") from error
    if isinstance(names, list) and len(names) == 1 and isinstance(names[0], dict):
        names = names[0]
    if isinstance(names, dict):
        try:
            by_label = {int(k): v for k, v in names.items()}
        except (TypeError, ValueError) as error:
            raise ModelError(f"{path.name}: class names {text[:80]!r} have keys that are not numbers") from error
        names = [by_label.get(i) for i in range(len(by_label))]
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        raise ModelError(f"{path.name}: class names {text[:80]!r}: expected a name for each label from 0")
    return tuple(names)


def _input_size(spec: Any, path: Path, declared: str | None) -> tuple[int, int]:
    """The (height, width) of an NCHW input: its fixed shape, or else what the metadata declares."""
    shape = spec.shape
    if len(shape) != 4 or (isinstance(shape[1], int) and shape[1] != 3):
        raise ModelError(f"{path.name}: input {spec.name} has shape {shape}; expected (batch, 3, height, width)")
    if isinstance(shape[2], int) and isinstance(shape[3], int):
        return shape[2], shape[3]
    try:
        size = ast.literal_eval(declared or "None")
        height, width = (size, size) if isinstance(size, int) else size
        return int(height), int(width)
    except (ValueError, SyntaxError, TypeError) as error:
        raise ModelError(
            f"{path.name}: input {spec.name} has shape {shape}, and the metadata gives no size ({declared!r})"
        ) from error


def _fixed_batch(spec: Any) -> int | None:
    return spec.shape[0] if isinstance(spec.shape[0], int) else None


def _normalised(spec: Any, mean: Any, std: Any) -> Callable[[NDArray[np.uint8]], NDArray[Any]]:
    """A function from (B, H, W, 3) uint8 to (B, 3, H, W) from 0 to 1, standardised if the file asks for it."""
    dtype = np.float16 if spec.type == "tensor(float16)" else np.float32
    shift = np.asarray(mean if mean is not None else [0, 0, 0], np.float32)
    scale = np.asarray(std if std is not None else [1, 1, 1], np.float32)

    def prepare(tiles: NDArray[np.uint8]) -> NDArray[Any]:
        unit = np.ascontiguousarray(tiles.transpose(0, 3, 1, 2)).astype(np.float32)
        unit *= np.float32(1 / 255)
        if shift.any() or (scale != 1).any():
            unit = (unit - shift[:, None, None]) / scale[:, None, None]
        return unit.astype(dtype, copy=False)

    return prepare


def _read_final(classes: int) -> Callable[[list[NDArray[Any]], tuple[int, int]], Detections]:
    """Read outputs (B, N, 6) of x1, y1, x2, y2, score and label, without duplicates."""

    def read(answer: list[NDArray[Any]], size: tuple[int, int]) -> Detections:
        rows = answer[0].astype(np.float32)
        tile = np.repeat(np.arange(len(rows)), rows.shape[1])
        rows = rows.reshape(-1, 6)
        kept = rows[:, 4] >= SCORE_FLOOR
        rows = rows[kept]
        found = Detections.of(rows[:, :4], rows[:, 4], rows[:, 5].round(), tile[kept])
        return clipped(found, size, classes)

    return read


def _read_raw(
    shape: list[Any], classes: int, path: Path, kind: str, iou: float
) -> Callable[[list[NDArray[Any]], tuple[int, int]], Detections]:
    """Read the outputs of every anchor: (B, 4 + C, N), or (B, N, 5 + C) with an objectness.

    Boxes are centre and size.
    """
    objectness = kind in ("YOLO_v5_or_v7_default", "YOLO_v6")
    if kind not in ("YOLO_Ultralytics", "YOLO_v9", "YOLO_v5_or_v7_default", "YOLO_v6"):
        raise ModelError(f"{path.name}: detector type {kind!r} is unknown: expected plain boxes")
    channels = 4 + objectness + classes
    along = 2 if objectness else 1
    if len(shape) != 3 or (isinstance(shape[along], int) and shape[along] != channels):
        expected = f"(batch, N, {channels})" if objectness else f"(batch, {channels}, N)"
        raise ModelError(f"{path.name}: output of shape {shape} with {classes} classes; expected {expected}")

    def read(answer: list[NDArray[Any]], size: tuple[int, int]) -> Detections:
        rows = answer[0].astype(np.float32)
        rows = rows if objectness else rows.transpose(0, 2, 1)
        class_scores = rows[:, :, 4 + objectness :]
        if kind == "YOLO_v5_or_v7_default":
            class_scores = class_scores * rows[:, :, 4:5]
        best = class_scores.max(axis=2)
        parts = []
        for tile in range(len(rows)):
            kept = np.flatnonzero(best[tile] >= SCORE_FLOOR)
            kept = kept[np.argsort(-best[tile, kept], kind="stable")][:MAX_RAW_BOXES]
            centre, half = rows[tile, kept, :2], rows[tile, kept, 2:4] / 2
            boxes = np.concatenate([centre - half, centre + half], axis=1)
            labels = class_scores[tile, kept].argmax(axis=1)
            chosen = suppress(boxes, labels, iou)
            found = Detections.of(boxes[chosen], best[tile, kept][chosen], labels[chosen], tile)
            parts.append(clipped(found, size, classes))
        return Detections.concatenate(parts)

    return read


def suppress(boxes: NDArray[np.float32], labels: NDArray[Any], limit: float) -> NDArray[np.int64]:
    """The indices that non-maximum suppression keeps within each class: no two boxes have an IoU above `limit`.

    Args:
        boxes: (N, 4) float32 xyxy, best score first.
        labels: (N,).
        limit: The largest IoU.
    """
    kept = []
    left = np.arange(len(boxes))
    while len(left):
        first, rest = left[0], left[1:]
        kept.append(first)
        duplicate = (iou(boxes[rest], boxes[first]) > limit) & (labels[rest] == labels[first])
        left = rest[~duplicate]
    return np.array(kept, np.int64)


def clipped(found: Detections, size: tuple[int, int], classes: int) -> Detections:
    """The detections with boxes clipped to the tile. Empty and not finite boxes, and unknown labels, are left out."""
    height, width = size
    boxes = found.boxes
    finite = np.isfinite(boxes).all(axis=1) & np.isfinite(found.scores)
    boxes = np.clip(np.where(finite[:, None], boxes, 0), 0, np.array([width, height, width, height], np.float32))
    good = finite & (boxes[:, 0] < boxes[:, 2]) & (boxes[:, 1] < boxes[:, 3])
    good &= (found.labels >= 0) & (found.labels < classes) & (found.scores >= SCORE_FLOOR)
    return Detections.of(boxes[good], found.scores[good].clip(0, 1), found.labels[good], found.tiles[good])

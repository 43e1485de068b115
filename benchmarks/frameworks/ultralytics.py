"""Ultralytics' networks, exported by `YOLO.export` in the ways that people do."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.frameworks.case import CLASSES, SCORE, Case, Decode, Found, enliven, settle, tensor

NMS_IOU = 0.45
SIDE = 192
_MOST = 3000
# By the end of a network's name: its task, and the class of its network.
_TASKS = {
    "": ("detect", "DetectionModel"),
    "tiny": ("detect", "DetectionModel"),
    "seg": ("segment", "SegmentationModel"),
    "pose": ("pose", "PoseModel"),
    "obb": ("obb", "OBBModel"),
}


def cases() -> Iterator[Case]:
    """The networks, and for two of them all ways to export them."""
    for name in ("yolov3-tiny", "yolov5n", "yolov8n", "yolov9t", "yolov10n", "yolo11n", "yolo12n", "yolo26n"):
        yield _case(name, {})
    for name in ("yolov8n", "yolo11n", "yolo26n"):
        for task in ("seg", "pose", "obb"):
            yield _case(f"{name}-{task}", {})
            yield _case(f"{name}-{task}", {"nms": True})
    for name in ("yolo11n", "yolo26n"):
        for options in (
            {"nms": True},
            {"nms": True, "dynamic": True},
            {"dynamic": True},
            {"batch": 4},
            {"nms": True, "batch": 4},
            {"opset": 13},
            {"half": True},
        ):
            yield _case(name, options)
        yield _case(name, {}, (128, 224))
        yield _case(name, {"nms": True}, (128, 224))
    yield _case("yolo26n", {"end2end": False})
    yield _case("rtdetr-l", {})
    yield _case("rtdetr-l", {"dynamic": True})


def _case(name: str, options: dict[str, Any], size: tuple[int, int] = (SIDE, SIDE)) -> Case:
    said = ", ".join(f"{key}={value}" for key, value in options.items())
    shape = "" if size == (SIDE, SIDE) else f" {size[0]} x {size[1]} px"
    title = f"Ultralytics {name}{shape}" + (f", {said}" if said else "")
    return Case(
        title, size, lambda path, tiles: _make(path, tiles, name, options, size), half=bool(options.get("half"))
    )


def _make(path: Path, tiles: NDArray[np.uint8], name: str, options: dict[str, Any], size: tuple[int, int]) -> Decode:
    ultralytics = import_module("ultralytics")
    tasks = import_module("ultralytics.nn.tasks")
    task, made = _TASKS[name.partition("-")[2] if name.startswith("yolo") else ""]
    kind = tasks.RTDETRDetectionModel if name.startswith("rtdetr") else getattr(tasks, made)
    network = kind(f"{name}.yaml", ch=3, nc=len(CLASSES), verbose=False)
    shown = tensor(tiles)
    settle(network, lambda: network(shown))
    _enliven(network, shown)
    network.names = dict(enumerate(CLASSES))
    network.args, network.task = {"imgsz": list(size), "task": task}, task
    facade = ultralytics.RTDETR if name.startswith("rtdetr") else ultralytics.YOLO
    network.pt_path = str(path.with_suffix(".pt"))
    import_module("torch").save(
        {"model": network, "train_args": {}, "version": ultralytics.__version__}, network.pt_path
    )
    export = dict(options)
    # What a file keeps with its suppression inside is settled when it is exported.
    if options.get("nms"):
        export |= {"conf": SCORE, "iou": NMS_IOU, "max_det": 300}
    exported = facade(network.pt_path).export(format="onnx", imgsz=list(size), simplify=False, device="cpu", **export)
    Path(exported).rename(path)
    # The framework runs the same file: two runs of a random network differ in the last digits, and where boxes overlap
    # that decides which of them stays.
    model = facade(str(path)) if name.startswith("rtdetr") else facade(str(path), task=task)
    most = 300 if options.get("nms") else _MOST

    def decode(tile: NDArray[np.uint8]) -> Found:
        (result,) = model.predict(
            np.ascontiguousarray(tile[..., ::-1]),
            imgsz=list(size),
            conf=SCORE,
            iou=NMS_IOU,
            max_det=most,
            verbose=False,
            device="cpu",
        )
        found = result.obb if result.obb is not None else result.boxes
        return Found(found.xyxy.numpy(), found.conf.numpy(), found.cls.numpy())

    return decode


def _enliven(network: Any, shown: Any) -> None:
    """Scale the layers that answer with scores, boxes, angles."""
    head = network.model[-1]
    if hasattr(head, "dec_score_head"):
        # Of the decoder's layers only this one answers when it does not learn.
        for layer in (head.enc_score_head, head.dec_score_head[head.decoder.eval_idx]):
            enliven([layer], lambda: network(shown), 0.05)
        return
    for kind, share in (("cv3", 0.004), ("cv2", None), ("cv4", None)):
        for prefix in ("", "one2one_"):
            branches = getattr(head, prefix + kind, None)
            if branches is not None and hasattr(branches, "__len__"):
                lasts = [branch[-1] if hasattr(branch, "__len__") else branch for branch in branches]
                lasts = [last for last in lasts if hasattr(last, "weight")]
                direct = kind == "cv2" and head.reg_max == 1  # distances to the sides, in cells, and no distributions
                enliven(lasts, lambda: network(shown), share, 0.5 if direct else 1.5)
                for last in lasts if direct else ():
                    last.bias.data.add_(10)

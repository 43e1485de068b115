"""The repositories of YOLOv5, YOLOv7 and YOLOX: exported by their scripts, against their own removal of duplicates."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.frameworks.case import CLASSES, SCORE, Case, Decode, Found, answers, card, enliven, settle, tensor
from benchmarks.frameworks.repository import inside, module, run_script

NMS_IOU = 0.45
SIDE = 192


def cases(source: Path) -> Iterator[Case]:
    """source: a folder with the repositories yolov5, yolov7 and YOLOX."""
    for classes in (CLASSES, CLASSES[:1]):
        said = "" if len(classes) > 1 else ", one class"
        if (source / "yolov5").is_dir():
            yield _case(f"YOLOv5's repository{said}", _yolov5, source / "yolov5", classes, [])
            yield _case(f"YOLOv5's repository{said}, dynamic", _yolov5, source / "yolov5", classes, ["--dynamic"])
            yield _case(f"YOLOv5's repository, of four strides{said}", _yolov5_p6, source / "yolov5", classes, [])
        if (source / "yolov7").is_dir():
            yield _case(f"YOLOv7's repository, grid{said}", _yolov7, source / "yolov7", classes, ["--grid"])
            inner = ["--grid", "--end2end", "--max-wh", "640", "--topk-all", "300"]
            inner += ["--conf-thres", str(SCORE), "--iou-thres", str(NMS_IOU)]
            yield _case(f"YOLOv7's repository, end2end, max-wh{said}", _yolov7, source / "yolov7", classes, inner)
        if (source / "YOLOX").is_dir():
            yield _case(f"YOLOX{said}", _yolox, source / "YOLOX", classes, [])
            decoded = ["--decode_in_inference"]
            yield _case(f"YOLOX{said}, decode_in_inference", _yolox, source / "YOLOX", classes, decoded)


Maker = Callable[[Path, NDArray[np.uint8], Path, tuple[str, ...], list[str]], Decode]


def _case(name: str, make: Maker, repository: Path, classes: tuple[str, ...], options: list[str]) -> Case:
    return Case(name, (SIDE, SIDE), lambda path, tiles: make(path, tiles, repository, classes, options))


def _saved(
    repository: Path, config: str, path: Path, tiles: NDArray[np.uint8], classes: tuple[str, ...], rare: float
) -> Path:
    """A checkpoint with a random network of YOLOv5's or YOLOv7's repository. rare: how rare animals are, in logits."""
    torch.manual_seed(0)
    yolo = module("models.yolo")
    network = yolo.Model(str(repository / config), ch=3, nc=len(classes)).float().eval()
    shown = tensor(tiles)
    settle(network, lambda: network(shown))
    head = network.model[-1]
    kinds = head.no
    for layer in head.m:
        with torch.no_grad():
            layer.bias.zero_()
        enliven([layer], lambda: network(shown), None, 1.0)
        with torch.no_grad():
            layer.bias.view(head.na, kinds)[:, 4] -= rare
    network.names = list(classes)
    saved = path.with_suffix(".pt")
    torch.save({"model": network, "ema": None, "epoch": 0}, saved)
    return saved


def _own(found: Any) -> Found:
    rows = found[0].numpy()
    return Found(rows[:, :4], rows[:, 4], rows[:, 5])


def _yolov5(
    path: Path,
    tiles: NDArray[np.uint8],
    repository: Path,
    classes: tuple[str, ...],
    options: list[str],
    config: str = "models/yolov5n.yaml",
) -> Decode:
    with inside(repository):
        saved = _saved(repository, config, path, tiles, classes, 3.0)
        script = repository / "export.py"
        sides = ["--imgsz", str(SIDE), str(SIDE)]
        run_script(script, ["--weights", str(saved), *sides, "--include", "onnx", *options], path.parent)
        suppress = module("utils.general").non_max_suppression
    session = answers(path)
    if "--dynamic" in options:  # such a file gives no size
        path.with_suffix(".toml").write_text(card("yolo-objectness", classes, SIDE), encoding="utf-8")
    return lambda tile: _own(suppress(session(tensor(tile[None]))[0], SCORE, NMS_IOU, max_det=3000))


# MegaDetector v5 is the largest network of this kind.
_yolov5_p6 = partial(_yolov5, config="models/hub/yolov5n6.yaml")


def _yolov7(
    path: Path, tiles: NDArray[np.uint8], repository: Path, classes: tuple[str, ...], options: list[str]
) -> Decode:
    inner = "--end2end" in options
    with inside(repository):
        # Its own removal of duplicates keeps 300 of a tile.
        saved = _saved(repository, "cfg/deploy/yolov7-tiny.yaml", path, tiles, classes, 3.0 if inner else 4.5)
        sides = ["--img-size", str(SIDE), str(SIDE)]
        run_script(repository / "export.py", ["--weights", str(saved), *sides, *options], path.parent)
        suppress = module("utils.general").non_max_suppression
    layout = "yolov7-end2end" if inner else "yolov7"
    path.with_suffix(".toml").write_text(card(layout, classes, SIDE), encoding="utf-8")
    session = answers(path)

    def decode(tile: NDArray[np.uint8]) -> Found:
        answer = session(tensor(tile[None]))[0]
        if not inner:
            return _own(suppress(answer, SCORE, NMS_IOU))
        # As its own demonstration of such a file reads it: tile, box, class, score.
        rows = answer.numpy()
        return Found(rows[:, 1:5], rows[:, 6], rows[:, 5])

    return decode


def _yolox(
    path: Path, tiles: NDArray[np.uint8], repository: Path, classes: tuple[str, ...], options: list[str]
) -> Decode:
    torch.manual_seed(0)
    with inside(repository):
        exp = module("yolox.exp").get_exp(str(repository / "exps/default/yolox_nano.py"), None)
        exp.num_classes, exp.test_size = len(classes), (SIDE, SIDE)
        network = exp.get_model().eval()
        network.head.decode_in_inference = True
        shown = torch.from_numpy(tiles[..., ::-1].transpose(0, 3, 1, 2).astype(np.float32))
        settle(network, lambda: network(shown))
        head = network.head
        for layers, share, spread in (
            (head.cls_preds, None, 2.0),
            (head.obj_preds, 0.05, 1.5),
            (head.reg_preds, None, 0.2),
        ):
            for layer in layers:
                enliven([layer], lambda: network(shown), share, spread)
        saved = path.with_suffix(".pth")
        torch.save({"model": network.state_dict()}, saved)
        changed = ["num_classes", str(len(classes)), "test_size", f"({SIDE}, {SIDE})"]
        files = ["-f", str(repository / "exps/default/yolox_nano.py"), "-c", str(saved), "--output-name", str(path)]
        run_script(repository / "tools/export_onnx.py", [*files, "--no-onnxsim", *options, *changed], path.parent)
        finish = module("yolox.utils").postprocess
    head.decode_in_inference = True
    decoded = bool(options)
    path.with_suffix(".toml").write_text(card("yolox-decoded" if decoded else "yolox", classes, SIDE), encoding="utf-8")
    session = answers(path)

    def decode(tile: NDArray[np.uint8]) -> Found:
        answer = session(torch.from_numpy(tile[None, ..., ::-1].transpose(0, 3, 1, 2).astype(np.float32)))[0]
        if not decoded:
            answer = head.decode_outputs(answer, dtype="torch.FloatTensor")
        (rows,) = finish(answer, len(classes), SCORE, NMS_IOU)
        found = np.zeros((0, 7), np.float32) if rows is None else rows.numpy()
        return Found(found[:, :4], found[:, 4] * found[:, 5], found[:, 6])

    return decode

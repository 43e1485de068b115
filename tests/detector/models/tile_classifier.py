"""Tile classifiers with known answers: the brighter a tile's brightest pixel, the more probable an animal."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from detector.models import ModelInfo


class BrightTiles:
    """The probability of an animal is the largest value in the tile over 255. Pure numpy, no weights."""

    device = "cpu"
    calls_at_once = 1
    files: tuple[Path, ...] = ()
    about: Mapping[str, str] = {}
    remarks: tuple[str, ...] = ()

    def __init__(self, tile_size: int = 64, overlap: int = 16, classes: tuple[str, ...] = ("animal", "empty")) -> None:
        self.info = ModelInfo("classifier", "bright", classes, tile_size, overlap, score_threshold=0.2)
        self.batches: list[tuple[int, ...]] = []

    def classify(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.batches.append(tiles.shape)
        animal = tiles.max(axis=(1, 2, 3)) / np.float32(255)
        return np.stack([animal, 1 - animal], axis=1).astype(np.float32)


def write(path: Path, size: tuple[Any, Any] = ("h", "w"), batch: int | str = "b", **info: Any) -> Path:
    """The same as a file by the contract. size: (height, width) that it takes, names for any."""
    nodes = [
        helper.make_node("Cast", ["images"], ["float"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMax", ["float"], ["largest"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Div", ["largest", "full"], ["share"]),
        helper.make_node("Unsqueeze", ["share", "last"], ["animal"]),
        helper.make_node("Sub", ["one", "animal"], ["empty"]),
        helper.make_node("Concat", ["animal", "empty"], ["probabilities"], axis=1),
    ]
    constants = {"full": np.array(255, np.float32), "last": np.array([1]), "one": np.array(1, np.float32)}
    graph = helper.make_graph(
        nodes,
        "bright",
        [helper.make_tensor_value_info("images", TensorProto.UINT8, [batch, *size, 3])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [batch, 2])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    said = {"kind": "classifier", "name": "bright", "classes": ("animal", "empty"), "tile_size": 64, "overlap": 16}
    fixed = {"batch_size": batch} if isinstance(batch, int) else {}
    helper.set_model_props(model, {"herdmap": ModelInfo(**{**said, "score_threshold": 0.2, **fixed, **info}).to_json()})
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path

"""A model file by the contract that answers the same whatever it is shown."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

_KINDS = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.int64): TensorProto.INT64}


def write(path: Path, answers: Mapping[str, NDArray[Any]], metadata: Mapping[str, str]) -> Path:
    """answers: the outputs by name, float32 or int64. metadata: as the file has them, `herdmap` among them."""
    graph = helper.make_graph(
        [helper.make_node("Identity", [f"c_{name}"], [name]) for name in answers],
        "g",
        [helper.make_tensor_value_info("images", TensorProto.UINT8, ["b", "h", "w", 3])],
        [helper.make_tensor_value_info(name, _KINDS[v.dtype], v.shape) for name, v in answers.items()],
        [numpy_helper.from_array(value, f"c_{name}") for name, value in answers.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, dict(metadata))
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path

"""Reads the weights of the compact detector out of its ONNX file, so that another training can start from them.

The file has the batch norms inside the convolutions. A network that learns needs them apart again. With a norm that
changes nothing the network gives the answers of the file; `with_norms_of` then gives the norms the statistics of
pixels, and the answers stay the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from detector.errors import ModelError
from detector.models.compact import CompactDetector, CompactShape
from geo.errors import one_line
from geo.paths import StrPath, as_path

_HEADS = ("centre", "sides")


@dataclass(frozen=True, eq=False)
class _Layer:
    """A convolution of the file: weights (O, I, k, k), bias (O,), and its stride."""

    name: str
    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    stride: int


def read_network(path: StrPath) -> CompactDetector:
    """The network of a compact detector's ONNX file, in eval mode, on the CPU.

    Raises:
        ModelError: The file cannot be read, or it is another network's, or its numbers are of fewer bits.
    """
    path = as_path(path)
    try:
        layers = list(_layers(path))
        trunk = [one for one in layers if one.name.split(".")[-1] not in _HEADS]
        heads = {one.name.split(".")[-1]: one for one in layers if one not in trunk}
        network = CompactDetector(_shape(trunk, heads))
        with torch.no_grad():
            for layer, (convolution, norm) in zip(trunk, _pairs(network), strict=True):
                _fill(convolution.weight, layer.weight)
                _neutral(norm, layer.bias)
            for name in _HEADS:
                head = getattr(network, name)
                _fill(head.weight, heads[name].weight)
                _fill(head.bias, heads[name].bias)
    except (KeyError, IndexError, ValueError) as error:
        raise ModelError(
            f"{path.name} is not the file of a compact detector: {one_line(error)[:100]}; expected one that was "
            "trained or taught, or the bundled model"
        ) from error
    return network.eval()


def with_norms_of(network: CompactDetector, pixels: Tensor) -> None:
    """Give the batch norms the statistics of `pixels` (B, 3, H, W) float32, without changing the network's answers.

    Otherwise the first step of training, which normalises by the statistics of its batch, would undo what the network
    knows.
    """
    seen: dict[nn.BatchNorm2d, tuple[Tensor, Tensor]] = {}

    def look(norm: nn.Module, given: tuple[Tensor, ...], answer: Tensor) -> None:
        assert isinstance(norm, nn.BatchNorm2d)
        values = given[0].double()
        seen[norm] = values.mean((0, 2, 3)), values.var((0, 2, 3), unbiased=False)

    hooks = [norm.register_forward_hook(look) for _, norm in _pairs(network)]
    was_training = network.training
    try:
        with torch.no_grad():
            network.eval()(pixels)
    finally:
        network.train(was_training)
        for hook in hooks:
            hook.remove()
    with torch.no_grad():
        for norm, (mean, spread) in seen.items():
            assert norm.running_mean is not None
            assert norm.running_var is not None
            before = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            shift = norm.bias - norm.running_mean * before
            spread = spread.clamp(min=1e-4).float()
            norm.weight.copy_(before * torch.sqrt(spread + norm.eps))
            norm.bias.copy_(shift + mean.float() * before)
            norm.running_mean.copy_(mean.float())
            norm.running_var.copy_(spread)


def _layers(path: StrPath) -> Iterator[_Layer]:
    """The convolutions in the order in which the file computes them."""
    import onnx
    from onnx import numpy_helper

    try:
        model = onnx.load(str(path), load_external_data=False)
    except Exception as error:  # protobuf raises kinds of its own
        raise ModelError(f"{as_path(path).name} cannot be read as an ONNX file: {one_line(error)[:100]}") from error
    stored = {one.name: one for one in model.graph.initializer}
    # Equal values are stored once, and have other names through nodes that change nothing.
    same = {node.output[0]: node.input[0] for node in model.graph.node if node.op_type == "Identity"}

    def values(name: str) -> NDArray[np.float32]:
        array = numpy_helper.to_array(stored[same.get(name, name)])
        if array.dtype != np.float32 or not np.isfinite(array).all():
            raise ValueError(f"{name} is {array.dtype}, expected finite float32")
        return array

    for node in model.graph.node:
        if node.op_type == "Conv":
            strides = next((list(a.ints) for a in node.attribute if a.name == "strides"), [1, 1])
            name = node.input[1].removesuffix(".weight")
            yield _Layer(name, values(node.input[1]), values(node.input[2]), int(strides[0]))


def _shape(trunk: list[_Layer], heads: dict[str, _Layer]) -> CompactShape:
    """How wide and deep the network is. Two convolutions begin it; each later one with stride 2 begins a stage."""
    begins = [place for place, layer in enumerate(trunk) if layer.stride == 2]
    if len(begins) != 4 or begins[:2] != [0, 1]:
        raise ValueError(f"its convolutions with stride 2 are {begins}, expected 0, 1 and two later ones")
    last = len(trunk) - 4  # three that join the stages, and the head
    ends = [*begins[2:], last]
    depths = [(end - begin - 1) // 2 for begin, end in zip(begins[1:], ends, strict=True)]
    widths = [trunk[begin].weight.shape[0] for begin in begins[1:]]
    return CompactShape(
        classes=heads["centre"].weight.shape[0],
        stem=trunk[0].weight.shape[0],
        widths=(widths[0], widths[1], widths[2]),
        depths=(depths[0], depths[1], depths[2]),
        head=trunk[-1].weight.shape[0],
    )


def _pairs(network: CompactDetector) -> Iterator[tuple[nn.Conv2d, nn.BatchNorm2d]]:
    """The convolutions that have a norm, with their norm, in the order of the file."""
    before: nn.Module | None = None
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            assert isinstance(before, nn.Conv2d)
            yield before, layer
        before = layer


def _fill(parameter: Tensor | None, values: NDArray[np.float32]) -> None:
    if parameter is None or parameter.shape != values.shape:
        raise ValueError(f"weights of shape {values.shape}, expected {None if parameter is None else parameter.shape}")
    parameter.copy_(torch.from_numpy(values.copy()))


def _neutral(norm: nn.BatchNorm2d, bias: NDArray[np.float32]) -> None:
    """Make the norm add the bias, and nothing else."""
    _fill(norm.bias, bias)
    norm.weight.fill_(1.0)
    norm.running_mean.zero_()  # type: ignore[union-attr]
    norm.running_var.fill_(1.0 - norm.eps)  # type: ignore[union-attr]

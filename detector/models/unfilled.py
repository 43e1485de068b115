"""Builds torch networks without drawing their random weights, which a checkpoint then replaces.

torch fills every layer as it is built, and torchvision fills many a second time. For a network of 35 million weights,
that takes a core as long as reading all of them from a file.
"""

from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch.nn import init
from torch.overrides import TorchFunctionMode

# All that torch, torchvision and fastai draw weights with. Each fills its first argument and returns it.
_DRAWS = (
    Tensor.normal_,
    Tensor.uniform_,
    init.normal_,
    init.uniform_,
    init.trunc_normal_,
    init.kaiming_uniform_,
    init.kaiming_normal_,
    init.xavier_uniform_,
    init.xavier_normal_,
)


class Unfilled(TorchFunctionMode):
    """Inside the `with`, a new layer's weights are whatever the memory held. Load every one of them afterwards."""

    def __torch_function__(
        self, function: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        named = kwargs or {}
        if function in _DRAWS:
            return args[0] if args else named["tensor"]
        return function(*args, **named)

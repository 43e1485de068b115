"""Chooses the device and the precision of a torch model."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from detector.errors import ModelError
from geo.machine import cores

PRECISIONS = ("auto", "float32", "float16", "bfloat16")


def choose(device: str = "auto", threads: int | None = None) -> torch.device:
    """The torch device for a name.

    Args:
        device: 'auto', 'cpu', 'cuda' or 'cuda:N'.
        threads: CPU threads; None for all that this process may use.

    Raises:
        ModelError: The name is unknown, or the device does not exist.
    """
    torch.set_num_threads(threads or cores())
    if device == "cpu" or (device == "auto" and not torch.cuda.is_available()):
        return torch.device("cpu")
    name, _, index = ("cuda", "", "0") if device == "auto" else device.partition(":")
    if name != "cuda" or (index and not (index.isascii() and index.isdigit())):
        raise ModelError(f"device {device!r}: expected auto, cpu, cuda or cuda:N")
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if int(index or 0) >= count:
        found = f"{count} CUDA devices" if count else "no CUDA device"
        raise ModelError(
            f"device {device!r}: this torch ({torch.__version__}) sees {found}; use the device cpu", about="device"
        )
    return torch.device("cuda", int(index or 0))


def half_precision(device: torch.device, precision: str = "auto") -> AbstractContextManager[Any]:
    """The context in which a model runs. By default: half precision on a GPU, full precision on the CPU.

    Raises:
        ModelError: `precision` is not one of PRECISIONS.
    """
    if precision not in PRECISIONS:
        raise ModelError(f"precision {precision!r}: expected one of {', '.join(PRECISIONS)}")
    if precision == "float32" or (precision == "auto" and device.type == "cpu"):
        return nullcontext()
    kind = {"float16": torch.float16, "bfloat16": torch.bfloat16}.get(precision, torch.float16)
    return torch.autocast(device.type, kind)

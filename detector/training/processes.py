"""Shares a run among processes, one for each device, as torchrun starts them."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch
from torch import distributed, nn

from detector.errors import InputError

PATIENCE = timedelta(hours=2)  # how long the others wait while the first one validates


@dataclass(frozen=True)
class Processes:
    """The processes of a run, seen from one of them. All of them learn; rank 0 also writes files and reports."""

    rank: int
    count: int
    device: torch.device

    @property
    def first(self) -> bool:
        """Whether this process writes and reports."""
        return self.rank == 0

    def shared(self, network: nn.Module) -> Callable[..., Any]:
        """A wrapper of the network that averages gradients over the processes."""
        if self.count == 1:
            return network
        ids = [self.device.index] if self.device.type == "cuda" else None
        return nn.parallel.DistributedDataParallel(network, device_ids=ids)

    def mean(self, values: dict[str, float]) -> dict[str, float]:
        """The mean of each number over the processes. All processes get the same."""
        if self.count == 1:
            return values
        numbers = torch.tensor(list(values.values()), dtype=torch.float64, device=self.device)
        distributed.all_reduce(numbers)
        return dict(zip(values, (numbers / self.count).tolist(), strict=True))

    def any(self, true: bool) -> bool:
        """Whether it is true in any of the processes. All processes get the same."""
        return true if self.count == 1 else self.mean({"true": float(true)})["true"] > 0

    def wait(self) -> None:
        """Wait until all processes are here."""
        if self.count > 1:
            distributed.barrier()


@contextmanager
def processes(device: str) -> Iterator[Processes]:
    """This process among those that torchrun started, or a single one without torchrun.

    Args:
        device: `auto`, `cpu`, `cuda` or `cuda:N`. Each of several processes on GPUs uses the GPU of its local rank.

    Raises:
        InputError: The device does not exist.
    """
    count = int(os.environ.get("WORLD_SIZE", "1"))
    rank = int(os.environ.get("RANK", "0"))
    kind = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    if kind.startswith("cuda") and count > 1:
        kind = f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
    try:
        place = torch.device(kind)
    except RuntimeError as error:
        raise InputError(f"device is {device!r}; expected auto, cpu, cuda or cuda:N") from error
    if place.type not in ("cpu", "cuda") or (
        place.type == "cuda" and (place.index or 0) >= (torch.cuda.device_count() if torch.cuda.is_available() else 0)
    ):
        raise InputError(
            f"device {kind} does not exist; expected auto, cpu, or one of {torch.cuda.device_count()} GPUs"
        )
    if count == 1:
        yield Processes(0, 1, place)
        return
    if place.type == "cuda":
        torch.cuda.set_device(place)
    distributed.init_process_group("nccl" if place.type == "cuda" else "gloo", timeout=PATIENCE)
    try:
        yield Processes(rank, count, place)
    finally:
        distributed.destroy_process_group()

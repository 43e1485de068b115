"""The user's settings of a cluster. They do not need Ray."""

from dataclasses import dataclass

from detector.errors import InputError


@dataclass(frozen=True)
class Cluster:
    """Which Ray cluster searches, and what each worker gets. Raises InputError if a number is out of its range."""

    address: str | None = None
    """The address of a cluster. None: start one on this machine. `auto`: join the one that this machine is part of."""
    workers: int | None = None
    """The number of workers. None: as many as the cluster has room for."""
    cpus: int | None = None
    """The cores of a worker. None: one, or on nodes with GPUs an equal share of the cores for each GPU."""
    gpus: float | None = None
    """The GPUs of a worker, also parts of one. None: one, if the cluster has any and the device is not `cpu`."""

    def __post_init__(self) -> None:
        if self.workers is not None and not 1 <= self.workers <= 10_000:
            raise InputError(f"{self.workers} workers: expected 1 to 10000")
        if self.cpus is not None and not 1 <= self.cpus <= 1024:
            raise InputError(f"{self.cpus} cores a worker: expected 1 to 1024")
        if self.gpus is not None and not 0 <= self.gpus <= 64:
            raise InputError(f"{self.gpus:g} GPUs a worker: expected 0 to 64, such as 0.5 for two workers on one")

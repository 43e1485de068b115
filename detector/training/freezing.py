"""Freezes parameters and norm statistics: they do not change in a run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import nn

from detector.errors import InputError
from detector.training.config import Freeze

# The layers that keep statistics of their input.
NORMS = (
    nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm,
    nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d,
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One parameter of a network, or one statistic of a norm: its name, its shape, and whether it is frozen."""

    name: str
    shape: tuple[int, ...]
    frozen: bool
    statistic: bool


@dataclass(frozen=True)
class Frozen:
    """The frozen parts of a network. Call `hold` after every `network.train()`.

    Attributes:
        parts: Every parameter and norm statistic.
    """

    parts: tuple[Part, ...]
    norms: tuple[nn.Module, ...]

    def hold(self) -> None:
        """Put the frozen norms into eval mode, in which they use their statistics and do not update them."""
        for norm in self.norms:
            norm.eval()

    def table(self) -> str:
        """A table for a person, with a line for every parameter and norm statistic."""
        width = max((len(part.name) for part in self.parts), default=0)
        lines = [
            f"{part.name:{width}}  {'x'.join(map(str, part.shape)) or '1':>14}  "
            f"{'statistic' if part.statistic else 'parameter'}  {'frozen' if part.frozen else 'learnt'}"
            for part in self.parts
        ]
        return "\n".join([*lines, self.summary()])

    def summary(self) -> str:
        """One line that says how many are frozen."""
        frozen = [part for part in self.parts if part.frozen]
        statistics = sum(part.statistic for part in frozen)
        return (
            f"{len(frozen) - statistics} parameters and {statistics} norm statistics are frozen, "
            f"{len(self.parts) - len(frozen)} of both are learnt"
        )


def freeze(network: nn.Module, mode: Freeze, backbone: Sequence[str], heads: Sequence[str]) -> Frozen:
    """Freeze parameters and norm statistics of a network, chosen by the beginnings of their names.

    A parameter that takes no gradient already stays frozen, and so does a norm if its scale takes none.

    Args:
        network: The network.
        mode: `none`, `backbone` (freezes the names that begin with one of `backbone`), or `all-but-heads` (freezes the
            names that do not begin with one of `heads`).
        backbone: Beginnings of names.
        heads: Beginnings of names.

    Raises:
        InputError: Nothing is left to learn, or nothing would be frozen.
    """
    rules: dict[Freeze, Callable[[str], bool]] = {
        "none": lambda name: False,
        "backbone": lambda name: name.startswith(tuple(backbone)),
        "all-but-heads": lambda name: not name.startswith(tuple(heads)),
    }
    stays = rules[mode]
    for name, parameter in network.named_parameters():
        if stays(name):
            parameter.requires_grad_(False)
    norms = {
        name: module
        for name, module in network.named_modules()
        if isinstance(module, NORMS)
        and module.running_mean is not None
        and (stays(f"{name}.") or (module.weight is not None and not module.weight.requires_grad))
    }
    parts = [Part(n, tuple(p.shape), not p.requires_grad, False) for n, p in network.named_parameters()]
    for name, buffer in network.named_buffers():
        owner = name.rpartition(".")[0]
        parts.append(Part(name, tuple(buffer.shape), owner in norms or not _is_norm(network, owner), True))
    parts.sort(key=lambda part: part.name)
    learnt = [part for part in parts if not part.frozen and not part.statistic]
    if not learnt:
        raise InputError(f"freeze = {mode!r} leaves nothing to learn; expected none, backbone or all-but-heads")
    if mode != "none" and not any(part.frozen for part in parts):
        raise InputError(f"freeze = {mode!r} freezes nothing in this network; leave it out")
    return Frozen(tuple(parts), tuple(norms.values()))


def _is_norm(network: nn.Module, name: str) -> bool:
    return isinstance(network.get_submodule(name), NORMS)

"""Which parameters a run leaves unchanged, including norm statistics."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import nn

from detector.errors import InputError
from detector.training.config import Freeze

# The layers that keep statistics of what they see.
NORMS = (
    nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm,
    nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d,
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One parameter, or one buffer of a norm: its name in the network, its shape, and whether it stays as it is."""

    name: str
    shape: tuple[int, ...]
    frozen: bool
    statistic: bool


@dataclass(frozen=True)
class Frozen:
    """What is frozen. parts: every parameter and norm statistic. `hold` must follow every `network.train()`."""

    parts: tuple[Part, ...]
    norms: tuple[nn.Module, ...]

    def hold(self) -> None:
        """Keep the frozen norms' statistics: in eval mode they are used and not updated."""
        for norm in self.norms:
            norm.eval()

    def table(self) -> str:
        """Every parameter and norm statistic, a line each, for a person."""
        width = max((len(part.name) for part in self.parts), default=0)
        lines = [
            f"{part.name:{width}}  {'x'.join(map(str, part.shape)) or '1':>14}  "
            f"{'statistic' if part.statistic else 'parameter'}  {'frozen' if part.frozen else 'learnt'}"
            for part in self.parts
        ]
        return "\n".join([*lines, self.summary()])

    def summary(self) -> str:
        """One line: how many are frozen."""
        frozen = [part for part in self.parts if part.frozen]
        statistics = sum(part.statistic for part in frozen)
        return (
            f"{len(frozen) - statistics} parameters and {statistics} norm statistics are frozen, "
            f"{len(self.parts) - len(frozen)} of both are learnt"
        )


def freeze(network: nn.Module, mode: Freeze, backbone: Sequence[str], heads: Sequence[str]) -> Frozen:
    """Freeze the parameters and norm statistics of a network by the beginnings of their names.

    backbone, heads: prefixes. `backbone` freezes those that begin with the first, `all-but-heads` all that do not begin
    with the second. A parameter that takes no gradient already stays frozen, and so does a norm whose scale takes none.
    Raises InputError where nothing would be left to learn, or nothing be frozen.
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

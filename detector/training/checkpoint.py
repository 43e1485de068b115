"""The checkpoint: the state of a training run on disk, from which a killed run resumes and another run may start."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from detector.errors import InputError
from detector.models.checkpoint import load_weights
from detector.models.files import read_card
from detector.training.config import TrainingConfig
from detector.training.dataset import Dataset
from geo.errors import one_line
from geo.output import whole

# What a run that is extended on purpose may change: how fast it learns, and for how long.
EXTENDABLE = {
    f"schedule.{name}"
    for name in (
        "steps", "kind", "learning_rate", "learning_rate_batch", "warm_up_steps", "warm_up_factor", "milestones",
        "restarts", "gamma", "final_share",
    )
}  # fmt: skip
SETTINGS_SHOWN = 3
BACKGROUND = ""  # the name of rows that are of no class
NONE: Mapping[str, str] = MappingProxyType({})


class ClassRows(NamedTuple):
    """How a parameter has rows for classes: once for each anchor, one after another.

    Attributes:
        background: How many rows of the background come before the classes; if negative, after them.
        each: Rows of one class.
        may_lack: Whether a network may also be without rows of the background, as where each class has a sigmoid.
    """

    background: int
    each: int
    may_lack: bool = False


def save(path: Path, state: Mapping[str, Any]) -> None:
    """Write a checkpoint. It appears complete or not at all."""
    with whole(path) as part, part.open("wb") as file:
        torch.save(dict(state), file)


def read(path: Path) -> dict[str, Any]:
    """The state in a checkpoint, with its tensors on the CPU. Raises InputError if the file is not a checkpoint."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise InputError(f"cannot read the checkpoint {path}: {error.strerror or error}") from error
    except Exception as error:  # torch raises many kinds of errors for other files
        raise InputError(
            f"the checkpoint {path} cannot be used ({one_line(error, 300)}); remove it to start over"
        ) from error
    if not isinstance(state, dict):
        raise InputError(f"the checkpoint {path} is not the checkpoint of a training run; remove it to start over")
    return state


class Own:
    """The checkpoint from which a run resumes, `<folder>/<name>.pt`.

    It only fits the settings and the labels that it was made with, wherever their files lie now. A config that extends
    a run may have another schedule.
    """

    def __init__(self, config: TrainingConfig, photos: Dataset) -> None:
        self.path = config.output.folder / f"{config.output.name}.pt"
        self._config = config
        self._labels = photos.label_digests()
        self.extended = ""
        """What an extended run changes, in words."""

    def keep(self, step: int, state: Mapping[str, Any]) -> None:
        """Write the checkpoint.

        Args:
            step: How many steps are done.
            state: What the loop needs to continue.
        """
        config = self._config
        of = {"step": step, "settings": config.decisive(), "labels": self._labels}
        save(self.path, {**of, "framework": config.framework, "classes": list(config.classes), **state})

    def state(self) -> dict[str, Any] | None:
        """The state that was kept, or None if there is no checkpoint.

        Raises:
            InputError: The checkpoint was made with other settings, or the labels have changed since.
        """
        if not self.path.exists():
            return None
        state = read(self.path)
        self._check_settings(state)
        before = state.get("labels", self._labels)  # older versions did not store the labels
        if "settings" not in state and sorted(before.values()) == sorted(self._labels.values()):
            return state  # older versions stored them by their paths
        if before != self._labels:
            raise InputError(
                f"the labels changed since the checkpoint {self.path} was made: {_difference(before, self._labels)}; "
                "restore the labels, or remove the checkpoint to start over"
            )
        return state

    def _check_settings(self, state: Mapping[str, Any]) -> None:
        """Raise InputError if the checkpoint was made with settings that this run does not continue."""
        if "settings" not in state:
            if state.get("fingerprint") != self._config.fingerprint():
                raise InputError(
                    f"the checkpoint {self.path} is an older version's, of other settings or another folder; remove it "
                    "to start over, or use another folder"
                )
            return
        before, now = state["settings"], self._config.decisive()
        other = {
            name: (before.get(name), now.get(name)) for name in {**before, **now} if before.get(name) != now.get(name)
        }
        fixed = [name for name in other if name not in EXTENDABLE]
        steps, done = self._config.schedule.steps, int(state.get("step", 0))
        if self._config.extend and not fixed:
            if steps < done:
                raise InputError(
                    f"the schedule has {steps} steps, but the checkpoint {self.path} has done {done}; give it at "
                    f"least {done} steps"
                )
            self.extended = _others(other)
            return
        if other:
            alone = "; an extended run may change its schedule alone, but not its batch" if self._config.extend else ""
            raise InputError(
                f"the checkpoint {self.path.name} was made with other settings: "
                f"{_others({name: other[name] for name in [*fixed, *other]})}{alone}; restore them, or remove the "
                "checkpoint to start over",
                about=None if fixed else "extend",
            )

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Raises InputError if the state cannot be loaded inside the `with`."""
        try:
            yield
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise InputError(
                f"the checkpoint {self.path} cannot be used ({one_line(error, 300)}); remove it to start over"
            ) from error


def _others(other: Mapping[str, tuple[Any, Any]]) -> str:
    """Settings that differ, in words. other: before and now, by name; None if there is no such setting."""

    def said(value: Any) -> str:
        return "left out" if value is None else str(value)[:30]

    first = list(other.items())[:SETTINGS_SHOWN]
    each = [f"{name} is {said(now)} and was {said(before)}" for name, (before, now) in first]
    more = len(other) - len(each)
    return ", ".join(each) + (f" and {more} more" if more else "")


def _difference(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """How the labels differ, in words. Both mappings give the digest of the labels of each photo."""
    parts = []
    for said, names in (
        ("new", now.keys() - before.keys()),
        ("gone", before.keys() - now.keys()),
        ("labelled otherwise", {name for name in before.keys() & now.keys() if before[name] != now[name]}),
    ):
        if names:
            parts.append(f"{len(names)} photo{'s are' if len(names) > 1 else ' is'} {said} (the first: {min(names)})")
    return ", ".join(parts)


def start_from(
    path: Path,
    network: nn.Module,
    classes: tuple[str, ...],
    class_rows: Callable[[str], ClassRows | None],
    rename: Mapping[str, str] = NONE,
) -> str:
    """Give `network` the weights in the checkpoint of another run.

    The other run is one of Herdmap's, or any training of the same network elsewhere, such as Detectron2's
    `model_final.pth`. Then a card beside it names its classes in their order.

    In a parameter with rows for classes, each class gets the rows of the class of the same name. A class that the
    checkpoint does not have gets those of the one class that `rename` makes it of, or keeps its present rows.

    Args:
        path: The checkpoint.
        network: Gets the weights.
        classes: The classes of `network`, in order.
        class_rows: The rows of a parameter, by its name; None for a parameter without rows for classes.
        rename: The class of `network` of a name in the data, which may be a class of the checkpoint.

    Returns:
        One line for a person, which says what was taken from the checkpoint.

    Raises:
        InputError: The checkpoint is not one, belongs to another network, or its card does not fit it.
        ModelError: The checkpoint or its card cannot be read.
    """
    said, weights, background = _of_another_run(path)
    known = _renamed(said, classes, rename)
    own = network.state_dict()
    for name, value in own.items():
        rows = class_rows(name)
        if rows is None or name not in weights:
            continue
        now = _with_background(classes, rows.background)
        before = _with_background(known, rows.background)
        if background is not None:  # a name among the others, which is wherever the alphabet put it
            before = tuple(BACKGROUND if name == background else name for name in known)
        elif rows.may_lack and weights[name].shape[0] * len(now) == value.shape[0] * len(known):
            before = known
        if before != now or weights[name].shape != value.shape:
            weights[name] = _rows_by_class(weights[name], value, before, now, rows.each, path)
    counts = {name: value for name, value in own.items() if name.endswith("num_batches_tracked")}
    try:
        # Others keep more beside the weights, such as the means of pixels. Frozen norms have no count of batches.
        network.load_state_dict({**counts, **{name: value for name, value in weights.items() if name in own}})
    except RuntimeError as error:
        raise InputError(
            f"{path} belongs to another network than the config's [model]: {one_line(error, 300)}"
        ) from error
    return _said(path, said, known, classes, background)


def _renamed(known: tuple[str, ...], classes: tuple[str, ...], rename: Mapping[str, str]) -> tuple[str, ...]:
    """The names of a checkpoint's classes, where one alone becomes a class that the checkpoint does not have."""
    becomes = Counter(rename.get(name, name) for name in known)
    return tuple(
        rename[name] if name not in classes and name in rename and becomes[rename[name]] == 1 else name
        for name in known
    )


def _said(
    path: Path, said: tuple[str, ...], known: tuple[str, ...], classes: tuple[str, ...], background: str | None
) -> str:
    old = {new: name for name, new in zip(said, known, strict=True) if name != background}
    kept = [name if old[name] == name else f"{name} (was {old[name]})" for name in classes if name in old]
    new = [name for name in classes if name not in old]
    gone = [name for name in old if name not in classes]
    return (
        f"starts from {path.name}; known classes: {', '.join(kept) or 'none'}; new: {', '.join(new) or 'none'}; "
        f"removed: {', '.join(gone) or 'none'}"
    )


def _of_another_run(path: Path) -> tuple[tuple[str, ...], dict[str, Tensor], str | None]:
    """(classes, weights, class of the background) of a checkpoint. The last is None if it is not among the classes."""
    card = path.with_suffix(".toml")
    try:
        state = read(path)
    except InputError:
        if not card.is_file():
            raise
        state = {}  # safetensors, a pickle of arrays, or the state of an optimiser beside the weights
    if "averaged" in state and "classes" in state:
        return tuple(str(name) for name in state["classes"]), dict(state["averaged"]), None
    if not card.is_file():
        raise InputError(
            f"{path} is not the checkpoint of a training run of Herdmap; to start from one of another program, put "
            f"{card.name} beside it with framework, classes (in the order of its labels) and tile_size"
        )
    said = read_card(card)
    background = said.info.empty_name if said.framework == "fastai" else None
    return said.info.classes, load_weights(path), background


def _with_background(classes: tuple[str, ...], offset: int) -> tuple[str, ...]:
    """The names of rows: the classes, and the background's before or (if `offset` is negative) behind them."""
    background = (BACKGROUND,) * abs(offset)
    return (*classes, *background) if offset < 0 else (*background, *classes)


def _rows_by_class(
    old: Tensor, own: Tensor, before: tuple[str, ...], now: tuple[str, ...], each: int, path: Path
) -> Tensor:
    """`own`, in which the rows of the names that `old` has too are taken from `old`. each: rows of one name."""
    if old.shape[0] % (len(before) * each) or own.shape[0] % (len(now) * each) or old.shape[1:] != own.shape[1:]:
        if old.shape[1:] == own.shape[1:] and path.with_suffix(".toml").is_file():
            raise InputError(
                f"{path.name} has {old.shape[0]} rows where {len(before)} names of {each} rows are expected: its "
                f"classes are not those that {path.with_suffix('.toml').name} names"
            )
        return old  # another network: the error comes when it is loaded
    held = old.reshape(-1, len(before), each, *old.shape[1:])
    after = own.clone().reshape(-1, len(now), each, *own.shape[1:])
    if held.shape[0] != after.shape[0]:
        return old
    for place, name in enumerate(now):
        if name in before:
            after[:, place] = held[:, before.index(name)]
    return after.reshape(own.shape)

"""The state of a training run on disk, from which a killed run resumes and another run may start."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from detector.errors import InputError
from detector.training.config import TrainingConfig
from detector.training.dataset import Dataset
from geo.errors import one_line
from geo.output import whole


def save(path: Path, state: Mapping[str, Any]) -> None:
    """Write a checkpoint whole or not at all."""
    with whole(path) as part, part.open("wb") as file:
        torch.save(dict(state), file)


def read(path: Path) -> dict[str, Any]:
    """A checkpoint's state, on the CPU. Raises InputError where the file is none."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise InputError(f"cannot read the checkpoint {path}: {error.strerror or error}") from error
    except Exception as error:  # torch raises many kinds for a file that is none of its own
        raise InputError(
            f"the checkpoint {path} cannot be used ({one_line(error, 300)}); remove it to start over"
        ) from error
    if not isinstance(state, dict):
        raise InputError(f"the checkpoint {path} is not the checkpoint of a training run; remove it to start over")
    return state


class Own:
    """The checkpoint of a run itself, `<folder>/<name>.pt`: taken up only under the settings and the labels that it was
    made with."""

    def __init__(self, config: TrainingConfig, photos: Dataset) -> None:
        self.path = config.output.folder / f"{config.output.name}.pt"
        self._config = config
        self._labels = photos.label_digests()

    def keep(self, step: int, state: Mapping[str, Any]) -> None:
        """Write it. step: how many are done. state: what the loop needs to go on."""
        config = self._config
        of = {"step": step, "fingerprint": config.fingerprint(), "labels": self._labels}
        save(self.path, {**of, "framework": config.framework, "classes": list(config.classes), **state})

    def state(self) -> dict[str, Any] | None:
        """What was kept; None where nothing was.

        Raises InputError for a checkpoint of other settings, or of labels that have changed since.
        """
        if not self.path.exists():
            return None
        state = read(self.path)
        if state.get("fingerprint") != self._config.fingerprint():
            raise InputError(
                f"the checkpoint {self.path} was made with other settings; remove it to start over, or use another "
                "folder"
            )
        before = state.get("labels", self._labels)  # of an older version: it says nothing of them
        if before != self._labels:
            raise InputError(
                f"the labels changed since the checkpoint {self.path} was made: {_difference(before, self._labels)}; "
                "restore the labels, or remove the checkpoint to start over"
            )
        return state

    @contextmanager
    def loading(self) -> Iterator[None]:
        """What cannot be loaded of it is an InputError."""
        try:
            yield
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise InputError(
                f"the checkpoint {self.path} cannot be used ({one_line(error, 300)}); remove it to start over"
            ) from error


def _difference(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """In words, of photos and the digests of their labels."""
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
    class_rows: Callable[[str], tuple[int, int] | None],
) -> str:
    """Give `network` the weights of another run's checkpoint, and say in a line what was taken over.

    class_rows: (offset, rows a class) of a parameter whose rows are classes, the first `offset` of them background, or
    the last where it is negative; None for any other. There the rows of a class go with its name, and a class that the
    checkpoint does not know keeps the row that it has.
    Raises InputError where the checkpoint is of another network.
    """
    state = read(path)
    try:
        known = tuple(str(name) for name in state["classes"])
        weights: dict[str, Tensor] = dict(state["averaged"])
    except (KeyError, TypeError) as error:
        raise InputError(f"{path} is not the checkpoint of a training run: it lacks {error}") from error
    own = network.state_dict()
    for name, value in own.items():
        rows = class_rows(name)
        if rows is not None and name in weights and known != classes:
            weights[name] = _rows_by_class(weights[name], value, known, classes, *rows)
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise InputError(
            f"{path} belongs to another network than the config's [model]: {one_line(error, 300)}"
        ) from error
    kept = [name for name in classes if name in known]
    new = [name for name in classes if name not in known]
    gone = [name for name in known if name not in classes]
    return (
        f"starts from {path.name}; known classes: {', '.join(kept) or 'none'}; new: {', '.join(new) or 'none'}; "
        f"removed: {', '.join(gone) or 'none'}"
    )


def _rows_by_class(
    old: Tensor, own: Tensor, known: tuple[str, ...], classes: tuple[str, ...], offset: int, each: int
) -> Tensor:
    """`own` with the rows of background and of the classes that `old` knows taken from there."""
    old_count, own_count = len(known) + abs(offset), len(classes) + abs(offset)
    if old.shape[0] % (old_count * each) or own.shape[0] % (own_count * each) or old.shape[1:] != own.shape[1:]:
        return old  # of another network: loading it says so
    before = old.reshape(-1, old_count, each, *old.shape[1:])
    after = own.clone().reshape(-1, own_count, each, *own.shape[1:])
    if before.shape[0] != after.shape[0]:
        return old
    first = max(offset, 0)
    background = slice(offset, None) if offset < 0 else slice(offset)
    after[:, background] = before[:, background]
    for place, name in enumerate(classes):
        if name in known:
            after[:, first + place] = before[:, first + known.index(name)]
    return after.reshape(own.shape)

"""Says what the trainer of a framework must offer, and finds the one that a config asks for.

A framework is a module `detector.training.<framework>` with the functions of `Trainer`. The compact detector,
torchvision and Detectron2 share the loop in `detector.training.fit`. fastai has its own loop, and reports to the same
tracker.
"""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from detector.errors import MissingLibraryError
from detector.training.config import Framework, TrainingConfig
from detector.training.tracker import Tracker

# What each framework needs, and the command that installs it.
_NEEDS: dict[Framework, tuple[tuple[str, ...], str]] = {
    "compact": (("torch", "torchvision", "onnx"), "pip install 'herdmap[torch]'"),
    "torchvision": (("torch", "torchvision", "onnx"), "pip install 'herdmap[torch]'"),
    "detectron2": (("torch", "detectron2"), "pip install 'herdmap[torch]', then Detectron2 by its installation guide"),
    "fastai": (("torch", "fastai"), "pip install 'herdmap[fastai]'"),
}


class Trainer(Protocol):
    """The functions that the module of a framework must have."""

    def fit(self, config: TrainingConfig, tracker: Tracker) -> Path:
        """Train, or resume from the last checkpoint in `config.output.folder`, and return the model file's path.

        Calls `tracker.started` once, `metrics` with `loss` and `learning_rate` during training, and `model` at the end.
        The caller calls `ended`. Data come from `detector.training.dataset.read_dataset` and
        `detector.training.data.views`, so that classes, splits, tiles and seeds mean the same in every framework. If
        torchrun started several processes, only rank 0 writes and reports.
        Raises InputError for settings or data that cannot be used.
        """
        ...

    def rates(self, config: TrainingConfig) -> NDArray[np.float64]:
        """(steps,) the learning rate of every step, from the scheduler that `fit` uses."""
        ...


def trainer(config: TrainingConfig) -> Trainer:
    """The module of the config's framework. Raises MissingLibraryError if a library is missing."""
    libraries, install = _NEEDS[config.framework]
    for library in libraries:
        if find_spec(library) is None:
            raise MissingLibraryError(f"training needs {library}: {install}")
    module = f"detector.training.{config.framework}"
    if find_spec(module) is None:
        raise MissingLibraryError(f"this version of Herdmap does not train {config.framework}; update it")
    return cast(Trainer, import_module(module))

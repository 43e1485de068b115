"""Training the compact detector: labels, views of them, the schedule, the fit.

Only `augment`, `data` and `fit` load torch.
"""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from detector.errors import MissingLibraryError


def train(config: Path, on_share: Callable[[float], None] | None = None) -> Path:
    """Train as the TOML file `config` says and return the model file's path; goes on from a checkpoint of the same run.

    on_share: told the share of the steps that is done, from 0 to 1.
    Raises MissingLibraryError without torch, InputError for a config or data that cannot be used.
    """
    from detector.training.config import load_config

    settings = load_config(config)
    for library in ("torch", "torchvision", "onnx"):
        if find_spec(library) is None:
            raise MissingLibraryError(f"training needs {library}: pip install 'herdmap[torch]'")
    from detector.training.fit import fit

    return fit(settings, on_share and (lambda progress: on_share(progress.step / progress.steps)))


__all__ = ["train"]

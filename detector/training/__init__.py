"""Training detectors: labels, tiles of full photos, the schedule, the fit, and whom it tells.

A framework is a module with the functions of `detector.training.framework.Trainer`. Only it, `augment`, `data` and what
they need load torch.
"""

from collections.abc import Sequence
from pathlib import Path

from detector.training.tracker import Tracker


def train(config: Path, trackers: Sequence[Tracker] = ()) -> Path:
    """Train as the TOML file `config` says and return the model file's path; goes on from a checkpoint of the same run.

    trackers: told of the run while it goes on; one that fails does not stop it.
    Raises MissingLibraryError where the framework is missing, InputError for a config or data that cannot be used.
    """
    from detector.training.config import load_config
    from detector.training.framework import trainer
    from detector.training.tracker import Trackers

    settings = load_config(config)
    framework = trainer(settings)
    told = Trackers(trackers)
    error: str | None = "stopped"
    try:
        model = framework.fit(settings, told)
        error = None
    except Exception as reason:
        error = " ".join(str(reason).split()) or type(reason).__name__
        raise
    finally:
        told.ended(error)
    return model


__all__ = ["train"]

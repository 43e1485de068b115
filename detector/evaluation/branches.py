"""Compares the middle branch of a TridentNet with all its branches: what the others add, and what they cost."""

import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detector import models
from detector.errors import ModelError
from detector.evaluation.evaluate import evaluate
from detector.survey.sample_tiles import sample_tiles
from geo.paths import StrPath, as_path

BRANCHES = ("middle", "all")
# How many tiles are timed, after one batch to warm up.
TIMED_TILES = 8


@dataclass(frozen=True)
class Branch:
    """The results of one branch, or of all together.

    Attributes:
        branch: `middle` or `all`.
        true: The number of labelled animals.
        counted: The number of detections at the model's threshold.
        f1: F1 by centre match, at the model's threshold.
        ap50: The mean of the AP at IoU 0.5 over classes; NaN if there is none.
        tiles_per_s: The speed of the network alone, in batches of up to 4 tiles.
    """

    branch: str
    true: int
    counted: int
    f1: float
    ap50: float
    tiles_per_s: float


def compare_branches(
    model: StrPath, data: StrPath, images: StrPath, folder: StrPath, **settings: Any
) -> list[Branch] | None:
    """Evaluate a TridentNet with its middle branch and with all branches. Returns None if it was cancelled.

    Args:
        model: The model.
        data: The labels, as for `evaluate`.
        images: The folder of the photos.
        folder: Gets a folder with a report for each of the two.
        settings: Other arguments of `evaluate`.

    Raises:
        ModelError: The model has no branches.
        InputError: As in `evaluate`.
    """
    data = as_path(data)
    images = as_path(images)
    folder = as_path(folder)
    trust, device = settings.get("trust", False), settings.get("device", "auto")
    loaded = models.load(os.fspath(model), "cpu", trust=trust)
    if "Detectron2" not in loaded.about.get("framework", ""):
        raise ModelError(f"{loaded.info.name} is not a model of Detectron2: only a TridentNet has branches")
    from detector.models.detectron2.model import Detectron2Detector, with_branch

    assert isinstance(loaded, Detectron2Detector)
    found = []
    for branch in BRANCHES:
        path = with_branch(loaded, branch, folder / branch / "model")
        done = evaluate(path, data, images, folder / branch, **settings)
        if done is None:
            return None
        every = done.metrics["all"]
        speed = _tiles_per_s(models.load(path, device, trust=trust), images)
        counts = every["counts"]
        found.append(
            Branch(
                branch, counts["true"], counts["counted"], every["centre"]["f1"], done.metrics["mean"]["ap50"], speed
            )
        )
    return found


def table(branches: list[Branch]) -> str:
    """The results as lines for a person."""
    lines = ["branch   animals  counted      F1    AP50  tiles/s"]
    for one in map(asdict, branches):
        numbers = [f"{one[k]:7.3f}" if np.isfinite(one[k]) else f"{'-':>7s}" for k in ("f1", "ap50", "tiles_per_s")]
        lines.append(f"{one['branch']:8s} {one['true']:7d}  {one['counted']:7d} {' '.join(numbers)}")
    return "\n".join(lines)


def _tiles_per_s(model: models.Model, images: Path) -> float:
    tiles = sample_tiles([images], model.info.tile_size, TIMED_TILES)
    model.detect(tiles[:4])
    start = time.perf_counter()
    for first in range(0, len(tiles), 4):
        model.detect(tiles[first : first + 4])
    return len(tiles) / (time.perf_counter() - start)

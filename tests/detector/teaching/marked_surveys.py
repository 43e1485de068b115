"""Surveys of simulated animals in which a person marked and searched, for the tests of teaching."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from detector import survey
from geo import geopackage
from geo.searches import Searches, with_searches
from geo.simulation import SurveySettings, render_scene
from geo.tables import DetectionRows

SIZE = 320
_GSD_M = 0.025
Boxes = NDArray[np.float32]


def write_photos(folder: Path, number: int, seed: int = 3, size: int = SIZE) -> dict[str, Boxes]:
    """Photos of `size` px with simulated sheep, and the boxes (N, 4) of each by its name."""
    folder.mkdir(parents=True, exist_ok=True)
    truth = {}
    for n in range(number):
        side = size * _GSD_M
        of = SurveySettings(seed=seed + 10 * n, width_m=side, height_m=side, gsd_m=_GSD_M, animals=8, flocks=2)
        pixels, boxes, _ = render_scene(of)
        name = f"{seed}-{n}.png"
        Image.fromarray(pixels).save(folder / name)
        truth[name] = boxes.astype(np.float32)
    return truth


def write_survey(
    output: Path,
    truth: dict[str, Boxes],
    *,
    searched: Mapping[str, Sequence[Sequence[float]]] | None = None,
    classes: Sequence[str] = ("sheep",),
    kind: str = "box",
    size: int = SIZE,
    rejected: dict[str, Boxes] | None = None,
) -> Path:
    """A survey beside its photos, in which all animals of `truth` are marked.

    searched: the searched cells of each photo; by default all photos are searched as a whole. classes: given to the
    animals in turn. size: of the photos, px. rejected: boxes that were rejected.
    """
    survey.begin(output.parent, output, classes=tuple(classes))
    names = sorted(truth)
    rejected = rejected or {}
    boxes = [*(truth[name] for name in names), *(rejected[name] for name in rejected)]
    of = [*names, *rejected]
    image = np.repeat([names.index(name) for name in of], [len(one) for one in boxes])
    all_boxes = np.concatenate([np.zeros((0, 4), np.float32), *boxes])
    marked = sum(len(truth[name]) for name in names)
    n = len(all_boxes)
    rows = DetectionRows(
        paths=tuple(names), image=image, classes=tuple(classes), label=np.arange(n) % len(classes),
        score=np.where(np.arange(n) < marked, np.nan, 0.9).astype(np.float32), boxes_px=all_boxes,
        polygons_map=np.full((n, 5, 2), np.nan), reviewer="Ann", run_id="manual", kind=[kind] * n,
        review=["confirmed"] * marked + ["rejected"] * (n - marked),
    )  # fmt: skip
    cells = searched if searched is not None else {name: [[0, 0, size, size]] for name in names}
    each = [(name, cell) for name, of_photo in cells.items() for cell in of_photo]
    searches = Searches(
        [name for name, _ in each],
        np.arange(1, len(each) + 1),
        np.array([cell for _, cell in each], float).reshape(-1, 4),
        ["Ann"] * len(each),
        [None] * len(each),
    )
    images = with_searches(geopackage.read_images(output), searches)
    geopackage.write_survey(output, images, rows, geopackage.read_runs(output), None, searches=searches)
    return output

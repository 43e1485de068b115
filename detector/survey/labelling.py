"""Turns the output of a tile classifier into labels of tiles, and puts the tiles on the map without their overlap.

A tile has one label: its best class, or uncertain. With a multi-label classifier it has one for each class that reaches
its threshold, or uncertain if no class does.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.search.parts import Part
from detector.survey.placing import Placement
from detector.survey.planning import Plan, PlannedImage
from geo.geopackage.styles import UNCERTAIN
from geo.tables import DetectionRows


@dataclass(frozen=True, eq=False)
class LabelledTiles:
    """The L labels of the tiles of one image that have data.

    Attributes:
        boxes_px: (L, 4) float64 xyxy, image px. The overlap is divided, so that the tiles cover the image once. A tile
            with several labels is there for each of them.
        labels: (L,) index into the model's classes; for an uncertain tile, the number of classes.
        scores: (L,) float32, the probability of the class; of an uncertain tile, that of its best class.
        tiles: How many tiles these are the labels of.
    """

    boxes_px: NDArray[np.float64]
    labels: NDArray[np.int64]
    scores: NDArray[np.float32]
    tiles: int


def labels_of(probabilities: NDArray[np.float32], margin: float) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(labels, scores) of T tiles. The label is the best class, or C, uncertain, if its lead is less than `margin`.

    Args:
        probabilities: (T, C) float32.
        margin: The least difference from the second best class.
    """
    labels = probabilities.argmax(axis=1)
    ordered = np.sort(probabilities, axis=1)
    if probabilities.shape[1] > 1:
        labels[ordered[:, -1] - ordered[:, -2] < margin] = probabilities.shape[1]
    return labels, ordered[:, -1]


def several_labels_of(
    probabilities: NDArray[np.float32], thresholds: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """(tiles, labels, scores) of the L labels of T tiles, in the order of the tiles, then the most probable first.

    Args:
        probabilities: (T, C) float32, each class with a probability of its own.
        thresholds: (C,) float32. A tile has each class that reaches its threshold, or else the label C, uncertain.
    """
    passes = probabilities >= thresholds
    none = ~passes.any(axis=1)
    best = probabilities.max(axis=1, initial=0)
    tiles, labels = np.nonzero(np.column_stack([passes, none]))
    scores = np.column_stack([probabilities, best])[tiles, labels]
    order = np.lexsort((labels, -scores, tiles))
    return tiles[order], labels[order], scores[order]


def labelled_tiles(
    image: PlannedImage, found: Sequence[Part], margin: float, thresholds: NDArray[np.float32] | None = None
) -> LabelledTiles:
    """The tiles of an image, from the parts of all its units, in the order of the grid.

    Args:
        image: The image.
        found: The parts of its units.
        margin: See `labels_of`.
        thresholds: For a multi-label classifier, see `several_labels_of`.
    """
    grid = image.units[0].grid
    index = np.concatenate([unit.grid.tiles_of(unit.block) for unit in image.units])
    probabilities = np.concatenate([part.probabilities for part in found])
    held = ~np.isnan(probabilities).any(axis=1)
    order = np.argsort(index[held])
    boxes_px = grid.cells[index[held][order]] / np.array(image.units[0].scale * 2)
    if thresholds is None:
        return LabelledTiles(boxes_px, *labels_of(probabilities[held][order], margin), len(order))
    tiles, labels, scores = several_labels_of(probabilities[held][order], thresholds)
    return LabelledTiles(boxes_px[tiles], labels, scores, len(order))


def label_rows(work: Plan, found: Mapping[int, LabelledTiles], placement: Placement, run_id: str) -> DetectionRows:
    """The rows of the layer `tile_labels`, on the map if their image is. found: by image, of those that are done."""
    each = sorted(found.items())
    classes = tuple(dict.fromkeys((*work.model.classes, UNCERTAIN)))
    names = [*work.model.classes, UNCERTAIN]
    label = np.array([classes.index(name) for name in names])
    image = np.repeat([i for i, _ in each], [len(t.labels) for _, t in each]).astype(np.int64)
    boxes_px = np.concatenate([np.zeros((0, 4)), *(t.boxes_px for _, t in each)])
    return DetectionRows(
        paths=[image.relative for image in work.images],
        image=image,
        classes=classes,
        label=label[np.concatenate([np.zeros(0, np.int64), *(t.labels for _, t in each)])],
        score=np.concatenate([np.zeros(0, np.float32), *(t.scores for _, t in each)]),
        boxes_px=boxes_px.astype(np.float32),
        polygons_map=placement.boxes_on_map(image, boxes_px),
        run_id=run_id,
    )


def tiles_by_class(rows: DetectionRows) -> dict[str, int]:
    """How many tiles each class has, classes without tiles included, in the order of the classes.

    A tile with several classes is one of each.
    """
    counted = Counter(rows.label.tolist())
    return {name: counted[label] for label, name in enumerate(rows.classes)}

"""Fits a light head to marked animals and to ground without animals. NumPy alone, in seconds.

The logistic regressions are fitted by Newton's method with a ridge penalty, and again with the negatives that the last
fit took for animals (hard negatives).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError
from detector.models.info import ModelInfo
from detector.models.light_body import CELL_PX, LightBody
from detector.models.light_head import LightHead

LENGTH_PX = 40.0
"""How long animals are made before the network sees them: it was the best of 40 and 64 px on sheep of two flights."""
TILE_PX = 640
"""The side of a scaled tile."""
_RIDGE, _BOX_RIDGE = 3.0, 30.0
_CORE = 0.5  # the part of a box's radius in which a cell is its middle
_AROUND = 1.15  # the part of a box around which nothing is learnt
_NEGATIVES, _HARD, _ROUNDS = 6000, 2000, 3
_MOST_WEIGHT = 20.0
_SUFFICIENT = 1e-4  # part of the fall of the loss that the slope promises
_MOST_STEPS = 40
_UNSURE = 0.5  # share of the highest answers that are dropped where nobody said that there is no animal


@dataclass(frozen=True, eq=False)
class Example:
    """A tile with its animals.

    Attributes:
        pixels: (H, W, 3) uint8 RGB.
        boxes_px: (N, 4) float64 xyxy, tile px, of animals.
        labels: (N,) int64, their classes.
        empty_px: (K, 4) float64 xyxy, tile px: ground on which all animals are marked. Cells outside count as ground
            that was perhaps not looked at.
        ignored_px: (M, 4) float64: detections that nobody has reviewed. Nothing is learnt there.
    """

    pixels: NDArray[np.uint8]
    boxes_px: NDArray[np.float64]
    labels: NDArray[np.int64]
    empty_px: NDArray[np.float64]
    ignored_px: NDArray[np.float64]


def length_of(boxes_px: NDArray[np.float64]) -> float:
    """How long animals are, px: the median of the square roots of their boxes' areas."""
    sides = boxes_px[:, 2:] - boxes_px[:, :2]
    return float(np.median(np.sqrt(sides.prod(axis=1))))


def fit(
    examples: Iterable[Example], classes: tuple[str, ...], zoom: float, info: ModelInfo, body: LightBody
) -> LightHead:
    """Fit a light head. zoom: `LENGTH_PX` by the length of the animals. info: of the model, with these classes.

    One example is in memory at a time, and of it only the features are kept. Raises InputError if there is no animal,
    or no ground without animals.
    """
    cells = [_cells(example, len(classes), zoom, body) for example in examples]
    animals = np.concatenate([one.animals for one in cells]) if cells else np.zeros((0, 1))
    empty, perhaps = [one.empty for one in cells], [one.perhaps for one in cells]
    ground = _Ground((*empty, *perhaps), sum(map(len, empty)))
    if not len(animals) or not len(ground):
        raise InputError("there is nothing to learn from: no marked animal, or no ground beside the animals")
    labels = np.concatenate([one.labels for one in cells])
    shapes = np.concatenate([one.shapes for one in cells])
    rng = np.random.default_rng(0)
    some = ground.take(rng.permutation(len(ground))[:5000])
    mean = ground.mean()
    spread = np.concatenate([some, animals]).std(axis=0) + 1e-3
    scaled = _Scale(mean, spread)
    positive = scaled(animals)
    weights = np.stack([_weights(positive, labels == label, ground, scaled, rng) for label in range(len(classes))])
    gram = positive.T @ positive
    gram[np.diag_indices_from(gram)] += _BOX_RIDGE
    boxes = np.linalg.solve(gram, positive.T @ shapes)
    return LightHead(info, zoom, LENGTH_PX, mean, spread, weights, boxes)


@dataclass(frozen=True, eq=False)
class _Cells:
    """The features of the cells of a tile: animals with labels and shapes, ground that is empty, or perhaps is."""

    animals: NDArray[np.float64]
    labels: NDArray[np.int64]
    shapes: NDArray[np.float64]
    empty: NDArray[np.float32]
    perhaps: NDArray[np.float32]


@dataclass(frozen=True)
class _Scale:
    """Brings features to one scale, and adds the constant. Attributes: mean, spread: (D,)."""

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]

    def __call__(self, features: NDArray[np.floating]) -> NDArray[np.float64]:
        return np.hstack([(features - self.mean) / self.spread, np.ones((len(features), 1))])


@dataclass(frozen=True, eq=False)
class _Ground:
    """The cells of all tiles without an animal, a million and more: each is kept once, as the network gave it.

    Attributes: parts: (n, D) float32 each. empty: how many of the first cells are empty for sure.
    """

    parts: tuple[NDArray[np.float32], ...]
    empty: int

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def take(self, index: NDArray[np.int64]) -> NDArray[np.float64]:
        """(K, D) the cells with these numbers."""
        ends = np.cumsum([len(part) for part in self.parts])
        which = np.searchsorted(ends, index, side="right")
        found = np.empty((len(index), self.parts[0].shape[1]))
        for n in np.unique(which).tolist():
            own = which == n
            found[own] = self.parts[n][index[own] - ends[n] + len(self.parts[n])]
        return found

    def mean(self) -> NDArray[np.float64]:
        """(D,) of all cells."""
        total = np.sum([part.sum(axis=0, dtype=np.float64) for part in self.parts], axis=0)
        return np.asarray(total / len(self))

    def answers(self, scaled: _Scale, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N,) what a logistic regression says of each cell."""
        return np.concatenate([scaled(part) @ weights for part in self.parts])


def _cells(example: Example, classes: int, zoom: float, body: LightBody) -> _Cells:
    features, cell = body.features(example.pixels[None], zoom)
    flat = np.moveaxis(features[0], 0, -1)
    rows, columns = flat.shape[:2]
    x, y = np.meshgrid((np.arange(columns) + 0.5) * cell[0], (np.arange(rows) + 0.5) * cell[1])
    label = np.full((rows, columns), -1)
    near = np.zeros((rows, columns), bool)
    shape = np.zeros((rows, columns, 4))
    length = LENGTH_PX / CELL_PX * np.array(cell)  # of an animal, tile px
    for (x0, y0, x1, y1), of in zip(example.boxes_px.tolist(), example.labels.tolist(), strict=True):
        right, down = (x - (x0 + x1) / 2) / (x1 - x0) * 2, (y - (y0 + y1) / 2) / (y1 - y0) * 2
        near |= np.maximum(np.abs(right), np.abs(down)) < _AROUND
        inside = right**2 + down**2 < _CORE**2
        if not inside.any():  # an animal smaller than a cell
            inside = (np.abs(x - (x0 + x1) / 2) <= cell[0] / 2) & (np.abs(y - (y0 + y1) / 2) <= cell[1] / 2)
        label[inside] = of
        shape[inside, 0] = ((x0 + x1) / 2 - x[inside]) / length[0]
        shape[inside, 1] = ((y0 + y1) / 2 - y[inside]) / length[1]
        shape[inside, 2:] = np.log([(x1 - x0) / length[0], (y1 - y0) / length[1]])
    for x0, y0, x1, y1 in example.ignored_px.tolist():
        near |= (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)
    known = np.zeros((rows, columns), bool)
    for x0, y0, x1, y1 in example.empty_px.tolist():
        known |= (x >= x0) & (x < x1) & (y >= y0) & (y < y1)
    is_animal, ground = label >= 0, (label < 0) & ~near
    animals = flat[is_animal].astype(np.float64)
    return _Cells(animals, label[is_animal], shape[is_animal], flat[ground & known], flat[ground & ~known])


def _weights(
    positive: NDArray[np.float64],
    of_class: NDArray[np.bool_],
    ground: _Ground,
    scaled: _Scale,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """The logistic regression of one class against the ground and the other classes."""
    animals, others = positive[of_class], positive[~of_class]
    count = len(others) + len(ground)
    sure = np.arange(count) < len(others) + ground.empty
    chosen = rng.permutation(count)[:_NEGATIVES]
    weights = np.zeros(positive.shape[1])
    for _ in range(_ROUNDS):
        share = min(_MOST_WEIGHT, len(chosen) / max(1, len(animals)) / 4)
        of_others = chosen < len(others)
        negatives = np.empty((len(chosen), positive.shape[1]))
        negatives[of_others] = others[chosen[of_others]]
        negatives[~of_others] = scaled(ground.take(chosen[~of_others] - len(others)))
        weights = _logistic(animals, negatives, share, weights)
        answers = np.concatenate([others @ weights, ground.answers(scaled, weights)])
        # Ground that nobody looked at may have animals: where the fit sees one, nothing is learnt.
        usable = sure | (answers < np.log(_UNSURE / (1 - _UNSURE)))
        hardest = np.argsort(-np.where(usable, answers, -np.inf), kind="stable")[:_HARD]
        chosen = np.union1d(chosen, hardest)
        chosen = chosen[usable[chosen]]
    return weights


def _logistic(
    positive: NDArray[np.float64], negative: NDArray[np.float64], share: float, start: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weights (D,) by Newton's method, from `start`. share: the weight of a positive; that of a negative is 1.

    A step that makes the penalised loss larger is halved: where the answers are all sure, the curvature is next to
    nothing and a whole step would lead anywhere (Nocedal and Wright, Numerical Optimization, algorithm 3.1).
    """
    data = np.concatenate([positive, negative])
    target = np.concatenate([np.ones(len(positive)), np.zeros(len(negative))])
    weight = np.concatenate([np.full(len(positive), share), np.ones(len(negative))])
    ridge = np.full(data.shape[1], _RIDGE)
    ridge[-1] = 1e-6  # the constant is free

    def loss(weights: NDArray[np.float64]) -> float:
        answers = data @ weights
        return float(weight @ (np.logaddexp(0, answers) - target * answers) + ridge @ weights**2 / 2)

    found, now = start.copy(), loss(start)
    for _ in range(_MOST_STEPS):
        said = 1 / (1 + np.exp(-np.clip(data @ found, -30, 30)))
        gradient = data.T @ (weight * (said - target)) + ridge * found
        curved = (data * (weight * said * (1 - said) + 1e-9)[:, None]).T @ data
        curved[np.diag_indices_from(curved)] += ridge
        step = np.linalg.solve(curved, gradient)
        downhill = float(gradient @ step)
        while (there := loss(found - step)) > now - _SUFFICIENT * downhill and np.abs(step).max() >= 1e-3:
            step, downhill = step / 2, downhill / 2
        if there >= now:
            break
        found, now = found - step, there
        if np.abs(step).max() < 1e-3:
            break
    return found

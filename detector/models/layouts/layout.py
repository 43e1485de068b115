"""One way to write detections, what is known of a file before it is read, and the checks that all layouts share."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.detections import POINT_PX, Detections
from detector.errors import ModelError
from detector.models.floor import SCORE_FLOOR
from detector.models.onnx_answers import MOST_ANCHORS, Read, clipped, floats, suppress

# Half precision and 8 bit may leave the range of scores by a little.
SCORE_SLACK = 0.01
# Boxes of normalised coordinates do not go beyond this, boxes in px do.
NORMALISED = 1.5
# How far beyond the tile and its neighbours a box may reach, px: YOLO's largest anchors are no wider than twice this.
_REACH = 2048.0
NMS_IOU = 0.45
"""The default IoU of Ultralytics and Deepness for removing duplicates within a class."""


# An answer, to the scores (K,) of all rows of each tile.
RowScores = Callable[[list[NDArray[Any]]], list[NDArray[np.floating]]]


@dataclass(frozen=True)
class Output:
    """An output as a file declares it. shape: a length that is not a number may be any. type: as 'tensor(float)'."""

    name: str
    shape: tuple[Any, ...]
    type: str

    @property
    def is_float(self) -> bool:
        """Whether it holds floating point numbers."""
        return self.type in ("tensor(float)", "tensor(float16)", "tensor(double)")

    def length(self, axis: int) -> int | None:
        """Its length along an axis, None if that is not declared."""
        if not -len(self.shape) <= axis < len(self.shape):
            return None
        found = self.shape[axis]
        return found if isinstance(found, int) else None


@dataclass(frozen=True)
class Peaks:
    """How points are found in a map. The defaults are those of HerdNet's LMDS.

    Args:
        window: The side of the square, in cells of the map, in which a peak is the highest; odd.
        share: Peaks below this share of the highest one in the tile are left out.
        point_size: The side of the square around a point, px of the input.
        logits: Whether the map has logits, of which a sigmoid is the score.
    """

    window: int = 3
    share: float = 0.3
    point_size: float = POINT_PX
    logits: bool = False


@dataclass(frozen=True)
class File:
    """What is known of a file before its answers are read.

    Args:
        classes: How many.
        size: The (height, width) of what the model gets, px.
        outputs: As it declares them, in its order.
        first_label: The number, or the column, of the first class; None if nobody says it.
        nms_iou: The largest IoU of two detections of a class, where Herdmap removes duplicates; None for the usual one.
        normalised: Whether boxes are from 0 to 1 of the input; None for what is usual in the layout.
        peaks: How points are found in maps.
    """

    classes: int
    size: tuple[int, int]
    outputs: tuple[Output, ...]
    first_label: int | None = None
    nms_iou: float | None = None
    normalised: bool | None = None
    peaks: Peaks = Peaks()

    @property
    def declared(self) -> str:
        """Its outputs, for messages."""
        return ", ".join(f"{o.name} {list(o.shape)}" for o in self.outputs)[:90]

    @property
    def sides(self) -> NDArray[np.float32]:
        """(4,) width, height, width, height: what normalised boxes are multiplied by."""
        height, width = self.size
        return np.array([width, height, width, height], np.float32)


@dataclass(frozen=True)
class Layout:
    """One way to write detections.

    Args:
        said: Its shape, for messages.
        shape: The lengths of (batch, rows, columns) of the first output; None for any.
        read: Reads an answer. Raises ModelError for one that does not fit.
        scores: Where a row is a detection, so that a tile has at most as many as there are rows: the scores of each
            tile's rows, of an answer that `read` took; 0 where a row is not used.
        one_by_one: Whether the file must get one tile at a time.
    """

    said: str
    shape: tuple[int | None, int | None, int | None]
    read: Read
    scores: RowScores | None = None
    one_by_one: bool = False

    def fits(self, shape: Sequence[Any]) -> bool:
        """Whether a declared shape allows this layout. What is not a number may be any length; [] is any shape."""
        if not shape:
            return True
        pairs = zip(shape, self.shape, strict=False)
        return len(shape) == 3 and all(not isinstance(a, int) or b is None or a == b for a, b in pairs)


def decide(
    layouts: Sequence[Layout],
    declared: Sequence[Any],
    name: str,
    classes: int,
    ask: Callable[[], Iterable[list[NDArray[Any]]]],
    size: tuple[int, int],
) -> Layout:
    """The one layout that a file has.

    Args:
        layouts: Those that its metadata allow; the first is what such a file usually has.
        declared: The shape of its first output.
        name: The file's name, for messages.
        classes: How many.
        ask: Gives its answers about a few tiles. It is called unless the shape is that of the first layout alone.
        size: The (height, width) of these tiles, px.

    Raises:
        ModelError: None fits, or several do.
    """
    left = [layout for layout in layouts if layout.fits(declared)]
    if left == list(layouts[:1]):
        return left[0]
    why = ""
    for answer in ask() if left else ():
        fits = []
        for layout in left:
            try:
                layout.read(answer, size, SCORE_FLOOR)
                fits.append(layout)
            except ModelError as error:
                why = why or f" ({error})"
        left = fits
    if len(left) == 1:
        return left[0]
    if left:
        raise ModelError(
            f"{name}: its answers may be {' or '.join(layout.said for layout in left)}, and its metadata do not say "
            "which; export it anew with a current Ultralytics"
        )
    expected = " or ".join(layout.said for layout in layouts)
    raise ModelError(
        f"{name}: output of shape {str(list(declared))[:60]} with {classes} classes; expected {expected}{why[:100]}"
    )


def rows_of(answer: list[NDArray[Any]], layout: Layout) -> NDArray[np.float32]:
    """The first output, of the layout's shape."""
    rows = floats(answer[0], "boxes")
    if rows.ndim != 3 or not layout.fits(rows.shape):
        raise ModelError(f"the model answered {rows.shape}; expected {layout.said}")
    return rows


def best_apart(
    boxes: NDArray[np.float32],
    scores: NDArray[np.float32],
    labels: NDArray[Any],
    file: File,
    tile: int,
    tile_size: tuple[float, float],
    floor: float,
    real: Callable[[NDArray[np.int64]], NDArray[np.bool_]] | None = None,
) -> Detections:
    """The detections of one tile without duplicates, for answers of every anchor.

    boxes: (N, 4) xyxy, px of the input. scores: (N,). labels: (N,). tile: its index in the batch. real: of the rows
    that are left without duplicates, which ones are detections; all if it is None.
    """
    kept = np.flatnonzero(scores >= floor)
    kept = kept[np.argsort(-scores[kept], kind="stable")][:MOST_ANCHORS]
    boxes, scores, labels = boxes[kept], scores[kept], labels[kept]
    check_boxes(boxes, file.size, scores)
    chosen = suppress(boxes, labels, NMS_IOU if file.nms_iou is None else file.nms_iou)
    if real is not None:
        chosen = chosen[real(kept[chosen])]
    found = Detections.of(boxes[chosen], scores[chosen], labels[chosen], tile)
    return clipped(found, tile_size, file.classes, floor)


def scores_of_rows(answer: list[NDArray[Any]]) -> list[NDArray[np.floating]]:
    """The scores (K,) of each tile, of (B, K, 5 or more) rows that have them in the fifth column."""
    return list(answer[0][:, :, 4])


def labels_of(
    numbers: NDArray[Any], scores: NDArray[np.float32], file: File, floor: float, first: int = 0
) -> NDArray[np.int64]:
    """Labels from 0 of the numbers of classes in an answer.

    numbers: (N,), ints or whole floats. scores: (N,). Rows with a score below `floor` may have any. first: the number
    of the first class, where the card does not say it.

    Raises ModelError for a number without a class.
    """
    first = first if file.first_label is None else file.first_label
    labels = np.round(numbers)
    with np.errstate(invalid="ignore"):  # infinity less infinity
        wrong = ~(np.abs(labels - numbers) <= SCORE_SLACK) | (labels < first) | (labels >= first + file.classes)
    wrong &= scores >= floor
    if wrong.any():
        raise ModelError(
            f"the model answered with class number {numbers[wrong.argmax()]:g}; expected {first} to "
            f"{first + file.classes - 1}"
        )
    found: NDArray[np.int64] = np.where(scores >= floor, labels - first, 0).astype(np.int64)
    return found


def check_scores(scores: NDArray[np.float32]) -> None:
    """scores: of all rows. Raises ModelError if they are not numbers from 0 to 1."""
    if not scores.size:
        return
    lowest, highest = scores.min(), scores.max()  # NaN, if there is one
    if not (np.isfinite(lowest) and np.isfinite(highest)):
        raise ModelError("the model answered with scores that are no finite numbers; expected 0 to 1")
    if lowest < -SCORE_SLACK or highest > 1 + SCORE_SLACK:
        raise ModelError(f"the model answered with scores from {lowest:g} to {highest:g}; expected 0 to 1")


def check_pixels(boxes: NDArray[np.float32]) -> None:
    """boxes: (..., 4), of all rows, also of those with low scores."""
    most, least = boxes.max(initial=0), boxes.min(initial=0)  # NaN, if there is one
    if not (np.isfinite(most) and np.isfinite(least)):
        raise ModelError("the model answered with boxes that are no finite numbers; expected px")
    if 0 < most <= NORMALISED:
        raise ModelError(f"the model answered with boxes up to {most:g}, from 0 to 1 of the tile; expected px")


def check_normalised(boxes: NDArray[np.float32]) -> None:
    """boxes: (..., 4), of all rows. Raises ModelError if they are not from 0 to 1."""
    most = np.abs(boxes).max(initial=0)  # NaN, if there is one
    if not most <= NORMALISED:
        raise ModelError(f"the model answered with boxes up to {most:g}; expected numbers from 0 to 1")


def check_boxes(boxes: NDArray[np.float32], size: tuple[int, int], scores: NDArray[np.float32]) -> None:
    """boxes: (N, 4) xyxy in px, of detections. A little beyond the tile is usual; far from it is another layout.

    scores: (N,). Doubtful boxes, which only an evaluation asks for, may be any.
    """
    boxes = boxes[scores >= SCORE_FLOOR]
    if not len(boxes):
        return
    side = float(max(size))
    if boxes.min() < -side - _REACH or boxes.max() > 2 * side + _REACH:
        worst = boxes.min() if boxes.min() < -side - _REACH else boxes.max()
        raise ModelError(f"the model answered with a box at {worst:g} px; expected boxes on tiles of {side:g} px")
    if ((boxes[:, 2:] - boxes[:, :2]) < -1).any():
        raise ModelError("the model answered with boxes of a negative size; expected x1, y1, x2, y2 in order")


def corners(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, 4) centre and size to (N, 4) xyxy."""
    centre, half = boxes[:, :2], boxes[:, 2:] / 2
    return np.concatenate([centre - half, centre + half], axis=1)

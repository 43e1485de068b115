"""One way to write detections, what is known of a file before it is read, and the checks that all layouts share."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.detections import POINT_PX, Detections
from detector.errors import ModelError
from detector.models.flaws import NORMALISED, Flaws
from detector.models.floor import SCORE_FLOOR
from detector.models.onnx_answers import MOST_ANCHORS, Read, clipped, floats, suppress

# Half precision and 8 bit may leave the range of scores by a little.
SCORE_SLACK = 0.01
# More than this share of all rows of an answer is no accident.
MANY_ROWS = 0.02
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
        flaws: Counts the detections that cannot be right.
    """

    classes: int
    size: tuple[int, int]
    outputs: tuple[Output, ...]
    first_label: int | None = None
    nms_iou: float | None = None
    normalised: bool | None = None
    peaks: Peaks = Peaks()
    flaws: Flaws = field(default_factory=Flaws, compare=False)

    @property
    def declared(self) -> str:
        """Its outputs, for messages."""
        return ", ".join(f"{o.name} {list(o.shape)}" for o in self.outputs)[:90]

    @property
    def sides(self) -> NDArray[np.float32]:
        """(4,) width, height, width, height: what normalised boxes are multiplied by."""
        height, width = self.size
        return np.array([width, height, width, height], np.float32)

    def sound(
        self,
        boxes: NDArray[np.float32],
        scores: NDArray[np.float32],
        labels: NDArray[Any] | None = None,
        *,
        normalised: bool = False,
    ) -> NDArray[np.bool_]:
        """(N,) which detections can be right: see `Flaws.sound`."""
        return self.flaws.sound(boxes, scores, self.size, labels, normalised=normalised)


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
    ask: Callable[[], Iterable[list[NDArray[Any]]]],
    file: File,
) -> Layout:
    """The one layout that a file has.

    Args:
        layouts: Those that its metadata allow; the first is what such a file usually has.
        declared: The shape of its first output.
        name: The file's name, for messages.
        ask: Gives its answers about a few tiles. It is called unless the shape is that of the first layout alone.
        file: What is known of it.

    Raises:
        ModelError: None fits, or several do.
    """
    left = [layout for layout in layouts if layout.fits(declared)]
    if left == list(layouts[:1]):
        return left[0]
    why = ""
    for answer in ask() if left else ():
        fits, flawless = [], []
        for layout in left:
            file.flaws.forget()
            try:
                layout.read(answer, file.size, SCORE_FLOOR)
            except ModelError as error:
                why = why or f" ({error})"
                continue
            seen, left_out = file.flaws.forget()
            # A layout of whose few boxes each cannot be right is none.
            fits += [layout] if not left_out or 2 * left_out < seen else []
            flawless += [] if left_out else [layout]
        left = flawless or fits
    file.flaws.forget()
    if len(left) == 1:
        return left[0]
    if left:
        raise ModelError(
            f"{name}: its answers may be {' or '.join(layout.said for layout in left)}, and its metadata do not say "
            "which; export it anew with a current Ultralytics"
        )
    expected, shape = " or ".join(layout.said for layout in layouts), str(list(declared))[:60]
    raise ModelError(f"{name}: output of shape {shape} with {file.classes} classes; expected {expected}{why[:100]}")


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
    kept = np.flatnonzero(not_below(scores, floor))
    kept = kept[file.sound(boxes[kept], scores[kept])]
    kept = kept[np.argsort(-scores[kept], kind="stable")][:MOST_ANCHORS]
    boxes, scores, labels = boxes[kept], scores[kept], labels[kept]
    chosen = suppress(boxes, labels, NMS_IOU if file.nms_iou is None else file.nms_iou)
    if real is not None:
        chosen = chosen[real(kept[chosen])]
    found = Detections.of(boxes[chosen], scores[chosen], labels[chosen], tile)
    return clipped(found, tile_size, file.classes, floor)


def scores_of_rows(answer: list[NDArray[Any]]) -> list[NDArray[np.floating]]:
    """The scores (K,) of each tile, of (B, K, 5 or more) rows that have them in the fifth column."""
    return list(answer[0][:, :, 4])


def not_below(scores: NDArray[np.float32], floor: float) -> NDArray[np.bool_]:
    """Which scores are not below `floor`, and which are no numbers: these are counted among `Flaws`."""
    above: NDArray[np.bool_] = ~(scores < floor)
    return above


def labels_of(
    numbers: NDArray[Any], scores: NDArray[np.float32], file: File, floor: float, first: int = 0
) -> NDArray[np.int64]:
    """Labels from 0 of the numbers of classes in an answer, -1 for what is no finite number.

    numbers: (N,), ints or whole floats. scores: (N,). Rows with a score below `floor` may have any. first: the number
    of the first class, where the card does not say it.

    Raises ModelError for a number without a class: the names are those of other classes.
    """
    first = first if file.first_label is None else file.first_label
    finite = np.isfinite(numbers)
    numbers = np.where(finite, numbers, first)
    labels = np.round(numbers)
    # Exactly: in an answer with its axes exchanged, a low score of another class stands there.
    wrong = (labels != numbers) | (labels < first) | (labels >= first + file.classes)
    wrong &= scores >= floor
    if wrong.any():
        raise ModelError(
            f"the model answered with class number {numbers[wrong.argmax()]:g}; expected {first} to "
            f"{first + file.classes - 1}"
        )
    found: NDArray[np.int64] = np.where(scores >= floor, labels - first, 0).astype(np.int64)
    return np.where(finite, found, -1)


def check_scores(scores: NDArray[np.float32]) -> None:
    """scores: of all rows; what is no finite number is counted later. Raises ModelError if they are not from 0 to 1."""
    scores = scores if np.isfinite(scores.sum()) else scores[np.isfinite(scores)]
    if not scores.size:
        return
    lowest, highest = scores.min(), scores.max()
    if lowest < -SCORE_SLACK or highest > 1 + SCORE_SLACK:
        raise ModelError(f"the model answered with scores from {lowest:g} to {highest:g}; expected 0 to 1")


def check_pixels(boxes: NDArray[np.float32]) -> None:
    """boxes: (..., 4), of all rows, also of those with low scores. Raises ModelError if most are from 0 to 1."""
    most = boxes.max(axis=-1, initial=0).ravel()
    used = most[most > 0]
    if len(used) > 1 and (used <= NORMALISED).mean() > 0.5:
        shown = used[used <= NORMALISED].max()
        raise ModelError(f"the model answered with boxes up to {shown:g}, from 0 to 1 of the tile; expected px")


def check_normalised(boxes: NDArray[np.float32]) -> None:
    """boxes: (..., 4), of all rows. Raises ModelError if many are not from 0 to 1."""
    most = np.abs(boxes).max(axis=-1, initial=0).ravel()
    beyond = most[most > NORMALISED]
    if len(beyond) > 1 and len(beyond) > MANY_ROWS * len(most):
        raise ModelError(f"the model answered with boxes up to {beyond.max():g}; expected numbers from 0 to 1")


def corners(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, 4) centre and size to (N, 4) xyxy."""
    centre, half = boxes[:, :2], boxes[:, 2:] / 2
    return np.concatenate([centre - half, centre + half], axis=1)

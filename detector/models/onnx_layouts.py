"""The layouts of the answers of other tools' ONNX files: which one a file has, and how each is read.

A file's layout follows from its metadata and its declared shapes. Where these leave a doubt, the file is asked about a
few tiles, and the one layout that all its answers fit is taken. Every answer is checked as it is read: an answer that
does not fit is an error and never a count.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import ModelError
from detector.models.floor import SCORE_FLOOR
from detector.models.onnx_answers import MAX_RAW_BOXES, Read, best_of_tiles, clipped, floats, suppress

# Half precision and 8 bit may leave the range of scores by a little.
_SCORE_SLACK = 0.01
# Boxes of normalised coordinates do not go beyond this, boxes in px do.
NORMALISED = 1.5
# How far beyond the tile and its neighbours a box may reach, px: YOLO's largest anchors are no wider than twice this.
_REACH = 2048.0


@dataclass(frozen=True)
class Layout:
    """One way to write detections.

    Args:
        said: Its shape, for messages.
        shape: The lengths of (batch, rows, columns); None for any.
        read: Reads an answer. Raises ModelError for one that does not fit.
        capped: Whether a row is a detection, so that a tile has at most as many as there are rows.
    """

    said: str
    shape: tuple[int | None, int | None, int | None]
    read: Read
    capped: bool = False

    def fits(self, shape: Sequence[Any]) -> bool:
        """Whether a declared shape allows this layout. What is not a number may be any length; [] is any shape."""
        if not shape:
            return True
        pairs = zip(shape, self.shape, strict=False)
        return len(shape) == 3 and all(not isinstance(a, int) or b is None or a == b for a, b in pairs)


def final(classes: int, size: tuple[int, int]) -> Layout:
    """(B, K, 6): x1, y1, x2, y2 in px, score and label of each detection, without duplicates; unused rows are 0.

    classes: how many. size: the (height, width) of what the model gets, px.
    """

    def read(answer: list[NDArray[Any]], tile_size: tuple[int, int], floor: float) -> Detections:
        rows = _rows(answer, layout)
        tiles = np.repeat(np.arange(len(rows)), rows.shape[1])
        rows = rows.reshape(-1, 6)
        _check_scores(rows[:, 4])
        _check_pixels(rows[:, :4])
        kept = rows[:, 4] >= floor
        rows, tiles = rows[kept], tiles[kept]
        labels = rows[:, 5].round()
        with np.errstate(invalid="ignore"):  # infinity less infinity
            wrong = ~(np.abs(labels - rows[:, 5]) <= _SCORE_SLACK) | (labels < 0) | (labels >= classes)
        if wrong.any():
            raise ModelError(
                f"the model answered with class number {rows[wrong.argmax(), 5]:g}; expected 0 to {classes - 1}"
            )
        check_boxes(rows[:, :4], size)
        found = Detections.of(rows[:, :4], rows[:, 4], labels, tiles)
        return clipped(best_of_tiles(found), tile_size, classes, floor)

    layout = Layout("(batch, K, 6) after suppression", (None, None, 6), read, capped=True)
    return layout


def raw(
    classes: int, size: tuple[int, int], limit: float, *, objectness: bool = False, multiplied: bool = True
) -> Layout:
    """The answers of every anchor: (B, 4 + C, A), or (B, A, 5 + C) with an objectness. Boxes are centre and size in px.

    Args:
        classes: How many.
        size: The (height, width) of what the model gets, px.
        limit: The largest IoU of two detections of a class.
        objectness: Whether there is one.
        multiplied: Whether the score of a class is still to be multiplied by it.
    """
    channels = 4 + objectness + classes

    def read(answer: list[NDArray[Any]], tile_size: tuple[int, int], floor: float) -> Detections:
        rows = _rows(answer, layout)
        rows = rows if objectness else rows.transpose(0, 2, 1)
        _check_scores(rows[:, :, 4:])
        _check_pixels(rows[:, :, :4])
        scores = rows[:, :, 4 + objectness :]
        if objectness and multiplied:
            scores = scores * rows[:, :, 4:5]
        best = scores.max(axis=2)
        parts = []
        for tile in range(len(rows)):
            kept = np.flatnonzero(best[tile] >= floor)
            kept = kept[np.argsort(-best[tile, kept], kind="stable")][:MAX_RAW_BOXES]
            boxes = corners(rows[tile, kept, :4])
            check_boxes(boxes, size)
            labels = scores[tile, kept].argmax(axis=1)
            chosen = suppress(boxes, labels, limit)
            found = Detections.of(boxes[chosen], best[tile, kept][chosen], labels[chosen], tile)
            parts.append(clipped(found, tile_size, classes, floor))
        return Detections.concatenate(parts)

    if objectness:
        layout = Layout(f"(batch, N, {channels})", (None, None, channels), read)
    else:
        layout = Layout(f"(batch, {channels}, N)", (None, channels, None), read)
    return layout


def queries(classes: int, size: tuple[int, int]) -> Layout:
    """(B, N, 4 + C), as RT-DETR has it: centre and size from 0 to 1 of the input, then scores; there are no duplicates.

    classes: how many. size: the (height, width) of what the model gets, px.
    """
    height, width = size
    scale = np.array([width, height, width, height], np.float32)

    def read(answer: list[NDArray[Any]], tile_size: tuple[int, int], floor: float) -> Detections:
        rows = _rows(answer, layout)
        tiles = np.repeat(np.arange(len(rows)), rows.shape[1])
        rows = rows.reshape(-1, rows.shape[2])
        _check_scores(rows[:, 4:])
        most = np.abs(rows[:, :4]).max(initial=0)
        if not 0 < most <= NORMALISED:
            raise ModelError(f"the model answered with boxes up to {most:g}; expected numbers from 0 to 1")
        best = rows[:, 4:].max(axis=1)
        kept = best >= floor
        boxes = corners(rows[kept, :4] * scale)
        check_boxes(boxes, size)
        found = Detections.of(boxes, best[kept], rows[kept, 4:].argmax(axis=1), tiles[kept])
        return clipped(best_of_tiles(found), tile_size, classes, floor)

    layout = Layout(f"(batch, N, {4 + classes}) of RT-DETR", (None, None, 4 + classes), read)
    return layout


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


def _rows(answer: list[NDArray[Any]], layout: Layout) -> NDArray[np.float32]:
    """The first output, of the layout's shape."""
    rows = floats(answer[0], "boxes")
    if rows.ndim != 3 or not layout.fits(rows.shape):
        raise ModelError(f"the model answered {rows.shape}; expected {layout.said}")
    return rows


def _check_scores(scores: NDArray[np.float32]) -> None:
    if not scores.size:
        return
    lowest, highest = scores.min(), scores.max()  # NaN, if there is one
    if not (np.isfinite(lowest) and np.isfinite(highest)):
        raise ModelError("the model answered with scores that are no finite numbers; expected 0 to 1")
    if lowest < -_SCORE_SLACK or highest > 1 + _SCORE_SLACK:
        raise ModelError(f"the model answered with scores from {lowest:g} to {highest:g}; expected 0 to 1")


def _check_pixels(boxes: NDArray[np.float32]) -> None:
    """boxes: (..., 4), of all rows, also of those with low scores."""
    most, least = boxes.max(initial=0), boxes.min(initial=0)  # NaN, if there is one
    if not (np.isfinite(most) and np.isfinite(least)):
        raise ModelError("the model answered with boxes that are no finite numbers; expected px")
    if 0 < most <= NORMALISED:
        raise ModelError(f"the model answered with boxes up to {most:g}, from 0 to 1 of the tile; expected px")


def check_boxes(boxes: NDArray[np.float32], size: tuple[int, int]) -> None:
    """boxes: (N, 4) xyxy in px, of detections. A little beyond the tile is usual; far from it is another layout."""
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

"""The layouts of one answer for each cell of grids: YOLOX and NanoDet.

YOLOX (https://github.com/Megvii-BaseDetection/YOLOX, `yolo_head.py` and `demo_postprocess`): the centre counts from the
cell's corner in cells, width and height are logarithms in cells; a file exported with its decoding inside has px.
NanoDet (https://github.com/RangiLyu/nanodet, `nanodet_plus_head.py`): distances to the four sides in cells, each as the
mean of a distribution over whole numbers.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import ModelError
from detector.models.layouts.layout import (
    MANY_ROWS,
    File,
    Layout,
    Output,
    best_apart,
    check_pixels,
    check_scores,
    corners,
    not_below,
    rows_of,
)
from detector.models.onnx_answers import floats

_YOLOX_STRIDES = ((8, 16, 32), (8, 16, 32, 64))
_NANODET_STRIDES = ((8, 16, 32, 64), (8, 16, 32))
_NANODET_IOU = 0.6
# exp of it is wider than any tile.
_LARGEST_LOG = 12.0


def yolox(file: File, *, decoded: bool = False) -> Layout:
    """(B, N, 5 + C): centre, size, objectness, scores. Each score is still to be multiplied by the objectness."""
    grids = [_cells(file.size, strides) for strides in _YOLOX_STRIDES]

    def read(answer: list[NDArray[Any]], tile_size: tuple[float, float], floor: float) -> Detections:
        rows = rows_of(answer, layout)
        cells = next((cells for cells in grids if len(cells) == rows.shape[1]), None)
        if cells is None:
            raise ModelError(
                f"the model answered {rows.shape}; expected {layout.said} with {len(grids[0])} or {len(grids[1])} rows"
            )
        check_scores(rows[:, :, 4:])
        centres, sizes = rows[:, :, :2], rows[:, :, 2:4]
        if decoded:
            check_pixels(rows[:, :, :4])
        else:
            large = sizes.max(axis=2, initial=0) > _LARGEST_LOG
            if large.sum() > 1 and large.mean() > MANY_ROWS:
                raise ModelError(
                    f"the model answered with logarithms of sizes up to {sizes.max():g}; a file with boxes in px has "
                    'the layout "yolox-decoded"'
                )
            centres = (centres + cells[:, :2]) * cells[:, 2:]
            sizes = np.exp(sizes.clip(max=_LARGEST_LOG)) * cells[:, 2:]
        # The centre of each answer lies near its cell; other orders of the rows are another layout.
        away = np.abs(centres / cells[:, 2:] - cells[:, :2] - 0.5)
        if np.nanmedian(away) > len(_YOLOX_STRIDES[0]):
            raise ModelError("the model's boxes are not in the order of YOLOX's cells; expected px: \"yolox-decoded\"")
        boxes = np.concatenate([centres, sizes], axis=2)
        scores = rows[:, :, 5:] * rows[:, :, 4:5]
        parts = [
            best_apart(corners(b), s.max(axis=1), s.argmax(axis=1), file, tile, tile_size, floor)
            for tile, (b, s) in enumerate(zip(boxes, scores, strict=True))
        ]
        return Detections.concatenate(parts)

    layout = Layout(f"(batch, N, {5 + file.classes})", (None, None, 5 + file.classes), read)
    return _fitting(file, layout)


def yolox_decoded(file: File) -> Layout:
    """`yolox` in px, as a file with its decoding inside has it."""
    return yolox(file, decoded=True)


def nanodet(file: File, *, middle: float = 0.0) -> Layout:
    """(B, N, C + 4 (R + 1)): scores, four distributions of a distance. middle: of a cell, in cells from its corner."""
    grids = [_cells(file.size, strides, upwards=True) for strides in _NANODET_STRIDES]

    def read(answer: list[NDArray[Any]], tile_size: tuple[float, float], floor: float) -> Detections:
        rows = rows_of(answer, layout)
        cells = next((cells for cells in grids if len(cells) == rows.shape[1]), None)
        bins, rest = divmod(rows.shape[2] - file.classes, 4)
        if cells is None or rest or bins < 2:
            raise ModelError(
                f"the model answered {rows.shape}; expected {layout.said} with {len(grids[0])} or {len(grids[1])} rows"
            )
        scores = rows[:, :, : file.classes]
        check_scores(scores)
        parts = []
        for tile, (tile_scores, tile_rows) in enumerate(zip(scores, rows, strict=True)):
            # As NanoDet itself: one cell may have several classes.
            cell, label = np.nonzero(not_below(tile_scores, floor))
            shares = tile_rows[cell, file.classes :].reshape(-1, 4, bins)
            shares = np.exp(shares - shares.max(axis=2, keepdims=True))
            shares /= shares.sum(axis=2, keepdims=True)
            sides = (shares @ np.arange(bins, dtype=np.float32)) * cells[cell, 2:]
            points = (cells[cell, :2] + middle) * cells[cell, 2:]
            boxes = np.concatenate([points - sides[:, :2], points + sides[:, 2:]], axis=1)
            # NanoDet cuts boxes at the input's edges before it looks for duplicates.
            boxes = np.clip(boxes, 0, file.sides).astype(np.float32)
            parts.append(best_apart(boxes, tile_scores[cell, label], label, limited, tile, tile_size, floor))
        return Detections.concatenate(parts)

    limited = replace(file, nms_iou=_NANODET_IOU if file.nms_iou is None else file.nms_iou)
    layout = Layout(f"(batch, N, {file.classes} + 4 x bins)", (None, None, None), read)
    return _fitting(file, layout)


def nanodet_middle(file: File) -> Layout:
    """`nanodet` before NanoDet-Plus: distances count from the middle of the cell."""
    return nanodet(file, middle=0.5)


def nanodet_strides(file: File) -> Layout:
    """`nanodet_middle` in two outputs for each stride: scores (n, C) and distances (n, 4 (R + 1)) of its n cells; maybe
    with an axis of one tile before.
    """
    outputs = _by_stride(file)
    joined = Output("output", (None, None, None), "tensor(float)")
    whole = nanodet_middle(replace(file, outputs=(joined,)))

    def read(answer: list[NDArray[Any]], tile_size: tuple[float, float], floor: float) -> Detections:
        strides = []
        for pair in outputs:
            scores, sides = (floats(answer[place], "scores and distances") for place in pair)
            if scores.shape[:-1] != sides.shape[:-1] or scores.shape[:-2] not in ((), (1,)):
                raise ModelError(f"the model answered {scores.shape} and {sides.shape}; expected {layout.said}")
            strides.append(np.concatenate([scores, sides], axis=-1).reshape(1, -1, scores.shape[-1] + sides.shape[-1]))
        if len({stride.shape[2] for stride in strides}) > 1:
            raise ModelError(f"the model answered {[one.shape for one in strides]}; expected {layout.said}")
        return whole.read([np.concatenate(strides, axis=1)], tile_size, floor)

    layout = Layout(
        f"scores (n, {file.classes}) and distances of each stride", (None, None, None), read, one_by_one=True
    )
    return layout


def _by_stride(file: File) -> list[tuple[int, int]]:
    """The indices of the scores and the distances of each stride, by the cells of the stride."""
    found = []
    for stride in _NANODET_STRIDES[-1]:
        cells = len(_cells(file.size, (stride,), upwards=True))
        own = [i for i, o in enumerate(file.outputs) if o.is_float and o.length(-2) == cells]
        scores = [i for i in own if file.outputs[i].length(-1) == file.classes]
        sides = [i for i in own if i not in scores]
        if len(scores) != 1 or len(sides) != 1:
            raise ModelError(
                f"the file's outputs are {file.declared}; expected {file.classes} scores and the distances of each of "
                f"{cells} cells"
            )
        found.append((scores[0], sides[0]))
    if len(found) * 2 != len(file.outputs):
        raise ModelError(f"the file's outputs are {file.declared}; expected two for each of {len(found)} strides")
    return found


def _cells(size: tuple[int, int], strides: tuple[int, ...], *, upwards: bool = False) -> NDArray[np.float32]:
    """(N, 3) column, row and stride of each cell, row by row and grid by grid. upwards: sizes are rounded up."""
    parts = []
    for stride in strides:
        rows, columns = (-(-side // stride) if upwards else side // stride for side in size)
        y, x = np.mgrid[:rows, :columns]
        parts.append(np.stack([x.ravel(), y.ravel(), np.full(x.size, stride)], axis=1))
    return np.concatenate(parts).astype(np.float32)


def _fitting(file: File, layout: Layout) -> Layout:
    if not layout.fits(file.outputs[0].shape):
        raise ModelError(f"the file's outputs are {file.declared}; expected {layout.said}")
    return layout

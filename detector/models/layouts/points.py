"""The layouts of points: maps whose peaks are the animals.

HerdNet (https://github.com/Alexandre-Delplanque/HerdNet, `lmds.py`) answers with a heatmap of half the size of the tile
and with a coarser map of logits of the classes, the first of which is no animal. OWL (MegaDetector-Overhead) answers
with the heatmap alone. A peak is a cell that no cell of the square around it exceeds (LMDS, *local maxima
detection strategy*). Its place is the middle of the cell, its score the height of the peak.

Cells of one height beside each other are one animal, at their middle. LMDS itself counts each of them; in half
precision, many an animal would be several.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections, squares
from detector.errors import ModelError
from detector.models.layouts.layout import File, Layout, Output, check_scores
from detector.models.onnx_answers import Read, best_of_tiles, floats
from geo.components import components

# A tile whose highest peak is lower has no animal, says LMDS.
_LEAST_PEAK = 0.1
# A peak that is wider than this share of a map is no point.
_WIDEST = 0.25


def herdnet(file: File) -> Layout:
    """Heatmap (B, 1, H / s, W / s) and class map (B, 1 + C, h, w) of logits, in any order."""
    maps = [i for i, o in enumerate(file.outputs) if _is_map(o)]
    channels = {1, file.classes + 1}
    declared = [length for i in maps if (length := file.outputs[i].length(1)) is not None]
    if len(maps) != 2 or not set(declared) <= channels or len(set(declared)) < len(declared):
        raise ModelError(
            f"the file's outputs are {file.declared}; expected a heatmap (batch, 1, height, width) and a class map "
            f"(batch, {file.classes + 1}, height, width), no animal first"
        )

    def read(answer: list[NDArray[Any]], tile_size: tuple[float, float], floor: float) -> Detections:
        heat, of_classes = sorted((answer[i] for i in maps), key=lambda found: found.shape[1:2] != (1,))
        heatmap, logits = _map(heat, 1, file), floats(of_classes, "a class map")
        if logits.ndim != 4 or logits.shape[:2] != (len(heatmap), file.classes + 1):
            raise ModelError(
                f"the model answered a class map {logits.shape}; expected {len(heatmap)} tiles of {file.classes} "
                "classes and none"
            )
        coarser = [round(fine / coarse) for fine, coarse in zip(heatmap.shape[2:], logits.shape[2:], strict=True)]
        if min(coarser) < 1 or coarser[0] != coarser[1]:
            raise ModelError(f"the model answered maps {heatmap.shape} and {logits.shape}, which are not of one tile")
        of_animals = np.where(np.isfinite(logits).all(axis=1), logits[:, 1:].argmax(axis=1), -1)

        def label(tile: int, cells: NDArray[np.int64]) -> NDArray[np.int64]:
            row, column = np.minimum(cells // coarser[0], np.array(logits.shape[2:]) - 1).T
            found: NDArray[np.int64] = of_animals[tile, row, column]
            return found

        parts = [_points(heatmap[tile, 0], tile, file, tile_size, floor, label) for tile in range(len(heatmap))]
        return best_of_tiles(Detections.concatenate(parts))

    return _of_maps(f"a heatmap (batch, 1, h, w) and classes (batch, {file.classes + 1}, h, w)", read)


def heatmap(file: File) -> Layout:
    """Maps (B, C, H / s, W / s), one for each class."""
    maps = [i for i, o in enumerate(file.outputs) if _is_map(o)]
    if len(maps) != 1 or file.outputs[maps[0]].length(1) not in (file.classes, None):
        raise ModelError(
            f"the file's outputs are {file.declared}; expected one of heatmaps (batch, {file.classes}, height, width)"
        )

    def read(answer: list[NDArray[Any]], tile_size: tuple[float, float], floor: float) -> Detections:
        every = _map(answer[maps[0]], file.classes, file)
        parts = []
        for tile, of_classes in enumerate(every):
            for number, one in enumerate(of_classes):

                def label(tile: int, cells: NDArray[np.int64], number: int = number) -> NDArray[np.int64]:
                    return np.full(len(cells), number)

                parts.append(_points(one, tile, file, tile_size, floor, label))
        return best_of_tiles(Detections.concatenate(parts))

    return _of_maps(f"heatmaps (batch, {file.classes}, h, w)", read)


def _of_maps(said: str, read: Read) -> Layout:
    return Layout(said, (None, None, None), read)


def _is_map(output: Output) -> bool:
    return output.is_float and len(output.shape) in (0, 4)


def _map(answer: NDArray[Any], channels: int, file: File) -> NDArray[np.float32]:
    """A heatmap (B, channels, h, w) with scores from 0 to 1."""
    found = floats(answer, "a heatmap")
    if found.ndim != 4 or found.shape[1] != channels or 0 in found.shape:
        raise ModelError(f"the model answered a heatmap {found.shape}; expected (batch, {channels}, height, width)")
    if file.peaks.logits:
        found = 1 / (1 + np.exp(-found.clip(-80, 80)))
    try:
        check_scores(found)
    except ModelError as error:
        raise ModelError(f"{error}; if the heatmap has logits, set logits = true in its card") from error
    _stride(found.shape[2:], file.size)
    return found


def _stride(cells: tuple[int, ...], size: tuple[int, int]) -> int:
    """How many px of the input, along x and along y, are a cell of a map. Raises ModelError if that is no number."""
    stride = round(size[0] / cells[0])
    fits = stride >= 1 and all(n in (side // stride, -(-side // stride)) for n, side in zip(cells, size, strict=True))
    if not fits:
        raise ModelError(
            f"the model answered a heatmap of {cells[1]} x {cells[0]} cells for {size[1]} x {size[0]} px; expected a "
            "whole number of px a cell"
        )
    return stride


def _points(
    scores: NDArray[np.float32], tile: int, file: File, tile_size: tuple[float, float], floor: float, label: Any
) -> Detections:
    """The points in one map (h, w). label: from a tile and cells (N, 2), row and column, to labels (N,), or -1."""
    lost = ~np.isfinite(scores)
    scores = np.where(lost, 0, scores)
    best = scores.max()
    least = max(floor, file.peaks.share * best)
    if best < max(_LEAST_PEAK, least):
        _count(file, int(lost.sum()), int(lost.sum()))
        return Detections.empty()
    is_peak = (scores >= least) & (scores == _highest_around(scores, file.peaks.window))
    cells = np.argwhere(is_peak)
    point = _joined(is_peak, cells, file.peaks.window)
    first, inverse, count = np.unique(point, return_index=True, return_inverse=True, return_counts=True)[1:]
    if count.max() > _WIDEST * scores.size:
        raise ModelError(f"the model answered a heatmap with {best:g} in {count.max()} cells; expected points")
    middle = np.stack([np.bincount(inverse, cells[:, axis] + 0.5) / count for axis in (1, 0)], axis=1)
    height, width = tile_size
    stride = _stride(scores.shape, file.size)
    centres = middle * stride
    # Beside a smaller tile is black; a cell that its edge divides still belongs to it.
    inside = (centres - stride / 2 < [width, height]).all(axis=1)
    first, centres = first[inside], np.minimum(centres[inside], np.array([width, height]) - 0.5)
    labels = label(tile, cells[first])
    sound = labels >= 0
    _count(file, int(lost.sum()) + len(labels), int(lost.sum() + (~sound).sum()))
    boxes = squares(centres[sound], (width, height), file.peaks.point_size)
    peaks = cells[first[sound]]
    return Detections.of(boxes, scores[peaks[:, 0], peaks[:, 1]].clip(0, 1), labels[sound], tile)


def _count(file: File, seen: int, wrong: int) -> None:
    """Count points, and those that are left out since their cell is no finite number."""
    file.flaws.count(seen, {"cells of a map that are no finite numbers; expected 0 to 1": wrong})


def _highest_around(scores: NDArray[np.float32], window: int) -> NDArray[np.float32]:
    """(h, w): the highest score in the square of `window` cells around each cell."""
    for axis in (0, 1):
        beyond = [(window // 2, window // 2) if axis == side else (0, 0) for side in (0, 1)]
        padded = np.pad(scores, beyond, constant_values=-np.inf)
        scores = np.lib.stride_tricks.sliding_window_view(padded, window, axis=axis).max(axis=-1)
    return scores


def _joined(is_peak: NDArray[np.bool_], cells: NDArray[np.int64], window: int) -> NDArray[np.int64]:
    """(N,) the point of each cell (N, 2) that is a peak. Peaks in each other's square have one height: one point."""
    number = np.full(is_peak.shape, -1, np.int64)
    number[cells[:, 0], cells[:, 1]] = np.arange(len(cells))
    first, second = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    reach = window // 2
    for down in range(reach + 1):
        for across in range(-reach if down else 1, reach + 1):
            row, column = cells[:, 0] + down, cells[:, 1] + across
            there = np.flatnonzero((row < is_peak.shape[0]) & (column >= 0) & (column < is_peak.shape[1]))
            other = number[row[there], column[there]]
            first.append(there[other >= 0])
            second.append(other[other >= 0])
    return components(len(cells), np.concatenate(first), np.concatenate(second))

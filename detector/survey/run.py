"""The run of a survey: every unit that has no part yet is read, shown to the model, and recorded."""

import time
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from detector import infer, parts
from detector.detections import Detections
from detector.gate import Gate
from detector.infer import Unit
from detector.models import Model, TileClassifier
from detector.progress import Progress, Watcher
from detector.survey.plan import Plan, reason
from geo import raster

# Decoding threads. A model on the CPU needs the cores itself; one on a GPU needs all the pixels it can get.
CPU_READERS = 2
GPU_READERS = 8
# Calls of the model at a time, where it runs on several cores: each has its part of the batch, so that this costs no
# memory.
CALLS_AT_ONCE = 4
# A chip shows this much more than its animal is long.
CHIP_SCALE = 1.5
CHIP_MAX_PX = 128
CHIP_QUALITY = 80


def run(work: Plan, model: Model, watcher: Watcher, gate: TileClassifier | None = None) -> tuple[dict[int, str], bool]:
    """Run every unit that has no part yet. Returns (reason by index of the images that failed, whether cancelled).

    gate: the classifier of the plan's gate, where it has one.
    """
    journal = work.journal
    failures = {i: image.error for i, image in enumerate(work.images) if image.error is not None}
    for index, why in failures.items():
        watcher.image_failed(work.images[index].relative, why)
    pending = [[u for u in image.units if not journal.has(u.key)] for image in work.images]
    left = [len(units) for units in pending]
    tiles_done = work.tiles - sum(len(u.grid.tiles_of(u.block)) for units in pending for u in units)
    images_done = sum(1 for n in left if n == 0)
    watcher.planned(len(work.images), work.tiles, tiles_done)
    start = time.monotonic()
    tiles_now = detections = 0

    def open_image(index: int) -> raster.RasterReader:
        return raster.RasterReader(work.images[index].path)

    results = infer.detect(
        _groups(work, pending),
        open_image,
        model,
        gate=None if gate is None or work.gate is None else Gate(gate, work.gate.threshold),
        batch_size=work.settings.batch_size or model.info.batch_size or (16 if model.device != "cpu" else 4),
        readers=work.settings.readers or (CPU_READERS if model.device == "cpu" else GPU_READERS),
        chip=_chip_maker(work) if work.settings.chips else None,
        cancelled=watcher.cancelled,
    )
    for result in results:
        unit = result.unit
        if result.error is not None:
            if unit.image not in failures:
                image = work.images[unit.image]
                failures[unit.image] = reason(result.error, image.path)
                watcher.image_failed(image.relative, failures[unit.image])
        else:
            journal.write(unit.key, parts.of(result))
        tiles_now += result.tiles
        detections += int((result.detections.scores >= work.thresholds[result.detections.labels]).sum())
        left[unit.image] -= 1
        images_done += left[unit.image] == 0
        rate = tiles_now / max(time.monotonic() - start, 1e-9)
        remaining = work.tiles - tiles_done - tiles_now
        watcher.progress(Progress(tiles_done + tiles_now, images_done, detections, rate, remaining / rate))
    return failures, any(left)


def _groups(work: Plan, pending: list[list[Unit]]) -> Iterator[Sequence[Unit]]:
    """Units that one open handle reads in order: all of an image that is decoded from the top, else each alone."""
    for image, units in zip(work.images, pending, strict=True):
        if not units:
            continue
        if image.info is not None and image.info.sequential:
            yield units
        else:
            yield from ([unit] for unit in units)


def _chip_maker(work: Plan) -> infer.ChipMaker:
    def make(pixels: NDArray[np.uint8], detections: Detections) -> list[bytes | None]:
        """JPEGs of the boxes with a margin. A box that its tile cut gets none where another tile sees it whole."""
        boxes = detections.boxes
        longest = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0)
        wanted = detections.scores >= work.thresholds[detections.labels]
        wanted &= (detections.edges == 0) | (2 * longest > work.overlap)
        chosen = np.flatnonzero(wanted)
        centres = (boxes[:, :2] + boxes[:, 2:]) / 2
        crops = [_crop(pixels, centres[i], CHIP_SCALE * longest[i]) for i in chosen]
        chips: list[bytes | None] = [None] * len(detections)
        for i, chip in zip(chosen.tolist(), raster.encode_jpegs(crops, CHIP_QUALITY), strict=True):
            chips[i] = chip
        return chips

    return make


def _crop(pixels: NDArray[np.uint8], centre: NDArray[np.float32], extent: float) -> NDArray[np.uint8]:
    """A square of about `extent` px around a place of a block, its side a multiple of 16 px, at most CHIP_MAX_PX.

    Larger extents are thinned out. At the block's edge the square moves inward; in a block that is too small it is cut.
    """
    step = max(1, int(np.ceil(extent / CHIP_MAX_PX)))
    side = min(CHIP_MAX_PX, 16 * int(np.ceil(extent / step / 16))) * step
    height, width = pixels.shape[:2]
    x = int(np.clip(centre[0] - side / 2, 0, max(0, width - side)))
    y = int(np.clip(centre[1] - side / 2, 0, max(0, height - side)))
    return pixels[y : y + side : step, x : x + side : step]

"""The run of a survey: every unit that has no part yet is read, shown to the model, and recorded."""

import time
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from detector import infer, parts
from detector.infer import Unit
from detector.models import Model
from detector.progress import Progress, Watcher
from detector.survey.plan import Plan
from geo import raster

# Raw boxes get a chip from this share of the model's threshold on: it may be lowered later, without inference.
CHIP_SCORE_SHARE = 0.5
CHIP_MARGIN_SHARE = 0.25
CHIP_MAX_PX = 128
CHIP_QUALITY = 80


def run(work: Plan, model: Model, watcher: Watcher) -> tuple[dict[int, str], bool]:
    """Run every unit that has no part yet. Returns (reason by index of the images that failed, whether cancelled)."""
    journal = work.journal
    failures = {i: image.error for i, image in enumerate(work.images) if image.error is not None}
    for index, reason in failures.items():
        watcher.image_failed(work.images[index].relative, reason)
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
        batch_size=work.settings.batch_size or model.info.batch_size or (16 if model.device != "cpu" else 4),
        readers=work.settings.readers,
        chip=_chip_maker(work) if work.settings.chips else None,
        cancelled=watcher.cancelled,
    )
    for result in results:
        unit = result.unit
        if result.error is not None:
            if unit.image not in failures:
                failures[unit.image] = result.error
                watcher.image_failed(work.images[unit.image].relative, result.error)
        else:
            journal.write(unit.key, parts.Part(result.detections, result.chips, result.tiles, result.skipped))
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
    thresholds = CHIP_SCORE_SHARE * work.thresholds

    def make(pixels: NDArray[np.uint8], box: NDArray[np.float32], label: int, score: float) -> bytes | None:
        """A JPEG of the box with a margin, from a block's pixels; box in px of the block."""
        if score < thresholds[label]:
            return None
        margin = CHIP_MARGIN_SHARE * max(box[2] - box[0], box[3] - box[1])
        x0, y0 = (max(0, int(v)) for v in box[:2] - margin)
        x1, y1 = (int(np.ceil(v)) for v in box[2:] + margin)
        crop = pixels[y0:y1, x0:x1]
        step = -(-max(crop.shape[:2]) // CHIP_MAX_PX)
        return raster.encode_jpeg(np.ascontiguousarray(crop[::step, ::step]), quality=CHIP_QUALITY)

    return make

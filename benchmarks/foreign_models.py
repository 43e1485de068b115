"""Models of the frameworks themselves through Herdmap, against the frameworks' own decoding, on real tiles.

Each framework builds a network with random weights, whose last layers are scaled so that it finds something, and
exports it to ONNX itself. Herdmap reads the file; the framework's own code decodes the answers of the same file. The
table says how many detections were compared, the largest differences, and how many only one has. The least score is
0.05 for both, and the IoU at which duplicates are removed is the same.

It needs the packages ultralytics, transformers, rfdetr, torchvision, onnxscript and onnxslim, in an environment of
their own. YOLOv5, YOLOv7, YOLOX, NanoDet, HerdNet and MegaDetector-Overhead are taken from their repositories: --source
is a folder with these. Cases whose framework is missing fail, and the others go on.

    python -m benchmarks.foreign_models PHOTOS [--source REPOSITORIES] [--only WORD] [--keep FOLDER]
"""

import argparse
import contextlib
import io
import os
import re
import tempfile
import time
import traceback
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.frameworks import herdnet, nanodet, rfdetr, torchvision, transformers, ultralytics, yolo_repositories
from benchmarks.frameworks.case import SCORE, Case
from detector import models
from detector.detections import Detections
from detector.models.agreement import Agreement, compare_boxes
from geo import raster

TILES = 20
_HEAD = "| exported by | detections | px | score | only in one | read as |\n|---|---|---|---|---|---|"


def real_tiles(photos: Path, size: tuple[int, int], number: int = TILES) -> NDArray[np.uint8]:
    """(number, H, W, 3) uint8 RGB, spread over the photos of a folder."""
    height, width = size
    paths = sorted(p for p in photos.iterdir() if p.suffix.lower() in (".jpg", ".jpeg", ".png", ".tif"))
    tiles: list[NDArray[np.uint8]] = []
    chance = np.random.default_rng(0)
    while len(tiles) < number:
        with raster.RasterReader(paths[len(tiles) % len(paths)]) as reader:
            x = int(chance.integers(0, max(1, reader.info.width - width + 1)))
            y = int(chance.integers(0, max(1, reader.info.height - height + 1)))
            tiles.append(reader.read(x, y, width, height)[0])
    return np.stack(tiles)


def compare(case: Case, photos: Path, folder: Path) -> tuple[Agreement, str]:
    """How well Herdmap and the framework agree, and how Herdmap reads the file."""
    tiles = real_tiles(photos, case.size)
    path = folder / "m.onnx"
    with contextlib.redirect_stdout(io.StringIO()):
        decode = case.make(path, tiles)
    model = models.load(path, "cpu", threads=1)
    given = []
    at_once = model.info.batch_size or 2
    for start in range(0, TILES, at_once):
        found = model.detect(tiles[start : start + at_once])
        given.append(Detections.of(found.boxes, found.scores, found.labels, found.tiles + start))
    wanted = []
    for number, tile in enumerate(tiles):
        own = decode(tile)
        boxes = np.clip(own.boxes, 0, [case.size[1], case.size[0]] * 2)
        kept = (own.scores >= SCORE) & (boxes[:, 0] < boxes[:, 2]) & (boxes[:, 1] < boxes[:, 3])
        wanted.append(Detections.of(boxes[kept], own.scores[kept], own.labels[kept], number))
    thresholds = np.full(len(model.info.classes), SCORE, np.float32)
    agreement = compare_boxes(
        Detections.concatenate(wanted), Detections.concatenate(given), TILES, thresholds, score_floor=SCORE
    )
    return agreement, model.about["layout"]


def every_case(source: Path | None) -> list[Case]:
    """The cases of all frameworks that are there."""
    found = [*torchvision.cases(), *rfdetr.cases(), *transformers.cases(), *ultralytics.cases()]
    if source is not None:
        found += [*yolo_repositories.cases(source), *nanodet.cases(source), *herdnet.cases(source)]
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--source", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("YOLO_OFFLINE", "True")
    print(_HEAD, flush=True)
    for case in every_case(options.source):
        if options.only not in case.name:
            continue
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as made:
            # Some repositories look for files by names in small letters, without quotes.
            named = re.sub("[^a-z0-9]+", "_", case.name.lower())
            folder = Path(made) if options.keep is None else options.keep / named
            folder.mkdir(parents=True, exist_ok=True)
            try:
                agreement, layout = compare(case, options.photos, folder)
            except Exception as error:
                print(f"| {case.name} | failed: {type(error).__name__} {str(error)[:200]!r} |", flush=True)
                if options.keep is not None:
                    (folder / "error.txt").write_text(traceback.format_exc(), encoding="utf-8")
                continue
        print(
            f"| {case.name} | {agreement.compared} | {agreement.box_px:.2g} | {agreement.score:.2g} | "
            f"{agreement.unmatched} | {layout} | {time.perf_counter() - began:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()

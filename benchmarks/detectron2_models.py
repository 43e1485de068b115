"""Detectron2's networks through Herdmap against Detectron2's own forward, an image at a time and in the same batch.

Random weights: what a network costs does not hang on what it knows. The proposals are those of the config, and the
detections of a tile are as many as it gives.

    python -m benchmarks.detectron2_models [--tiles 4] [--tile-size 800] [--batch 4] [--device cpu]
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from detector import models
from detector.models.detectron2.model import Detectron2Detector
from detector.models.quietly import quietly
from tests.detector.models.detectron2_models import CLASSES, tiles_of, write_model

FASTER_RCNN = """
_BASE_: "../COCO-Detection/faster_rcnn_R_50_FPN_1x.yaml"
MODEL: {WEIGHTS: "", ROI_HEADS: {NUM_CLASSES: 5}}
INPUT: {MIN_SIZE_TEST: 0}
"""
TRIDENTNET = """
MODEL:
  WEIGHTS: ""
  BACKBONE: {NAME: "build_trident_resnet_backbone"}
  ROI_HEADS: {NAME: "TridentRes5ROIHeads", NUM_CLASSES: 5}
  PROPOSAL_GENERATOR: {NAME: "TridentRPN"}
INPUT: {MIN_SIZE_TEST: 0}
"""


def seconds(call: Callable[[], object], device: str) -> float:
    """Of one call, once it is warm."""
    start = time.perf_counter()
    call()
    if device != "cpu":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--tiles", type=int, default=4)
    options.add_argument("--tile-size", type=int, default=800)
    options.add_argument("--batch", type=int, default=4)
    options.add_argument("--device", default="cpu")
    options.add_argument("--rounds", type=int, default=3)
    asked = options.parse_args()
    tiles = tiles_of(None, asked.tiles, asked.tile_size)
    card = f'framework = "detectron2"\nclasses = {list(CLASSES)}\ntile_size = {asked.tile_size}\n'
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, {asked.device}")
    print(
        "| network | Herdmap, tiles/s | own forward, same batch | own forward, an image at a time | Herdmap/own batch |"
    )
    print("|---|---|---|---|---|")
    cases = [("Faster R-CNN R50-FPN", FASTER_RCNN, ""), ("TridentNet R50-C4, middle", TRIDENTNET, "middle")]
    cases.append(("TridentNet R50-C4, all", TRIDENTNET, "all"))
    for name, config, branch in cases:
        with tempfile.TemporaryDirectory() as folder:
            more = f'branch = "{branch}"\n' if branch else ""
            detector = models.load(write_model(Path(folder), config, card + more), asked.device)
        assert isinstance(detector, Detectron2Detector)
        images = [{"image": torch.from_numpy(t[:, :, ::-1].copy()).permute(2, 0, 1).float()} for t in tiles]
        starts = range(0, len(tiles), asked.batch)

        def herdmap(model: Detectron2Detector = detector, starts: range = starts) -> None:
            for i in starts:
                model.detect(np.ascontiguousarray(tiles[i : i + asked.batch]))

        def own(batch: int, network: torch.nn.Module = detector.network, images: list[dict[str, Any]] = images) -> None:
            with torch.no_grad(), quietly():
                for i in range(0, len(images), batch):
                    network(images[i : i + batch])

        own(asked.batch)
        # In turns, so that what else the machine does falls on all alike.
        took = [
            (
                seconds(herdmap, asked.device),
                seconds(lambda: own(asked.batch), asked.device),
                seconds(lambda: own(1), asked.device),
            )
            for _ in range(asked.rounds)
        ]
        ours, batched, single = np.median(took, axis=0)
        n = len(tiles)
        print(f"| {name} | {n / ours:.3g} | {n / batched:.3g} | {n / single:.3g} | {batched / ours:.2f} |", flush=True)


if __name__ == "__main__":
    main()

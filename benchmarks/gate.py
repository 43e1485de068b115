"""A gate ahead of the detector, on a simulated survey of which 94 % of the tiles are empty.

A fastai classifier is taught on other simulated scenes, exported by `herdmap export-model`'s own code and put ahead of
the bundled detector: the same `detect` on the same photos with it and without, end to end, and the recall of both
against the truth. The bundled detector is tiny, a few hundredths of a second a tile. So the gate is measured too ahead
of a detector of the cost that surveys pay, torchvision's Faster R-CNN R50 FPN, on nine photos: its weights are random,
it finds nothing, and its time alone is meant.

Times are the processor's (all threads) beside the clock's, as a busy machine spoils only the latter.

    python benchmarks/gate.py [--photos 27] [--lessons 480] [--epochs 6] [--keep FOLDER] [--quick]
"""

import argparse
import shutil
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.report import Row, cpu_seconds, finish, load, machine, table
from detector import models, survey
from detector.evaluation import JudgedImage, judge
from detector.models.export import export_model
from detector.tiles import TileGrid
from geo import geopackage
from geo.simulation import SurveySettings, render_scene
from tests.tile_learner import holds, labelled_tiles, learner, teach

TILE, OVERLAP, RESIZE = 640, 112, 128
WIDTH_M, HEIGHT_M = 80, 60  # 3200 x 2400 px
# Animals stand together, on one photo of so many: 94 % of the tiles are empty.
ANIMALS, ONE_OF = 60, 9
CARD = f"""
framework = "fastai"
architecture = "resnet18"
classes = ["empty", "sheep"]
tile_size = {TILE}
overlap = {OVERLAP}
resize = {RESIZE}
resize_method = "squish"
"""
HEAVY = f"""
framework = "torchvision"
architecture = "fasterrcnn_resnet50_fpn"
classes = ["sheep"]
tile_size = {TILE}
overlap = {OVERLAP}
detections_per_tile = 1
score_threshold = 1.0
"""


def scene(seed: int, animals: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    settings = SurveySettings(seed=seed, width_m=WIDTH_M, height_m=HEIGHT_M, gsd_m=0.025, animals=animals, flocks=1)
    pixels, boxes, _ = render_scene(settings)
    return pixels, boxes


def taught(folder: Path, lessons: int, epochs: int) -> Path:
    """The gate as a portable file, taught on scenes that are not in the survey."""
    from torchvision.models import resnet18

    tiles: list[NDArray[np.uint8]] = []
    labels: list[str] = []
    for seed in range(100, 104):
        more, of = labelled_tiles(*scene(seed, 40), TILE, lessons // 4, seed)
        tiles += more
        labels += of
    made = learner(tiles, labels, folder, RESIZE, resnet18)
    teach(made, epochs, 3e-3)
    made.save("gate", with_opt=False)
    (folder / "gate.toml").write_text(CARD, encoding="utf-8")
    export_model(folder / "gate.pth", folder / "gate.onnx", lambda side: np.stack(tiles[:8]), say=print)
    return folder / "gate.onnx"


def threshold_of(gate: Path) -> float:
    """Below what the gate gives any tile with a sheep on two scenes that are neither lessons nor the survey: half."""
    model = models.load_classifier(gate, "cpu")
    least = 1.0
    for seed in (200, 201):
        tiles, labels = labelled_tiles(*scene(seed, 40), TILE, 60, seed)
        sheep = 1 - model.classify(np.stack(tiles))[:, 0]
        least = min(least, float(sheep[np.array(labels) == "sheep"].min()))
    return least / 2


@dataclass(frozen=True)
class Measured:
    clock_s: float
    processor_s: float
    outcome: survey.Outcome


def measured(photos: list[Path], output: Path, model: Path | None, gate: Path | None, threshold: float) -> Measured:
    """`detect` from nothing, its parts too."""
    shutil.rmtree(output.with_suffix(".herdmap"), ignore_errors=True)
    output.unlink(missing_ok=True)
    settings = survey.Settings(gate_threshold=threshold if gate else None, chips=False)
    clock, processor = time.perf_counter(), cpu_seconds()
    outcome = survey.detect(photos, output, model=model, gate=gate, settings=settings, device="cpu")
    return Measured(time.perf_counter() - clock, cpu_seconds() - processor, outcome)


def recall(output: Path, photos: list[Path], true: list[NDArray[np.float32]]) -> tuple[float, int]:
    """(share of the true animals that were found, how many there are)."""
    rows = geopackage.read_detections(output)
    names = np.array([Path(path).name for path in rows.image_paths()])
    images = []
    for photo, boxes in zip(photos, true, strict=True):
        of = rows.take(names == photo.name)
        images.append(JudgedImage(of.boxes_px, of.score, boxes))
    score = judge(images, threshold=0.0)
    return score.recall, score.found + score.missed


def saved(what: str, plain: Measured, gated: Measured, target: float | None) -> Row:
    ratio = plain.processor_s / gated.processor_s
    text = (
        f"{ratio:.1f}x ({plain.processor_s:.1f} against {gated.processor_s:.1f} s of the processor; by the clock "
        f"{plain.clock_s:.1f} against {gated.clock_s:.1f} s); "
        f"{gated.outcome.gated} of {gated.outcome.tiles} tiles skipped"
    )
    return Row(what, "" if target is None else f">= {target:g}x", text, None if target is None else ratio >= target)


def heavy(photos: list[Path], folder: Path, gate: Path, threshold: float) -> Row:
    """The same ahead of a detector of a usual size, without its accuracy: its weights are random."""
    import torch
    from torchvision.models.detection import fasterrcnn_resnet50_fpn

    torch.manual_seed(0)
    network = fasterrcnn_resnet50_fpn(weights=None, weights_backbone=None, num_classes=2)
    torch.save(network.state_dict(), folder / "r50.pth")
    (folder / "r50.toml").write_text(HEAVY, encoding="utf-8")
    plain = measured(photos, folder / "heavy.gpkg", folder / "r50.pth", None, threshold)
    gated = measured(photos, folder / "heavy.gpkg", folder / "r50.pth", gate, threshold)
    return saved("Faster R-CNN R50 behind the gate, random weights, end to end", plain, gated, 3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=27, help="photos of the survey, 30 tiles each")
    parser.add_argument("--lessons", type=int, default=480, help="tiles that the gate is taught on")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument(
        "--heavy-photos", type=int, default=ONE_OF, help="photos that the large detector searches, 0 for none"
    )
    parser.add_argument("--keep", type=Path, help="a folder for the gate and the photos; what is there is used again")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    if args.quick:
        args.photos, args.lessons, args.epochs, args.heavy_photos = ONE_OF, 120, 2, 0
    warnings.simplefilter("ignore")
    folder = args.keep or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    print(f"{machine()}, load {load():.1f}", flush=True)

    gate = folder / "gate.onnx"
    if not gate.exists():
        taught(folder, args.lessons, args.epochs)
    threshold = threshold_of(gate)
    print(f"the gate is taught: {gate.stat().st_size / 1e6:.1f} MB, threshold {threshold:.2g}", flush=True)

    photos, true, empty, tiles = [], [], 0, 0
    for n in range(args.photos):
        pixels, boxes = scene(300 + n, 0 if n % ONE_OF else ANIMALS)
        photos.append(folder / f"{n:03d}.jpg")
        Image.fromarray(pixels).save(photos[-1], quality=90)
        true.append(boxes)
        grid = TileGrid(pixels.shape[1], pixels.shape[0], TILE, OVERLAP)
        tiles += len(grid)
        empty += sum(not holds(tile, boxes) for tile in grid.boxes)
    print(f"{args.photos} photos, {tiles} tiles, {empty / tiles:.1%} of them empty", flush=True)

    measured(photos[:1], folder / "warm.gpkg", None, gate, threshold)
    plain = measured(photos, folder / "plain.gpkg", None, None, threshold)
    gated = measured(photos, folder / "gated.gpkg", None, gate, threshold)
    (before, animals), (after, _) = (recall(folder / f"{name}.gpkg", photos, true) for name in ("plain", "gated"))
    rows = [
        Row("tiles without an animal", "94 %", f"{empty / tiles:.1%} of {tiles}"),
        saved("the bundled detector behind the gate, end to end", plain, gated, 3),
        Row(
            "recall lost to the gate",
            "<= 0.5 %",
            f"{before - after:.2%} ({before:.1%} to {after:.1%} of {animals} animals)",
            before - after <= 0.005,
        ),
    ]
    print(table(rows), flush=True)

    if args.heavy_photos:
        rows.append(heavy(photos[: args.heavy_photos], folder, gate, threshold))
    finish(rows, args.json)
    if args.keep is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
